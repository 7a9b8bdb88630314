from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from provisioner.account.client import TRIES
from provisioner.account.open_orders import FEWEST, GOOD_FOR, PAUSE, OpenOrders
from tests.account.conftest import Answers, Say, Stage, in_turn, staged

pytestmark = pytest.mark.anyio

PLACED, TAKEN, DONE = "order-1", "order-2", "order-3"
STATUSES = {PLACED: "RECEIVED", TAKEN: "processing", DONE: "COMPLETE"}


def listed(times: int = 1) -> Say:
    rows = "".join(
        f"<OrderIdUserIdDate><orderId>{order}</orderId><OrderStatus>{status}</OrderStatus>"
        "</OrderIdUserIdDate>"
        for order, status in STATUSES.items()
    )
    body = f"<ListOrderIdUserIdDate>{rows * times}</ListOrderIdUserIdDate>"
    return Say(body=f"<ResponseSelectWrapper>{body}</ResponseSelectWrapper>")


@contextmanager
def followed(orders: OpenOrders, times: int = FEWEST) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(times):
            stack.enter_context(orders.following())
        yield


async def has(answers: Answers, *asked: str, times: int = FEWEST) -> tuple[list[bool], Stage]:
    async with staged(answers) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders, times):
            found = [await orders.has(each) for each in asked]
    return found, stage


async def test_one_list_tells_of_many_orders_whether_they_are_open() -> None:
    found, stage = await has(in_turn(listed()), PLACED, TAKEN, DONE, "order-4")
    assert found == [True, True, False, False]
    assert list(stage) == ["GET /orders?page=1&size=300&startdate=23-11-13"]


async def test_those_who_ask_at_once_share_an_answer_and_it_is_not_believed_for_long() -> None:
    async with staged(in_turn(listed())) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders):
            assert await asyncio.gather(*(orders.has(PLACED) for _ in range(9))) == [True] * 9
            assert len(stage.asked) == 1
            stage.time.advance(GOOD_FOR + 0.1)
            assert await orders.has(PLACED)
            assert len(stage.asked) == 2


async def test_few_orders_are_looked_at_one_by_one() -> None:
    found, stage = await has(in_turn(listed()), PLACED, times=FEWEST - 1)
    assert found == [False]
    assert list(stage) == []


async def test_an_order_that_nobody_follows_any_more_does_not_count() -> None:
    async with staged(in_turn(listed())) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders):
            pass
        assert not await orders.has(PLACED)
        assert list(stage) == []


@pytest.mark.parametrize(
    "answer", [Say(400), Say(403), Say(body="<html/>")], ids=["refused", "forbidden", "strange"]
)
async def test_a_list_that_is_not_to_be_had_is_asked_for_once(answer: Say) -> None:
    async with staged(in_turn(answer)) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders):
            assert not await orders.has(PLACED)
            stage.time.advance(GOOD_FOR + 0.1)
            assert not await orders.has(PLACED)
        assert len(stage.asked) == 1


async def test_a_service_that_fails_is_asked_again_after_a_while() -> None:
    failing = [Say(503)] * TRIES
    async with staged(in_turn(*failing, listed())) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders):
            assert not await orders.has(PLACED)
            stage.time.advance(GOOD_FOR + 0.1)
            assert not await orders.has(PLACED)
            assert len(stage.asked) == TRIES
            stage.time.advance(PAUSE)
            assert await orders.has(PLACED)


async def test_a_list_of_far_more_orders_than_are_waited_for_is_asked_for_once_that_many_are() -> (
    None
):
    async with staged(in_turn(listed(600))) as stage, stage.client() as client:
        orders = OpenOrders(client)
        with followed(orders):
            assert await orders.has(PLACED)
            stage.time.advance(GOOD_FOR + 0.1)
            assert not await orders.has(PLACED)
            assert len(stage.asked) == 1
            with followed(orders, 2):
                assert await orders.has(PLACED)
        assert len(stage.asked) == 2
