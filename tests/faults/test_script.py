"""What the same faults do to the script that the vendor's guide amounts to."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults.arena import ROOT, Arena
from tests.faults.trials import DONE, FAULTS, KILLS, SCRIPT, Outcome, at, sampled

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


def try_script(
    arena: Arena, kind: str, number: int, request: str, once: Mapping[str, int]
) -> Outcome:
    arena.begin()
    first_code = fail(arena, kind, number)
    arena.faults.clear()
    runs = 0 if first_code == DONE else RUNS
    while runs and start(arena).wait() != DONE:
        runs -= 1
    return Outcome(SCRIPT, kind, request, first_code, "", twice(arena, once))


@pytest.mark.parametrize("kind", [*FAULTS, *KILLS])
def test_it_leaves_things_twice(
    arena: Arena, share: Share, outcomes: list[Outcome], kind: str
) -> None:
    """Which shows as well that these trials would see what our own runs left twice."""
    assert start(arena).wait() == DONE
    requests, once = arena.requests(), arena.holdings()
    tried = [
        try_script(arena, kind, number, request, once)
        for number, request in sampled(requests, kind, share.step(4))
    ]
    outcomes.extend(tried)
    assert any(each.twice for each in tried) == (kind not in NOT_READ)
