"""`defaults:` of a spec, put into everything that they are for, before anything is typed.

What a body says itself stands. A group, such as an address, is completed key by key; everything
else, lists and features included, is one value. `null` takes a default away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.errors import Problem
from provisioner.resource_type import ResourceType, Shape, Types
from provisioner.spec.composition import MOST_NODES
from provisioner.spec.nodes import Entry, Listing, Node, Scalar, Table
from provisioner.spec.problems import error
from provisioner.spec.schema import children
from provisioner.spec.wording import key_quoted

DEFAULTABLE = frozenset({Shape.NAMED, Shape.BLOCKS})


@dataclass(slots=True)
class Defaults:
    """What has been declared so far, by section: `sippeers` and so on."""

    types: Types
    problems: list[Problem]
    _bodies: dict[str, Entry] = field(default_factory=dict)
    _size: int = 0

    def declare(self, root: Table) -> None:
        section = root.entries.get("defaults")
        if section is None or not isinstance(section.value, Table):
            return
        for name, entry in section.value.entries.items():
            if name in self._bodies:
                detail = (
                    f"The defaults of {key_quoted(name)} are declared at"
                    f" {self._bodies[name].key.origin} as well. Put them in one place."
                )
                self.problems.append(error("declared-twice", detail, entry.key.origin))
                continue
            self._bodies[name] = entry

    def complete(self, root: Table) -> Table:
        """The file with its defaults in every place that they are for."""
        if not self._bodies:
            return root
        return self._complete_sections("", root)

    def _complete_sections(self, parent: str, body: Table) -> Table:
        entries = dict(body.entries)
        for resource_type in children(self.types, parent):
            entry = entries.get(resource_type.section)
            if entry is not None and resource_type.shape in DEFAULTABLE:
                value = self._complete_section(resource_type, entry.value)
                entries[resource_type.section] = Entry(entry.key, value)
        return replace(body, entries=entries)

    def _complete_section(self, resource_type: ResourceType, section: Node) -> Node:
        match section:
            case Table() if resource_type.shape is Shape.NAMED:
                entries = {
                    label: Entry(entry.key, self._complete_body(resource_type, entry.value))
                    for label, entry in section.entries.items()
                }
                return replace(section, entries=entries)
            case Listing() if resource_type.shape is Shape.BLOCKS:
                blocks = (self._complete_body(resource_type, each) for each in section.items)
                return replace(section, items=tuple(blocks))
            case _:
                return section

    def _complete_body(self, resource_type: ResourceType, body: Node) -> Node:
        default = self._bodies.get(resource_type.section)
        if isinstance(body, Scalar) and body.is_null and resource_type.shape is Shape.NAMED:
            body = Table({}, body.origin, 1)
        if not isinstance(body, Table):
            return body
        if default is not None and isinstance(default.value, Table):
            body = self._merged(body, default.value, resource_type)
        return self._complete_sections(resource_type.name, body)

    def _merged(self, body: Table, default: Table, resource_type: ResourceType) -> Table:
        within_limits = self._size <= MOST_NODES
        self._size += default.size
        if self._size <= MOST_NODES:
            return _merged(body, default, resource_type.groups)
        if within_limits:
            detail = f"With these defaults the spec has more than {MOST_NODES:,} values."
            self.problems.append(error("too-many-nodes", detail, default.origin))
        return body


def _merged(body: Table, default: Table, groups: Mapping[str, str], inside: str = "") -> Table:
    entries = dict(_kept(body, default))
    for name, entry in default.entries.items():
        if name not in body.entries:
            entries[name] = entry
            continue
        own, given = body.entries[name].value, entry.value
        is_group = f"{inside}{name}" in groups
        if is_group and isinstance(own, Table) and isinstance(given, Table):
            whole = _merged(own, given, groups, f"{inside}{name}.")
            entries[name] = Entry(body.entries[name].key, whole)
    return replace(body, entries=entries, size=body.size + default.size)


def _kept(body: Table, default: Table) -> Iterator[tuple[str, Entry]]:
    for name, entry in body.entries.items():
        takes_away = isinstance(entry.value, Scalar) and entry.value.is_null
        if not (takes_away and name in default.entries):
            yield name, entry
