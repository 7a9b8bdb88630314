"""Where a resource stands on the page: below what it is part of, in the order of the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from provisioner.model import Address
from provisioner.resource_type import Shape, Types, lineage


def arranged(addresses: Iterable[Address], types: Types) -> list[Address]:
    """The addresses as a tree is read: root by root, what is part of one right after it."""
    ranks = type_ranks(types)
    return sorted(addresses, key=lambda address: position(address, types, ranks))


def paragraph_of(address: Address, types: Types) -> Address:
    """The nearest resource with a name of its own: what hangs on it is shown together with it."""
    return next(each for each in lineage(address, types) if types[each.type].shape is Shape.NAMED)


def type_ranks(types: Types) -> Mapping[str, int]:
    earlier = {
        name: sorted({each.parent, *each.after} & types.keys()) for name, each in types.items()
    }
    return {name: rank for rank, name in enumerate(TopologicalSorter(earlier).static_order())}


def position(
    address: Address, types: Types, ranks: Mapping[str, int]
) -> tuple[tuple[int, str], ...]:
    return tuple(
        (ranks[each.type], each.path[-1] if types[each.type].has_label else "")
        for each in reversed(lineage(address, types))
    )
