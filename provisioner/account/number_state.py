"""What the account says of number blocks, beyond the numbers on their locations.

As little is asked as tells what is missing: places of numbers only where a block goes by them,
orders only of blocks that lack something, and of telephone numbers only of those that are not
where they should be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.account.back_orders import back_orders_for
from provisioner.account.block_orders import OwnOrders, own_orders
from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.inventory import number_facts, place_of, present_numbers
from provisioner.account.memberships import read_memberships
from provisioner.errors import Problem, Severity
from provisioner.model import Address, Attributes, DesiredState, LiveState, Resource
from provisioner.planning.claims import criteria_of, listed_numbers
from provisioner.planning.memberships import in_use, wanted_numbers
from provisioner.planning.quantities import short_blocks
from provisioner.resource_type import Shape, Types, parent_address


async def with_number_state(
    client: Client,
    desired: DesiredState,
    live: LiveState,
    types: Types,
    settle: float,
    made: Iterable[Made],
) -> LiveState:
    """The state with facts, whereabouts and orders, as far as the plan depends on them.

    The orders of every block are looked up that lacks something, given what is known by then:
    what one block bought is no longer another's. In the end what is not known changes nothing.
    """
    blocks = tuple(
        each
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
    )
    facts, whereabouts, back_orders = await asyncio.gather(
        _facts(client, blocks, live, types),
        _whereabouts(client, blocks, live, types),
        _back_orders(client, blocks, live, types),
    )
    live = replace(live, facts=facts, whereabouts=whereabouts, back_orders=back_orders)
    just_placed = {
        order_id: each.customer_order_id
        for each in made
        if each.customer_order_id
        for order_id in each.ids
    }
    # A back order may outlive what the list says of the generations before it.
    placed = {**back_orders, **just_placed}
    while True:
        short = [
            block
            for block in short_blocks(blocks, live, types)
            if block.address in live.order_keys.keys() - live.orders.keys()
        ]
        if not short:
            return await _with_memberships(client, desired, live, types)
        found = await asyncio.gather(
            *(_own_orders(client, block.address, live, types, settle, placed) for block in short)
        )
        orders, misplaced = dict(live.orders), list(live.problems)
        for block, own in zip(short, found, strict=True):
            orders[block.address] = own.orders
            elsewhere = {
                number: place
                for number, place in own.misplaced.items()
                if number not in live.whereabouts
            }
            if elsewhere:
                misplaced.append(_misplaced(block.address, elsewhere, desired))
        live = replace(live, orders=orders, problems=tuple(misplaced))


async def _with_memberships(
    client: Client, desired: DesiredState, live: LiveState, types: Types
) -> LiveState:
    resources = desired.resources.values()
    wanted = wanted_numbers(resources, live, types)
    declared = in_use(resources, wanted, types)
    if not declared:
        return live
    read = await read_memberships(
        client,
        {each.path[-1] for each in declared},
        {number: each.path[-1] for each, numbers in wanted.items() for number in numbers},
    )
    unknown = (
        _no_such(each, desired) for each in sorted(declared) if each.path[-1] in read.unknown
    )
    return replace(live, memberships=read.campaigns, problems=(*live.problems, *unknown))


def _no_such(membership: Address, desired: DesiredState) -> Problem:
    return Problem(
        Severity.ERROR,
        "no-such-campaign",
        "The account has no such campaign",
        f"There is no {membership.type} {membership.path[-1]!r} on the account (error 12189), so "
        "that no number can be put on it. Correct the id; or have the campaign registered with the "
        "vendor, and take the key out until then.",
        desired.origin(membership),
    )


async def _own_orders(
    client: Client,
    block: Address,
    live: LiveState,
    types: Types,
    settle: float,
    placed: Mapping[str, str],
) -> OwnOrders:
    sippeer = parent_address(block, types)
    listed = live.numbers.get(sippeer, ()) if sippeer else ()
    sippeer_id = live.ids[sippeer] if sippeer else ""
    return await own_orders(client, live.order_keys[block], sippeer_id, listed, settle, placed)


async def _facts(
    client: Client, blocks: Iterable[Resource], live: LiveState, types: Types
) -> Mapping[str, Attributes]:
    """Of the numbers that their digits do not tell apart, what the account says of each."""
    listed = listed_numbers(blocks)
    undecided: set[str] = set()
    asked_of = None
    for block in blocks:
        resource_type = types[block.address.type]
        named = [row for row in resource_type.fields if row.name in block.attributes]
        if any(row.elements for row in named):
            criteria = criteria_of(block, resource_type)
            sippeer = parent_address(block.address, types)
            numbers = live.numbers.get(sippeer, ()) if sippeer else ()
            undecided |= {
                number
                for number in numbers
                if number not in listed and criteria.fit(number, {}) is None
            }
            asked_of = resource_type
    if not undecided or asked_of is None:
        return {}
    return await number_facts(client, sorted(undecided), asked_of)


async def _whereabouts(
    client: Client, blocks: Iterable[Resource], live: LiveState, types: Types
) -> Mapping[str, str]:
    """Of the listed numbers that are not on their own location, where the account has them."""
    on = {number: sippeer for sippeer, numbers in live.numbers.items() for number in numbers}
    places: dict[str, str] = {}
    unseen: list[str] = []
    for number, block in listed_numbers(blocks).items():
        sippeer = on.get(number)
        if sippeer is None:
            unseen.append(number)
        elif sippeer != parent_address(block, types):
            places[number] = live.ids[sippeer]
    present = await present_numbers(client, sorted(unseen))
    found = await asyncio.gather(*(place_of(client, number) for number in present))
    return places | dict(zip(present, found, strict=True))


async def _back_orders(
    client: Client, blocks: Iterable[Resource], live: LiveState, types: Types
) -> Mapping[str, str]:
    sippeers = {parent_address(block.address, types) for block in blocks}
    ids = {live.ids[each] for each in sippeers if each is not None and each in live.ids}
    return await back_orders_for(client, live.back_orders, ids, set(live.order_keys.values()))


def _misplaced(block: Address, numbers: Mapping[str, str], desired: DesiredState) -> Problem:
    listed = ", ".join(f"{number} (sippeer {place})" for number, place in sorted(numbers.items()))
    return Problem(
        Severity.WARNING,
        "misplaced-numbers",
        "Numbers are on another location",
        f"The orders of {block} brought {listed}. They count for it and are not bought again.",
        desired.origin(block),
    )
