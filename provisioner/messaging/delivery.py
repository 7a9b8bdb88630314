"""What became of a message, recipient by recipient. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

FINAL_FAILURES = frozenset({"FAILED", "UNDELIVERED"})


class State(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The last that is known of one recipient. `word` is the service's own for it."""

    recipient: str
    state: State = State.OPEN
    error_code: int = 0
    word: str = ""


def state_of(word: str) -> State:
    """A status of the list of messages. Words that are not known leave it open."""
    if word == "DELIVERED":
        return State.DELIVERED
    return State.FAILED if word in FINAL_FAILURES else State.OPEN


def overall(receipts: Iterable[Receipt]) -> State:
    """Open while one is; failed if one failed."""
    states = {each.state for each in receipts}
    for state in (State.OPEN, State.FAILED):
        if state in states:
            return state
    return State.DELIVERED


def merged(before: Mapping[str, Receipt], news: Iterable[Receipt]) -> dict[str, Receipt]:
    """News by recipient laid over what was known. An end stays an end: news may come twice and in
    any order, and a group can bring both for one recipient, where failed is the safer to tell
    (vendor guide)."""
    known = dict(before)
    for each in news:
        old = known.get(each.recipient)
        if old is not None and _rank(each) >= _rank(old):
            known[each.recipient] = each
    return known


def _rank(receipt: Receipt) -> int:
    return (State.OPEN, State.DELIVERED, State.FAILED).index(receipt.state)
