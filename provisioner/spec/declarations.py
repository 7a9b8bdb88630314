"""Typed values to resources: what the files declare, and where.

Anything that the schema refuses is left out here without a word, so that the cross checks can
run over the rest and all problems are told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import Origin, Problem
from provisioner.model import Address, Attributes, Resource, Secret, Value
from provisioner.resource_type import (
    Field,
    Kind,
    ResourceType,
    Shape,
    Types,
    beside,
    block_kind,
    block_label,
)
from provisioner.spec.nodes import Entry, Listing, Node, Scalar, Table, entry_at
from provisioner.spec.problems import error, warning
from provisioner.spec.references import only_reference
from provisioner.spec.schema import children
from provisioner.spec.wording import key_quoted

PYTHON_TYPES = {Kind.BOOLEAN: bool, Kind.INTEGER: int}


@dataclass(slots=True)
class Declarations:
    """What has been read so far. `off` are the features that are declared to be off."""

    types: Types
    problems: list[Problem]
    resources: dict[Address, Resource] = field(default_factory=dict)
    off: set[Address] = field(default_factory=set)
    pins: dict[Address, str] = field(default_factory=dict)
    origins: dict[tuple[Address, str], Origin] = field(default_factory=dict)

    def read(self, root: Table, values: Mapping[str, Any]) -> None:
        """Adds what one file declares."""
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
            if isinstance(value.get("id"), str):
                self.pins[address] = value["id"]
                self.origins[address, "id"] = body.entries["id"].value.origin
        if self._add(address, entry.key.origin, attributes):
            self._warn_of_lengths(address, resource_type)
            if body:
                self._read_sections(resource_type.name, path, body, value)

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
        declared = dict(_declared(resource_type.spec_fields, body, values))
        defaults = {row.name: row.default for row in resource_type.spec_fields}
        given = {name: value for name, (value, _) in declared.items()}
        attributes = {
            name: value for name, value in (defaults | given).items() if value is not None
        }
        if not any(attributes.keys() >= kind.fields.keys() for kind in resource_type.kinds):
            return
        label = block_label(block_kind(resource_type, attributes), attributes)
        address = Address(resource_type.name, (*path, label))
        if first := self.origins.get((address, "")):
            detail = (
                f"This block and the one at {first} ask for the same kind of numbers"
                f" ({label}). Make one block of them and add the quantities."
            )
            self.problems.append(error("equal-blocks", detail, body.origin))
            return
        self.origins |= {(address, name): node.origin for name, (_, node) in declared.items()}
        self._add(address, body.origin, attributes)

    def _attributes(
        self, address: Address, resource_type: ResourceType, body: Table, values: Any
    ) -> dict[str, Value]:
        declared = dict(_declared(resource_type.spec_fields, body, values))
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


def _declared(
    rows: tuple[Field, ...], body: Table, values: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Value, Node]]]:
    """Field name, value and node of each field that is there and of the right type."""
    for row in rows:
        path = row.name.split(".")
        entry = entry_at(body, path)
        if entry is None:
            continue
        value: Any = values
        for key in path:
            value = value[key]
        if isinstance(entry.value, Scalar) and type(value) is PYTHON_TYPES.get(row.kind, str):
            yield row.name, (_value(row, value, entry.value), entry.value)


def _value(row: Field, value: Any, node: Scalar) -> Value:
    match row.kind:
        case Kind.BOOLEAN | Kind.INTEGER:
            typed: Value = value
            return typed
        case Kind.REFERENCE:
            return Address(row.refers_to, (value,))
        case Kind.SECRET:
            return Secret(only_reference(node.text) or row.name, value)
        case Kind.TEXT:
            text: str = value
            return text
