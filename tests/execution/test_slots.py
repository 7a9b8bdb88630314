from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from provisioner.execution.slots import LEAD, Slots
from tests.account.conftest import ADDRESS, Account

pytestmark = pytest.mark.anyio

LOCATIONS = 20
AREA_CODES = ("910", "919", "704")


def estate(blocks: int) -> str:
    ordered = ", ".join(f"{{area_code: '{code}', quantity: 1}}" for code in AREA_CODES[:blocks])
    location = f"{{sms: true, numbers: [{ordered}]}}"
    return f"""
sites:
  Raleigh:
    address: {ADDRESS}
    sippeers: {{{", ".join(f"{chr(65 + n)}: {location}" for n in range(LOCATIONS))}}}
"""


class Crowd:
    """Tasks that each want a slot, and keep it until they are told to go on."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.entered: list[int] = []
        self.leave = asyncio.Semaphore(0)

    async def one(self, rank: int) -> None:
        async with self.slots.slot(rank):
            self.entered.append(rank)
            await self.leave.acquire()

    async def come(self, rank: int) -> asyncio.Task[None]:
        task = asyncio.create_task(self.one(rank))
        await settled()
        return task


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_of_those_that_wait_the_lowest_rank_is_next_and_of_equals_the_first() -> None:
    slots = Slots(1)
    entered = []

    async def one(rank: int, name: str) -> None:
        async with slots.slot(rank):
            entered.append(name)
            await asyncio.sleep(0)

    wanted = [(0, "a"), (3, "b"), (1, "c"), (3, "d"), (2, "e")]
    await asyncio.gather(*(one(rank, name) for rank, name in wanted))
    assert entered == ["a", "c", "e", "b", "d"]


async def test_no_more_than_so_many_have_one_at_a_time() -> None:
    crowd = Crowd(Slots(2))
    tasks = [await crowd.come(rank) for rank in (0, 0, 7, 5)]
    assert crowd.entered == [0, 0]
    crowd.leave.release()
    await settled()
    assert crowd.entered == [0, 0, 5]
    for _ in range(3):
        crowd.leave.release()
    await asyncio.gather(*tasks)
    assert crowd.entered == [0, 0, 5, 7]


async def test_who_is_cancelled_takes_no_slot_along() -> None:
    crowd = Crowd(Slots(1))
    holder, waiting, next_one = [await crowd.come(rank) for rank in (0, 1, 9)]
    waiting.cancel()
    crowd.leave.release()
    await asyncio.gather(holder, waiting, return_exceptions=True)
    await settled()
    assert crowd.entered == [0, 9]
    next_one.cancel()
    await asyncio.gather(next_one, return_exceptions=True)
    last = await crowd.come(2)
    assert crowd.entered == [0, 9, 2]
    last.cancel()


@pytest.mark.parametrize("turns", range(8))
async def test_whenever_one_is_cancelled_the_next_gets_the_slot(turns: int) -> None:
    """Also when it was given one a moment ago, and has not heard of it yet."""
    crowd = Crowd(Slots(1))
    holder, chosen, other = [await crowd.come(rank) for rank in (0, 1, 9)]
    crowd.leave.release()
    for _ in range(turns):
        await asyncio.sleep(0)
    chosen.cancel()
    await asyncio.gather(holder, chosen, return_exceptions=True)
    await settled()
    assert crowd.entered in ([0, 9], [0, 1, 9])
    other.cancel()


async def test_what_waited_for_the_holder_of_a_slot_may_be_next() -> None:
    slots, done = Slots(1), asyncio.Event()
    entered = []

    async def first() -> None:
        async with slots.slot(3):
            await settled()
        done.set()

    async def then() -> None:
        await done.wait()
        async with slots.slot(0):
            entered.append("then")

    async def other() -> None:
        async with slots.slot(5):
            entered.append("other")

    await asyncio.gather(first(), then(), other())
    assert entered == ["then", "other"]


@pytest.mark.parametrize("parallelism", [1, 4])
@pytest.mark.parametrize("blocks", [1, 3])
async def test_numbers_are_ordered_while_other_locations_are_not_there_yet(
    account: Account, parallelism: int, blocks: int
) -> None:
    run = await account.apply(estate(blocks), parallelism=parallelism)
    assert run.done
    changed = [each for each in account.requests if not each.startswith("GET")]
    kinds = [each.partition("?")[0].rpartition("/")[2] for each in changed]
    of_all = {"sites": 1, "sippeers": LOCATIONS, "sms": LOCATIONS, "orders": LOCATIONS * blocks}
    assert Counter(kinds) == of_all
    made_before_first_order = kinds[: kinds.index("orders")].count("sippeers")
    assert LEAD < made_before_first_order < LOCATIONS
    left = kinds[-2 * LEAD :]
    assert "sippeers" not in left, "the end is nothing that others wait for"
    assert "orders" in left
