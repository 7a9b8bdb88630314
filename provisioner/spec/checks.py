"""What no schema can say: rules between resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from provisioner.errors import Origin, Problem
from provisioner.model import Address
from provisioner.resource_type import Shape, beside, parent_address
from provisioner.spec.declarations import Declarations
from provisioner.spec.problems import error
from provisioner.spec.wording import closest, key_quoted, listed, quoted

MOST_COMPARED = 500
MOST_SUGGESTIONS = 20
"""Comparing is slow, and there may be thousands of labels, right ones and misspelt ones."""


def cross_problems(declared: Declarations) -> Iterator[Problem]:
    """The faults that can be told even while a file is missing from the whole."""
    yield from _more_than_one_default(declared)
    yield from _off_beside_on(declared)
    yield from _same_names(declared)
    yield from _same_ids(declared)
    yield from _old_names_in_use(declared)
    yield from _new_beside_old(declared)
    yield from _said_twice(declared)


def unknown_references(declared: Declarations) -> Iterator[Problem]:
    labels: dict[str, list[str]] = {name: [] for name in declared.types}
    for address in declared.resources:
        labels[address.type].append(address.path[-1])
    ways_out = {name: _choices(declared.types[name].section, labels[name]) for name in labels}
    suggestions: dict[Address, str] = {}
    for address, resource in declared.resources.items():
        for name, value in resource.attributes.items():
            if not isinstance(value, Address) or value in declared.resources:
                continue
            if value not in suggestions and len(suggestions) < MOST_SUGGESTIONS:
                suggestions[value] = _suggestion(value, labels[value.type])
            section = key_quoted(declared.types[value.type].section)
            detail = (
                f"{quoted(value.path[-1])} is not one of the {section} of the spec."
                f" {ways_out[value.type]}{suggestions.get(value, '')}"
            )
            yield error("unknown-reference", detail, declared.origins[address, name])


def _choices(section: str, labels: list[str]) -> str:
    if not labels:
        return f"None are declared: add it below {key_quoted(section)}."
    return f"Declared are {listed([quoted(label) for label in labels], 'and')}."


def _suggestion(wanted: Address, labels: list[str]) -> str:
    meant = closest(wanted.path[-1], labels[:MOST_COMPARED])
    return f" Did you mean {quoted(meant)}?" if meant else ""


def _more_than_one_default(declared: Declarations) -> Iterator[Problem]:
    only = {
        resource_type.name: [row.name for row in resource_type.spec_fields if row.one_a_parent]
        for resource_type in declared.types.values()
    }
    first: dict[tuple[Address | None, str, str], Address] = {}
    for address, resource in declared.resources.items():
        for name in only[address.type]:
            if resource.attributes.get(name) is not True:
                continue
            parent = parent_address(address, declared.types)
            other = first.setdefault((parent, address.type, name), address)
            if other != address:
                line = key_quoted(f"{name}: true")
                detail = (
                    f"{line} stands for both {quoted(other.path[-1])}"
                    f" ({declared.origins[other, name]}) and {quoted(address.path[-1])}, and only"
                    " one of them can have it. Remove it from the other."
                )
                yield error("two-defaults", detail, declared.origins[address, name])


def _off_beside_on(declared: Declarations) -> Iterator[Problem]:
    types = declared.types
    needing: dict[Address, dict[str, Origin]] = defaultdict(dict)
    for address in declared.resources:
        resource_type = types[address.type]
        for held in resource_type.holds:
            feature = beside(address, held, types)
            if feature in declared.off:
                origin = declared.origins[address, ""]
                needing[feature].setdefault(resource_type.section, origin)
    for feature, sections in needing.items():
        section = key_quoted(types[feature.type].section)
        others = [f"{key_quoted(name)} ({origin})" for name, origin in sections.items()]
        detail = (
            f"{section} is off here, but {listed(others, 'and')} cannot be there without it."
            f" Turn {section} on, or take the rest away."
        )
        yield error("off-beside-on", detail, declared.origins[feature, ""])


def _same_names(declared: Declarations) -> Iterator[Problem]:
    first: dict[tuple[Address | None, str, str], Address] = {}
    for address, resource in declared.resources.items():
        name = resource.attributes.get("name")
        if declared.types[address.type].shape is not Shape.NAMED or not isinstance(name, str):
            continue
        parent = parent_address(address, declared.types)
        other = first.setdefault((parent, address.type, name.strip()), address)
        if other != address and not {address, other} <= declared.pins.keys():
            detail = (
                f"{quoted(address.path[-1])} and {quoted(other.path[-1])}"
                f" ({declared.origins[other, '']}) both have the name {quoted(name)}, so they"
                " cannot be told apart. Give each its own `name`, or its `id`."
            )
            yield error("same-name", detail, declared.origins[address, "name"])


def _same_ids(declared: Declarations) -> Iterator[Problem]:
    first: dict[tuple[str, str], Address] = {}
    for address, pin in declared.pins.items():
        other = first.setdefault((address.type, pin), address)
        if other != address:
            detail = (
                f"{quoted(address.path[-1])} and {quoted(other.path[-1])}"
                f" ({declared.origins[other, 'id']}) have the same `id`. Each resource has its own."
            )
            yield error("same-id", detail, declared.origins[address, "id"])


def _old_names_in_use(declared: Declarations) -> Iterator[Problem]:
    """An old name that another resource has, or had, would leave open which one is which."""
    named = {
        (parent_address(address, declared.types), address.type, resource.attributes.get("name")): (
            address,
            "name",
        )
        for address, resource in declared.resources.items()
        if declared.types[address.type].shape is Shape.NAMED
    }
    for address, former in declared.former_names.items():
        if address not in declared.resources:
            continue
        key = (parent_address(address, declared.types), address.type, former)
        other, field_name = named.setdefault(key, (address, "renamed_from"))
        if other != address:
            detail = (
                f"{quoted(former)} is the name of {quoted(other.path[-1])} as well"
                f" ({declared.origins[other, field_name]}). Rename one after the other, with an"
                " apply in between, or say by `id` which is which."
            )
            yield error("old-name-in-use", detail, declared.origins[address, "renamed_from"])


def _new_beside_old(declared: Declarations) -> Iterator[Problem]:
    for address in sorted(declared.new):
        given = {"id": declared.pins, "renamed_from": declared.former_names}
        for key in (key for key, values in given.items() if address in values):
            detail = (
                f"`new: true` says that it is not there yet, and `{key}` that it is. Remove one."
            )
            yield error("conflicting-keys", detail, declared.origins[address, "new"])


def _said_twice(declared: Declarations) -> Iterator[Problem]:
    """A key that stands for several, beside one of them."""
    for address, resource in declared.resources.items():
        for row in declared.types[address.type].spec_fields:
            parts = [name for name in row.instead if name in resource.attributes]
            if row.name in resource.attributes and parts:
                origin = declared.origins[address, row.name]
                told_for = listed([key_quoted(each) for each in row.instead], "and")
                detail = (
                    f"{key_quoted(row.name)} ({origin}) stands for {told_for}. Keep it, or these."
                )
                yield error("conflicting-keys", detail, declared.origins[address, parts[0]])
