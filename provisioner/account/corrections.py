"""Addresses that the service refuses with a better one at hand (409, error 12112)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provisioner.errors import AccountError, Recommended
from provisioner.model import Resource
from provisioner.planning.plan import AttributeChange, Change
from provisioner.resource_type import ResourceType


def corrections_of(
    refused: Recommended, change: Change, resource_type: ResourceType
) -> tuple[AttributeChange, ...]:
    """What is recommended instead of what is declared, or else there, field by field."""
    live = {} if change.before is None else change.before.attributes
    found = []
    for row in resource_type.spec_fields:
        declared = change.body.attributes.get(row.name, live.get(row.name))
        texts = (refused.recommended.get(path.rpartition("/")[2]) for path in row.elements)
        better = next((text for text in texts if row.group and text), None)
        if better is not None and row.normalise(better) != row.normalise(str(declared or "")):
            found.append(AttributeChange(row.name, declared, better))
    return tuple(found)


def corrected(change: Change, corrections: Iterable[AttributeChange]) -> Change:
    """The change with what is recommended in the place of what is declared."""
    better = {each.path: each.after for each in corrections if each.after is not None}
    live = {} if change.before is None else change.before.attributes
    kept = tuple(each for each in change.attributes if each.path not in better)
    added = tuple(AttributeChange(path, live.get(path), after) for path, after in better.items())
    body = Resource(change.address, {**change.body.attributes, **better})
    return replace(change, after=body, attributes=(*kept, *added))


def not_accepted(change: Change, corrections: Iterable[AttributeChange]) -> AccountError:
    differences = "; ".join(
        f"{each.path}: {'not set' if each.before is None else each.before} → {each.after}"
        for each in corrections
    )
    return AccountError(
        f"the account knows the address of {change.address} otherwise (error 12112): "
        f"{differences}. Correct the spec, or run again with --accept-addresses"
    )
