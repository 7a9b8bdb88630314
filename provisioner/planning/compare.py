"""Declared attributes against live ones. Only what is declared is compared."""

from __future__ import annotations

from collections.abc import Collection

from provisioner.model import Resource, Value
from provisioner.planning.plan import AttributeChange
from provisioner.resource_type import Field, Kind, ResourceType


def differences(
    declared: Resource,
    live: Resource | None,
    resource_type: ResourceType,
    resent: Collection[str] = (),
) -> tuple[AttributeChange, ...]:
    """The declared attributes that the live resource does not have, in the order of the rows.

    Where there is no live resource, all of them. Secrets cannot be compared with the account: they
    differ where the resource is new, where another member of their group differs, or where they
    are `resent`.
    """
    found: dict[str, AttributeChange] = {}
    for row in resource_type.spec_fields:
        if row.name not in declared.attributes:
            continue
        before = None if live is None else live.attributes.get(row.name)
        after = declared.attributes[row.name]
        if live is None or row.name in resent or not same(row, before, after):
            found[row.name] = AttributeChange(row.name, before, after)
    if live is not None:
        changed_groups = {resource_type.field_named(path).group for path in found} - {""}
        for row in resource_type.spec_fields:
            secret = declared.attributes.get(row.name)
            if row.kind is Kind.SECRET and row.group in changed_groups and secret is not None:
                found[row.name] = AttributeChange(row.name, None, secret)
    return tuple(found[row.name] for row in resource_type.spec_fields if row.name in found)


def same(row: Field, before: Value | None, after: Value | None) -> bool:
    """Whether a live value is as declared, for all that anyone can tell. An empty text is the same
    as none."""
    if row.kind is Kind.SECRET:
        return True
    if isinstance(after, str):
        before = "" if before is None else before
        return isinstance(before, str) and row.normalise(before) == row.normalise(after)
    return before == after


def update_body(
    declared: Resource, found: tuple[AttributeChange, ...], resource_type: ResourceType
) -> Resource:
    """What an update sends: what changed, in whole groups, or the whole of what is declared."""
    if not resource_type.updates_in_part:
        return declared
    paths = {each.path for each in found}
    groups = {resource_type.field_named(path).group for path in paths} - {""}
    return Resource(
        declared.address,
        {
            name: value
            for name, value in declared.attributes.items()
            if name in paths or resource_type.field_named(name).group in groups
        },
    )
