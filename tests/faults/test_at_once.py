"""Two applies that are started at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.arena import FLOWS, Arena
from tests.faults.trials import DONE, clean_run, wrong_after

if TYPE_CHECKING:
    from tests.faults.conftest import Share

REFUSED = 1
UNHURRIED = ("--timeout", "30")
"""No answer is given up here: these processes go by real time, and one that lost an answer would
hold the lease for as long as it waits for the account's lists."""
FLOW = FLOWS["quickstart"]


def test_of_two_applies_at_once_one_waits_or_refuses_and_nothing_is_there_twice(
    arena: Arena, share: Share
) -> None:
    _, expected = clean_run(arena, FLOW)
    for number in range(share.of(50)):
        arena.begin()
        waiting = ("--lock-timeout", "60") if number % 2 else ()
        both = [arena.start(FLOW, *UNHURRIED, *waiting) for _ in range(2)]
        codes = sorted(each.wait() for each in both)
        assert codes in ([DONE, DONE], *([] if waiting else [[DONE, REFUSED]]))
        assert arena.requests().count("POST /sites") == 1
        assert not wrong_after(arena, FLOW, expected)
