"""Numbers that change their location: an order of its own kind, followed as number orders are.

Moving a number to where it is already changes nothing, so a lost answer costs no money here. All
the same it is looked first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from lxml import etree

from provisioner.account.client import Client
from provisioner.account.creation import POST_TRIES
from provisioner.account.intents import Outcome, Result
from provisioner.account.inventory import place_of
from provisioner.account.own_numbers import order_on_own_numbers
from provisioner.account.paths import Ids, path_ids, wire_number
from provisioner.account.sending import place_order
from provisioner.account.settling import look_until_settled
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import find, first, named, to_bytes
from provisioner.errors import LostAnswer
from provisioner.model import NumberOrder
from provisioner.planning.plan import Change, numbers_to_move


async def move_numbers(writer: Writer, change: Change, ids: Ids, tell: Tell) -> tuple[str, ...]:
    """The id of the order that moves the numbers; none where they are there already."""
    place = path_ids(change.address, ids, writer.types)
    left = numbers_to_move(change)
    async with writer.sending(change, ids, "POST") as sending:
        for _ in range(POST_TRIES):
            body = move_body(
                left, place["site"], place["sippeer"], writer.client.connection.version
            )
            path = f"{writer.client.account_path}/moveTns"
            call = partial(place_order, sending, path, body, "MoveTnsOrder", "OrderId")
            try:
                order_id = await writer.patiently(change.address, ids, call)
            except LostAnswer as lost:
                tell(f"{lost}; looking where the numbers are")
                left = await _not_there(writer, left, place["sippeer"])
                if not left:
                    sending.outcome = Outcome(Result.ADOPTED)
                    return ()
            else:
                sending.outcome = Outcome(Result.DONE, (order_id,))
                return (order_id,)
        raise LostAnswer(_told_lost(left))


def _told_lost(left: Sequence[str]) -> str:
    return (
        f"The move of {left[0]} was sent {POST_TRIES} times without an answer, and the numbers are "
        "not there. Run again later."
    )


async def read_move(client: Client, order_id: str) -> NumberOrder:
    """The order as it stands. What it did not move is listed with the reason, by number."""
    answer = await client.get(f"{client.account_path}/moveTns/{order_id}")
    root = named(answer.root, "MoveTnsOrder", "MoveTnsOrderResponse")
    order = first(root, "MoveTnsOrder")
    order = root if order is None else order
    return order_on_own_numbers(
        client, order_id, order, find(order, "TelephoneNumbers"), find(order, "Errors")
    )


async def _not_there(writer: Writer, numbers: Sequence[str], sippeer_id: str) -> tuple[str, ...]:
    """Those of the numbers that are not on the sippeer after the settle time."""
    left = tuple(numbers)

    async def look() -> bool | None:
        nonlocal left
        places = await asyncio.gather(*(place_of(writer.client, each) for each in left))
        left = tuple(number for number, at in zip(left, places, strict=True) if at != sippeer_id)
        return None if left else True

    await look_until_settled(look, writer.settle, writer.client.clock)
    return left


def move_body(numbers: Sequence[str], site_id: str, sippeer_id: str, version: str) -> bytes:
    order = etree.Element("MoveTnsOrder")
    etree.SubElement(order, "SiteId").text = site_id
    etree.SubElement(order, "SipPeerId").text = sippeer_id
    listed = etree.SubElement(order, "TelephoneNumbers")
    for number in numbers:
        etree.SubElement(listed, "TelephoneNumber").text = wire_number(number, version)
    return to_bytes(order)
