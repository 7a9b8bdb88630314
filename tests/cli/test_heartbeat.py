"""That a run goes on is told every 15 seconds of its own clock, where nothing is drawn."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.account.clock import Clock
from provisioner.cli.progress import HEARTBEAT, Meter, Sink, beating, lines
from provisioner.execution.events import Figures, Status, StepFinished, StepStarted
from provisioner.model import Address, Resource
from provisioner.planning import Action, Change, Plan, Step, Verb
from provisioner.resources import resource_types

ADDRESS = Address("site", ("Raleigh",))
STEP = Step(
    Verb.CREATE, Change(Action.CREATE, ADDRESS, None, Resource(ADDRESS, {"name": "Raleigh"}))
)
PLAN = Plan("https://host", "1", (STEP.change,), (STEP,))


def test_it_beats_each_time_that_its_clock_says_so() -> None:
    slept: list[float] = []
    beats: list[None] = []

    async def run() -> None:
        turn = asyncio.Event()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await turn.wait()
            turn.clear()

        sink = Sink(lambda event: None, lambda: beats.append(None))
        async with beating(sink, Clock(sleep=sleep)):
            for _ in range(2):
                await asyncio.sleep(0)
                turn.set()
                await asyncio.sleep(0)
                await asyncio.sleep(0)

    asyncio.run(run())
    assert (len(beats), set(slept)) == (2, {HEARTBEAT})


def test_a_beat_tells_what_runs_and_what_was_called(capfd: pytest.CaptureFixture[str]) -> None:
    now = 100.0
    meter = Meter(lambda: now, lambda: Figures(41, 2, 3.0, 12.0))
    with lines(PLAN, resource_types(), meter) as sink:
        sink.tell(StepStarted(STEP))
        now += 15
        sink.beat()
        sink.tell(StepFinished(STEP, Status.DONE, id="7"))
        now += 15
        sink.beat()
    first, created, last, _ = capfd.readouterr().err.splitlines()
    calls = "41 calls, 3.0 s held back, 12.0 s on the network"
    assert first == f" 15.0s  0 of 1 step done, {calls}: creating site Raleigh"
    assert created == " 15.0s  created site Raleigh (7)"
    assert last == f" 30.0s  1 of 1 step done, {calls}"
