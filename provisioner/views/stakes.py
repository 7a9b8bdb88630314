"""What nobody who reads a plan may miss: how much changes, what it buys, and what it deletes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provisioner.model import Address
from provisioner.planning.plan import (
    Action,
    Change,
    Plan,
    Verb,
    numbers_to_assign,
    numbers_to_move,
    numbers_to_order,
    numbers_to_release,
)
from provisioner.resource_type import Shape, Types
from provisioner.views.arrangement import arranged
from provisioner.views.wording import count, kind_of_numbers

NOTHING_TO_DO = "No changes. The account has everything that the spec declares."
NOTHING_AT_ALL = "No changes. There is nothing to do."
NOTHING_BUT_ORDERS = "No changes. What the account does not have yet is on order."


@dataclass(frozen=True, slots=True)
class Purchase:
    """Numbers of one kind ("in area code 910"), and on how many locations."""

    kind: str
    numbers: int
    locations: int


def counts(plan: Plan) -> str:
    """`6 to create, 0 to change, 0 to delete, 1 number to order`; or that nothing changes."""
    if not plan.has_changes:
        waiting = plan.in_flight or plan.back_ordered
        nothing = NOTHING_TO_DO if plan.changes else NOTHING_AT_ALL
        return (NOTHING_BUT_ORDERS if waiting else nothing).removesuffix(".")
    return ", ".join(_counts(plan.changes))


def counts_of_some(changes: Iterable[Change]) -> str:
    """The counts that are not 0, of a part of a plan."""
    told = [part for part in _counts(changes) if not part.startswith("0 ")]
    return ", ".join(told) or "nothing to do"


def _counts(changes: Iterable[Change]) -> Iterator[str]:
    changes = tuple(changes)
    number = Counter(change.action for change in changes)
    by_name_only = bool(changes) and number.keys() <= {Action.RELEASE, Action.CLOSE}
    if not by_name_only:
        yield f"{number[Action.CREATE]} to create"
        yield f"{number[Action.UPDATE]} to change"
        yield f"{number[Action.DELETE]} to delete"
    released = sum(len(numbers_to_release(change)) for change in changes)
    if released:
        yield f"{count(released, 'number')} to release"
    if number[Action.CLOSE]:
        yield f"{count(number[Action.CLOSE], 'back order')} to close"
    moved = sum(len(numbers_to_move(change)) for change in changes)
    if moved:
        yield f"{count(moved, 'number')} to move"
    assigned = sum(map(numbers_to_assign, changes))
    if assigned:
        yield f"{count(assigned, 'number')} to assign"
    if not by_name_only:
        yield f"{count(sum(map(numbers_to_order, changes)), 'number')} to order"


def purchases(plan: Plan, types: Types) -> tuple[Purchase, ...]:
    """What the plan buys, by kind, the most first."""
    found: dict[str, list[Change]] = {}
    for change in plan.changes:
        if change.action is Action.ORDER:
            found.setdefault(kind_of_numbers(change, Verb.ORDER, types), []).append(change)
    bought = [
        Purchase(kind, sum(map(numbers_to_order, changes)), len(changes))
        for kind, changes in found.items()
    ]
    return tuple(sorted(bought, key=lambda each: (-each.numbers, each.kind)))


def gone_for_good(plan: Plan, types: Types) -> list[Address]:
    """The deletes that nothing brings back: those of resources with a name of their own."""
    return arranged(
        (
            change.address
            for change in plan.changes
            if change.action is Action.DELETE and types[change.address.type].shape is Shape.NAMED
        ),
        types,
    )
