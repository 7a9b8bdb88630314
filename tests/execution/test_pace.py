"""A whole apply against an account that limits its calls, on a clock that moves when all wait."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
import pytest

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection, connection_from
from provisioner.account.intents import Unrecorded
from provisioner.account.reader import read_live
from provisioner.account.traffic import Traffic
from provisioner.account.writer import Writer
from provisioner.execution.events import Event, Status, StepFinished, StepRetried
from provisioner.execution.executor import execute
from provisioner.model import DesiredState
from provisioner.planning import make_plan
from provisioner.resources import resource_types
from provisioner.sandbox.app import create_app
from provisioner.sandbox.calls.pace import category
from provisioner.sandbox.settings import Settings
from provisioner.spec import load_spec
from tests.account.conftest import ACCOUNT
from tests.account.test_reader import estate

pytestmark = pytest.mark.anyio

LIMIT = 20
LOCATIONS = 100
NUMBERS = 2
"""What each location of an estate orders."""
LATENCY = 0.05
IDLE_AFTER = 40
"""Turns of the event loop in which nothing was on its way to the account: then all wait."""


class WaitingTime:
    """Time that passes only while everybody waits for it, and then up to whom it wakes first."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.working = 0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.time + seconds, next(self._numbers), woken))
        await woken

    @property
    def clock(self) -> Clock:
        return Clock(now=self, monotonic=self, sleep=self.sleep)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._pass())
        try:
            yield
        finally:
            task.cancel()

    async def _pass(self) -> None:
        while True:
            idle = 0
            while idle < IDLE_AFTER or not self._waiting:
                idle = 0 if self.working else idle + 1
                await asyncio.sleep(0)
            until, _, woken = heapq.heappop(self._waiting)
            self.time = max(self.time, until)
            if not woken.done():
                woken.set_result(None)


def _shape(request: httpx.Request) -> str:
    """The last name of a path, ids left out, and what is asked for."""
    names = [each for each in request.url.path.split("/") if not any(map(str.isdigit, each))]
    query = "&".join(sorted(request.url.params.keys() - {"page", "size"}))
    item = "" if request.url.path.endswith(names[-1]) else "/ID"
    return f"{request.method} {names[-1]}{item}{'?' + query if query else ''}"


