"""The changes for number blocks: nothing, an order for what is missing, or numbers to move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.model import Address, LiveState, NumberOrder, Resource
from provisioner.planning.claims import Claims, claim_everywhere
from provisioner.planning.listed import Listed, sort_listed
from provisioner.planning.numbers import (
    BlockCount,
    count_block,
    customer_order_id,
    describe_kind,
    next_generation,
)
from provisioner.planning.plan import Action, AttributeChange, Change
from provisioner.resource_type import Types, parent_address

ORDER_NAME_LENGTH = 50


def plan_blocks(
    blocks: Iterable[Resource], claims: Claims, live: LiveState, types: Types
) -> Iterator[Change]:
    for block in blocks:
        claimed = claims.numbers[block.address]
        listed = sort_listed(block, claimed, live, types)
        yield _plan_block(block, claimed, listed, live, types)
        if listed is not None:
            yield from _plan_moves(block, listed.moving, live, types)


def short_blocks(blocks: Iterable[Resource], live: LiveState, types: Types) -> tuple[Resource, ...]:
    """The blocks for which something would be ordered, as far as anything is known for sure."""
    blocks = tuple(blocks)
    claims = claim_everywhere(blocks, live, types)
    return tuple(
        block
        for block in blocks
        if count_of(block, claims.certain(block.address), live, types).shortfall > 0
    )


def count_of(block: Resource, claimed: Iterable[str], live: LiveState, types: Types) -> BlockCount:
    claimed = tuple(claimed)
    listed = sort_listed(block, claimed, live, types)
    if listed is not None:
        return listed.count
    return count_block(block, claimed, live.orders.get(block.address, ()))


def _plan_block(
    block: Resource,
    claimed: tuple[str, ...],
    listed: Listed | None,
    live: LiveState,
    types: Types,
) -> Change:
    orders = live.orders.get(block.address, ())
    count = count_of(block, claimed, live, types)
    before = Resource(block.address, {**block.attributes, "quantity": count.there})
    reason = _why(count, orders)
    if count.shortfall == 0:
        return Change(Action.NO_OP, block.address, before, block, reason=reason, count=count)
    return Change(
        Action.ORDER,
        block.address,
        before,
        _order_body(block, count, listed, live, types),
        _amounts(count),
        reason,
        count,
    )


def _order_body(
    block: Resource, count: BlockCount, listed: Listed | None, live: LiveState, types: Types
) -> Resource:
    """What is sent; without a CustomerOrderId where the sippeer has no id to derive it from yet."""
    described = describe_kind(types[block.address.type], block.attributes)
    attributes = {"name": described[:ORDER_NAME_LENGTH], **block.attributes}
    attributes["quantity"] = count.shortfall
    if listed is not None:
        attributes["ordered_numbers"] = listed.missing
    key = live.order_keys.get(block.address)
    if key is not None:
        generation = next_generation(live.orders.get(block.address, ()))
        attributes["customer_order_id"] = customer_order_id(key, generation)
    return Resource(block.address, attributes)


def _plan_moves(
    block: Resource, moving: Mapping[str, str], live: LiveState, types: Types
) -> Iterator[Change]:
    """A change for each location that numbers come from."""
    sippeer = parent_address(block.address, types)
    by_id = {live.ids[each]: each for each in live.ids if sippeer and each.type == sippeer.type}
    for place in sorted(set(moving.values())):
        numbers = tuple(number for number, at in moving.items() if at == place)
        origin = by_id.get(place) or Address("sippeer", (f"id {place}",))
        several = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        label = f"{numbers[0]}{several} from {'/'.join(origin.path)}"
        address = Address(block.address.type, (*block.address.path[:-1], label))
        yield Change(
            Action.MOVE,
            address,
            None,
            Resource(address, {"telephone_numbers": numbers}),
            (
                AttributeChange("telephone_numbers", None, numbers),
                AttributeChange("sippeer", origin, sippeer),
            ),
            f"now on {origin}",
        )


def _amounts(count: BlockCount) -> tuple[AttributeChange, ...]:
    amounts = [AttributeChange("quantity", count.there, count.declared)]
    if count.in_flight:
        after = count.in_flight + count.shortfall
        amounts.append(AttributeChange("in_flight", count.in_flight, after))
    return tuple(amounts)


def _why(count: BlockCount, orders: tuple[NumberOrder, ...]) -> str:
    sentences = []
    gone = sum(len(order.gone) for order in orders)
    if gone and count.shortfall:
        sentences.append(f"replaces {_numbers(min(gone, count.shortfall))} released since")
    ended_short = [order for order in orders if order.reason and not order.is_open]
    if ended_short and count.shortfall:
        last = ended_short[-1]
        sentences.append(f"order {last.id} ended {last.status}: {last.reason}")
    sentences += [
        f"{_numbers(order.outstanding)} on {'back order' if order.is_back_order else 'order'} "
        f"already ({order.id})"
        for order in orders
        if order.is_open
    ]
    sentences += [
        f"order {order.id} names {order.unnamed} fewer numbers than it brought; they count as there"
        for order in orders
        if order.unnamed
    ]
    if count.there > count.declared:
        surplus = _numbers(count.there - count.declared)
        sentences.append(f"{surplus} more than declared; a plan never releases numbers")
    return "; ".join(sentences)


def _numbers(count: int | None) -> str:
    if count is None:
        return "some numbers (nobody says how many)"
    return f"{count} number" if count == 1 else f"{count} numbers"
