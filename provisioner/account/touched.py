"""The account as far as a saved plan touches it, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.inventory import place_of, present_numbers
from provisioner.account.memberships import read_memberships
from provisioner.account.orders import find_orders
from provisioner.account.paths import path_ids
from provisioner.account.reader import read_live
from provisioner.model import Address, LiveState, NumberOrder
from provisioner.planning.memberships import numbers_meant
from provisioner.planning.numbers import block_order_key
from provisioner.planning.plan import Verb
from provisioner.planning.saved import SavedPlan, touched_state
from provisioner.resource_type import Shape, Types, parent_address


async def read_touched(
    saved: SavedPlan,
    client: Client,
    types: Types,
    *,
    settle: float = 30.0,
    made: Collection[Made] = (),
) -> LiveState:
    """What the steps are about, with all orders of their number blocks, and the whereabouts and
    campaigns of the telephone numbers that they name. Raises AccountError.

    Of `settle` and `made` see `read_live`.
    """
    touched = {
        address
        for each in saved.having(Verb.ORDER, Verb.MOVE, Verb.AWAIT, Verb.ASSIGN)
        if (address := parent_address(each.address, types)) is not None
    }
    blocks = {each.parent for each in types.values() if each.shape is Shape.BLOCKS}
    emptied = {each.address for each in saved.having(Verb.DELETE) if each.address.type in blocks}
    live = await read_live(
        touched_state(saved, types),
        client,
        types,
        numbers_of=touched | emptied,
        settle=settle,
        made=made,
    )
    keys = dict(_keys(saved, live, types))
    places, orders = await asyncio.gather(
        _whereabouts(saved, live, client, types), _orders(keys, client, made)
    )
    memberships = await _memberships(saved, orders, client, types)
    return replace(
        live, order_keys=keys, whereabouts=places, orders=orders, memberships=memberships
    )


def _keys(saved: SavedPlan, live: LiveState, types: Types) -> Iterator[tuple[Address, str]]:
    """Of the blocks on locations that are there."""
    for each in saved.having(Verb.ORDER, Verb.AWAIT):
        ids = path_ids(each.address, live.ids, types)
        if "site" in ids and "sippeer" in ids:
            block, resource_type = each.step.change.body, types[each.address.type]
            yield (
                each.address,
                block_order_key(
                    saved.plan.account, ids["site"], ids["sippeer"], block, resource_type
                ),
            )


async def _orders(
    keys: Mapping[Address, str], client: Client, made: Collection[Made]
) -> Mapping[Address, tuple[NumberOrder, ...]]:
    placed = {
        order_id: each.customer_order_id
        for each in made
        if each.customer_order_id
        for order_id in each.ids
    }
    found = await asyncio.gather(*(find_orders(client, key, placed) for key in keys.values()))
    return dict(zip(keys, found, strict=True))


async def _memberships(
    saved: SavedPlan,
    orders: Mapping[Address, tuple[NumberOrder, ...]],
    client: Client,
    types: Types,
) -> Mapping[str, str]:
    wanted = {
        number: str(each.step.change.body.attributes[each.address.type])
        for each in saved.having(Verb.ASSIGN)
        for number in numbers_meant(each.step.change, orders, types)
    }
    return (await read_memberships(client, set(wanted.values()), wanted)).campaigns


async def _whereabouts(
    saved: SavedPlan, live: LiveState, client: Client, types: Types
) -> Mapping[str, str]:
    """Of the numbers that steps name and that are not on the step's own location."""
    named: set[str] = set()
    for each in saved.having(Verb.ORDER, Verb.MOVE):
        attributes = each.step.change.body.attributes
        sippeer = parent_address(each.address, types)
        there = live.numbers.get(sippeer, ()) if sippeer else ()
        name = "telephone_numbers" if each.step.verb is Verb.MOVE else "ordered_numbers"
        listed = attributes.get(name)
        named |= set(listed).difference(there) if isinstance(listed, tuple) else set()
    present = await present_numbers(client, sorted(named))
    places = await asyncio.gather(*(place_of(client, number) for number in present))
    return dict(zip(present, places, strict=True))
