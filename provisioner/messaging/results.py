"""What came of sending, told the same way for one message and for many. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.messaging.delivery import Receipt, State, overall
from provisioner.messaging.message import Message


class Posted(StrEnum):
    """What is known of the request itself."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Nothing was sent."""
    UNKNOWN = "unknown"
    """The answer was lost, and the list of messages does not settle it."""
    ABSENT = "absent"
    """The answer was lost, and it was not accepted: the list shows later ones, but not it."""
    NOT_SENT = "not-sent"
    """Its turn never came."""


@dataclass(frozen=True, slots=True)
class Result:
    """`ids` is the message's id, or those that it may have where that is unknown; `reason` says
    why it was not accepted, or what is odd. `receipts` are by recipient; empty where nobody
    looked. `earlier` tells that an earlier run sent it."""

    message: Message
    posted: Posted
    ids: tuple[str, ...] = ()
    segments: int | None = None
    reason: str = ""
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    earlier: bool = False

    @property
    def state(self) -> State:
        if self.posted is Posted.REFUSED:
            return State.FAILED
        if self.posted is not Posted.ACCEPTED or not self.receipts:
            return State.OPEN
        return overall(self.receipts.values())
