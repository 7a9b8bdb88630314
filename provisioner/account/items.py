"""From an item's XML to a resource's attributes, by the rows of its type."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.account.xml import Element, find, text_at
from provisioner.model import Address, Value
from provisioner.resource_type import Field, Kind, ResourceType

TRUE_FALSE = {"true": True, "false": False}


def read_attributes(
    item: Element, resource_type: ResourceType, referred: Mapping[str, Address]
) -> dict[str, Value]:
    """Everything that the rows know and the item carries. `referred`: server id -> address."""
    values = {row.name: read_field(item, row, referred) for row in resource_type.fields}
    return {name: value for name, value in values.items() if value is not None}


def read_field(item: Element, row: Field, referred: Mapping[str, Address]) -> Value | None:
    """One field, normalised; None where the item does not carry it or it is a secret."""
    if row.kind is Kind.SECRET or not row.elements:
        return None
    if row.kind is Kind.CHOICES:
        return _read_choices(item, row)
    text = row.read([text_at(item, path) for path in (*row.elements, *row.legacy)])
    if text is None:
        return None
    if row.kind is Kind.BOOLEAN:
        return TRUE_FALSE.get(text.lower())
    if row.kind is Kind.REFERENCE:
        return referred.get(text) or Address(row.refers_to, (f"id {text}",))
    return row.normalise(text)


def _read_choices(item: Element, row: Field) -> Value | None:
    found = next((each for path in row.elements if (each := find(item, path)) is not None), None)
    return None if found is None else tuple(sorted({(each.text or "").strip() for each in found}))


def carries(item: Element, row: Field) -> bool:
    """Whether an item has an element for this field, be it empty."""
    return any(text_at(item, path) is not None for path in (*row.elements, *row.legacy))


def id_of(item: Element, resource_type: ResourceType) -> str | None:
    texts = (text_at(item, path) for path in resource_type.id_elements)
    return next((text for text in texts if text), None)


def name_of_item(item: Element, resource_type: ResourceType) -> str:
    """The live name, exactly as it is: spaces around it are part of it."""

    for path in resource_type.field_named("name").elements:
        found = find(item, path)
        if found is not None and found.text:
            return str(found.text)
    return ""


def is_of_type(item: Element, resource_type: ResourceType) -> bool:
    """Whether a row of a list is of this type at all: voice applications are in the list too."""
    return all(
        text_at(item, path) in (None, "", *allowed) for path, allowed in resource_type.only.items()
    )
