"""Whatever becomes of a request of a release: the number goes once, and no other one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.faults.arena import ACCOUNT, Arena, Flow
from tests.faults.trials import DONE, FAULTS, KILLS, Cell, at, cells

if TYPE_CHECKING:
    from tests.faults.conftest import Share

AGES = 3600.0


@pytest.fixture
def flow(arena: Arena) -> Flow:
    return Flow("release", arena.folder / "release.yaml")


def begin(arena: Arena, flow: Flow) -> str:
    """A location with two numbers, of which the spec wants one by now: the other one."""
    arena.begin()
    declare(flow, 2)
    assert arena.apply(flow) == DONE
    declare(flow, 1)
    arena.time.leap(AGES)
    arena.log.clear()
    return min(arena.numbers())


def declare(flow: Flow, quantity: int) -> None:
    address = {"house_number": "1600", "street_name": "PENNSYLVANIA", "city": "WASHINGTON"}
    sippeer = {"default": True, "numbers": [{"area_code": "910", "quantity": quantity}]}
    site = {
        "address": {**address, "state_code": "DC", "zip": "20006"},
        "sippeers": {"East": sippeer},
    }
    spec = {"version": 1, "account": ACCOUNT, "sites": {"Raleigh": site}}
    flow.spec.write_text(yaml.safe_dump(spec), encoding="utf-8")


def release(arena: Arena, flow: Flow, number: str) -> int:
    return arena.run("release", flow, number, "--yes", "--quiet")


def wrong_after(arena: Arena, flow: Flow, cell: Cell) -> str:
    """What is wrong once the same release has been asked for again; "" for nothing."""
    number = begin(arena, flow)
    kept = set(arena.numbers()) - {number}
    arena.log.clear()
    if cell.kind in KILLS:
        arena.faults.add(at(KILLS[cell.kind], cell.number))
        arena.kill_at(cell.number, arena.start(flow, number, command="release"))
    else:
        arena.faults.add(at(FAULTS[cell.kind], cell.number))
        release(arena, flow, number)
    arena.faults.clear()
    code = release(arena, flow, number)
    arena.time.leap(AGES)
    if code != DONE:
        return f"the second release ended with {code}"
    if set(arena.numbers()) != kept:
        return f"left are {arena.numbers()}"
    orders = arena.releases()
    return "" if orders == 1 else f"{orders} orders for one number"


@pytest.mark.parametrize("kind", [*FAULTS, *KILLS])
def test_a_number_goes_once_whatever_becomes_of_a_request(
    arena: Arena, share: Share, flow: Flow, kind: str
) -> None:
    number = begin(arena, flow)
    arena.log.clear()
    assert release(arena, flow, number) == DONE
    chosen = share.some(cells(arena.requests(), [kind]), 1)
    tried = {f"{each.kind}, {each.request}": wrong_after(arena, flow, each) for each in chosen}
    assert {cell: wrong for cell, wrong in tried.items() if wrong} == {}
