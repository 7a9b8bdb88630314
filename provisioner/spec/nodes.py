"""A YAML file as a tree in which everything knows where it stands.

Nothing is typed here: a scalar is its source text. Merge keys are merged, and an alias is the
node that it stands for, at the alias's position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from provisioner.errors import Origin

NULLS = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Row:
    """What one turn of a `for_each` gives: `${each.NAME}` to its value, and where it stands."""

    values: Mapping[str, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Scalar:
    """`plain` says that it stands without quotes, and so may be a number, a boolean or null.

    `row` is what `${each.NAME}` in it refers to: None outside of a `for_each`, and where it refers
    to nothing.
    """

    text: str
    plain: bool
    origin: Origin
    row: Row | None = None
    size: int = field(default=1, init=False)

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands where an alias means nothing; that has been reported already."""

    origin: Origin
    size: int = field(default=1, init=False)


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping. `size` counts all nodes in it, those behind aliases each time."""

    entries: Mapping[str, Entry]
    origin: Origin
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    origin: Origin
    size: int


Node = Scalar | Table | Listing | Unknown
Tree = TypeVar("Tree", Table, Listing)


def with_scalars(tree: Tree, change: Callable[[Scalar], Node]) -> Tree:
    """The tree with another node in the place of each value that is a scalar. Keys stay."""

    def changed(node: Node) -> Node:
        match node:
            case Scalar():
                return change(node)
            case Table():
                return with_scalars(node, change)
            case Listing():
                return with_scalars(node, change)
            case Unknown():
                return node

    if isinstance(tree, Listing):
        items = tuple(changed(item) for item in tree.items)
        return replace(tree, items=items, size=1 + sum(item.size for item in items))
    entries = {name: Entry(each.key, changed(each.value)) for name, each in tree.entries.items()}
    size = 1 + sum(each.key.size + each.value.size for each in entries.values())
    return replace(tree, entries=entries, size=size)


def entry_at(table: Table, path: Sequence[str]) -> Entry | None:
    """The entry at the end of a path of keys, or None where the path breaks off."""
    entry = table.entries.get(path[0])
    for key in path[1:]:
        if entry is None or not isinstance(entry.value, Table):
            return None
        entry = entry.value.entries.get(key)
    return entry


def place_of(root: Node, path: Sequence[str | int]) -> tuple[Node, Scalar | None]:
    """The node at a path that exists, and its key where it has one."""
    node, key = root, None
    for part in path:
        if isinstance(node, Table) and isinstance(part, str):
            entry = node.entries[part]
            node, key = entry.value, entry.key
        elif isinstance(node, Listing) and isinstance(part, int):
            node, key = node.items[part], None
    return node, key
