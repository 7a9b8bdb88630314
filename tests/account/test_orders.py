from __future__ import annotations

import asyncio
import html
from dataclasses import dataclass, field

import pytest

from provisioner.account.client import Client
from provisioner.account.intents import Intent, Unrecorded
from provisioner.account.orders import (
    find_orders,
    follow_order,
    order_ids_under,
    parse_order,
    read_order,
)
from provisioner.account.sending import Sending, place_order
from provisioner.account.xml import parse
from provisioner.errors import AccountError, LostAnswer, Rejected, Unauthorized, Unreadable
from provisioner.model import Address, NumberOrder
from tests.account.conftest import (
    DROP,
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
    [Say(body=listed()), Say(404, "<Links/>"), Say(404, listed())],
    ids=["200", "links", "404-list"],
)
async def test_no_orders_are_told_in_several_ways(nothing: Say) -> None:
    orders, asked = await found(in_turn(nothing))
    assert orders == ()
    assert sorted(asked) == [
        f"GET /orders?page=1&size=300&customerOrderId={KEY}-{n}" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("answer", [Say(400), Say(404), Say(404, "<html/>"), Say(404, "Not Found")])
async def test_a_refused_look_up_is_not_taken_for_no_orders(answer: Say) -> None:
    with pytest.raises(Rejected):
        await found(in_turn(answer))


async def test_a_list_that_leads_back_to_itself_is_not_followed_forever() -> None:
    with pytest.raises(Unreadable, match="back to itself"):
        await found(in_turn(Say(body=listed(following="1"))))


@pytest.mark.parametrize(
    "answer",
    [Say(), Say(204), Say(body="<html/>"), Say(body="<OrderResponse/>"), Say(body="<Links/>")],
    ids=["empty", "204", "unrelated", "one-order", "part"],
)
async def test_what_is_no_list_of_orders_is_not_taken_for_no_orders(answer: Say) -> None:
    with pytest.raises(Unreadable, match="The answer is not <ResponseSelectWrapper>"):
        await found(in_turn(answer))


async def test_a_further_page_that_is_no_list_is_not_taken_for_the_end() -> None:
    first = listed(row("a", f"{KEY}-1"), following="b")
    answers = by_path({"GET /orders?page=1&": first, "GET /orders?page=b&": "<html/>"})
    with pytest.raises(Unreadable):
        await found(answers)


async def test_the_ids_of_orders_are_found_without_looking_at_the_orders() -> None:
    rows = listed(row("a", f"{KEY}-1"), row("b", f"{KEY}-1"), row("c", f"{KEY}-2"))
    async with staged(by_path({"GET /orders?": rows})) as stage, stage.client() as client:
        assert await order_ids_under(client, f"{KEY}-1") == ("a", "b")
    assert len(stage.asked) == 1


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
    assert len(account.sent("GET", "customerOrderId")) == 6


@pytest.mark.parametrize("missing", [1, 2, [1, 2]], ids=str)
async def test_a_generation_that_is_not_listed_hides_no_later_one(
    account: Account, missing: int | list[int]
) -> None:
    """Orders that are years old may be gone from the list, and their ids can be changed."""
    peer = account.sippeer(account.site())
    gaps = missing if isinstance(missing, list) else [missing]
    there = [n for n in (1, 2, 3, 5) if n not in gaps]
    for generation in there:
        account.order(peer, f"{KEY}-{generation}", quantity=generation)
    async with account.client() as client:
        orders = await find_orders(client, KEY)
    assert [each.quantity for each in orders] == there


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
    assert sum("customerOrderId" in each for each in asked) == 13, "three beyond the highest"
    async with staged(answers) as stage, stage.client() as client:
        assert await order_ids_under(client, f"{KEY}-1") == ("mine",)


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
        assert await order_ids_under(client, f"{KEY}-1") == ("a", "b")


async def test_pages_of_the_sandbox_are_read_to_their_end(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.account.orders.PAGE_SIZE", 2)
    peer = account.sippeer(account.site())
    placed = [account.order(peer, f"{KEY}-1") for _ in range(5)]
    async with account.client() as client:
        orders = await order_ids_under(client, f"{KEY}-1")
    assert sorted(orders) == sorted(placed)
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
    assert read == NumberOrder("a", "", "RECEIVED", None)
    assert read.is_open
    assert read.outstanding is None
    assert parse_order(parse(b"<OrderResponse/>"), "a") == read


@pytest.mark.parametrize(
    "answer",
    [Say(), Say(204), Say(body="<html/>"), Say(body="<Order/>")],
    ids=["empty", "204", "unrelated", "other"],
)
async def test_what_is_no_order_is_not_taken_for_one(answer: Say) -> None:
    async with staged(in_turn(answer)) as stage, stage.client() as client:
        with pytest.raises(Unreadable, match="The answer is not <OrderResponse>"):
            await read_order(client, "a")


@pytest.mark.parametrize(
    "strange", ["", "<Quantity/>", "<Quantity>many</Quantity>", "<Quantity>-1</Quantity>"]
)
def test_for_how_many_an_order_is_may_be_unknown(strange: str) -> None:
    body = order("RECEIVED", 1).replace("<Quantity>1</Quantity>", strange)
    read = parse_order(parse(body.encode()), "a")
    assert (read.quantity, read.brought, read.outstanding) == (None, 1, None)
    ended = parse_order(parse(body.replace("RECEIVED", "COMPLETE").encode()), "a")
    assert ended.outstanding == 0


@pytest.mark.parametrize(
    ("said", "unnamed"), [("5", 3), ("2", 0), ("1", 0), ("", 0), ("many", 0)], ids=str
)
def test_numbers_that_an_order_brought_and_does_not_name_count(said: str, unnamed: int) -> None:
    completed = f"<CompletedQuantity>{said}</CompletedQuantity>"
    read = parse_order(parse(order("RECEIVED", 2, 6, completed).encode()), "a")
    assert (read.brought, read.unnamed, read.outstanding) == (2 + unnamed, unnamed, 4 - unnamed)


@pytest.mark.parametrize(
    ("dates", "ended"),
    [
        ("<OrderCompleteDate>2026-01-02T03:04:05.500Z</OrderCompleteDate>", 1767323045.5),
        ("<OrderCompleteDate>2026-01-02T03:04:05</OrderCompleteDate>", 1767323045),
        ("<LastModifiedDate>2026-01-02T04:04:05+01:00</LastModifiedDate>", 1767323045),
        (
            (
                "<LastModifiedDate>2020-01-01</LastModifiedDate>"
                "<OrderCompleteDate>2026-01-02T03:04:05Z</OrderCompleteDate>"
            ),
            1767323045,
        ),
        ("<OrderCompleteDate>yesterday</OrderCompleteDate>", None),
        ("", None),
    ],
    ids=["utc", "no-zone", "modified", "both", "words", "none"],
)
def test_an_order_says_when_it_ended(dates: str, ended: float | None) -> None:
    assert parse_order(parse(order(more=dates).encode()), "a").ended_at == ended


async def test_the_words_of_an_order_are_shown_without_the_secrets_in_them() -> None:
    words = "<ErrorList><Error><Code>1</Code><Description>not api-pass-word-1</Description>"
    answer = Say(body=order("FAILED", more=f"{words}</Error></ErrorList>"))
    async with staged(in_turn(answer)) as stage, stage.client() as client:
        assert (await read_order(client, "a")).reason == "1 not (secret)"


async def test_an_order_that_was_just_placed_counts_as_open_where_nobody_knows_it_yet() -> None:
    answers = by_path({"GET /orders?": "<ResponseSelectWrapper/>"})
    async with staged(answers) as stage, stage.client() as client:
        (order,) = await find_orders(client, "bwp-1", {"a": "bwp-1-1", "b": "bwp-2-1"})
    assert (order.id, order.customer_order_id, order.is_open) == ("a", "bwp-1-1", True)
    assert (order.quantity, order.outstanding) == (None, None)


async def test_an_order_that_was_just_placed_and_cannot_be_read_is_not_guessed() -> None:
    answers = by_path({"GET /orders?": "<ResponseSelectWrapper/>", "GET /orders/a": Say(400)})
    async with staged(answers) as stage, stage.client() as client:
        with pytest.raises(Rejected):
            await find_orders(client, "bwp-1", {"a": "bwp-1-1"})


# Placing them


async def place(client: Client) -> str:
    intent = Intent("POST", "order", Address("numbers", ("Raleigh", "East", "area_code=910")))
    sent = Sending(client, Unrecorded(), intent)
    return await place_order(sent, f"{client.account_path}/orders", b"<Order/>")


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
        assert await place(client) == "abc"


@pytest.mark.parametrize(
    "body", ["", "<OrderResponse/>", "<OrderResponse><Order><id/></Order></OrderResponse>"]
)
async def test_an_answer_that_names_no_order_is_lost(body: str) -> None:
    async with staged(in_turn(Say(201, body))) as stage, stage.client() as client:
        with pytest.raises(LostAnswer, match="names no order"):
            await place(client)


# Following them


@dataclass
class Followed:
    """What became of following an order, and how long each pause was."""

    statuses: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    error: AccountError | None = None


async def follow(
    answers: Answers,
    patience: float = 600,
    stop: asyncio.Event | None = None,
    settle: float = 30,
) -> Followed:
    seen = Followed()
    async with staged(answers) as stage, stage.client() as client:
        deadline = stage.time.time + patience
        looks = follow_order(
            client, "a", deadline, stop or asyncio.Event(), settle, seen.told.append
        )
        try:
            async for each in looks:
                seen.statuses.append(each.status)
        except AccountError as error:
            seen.error = error
    seen.slept = stage.time.slept
    return seen


async def test_an_order_is_looked_at_with_growing_pauses_until_its_end() -> None:
    waiting = [Say(body=order("RECEIVED", 0))] * 12
    seen = await follow(in_turn(*waiting, Say(body=order("COMPLETE"))))
    assert seen.statuses == ["RECEIVED"] * 12 + ["COMPLETE"]
    assert seen.slept[:3] == pytest.approx([0.2, 0.3, 0.45])
    assert seen.slept == sorted(seen.slept)
    assert seen.slept[-1] == 5.0
    assert (seen.told, seen.error) == ([], None)


@pytest.mark.parametrize("status", ["PROCESSING", "CONFUSED", "received", ""])
async def test_a_status_that_is_not_known_keeps_waiting(status: str) -> None:
    seen = await follow(in_turn(Say(body=order(status)), Say(body=order("FAILED"))))
    assert seen.statuses == [status.upper() or "RECEIVED", "FAILED"]


@pytest.mark.parametrize("status", ["COMPLETE", "complete", "PARTIAL", "FAILED", "BACKORDERED"])
async def test_an_order_at_its_end_or_on_back_order_is_not_waited_for(status: str) -> None:
    seen = await follow(in_turn(Say(body=order(status))))
    assert (seen.statuses, seen.slept) == ([status.upper()], [])


async def test_the_deadline_ends_it() -> None:
    seen = await follow(in_turn(Say(body=order("RECEIVED"))), patience=10)
    assert set(seen.statuses) == {"RECEIVED"}
    assert 5 < sum(seen.slept) <= 10
    seen = await follow(in_turn(Say(body=order("RECEIVED"))), patience=0)
    assert (seen.statuses, seen.slept) == (["RECEIVED"], [])


async def test_a_stop_ends_it_after_one_look() -> None:
    stop = asyncio.Event()
    stop.set()
    seen = await follow(in_turn(Say(body=order("RECEIVED"))), stop=stop)
    assert seen.statuses == ["RECEIVED"]


BLIPS = {
    "down": [DROP] * 4,
    "failing": [Say(503)] * 4,
    "garbage": [Say(body="<<<")],
    "unrelated": [Say(body="<html/>")],
    "empty": [Say()],
    "not-known-yet": [Say(404)],
}


@pytest.mark.parametrize("blip", list(BLIPS))
async def test_an_order_is_followed_through_a_time_without_answers(blip: str) -> None:
    waiting, ended = Say(body=order("RECEIVED")), Say(body=order("COMPLETE"))
    seen = await follow(in_turn(*BLIPS[blip], waiting, *BLIPS[blip], ended))
    assert (seen.statuses, seen.error) == (["RECEIVED", "COMPLETE"], None)
    assert len(seen.told) == 2
    assert all(each.endswith("; asking again") for each in seen.told)


@pytest.mark.parametrize("blip", ["down", "unrelated"])
async def test_a_service_that_never_comes_back_is_asked_until_the_deadline(blip: str) -> None:
    seen = await follow(in_turn(*BLIPS[blip]), patience=60)
    assert (seen.statuses, seen.error) == ([], None)
    assert len(seen.told) > 5
    assert 50 < sum(seen.slept) <= 70


@pytest.mark.parametrize("settle", [0, 30])
async def test_an_order_that_nobody_knows_after_the_settle_time_is_told(settle: int) -> None:
    seen = await follow(in_turn(Say(404)), settle=settle)
    assert isinstance(seen.error, Rejected)
    assert seen.statuses == []
    assert settle <= sum(seen.slept) <= settle + 5
    assert seen.told


@pytest.mark.parametrize(("status", "kind"), [(400, Rejected), (403, Unauthorized)])
async def test_a_refused_look_at_an_order_is_told_at_once(
    status: int, kind: type[AccountError]
) -> None:
    seen = await follow(in_turn(Say(status)))
    assert type(seen.error) is kind
    assert (seen.told, seen.slept) == ([], [])
