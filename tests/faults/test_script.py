"""What the same faults do to the script that the vendor's guide amounts to."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.faults.arena import ROOT, Arena
from tests.faults.trials import (
    DONE,
    EVERYTHING,
    FAULTS,
    KILLS,
    SCRIPT,
    Cell,
    Outcome,
    at,
    cells,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.conftest import Share

RUNS = 3
NOT_READ = {"garbage", "unrelated XML"}
"""What a script never notices that reads next to nothing of the answers."""


def start(arena: Arena) -> subprocess.Popen[bytes]:
    where = (arena.server.url, arena.settings.account)
    login = (arena.settings.username, arena.settings.password)
    return subprocess.Popen(
        (sys.executable, "-m", "benchmarks.script", *where, *login),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )


def fail(arena: Arena, kind: str, number: int) -> int:
    arena.faults.add(at((FAULTS | KILLS)[kind], number))
    process = start(arena)
    if kind in KILLS:
        arena.wait_for_requests(number, process)
        process.send_signal(signal.SIGKILL)
    return process.wait()


def twice(arena: Arena, once: Mapping[str, int]) -> int:
    """How much of what the account holds is more than one clean run leaves there."""
    return sum(max(0, count - once.get(name, 0)) for name, count in arena.holdings().items())


def try_script(arena: Arena, cell: Cell, once: Mapping[str, int]) -> Outcome:
    arena.begin()
    first_code = fail(arena, cell.kind, cell.number)
    arena.faults.clear()
    runs = 0 if first_code == DONE else RUNS
    while runs and start(arena).wait() != DONE:
        runs -= 1
    return Outcome(SCRIPT, cell.kind, cell.request, first_code, "", twice(arena, once))


def test_it_leaves_things_twice(arena: Arena, share: Share, outcomes: list[Outcome]) -> None:
    """Which shows as well that these trials would see what our own runs left twice."""
    assert start(arena).wait() == DONE
    requests, once = arena.requests(), arena.holdings()
    chosen = share.some(cells(requests, EVERYTHING), 14)
    tried = [try_script(arena, cell, once) for cell in chosen]
    outcomes.extend(tried)
    noticed = [each for each in tried if each.kind not in NOT_READ and "POST" in each.request]
    assert any(each.twice for each in noticed)
    assert not any(each.twice for each in tried if each.kind in NOT_READ)
