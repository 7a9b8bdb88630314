"""The program and the bare loop side by side, each on a new account, several times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import bare, ours
from benchmarks.account import Account, open_account
from benchmarks.specs import Spec
from benchmarks.traffic import require_same
from provisioner.sandbox.log import Entry

Jobs = Mapping[str, Callable[[Account, Spec, int], None]]
"""What a contender can do, in the order in which it is done to one account."""

PROVISION = "provision"
READ = "plan, no change"
OURS: Jobs = {PROVISION: ours.provision, READ: ours.read}
BARE: Jobs = {PROVISION: bare.provision, READ: bare.read}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for everything measured in one go."""

    runs: int
    latency_ms: float
    parallelism: int


@dataclass(frozen=True, slots=True)
class Row:
    """One job at one size. Seconds by run; the n-th of both were measured one after the other."""

    sippeers: int
    job: str
    calls: int
    ours: tuple[float, ...]
    bare: tuple[float, ...]

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
    """A row for each job. Raises DifferentTraffic where the two did not do the same."""
    runs = []
    for number in range(setting.runs):
        tell(f"sippeers: {len(spec.sippeers)}, run {number + 1} of {setting.runs}")
        runs.append(_run_both(spec, setting, ours_first=number % 2 == 0))
    for job in OURS:
        by_us, by_bare = [run[0][job] for run in runs], [run[1][job] for run in runs]
        yield Row(
            sippeers=len(spec.sippeers),
            job=job,
            calls=len(by_us[0].requests),
            ours=tuple(timing.seconds for timing in by_us),
            bare=tuple(timing.seconds for timing in by_bare),
        )


def warm_up(spec: Spec) -> None:
    """Imports and first uses happen here, unmeasured."""
    _run_both(spec, Setting(runs=1, latency_ms=0.0, parallelism=1), ours_first=True)


def _run_both(
    spec: Spec, setting: Setting, *, ours_first: bool
) -> tuple[dict[str, _Timing], dict[str, _Timing]]:
    """The program's timings and the bare loop's. Taking turns at being first favours neither."""
    if ours_first:
        by_us, by_bare = _run(OURS, spec, setting), _run(BARE, spec, setting)
    else:
        by_bare, by_us = _run(BARE, spec, setting), _run(OURS, spec, setting)
    for job in OURS:
        require_same(by_us[job].requests, by_bare[job].requests)
    return by_us, by_bare


def _run(jobs: Jobs, spec: Spec, setting: Setting) -> dict[str, _Timing]:
    timings = {}
    with open_account(setting.latency_ms) as account:
        for job, do in jobs.items():
            started = time.perf_counter()
            do(account, spec, setting.parallelism)
            timings[job] = _Timing(time.perf_counter() - started, account.take_requests())
    return timings
