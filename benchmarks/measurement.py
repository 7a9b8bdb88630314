"""The program, a bare loop and raw sockets side by side, each on a new account, several times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import bare, ours
from benchmarks.account import Account, open_account
from benchmarks.raw import raw_calls
from benchmarks.specs import Spec
from benchmarks.traffic import require_same
from provisioner.sandbox.log import Entry

Jobs = Mapping[str, Callable[[Account, Spec, int], None]]
"""What a contender can do, in the order in which it is done to one account."""

PROVISION = "provision"
READ = "plan, no change"
OURS: Jobs = {PROVISION: ours.provision, READ: ours.read}


def _scripted(calls: bare.Calls) -> Jobs:
    return {
        PROVISION: lambda account, spec, most: asyncio.run(
            bare.provision(calls, account, spec, most)
        ),
        READ: lambda account, _, most: asyncio.run(bare.read(calls, account, most)),
    }


CONTENDERS: Mapping[str, Jobs] = {
    "provisioner": OURS,
    "bare loop": _scripted(bare.httpx_calls),
    "raw sockets": _scripted(raw_calls),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for everything measured in one go."""

    runs: int
    latency_ms: float
    parallelism: int


@dataclass(frozen=True, slots=True)
class Row:
    """One job at one size. Seconds by run; the n-th of all were measured one after the other."""

    sippeers: int
    job: str
    calls: int
    ours: tuple[float, ...]
    bare: tuple[float, ...]
    raw: tuple[float, ...]

    @property
    def ratio_to_raw(self) -> float:
        return median(ours / raw for ours, raw in zip(self.ours, self.raw, strict=True))

    @property
    def ratios(self) -> tuple[float, ...]:
        return tuple(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def ratio(self) -> float:
        return median(self.ratios)


@dataclass(frozen=True, slots=True)
class _Timing:
    seconds: float
    requests: list[Entry]


def measure(spec: Spec, setting: Setting, tell: Callable[[str], None]) -> Iterator[Row]:
    """A row for each job. Raises DifferentTraffic where they did not do the same."""
    runs = []
    for number in range(setting.runs):
        tell(f"sippeers: {len(spec.sippeers)}, run {number + 1} of {setting.runs}")
        runs.append(_run_all(spec, setting, number))
    for job in OURS:
        seconds = [tuple(run[name][job].seconds for run in runs) for name in CONTENDERS]
        calls = len(runs[0]["provisioner"][job].requests)
        yield Row(len(spec.sippeers), job, calls, *seconds)


def warm_up(spec: Spec) -> None:
    """Imports and first uses happen here, unmeasured."""
    _run_all(spec, Setting(runs=1, latency_ms=0.0, parallelism=1), 0)


def _run_all(spec: Spec, setting: Setting, number: int) -> Mapping[str, Mapping[str, _Timing]]:
    """Timings by contender. Taking turns at being first favours nobody."""
    names = list(CONTENDERS)
    first = number % len(names)
    timings = {
        name: _run(CONTENDERS[name], spec, setting) for name in names[first:] + names[:first]
    }
    for name in names[1:]:
        for job in OURS:
            require_same(timings[names[0]][job].requests, timings[name][job].requests)
    return timings


def _run(jobs: Jobs, spec: Spec, setting: Setting) -> dict[str, _Timing]:
    timings = {}
    with open_account(setting.latency_ms) as account:
        for job, do in jobs.items():
            started = time.perf_counter()
            do(account, spec, setting.parallelism)
            timings[job] = _Timing(time.perf_counter() - started, account.take_requests())
    return timings
