"""Whatever becomes of a request: a plain second run brings all to its end, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.arena import FLOWS, Arena
from tests.faults.trials import FAULTS, KILLS, Outcome, clean_run, outcome, sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import OpenArena, Share

    Enter = Callable[[Arena], Arena]

SAMPLE = {"quickstart": 6, "two sites": 35}
EVERYTHING = [*FAULTS, *KILLS]
LAG = 5.0


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("kind", EVERYTHING)
def test_a_second_run_makes_up_for_whatever_became_of_a_request(
    arena: Arena, share: Share, outcomes: list[Outcome], flow: str, kind: str
) -> None:
    tried = try_all(arena, flow, kind, share)
    outcomes.extend(tried)
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("kind", EVERYTHING)
def test_the_same_where_lists_lag(
    open_arena: OpenArena, enter: Enter, share: Share, flow: str, kind: str
) -> None:
    arena = enter(open_arena(list_lag=LAG))
    tried = try_all(arena, flow, kind, share)
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("kind", EVERYTHING)
def test_the_same_on_another_machine(arena: Arena, share: Share, flow: str, kind: str) -> None:
    tried = try_all(arena, flow, kind, share, Arena.forget_runs)
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("parallelism", [16, 64])
@pytest.mark.parametrize("kind", EVERYTHING)
def test_the_same_with_many_requests_in_flight(
    open_arena: OpenArena, enter: Enter, share: Share, parallelism: int, kind: str
) -> None:
    arena = enter(open_arena())
    arena.parallelism = parallelism
    try:
        tried = try_all(arena, "two sites", kind, share)
    finally:
        arena.parallelism = 1
    assert not [str(each) for each in tried if each.wrong]


def try_all(
    arena: Arena,
    flow: str,
    kind: str,
    share: Share,
    between: Callable[[Arena], None] = lambda _: None,
) -> list[Outcome]:
    requests, expected = clean_run(arena, FLOWS[flow])
    step = share.step(SAMPLE[flow])
    return [
        outcome(arena, FLOWS[flow], kind, number, request, expected, between)
        for number, request in sampled(requests, kind, step)
    ]
