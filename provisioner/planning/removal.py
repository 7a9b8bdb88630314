"""What a plan takes away, in the order in which the service lets it go, and what is in the way.

A location goes after all that is on it, the default one of a site last, then the site; an
application once nobody uses it any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.errors import Origin, Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, Resource
from provisioner.planning.number_doubts import named_numbers
from provisioner.planning.plan import Action, Change, numbers_to_move
from provisioner.resource_type import BY_NUMBERS, Shape, Types, lineage, parent_address

Waits = Mapping[Address, frozenset[Address]]


@dataclass(frozen=True, slots=True)
class Removal:
    """`waits` are edges beyond those of the types; `staying` are the reasons why something that
    was to go stays, `problems` those for which nothing may go."""

    changes: tuple[Change, ...] = ()
    waits: Waits = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    staying: tuple[Problem, ...] = ()

    @property
    def going(self) -> frozenset[Address]:
        return frozenset(change.address for change in self.changes)


def deletes_of(going: Collection[Address], live: LiveState, types: Types) -> Iterator[Change]:
    """A delete for each resource that goes, and for whatever is live on it. Numbers are no
    resources: they are released, or stand in the way."""
    for address, resource in live.resources.items():
        shape = types[address.type].shape
        is_part = shape is not Shape.NAMED and parent_address(address, types) in going
        if shape not in BY_NUMBERS and (address in going or is_part):
            yield Change(Action.DELETE, address, resource, reason=_known_as(resource))


def _known_as(resource: Resource) -> str:
    """A label may be another than the name, and says nothing to whoever knows the account."""
    name = resource.attributes.get("name", resource.address.path[-1])
    return "" if name == resource.address.path[-1] else f"its name in the account is {name!r}"


def waits_of(
    deletes: Iterable[Change], others: Iterable[Change], live: LiveState, types: Types
) -> Waits:
    """What goes waits for numbers that leave it, for what lets go of it, and for what is made
    beside it, which may be there to take its place. Of the locations of a site the default one
    goes last."""
    deletes = tuple(deletes)
    going = {change.address for change in deletes}
    homes = {number: sippeer for sippeer, here in live.numbers.items() for number in here}
    waits: dict[Address, set[Address]] = {}
    others = tuple(others)
    for change in others:
        left = {homes[each] for each in numbers_to_move(change) if each in homes}
        for address in going:
            if left & {*lineage(address, types)}:
                waits.setdefault(address, set()).add(change.address)
    beside: dict[tuple[str, Address | None], set[Address]] = {}
    for change in others:
        if change.action is Action.CREATE or _promotes(change):
            place = (change.address.type, parent_address(change.address, types))
            beside.setdefault(place, set()).add(change.address)
    for address in going:
        made = beside.get((address.type, parent_address(address, types)), ())
        waits.setdefault(address, set()).update(made)
    for address in going:
        holders = _holders_beside(address, live, types)
        if address not in holders:
            # As for what is made: the default comes first. Deletes run reversed.
            waits.setdefault(address, set()).update(holders & going)
    return {address: frozenset(earlier) for address, earlier in waits.items()}


def _promotes(change: Change) -> bool:
    """Whether it makes something the default: what was it before can go only then."""
    return any(each.path == "default" and each.after is True for each in change.attributes)


def _holders_beside(address: Address, live: LiveState, types: Types) -> set[Address]:
    flags = [row.name for row in types[address.type].fields if row.one_a_parent]
    parent = parent_address(address, types)
    return {
        each.address
        for each in live.resources.values()
        if each.address.type == address.type
        and parent_address(each.address, types) == parent
        and any(each.attributes.get(flag) is True for flag in flags)
    }


def users_left(
    address: Address, going: Collection[Address], changes: Iterable[Change], live: LiveState
) -> tuple[str, ...]:
    """Who still uses an application after the plan: "Site/Sippeer" each, of the whole account."""
    addresses = {server_id: each for each, server_id in live.ids.items() if each.type == "sippeer"}
    letting_go = {
        change.address.path
        for change in changes
        if change.before is not None
        and address in change.before.attributes.values()
        and (change.after is None or address not in change.after.attributes.values())
    }
    return tuple(
        name
        for server_id, name in live.users.get(address, {}).items()
        if (user := addresses.get(server_id)) is None
        or (user not in going and user.path not in letting_go)
    )


def numbers_in_the_way(
    sippeer: Address,
    numbers: Collection[str],
    way_out: str,
    origin: Origin | None,
) -> Problem:
    several = len(numbers) > 1
    return Problem(
        Severity.ERROR,
        "numbers-on-location",
        "Numbers are in the way",
        f"{sippeer} cannot be deleted while it has {len(numbers)} "
        f"{'numbers' if several else 'number'}: {named_numbers(tuple(sorted(numbers)))} "
        f"(error 13555). {way_out}",
        origin,
    )


def default_left_behind(
    going: Collection[Address],
    changes: Iterable[Change],
    desired: DesiredState,
    live: LiveState,
    types: Types,
) -> Iterator[Problem]:
    """A site's default goes, others stay, and none of them takes its place."""
    promoted = {parent_address(change.address, types) for change in changes if _promotes(change)}
    for address in sorted(each for each in going if each.type == "sippeer"):
        site = parent_address(address, types)
        if address not in _holders_beside(address, live, types) or site in promoted:
            continue
        staying = sorted(
            each
            for each in live.resources
            if each.type == "sippeer" and each not in going and parent_address(each, types) == site
        )
        if staying and site is not None:
            yield Problem(
                Severity.ERROR,
                "no-default",
                "No default would be left",
                f"{address} is the default of {site} and would go (error 13558). Declare "
                f"`default: true` on another, such as {staying[0].path[-1]}.",
                desired.origin(staying[0]) or desired.origin(site),
            )
