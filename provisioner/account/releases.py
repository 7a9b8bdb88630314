"""Numbers given back: a disconnect order of its own kind, followed as number orders are.

A released number cannot be had back, and a second order for it is never sent while the first may be
under way. The list of disconnects knows neither a filter by CustomerOrderId nor its value (vendor
interface description), so that the orders of the last days are looked at one by one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

from lxml import etree

from provisioner.account.client import Client
from provisioner.account.creation import POST_TRIES
from provisioner.account.intents import Made, Outcome, Result
from provisioner.account.inventory import present_numbers
from provisioner.account.orders import list_pages, seconds
from provisioner.account.own_numbers import numbers_in
from provisioner.account.paths import Ids, wire_number
from provisioner.account.sending import Sending, place_order
from provisioner.account.settling import look_for_lost
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import Element, first, items, named, text_at, to_bytes
from provisioner.errors import LostAnswer, Rejected
from provisioner.model import NumberOrder
from provisioner.planning.plan import Change, numbers_to_release

ORDER = "DisconnectTelephoneNumberOrderResponse"
OWN = "bwr-"
"""What our CustomerOrderIds begin with. Each order has one of its own: a number may be released,
bought anew and released again."""
PAGE_SIZE = 5000
RECENT = 2 * 86_400.0
"""How far back, in seconds, a disconnect order is looked for; they take minutes."""
ENDED = ("COMPLETE", "PARTIAL", "FAILED")


async def release_numbers(writer: Writer, change: Change, ids: Ids, tell: Tell) -> tuple[str, ...]:
    """The id of the order that releases the numbers; none where the account has none of them."""
    planned = change.body.attributes.get("release_order")
    if planned is not None:
        return (str(planned),)
    left = await present_numbers(writer.client, numbers_to_release(change))
    if not left:
        return ()
    wanted = OWN + secrets.token_hex(10)
    async with writer.sending(change, ids, "POST", customer_order_id=wanted) as sending:
        for _ in range(POST_TRIES):
            placed: tuple[str, ...]
            try:
                placed = (await _place(sending, writer.client, left, wanted),)
            except LostAnswer as lost:
                tell(f"{lost}; looking for the order and the numbers")
                placed = await _look_for(writer, wanted)
                left = () if placed else await present_numbers(writer.client, left)
                if not placed and left:
                    continue
            result = Result.DONE if placed else Result.ADOPTED
            sending.outcome = Outcome(result, placed)
            return placed
        raise LostAnswer(
            f"The release of {left[0]} was sent {POST_TRIES} times, and neither an answer nor the "
            "order itself ever came. Run again later: it is looked for before anything is sent."
        )


async def read_release(client: Client, order_id: str) -> NumberOrder:
    """The order as it stands. What it did not release is listed with the reason, by number."""
    answer = await client.get(f"{client.account_path}/disconnects/{order_id}")
    root = named(answer.root, ORDER)
    request = first(root, "orderRequest")
    asked = set() if request is None else numbers_in(first(request, "TelephoneNumberList"))
    released = numbers_in(first(root, "DisconnectedTelephoneNumberList"))
    status = (text_at(root, "OrderStatus") or "RECEIVED").upper()
    return NumberOrder(
        id=order_id,
        customer_order_id=_name_of(request),
        status=status,
        quantity=len(asked) or None,
        numbers=tuple(sorted(released)),
        completed=len(released),
        reason=client.scrub("; ".join(_refusals(root))),
        asked=tuple(sorted(asked)),
    )


async def releases_under_way(client: Client, made: Iterable[Made] = ()) -> Mapping[str, str]:
    """Telephone numbers that somebody is releasing now, each with the id of its order.

    `made` is what was made too lately for lists: of it, the releases.
    """
    placed = [each for one in made if one.customer_order_id.startswith(OWN) for each in one.ids]
    listed = [
        order_id
        for order_id, status in (await _recent(client)).items()
        if status not in ENDED and order_id not in placed
    ]
    orders = await asyncio.gather(*(_read_young(client, each) for each in (*placed, *listed)))
    open_ones = [order for order in orders if order is not None and order.is_open]
    return {number: order.id for order in open_ones for number in order.asked}


async def release_ids_under(client: Client, wanted: str) -> tuple[str, ...]:
    """The ids of the recent orders of one CustomerOrderId."""
    recent = await _recent(client)
    orders = await asyncio.gather(*(_read_young(client, each) for each in recent))
    return tuple(
        order.id for order in orders if order is not None and order.customer_order_id == wanted
    )


async def _recent(client: Client) -> Mapping[str, str]:
    """Order id -> status, of those of the last days, and of those that tell no date."""
    since = client.clock.now() - RECENT
    found: dict[str, str] = {}
    for row in await list_pages(client, "disconnects", {}, PAGE_SIZE):
        order_id, date = text_at(row, "OrderId"), _seconds(text_at(row, "OrderDate"))
        if order_id and (date is None or date >= since):
            found[order_id] = (text_at(row, "OrderStatus") or "").upper()
    return found


def _seconds(text: str | None) -> float | None:
    """Times of disconnects have dashes for colons: `2014-01-10T17-34-15.797Z` (vendor SDK
    fixture)."""
    day, separator, time = (text or "").partition("T")
    return seconds(f"{day}{separator}{time.replace('-', ':')}")


async def _read_young(client: Client, order_id: str) -> NumberOrder | None:
    try:
        return await read_release(client, order_id)
    except Rejected as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


async def _place(sending: Sending, client: Client, numbers: Sequence[str], wanted: str) -> str:
    body = _body(numbers, wanted, client.connection.version)
    return await place_order(sending, f"{client.account_path}/disconnects", body, "orderRequest")


async def _look_for(writer: Writer, wanted: str) -> tuple[str, ...]:
    async def look() -> tuple[str, ...] | None:
        return await release_ids_under(writer.client, wanted) or None

    what = f"{wanted} may have been placed"
    return await look_for_lost(look, writer.settle, writer.client.clock, what) or ()


def _refusals(root: Element) -> list[str]:
    """Why numbers were not released: a sentence for each code, with its numbers."""
    told: dict[str, list[str]] = {}
    for error in items(root, "Error"):
        code, words = text_at(error, "Code") or "", text_at(error, "Description") or ""
        numbers = sorted(numbers_in(error))
        told.setdefault(f"{code} {words}".strip(), []).extend(numbers)
    return [
        f"{', '.join(numbers)}: {reason}" if numbers else reason for reason, numbers in told.items()
    ]


def _name_of(request: Element | None) -> str:
    return "" if request is None else text_at(request, "CustomerOrderId") or ""


def _body(numbers: Sequence[str], wanted: str, version: str) -> bytes:
    order = etree.Element("DisconnectTelephoneNumberOrder")
    etree.SubElement(order, "CustomerOrderId").text = wanted
    details = etree.SubElement(order, "DisconnectTelephoneNumberOrderType")
    listed = etree.SubElement(details, "TelephoneNumberList")
    for number in numbers:
        etree.SubElement(listed, "TelephoneNumber").text = wire_number(number, version)
    return to_bytes(order)
