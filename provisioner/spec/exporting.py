"""An account in the words of a spec: the opposite of loading.py.

What a spec cannot say is left out, with a remark in its place and a warning. What is left out
declares nothing, so that a plan of the result finds no changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.errors import Problem, Severity
from provisioner.model import Address, LiveState, Resource, Value
from provisioner.resource_type import (
    Field,
    Kind,
    ResourceType,
    Shape,
    Types,
    parent_address,
    parts_of,
)
from provisioner.spec.fitness import misfit
from provisioner.spec.labels import file_name_for, labels_of, name_of, variable_for
from provisioner.spec.number_blocks import Blocks, counted_blocks, has_code
from provisioner.spec.starter import SCHEMA_FILE
from provisioner.spec.wording import listed, quoted
from provisioner.spec.writing import Block, Entry, Remark, Scalar, to_yaml

MODELINE = Remark(f"yaml-language-server: $schema={SCHEMA_FILE}")
Entries = tuple[Entry | Remark, ...]


@dataclass(frozen=True, slots=True)
class ExportedSpec:
    """`sections` are the parts of the top level; `variables` those that the values name, which
    have to be set; `left_out` tells what the spec cannot say."""

    account: str
    sections: Mapping[str, Entries]
    variables: tuple[str, ...]
    left_out: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """All of it as one file."""
        return self._file(self.sections)

    def files(self, types: Types) -> dict[str, str]:
        """File name -> text: one for each resource that others are part of, such as a site, and
        one for each other section. Together they are one spec."""
        texts: dict[str, str] = {}
        taken = {each.section for each in parts_of("", types)}
        for resource_type in parts_of("", types):
            section = resource_type.section
            together = list(self.sections.get(section, ()))
            if parts_of(resource_type.name, types):
                for entry in (each for each in together if isinstance(each, Entry)):
                    name = file_name_for(entry.key, taken)
                    taken.add(name)
                    texts[f"{name}.yaml"] = self._file({section: (entry,)})
                together = [each for each in together if isinstance(each, Remark)]
                if not together:
                    continue
            texts[f"{section}.yaml"] = self._file({section: tuple(together)})
        return texts

    def _file(self, sections: Mapping[str, Entries]) -> str:
        head = (MODELINE, Entry("version", 1), Entry("account", self.account))
        parts = (Entry(name, Block(inside)) for name, inside in sections.items() if inside)
        return to_yaml(Block((*head, *parts)))


def export_spec(live: LiveState, types: Types, blocks_of: Blocks = counted_blocks) -> ExportedSpec:
    """The spec that declares everything live, and nothing that goes without saying."""
    below: dict[tuple[Address | None, str], list[Resource]] = {}
    for resource in live.resources.values():
        parent = parent_address(resource.address, types)
        below.setdefault((parent, resource.address.type), []).append(resource)
    exporting = _Exporting(live, types, below, blocks_of)
    for (_, name), siblings in below.items():
        if types[name].shape is Shape.NAMED:
            exporting.labels |= labels_of(siblings, live.ids)
    sections = {each.section: tuple(exporting.section(each, None)) for each in parts_of("", types)}
    return ExportedSpec(
        live.account, sections, tuple(exporting.variables), tuple(exporting.left_out)
    )


@dataclass(slots=True)
class _Exporting:
    live: LiveState
    types: Types
    below: Mapping[tuple[Address | None, str], list[Resource]]
    blocks_of: Blocks
    labels: dict[Address, str] = field(default_factory=dict)
    variables: list[str] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)

    def section(
        self, resource_type: ResourceType, parent: Address | None
    ) -> Iterator[Entry | Remark]:
        """Resources with names of their own, by name whatever order the account has them in."""
        siblings = self.below.get((parent, resource_type.name), [])
        shared = _shared_names(siblings)
        for resource in sorted(siblings, key=self._place):
            name, server_id = name_of(resource), self.live.ids[resource.address]
            if reason := self._unfit_name(resource):
                what = f"{resource_type.name} {quoted(name)} (id {server_id})"
                yield self._leave_out(what, f"its name {reason}")
                continue
            label = self.labels[resource.address]
            body: list[Entry | Remark] = []
            if label != name:
                body.append(Entry("name", _literal(name)))
            if name.strip() in shared:
                body.append(Entry("id", server_id))
            yield Entry(label, Block((*body, *self._body(resource, resource_type))))

    def _body(self, resource: Resource, resource_type: ResourceType) -> Iterator[Entry | Remark]:
        yield from self._fields(resource, resource_type)
        for part in parts_of(resource_type.name, self.types):
            match part.shape:
                case Shape.NAMED:
                    inside = tuple(self.section(part, resource.address))
                    if inside:
                        yield Entry(part.section, Block(inside))
                case Shape.BLOCKS:
                    yield from self._blocks(resource.address, part)
                case Shape.MEMBERSHIP:
                    yield from self._membership(resource.address, part)
                case Shape.FEATURE | Shape.LINK:
                    live = self.live.resources.get(Address(part.name, resource.address.path))
                    if live is not None:
                        yield self._feature(live, part)

    def _fields(self, resource: Resource, resource_type: ResourceType) -> Iterator[Entry | Remark]:
        otherwise = _told_otherwise(resource, resource_type)
        rows = [each for each in resource_type.spec_fields if each.name not in otherwise]
        yield from self._rows(resource, rows, "")

    def _rows(
        self, resource: Resource, rows: Iterable[Field], inside: str
    ) -> Iterator[Entry | Remark]:
        """The rows below `inside`, which is a group's name with a dot at its end, or ""."""
        groups: dict[str, list[Field]] = {}
        for row in rows:
            key, _, _ = row.name.removeprefix(inside).partition(".")
            groups.setdefault(inside + key, []).append(row)
        for name, members in groups.items():
            if name == "name":
                continue
            if name != members[0].name:
                yield from self._group(resource, name, members)
            elif members[0].kind is Kind.SECRET:
                yield self._secret(resource, members[0])
            else:
                yield from self._field(resource, members[0])

    def _field(self, resource: Resource, row: Field) -> Iterator[Entry | Remark]:
        value = resource.attributes.get(row.name)
        if value in (None, "", (), row.default):
            return
        if reason := misfit(row, value):
            yield self._leave_out(row.name, f"it {reason}", resource.address)
        else:
            key = row.name.rpartition(".")[2]
            told = [*map(_literal, value)] if isinstance(value, tuple) else _spec_value(value)
            yield Entry(key, told)

    def _group(
        self, resource: Resource, group: str, rows: Iterable[Field]
    ) -> Iterator[Entry | Remark]:
        """Some of its fields stand only together: where one cannot be told, none can."""
        rows = tuple(rows)
        values = {row.name: resource.attributes.get(row.name) for row in rows}
        if not any(values.values()):
            return
        for row in rows:
            if row.required and row.group == group and row.kind is not Kind.SECRET:
                value = values[row.name]
                reason = misfit(row, value) if value else "is not there"
                if reason:
                    key = row.name.rpartition(".")[2]
                    yield self._leave_out(group, f"its {key} {reason}", resource.address)
                    return
        inside = tuple(self._rows(resource, rows, f"{group}."))
        if inside:
            yield Entry(group.rpartition(".")[2], Block(inside))

    def _secret(self, resource: Resource, row: Field) -> Entry:
        *groups, key = row.name.split(".")
        purpose = "_".join([*(each.partition("_")[0] for each in groups[-2:]), key])
        variable = variable_for(self.labels[resource.address], purpose, self.variables)
        self.variables.append(variable)
        return Entry(key, f"${{{variable}}}")

    def _feature(self, live: Resource, resource_type: ResourceType) -> Entry | Remark:
        holder = Address(resource_type.parent, live.address.path)
        for row in resource_type.fields:
            value = live.attributes.get(row.name)
            if row.fixed is not None and value and str(value).upper() != row.fixed:
                reason = f"its {row.name} is {value}, and a spec only speaks for {row.fixed}"
                return self._leave_out(resource_type.section, reason, holder)
        rows = resource_type.spec_fields
        values = {row.name: live.attributes.get(row.name) for row in rows}
        if resource_type.shape is Shape.LINK:
            (target,) = values.values()
            return self._link(live, resource_type, target)
        if all(values[row.name] == row.shorthand for row in rows):
            return Entry(resource_type.section, True)
        missing = [name for name, value in values.items() if value is None]
        if missing:
            reason = f"the account does not tell its {missing[0]}"
            return self._leave_out(resource_type.section, reason, holder)
        settings: list[Entry] = [Entry(name, _spec_value(value)) for name, value in values.items()]
        return Entry(resource_type.section, Block(settings))

    def _link(
        self, live: Resource, resource_type: ResourceType, target: Value | None
    ) -> Entry | Remark:
        holder = Address(resource_type.parent, live.address.path)
        pointed = self.live.resources.get(target) if isinstance(target, Address) else None
        if pointed is None or self._unfit_name(pointed):
            return self._leave_out(resource_type.section, f"{target} is not in this spec", holder)
        return Entry(resource_type.section, self.labels[pointed.address])

    def _blocks(self, parent: Address, resource_type: ResourceType) -> Iterator[Entry | Remark]:
        numbers = self.live.numbers.get(parent, ())
        for number in sorted(numbers):
            if not has_code(number, resource_type):
                yield self._leave_out(f"number {number}", "it has no area code", parent)
        blocks = self.blocks_of(numbers, resource_type)
        if blocks:
            yield Entry(resource_type.section, blocks)

    def _membership(self, parent: Address, resource_type: ResourceType) -> Iterator[Entry | Remark]:
        """Where all numbers that can be on one are on the same; nothing where none is on any."""
        (row,) = resource_type.spec_fields
        places = Counter(
            self.live.memberships.get(number, "")
            for number in self.live.numbers.get(parent, ())
            if resource_type.takes(number)
        )
        found = sorted(each for each in places if each)
        if len(places) > 1:
            counts = [f"{places[each]} on {each}" for each in found]
            counts += [f"{places['']} on none"] if places[""] else []
            reason = f"its numbers are not all on one: {listed(counts, 'and')}"
            yield self._leave_out(resource_type.section, reason, parent)
        elif found and (reason := misfit(row, found[0])):
            yield self._leave_out(resource_type.section, f"it {reason}", parent)
        elif found:
            yield Entry(resource_type.section, found[0])

    def _unfit_name(self, resource: Resource) -> str:
        return misfit(self.types[resource.address.type].field_named("name"), name_of(resource))

    def _place(self, resource: Resource) -> tuple[str, str, str]:
        name = name_of(resource)
        return name.casefold(), name, self.live.ids[resource.address]

    def _leave_out(self, what: str, reason: str, owner: Address | None = None) -> Remark:
        """The remark stands with the owner; a warning has to name it."""
        whole = f"{what} of {owner}" if owner else what
        self.left_out.append(
            Problem(Severity.WARNING, "left-out", "Left out of the spec", f"{whole}: {reason}.")
        )
        return Remark(f"Left out: {what}: {reason}.")


def _shared_names(siblings: Iterable[Resource]) -> frozenset[str]:
    """The names that more than one has, as far as a spec tells names apart."""
    names = Counter(name_of(each).strip() for each in siblings)
    return frozenset(name for name, number in names.items() if number > 1)


def _told_otherwise(resource: Resource, resource_type: ResourceType) -> frozenset[str]:
    """The fields whose values others say better: one for all of them, or the parts of one where
    they differ."""
    names: set[str] = set()
    for row in resource_type.spec_fields:
        value = resource.attributes.get(row.name)
        if isinstance(value, str) and row.is_mixed and row.is_mixed(value):
            names.add(row.name)
        elif value:
            names |= set(row.instead)
    return frozenset(names)


def _spec_value(value: Value | None) -> Scalar:
    return value if isinstance(value, bool | int) else _literal(str(value))


def _literal(text: str) -> str:
    """The text as it is written where `${` would begin a variable."""
    return text.replace("${", "$${")
