"""Open back orders: those of this program, wherever they come from, and how one is closed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping

from lxml import etree

from provisioner.account.client import Client
from provisioner.account.orders import list_orders, read_order
from provisioner.account.paths import Ids
from provisioner.account.settling import look_until_settled
from provisioner.account.writer import Writer
from provisioner.account.xml import Element, first, named, text_at, to_bytes
from provisioner.errors import AccountError, Rejected, Unauthorized, Unreadable
from provisioner.model import NumberOrder
from provisioner.planning.plan import Change

OWN = re.compile(r"bwp-[0-9a-f]{20}-[1-9]\d*")
STATUS = "BACKORDERED"


async def list_back_orders(client: Client) -> dict[str, str]:
    """Order id -> CustomerOrderId, of all of them in the account.

    Their status is one that the list can be filtered by (vendor interface description). What the
    service refuses to tell is passed over, for nothing is bought or withheld by it.
    """
    try:
        rows = await list_orders(client, {"status": STATUS})
    except (Rejected, Unauthorized):
        return {}
    return {
        order_id: name
        for row in rows
        if OWN.fullmatch(name := text_at(row, "CustomerOrderId") or "")
        and (text_at(row, "OrderStatus") or "").upper() == STATUS
        and (order_id := text_at(row, "orderId"))
    }


async def back_orders_for(
    client: Client,
    back_orders: Mapping[str, str],
    sippeer_ids: Collection[str],
    keys: Collection[str],
) -> Mapping[str, str]:
    """Those of the back orders that are for these sippeers.

    The list does not say for which sippeer an order is, so those that are of none of `keys` are
    looked at: another file's sippeers are none of this one's business.
    """
    strange = [each for each in back_orders if back_orders[each].rpartition("-")[0] not in keys]
    places = await asyncio.gather(*(_sippeer_of(client, each) for each in strange))
    elsewhere = {
        order_id
        for order_id, place in zip(strange, places, strict=True)
        if place not in sippeer_ids
    }
    return {each: name for each, name in back_orders.items() if each not in elsewhere}


async def order_element(client: Client, order_id: str) -> Element | None:
    """What was ordered. Raises Rejected where there is no such order."""
    answer = await client.get(f"{client.account_path}/orders/{order_id}")
    return first(named(answer.root, "OrderResponse"), "Order")


async def _sippeer_of(client: Client, order_id: str) -> str:
    order = await order_element(client, order_id)
    return "" if order is None else text_at(order, "PeerId") or ""


async def close_order(writer: Writer, change: Change, ids: Ids) -> str:
    """Ends the wait for what is out of stock; numbers that came already stay. The order's id.

    Its name and CustomerOrderId are sent as they are, since the service takes what it gets for a
    change (vendor interface description). One that ended meanwhile is left alone.
    """
    client, order_id = writer.client, str(change.body.attributes["order_id"])
    if not (await read_order(client, order_id)).is_back_order:
        return order_id
    body = _closing_body(await order_element(client, order_id))
    async with writer.sending(change, ids, "PUT") as sending:
        await sending.put(f"{client.account_path}/orders/{order_id}", body)
        if await look_until_settled(_ended(client, order_id), writer.settle, client.clock) is None:
            raise Unreadable(
                f"Order {order_id} was closed, and the account still says {STATUS}. Run again."
            )
    return order_id


def _ended(client: Client, order_id: str) -> Callable[[], Awaitable[NumberOrder | None]]:
    async def look() -> NumberOrder | None:
        order = await read_order(client, order_id)
        return None if order.is_back_order else order

    return look


def _closing_body(found: Element | None) -> bytes:
    if found is None:
        raise AccountError("The account does not say what the order is.")
    order = etree.Element("Order")
    for name in ("Name", "CustomerOrderId"):
        text = text_at(found, name)
        if text:
            etree.SubElement(order, name).text = text
    etree.SubElement(order, "CloseOrder").text = "true"
    return to_bytes(order)
