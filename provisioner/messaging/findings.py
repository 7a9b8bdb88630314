"""What an examination of an account found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_NAMED = 5


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Messages are delivered, but not all kinds, or not for long."""
    ERROR = "error"
    """Messages would fail."""
    UNKNOWN = "unknown"
    """It could not be looked up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is a resource in words, `check` what was looked at; `told` is a sentence, and
    `way_out` the next thing to do, "" where there is nothing to do."""

    subject: str
    check: str
    level: Level
    told: str
    way_out: str = ""


def unknown(subject: str, check: str, reason: object) -> Finding:
    return Finding(
        subject,
        check,
        Level.UNKNOWN,
        f"It could not be looked up: {reason}",
        "Have the vendor give these credentials the role for it, or look in its dashboard.",
    )


def would_fail(findings: Iterable[Finding]) -> bool:
    return any(each.level is Level.ERROR for each in findings)


def some_of(numbers: Iterable[str]) -> str:
    """ "+1919..., +1919... and 3 more"."""
    listed = sorted(numbers)
    more = len(listed) - MOST_NAMED
    named = ", ".join(listed[:MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named
