from __future__ import annotations

import asyncio

import pytest

from provisioner.account.clock import Clock
from provisioner.account.pacing import LONGEST_HOLD, Pace, category, seconds_to_wait
from tests.account.conftest import FakeTime

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/accounts/1/orders", "orders write"),
        ("PUT", "/accounts/1/orders/abc", "orders write"),
        ("GET", "/accounts/1/orders/abc", "orders read"),
        ("GET", "/accounts/1/orders?page=1", "orders read"),
        ("GET", "/accounts/1/sites/2/sippeers/3/tns", "sites read"),
        ("POST", "/accounts/1/disconnects", "disconnects write"),
        ("GET", "/tns/9195551234", "tns read"),
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


async def test_one_category_does_not_hold_up_another() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.hold("orders read", 60)
    await pace.wait("orders write")
    await pace.wait("sites read")
    assert time.slept == []
    await pace.wait("orders read")
    assert time.slept == [60]


async def test_a_longer_hold_is_not_shortened_by_a_later_one() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.hold("x", 60)
    pace.hold("x", 5)
    pace.hold("x", -5)
    await pace.wait("x")
    assert time.slept == [60]


async def test_no_hold_is_longer_than_ten_minutes() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.hold("x", 1e9)
    await pace.wait("x")
    assert time.slept == [LONGEST_HOLD]


async def test_a_hold_that_grows_meanwhile_is_waited_for_too() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.hold("x", 1)
    waiting = asyncio.create_task(pace.wait("x"))
    await asyncio.sleep(0)
    pace.hold("x", 3)
    await waiting
    assert sum(time.slept) == 3


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
