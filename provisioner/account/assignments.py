"""Orders that put numbers on 10DLC campaigns.

An order (`tnoptions`) is followed as number orders are. Putting a number on a campaign that it is
on already changes nothing, so a lost answer costs no money here; all the same it is looked first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import partial

from provisioner.account.client import Client
from provisioner.account.creation import POST_TRIES
from provisioner.account.intents import Outcome, Result
from provisioner.account.own_numbers import order_on_own_numbers
from provisioner.account.paths import Ids, wire_number
from provisioner.account.sending import place_order
from provisioner.account.settling import look_for_lost
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import find, first, items, named, text_at, to_bytes
from provisioner.errors import LostAnswer
from provisioner.model import NumberOrder
from provisioner.planning.plan import Change

OPEN = ("RECEIVED", "PROCESSING")


async def assign_numbers(
    writer: Writer, change: Change, ids: Ids, numbers: Iterable[str], tell: Tell
) -> tuple[str, ...]:
    """The id of the order that puts the numbers on their campaign; none where there are none.

    One that is open already, for the same numbers, is taken for this one.
    """
    client, campaign = writer.client, str(change.body.attributes[change.address.type])
    numbers = tuple(sorted(numbers))
    if not numbers:
        return ()
    wanted = order_name(client.connection.account, campaign, numbers)
    told = tuple(wire_number(each, client.connection.version) for each in numbers)
    body = assignment_body(writer, change, wanted, told, ids)
    before = await _find_assignments(client, wanted)
    still_open = tuple(order for order, status in before.items() if status in OPEN)
    if still_open:
        tell(f"{wanted} was sent already; waiting for it")
        return still_open
    async with writer.sending(change, ids, "POST", customer_order_id=wanted) as sending:
        path = f"{client.account_path}/tnoptions"
        call = partial(place_order, sending, path, body, "TnOptionOrder", "OrderId")
        for _ in range(POST_TRIES):
            try:
                placed: tuple[str, ...] = (await writer.patiently(change.address, ids, call),)
            except LostAnswer as lost:
                tell(f"{lost}; looking for {wanted}")
                placed = await _look_for(writer, wanted, before)
            if placed:
                sending.outcome = Outcome(Result.DONE, placed)
                return placed
        raise LostAnswer(
            f"{wanted} was sent {POST_TRIES} times, and neither an answer nor the order itself "
            "ever came. Run again later."
        )


def assignment_body(
    writer: Writer, change: Change, wanted: str, numbers: tuple[str, ...], ids: Ids
) -> bytes:
    """`numbers` as they go on the wire."""
    campaign = change.body.attributes[change.address.type]
    return to_bytes(
        writer.render(
            change.address,
            {
                change.address.type: campaign,
                "customer_order_id": wanted,
                "telephone_numbers": numbers,
            },
            ids,
        )
    )


def order_name(account: str, campaign: str, numbers: Iterable[str]) -> str:
    """The CustomerOrderId of the order that puts just these numbers on a campaign."""
    canonical = json.dumps([account, campaign, *numbers], separators=(",", ":"))
    return "bwc-" + hashlib.sha256(canonical.encode()).hexdigest()[:20]


async def assignment_ids_under(client: Client, wanted: str) -> tuple[str, ...]:
    """The ids of the orders of one CustomerOrderId."""
    return tuple(await _find_assignments(client, wanted))


async def _find_assignments(client: Client, wanted: str) -> dict[str, str]:
    """The orders of one CustomerOrderId: id -> status. How the filter matches is not documented:
    the ids are compared here."""
    answer = await client.get(f"{client.account_path}/tnoptions", {"customerOrderId": wanted})
    root = named(answer.root, "TnOptionOrders", "TnOptionOrdersResponse")
    return {
        order_id: (text_at(row, "OrderStatus") or "RECEIVED").upper()
        for row in items(root, "TnOptionOrderSummary")
        if text_at(row, "CustomerOrderId") == wanted and (order_id := text_at(row, "OrderId"))
    }


async def read_assignment(client: Client, order_id: str) -> NumberOrder:
    """The order as it stands. What it did not change is listed with the reason, by number."""
    answer = await client.get(f"{client.account_path}/tnoptions/{order_id}")
    root = named(answer.root, "TnOptionOrder", "TnOptionOrderResponse")
    order = first(root, "TnOptionOrder")
    order = root if order is None else order
    return order_on_own_numbers(
        client, order_id, order, find(order, "TnOptionGroups"), find(order, "ErrorList")
    )


async def _look_for(writer: Writer, wanted: str, before: Mapping[str, str]) -> tuple[str, ...]:
    async def look() -> tuple[str, ...] | None:
        found = await _find_assignments(writer.client, wanted)
        return tuple(found.keys() - before.keys()) or None

    what = f"{wanted} may have been sent"
    return await look_for_lost(look, writer.settle, writer.client.clock, what) or ()
