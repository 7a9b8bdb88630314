"""What a table of a spec says of the fields of a resource type, as values of the model.

What the schema refuses is left out without a word: it has been told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.model import Address, Secret, Value
from provisioner.resource_type import Field, Kind
from provisioner.spec.nodes import Listing, Node, Scalar, Table, entry_at

PYTHON_TYPES = {Kind.BOOLEAN: bool, Kind.INTEGER: int}


def declared_fields(
    rows: tuple[Field, ...], body: Table, values: Mapping[str, Any], names: Mapping[int, str]
) -> Iterator[tuple[str, tuple[Value, Node]]]:
    """Field name, value and node of each field that is there and of the right type.

    `names` has the source of each secret, by the `id()` of its node.
    """
    for row in rows:
        path = row.name.split(".")
        entry = entry_at(body, path)
        if entry is None:
            continue
        value: Any = values
        for key in path:
            value = value[key]
        if row.kind is Kind.NUMBERS:
            if numbers := {number for number, _ in numbers_in(row, entry.value, value)}:
                yield row.name, (tuple(sorted(numbers)), entry.value)
        elif row.kind is Kind.CHOICES:
            if chosen := _chosen(row, value):
                yield row.name, (chosen, entry.value)
        elif isinstance(entry.value, Scalar) and type(value) is PYTHON_TYPES.get(row.kind, str):
            name = names.get(id(entry.value), row.name)
            yield row.name, (_value(row, value, name), entry.value)


def numbers_in(row: Field, listing: Node, values: Any) -> Iterator[tuple[str, Node]]:
    """Each telephone number of a list, as E.164, and its place."""
    if isinstance(listing, Listing) and isinstance(values, list):
        for node, text in zip(listing.items, values, strict=True):
            if isinstance(text, str) and row.pattern and re.fullmatch(row.pattern, text):
                yield row.normalise(text), node


def _chosen(row: Field, values: Any) -> tuple[str, ...]:
    given = values if isinstance(values, list) else ()
    return tuple(sorted({each for each in given if each in row.choices}))


def _value(row: Field, value: Any, name: str) -> Value:
    match row.kind:
        case Kind.BOOLEAN | Kind.INTEGER:
            typed: Value = value
            return typed
        case Kind.REFERENCE:
            return Address(row.refers_to, (value,))
        case Kind.SECRET:
            return Secret(name, value)
        case Kind.TEXT | Kind.NUMBERS | Kind.CHOICES:
            text: str = value
            return text
