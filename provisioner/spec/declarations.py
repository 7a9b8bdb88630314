"""Typed values to resources: what the files declare, and where.

Anything that the schema refuses is left out here without a word, so that the cross checks can
run over the rest and all problems are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.block_kinds import BlockKind, block_label
from provisioner.errors import Origin, Problem
from provisioner.model import Address, Attributes, Resource, Value
from provisioner.resource_type import (
    Field,
    Kind,
    ResourceType,
    Shape,
    Types,
    beside,
    find_block_kind,
)
from provisioner.spec.field_values import declared_fields, numbers_in
from provisioner.spec.nodes import Entry, Listing, Scalar, Table
from provisioner.spec.problems import error, warning
from provisioner.spec.schema import children
from provisioner.spec.wording import key_quoted, listed


@dataclass(slots=True)
class Declarations:
    """What has been read so far. `off` are the features that are declared to be off; `new` is what
    is said to be another one than what looks like it."""

    types: Types
    problems: list[Problem]
    resources: dict[Address, Resource] = field(default_factory=dict)
    off: set[Address] = field(default_factory=set)
    pins: dict[Address, str] = field(default_factory=dict)
    former_names: dict[Address, str] = field(default_factory=dict)
    new: set[Address] = field(default_factory=set)
    origins: dict[tuple[Address, str], Origin] = field(default_factory=dict)
    listed: dict[str, Origin] = field(default_factory=dict)
    """Where each telephone number is declared by name."""
    _names: Mapping[int, str] = field(default_factory=dict)

    def read(self, root: Table, values: Mapping[str, Any], names: Mapping[int, str]) -> None:
        """Adds what one file declares. `names` has the source of each secret, by its node's id."""
        self._names = names
        self._read_sections("", (), root, values)

    def _read_sections(
        self, parent: str, path: tuple[str, ...], body: Table, values: Mapping[str, Any]
    ) -> None:
        sections = {each.section: each for each in children(self.types, parent)}
        for key, entry in body.entries.items():
            if key in sections:
                self._read_section(sections[key], path, entry, values[key])

    def _read_section(
        self, resource_type: ResourceType, path: tuple[str, ...], entry: Entry, value: Any
    ) -> None:
        match resource_type.shape, entry.value, value:
            case Shape.NAMED, Table() as section, _:
                for label, named in section.entries.items():
                    self._read_named(resource_type, (*path, label), named, value[label])
            case Shape.FEATURE, _, False:
                address = Address(resource_type.name, path)
                self.off.add(address)
                self.origins[address, ""] = entry.key.origin
            case Shape.FEATURE, node, _ if value is True or isinstance(node, Table):
                self._read_feature(resource_type, path, entry, value)
            case Shape.LINK, Scalar(), str() if value:
                (row,) = resource_type.spec_fields
                link = Address(resource_type.name, path)
                self.origins[link, row.name] = entry.value.origin
                self._add(link, entry.key.origin, {row.name: Address(row.refers_to, (value,))})
            case Shape.MEMBERSHIP, Scalar(), str() if value:
                (row,) = resource_type.spec_fields
                self._add(
                    Address(resource_type.name, (*path, value)),
                    entry.key.origin,
                    {row.name: value},
                )
            case Shape.BLOCKS, Listing() as blocks, list():
                for node, block in zip(blocks.items, value, strict=True):
                    if isinstance(node, Table):
                        self._read_block(resource_type, path, node, block)

    def _read_named(
        self, resource_type: ResourceType, path: tuple[str, ...], entry: Entry, value: Any
    ) -> None:
        address = Address(resource_type.name, path)
        attributes: dict[str, Value] = {}
        name = next((row for row in resource_type.spec_fields if row.name == "name"), None)
        if name:
            attributes["name"] = path[-1]
            self.origins[address, "name"] = entry.key.origin
        body = entry.value if isinstance(entry.value, Table) else None
        if body:
            attributes |= self._attributes(address, resource_type, body, value)
            self._read_identity(address, body, value)
        if self._add(address, entry.key.origin, attributes):
            self._warn_of_lengths(address, resource_type)
            if body:
                self._read_sections(resource_type.name, path, body, value)

    def _read_identity(self, address: Address, body: Table, value: Any) -> None:
        if isinstance(value.get("id"), str):
            self.pins[address] = value["id"]
        if isinstance(value.get("renamed_from"), str):
            self.former_names[address] = value["renamed_from"]
        if value.get("new") is True:
            self.new.add(address)
        for key in ("id", "renamed_from", "new"):
            if key in body.entries:
                self.origins[address, key] = body.entries[key].value.origin

    def _read_feature(
        self, resource_type: ResourceType, path: tuple[str, ...], entry: Entry, value: Any
    ) -> None:
        address = Address(resource_type.name, path)
        attributes: Attributes
        if isinstance(entry.value, Table):
            attributes = self._attributes(address, resource_type, entry.value, value)
        else:
            attributes = {
                row.name: row.shorthand
                for row in resource_type.spec_fields
                if row.shorthand is not None
            }
            self.origins |= {(address, name): entry.value.origin for name in attributes}
        self._add(address, entry.key.origin, attributes)

    def _read_block(
        self, resource_type: ResourceType, path: tuple[str, ...], body: Table, values: Any
    ) -> None:
        rows = resource_type.spec_fields
        declared = dict(declared_fields(rows, body, values, self._names))
        given = {name: value for name, (value, _) in declared.items()}
        kind = find_block_kind(resource_type, given)
        if kind is None:
            return
        attributes = _block_attributes(resource_type, kind, given)
        address = Address(resource_type.name, (*path, block_label(kind, attributes)))
        listed = self._read_listed(address, rows, body, values)
        if first := self.origins.get((address, "")):
            if not listed:
                self.problems.append(_equal_blocks(address, body.origin, first))
            return
        for name in sorted(kind.never):
            if (value := attributes.get(name)) not in (None, False):
                self.problems.append(_never(name, value, kind, declared[name][1].origin))
        self.origins |= {(address, name): node.origin for name, (_, node) in declared.items()}
        for name, (value, node) in declared.items():
            if name in self.types:
                self.origins.setdefault((Address(name, (*path, str(value))), ""), node.origin)
        self._add(address, body.origin, attributes)

    def _read_listed(
        self, address: Address, rows: tuple[Field, ...], body: Table, values: Any
    ) -> bool:
        """Notes where each number of a list stands; one that stands somewhere else is an error."""
        here: dict[str, Origin] = {}
        for row in rows:
            if row.kind is not Kind.NUMBERS or row.name not in body.entries:
                continue
            for number, node in numbers_in(row, body.entries[row.name].value, values[row.name]):
                if first := here.get(number) or self.listed.get(number):
                    # What an alias repeats has the place of what it repeats.
                    again = node.origin if node.origin != first else body.origin
                    detail = (
                        f"{number} is declared at {first} as well, and it can only be in one"
                        " place. Keep one of them."
                    )
                    self.problems.append(error("number-declared-twice", detail, again))
                here[number] = self.origins[address, number] = node.origin
        self.listed |= here
        return bool(here)

    def _attributes(
        self, address: Address, resource_type: ResourceType, body: Table, values: Any
    ) -> dict[str, Value]:
        declared = dict(declared_fields(resource_type.spec_fields, body, values, self._names))
        self.origins |= {(address, name): node.origin for name, (_, node) in declared.items()}
        return {name: value for name, (value, _) in declared.items()}

    def _add(self, address: Address, origin: Origin, attributes: Attributes) -> bool:
        """False where another file has declared the resource already."""
        if address in self.resources:
            detail = (
                f"{key_quoted(address.path[-1])} is declared at {self.origins[address, '']} as"
                " well. Declare it in one place."
            )
            self.problems.append(error("declared-twice", detail, origin))
            return False
        self.origins[address, ""] = origin
        self.resources[address] = Resource(address, attributes)
        return True

    def _warn_of_lengths(self, address: Address, resource_type: ResourceType) -> None:
        attributes = self.resources[address].attributes
        for row in resource_type.spec_fields:
            value = attributes.get(row.name)
            limit = row.documented_length
            if limit is not None and isinstance(value, str) and len(value) > limit:
                detail = (
                    f"{key_quoted(row.name)} has {len(value)} characters here; older"
                    f" guides allow {limit}. The account may refuse it."
                )
                origin = self.origins[address, row.name]
                self.problems.append(warning("beyond-documented-length", detail, origin))


