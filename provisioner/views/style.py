"""Colour, laid over text that can be read without it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Style(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    BUY = "buy"
    STRONG = "strong"
    QUIET = "quiet"
    ERROR = "error"
    WARNING = "warning"


Paint = Callable[[Style, str], str]

SGR = {
    Style.CREATE: "32",
    Style.UPDATE: "33",
    Style.DELETE: "31",
    Style.BUY: "1;32",
    Style.STRONG: "1",
    Style.QUIET: "2",
    Style.ERROR: "1;31",
    Style.WARNING: "1;33",
}


def plain(_style: Style, text: str) -> str:
    return text


def ansi(style: Style, text: str) -> str:
    """The text between the escape codes of a terminal. Wrap first: the codes have no width."""
    return f"\x1b[{SGR[style]}m{text}\x1b[0m"
