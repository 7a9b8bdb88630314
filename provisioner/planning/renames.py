"""What looks like a rename: something declared that is not there, and something live, in the same
place, that is like it and is not declared.

Identity goes by name, so a changed name means another resource, with numbers of its own to buy, and
under `prune:` the end of the one that was there. Nobody renames by guessing, and nobody buys or
deletes by guessing: where that would follow, it has to be said which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, Resource
from provisioner.planning.claims import claim_everywhere
from provisioner.planning.compare import same
from provisioner.planning.plan import Action, Change, numbers_to_order
from provisioner.resource_type import Field, Kind, Shape, Types, lineage, parent_address, parts_of

MOST_LISTED = 3


def may_be_renamed(desired: DesiredState, live: LiveState, types: Types) -> Iterator[Address]:
    """What is declared and not there, and not said to be new."""
    for address in desired.resources:
        is_named = types[address.type].shape is Shape.NAMED
        if is_named and address not in live.resources and address not in desired.new:
            yield address


def candidates(address: Address, live: LiveState, types: Types) -> Iterator[Address]:
    """What it may have been: undeclared, of its type, and part of the same."""
    parent = parent_address(address, types)
    for other in live.unmanaged:
        if other.type == address.type and parent_address(other, types) == parent:
            yield other


def guessed_renames(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """An error where numbers would be bought for it or what it may have been would be deleted, a
    warning where not."""
    perhaps_renamed = tuple(may_be_renamed(desired, live, types))
    if not perhaps_renamed:
        return
    bought: dict[Address, int] = {}
    going: set[Address] = set()
    for change in changes:
        for above in lineage(change.address, types)[1:]:
            bought[above] = bought.get(above, 0) + numbers_to_order(change)
        if change.action is Action.DELETE:
            going.add(change.address)
    for address in perhaps_renamed:
        alike = [
            (other, likeness)
            for other in candidates(address, live, types)
            if (likeness := _likeness(address, other, desired, live, types))
            or (other in going and (likeness := _nothing_apart(desired.resources[address], types)))
        ]
        if alike:
            lost = [other for other, _ in alike if other in going]
            yield _problem(address, alike, bought.get(address, 0), lost, desired, live)


def _likeness(
    address: Address, other: Address, desired: DesiredState, live: LiveState, types: Types
) -> str:
    """What the two have in common, in words; "" where that is nothing to go by."""
    declared, present = desired.resources[address], live.resources[other]
    return (
        _same_numbers(address, other, desired, live, types)
        or _same_parts(address, other, desired, live, types)
        or _same_settings(declared, present, types)
    )


def _same_settings(declared: Resource, present: Resource, types: Types) -> str:
    """Everything that is declared of it but its name; what only one can be tells nothing."""
    rows = _telling_fields(declared, types)
    if not rows or not all(
        same(row, present.attributes.get(row.name), declared.attributes[row.name]) for row in rows
    ):
        return ""
    keys = dict.fromkeys(row.group or row.name for row in rows)
    return f"it has the same {' and '.join(keys)}"


def _nothing_apart(declared: Resource, types: Types) -> str:
    return "" if _telling_fields(declared, types) else "nothing declared tells the two apart"


def _telling_fields(declared: Resource, types: Types) -> list[Field]:
    return [
        row
        for row in types[declared.address.type].spec_fields
        if declared.attributes.get(row.name) not in (None, "")
        and row.name != "name"
        and not row.one_a_parent
        and row.kind is not Kind.SECRET
    ]


def _same_parts(
    address: Address, other: Address, desired: DesiredState, live: LiveState, types: Types
) -> str:
    for part in parts_of(address.type, types):
        if part.shape is Shape.NAMED:
            names = [
                str(each.attributes["name"])
                for each in desired.resources.values()
                if each.address.type == part.name and each.address.path[:-1] == address.path
            ]
            found = [
                name for name in names if Address(part.name, (*other.path, name)) in live.resources
            ]
            if found:
                return f"it has a {part.name} {found[0]!r} as well"
    return ""


def _same_numbers(
    address: Address, other: Address, desired: DesiredState, live: LiveState, types: Types
) -> str:
    """Its numbers, as if they were there; or orders of it for the very same blocks."""
    blocks = [
        each
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
        and parent_address(each.address, types) == address
    ]
    numbers = {**live.numbers, address: live.numbers.get(other, ())}
    claims = claim_everywhere(blocks, replace(live, numbers=numbers), types)
    found = sum(len(claims.numbers[each.address]) for each in blocks)
    if found:
        return f"{found} of its numbers are of the kind that is declared"
    if any(
        live.orders.get(Address(each.address.type, (*other.path, each.address.path[-1])))
        for each in blocks
    ):
        return "numbers of the kind that is declared were ordered for it"
    return ""


def _problem(
    address: Address,
    alike: Sequence[tuple[Address, str]],
    numbers: int,
    lost: Sequence[Address],
    desired: DesiredState,
    live: LiveState,
) -> Problem:
    told = "; ".join(_candidate(*each, live) for each in alike[:MOST_LISTED])
    if len(alike) > MOST_LISTED:
        told += f"; and {len(alike) - MOST_LISTED} more like that"
    follows = ""
    if numbers:
        follows = f", with {'1 number' if numbers == 1 else f'{numbers} numbers'} to buy"
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        follows += f", and {lost[0]}{more} deleted, because of `prune`"
    summary, origin = "This may be a rename", desired.origin(address)
    detail = (
        f"{address} would be created{follows}. But the account has {told}. Say below "
        f"`{address.path[-1]}:` which it is, or `new: true` if it is another one."
    )
    if follows:
        return Problem(Severity.ERROR, "looks-renamed", summary, detail, origin)
    return Problem(Severity.WARNING, "looks-renamed", summary, detail, origin)


def _candidate(other: Address, likeness: str, live: LiveState) -> str:
    server_id, name = live.ids.get(other), other.path[-1]
    ways_out = []
    if not name.endswith(f"(id {server_id})"):
        ways_out.append(f"`renamed_from: {name!r}`")
    if server_id is not None:
        ways_out.append(f'`id: "{server_id}"`')
    return f"{other}, which is not in the spec, and {likeness} ({' or '.join(ways_out)})"
