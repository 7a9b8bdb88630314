"""What an update sends of an item that others wrote to as well: nothing that is there gets lost."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.account.xml import Element, drop, find, overlay, text_at
from provisioner.errors import AccountError
from provisioner.resource_type import Field, Kind, ResourceType


def updated_whole(item: Element, declared: Element, resource_type: ResourceType) -> Element:
    """The item as read with the declared body laid over it, for a PUT that replaces everything.

    Of a field's several names only one family may be written: a declared legacy name displaces all
    others, and whoever has a current one, declared or read, loses the legacy ones. Of a list
    nothing stays.
    Raises AccountError where the replacement would clear a password that nobody can read.
    """
    for row in resource_type.fields:
        if row.kind is Kind.SECRET:
            _refuse_to_clear(row, item, declared, resource_type)
        for path in _displaced(row, item, declared):
            drop(item, path)
    for path in resource_type.not_sent:
        drop(item, path)
    return overlay(item, declared)


def _displaced(row: Field, item: Element, declared: Element) -> Iterator[str]:
    listed = row.elements if row.kind is Kind.CHOICES else ()
    if any(find(declared, path) is not None for path in (*row.legacy, *listed)):
        yield from (*row.elements, *row.legacy)
    elif any(find(each, path) is not None for each in (declared, item) for path in row.elements):
        yield from row.legacy


def _refuse_to_clear(
    row: Field, item: Element, declared: Element, resource_type: ResourceType
) -> None:
    if any(text_at(declared, path) for path in (*row.elements, *row.legacy)):
        return
    beside = [each for each in resource_type.fields if each.group == row.group and each is not row]
    if any(text_at(item, path) for each in beside for path in (*each.elements, *each.legacy)):
        raise AccountError(
            f"This service only replaces {resource_type.section} as a whole, which would clear "
            f"{row.name}, and nobody can read that back. Declare it and run again with "
            "--resend-secrets."
        )
