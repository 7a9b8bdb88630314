"""That a run goes on is told every 15 seconds of its own clock, where nothing is drawn."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from provisioner.account.clock import Clock
from provisioner.account.traffic import Traffic
from provisioner.cli.connection_options import Tracing
from provisioner.cli.progress import HEARTBEAT, Meter, beating, lines, told_of_reading
from provisioner.execution.events import Figures, Status, StepFinished, StepStarted
from provisioner.model import Address, Resource
from provisioner.planning import Action, Change, Plan, Step, Verb
from provisioner.resources import resource_types
from tests.cli.conftest import Cli, OpenAccount, lead_to

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart.yaml"
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

        async with beating(lambda: beats.append(None), Clock(sleep=sleep)):
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
    with lines(Tracing(), PLAN, resource_types(), meter) as sink:
        sink.tell(StepStarted(STEP))
        now += 15
        sink.beat()
        sink.tell(StepFinished(STEP, Status.DONE, id="7"))
        now += 15
        sink.beat()
    first, created, last, _ = capfd.readouterr().err.splitlines()
    calls = "41 calls, 2 refused as too many, 3.0 s held back, 12.0 s on the network"
    assert first == f" 15.0s  0 of 1 step done, {calls}: creating site Raleigh"
    assert created == " 15.0s  created site Raleigh (7)"
    assert last == f" 30.0s  1 of 1 step done, {calls}"


def test_a_beat_is_json_where_the_log_is(capfd: pytest.CaptureFixture[str]) -> None:
    meter = Meter(lambda: 100.0, lambda: Figures(41, 2, 3.0, 12.0))
    with lines(Tracing(as_json=True), PLAN, resource_types(), meter) as sink:
        sink.tell(StepStarted(STEP))
        sink.tell(StepFinished(STEP, Status.DONE, id="7"))
        sink.beat()
    created, beat = map(json.loads, capfd.readouterr().err.splitlines())
    assert created["message"] == "0.0s  created site Raleigh (7)"
    assert beat["message"].startswith("0.0s  1 of 1 step done, 41 calls")


@pytest.mark.parametrize(("quiet", "told"), [(False, 2), (True, 0)], ids=["told", "quiet"])
def test_a_long_look_at_the_account_beats_as_well(
    quiet: bool, told: int, capfd: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    traffic = Traffic(lambda: now)

    async def run() -> None:
        nonlocal now
        turn = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await turn.wait()
            turn.clear()

        clock = Clock(monotonic=lambda: now, sleep=sleep)
        async with told_of_reading(traffic, clock, Tracing(), quiet=quiet):
            for _ in range(2):
                now += 15
                traffic.calls += 100
                await asyncio.sleep(0)
                turn.set()
                await asyncio.sleep(0)
                await asyncio.sleep(0)

    asyncio.run(run())
    lines_told = capfd.readouterr().err.splitlines()
    assert len(lines_told) == told
    if told:
        assert lines_told[-1] == " 30.0s  reading the account: 200 calls, 0.0 s on the network"


@pytest.mark.parametrize("quiet", [False, True])
def test_calls_that_were_refused_while_reading_are_told_at_its_end(
    quiet: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        async with told_of_reading(Traffic(lambda: 1.0), Clock(), Tracing(), quiet=quiet):
            pass
        refused = Traffic(lambda: 1.0, calls=41, refused=3)
        async with told_of_reading(refused, Clock(), Tracing(), quiet=quiet):
            pass

    asyncio.run(run())
    told = [] if quiet else ["41 calls, 3 refused as too many, 0.0 s on the network"]
    lines_told = capfd.readouterr().err.splitlines()
    assert [each.partition("read the account: ")[2] for each in lines_told] == told


def test_what_a_limit_of_the_service_cost_is_told_at_the_end(
    cli: Cli, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_to(open_account(rate_limit=4.0), monkeypatch)
    ran = cli("apply", str(QUICKSTART), "--yes")
    assert ran.code == 0
    told = r"\(\d+ calls, \d+ refused as too many, \d\.\d s held back, \d\.\d s on the network\)"
    assert re.search(told, ran.out)
