"""Placing an order for a number block, exactly once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from provisioner.account.client import Client
from provisioner.account.creation import POST_TRIES
from provisioner.account.intents import Outcome, Result
from provisioner.account.inventory import numbers_on
from provisioner.account.orders import order_ids_under
from provisioner.account.paths import Ids, path_ids, wire_number
from provisioner.account.sending import place_order
from provisioner.account.settling import look_for_lost
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import to_bytes
from provisioner.errors import AccountError, LostAnswer
from provisioner.model import Resource
from provisioner.planning.numbers import block_order_key, customer_order_id
from provisioner.planning.plan import Change
from provisioner.resource_type import parent_address


async def buy_numbers(writer: Writer, change: Change, ids: Ids, tell: Tell) -> tuple[str, ...]:
    """The ids of the orders under the block's CustomerOrderId: one, unless something went wrong.

    An order that is there already under that id is this one, placed by another run. The service
    itself does not recognise a repeated CustomerOrderId (vendor SDK fixture), so the look-up after
    the order is what shows that two machines ordered at the same moment.
    """
    client, block = writer.client, change.body
    wanted = _customer_order_id(writer, block, ids)
    body = order_body(writer, block, wanted, ids)
    already = await _placed_already(wanted, block, writer)
    if already:
        tell(f"{wanted} was ordered meanwhile; not ordering again")
        return already
    await _see_that_nothing_counts(block, ids, writer)
    async with writer.sending(change, ids, "POST", customer_order_id=wanted) as sending:
        path = f"{client.account_path}/orders"
        placed = await _place(
            lambda: writer.patiently(block.address, ids, lambda: place_order(sending, path, body)),
            wanted,
            writer,
            tell,
        )
        sending.outcome = Outcome(Result.DONE, placed)
    return await _all_placed(client, placed, wanted, tell)


def order_body(writer: Writer, block: Resource, wanted: str, ids: Ids) -> bytes:
    """What orders for a block, under the CustomerOrderId `wanted`."""
    attributes = {**block.attributes, "customer_order_id": wanted}
    listed = attributes.get("ordered_numbers")
    if isinstance(listed, tuple):
        version = writer.client.connection.version
        attributes["ordered_numbers"] = tuple(wire_number(each, version) for each in listed)
    return to_bytes(writer.render(block.address, attributes, ids))


async def _place(
    place: Callable[[], Awaitable[str]], wanted: str, writer: Writer, tell: Tell
) -> tuple[str, ...]:
    for _ in range(POST_TRIES):
        try:
            return (await place(),)
        except LostAnswer as lost:
            tell(f"{lost}; looking for {wanted}")
            found = await _look_for(wanted, writer)
            if found is not None:
                return found
    raise LostAnswer(
        f"{wanted} was sent {POST_TRIES} times, and neither an answer nor the order itself ever "
        "came. Run again later: it is looked for before anything is ordered."
    )


def _customer_order_id(writer: Writer, block: Resource, ids: Ids) -> str:
    planned = block.attributes.get("customer_order_id")
    if planned is not None:
        return str(planned)
    known = path_ids(block.address, ids, writer.types)
    if "site" not in known or "sippeer" not in known:
        raise AccountError(f"{block.address} has no location to order for.")
    key = block_order_key(
        writer.client.connection.account,
        known["site"],
        known["sippeer"],
        block,
        writer.types[block.address.type],
    )
    return customer_order_id(key, 1)


async def _placed_already(wanted: str, block: Resource, writer: Writer) -> tuple[str, ...] | None:
    """The orders under the id before anything is sent; none can be where this run made the sippeer.

    One that was found when it should have been made may have been ordered for just before.
    """
    sippeer = parent_address(block.address, writer.types)
    if sippeer in writer.adopted:
        return await _look_for(wanted, writer)
    return None if sippeer in writer.created else await order_ids_under(writer.client, wanted)


async def _see_that_nothing_counts(block: Resource, ids: Ids, writer: Writer) -> None:
    """The plan took the sippeer for new: what is on one that was there all the same, it never saw.

    Raises AccountError where numbers are. What this run itself bought there comes after the look.
    """
    sippeer = parent_address(block.address, writer.types)
    if sippeer is None or sippeer not in writer.adopted - writer.seen_empty:
        return
    path = writer.path(writer.types[sippeer.type].item, sippeer, ids)
    there = await numbers_on(writer.client, path)
    if there:
        raise AccountError(
            f"{sippeer} was there already, with {len(there)} numbers that may count for this. "
            "Nothing is bought before they are counted: run again."
        )
    writer.seen_empty.add(sippeer)


async def _look_for(wanted: str, writer: Writer) -> tuple[str, ...] | None:
    async def look() -> tuple[str, ...] | None:
        return await order_ids_under(writer.client, wanted) or None

    what = f"{wanted} may have been ordered"
    return await look_for_lost(look, writer.settle, writer.client.clock, what)


async def _all_placed(
    client: Client, placed: tuple[str, ...], wanted: str, tell: Tell
) -> tuple[str, ...]:
    """The order just placed, and any other under its id that this one look-up shows."""
    try:
        listed = await order_ids_under(client, wanted)
    except AccountError as error:
        tell(f"whether another order carries {wanted} could not be looked up: {error}")
        listed = ()
    every = tuple(dict.fromkeys((*placed, *listed)))
    if len(every) > 1:
        tell(
            f"ATTENTION: {len(every)} orders carry {wanted} ({', '.join(every)}). Someone ordered "
            "at the same moment; all of them count."
        )
    return every
