"""`for_each`: one template and many rows become many bodies, before anything is typed.

What depends on the row knows both places, that in the template and that of the row. What does not
is one and the same node for all rows, so that a fault of the template is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.resource_type import ResourceType, Shape, Types
from provisioner.spec.composition import MOST_NODES
from provisioner.spec.filling import References, way_out
from provisioner.spec.nodes import (
    Entry,
    Listing,
    Node,
    Row,
    Scalar,
    Table,
    with_scalars,
)
from provisioner.spec.problems import error, warning
from provisioner.spec.references import columns_in, refers_to_row
from provisioner.spec.schema import children
from provisioner.spec.tables import Tables, rows_of
from provisioner.spec.templates import (
    FOR_EACH,
    OWN_KEYS,
    WHERE,
    EqualKeys,
    is_template,
    key_for_row,
    node_for_row,
    row_inside,
    scalars_of,
)
from provisioner.spec.values import text_faults
from provisioner.spec.wording import key_quoted, listed, printable


@dataclass(slots=True)
class Expansion:
    """Goes through all files of a spec, one after the other.

    `empty` are the sources that had no rows; `is_complete` says that every template became what
    it stands for.
    """

    types: Types
    references: References
    tables: Tables
    problems: list[Problem]
    empty: list[Origin] = field(default_factory=list)
    is_complete: bool = True
    _size: int = 0
    _offered: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    _taken: set[Origin] = field(default_factory=set)

    def expand(self, root: Table) -> Table:
        return self._sections("", root)

    def unused_rows(self) -> Iterator[Problem]:
        """A warning for each file that has rows which no template takes: a slip in a `where`?"""
        for name, rows in self._offered.items() if self.is_complete else ():
            left = [row.origin for row in rows if row.origin not in self._taken]
            if left:
                lines = listed([str(origin.line) for origin in left], "and")
                detail = (
                    f"No `for_each` uses {len(left)} of the {len(rows)} rows of {printable(name)}:"
                    f" line{'s' if len(left) > 1 else ''} {lines}. Does each `where` say what it"
                    " should?"
                )
                yield warning("unused-rows", detail, left[0])

    def _sections(self, parent: str, body: Table) -> Table:
        named = [each for each in children(self.types, parent) if each.shape is Shape.NAMED]
        changed: dict[str, Entry] = {}
        for resource_type in named:
            entry = body.entries.get(resource_type.section)
            if entry is not None and isinstance(entry.value, Table):
                section = self._section(resource_type, entry.value)
                changed[resource_type.section] = Entry(entry.key, section)
        return replace(body, entries={**body.entries, **changed}) if changed else body

    def _section(self, resource_type: ResourceType, section: Table) -> Table:
        entries: dict[str, Entry] = {}
        for entry in section.entries.values():
            for instance in self._instances(entry):
                label = instance.key.text
                if first := entries.get(label):
                    self._refuse_label(instance.key, first.key)
                    continue
                if isinstance(instance.value, Table):
                    body = self._sections(resource_type.name, instance.value)
                    instance = Entry(instance.key, body)  # noqa: PLW2901 -- the same one, expanded
                entries[label] = instance
        return replace(section, entries=entries)

    def _refuse_label(self, label: Scalar, first: Scalar) -> None:
        detail = (
            f"{key_quoted(label.text)} stands here a second time; the first is at {first.origin}."
            " Keep one of them, or let another column tell them apart."
        )
        self.problems.append(error("duplicate-key", detail, label.origin))

    def _instances(self, template: Entry) -> Iterator[Entry]:
        whole = template.value
        if not isinstance(whole, Table) or not is_template(whole):
            self._refuse_lone_where(whole)
            yield template
            return
        rest = {name: each for name, each in whole.entries.items() if name not in OWN_KEYS}
        bare = replace(whole, entries=rest)
        rows = self._rows(whole)
        if rows is None or not self._fits(template.key, bare, rows):
            self.is_complete = False
            return
        for row in rows:
            try:
                body = node_for_row(bare, row)
            except EqualKeys as clash:
                self._refuse_label(clash.key, clash.first)
                self.is_complete = False
                continue
            yield Entry(key_for_row(template.key, row), body)

    def _refuse_lone_where(self, body: Node) -> None:
        if isinstance(body, Table) and WHERE in body.entries:
            detail = "`where` chooses among the rows of a `for_each`, and there is none here."
            self.problems.append(error("missing-key", detail, body.entries[WHERE].key.origin))

    def _rows(self, body: Table) -> tuple[Row, ...] | None:
        """The rows that the template is for, or None where that cannot be told."""
        written = body.entries[FOR_EACH].value
        seen = len(self.problems)
        where = self._conditions(body.entries.get(WHERE))
        rows = self._source(written)
        if rows is None or where is None or len(self.problems) > seen:
            return None
        columns = _columns_of(rows)
        for name, (_, origin) in where.items():
            if rows and name not in columns:
                detail = f"No row has {key_quoted(name)}. {way_out(name, columns)}"
                self.problems.append(error("unknown-column", detail, origin))
                return None
        taken = tuple(
            row
            for row in rows
            if all(row.values.get(name) in wanted for name, (wanted, _) in where.items())
        )
        if isinstance(written, Scalar):
            self._taken.update(row.origin for row in taken)
        if not taken:
            self.empty.append(written.origin)
            detail = (
                "There are no rows here, so nothing is declared by this template."
                f"{f' None of {len(rows)} is as `where` says.' if rows else ''}"
            )
            self.problems.append(warning("empty-source", detail, written.origin))
        outside = body.entries[FOR_EACH].key.row
        return tuple(row_inside(row, outside) for row in taken)

    def _source(self, written: Node) -> tuple[Row, ...] | None:
        match written:
            case Scalar():
                return self._rows_of_file(written)
            case Listing():
                inline: Table | Listing = with_scalars(written, self._with_references)
            case Table():
                inline = with_scalars(written, self._with_references)
            case _:
                return None
        return tuple(rows_of(inline, self.problems))

    def _rows_of_file(self, written: Scalar) -> tuple[Row, ...] | None:
        path = "" if written.is_null else self._text(written)
        if path is None:
            return None
        if not path:
            detail = "It has to be a list, a mapping, or the path of a .csv or .yaml file."
            self.problems.append(error("wrong-type", f"`for_each`: {detail}", written.origin))
            return None
        file = Path(written.origin.file).parent / path
        rows = self.tables.rows_in(file, written.origin)
        if rows:
            self._offered[rows[0].origin.file] = rows
        return rows

    def _conditions(self, entry: Entry | None) -> dict[str, tuple[set[str], Origin]] | None:
        """For each column of `where` the texts that it may have."""
        if entry is None:
            return {}
        if not isinstance(entry.value, Table):
            detail = "`where` is a mapping of columns, such as `{site: Raleigh}`."
            self.problems.append(error("wrong-type", detail, entry.value.origin))
            return None
        conditions: dict[str, tuple[set[str], Origin]] = {}
        for name, each in entry.value.entries.items():
            nodes = each.value.items if isinstance(each.value, Listing) else (each.value,)
            if not all(isinstance(node, Scalar) for node in nodes):
                detail = f"{key_quoted(name)} takes a text or a list of texts."
                self.problems.append(error("wrong-type", detail, each.value.origin))
                return None
            texts = [self._text(node) for node in nodes if isinstance(node, Scalar)]
            conditions[name] = ({text for text in texts if text is not None}, each.key.origin)
        return conditions

    def _text(self, node: Scalar) -> str | None:
        filled = self.references.fill(node)
        faults = list(text_faults(filled, node.origin))
        self.problems += faults
        return None if faults or filled.faults else filled.text

    def _with_references(self, node: Scalar) -> Scalar:
        """A value of an inline source with its references filled in: it is part of the spec, not
        data."""
        return replace(node, text=self._text(node) or "", plain=node.is_null)

    def _fits(self, key: Scalar, body: Table, rows: tuple[Row, ...]) -> bool:
        """Whether the template can be filled in from these rows at all."""
        if not refers_to_row(key.text):
            detail = (
                f"The key {key_quoted(key.text)} would be the same for every row. Put a column into"
                " it that tells the rows apart, such as `${each.name}`."
            )
            self.problems.append(error("constant-key", detail, key.origin))
            return False
        self._size += len(rows) * body.size
        if self._size > MOST_NODES:
            detail = f"With its templates filled in the spec has more than {MOST_NODES:,} values."
            self.problems.append(error("too-many-nodes", detail, key.origin))
            return False
        columns = _columns_of(rows)
        unknown = [
            (node.origin, name)
            for node in (key, *scalars_of(body))
            for name in columns_in(node.text)
            if rows and name not in columns
        ]
        for origin, name in unknown:
            wanted = key_quoted(f"${{each.{name}}}")
            detail = f"{wanted} is in no row. {way_out(name, columns)}"
            self.problems.append(error("unknown-column", detail, origin))
        return not unknown


def _columns_of(rows: tuple[Row, ...]) -> Mapping[str, None]:
    """The names of all rows, in their order."""
    return {name: None for row in rows for name in row.values}
