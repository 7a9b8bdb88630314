"""The plan that takes everything away that a spec declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.errors import PlanRefused, Problem, Severity
from provisioner.lint import judge
from provisioner.model import Address, DesiredState, LiveState, NumberOrder
from provisioner.planning.claims import claim_everywhere
from provisioner.planning.ordering import order_steps
from provisioner.planning.plan import Change, Plan, Verb
from provisioner.planning.planner import plan_digest
from provisioner.planning.quantities import count_of
from provisioner.planning.refusals import fixed_values_differ
from provisioner.planning.releasing import Asked, Place, closing_change, release_changes
from provisioner.planning.removal import deletes_of, numbers_in_the_way, users_left, waits_of
from provisioner.resource_type import Shape, Types, parent_address

RELEASE = "Add --release-numbers to give them back first, for good, or move them elsewhere."


@dataclass(frozen=True, slots=True)
class Letting:
    """That numbers may go, and what goes already: telephone number -> id of its order."""

    under_way: Mapping[str, str] = field(default_factory=dict)


def plan_destroy(
    desired: DesiredState, live: LiveState, types: Types, letting: Letting | None
) -> Plan:
    """`live` has to be read with all that is part of what is declared. Without `letting` numbers
    are in the way. Raises PlanRefused with everything that is."""
    going = {
        each
        for each in desired.resources
        if types[each.type].shape is Shape.NAMED and each in live.ids
    }
    deletes = tuple(deletes_of(going, live, types))
    numbers = {
        number: _place(sippeer)
        for sippeer, here in live.numbers.items()
        if sippeer in going
        for number in here
    }
    problems = [
        *(each for each in live.problems if each.severity is Severity.ERROR),
        *_rows_missing(desired),
        *fixed_values_differ(deletes, desired, live, types),
        *_strangers_inside(going, desired, live, types),
        *_used_by_others(going, deletes, desired, live),
        *_orders_under_way(desired, live),
        *(_numbers_there(going, desired, live) if letting is None else ()),
        *(_back_orders_there(desired, live) if letting is None else ()),
    ]
    warned = _more_than_declared(going, desired, live, types) if letting is not None else ()
    warnings = tuple(judge(warned, desired.levels))
    problems += (each for each in warnings if each.severity is Severity.ERROR)
    if problems:
        raise PlanRefused(problems)
    releases: tuple[Change, ...] = ()
    if letting is not None:
        releases = (
            *release_changes(Asked(numbers, {}, letting.under_way)),
            *(closing_change(*each) for each in _back_orders(live).items()),
        )
    changes = tuple(sorted((*deletes, *releases), key=lambda change: change.address))
    drafts = [(Verb(change.action.value), change) for change in changes]
    steps = order_steps(drafts, waits_of(deletes, releases, live, types), types)
    return Plan(
        origin=live.origin,
        account=live.account,
        changes=changes,
        steps=tuple(replace(each, origin=desired.origin(each.address)) for each in steps),
        unmanaged=live.unmanaged,
        warnings=warnings,
        digest=plan_digest(live.origin, live.account, changes, desired.templates),
    )


def _place(sippeer: Address) -> Place:
    site, label = sippeer.path
    return site, label


def _back_orders(live: LiveState) -> dict[NumberOrder, Place]:
    places = {key: block.path[:2] for block, key in live.order_keys.items()}
    found: dict[NumberOrder, Place] = {}
    for order_id, name in sorted(live.back_orders.items()):
        site, sippeer = places.get(name.rpartition("-")[0], ("?", "?"))
        found[NumberOrder(order_id, name, "BACKORDERED", None)] = (site, sippeer)
    return found


def _rows_missing(desired: DesiredState) -> Iterator[Problem]:
    for origin in desired.empty_sources:
        yield Problem(
            Severity.ERROR,
            "destroy-incomplete",
            "Not everything would go",
            "This `for_each` has no rows, so that what it stood for before is not declared.",
            origin,
        )


def _strangers_inside(
    going: set[Address], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    for address in sorted(each for each in live.unmanaged if parent_address(each, types) in going):
        parent = parent_address(address, types)
        yield Problem(
            Severity.ERROR,
            "still-in-use",
            "Something that is not declared is part of it",
            f"{address} (id {live.ids[address]}) is not in the spec, and {parent} cannot be "
            f"deleted while it has any (error 12031). Declare it as well: "
            f"`{address.path[-1]}: {{}}`.",
            desired.origin(parent) if parent else None,
        )


def _used_by_others(
    going: set[Address], deletes: tuple[Change, ...], desired: DesiredState, live: LiveState
) -> Iterator[Problem]:
    for address in sorted(going):
        users = users_left(address, going, deletes, live)
        if users:
            yield Problem(
                Severity.ERROR,
                "still-in-use",
                "Others use it",
                f"{address} cannot be deleted while {', '.join(users)} "
                f"use{'' if len(users) > 1 else 's'} it (error 12107). Give "
                f"{'them' if len(users) > 1 else 'it'} another application first.",
                desired.origin(address),
            )


def _orders_under_way(desired: DesiredState, live: LiveState) -> Iterator[Problem]:
    for block, orders in sorted(live.orders.items()):
        for order in orders:
            if order.is_awaited:
                yield Problem(
                    Severity.ERROR,
                    "order-under-way",
                    "An order is not at its end",
                    f"Order {order.id} for {block} is {order.status}. Wait for its end: what it "
                    "brings would be in the way.",
                    desired.origin(block),
                )


def _numbers_there(
    going: set[Address], desired: DesiredState, live: LiveState
) -> Iterator[Problem]:
    for sippeer, numbers in sorted(live.numbers.items()):
        if sippeer in going and numbers:
            yield numbers_in_the_way(sippeer, numbers, RELEASE, desired.origin(sippeer))


def _more_than_declared(
    going: set[Address], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """Numbers that somebody else may have bought: they go with their location, for good."""
    blocks = [
        each
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
    ]
    claims = claim_everywhere(blocks, live, types)
    asked_for: Counter[Address | None] = Counter()
    for block in blocks:
        count = count_of(block, claims.numbers[block.address], live, types)
        asked_for[parent_address(block.address, types)] += min(count.declared, count.there)
    for sippeer, numbers in sorted(live.numbers.items()):
        if sippeer in going and len(numbers) > asked_for[sippeer]:
            yield Problem(
                Severity.WARNING,
                "more-than-declared",
                "More numbers than the spec asks for",
                f"{sippeer} has {len(numbers)}, and the spec asks for {asked_for[sippeer]} of "
                "them. All would be released.",
                desired.origin(sippeer),
            )


def _back_orders_there(desired: DesiredState, live: LiveState) -> Iterator[Problem]:
    for order, place in _back_orders(live).items():
        yield Problem(
            Severity.ERROR,
            "back-order-waiting",
            "A back order is in the way",
            f"Order {order.id} waits for numbers for {'/'.join(place)} (error 13681). Add "
            "--release-numbers to close it.",
            desired.origin(Address("sippeer", place)),
        )
