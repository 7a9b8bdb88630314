from __future__ import annotations

import asyncio
import html

import pytest

from provisioner.account.orders import (
    find_orders,
    follow_order,
    orders_under,
    parse_order,
    place_order,
    read_order,
)
from provisioner.account.xml import parse
from provisioner.errors import LostAnswer, Rejected
from provisioner.model import NumberOrder
from tests.account.conftest import (
    Account,
    Answers,
    Asked,
    Say,
    by_path,
    in_turn,
    staged,
)

pytestmark = pytest.mark.anyio

KEY = "bwp-00000000000000000000"


def order(status: str = "COMPLETE", numbers: int = 1, quantity: int = 1, more: str = "") -> str:
    rows = "".join(
        f"<TelephoneNumber><FullNumber>910555{n:04}</FullNumber></TelephoneNumber>"
        for n in range(numbers)
    )
    return (
        f"<OrderResponse>{more}<Order><AreaCodeSearchAndOrderType><AreaCode>910</AreaCode>"
        f"<Quantity>{quantity}</Quantity></AreaCodeSearchAndOrderType></Order>"
        f"<OrderStatus>{status}</OrderStatus><CompletedNumbers>{rows}</CompletedNumbers>"
        "</OrderResponse>"
    )


def row(order_id: str, customer_order_id: str, name: str = "orderId") -> str:
    return (
        f"<OrderIdUserIdDate><CustomerOrderId>{customer_order_id}</CustomerOrderId>"
        f"<{name}>{order_id}</{name}></OrderIdUserIdDate>"
    )


def listed(*rows: str, following: str = "") -> str:
    link = ""
    if following:
        url = f"https://h:443/v1.0/accounts/1/orders?page={following}&size=300"
        link = f'<next>{html.escape(f"Link=<{url}>;rel=")}"next";</next>'
    return (
        f"<ResponseSelectWrapper><ListOrderIdUserIdDate><TotalCount>{len(rows)}</TotalCount>"
        f"<Links><first>x</first>{link}</Links>{''.join(rows)}"
        "</ListOrderIdUserIdDate></ResponseSelectWrapper>"
    )


async def found(answers: Answers, key: str = KEY) -> tuple[tuple[NumberOrder, ...], list[str]]:
    async with staged(answers) as stage, stage.client() as client:
        return await find_orders(client, key), list(stage)


# Finding them again


@pytest.mark.parametrize(
    "nothing",
    [Say(body=listed()), Say(404), Say(404, "<Links/>"), Say(), Say(204)],
    ids=["200", "404", "links", "blank", "204"],
)
async def test_no_orders_are_told_in_several_ways(nothing: Say) -> None:
    orders, asked = await found(in_turn(nothing))
    assert orders == ()
    assert asked == [f"GET /orders?page=1&size=300&customerOrderId={KEY}-1"]


async def test_a_refused_look_up_is_not_taken_for_no_orders() -> None:
    with pytest.raises(Rejected):
        await found(in_turn(Say(400)))


async def test_every_generation_is_found_up_to_the_first_that_was_never_placed(
    account: Account,
) -> None:
    peer = account.sippeer(account.site())
    for generation in (1, 2, 3):
        account.order(peer, f"{KEY}-{generation}", quantity=generation)
    account.log.clear()
    async with account.client() as client:
        orders = await find_orders(client, KEY)
    assert [(each.customer_order_id, each.quantity) for each in orders] == [
        (f"{KEY}-1", 1),
        (f"{KEY}-2", 2),
        (f"{KEY}-3", 3),
    ]
    assert len(account.sent("GET", "customerOrderId")) == 4


async def test_generations_are_sorted_as_numbers() -> None:
    rows = [row(f"id-{n}", f"{KEY}-{n}") for n in (10, 2, 1)]

    def answer(asked: Asked) -> Say:
        if "page=" not in asked.target:
            return Say(body=order())
        return Say(body=listed(*rows) if asked.target.endswith(f"{KEY}-1") else listed())

    orders, _ = await found(answer)
    assert [each.id for each in orders] == ["id-1", "id-2", "id-10"]


