"""Whatever becomes of a request: a plain second run brings all to its end, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.arena import FLOWS, MANY, Arena, Flow
from tests.faults.trials import EVERYTHING, Cell, Outcome, cells, clean_run, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import OpenArena, Share

    Enter = Callable[[Arena], Arena]

LAG = 5.0


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("kind", EVERYTHING)
def test_a_second_run_makes_up_for_whatever_became_of_a_request(
    arena: Arena, share: Share, outcomes: list[Outcome], flow: str, kind: str
) -> None:
    requests, _ = clean_run(arena, FLOWS[flow])
    tried = try_all(arena, FLOWS[flow], share.some(cells(requests, [kind]), 2))
    outcomes.extend(tried)
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("flow", FLOWS)
def test_the_same_where_lists_lag(
    open_arena: OpenArena, enter: Enter, share: Share, flow: str
) -> None:
    arena = enter(open_arena(list_lag=LAG))
    requests, _ = clean_run(arena, FLOWS[flow])
    tried = try_all(arena, FLOWS[flow], share.some(cells(requests, EVERYTHING), 12))
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("flow", FLOWS)
def test_the_same_on_another_machine(arena: Arena, share: Share, flow: str) -> None:
    requests, _ = clean_run(arena, FLOWS[flow])
    some = share.some(cells(requests, EVERYTHING), 8)
    tried = try_all(arena, FLOWS[flow], some, Arena.forget_runs)
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("parallelism", [16, 64])
def test_the_same_with_many_requests_in_flight(
    arena: Arena, share: Share, parallelism: int
) -> None:
    requests, _ = clean_run(arena, FLOWS["two sites"])
    arena.parallelism = parallelism
    try:
        tried = try_all(arena, FLOWS["two sites"], share.some(cells(requests, EVERYTHING), 8))
    finally:
        arena.parallelism = 1
    assert not [str(each) for each in tried if each.wrong]


@pytest.mark.parametrize("parallelism", [16, 64])
def test_the_same_with_many_locations_under_way(
    arena: Arena, share: Share, parallelism: int
) -> None:
    """What is cut off leaves as many requests open as are in flight."""
    requests, _ = clean_run(arena, MANY)
    arena.parallelism = parallelism
    try:
        tried = try_all(arena, MANY, share.some(cells(requests, EVERYTHING), 4, most=60))
    finally:
        arena.parallelism = 1
    assert not [str(each) for each in tried if each.wrong]


def try_all(
    arena: Arena,
    flow: Flow,
    chosen: list[Cell],
    between: Callable[[Arena], None] = lambda _: None,
) -> list[Outcome]:
    _, expected = clean_run(arena, flow)
    return [outcome(arena, flow, cell, expected, between) for cell in chosen]
