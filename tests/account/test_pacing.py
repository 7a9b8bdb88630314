from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

import pytest

from provisioner.account.clock import Clock
from provisioner.account.pacing import (
    FIRST_IN_FLIGHT,
    LONGEST_HOLD,
    Pace,
    category,
    seconds_to_wait,
)
from provisioner.account.traffic import Stopwatch
from tests.account.conftest import FakeTime

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/accounts/1/orders", "orders write"),
        ("PUT", "/accounts/1/orders/abc", "orders write"),
        ("GET", "/accounts/1/orders/abc", "history read"),
        ("GET", "/accounts/1/orders?page=1", "history read"),
        ("GET", "/accounts/1/sites/2/sippeers/3/tns", "sites read"),
        ("POST", "/accounts/1/disconnects", "disconnects write"),
        ("GET", "/accounts/1/disconnects/abc", "history read"),
        ("GET", "/tns/9195551234", "history read"),
        ("GET", "/123", "/123 read"),
    ],
)
def test_calls_are_counted_together_as_the_service_does(
    method: str, path: str, expected: str
) -> None:
    assert category(method, path) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-RateLimit-Reset": "1700000007.5"}, 7.5),
        ({"X-RateLimit-Reset": "1700000007500"}, 7.5),
        ({"X-RateLimit-Reset": "1699999990"}, -10),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "3"}, 1),
        ({"X-RateLimit-Reset": "0", "Retry-After": "3"}, 3),
        ({"Retry-After": "3"}, 3),
        ({}, 1),
    ],
    ids=["seconds", "milliseconds", "past", "words", "zero", "retry-after", "neither"],
)
def test_the_service_says_how_long_to_wait(headers: dict[str, str], expected: float) -> None:
    assert seconds_to_wait(headers, 1_700_000_000.0) == pytest.approx(expected)


def paced(time: FakeTime) -> Pace:
    return Pace(time.clock, Stopwatch(time.clock.monotonic))


async def go(pace: Pace, kind: str) -> None:
    async with pace.turn(kind):
        pace.accepted(kind)


async def test_one_category_does_not_hold_up_another() -> None:
    time = FakeTime()
    pace = paced(time)
    pace.hold("orders read", 60)
    await go(pace, "orders write")
    await go(pace, "sites read")
    assert time.slept == []
    await go(pace, "orders read")
    assert time.slept == [60]


async def test_a_longer_hold_is_not_shortened_by_a_later_one() -> None:
    time = FakeTime()
    pace = paced(time)
    pace.hold("x", 60)
    pace.hold("x", 5)
    pace.hold("x", -5)
    await go(pace, "x")
    assert time.slept == [60]


async def test_no_hold_is_longer_than_ten_minutes() -> None:
    time = FakeTime()
    pace = paced(time)
    pace.hold("x", 1e9)
    await go(pace, "x")
    assert time.slept == [LONGEST_HOLD]


async def test_a_hold_that_grows_meanwhile_is_waited_for_too() -> None:
    time = FakeTime()
    pace = paced(time)
    pace.hold("x", 1)
    waiting = asyncio.create_task(go(pace, "x"))
    await asyncio.sleep(0)
    pace.hold("x", 3)
    await waiting
    assert sum(time.slept) == 3


async def test_only_a_few_calls_are_in_flight_before_the_first_answers() -> None:
    pace, answered, leaving = paced(FakeTime()), asyncio.Event(), 0

    async def call() -> None:
        nonlocal leaving
        async with pace.turn("x"):
            leaving += 1
            await answered.wait()
            pace.accepted("x")

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(call())
        for _ in range(50):
            await asyncio.sleep(0)
        assert leaving == FIRST_IN_FLIGHT
        answered.set()
    assert leaving == 20


@dataclass
class Bucket:
    """A service that takes so many calls a second, a second's worth of them at once; says when it
    begins anew in whole seconds, as the real one does."""

    time: FakeTime
    rate: float
    left: float = field(init=False)
    since: float = field(init=False)
    took: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.left, self.since = self.rate, self.time.time

    def asks(self) -> float | None:
        """None for a call that is taken, else the seconds to wait."""
        now = self.time.time
        self.left = min(self.rate, self.left + (now - self.since) * self.rate)
        self.since = now
        if self.left < 1:
            self.refused += 1
            return math.ceil(now + (1 - self.left) / self.rate) - now
        self.left -= 1
        self.took += 1
        return None


async def ask_until_taken(pace: Pace, bucket: Bucket) -> None:
    while True:
        async with pace.turn("x"):
            await asyncio.sleep(0)  # others leave while this one is on its way
            wait = bucket.asks()
            if wait is None:
                pace.accepted("x")
                return
        pace.hold("x", wait)


@pytest.mark.parametrize("rate", [10, 20, 100])
async def test_a_limit_is_learnt_and_nearly_used_up(rate: int) -> None:
    time = FakeTime()
    pace, bucket, began = paced(time), Bucket(time, rate), time.time
    calls = 40 * rate
    async with asyncio.TaskGroup() as group:
        for _ in range(calls):
            group.create_task(ask_until_taken(pace, bucket))
    assert bucket.took == calls
    assert calls / rate / (time.time - began) > 0.9
    assert bucket.refused / calls < 0.03


async def test_a_limit_that_changes_is_learnt_anew() -> None:
    time = FakeTime()
    pace, bucket = paced(time), Bucket(time, 50)
    for rate, share in ((50, 0.9), (10, 0.8), (40, 0.6)):
        bucket.rate, began = rate, time.time
        for _ in range(60 * rate):
            await ask_until_taken(pace, bucket)
        assert 60 / (time.time - began) > share
    assert bucket.refused / bucket.took < 0.03


async def test_sleep_ends_when_the_run_is_stopped() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)
    async with asyncio.timeout(5):
        await Clock().sleep_unless(stop, 3600)
    assert stop.is_set()


async def test_sleep_that_nothing_stops_takes_its_time() -> None:
    time = FakeTime()
    await time.clock.sleep_unless(asyncio.Event(), 17)
    assert time.slept == [17]
    assert time.time == 1_700_000_017