async def test_a_filter_that_matches_beginnings_brings_no_strangers() -> None:
    rows = [
        row("mine", f"{KEY}-1"),
        row("tenth", f"{KEY}-10"),
        row("other-1", f"{KEY}-1x"),
        row("other-2", f"x{KEY}-1"),
        row("other-3", f"{KEY}-01"),
        row("other-4", f"{KEY}-0"),
        "<OrderIdUserIdDate><orderId>nameless</orderId></OrderIdUserIdDate>",
        f"<OrderIdUserIdDate><CustomerOrderId>{KEY}-1</CustomerOrderId></OrderIdUserIdDate>",
    ]
    answers = by_path({"GET /orders?": listed(*rows), "GET /orders/": order()})
    orders, asked = await found(answers)
    assert [each.id for each in orders] == ["mine", "tenth"]
    assert sum("customerOrderId" in each for each in asked) == 2, "no look-up beyond the gap"
    async with staged(answers) as stage, stage.client() as client:
        assert [each.id for each in await orders_under(client, f"{KEY}-1")] == ["mine"]


async def test_further_pages_are_asked_for_by_the_order_that_they_begin_with() -> None:
    first = listed(row("a", f"{KEY}-1"), following="cbdcfc94-81b1")
    second = listed(row("b", f"{KEY}-1", "OrderId"))
    answers = by_path(
        {
            "GET /orders?page=1&": first,
            "GET /orders?page=cbdcfc94-81b1&": second,
            "GET /orders/": order(),
        }
    )
    async with staged(answers) as stage, stage.client() as client:
        orders = await orders_under(client, f"{KEY}-1")
    assert [each.id for each in orders] == ["a", "b"]


