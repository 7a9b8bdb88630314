"""What is tried: every request of a run, with everything that can become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from provisioner.sandbox.failures.faults import Fault
from tests.faults.arena import Arena, Flow

DONE = 0

FAULTS = MappingProxyType(
    {
        "dropped before": Fault("drop-before"),
        "dropped after": Fault("drop-after"),
        "500 before": Fault("status-before", status=500),
        "503 before": Fault("status-before", status=503),
        "429 before": Fault("rate-limit"),
        "500 after": Fault("status-after", status=500),
        "truncated": Fault("truncate"),
        "garbage": Fault("garbage"),
        "unrelated XML": Fault("unrelated"),
        "hang before": Fault("hang"),
        "hang after": Fault("hang-after"),
        "401 from then on": Fault("unauthorized", nth=None),
    }
)
KILLS = MappingProxyType({"killed before": Fault("hang"), "killed after": Fault("hang-after")})


SCRIPT = "script"


@dataclass(frozen=True)
class Outcome:
    """One trial: what was lost when, how the first run ended, what is wrong in the end, and how
    much is there twice."""

    flow: str
    kind: str
    request: str
    first_code: int
    wrong: str
    twice: int = 0

    def __str__(self) -> str:
        return f"{self.flow}, {self.kind}, {self.request}: {self.wrong}"


EVERYTHING = (*FAULTS, *KILLS)


def at(fault: Fault, number: int) -> Fault:
    """The fault at a request of the run, counted from 1."""
    begins = fault.nth is None
    return replace(fault, first=number) if begins else replace(fault, nth=number)


def clean_run(arena: Arena, flow: Flow) -> tuple[list[str], Mapping[str, int]]:
    """The requests of a run in which nothing goes wrong, and what the account holds then."""
    if flow.name not in arena.clean:
        arena.begin()
        assert arena.apply(flow) == DONE
        arena.clean[flow.name] = arena.requests(), arena.holdings()
    return arena.clean[flow.name]


@dataclass(frozen=True)
class Cell:
    """One trial to be made: what becomes of which request, counted from 1."""

    kind: str
    number: int
    request: str


def cells(requests: Sequence[str], kinds: Iterable[str]) -> list[Cell]:
    """Each kind of trouble at each request."""
    return [
        Cell(kind, number, request)
        for kind in kinds
        for number, request in enumerate(requests, start=1)
    ]


def fail_once(arena: Arena, flow: Flow, kind: str, number: int) -> int:
    arena.faults.add(at(FAULTS[kind], number))
    return arena.apply(flow)


def kill(arena: Arena, flow: Flow, kind: str, number: int) -> int:
    """SIGKILL for the real process, while it waits for the answer to a request."""
    before = len(arena.log)
    arena.faults.add(at(KILLS[kind], number))
    return arena.kill_at(before + number, arena.start(flow))


def outcome(
    arena: Arena,
    flow: Flow,
    cell: Cell,
    expected: Mapping[str, int],
    between: Callable[[Arena], None] = lambda _: None,
) -> Outcome:
    """Runs once with the fault and once without, and compares the account with a clean one."""
    arena.begin()
    trial = kill if cell.kind in KILLS else fail_once
    first_code = trial(arena, flow, cell.kind, cell.number)
    arena.faults.clear()
    between(arena)
    wrong = wrong_after(arena, flow, expected)
    return Outcome(flow.name, cell.kind, cell.request, first_code, wrong)


def wrong_after(arena: Arena, flow: Flow, expected: Mapping[str, int]) -> str:
    """What is wrong once a plain apply has been run; "" for nothing."""
    code = arena.apply(flow)
    if code != DONE:
        return f"the second run ended with {code}"
    held = arena.holdings()
    if held != expected:
        return "; ".join(
            f"{name}: {held.get(name, 0)} for {expected.get(name, 0)}"
            for name in sorted({*held, *expected})
            if held.get(name) != expected.get(name)
        )
    if (code := arena.run("plan", flow, "--detailed-exitcode")) != DONE:
        return f"a plan ended with {code}"
    return ""
