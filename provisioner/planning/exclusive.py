"""Fields that are true for exactly one resource below each parent: the default location of a site.

The service refuses a first location that is not the default (error 13522), so something has to
be chosen where the spec leaves it open, and a change of hands has an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, Resource
from provisioner.resource_type import Field, Types, parent_address


@dataclass(slots=True)
class Choices:
    """What was chosen: attributes to add, why, what waits for what, and what cannot be."""

    resources: dict[Address, Resource]
    reasons: dict[Address, str] = field(default_factory=dict)
    waits: dict[Address, frozenset[Address]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def choose_holders(desired: DesiredState, live: LiveState, types: Types) -> Choices:
    choices = Choices(dict(desired.resources))
    for row, children in _families(desired.resources, types):
        siblings = {child.address for child in children}
        holder = next((each for each in children if each.attributes.get(row.name) is True), None)
        if holder is None:
            holder = _settle(row, children, desired, live, types, choices)
        if holder is None:
            continue
        for address in siblings - {holder.address}:
            choices.waits[address] = frozenset({holder.address})
    return choices


def _families(
    resources: Mapping[Address, Resource], types: Types
) -> Iterator[tuple[Field, list[Resource]]]:
    """Each such field, with the declared resources of one parent in the order of the files."""
    for resource_type in types.values():
        for row in resource_type.fields:
            if not row.one_a_parent:
                continue
            by_parent: dict[Address | None, list[Resource]] = {}
            for resource in resources.values():
                if resource.address.type == resource_type.name:
                    parent = parent_address(resource.address, types)
                    by_parent.setdefault(parent, []).append(resource)
            for children in by_parent.values():
                yield row, children


def _settle(
    row: Field,
    children: list[Resource],
    desired: DesiredState,
    live: LiveState,
    types: Types,
    choices: Choices,
) -> Resource | None:
    """None is declared to be the one: choose where the parent has none, else see that one stays."""
    address = children[0].address
    parent = parent_address(address, types)
    present = [
        each
        for each in live.resources.values()
        if each.address.type == address.type and parent_address(each.address, types) == parent
    ]
    refused = {each.address for each in children if each.attributes.get(row.name) is False}
    if present:
        holders = [each.address for each in present if each.attributes.get(row.name) is True]
        if holders and set(holders) <= refused:
            choices.problems.append(_nobody_left(row, parent, holders[0], desired))
        return None
    willing = next((each for each in children if each.address not in refused), None)
    if willing is None:
        choices.problems.append(_nobody_left(row, parent, address, desired))
        return None
    chosen = Resource(willing.address, {**willing.attributes, row.name: True})
    choices.resources[willing.address] = chosen
    choices.reasons[willing.address] = (
        f"{row.name}: true, because the first {address.type} of a {address_type(parent)} "
        "has to be its default and none is declared to be"
    )
    return chosen


def address_type(address: Address | None) -> str:
    return address.type if address else "account"


def _nobody_left(
    row: Field, parent: Address | None, address: Address, desired: DesiredState
) -> Problem:
    return Problem(
        Severity.ERROR,
        "no-default",
        "No default would be left",
        f"{parent} needs one {address.type} with `{row.name}: true`, and the spec says false for "
        f"the only one; declare `{row.name}: true` on another.",
        desired.origin(address, row.name),
    )
