"""What the journal tells of earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.model import Address


class Ending(StrEnum):
    """How a run ended. One that was killed has none, and so has one that is still going on."""

    COMPLETE = "complete"
    NOTHING = "no changes"
    DECLINED = "declined"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs it: `job` is the address or the number of a CI job, "" where there is none."""

    user: str
    host: str
    job: str = ""

    def __str__(self) -> str:
        return f"{self.user}@{self.host}" + (f", {self.job}" if self.job else "")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run was started with. `commit` is git's, and `+` follows where files were changed
    since; `digest` that of the spec."""

    origin: str
    account: str
    owner: Owner
    files: tuple[str, ...] = ()
    digest: str = ""
    commit: str = ""
    tool_version: str = ""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step and how it ended; status CUT_OFF where the run never got to know, and
    UNDER_WAY where it may yet.

    `ids` are the server's, of the resource or of orders; `numbers` how many an order brought.
    """

    verb: str
    address: Address
    status: str
    ids: tuple[str, ...] = ()
    numbers: int = 0
    error: str = ""


CUT_OFF = "cut off"
UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are in seconds since 1970; `ended` is None where nobody wrote down an end.

    `counts` has the number of steps by status, `steps` the steps themselves where they were asked
    for. `holds_lease` tells that the run may still be going on.
    """

    number: int
    occasion: Occasion
    started: float
    ended: float | None = None
    ending: Ending | None = None
    detail: str = ""
    holds_lease: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[StepRecord, ...] = ()
