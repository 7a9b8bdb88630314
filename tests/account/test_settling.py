import pytest

from provisioner.account.settling import look_until_settled
from tests.account.conftest import FakeTime

pytestmark = pytest.mark.anyio


async def test_what_is_there_at_once_is_not_waited_for() -> None:
    time = FakeTime()

    async def look() -> str | None:
        return ""

    assert await look_until_settled(look, 30, time.clock) == ""
    assert time.slept == []


async def test_what_is_not_there_is_looked_for_until_the_lists_have_settled() -> None:
    time = FakeTime()
    looks: list[float] = []

    async def look() -> str | None:
        looks.append(time.time - 1_700_000_000)
        return None

    assert await look_until_settled(look, 30, time.clock) is None
    assert looks == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5, 30]


async def test_what_comes_late_is_found() -> None:
    time = FakeTime()

    async def look() -> str | None:
        return "found" if time.time >= 1_700_000_005 else None

    assert await look_until_settled(look, 30, time.clock) == "found"
    assert time.time < 1_700_000_030


async def test_without_a_settle_time_there_is_one_look() -> None:
    time = FakeTime()
    looks = 0

    async def look() -> str | None:
        nonlocal looks
        looks += 1
        return None

    assert await look_until_settled(look, 0, time.clock) is None
    assert (looks, time.slept) == (1, [])