def _block_attributes(
    resource_type: ResourceType, kind: BlockKind, given: Attributes
) -> dict[str, Value]:
    """What the block says and what goes without saying for its kind, as the service writes it."""
    widening = {name for each in resource_type.kinds for name in each.widened_by}
    attributes: dict[str, Value] = {}
    for row in resource_type.spec_fields:
        default = None if row.name in widening - kind.widened_by.keys() else row.default
        value = given.get(row.name, default)
        if isinstance(value, str) and row.name in kind.fields:
            attributes[row.name] = row.normalise(value)
        elif value is not None:
            attributes[row.name] = value
        if isinstance(value, tuple):
            attributes["quantity"] = len(value)
    return attributes


def _equal_blocks(address: Address, origin: Origin, first: Origin) -> Problem:
    detail = (
        f"This block and the one at {first} ask for the same kind of numbers"
        f" ({address.path[-1]}). Make one block of them and add the quantities."
    )
    return error("equal-blocks", detail, origin)


def _never(name: str, value: Value | None, kind: BlockKind, origin: Origin) -> Problem:
    keys = [key_quoted(key) for key in kind.fields]
    with_these = listed(keys, "or") if kind.combines else listed(keys, "and")
    combined = " together with others" if kind.combines else ""
    line = key_quoted(f"{name}: true" if value is True else name)
    detail = (
        f"{line} is not possible with {with_these}{combined}: the service refuses it."
        " Remove the line."
    )
    return error("conflicting-keys", detail, origin)


def absent(declarations: Declarations) -> frozenset[Address]:
    """What is off, and with it the links that hold it: they have to be undone before it."""
    types = declarations.types
    links = [each for each in types.values() if each.shape is Shape.LINK]
    found = set(declarations.off)
    for address in declarations.off:
        for link in links:
            if address.type in link.holds and link.parent == types[address.type].parent:
                undone = beside(address, link.name, types)
                found.add(undone)
                declarations.origins[undone, ""] = declarations.origins[address, ""]
    return frozenset(found)
