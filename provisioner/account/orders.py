"""Number orders: found again by their CustomerOrderId, read, placed and followed to their end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from provisioner.account.client import Client
from provisioner.account.paths import e164
from provisioner.account.xml import Element, error_texts, find, first, items, named, text_at
from provisioner.errors import Rejected, Unreachable, Unreadable
from provisioner.model import NumberOrder
from provisioner.planning.numbers import customer_order_id

PAGE_SIZE = 300
EMPTY_LISTS = ("links", "responseselectwrapper")
"""The roots that a 404 for an empty list may have; any other 404 says nothing about orders."""
NOT_ANY: Mapping[str, str] = {}
MOST_MISSING = 3
POLL_FIRST, POLL_GROWTH, POLL_LONGEST = 0.2, 1.5, 5.0


async def find_orders(
    client: Client, key: str, placed: Mapping[str, str] = NOT_ANY
) -> tuple[NumberOrder, ...]:
    """All orders of a block, by generation.

    The list can be asked for one CustomerOrderId; that a part of one finds more is documented
    nowhere, and so not relied on. A generation may be missing from it: of orders that are years
    old, or where someone gave an order another id. So the search goes on until `MOST_MISSING` in
    a row are not there.

    `placed` are known from elsewhere, CustomerOrderId by order id: of those, the block's own are
    read although no list may show them yet.
    """
    just_placed = [each for each in placed.items() if each[1].startswith(f"{key}-")]
    read = await asyncio.gather(*(_read_just_placed(client, *each) for each in just_placed))
    found = {order.id: order for order in read}
    looked_up = 0
    highest = _highest(found.values())
    while looked_up < highest + MOST_MISSING:
        ahead = range(looked_up + 1, highest + MOST_MISSING + 1)
        pages = await asyncio.gather(
            *(_named_orders(client, customer_order_id(key, each), key) for each in ahead)
        )
        names = {order_id: name for page in pages for order_id, name in page.items()}
        orders = await _read_orders(client, {each: names[each] for each in names.keys() - found})
        found.update({order.id: order for order in orders})
        looked_up = ahead[-1]
        highest = _highest(found.values())
    return tuple(sorted(found.values(), key=_generation))


async def _read_just_placed(client: Client, order_id: str, name: str) -> NumberOrder:
    """An order that was placed; it counts as open where the service does not know it yet."""
    try:
        order = await read_order(client, order_id)
    except Rejected as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        order = NumberOrder(order_id, name, "RECEIVED", None)
    return replace(order, customer_order_id=name)


def _highest(orders: Iterable[NumberOrder]) -> int:
    return max((_generation(order)[0] for order in orders), default=0)


def _generation(order: NumberOrder) -> tuple[int, str]:
    return int(order.customer_order_id.rpartition("-")[2]), order.id


async def _read_orders(client: Client, names: Mapping[str, str]) -> tuple[NumberOrder, ...]:
    """Orders by id, under the CustomerOrderIds of the list: the order itself may leave it out."""
    orders = await asyncio.gather(*(read_order(client, each) for each in names))
    return tuple(replace(each, customer_order_id=names[each.id]) for each in orders)


async def order_ids_under(client: Client, wanted: str) -> tuple[str, ...]:
    """The ids of the orders of one CustomerOrderId, without looking at the orders themselves."""
    return tuple(await _named_orders(client, wanted))


async def _named_orders(client: Client, wanted: str, key: str | None = None) -> dict[str, str]:
    """Order id -> CustomerOrderId, of those that are `wanted` or of the key's generations.

    How the service's filter matches is not documented: the ids are compared here.
    """
    pattern = re.compile(re.escape(wanted) if key is None else rf"{re.escape(key)}-[1-9]\d*")
    return {
        order_id: name
        for row in await list_orders(client, {"customerOrderId": wanted})
        if pattern.fullmatch(name := text_at(row, "CustomerOrderId") or "")
        and (order_id := text_at(row, "orderId"))
    }


async def list_orders(client: Client, chosen: Mapping[str, str]) -> list[Element]:
    """Every row of the list that a filter leaves."""
    return await list_pages(client, "orders", chosen, PAGE_SIZE)


async def list_pages(
    client: Client, collection: str, chosen: Mapping[str, str], size: int
) -> list[Element]:
    """The rows of all pages of a list of orders. A next page is named by its first order."""
    rows: list[Element] = []
    seen: set[str] = set()
    page: str | None = "1"
    while page is not None:
        if page in seen:
            raise Unreadable(f"The list of orders leads from page {page} back to itself.")
        seen.add(page)
        try:
            answer = await client.get(
                f"{client.account_path}/{collection}", {"page": page, "size": size, **chosen}
            )
        except Rejected as error:
            if error.status == HTTPStatus.NOT_FOUND and error.root in EMPTY_LISTS:
                return rows
            raise
        root = named(answer.root, "ResponseSelectWrapper")
        rows += items(root, "OrderIdUserIdDate")
        page = _next_page(root)
    return rows


def _next_page(root: Element) -> str | None:
    links = first(root, "Links")
    link = None if links is None else text_at(links, "next")
    match = re.search(r"[?&]page=([^&>]+)", link or "")
    return match[1] if match else None


async def read_order(client: Client, order_id: str) -> NumberOrder:
    answer = await client.get(f"{client.account_path}/orders/{order_id}")
    order = parse_order(named(answer.root, "OrderResponse"), order_id)
    return replace(order, reason=client.scrub(order.reason))


def parse_order(root: Element, order_id: str) -> NumberOrder:
    """An order from the answer to its placing or to a look at it.

    The status may be left out of the first answer, and then is RECEIVED; the id is missing from
    some answers (vendor guide). A list of errors in it is part of the order, not a refusal.
    """
    order = first(root, "Order")
    completed = find(root, "CompletedNumbers")
    numbers = [] if completed is None else items(completed, "FullNumber")
    quantity = None if order is None else first(order, "Quantity")
    listed = None if order is None else first(order, "TelephoneNumberList")
    asked = [] if listed is None else items(listed, "TelephoneNumber")
    return NumberOrder(
        id=order_id,
        customer_order_id=("" if order is None else text_at(order, "CustomerOrderId")) or "",
        status=(text_at(root, "OrderStatus") or "RECEIVED").upper(),
        quantity=len(asked)
        if asked
        else _whole_number(None if quantity is None else quantity.text),
        asked=tuple(sorted(e164(number.text or "") for number in asked)),
        completed=_whole_number(text_at(root, "CompletedQuantity")) or 0,
        numbers=tuple(sorted(e164(number.text or "") for number in numbers)),
        reason=errors_told(root),
        ended_at=seconds(text_at(root, "OrderCompleteDate") or text_at(root, "LastModifiedDate")),
    )


def errors_told(root: Element) -> str:
    """Every error in an order, each once: code and words."""
    told = (f"{code} {text}".strip() if code else text for code, text in error_texts(root))
    return "; ".join(dict.fromkeys(told))


def _whole_number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isdecimal() else None


def seconds(text: str | None) -> float | None:
    """A date of the service, ISO 8601 in UTC, as seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


