"""Accounts on which everything goes wrong that can."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from tests.faults.arena import ACCOUNT, Arena, LeapingTime
from tests.faults.table import table, write
from tests.faults.trials import Cell, Outcome

OpenArena = Callable[..., Arena]


@dataclass(frozen=True)
class Share:
    """How much of all trials is made: everything, or a sample that is the same in every run."""

    everything: bool

    def of(self, count: int) -> int:
        return count if self.everything else max(1, count // 10)

    def some(self, cells: Sequence[Cell], count: int, most: int | None = None) -> list[Cell]:
        """So many of the trials, or `most` of them where everything is tried; which ones does not
        depend on the others."""
        drawn = sorted(cells, key=lambda each: zlib.crc32(repr(each).encode()))
        return drawn[:most] if self.everything else drawn[:count]


@pytest.fixture(scope="session")
def share(pytestconfig: pytest.Config) -> Share:
    return Share(bool(pytestconfig.getoption("--every-fault")))


@pytest.fixture(scope="session")
def outcomes(share: Share) -> Iterator[list[Outcome]]:
    """Of the matrix; when all trials were made, they become the table of the documentation."""
    collected: list[Outcome] = []
    yield collected
    if share.everything and collected:
        write(table(collected))


@pytest.fixture(scope="session")
def open_arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenArena]:
    """Opens an arena, or gives the one of these settings: they are begun anew for each trial."""
    opened: dict[tuple[tuple[str, Any], ...], Arena] = {}
    with ExitStack() as stack:

        def open_one(**settings: Any) -> Arena:
            key = tuple(sorted(settings.items()))
            if key not in opened:
                leaping = LeapingTime()
                chosen = Settings(account=ACCOUNT, now=leaping, **settings)
                server = stack.enter_context(Server(chosen))
                opened[key] = Arena(server, chosen, leaping, tmp_path_factory.mktemp("arena"))
                stack.callback(opened[key].http.close)
            return opened[key]

        yield open_one


@pytest.fixture
def arena(open_arena: OpenArena, enter: Callable[[Arena], Arena]) -> Arena:
    return enter(open_arena())


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Arena], Arena]]:
    """Leads this process to an arena, and everything back when the test is over."""
    signals = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def entered(arena: Arena) -> Arena:
        for name in [each for each in os.environ if each.startswith("BW_")]:
            monkeypatch.delenv(name)
        for name, value in arena.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(arena.folder)
        arena.begin()
        return arena

    yield entered
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def nothing_shown(capfd: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What the runs print is shown where a test fails."""
    return capfd