async def test_pages_of_the_sandbox_are_read_to_their_end(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.account.orders.PAGE_SIZE", 2)
    peer = account.sippeer(account.site())
    placed = [account.order(peer, f"{KEY}-1") for _ in range(5)]
    async with account.client() as client:
        orders = await orders_under(client, f"{KEY}-1")
    assert sorted(each.id for each in orders) == sorted(placed)
    assert len(account.sent("GET", "page=")) == 3


async def test_an_order_that_does_not_repeat_its_customer_order_id_keeps_it() -> None:
    answers = by_path({"GET /orders?": listed(row("a", f"{KEY}-1")), "GET /orders/a": order()})
    orders, _ = await found(answers)
    assert [each.customer_order_id for each in orders] == [f"{KEY}-1"]


# Reading them


@pytest.mark.parametrize("status", ["FAILED", "PARTIAL"])
def test_a_failed_order_is_read_and_not_raised(status: str) -> None:
    errors = (
        "<ErrorList><Error><Code>5005</Code><Description>gone</Description></Error>"
        "<Error><Code>5005</Code><Description>gone</Description></Error>"
        "<Error><Description>odd</Description></Error></ErrorList>"
    )
    read = parse_order(parse(order(status, 1, 3, errors).encode()), "a")
    assert (read.status, read.quantity, read.numbers) == (status, 3, ("+19105550000",))
    assert read.reason == "5005 gone; odd"
    assert not read.is_open


def test_an_order_without_a_status_was_only_received() -> None:
    read = parse_order(parse(b"<OrderResponse><Order/></OrderResponse>"), "a")
    assert read == NumberOrder("a", "", "RECEIVED", 0)
    assert read.is_open
    assert parse_order(parse(b"<OrderResponse/>"), "a") == read


async def test_an_order_answered_with_nothing_was_only_received() -> None:
    async with staged(in_turn(Say())) as stage, stage.client() as client:
        assert await read_order(client, "a") == NumberOrder("a", "", "RECEIVED", 0)


def test_an_order_of_given_numbers_has_no_quantity() -> None:
    body = order().replace("<Quantity>1</Quantity>", "")
    assert parse_order(parse(body.encode()), "a").quantity == 1
    for strange in ("<Quantity/>", "<Quantity>many</Quantity>"):
        body = order().replace("<Quantity>1</Quantity>", strange)
        assert parse_order(parse(body.encode()), "a").quantity == 1


# Placing them


@pytest.mark.parametrize(
    "answer",
    [
        Say(201, "<OrderResponse><Order><id>abc</id></Order></OrderResponse>"),
        Say(201, "<OrderResponse><Order/></OrderResponse>", {"Location": "/v1.0/orders/abc"}),
        Say(201, "", {"Location": "https://h:443/v1.0/accounts/1/orders/abc"}),
        Say(201, "not xml", {"Location": "/orders/abc"}),
    ],
    ids=["body", "location", "no-body", "prose"],
)
async def test_the_id_of_a_new_order_is_in_its_body_or_location(answer: Say) -> None:
    async with staged(in_turn(answer)) as stage, stage.client() as client:
        assert await place_order(client, b"<Order/>") == "abc"


@pytest.mark.parametrize(
    "body", ["", "<OrderResponse/>", "<OrderResponse><Order><id/></Order></OrderResponse>"]
)
async def test_an_answer_that_names_no_order_is_lost(body: str) -> None:
    async with staged(in_turn(Say(201, body))) as stage, stage.client() as client:
        with pytest.raises(LostAnswer, match="names no order"):
            await place_order(client, b"<Order/>")


# Following them


async def followed(
    answers: Answers, patience: float = 600, stop: asyncio.Event | None = None
) -> tuple[list[str], list[float]]:
    async with staged(answers) as stage, stage.client() as client:
        deadline = stage.time.time + patience
        follow = follow_order(client, "a", deadline, stop or asyncio.Event())
        statuses = [each.status async for each in follow]
        return statuses, stage.time.slept


async def test_an_order_is_looked_at_with_growing_pauses_until_its_end() -> None:
    waiting = [Say(body=order("RECEIVED", 0))] * 12
    statuses, slept = await followed(in_turn(*waiting, Say(body=order("COMPLETE"))))
    assert statuses == ["RECEIVED"] * 12 + ["COMPLETE"]
    assert slept[:3] == pytest.approx([0.2, 0.3, 0.45])
    assert slept == sorted(slept)
    assert slept[-1] == 5.0


@pytest.mark.parametrize("status", ["PROCESSING", "CONFUSED", "received", ""])
async def test_a_status_that_is_not_known_keeps_waiting(status: str) -> None:
    statuses, _ = await followed(in_turn(Say(body=order(status)), Say(body=order("FAILED"))))
    assert statuses == [status.upper() or "RECEIVED", "FAILED"]


@pytest.mark.parametrize("status", ["COMPLETE", "complete", "PARTIAL", "FAILED", "BACKORDERED"])
async def test_an_order_at_its_end_or_on_back_order_is_not_waited_for(status: str) -> None:
    statuses, slept = await followed(in_turn(Say(body=order(status))))
    assert (statuses, slept) == ([status.upper()], [])


async def test_the_deadline_ends_it() -> None:
    statuses, slept = await followed(in_turn(Say(body=order("RECEIVED"))), patience=10)
    assert set(statuses) == {"RECEIVED"}
    assert 5 < sum(slept) <= 10
    statuses, slept = await followed(in_turn(Say(body=order("RECEIVED"))), patience=0)
    assert (statuses, slept) == (["RECEIVED"], [])


async def test_a_stop_ends_it_after_one_look() -> None:
    stop = asyncio.Event()
    stop.set()
    statuses, _ = await followed(in_turn(Say(body=order("RECEIVED"))), stop=stop)
    assert statuses == ["RECEIVED"]


async def test_an_order_that_cannot_be_read_is_told() -> None:
    with pytest.raises(Rejected):
        await followed(by_path({"GET /else": ""}))