async def nobody_knows(_order_id: str) -> bool:
    """Whether an order is open can only be found by looking at it."""
    return False


async def follow_order(
    client: Client,
    order_id: str,
    deadline: float,
    stop: asyncio.Event,
    settle: float,
    tell: Callable[[str], None],
    read: Callable[[Client, str], Awaitable[NumberOrder]] = read_order,
    is_open: Callable[[str], Awaitable[bool]] = nobody_knows,
) -> AsyncIterator[NumberOrder]:
    """Looks at an order at growing intervals until its end, its back order, or the deadline.

    `read` looks once: there are orders of more than one kind. Where `is_open` says that an order
    is, it is not looked at again for that interval. `deadline` is a reading of the
    client's monotonic clock. Ends as well once `stop` is set. A service that fails for a while, or
    does not know its new order within `settle` seconds, is asked again; `tell` gets a sentence
    about it.
    """
    known_by = client.clock.monotonic() + settle
    delay = POLL_FIRST
    while True:
        try:
            order = await read(client, order_id)
        except (Unreachable, Unreadable, Rejected) as error:
            lagging = isinstance(error, Rejected) and error.status == HTTPStatus.NOT_FOUND
            if isinstance(error, Rejected) and not lagging:
                raise
            if lagging and client.clock.monotonic() > known_by:
                raise
            tell(f"{error}; asking again")
        else:
            yield order
            if not order.is_awaited:
                return
        if client.clock.monotonic() + delay > deadline or stop.is_set():
            return
        await client.clock.sleep_unless(stop, delay)
        delay = min(delay * POLL_GROWTH, POLL_LONGEST)
        while not stop.is_set() and await is_open(order_id):
            if client.clock.monotonic() + delay > deadline:
                break
            await client.clock.sleep_unless(stop, delay)
            delay = min(delay * POLL_GROWTH, POLL_LONGEST)
