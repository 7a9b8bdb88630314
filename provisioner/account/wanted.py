"""What of an account has to be read for a spec."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from provisioner.model import Address, DesiredState, Resource
from provisioner.resource_type import Shape, Types, parent_address, parts_of

Wanted = Mapping[Address | None, frozenset[str]]


def wanted_types(
    desired: DesiredState,
    types: Types,
    numbers_of: Collection[Address],
    listed: Collection[str],
    whole: Collection[Address],
) -> Wanted:
    """Which types have to be read below each parent."""
    wanted: dict[Address | None, set[str]] = {}
    for address in (*desired.resources, *desired.absent):
        wanted.setdefault(parent_address(address, types), set()).add(address.type)
    for address in desired.resources:
        wanted[parent_address(address, types)].update(types[address.type].needs)
    for address in desired.absent:
        holders = {each.name for each in types.values() if address.type in each.holds}
        wanted[parent_address(address, types)] |= holders
    blocks = {each.name for each in types.values() if each.shape is Shape.BLOCKS}
    for address in desired.resources:
        if types[address.type].shape is Shape.MEMBERSHIP:
            wanted[parent_address(address, types)] |= blocks
    for address in numbers_of:
        wanted.setdefault(address, set()).update(blocks)
    for address in whole:
        wanted.setdefault(address, set()).update(
            each.name for each in parts_of(address.type, types)
        )
    for name in {*listed, *desired.prune}:
        parents = [each for each in desired.resources if each.type == types[name].parent]
        for parent in parents if types[name].parent else [None]:
            wanted.setdefault(parent, set()).add(name)
    return {parent: frozenset(names) for parent, names in wanted.items()}


Declared = Mapping[tuple[Address | None, str], Sequence[Resource]]


def by_parent(desired: DesiredState, types: Types) -> Declared:
    """The declared resources of each type below each parent."""
    declared: dict[tuple[Address | None, str], list[Resource]] = {}
    for resource in desired.resources.values():
        parent = parent_address(resource.address, types)
        declared.setdefault((parent, resource.address.type), []).append(resource)
    return declared
