"""Open back orders of this program, wherever they come from: of blocks that are gone as well."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping

from provisioner.account.client import Client
from provisioner.account.orders import list_orders
from provisioner.account.xml import first, named, text_at
from provisioner.errors import Rejected, Unauthorized

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


async def _sippeer_of(client: Client, order_id: str) -> str:
    answer = await client.get(f"{client.account_path}/orders/{order_id}")
    order = first(named(answer.root, "OrderResponse"), "Order")
    return "" if order is None else text_at(order, "PeerId") or ""
