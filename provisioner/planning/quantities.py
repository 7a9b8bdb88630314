"""The changes for number blocks: nothing, or an order for what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.model import LiveState, NumberOrder, Resource
from provisioner.planning.numbers import (
    BlockCount,
    claim_everywhere,
    count_block,
    customer_order_id,
    describe_kind,
    next_generation,
)
from provisioner.planning.plan import Action, AttributeChange, Change
from provisioner.resource_type import ResourceType, Types, block_kind

ORDER_NAME_LENGTH = 50


def plan_blocks(blocks: Iterable[Resource], live: LiveState, types: Types) -> Iterator[Change]:
    blocks = tuple(blocks)
    claimed = claim_everywhere(blocks, live, types)
    for block in blocks:
        yield _plan_block(block, claimed[block.address], live, types[block.address.type])


def _plan_block(
    block: Resource, claimed: tuple[str, ...], live: LiveState, resource_type: ResourceType
) -> Change:
    orders = live.orders.get(block.address, ())
    count = count_block(block, claimed, orders)
    before = Resource(block.address, {**block.attributes, "quantity": count.there})
    if count.shortfall == 0:
        return Change(Action.NO_OP, block.address, before, block, reason=_why(count, orders))
    return Change(
        Action.ORDER,
        block.address,
        before,
        _order_body(block, count, orders, live, resource_type),
        _amounts(count),
        _why(count, orders),
    )


def _order_body(
    block: Resource,
    count: BlockCount,
    orders: tuple[NumberOrder, ...],
    live: LiveState,
    resource_type: ResourceType,
) -> Resource:
    """What is sent; without a CustomerOrderId where the sippeer has no id to derive it from yet."""
    described = describe_kind(block_kind(resource_type, block.attributes), block.attributes)
    attributes = {"name": described[:ORDER_NAME_LENGTH], **block.attributes}
    attributes["quantity"] = count.shortfall
    key = live.order_keys.get(block.address)
    if key is not None:
        attributes["customer_order_id"] = customer_order_id(key, next_generation(orders))
    return Resource(block.address, attributes)


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
