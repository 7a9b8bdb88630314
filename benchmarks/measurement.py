"""The program and what it is compared with side by side, each on a new account, several times."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks import ansible, bare, newman, ours
from benchmarks.account import Account, open_account
from benchmarks.raw import raw_calls
from benchmarks.specs import Spec
from benchmarks.traffic import require_same
from provisioner.sandbox.calls.log import Entry

Jobs = Mapping[str, Callable[[Account, Spec, int], None]]
"""What a contender can do, in the order in which it is done to one account."""

PROVISION = "provision"
READ = "plan, no change"
JOBS = (PROVISION, READ)
OURS = "provisioner"


def _scripted(calls: bare.Calls) -> Jobs:
    return {
        PROVISION: lambda account, spec, most: asyncio.run(
            bare.provision(calls, account, spec, most)
        ),
        READ: lambda account, _, most: asyncio.run(bare.read(calls, account, most)),
    }


ALWAYS: Mapping[str, Jobs] = {
    OURS: {PROVISION: ours.provision, READ: ours.read},
    "bare httpx loop": _scripted(bare.httpx_calls),
    "raw sockets": _scripted(raw_calls),
}
ON_REQUEST: Mapping[str, Jobs] = {
    "newman": {PROVISION: newman.provision, READ: newman.read},
    "ansible": {PROVISION: ansible.provision, READ: ansible.read},
}
LARGEST_ON_REQUEST = 100
"""Sippeers. One call after the other, a thousand would take them hours."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for everything measured in one go."""

    runs: int
    latency_ms: float
    parallelism: int
    beside: tuple[str, ...] = ()
    """Those of ON_REQUEST that are asked for."""


@dataclass(frozen=True, slots=True)
class Timing:
    """In seconds. `cpu` is the client's alone."""

    elapsed: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Row:
    """One job at one size: timings by contender and run. The n-th of all were measured one after
    the other."""

    sippeers: int
    job: str
    calls: int
    timings: Mapping[str, Sequence[Timing]]

    def ratios_to(self, other: str) -> tuple[float, ...]:
        """Our time by the other's, of each run."""
        both = zip(self.timings[OURS], self.timings[other], strict=True)
        return tuple(ours.elapsed / others.elapsed for ours, others in both)

    def ratio_to(self, other: str) -> float:
        return median(self.ratios_to(other))


def only(row: Row, names: Collection[str]) -> Row:
    """The row of these contenders."""
    kept = {name: timings for name, timings in row.timings.items() if name in names}
    return replace(row, timings=kept)


@dataclass(frozen=True, slots=True)
class _Done:
    timing: Timing
    requests: list[Entry]


def measure(spec: Spec, setting: Setting, tell: Callable[[str], None]) -> Iterator[Row]:
    """A row for each job. Raises DifferentTraffic where they did not do the same."""
    contenders = dict(ALWAYS)
    if len(spec.sippeers) <= LARGEST_ON_REQUEST:
        contenders |= {name: ON_REQUEST[name] for name in setting.beside}
    runs = []
    for number in range(setting.runs):
        tell(f"sippeers: {len(spec.sippeers)}, run {number + 1} of {setting.runs}")
        runs.append(_run_all(contenders, spec, setting, number))
    for job in JOBS:
        timings = {name: tuple(run[name][job].timing for run in runs) for name in contenders}
        yield Row(len(spec.sippeers), job, len(runs[0][OURS][job].requests), timings)


def warm_up(spec: Spec) -> None:
    """Imports and first uses happen here, unmeasured."""
    _run_all(ALWAYS, spec, Setting(runs=1, latency_ms=0.0, parallelism=1), 0)


def _run_all(
    contenders: Mapping[str, Jobs], spec: Spec, setting: Setting, number: int
) -> Mapping[str, Mapping[str, _Done]]:
    """What each of them did. Taking turns at being first favours nobody."""
    names = list(contenders)
    first = number % len(names)
    done = {name: _run(contenders[name], spec, setting) for name in names[first:] + names[:first]}
    for name in names:
        for job in JOBS:
            require_same(done[OURS][job].requests, done[name][job].requests, name)
    return done


def _run(jobs: Jobs, spec: Spec, setting: Setting) -> dict[str, _Done]:
    done = {}
    with open_account(setting.latency_ms) as account:
        for job, do in jobs.items():
            with _clean_memory():
                elapsed, cpu = time.perf_counter(), _cpu()
                do(account, spec, setting.parallelism)
                timing = Timing(time.perf_counter() - elapsed, _cpu() - cpu)
            done[job] = _Done(timing, account.take_requests())
    return done


@contextlib.contextmanager
def _clean_memory() -> Iterator[None]:
    """The records of earlier jobs, tens of thousands, are not gone through in search of garbage
    while a job is measured: no process of a user has them."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _cpu() -> float:
    """Of this process, and of those it started that have ended: the account's has not."""
    used = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
