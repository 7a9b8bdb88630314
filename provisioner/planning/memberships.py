"""Which numbers are to be put on what (a 10DLC campaign), and what stands in the way.

The location's counts for all numbers on it, a block's for those that are its own for certain. What
is on it already is not sent again; what is on another stays there, and the plan is refused: taking
a number off a campaign stops messages that somebody may be sending.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.claims import Claims, claim_everywhere
from provisioner.planning.listed import sort_listed
from provisioner.planning.numbers import numbers_of_block, numbers_outstanding
from provisioner.planning.plan import (
    Action,
    AttributeChange,
    Change,
    named_to_assign,
    numbers_to_order,
)
from provisioner.resource_type import Shape, Types, block_kind

MOST_NAMED = 10
Wanted = Mapping[Address, tuple[str, ...]]


def wanted_numbers(resources: Iterable[Resource], live: LiveState, types: Types) -> Wanted:
    """The numbers that are there, or will be moved there, by the membership that they should have.

    Each membership is an address below its location, which ends with its id.
    """
    resources = tuple(resources)
    names = {name for name, each in types.items() if each.shape is Shape.MEMBERSHIP}
    if not any(each.address.type in names or names & each.attributes.keys() for each in resources):
        return {}
    blocks = [each for each in resources if types[each.address.type].shape is Shape.BLOCKS]
    return _wanted(resources, blocks, claim_everywhere(blocks, live, types), live, types)


def _wanted(
    resources: Iterable[Resource],
    blocks: Iterable[Resource],
    claims: Claims,
    live: LiveState,
    types: Types,
) -> Wanted:
    above = _of_locations(resources, types)
    declared = dict.fromkeys(above.values())
    found: dict[str, Address] = {}
    for (_, path), membership in above.items():
        sippeer = Address(types[membership.type].parent, path)
        found |= dict.fromkeys(live.numbers.get(sippeer, ()), membership)
    for block in blocks:
        own = _membership_of(block, above, types)
        if own is not None:
            declared[own] = None
            found |= dict.fromkeys(_numbers_of(block, claims, live, types), own)
    fitting: dict[Address, list[str]] = {each: [] for each in declared}
    for number, membership in sorted(found.items()):
        if types[membership.type].takes(number):
            fitting[membership].append(number)
    return {membership: tuple(numbers) for membership, numbers in fitting.items()}


def declared_ids(resources: Iterable[Resource], types: Types) -> frozenset[str]:
    """The ids of everything that numbers are to be put on: the campaigns that a spec names."""
    names = {name for name, each in types.items() if each.shape is Shape.MEMBERSHIP}
    return frozenset(
        str(value) for each in resources for name, value in each.attributes.items() if name in names
    )


def in_use(resources: Iterable[Resource], wanted: Wanted, types: Types) -> set[Address]:
    """The memberships that some number has, or may come to have."""
    resources = tuple(resources)
    above = _of_locations(resources, types)
    blocks = (each for each in resources if types[each.address.type].shape is Shape.BLOCKS)
    of_blocks = {own for each in blocks if (own := _membership_of(each, above, types)) is not None}
    return of_blocks | {membership for membership, numbers in wanted.items() if numbers}


Locations = Mapping[tuple[str, tuple[str, ...]], Address]


def _of_locations(resources: Iterable[Resource], types: Types) -> Locations:
    """What holds for whole locations: type and the location's path -> membership."""
    return {
        (each.address.type, each.address.path[:-1]): each.address
        for each in resources
        if types[each.address.type].shape is Shape.MEMBERSHIP
    }


def _membership_of(block: Resource, above: Locations, types: Types) -> Address | None:
    """What the block says itself, else what holds for its location; None for kinds that can be on
    none."""
    kind = block_kind(types[block.address.type], block.attributes)
    path = block.address.path[:-1]
    for name, resource_type in types.items():
        if resource_type.shape is Shape.MEMBERSHIP and name not in kind.never:
            own = block.attributes.get(name)
            return above.get((name, path)) if own is None else Address(name, (*path, str(own)))
    return None


def _numbers_of(block: Resource, claims: Claims, live: LiveState, types: Types) -> set[str]:
    own = claims.certain(block.address)
    numbers = set(numbers_of_block(own, live.orders.get(block.address, ())))
    listed = sort_listed(block, own, live, types)
    return numbers if listed is None else {*numbers, *listed.there, *listed.moving}


