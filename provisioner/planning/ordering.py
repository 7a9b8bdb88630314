"""What has to happen before what: from parents, references and each type's `after`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter

from provisioner.model import Address
from provisioner.planning.plan import Change, Step, Verb
from provisioner.resource_type import Shape, Types, lineage

Edges = Mapping[Address, frozenset[Address]]
GIVING_BACK = (Verb.DELETE, Verb.RELEASE, Verb.CLOSE)


def order_steps(
    drafts: Iterable[tuple[Verb, Change]], extra: Edges, types: Types
) -> tuple[Step, ...]:
    """The steps, each with what it waits for, in an order that can be run.

    `extra` are edges beyond those of the types: address -> what it waits for. Raises
    `graphlib.CycleError` for a cycle, which types and specs cannot make.
    """
    drafts = tuple(drafts)
    verbs: dict[Address, Verb] = {change.address: verb for verb, change in drafts}
    waits: dict[Address, set[Address]] = {address: set() for address in verbs}
    for _, change in drafts:
        for earlier in {*_prerequisites(change, types), *extra.get(change.address, ())}:
            if earlier not in verbs:
                continue
            if verbs[earlier] is Verb.DELETE and _goes_first(change, verbs, earlier, types):
                waits[earlier].add(change.address)
            else:
                waits[change.address].add(earlier)
    rank = {
        address: n for n, address in enumerate(TopologicalSorter(_sorted(waits)).static_order())
    }
    steps = (Step(verb, change, tuple(sorted(waits[change.address]))) for verb, change in drafts)
    return tuple(sorted(steps, key=lambda step: rank[step.address]))


def _goes_first(
    change: Change, verbs: Mapping[Address, Verb], deleted: Address, types: Types
) -> bool:
    """Whether a delete has to wait for this: what goes as well, and what lets go of a resource."""
    return verbs[change.address] in GIVING_BACK or types[deleted.type].shape is Shape.NAMED


def _sorted(waits: Mapping[Address, set[Address]]) -> dict[Address, list[Address]]:
    return {address: sorted(waits[address]) for address in sorted(waits)}


def _prerequisites(change: Change, types: Types) -> Iterator[Address]:
    """Everything that comes before this resource where both are made."""
    address = change.address
    yield from lineage(address, types)[1:]
    resource_type = types[address.type]
    parent_path = address.path[:-1] if resource_type.has_label else address.path
    for name in _all_after(address.type, types):
        yield Address(name, parent_path)
    for resource in (change.before, change.after):
        if resource is not None:
            yield from (each for each in resource.attributes.values() if isinstance(each, Address))


def _all_after(name: str, types: Types) -> set[str]:
    """The types that come before this one, directly or by way of others.

    Transitive, because a type between may have nothing to do in this plan.
    """
    found: set[str] = set()
    for earlier in types[name].after:
        found |= {earlier} | _all_after(earlier, types)
    return found