class Line(httpx.AsyncBaseTransport):
    """To the account without a socket, with the latency of a network."""

    def __init__(self, account: httpx.AsyncBaseTransport, time: WaitingTime) -> None:
        self.account = account
        self.time = time
        self.flying = self.most_flying = 0
        self.statuses: Counter[int] = Counter()
        self.asked: Counter[str] = Counter()
        self.taken: dict[str, list[float]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        await self.time.sleep(LATENCY / 2)
        self.time.working += 1
        try:
            response = await self.account.handle_async_request(request)
            await response.aread()
        finally:
            self.time.working -= 1
        self._note(request, response.status_code)
        await self.time.sleep(LATENCY / 2)
        self.flying -= 1
        return response

    def _note(self, request: httpx.Request, status: int) -> None:
        self.statuses[status] += 1
        self.asked[_shape(request)] += 1
        if status != httpx.codes.TOO_MANY_REQUESTS:
            path = request.url.path.removeprefix(f"/api/accounts/{ACCOUNT}")
            kind = category(request.method, f"/accounts/{{account}}{path}")
            self.taken.setdefault(kind, []).append(self.time.time)


@dataclass(frozen=True)
class Place:
    """An account, the way to it, and what it should have."""

    desired: DesiredState
    connection: Connection
    line: Line
    time: WaitingTime

    def client(self, parallelism: int) -> Client:
        clock = self.time.clock
        return Client(self.connection, parallelism=parallelism, clock=clock, transport=self.line)


@dataclass(frozen=True)
class Applied:
    events: tuple[Event, ...]
    line: Line
    traffic: Traffic
    seconds: float

    @property
    def done(self) -> bool:
        ends = [each for each in self.events if isinstance(each, StepFinished)]
        return {each.status for each in ends} == {Status.DONE}


@asynccontextmanager
async def place(folder: Path, locations: int = LOCATIONS, **limits: float) -> AsyncIterator[Place]:
    time = WaitingTime()
    stock = {"910": NUMBERS * locations}
    settings = Settings(account=ACCOUNT, now=time, stock_by_area_code=stock, **limits)  # type: ignore[arg-type]  # only numbers are given
    app = create_app(settings)
    line = Line(httpx.ASGITransport(app=app), time)
    (spec := folder / "spec.yaml").write_text(
        f"version: 1\naccount: '{ACCOUNT}'\n{estate(1, locations, 1)}"
    )
    environ = {
        "BW_API_URL": "http://127.0.0.1:1",
        "BW_USERNAME": settings.username,
        "BW_PASSWORD": settings.password,
    }
    desired = load_spec([spec], {}, resource_types())
    async with app.router.lifespan_context(app), time.passing():
        yield Place(desired, connection_from(environ, ACCOUNT), line, time)


async def carry_out(there: Place, parallelism: int) -> Applied:
    async with there.client(parallelism) as client:
        began = there.time.time
        live = await read_live(there.desired, client, resource_types())
        events = execute(
            make_plan(there.desired, live, resource_types()),
            live,
            Writer(client, resource_types(), Unrecorded()),
            stop=asyncio.Event(),
            parallelism=parallelism,
        )
        happened = tuple([event async for event in events])
        return Applied(happened, there.line, client.traffic, there.time.time - began)


async def apply(
    folder: Path, parallelism: int, locations: int = LOCATIONS, **limits: float
) -> Applied:
    async with place(folder, locations, **limits) as there:
        return await carry_out(there, parallelism)


def used(line: Line) -> float:
    """The share of the limit that the busiest kind of call used, but for those taken at once."""
    busiest = max(line.taken.values(), key=len)
    return (len(busiest) - LIMIT) / (LIMIT * (max(busiest) - min(busiest)))


@pytest.mark.parametrize("parallelism", [16, 64])
async def test_an_apply_uses_what_a_limit_allows_and_gives_no_call_up(
    tmp_path: Path, parallelism: int
) -> None:
    applied = await apply(tmp_path, parallelism, rate_limit=LIMIT)
    assert applied.done
    assert not [each for each in applied.events if isinstance(each, StepRetried)]
    calls, refused = applied.line.statuses.total(), applied.line.statuses[429]
    assert (applied.traffic.calls, applied.traffic.refused) == (calls, refused)
    assert 0 < refused / calls < 0.03
    assert used(applied.line) > 0.9


@pytest.mark.parametrize("parallelism", [16, 64])
async def test_so_does_a_plan(tmp_path: Path, parallelism: int) -> None:
    """It has fewer calls, nearly all of a kind, and as many of them are refused at first."""
    async with place(tmp_path, rate_limit=LIMIT) as there:
        await carry_out(there, parallelism)
        await there.time.sleep(60.0)
        there.line.statuses.clear()
        there.line.taken.clear()
        async with there.client(parallelism) as client:
            live = await read_live(there.desired, client, resource_types())
    assert not make_plan(there.desired, live, resource_types()).has_changes
    assert 0 < there.line.statuses[429] / there.line.statuses.total() < 0.03
    assert used(there.line) > 0.9


@pytest.mark.parametrize("parallelism", [1, 16, 64])
async def test_whatever_is_ready_leaves_at_once(tmp_path: Path, parallelism: int) -> None:
    """Nothing waits for others of its kind: all lines are busy, but for the few calls that all
    others wait for and the first ones, of which only a few leave at once."""
    applied = await apply(tmp_path, parallelism, order_delay=0.0)
    assert applied.done
    assert applied.line.most_flying == parallelism
    calls, turns = applied.line.statuses.total(), applied.seconds / LATENCY
    assert calls == 5 + 7 * LOCATIONS - 1
    assert turns < calls / parallelism + 20


async def test_many_orders_that_take_their_time_are_asked_about_together(tmp_path: Path) -> None:
    """Each is looked at when it was placed and when it is done; in between, a list tells."""
    applied = await apply(tmp_path, 64, order_delay=60.0)
    assert applied.done
    assert applied.line.asked["GET orders/ID"] < 4 * LOCATIONS
    assert 0 < applied.line.asked["GET orders?startdate"] < 40


async def test_a_thousand_orders_are_done_in_time_though_looking_is_limited(tmp_path: Path) -> None:
    """Looked at one by one, that would be 12 looks at each, and take 690 seconds in all."""
    applied = await apply(tmp_path, 64, 1000, order_delay=300.0, rate_limit=LIMIT)
    assert applied.done
    assert applied.line.asked["GET orders/ID"] < 4 * 1000
    assert applied.seconds < 550
