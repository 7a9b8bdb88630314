"""Why a plan is refused. Each function yields the problems of one rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.model import DesiredState, LiveState
from provisioner.planning.plan import Action, Change
from provisioner.resource_type import Shape, Types, beside, parent_address


def fixed_values_differ(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """A live feature with another protocol is somebody's working set-up: never flipped."""
    for change in changes:
        present = live.resources.get(change.address)
        for row in types[change.address.type].fields:
            value = present.attributes.get(row.name) if present else None
            if row.fixed is None or value is None or str(value).upper() == row.fixed.upper():
                continue
            yield Problem(
                Severity.ERROR,
                "other-protocol",
                f"{row.title} is not {row.fixed}",
                f"{change.address} is live with {row.name} {value}, and this program only speaks "
                f"for {row.fixed}. Change it with the vendor, or take it out of the spec.",
                desired.origin(change.address),
            )


def missing_to_create(
    changes: Iterable[Change], desired: DesiredState, types: Types
) -> Iterator[Problem]:
    for change in changes:
        if change.action is not Action.CREATE or change.after is None:
            continue
        for row in types[change.address.type].spec_fields:
            enough = (row.name, *row.instead[:1])
            if row.needed_to_create and not {*enough} & change.after.attributes.keys():
                needed = " or ".join(f"`{name}`" for name in enough)
                yield Problem(
                    Severity.ERROR,
                    "needed-to-create",
                    "A key is missing that a new resource needs",
                    f"{change.address} does not exist, and cannot be created without {needed}.",
                    desired.origin(change.address),
                )


def needs_unmet(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """What the service would refuse, after all that comes before it has been made."""
    for change in changes:
        if change.action is not Action.CREATE:
            continue
        for name in types[change.address.type].needs:
            needed = beside(change.address, name, types)
            if needed not in desired.resources and needed not in live.resources:
                yield Problem(
                    Severity.ERROR,
                    "needs-another",
                    "Something that it needs is neither declared nor there",
                    f"{change.address} needs {name} on the same location. Declare "
                    f"`{types[name].section}: true`.",
                    desired.origin(change.address),
                )


def held_features(desired: DesiredState, live: LiveState, types: Types) -> Iterator[Problem]:
    """What is to be switched off while something that builds on it is live and not declared off."""
    for address in sorted(desired.absent & live.resources.keys()):
        for holder in types.values():
            if address.type not in holder.holds:
                continue
            if holder.shape is Shape.BLOCKS:
                sippeer = parent_address(address, types)
                numbers = live.numbers.get(sippeer, ()) if sippeer else ()
                if numbers:
                    several = len(numbers) > 1
                    yield Problem(
                        Severity.ERROR,
                        "numbers-on-location",
                        "Numbers are in the way",
                        f"{address} cannot be switched off while the location has "
                        f"{len(numbers)} {'numbers' if several else 'number'} (error 13673). "
                        f"Move or release {'them' if several else 'it'} first.",
                        desired.origin(address),
                    )
                continue
            held_by = beside(address, holder.name, types)
            if held_by in live.resources and held_by not in desired.absent:
                yield Problem(
                    Severity.ERROR,
                    "still-in-use",
                    "Something that builds on it is live",
                    f"{address} cannot be switched off while {held_by} is on, and the spec does "
                    f"not mention that. Declare `{holder.section}: false`.",
                    desired.origin(address),
                )
