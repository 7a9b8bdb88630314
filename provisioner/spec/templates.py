"""Templates, the bodies with a `for_each`, and how one row goes into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioner.spec.nodes import Entry, Listing, Node, Row, Scalar, Table
from provisioner.spec.references import Malformed, Part, Reference, Source, parts_of, refers_to_row

FOR_EACH = "for_each"
WHERE = "where"
OUTER = "outer"
OWN_KEYS = (FOR_EACH, WHERE)
"""The keys of a template that are no part of what it becomes."""


class EqualKeys(Exception):
    """Two keys of one mapping that the row makes the same."""

    def __init__(self, key: Scalar, first: Scalar) -> None:
        self.key = key
        self.first = first
        super().__init__(key.text)


def is_template(node: Node) -> bool:
    return isinstance(node, Table) and FOR_EACH in node.entries


def scalars_of(node: Node) -> Iterator[Scalar]:
    """All that a row can be given to, keys as well.

    Of a template inside only what says which rows it has: the rest gets those.
    """
    match node:
        case Scalar():
            yield node
        case Listing():
            for item in node.items:
                yield from scalars_of(item)
        case Table():
            for entry in node.entries.values():
                if isinstance(entry.value, Table) and is_template(entry.value):
                    for key in OWN_KEYS:
                        if own := entry.value.entries.get(key):
                            yield from scalars_of(own.value)
                else:
                    yield entry.key
                    yield from scalars_of(entry.value)


def node_for_row(node: Node, row: Row) -> Node:
    """The node for one row. Where nothing in it refers to a row it is the same for all.

    Raises EqualKeys.
    """
    match node:
        case Scalar() if refers_to_row(node.text):
            return _placed(node, row)
        case Listing():
            items = tuple(node_for_row(item, row) for item in node.items)
            return replace(node, items=items) if _differ(items, node.items) else node
        case Table():
            entries = tuple(_entry_for_row(entry, row) for entry in node.entries.values())
            if not _differ(entries, tuple(node.entries.values())):
                return node
            return replace(node, entries=_by_key(entries))
        case _:
            return node


def key_for_row(key: Scalar, row: Row) -> Scalar:
    """The key with its columns filled in; other references in it are left for the refusal."""
    if not refers_to_row(key.text):
        return key
    return replace(_placed(key, row), text=text_for_row(key.text, row))


def text_for_row(text: str, row: Row) -> str:
    """The text with its columns filled in and other references as they are written."""
    try:
        return "".join(_text(part, row) for part in parts_of(text))
    except Malformed:
        return text


def _entry_for_row(entry: Entry, row: Row) -> Entry:
    body = entry.value
    if isinstance(body, Table) and is_template(body):
        own = {key: body.entries[key] for key in OWN_KEYS if key in body.entries}
        filled = node_for_row(replace(body, entries=own), row)
        assert isinstance(filled, Table)  # noqa: S101 -- it was one before
        inside = {**body.entries, **filled.entries}
        # By this the rows inside will know the one outside.
        source = inside[FOR_EACH]
        inside[FOR_EACH] = Entry(replace(source.key, row=row), source.value)
        return Entry(entry.key, replace(body, entries=inside))
    key, value = key_for_row(entry.key, row), node_for_row(body, row)
    return entry if key is entry.key and value is body else Entry(key, value)


def row_inside(row: Row, outside: Row | None) -> Row:
    """The row with the columns of the one outside as well, as `outer.NAME`."""
    if outside is None:
        return row
    outer = {f"{OUTER}.{name}": value for name, value in outside.values.items()}
    return Row({**outer, **row.values}, row.origin)


def _by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        first = found.setdefault(entry.key.text, entry)
        if first is not entry:
            raise EqualKeys(entry.key, first.key)
    return found


def _placed(node: Scalar, row: Row) -> Scalar:
    return replace(node, row=row, origin=replace(node.origin, rows=(row.origin,)))


def _text(part: Part, row: Row) -> str:
    match part:
        case Reference(source=Source.ROW, argument=name, default=default):
            return row.values.get(name) or default or ""
        case Reference(written=written):
            return written
        case _:
            return part


def _differ(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether anything is another object. Comparing would go through the whole tree each time."""
    return any(a is not b for a, b in zip(one, other, strict=True))
