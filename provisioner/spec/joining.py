"""One site in several files: the file that declares it, and those that only add sippeers to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from provisioner.errors import Problem
from provisioner.resource_type import Shape, Types
from provisioner.spec.nodes import Entry, Node, Scalar, Table
from provisioner.spec.problems import error
from provisioner.spec.schema import children
from provisioner.spec.templates import is_template
from provisioner.spec.wording import key_quoted


def join(roots: Sequence[Node], types: Types, problems: list[Problem]) -> list[Node]:
    """The trees with each addition moved to where its resource is declared.

    An addition is a body that says nothing of the resource itself. Where all that files have of
    one resource are additions, the first declares it. Two that are none are left as they are, to
    be refused as declared twice.
    """
    joined = list(roots)
    for resource_type in children(types, ""):
        inside = _named_sections(types, resource_type.name)
        if resource_type.shape is Shape.NAMED and inside:
            joined = _join_section(joined, resource_type.section, inside, problems)
    return joined


def _named_sections(types: Types, parent: str) -> frozenset[str]:
    named = (each for each in children(types, parent) if each.shape is Shape.NAMED)
    return frozenset(each.section for each in named)


def _join_section(
    roots: list[Node], section: str, inside: Collection[str], problems: list[Problem]
) -> list[Node]:
    bodies = [_bodies(root, section) for root in roots]
    homes: dict[str, int] = {}
    for wanted in (False, True):
        for index, found in enumerate(bodies):
            for label, entry in found.items():
                if _is_addition(entry.value, inside) is wanted:
                    homes.setdefault(label, index)
    added: dict[str, list[Table]] = defaultdict(list)
    for index, found in enumerate(bodies):
        for label, entry in [*found.items()]:
            if homes[label] != index and _is_addition(entry.value, inside):
                added[label].append(_table(found.pop(label).value))
    for label, tables in added.items():
        home = bodies[homes[label]]
        home[label] = Entry(home[label].key, _with_additions(home[label].value, tables, problems))
    if not added:
        return roots
    return [_with_bodies(*each, section) for each in zip(roots, bodies, strict=True)]


def _bodies(root: Node, section: str) -> dict[str, Entry]:
    entry = root.entries.get(section) if isinstance(root, Table) else None
    return dict(entry.value.entries) if entry and isinstance(entry.value, Table) else {}


def _is_addition(body: Node, inside: Collection[str]) -> bool:
    return (
        isinstance(body, Table)
        and bool(body.entries)
        and body.entries.keys() <= set(inside)
        and all(isinstance(entry.value, Table) for entry in body.entries.values())
    )


def _with_additions(home: Node, tables: Iterable[Table], problems: list[Problem]) -> Node:
    if isinstance(home, Scalar) and home.is_null:
        home = Table({}, home.origin, 1)
    if not isinstance(home, Table):
        return home
    entries = dict(home.entries)
    sections = {name: _bodies(home, name) for table in tables for name in table.entries}
    for table in tables:
        for name, section in table.entries.items():
            entries.setdefault(name, section)
            _add(sections[name], _table(section.value).entries.values(), problems)
    for name, found in sections.items():
        size = sum(entry.value.size for entry in found.values())
        entries[name] = Entry(entries[name].key, Table(found, entries[name].value.origin, size))
    return replace(home, entries=entries, size=sum(each.value.size for each in entries.values()))


def _add(found: dict[str, Entry], more: Iterable[Entry], problems: list[Problem]) -> None:
    for entry in more:
        label = entry.key.text
        if label not in found:
            found[label] = entry
        elif is_template(entry.value) or is_template(found[label].value):
            # The same text, and another label in each row: expansion asks for no more than order.
            found[f"{label}\0{len(found)}"] = entry
        else:
            detail = (
                f"{key_quoted(label)} is declared at {found[label].key.origin} as well."
                " Declare it in one place."
            )
            problems.append(error("declared-twice", detail, entry.key.origin))


def _with_bodies(root: Node, found: dict[str, Entry], section: str) -> Node:
    if not isinstance(root, Table) or section not in root.entries:
        return root
    entry = root.entries[section]
    if not isinstance(entry.value, Table):
        return root
    changed = Entry(entry.key, replace(entry.value, entries=found))
    return replace(root, entries={**root.entries, section: changed})


def _table(node: Node) -> Table:
    assert isinstance(node, Table)  # noqa: S101 -- an addition is one, and so is all in it
    return node
