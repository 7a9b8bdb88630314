"""What is in the account and not in the spec, and goes because the spec says `prune:`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, LiveState
from provisioner.planning.plan import Change, numbers_to_move
from provisioner.planning.removal import (
    Removal,
    default_left_behind,
    deletes_of,
    numbers_in_the_way,
    users_left,
    waits_of,
)
from provisioner.resource_type import Types, parent_address


def prune(
    desired: DesiredState, live: LiveState, changes: Iterable[Change], types: Types
) -> Removal:
    """`changes` are those of what is declared.

    Locations of declared sites; sites that are empty of everything; applications that nobody uses
    after the plan. As long as a `for_each` has no rows nothing goes: what it stood for would pass
    for removed.
    """
    changes = tuple(changes)
    meant = [each for each in live.unmanaged if each.type in desired.prune]
    if not meant:
        return Removal()
    if desired.empty_sources:
        return Removal(staying=(_paused(desired),))
    sippeers = {
        each
        for each in meant
        if each.type == "sippeer" and parent_address(each, types) in desired.resources
    }
    going = set(sippeers)
    staying: list[Problem] = []
    for address in meant:
        if address.type == "sippeer":
            continue
        reason = _in_use(address, sippeers, changes, live, types)
        if reason:
            staying.append(_stays(address, reason))
        else:
            going.add(address)
    deletes = tuple(deletes_of(going, live, types))
    return Removal(
        deletes,
        waits_of(deletes, changes, live, types),
        (
            *_blocked(sorted(sippeers), changes, desired, live, types),
            *default_left_behind(going, changes, desired, live, types),
        ),
        tuple(staying),
    )


def _in_use(
    address: Address,
    going: Collection[Address],
    changes: Iterable[Change],
    live: LiveState,
    types: Types,
) -> str:
    """Why a site or an application stays; "" where it may go."""
    if address.type == "application":
        users = users_left(address, going, changes, live)
        return f"it is used by {', '.join(users)}" if users else ""
    inside = sum(parent_address(each, types) == address for each in live.ids)
    return f"it has {inside} sippeer{'s' if inside > 1 else ''}" if inside else ""


def _blocked(
    sippeers: Iterable[Address],
    changes: Iterable[Change],
    desired: DesiredState,
    live: LiveState,
    types: Types,
) -> Iterator[Problem]:
    moved = {number for change in changes for number in numbers_to_move(change)}
    for sippeer in sippeers:
        numbers = [each for each in live.numbers.get(sippeer, ()) if each not in moved]
        parent = parent_address(sippeer, types)
        if numbers:
            yield numbers_in_the_way(
                sippeer,
                numbers,
                "The spec does not declare it, and says `prune`. Give the numbers back with "
                "`provisioner release`, list them as `telephone_numbers` on another location, or "
                "declare the location.",
                desired.origin(parent) if parent else None,
            )


def _paused(desired: DesiredState) -> Problem:
    return Problem(
        Severity.WARNING,
        "prune-paused",
        "Nothing is pruned",
        "A `for_each` has no rows, and what it stood for before would pass for removed.",
        desired.empty_sources[0],
    )


def _stays(address: Address, reason: str) -> Problem:
    return Problem(
        Severity.WARNING,
        "prune-left",
        "It is not declared, and stays",
        f"{address} would be pruned, but {reason}.",
    )
