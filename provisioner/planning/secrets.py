"""Secrets, which the account never tells: what is known of them is what this program sent."""

from __future__ import annotations

from provisioner.model import LiveState, Resource
from provisioner.resource_type import Kind, ResourceType


def secrets_in(declared: Resource, resource_type: ResourceType) -> tuple[str, ...]:
    """The names of the secret fields that are declared, in the order of the rows."""
    return tuple(
        row.name
        for row in resource_type.spec_fields
        if row.kind is Kind.SECRET and row.name in declared.attributes
    )


def secrets_changed(
    declared: Resource, live: LiveState, resource_type: ResourceType
) -> tuple[str, ...]:
    """Those of them that are known to differ from what was last sent."""
    return tuple(
        name
        for name in secrets_in(declared, resource_type)
        if live.as_sent.get((declared.address, name)) is False
    )