def plan_memberships(
    resources: Iterable[Resource],
    blocks: Iterable[Change],
    claims: Claims,
    live: LiveState,
    types: Types,
) -> tuple[Change, ...]:
    """One change for the numbers of each membership, and one for those that each order brings.

    `blocks` are the changes of the number blocks.
    """
    resources = tuple(resources)
    by_address = {each.address: each for each in resources}
    declared = [each for each in resources if each.address in claims.numbers]
    wanted = _wanted(resources, declared, claims, live, types)
    above = _of_locations(resources, types)
    changes: list[Change] = []
    coming_to: set[Address] = set()
    for change in blocks:
        membership = (
            _membership_of(by_address[change.address], above, types)
            if change.address in by_address
            else None
        )
        coming = _coming(change, live)
        if membership is not None and coming:
            changes += _plan_coming(change, coming, membership, types)
            coming_to.add(membership)
    changes += (
        _plan_known(membership, numbers, by_address.get(membership), live)
        for membership, numbers in wanted.items()
        if numbers or membership not in coming_to
    )
    return tuple(changes)


def _coming(change: Change, live: LiveState) -> int:
    """How many numbers this run gets for a block; nobody waits for back orders."""
    awaited = (order for order in live.orders.get(change.address, ()) if order.is_awaited)
    return numbers_to_order(change) + numbers_outstanding(awaited)


def _plan_known(
    membership: Address, numbers: tuple[str, ...], declared: Resource | None, live: LiveState
) -> Change:
    missing = tuple(each for each in numbers if live.memberships.get(each) != membership.path[-1])
    if not missing:
        return Change(Action.NO_OP, membership, declared, declared or _resource(membership, ()))
    return Change(
        Action.ASSIGN,
        membership,
        None,
        _resource(membership, missing),
        (AttributeChange("telephone_numbers", None, missing),),
    )


def _resource(membership: Address, numbers: tuple[str, ...]) -> Resource:
    told = {"telephone_numbers": numbers} if numbers else {}
    return Resource(membership, {membership.type: membership.path[-1], **told})


def _plan_coming(
    change: Change, coming: int, membership: Address, types: Types
) -> Iterator[Change]:
    listed = change.body.attributes.get("ordered_numbers")
    if isinstance(listed, tuple):
        coming -= sum(not types[membership.type].takes(each) for each in listed)
    if not coming:
        return
    block, campaign = change.address, membership.path[-1]
    address = Address(membership.type, (*membership.path[:-1], f"{campaign} for {block.path[-1]}"))
    yield Change(
        Action.ASSIGN,
        address,
        None,
        Resource(address, {membership.type: campaign, "quantity": coming, block.type: block}),
        (AttributeChange("quantity", None, coming), AttributeChange(block.type, None, block)),
        "once the numbers have come",
    )


def waits_for_moves(changes: Iterable[Change]) -> dict[Address, frozenset[Address]]:
    """Numbers that are moved to a location are put on what is declared there afterwards."""
    changes = tuple(changes)
    moves: dict[tuple[str, ...], set[Address]] = {}
    for each in changes:
        if each.action is Action.MOVE:
            moves.setdefault(each.address.path[:-1], set()).add(each.address)
    return {
        each.address: frozenset(moves.get(each.address.path[:-1], ()))
        for each in changes
        if named_to_assign(each)
    }


def memberships_refused(
    changes: Iterable[Change], live: LiveState, desired: DesiredState
) -> Iterator[Problem]:
    for change in changes:
        others: dict[str, list[str]] = {}
        for number in named_to_assign(change):
            if at := live.memberships.get(number):
                others.setdefault(at, []).append(number)
        for other, held in sorted(others.items()):
            more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
            wanted = change.address.path[-1]
            yield Problem(
                Severity.ERROR,
                "on-another-campaign",
                "Numbers are on another campaign",
                f"{', '.join(held[:MOST_NAMED])}{more} should be on {wanted} and "
                f"{'are' if len(held) > 1 else 'is'} on {other}. Taking numbers off a campaign "
                "stops what is sent by it, so nothing is changed. Declare "
                f"`{change.address.type}: {other}`, or take the numbers off it first.",
                desired.origin(change.address),
            )


def numbers_meant(
    change: Change, orders: Mapping[Address, tuple[NumberOrder, ...]], types: Types
) -> tuple[str, ...]:
    """The numbers that an assignment names, or those that the orders of its block have brought."""
    if known := named_to_assign(change):
        return known
    blocks = [each for each in change.body.attributes.values() if isinstance(each, Address)]
    return tuple(
        number
        for block in blocks
        for order in orders.get(block, ())
        for number in order.numbers
        if types[change.address.type].takes(number)
    )
