"""Numbers to be given back, and back orders to be closed: what somebody asks for by name.

A plan of the spec never does either. What the spec still wants is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.errors import PlanRefused, Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.claims import claim_everywhere, listed_numbers
from provisioner.planning.number_doubts import named_numbers
from provisioner.planning.ordering import order_steps
from provisioner.planning.plan import Action, AttributeChange, Change, Plan, Verb
from provisioner.planning.planner import plan_digest
from provisioner.planning.quantities import count_of
from provisioner.resource_type import Shape, Types

MOST_AT_A_TIME = 5000
"""Numbers of one order; the service's own limit is documented for orders of new numbers only."""
Place = tuple[str, str]
"""The labels or names of a site and a sippeer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to go. `numbers` maps a telephone number to where it is, `orders` a back order to
    where its numbers would be; `under_way` those of the numbers that an order releases already."""

    numbers: Mapping[str, Place]
    orders: Mapping[NumberOrder, Place]
    under_way: Mapping[str, str]


def plan_release(asked: Asked, desired: DesiredState, live: LiveState, types: Types) -> Plan:
    """Raises PlanRefused where the spec would lack a number, or where the account is unclear."""
    unclear = [each for each in live.problems if each.severity is Severity.ERROR]
    problems = unclear or [
        *still_wanted(asked.numbers, desired, live, types),
        *still_waited_for(asked.orders, desired, live, types),
    ]
    if problems:
        raise PlanRefused(problems)
    changes = (*release_changes(asked), *(closing_change(*each) for each in asked.orders.items()))
    drafts = [(Verb(change.action.value), change) for change in changes]
    return Plan(
        origin=live.origin,
        account=live.account,
        changes=tuple(sorted(changes, key=lambda change: change.address)),
        steps=order_steps(drafts, {}, types),
        digest=plan_digest(live.origin, live.account, changes, {}),
    )


def release_changes(asked: Asked) -> Iterator[Change]:
    """A change for each location, and for each order that is under way."""
    groups: dict[tuple[Place, str], list[str]] = {}
    for number, place in sorted(asked.numbers.items()):
        groups.setdefault((place, asked.under_way.get(number, "")), []).append(number)
    for (place, order), numbers in sorted(groups.items()):
        for start in range(0, len(numbers), MOST_AT_A_TIME):
            yield _release(place, tuple(numbers[start : start + MOST_AT_A_TIME]), order)


def still_wanted(
    numbers: Iterable[str], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """A problem for each block that would lack what is to go: listed by name, or one too few."""
    leaving = frozenset(numbers)
    blocks = [
        each
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
    ]
    listed = listed_numbers(blocks)
    for number in sorted(leaving & listed.keys()):
        lister = listed[number]
        yield Problem(
            Severity.ERROR,
            "still-wanted",
            "The spec still wants this number",
            f"{lister} lists {number}. Take it out of the list first.",
            desired.origin(lister, number),
        )
    before, after = claim_everywhere(blocks, live, types), _without(leaving, live)
    claims = claim_everywhere(blocks, after, types)
    for block in (each for each in blocks if each.address not in listed.values()):
        has = count_of(block, before.numbers[block.address], live, types)
        left = count_of(block, claims.numbers[block.address], after, types)
        lost = left.shortfall - has.shortfall
        if lost > 0:
            going = tuple(sorted(leaving & {*before.numbers[block.address]})) or tuple(leaving)
            yield Problem(
                Severity.ERROR,
                "still-wanted",
                "The spec still wants this number",
                f"{block.address} declares {has.declared}, and would lack {lost} more without "
                f"{named_numbers(going)}. {_way_out(has.declared - lost)} first, or the next apply "
                "buys anew.",
                desired.origin(block.address),
            )


def _way_out(quantity: int) -> str:
    return f"Lower its quantity to {quantity}" if quantity else "Take the block out of the spec"


def still_waited_for(
    orders: Iterable[NumberOrder], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """Back orders whose block would place them again."""
    blocks = {key: desired.resources[block] for block, key in live.order_keys.items()}
    claims = claim_everywhere(blocks.values(), live, types)
    for order in orders:
        block = blocks.get(order.customer_order_id.rpartition("-")[0])
        if block is None or block.attributes.get("back_order") is not True:
            continue
        count = count_of(block, claims.numbers[block.address], live, types)
        if count.there < count.declared:
            yield Problem(
                Severity.ERROR,
                "still-wanted",
                "The spec still wants this order",
                f"{block.address} declares {count.declared} with `back_order: true` and has "
                f"{count.there}: the next apply would order again. Lower its quantity, or take "
                "`back_order` out first.",
                desired.origin(block.address),
            )


def _without(leaving: frozenset[str], live: LiveState) -> LiveState:
    """The account as it will be. What an order brought counts as gone."""
    return replace(
        live,
        numbers={
            sippeer: tuple(each for each in numbers if each not in leaving)
            for sippeer, numbers in live.numbers.items()
        },
        orders={
            block: tuple(_order_without(leaving, order) for order in orders)
            for block, orders in live.orders.items()
        },
    )


def _order_without(leaving: frozenset[str], order: NumberOrder) -> NumberOrder:
    gone = [each for each in order.numbers if each in leaving]
    kept = tuple(each for each in order.numbers if each not in leaving)
    return replace(order, numbers=kept, gone=(*order.gone, *gone))


def _release(place: Place, numbers: tuple[str, ...], order: str) -> Change:
    several = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    address = Address("numbers", (*place, f"{numbers[0]}{several}, released"))
    attributes: dict[str, str | tuple[str, ...]] = {"telephone_numbers": numbers}
    differences = [AttributeChange("telephone_numbers", numbers, None)]
    if order:
        attributes["release_order"] = order
        differences.append(AttributeChange("release_order", order, order))
    reason = f"order {order} releases them already; no second is placed" if order else ""
    return Change(
        Action.RELEASE, address, None, Resource(address, attributes), tuple(differences), reason
    )


def closing_change(order: NumberOrder, place: Place) -> Change:
    address = Address("numbers", (*place, f"order {order.id}"))
    waits = "" if order.outstanding is None else f"waits for {order.outstanding} of "
    asked = "an unknown quantity" if order.quantity is None else f"{order.quantity} numbers"
    return Change(
        Action.CLOSE,
        address,
        None,
        Resource(address, {"order_id": order.id}),
        (AttributeChange("order_id", order.id, None),),
        f"{waits}{asked}; what it brought stays",
    )
