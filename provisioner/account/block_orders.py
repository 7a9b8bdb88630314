"""A number block's own orders, and what became of the numbers that they brought."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from provisioner.account.client import Client
from provisioner.account.inventory import Whereabouts, find_number
from provisioner.account.orders import NOT_ANY, find_orders
from provisioner.model import NumberOrder


@dataclass(frozen=True, slots=True)
class OwnOrders:
    """`misplaced` are numbers of theirs that are live on another location: sippeer id by number."""

    orders: tuple[NumberOrder, ...]
    misplaced: dict[str, str]


async def own_orders(
    client: Client,
    key: str,
    sippeer_id: str,
    listed: Collection[str],
    settle: float,
    placed: Mapping[str, str] = NOT_ANY,
) -> OwnOrders:
    """The orders of a block, their numbers told apart into there and gone.

    A number that the location does not list (`listed`) counts all the same, until the account
    itself says that it is gone; and what was brought within the last `settle` seconds counts
    whatever the account says. Old is what is old by both clocks, ours and the service's: an order's
    end is dated by the latter. `placed` are orders that were placed a moment ago, CustomerOrderId
    by id, and are read even if no list shows them.
    """
    found = await find_orders(client, key, placed)
    before = client.cautious_now() - settle
    orders = tuple(
        replace(order, settled=order.ended_at is not None and order.ended_at < before)
        for order in found
    )
    doubtful = sorted(
        {number for order in orders if order.settled for number in order.numbers} - set(listed)
    )
    places = await asyncio.gather(*(find_number(client, number) for number in doubtful))
    whereabouts: dict[str, Whereabouts] = dict(zip(doubtful, places, strict=True))
    gone = {number for number, place in whereabouts.items() if place.gone}
    return OwnOrders(
        tuple(
            replace(
                order,
                numbers=tuple(each for each in order.numbers if each not in gone),
                gone=tuple(each for each in order.numbers if each in gone),
            )
            for order in orders
        ),
        {
            number: place.sippeer_id
            for number, place in whereabouts.items()
            if place.sippeer_id not in ("", sippeer_id)
        },
    )
