"""Fields that are true for exactly one resource below each parent: the default location of a site.

The service refuses a first location that is not the default (error 13522), so something has to
be chosen where the spec leaves it open, and a change of hands has an order.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    for resource_type in types.values():
        for row in resource_type.fields:
            if not row.one_a_parent:
                continue
            present = _families(live.resources, resource_type.name, types)
            for parent, children in _families(desired.resources, resource_type.name, types).items():
                family = _Family(row, parent, children, present.get(parent, []))
                _choose_holder(family, desired, choices)
    return choices


@dataclass(frozen=True, slots=True)
class _Family:
    """The resources of one type below one parent: declared, in the order of the files, and live."""

    row: Field
    parent: Address | None
    children: list[Resource]
    present: list[Resource]


def _families(
    resources: Mapping[Address, Resource], type_name: str, types: Types
) -> dict[Address | None, list[Resource]]:
    families: dict[Address | None, list[Resource]] = {}
    for resource in resources.values():
        if resource.address.type == type_name:
            families.setdefault(parent_address(resource.address, types), []).append(resource)
    return families


def _choose_holder(family: _Family, desired: DesiredState, choices: Choices) -> None:
    name = family.row.name
    declared = (each for each in family.children if each.attributes.get(name) is True)
    holder = next(declared, None) or _settle(family, desired, choices)
    if holder is not None:
        _tell_of_successor(family, holder, choices)
        for child in family.children:
            if child.address != holder.address:
                choices.waits[child.address] = frozenset({holder.address})


def _tell_of_successor(family: _Family, holder: Resource, choices: Choices) -> None:
    held = [each.address for each in family.present if each.attributes.get(family.row.name) is True]
    if held and holder.address not in held:
        ceasing = ", ".join(str(each) for each in held)
        choices.reasons[holder.address] = f"{ceasing} ceases to be the {family.row.name}"


def _settle(family: _Family, desired: DesiredState, choices: Choices) -> Resource | None:
    """None is declared to be the one: choose where the parent has none, else see that one stays."""
    name = family.row.name
    refused = {each.address for each in family.children if each.attributes.get(name) is False}
    if family.present:
        holders = {each.address for each in family.present if each.attributes.get(name) is True}
        if holders and holders <= refused:
            choices.problems.append(_nobody_left(family, min(holders), desired))
        return None
    willing = next((each for each in family.children if each.address not in refused), None)
    if willing is None:
        first = family.children[0].address
        choices.problems.append(_nobody_left(family, first, desired))
        return None
    chosen = Resource(willing.address, {**willing.attributes, name: True})
    choices.resources[willing.address] = chosen
    choices.reasons[willing.address] = (
        f"{name}: true, because the first {willing.address.type} of a "
        f"{_parent_type(family)} has to be its default and none is declared to be"
    )
    return chosen


def _parent_type(family: _Family) -> str:
    return family.parent.type if family.parent else "account"


def _nobody_left(family: _Family, address: Address, desired: DesiredState) -> Problem:
    name = family.row.name
    return Problem(
        Severity.ERROR,
        "no-default",
        "No default would be left",
        f"{family.parent or 'The account'} needs one {address.type} with `{name}: true`. The spec "
        f"says false for {address.path[-1]} and true for none: declare `{name}: true` on another.",
        desired.origin(address, name),
    )
