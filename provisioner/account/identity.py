"""Which live resource is which declared one: by pinned id, else by exact name, else by old name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.account.items import id_of, is_of_type, name_of_item, read_attributes
from provisioner.account.xml import Element
from provisioner.errors import Problem, Severity, Unreadable
from provisioner.model import Address, DesiredState, Resource
from provisioner.resource_type import ResourceType


@dataclass(slots=True)
class Match:
    """The rows of a list: those that are declared, those that are not, and what is unclear."""

    found: dict[Address, Element] = field(default_factory=dict)
    unmanaged: list[Element] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def match_rows(
    declared: Iterable[Resource],
    rows: Iterable[Element],
    resource_type: ResourceType,
    desired: DesiredState,
) -> Match:
    """Raises Unreadable as `rows_by_id` does."""
    match = Match()
    left = rows_by_id(rows, resource_type)
    by_name: list[Resource] = []
    for resource in declared:
        pin = desired.pins.get(resource.address)
        if pin is None:
            by_name.append(resource)
        elif (row := left.pop(pin, None)) is not None:
            match.found[resource.address] = row
    named: dict[str, list[str]] = {}
    for server_id, row in left.items():
        named.setdefault(name_of_item(row, resource_type), []).append(server_id)
    alike: dict[str, list[str]] = {}
    for name in named:
        alike.setdefault(_folded(name), []).append(name)
    for resource in by_name:
        name = str(resource.attributes["name"])
        former = desired.former_names.get(resource.address)
        ids = named.get(name, [])
        for other in alike.get(_folded(name), []) if not ids else []:
            if other != former:
                match.problems.append(_nearly(resource.address, name, other, named[other], desired))
        if not ids and former is not None:
            ids = named.get(former, [])
        if len(ids) == 1:
            match.found[resource.address] = left.pop(ids[0])
        elif ids:
            same_name = {each: left[each] for each in sorted(ids)}
            match.problems.append(_several(resource, same_name, resource_type, desired))
    match.unmanaged = list(left.values())
    return match


def rows_by_id(rows: Iterable[Element], resource_type: ResourceType) -> dict[str, Element]:
    """The rows that are of a type, by id.

    Raises Unreadable for a row without an id: it is there, and nothing can be done with it.
    """
    found: dict[str, Element] = {}
    for row in rows:
        if is_of_type(row, resource_type):
            server_id = id_of(row, resource_type)
            if server_id is None:
                name = name_of_item(row, resource_type)
                raise Unreadable(f"The account lists {resource_type.name} {name!r} without an id.")
            found[server_id] = row
    return found


def _folded(name: str) -> str:
    return name.strip().casefold()


def _several(
    resource: Resource,
    rows: Mapping[str, Element],
    resource_type: ResourceType,
    desired: DesiredState,
) -> Problem:
    address, name = resource.address, name_of_item(next(iter(rows.values())), resource_type)
    apart = _differences(rows.values(), resource_type)
    told = "; ".join(
        f'`id: "{server_id}"`{differences}'
        for server_id, differences in zip(rows, apart, strict=True)
    )
    return Problem(
        Severity.ERROR,
        "several-of-one-name",
        "Several live resources have this name",
        f"The account has {len(rows)} of type {address.type} named {name!r}. Say below {address} "
        f"which one is meant: {told}.",
        desired.origin(address),
    )


def _differences(rows: Iterable[Element], resource_type: ResourceType) -> Iterator[str]:
    """For each row what tells it apart, such as ` (description: Old)`."""
    known = [read_attributes(row, resource_type, {}) for row in rows]
    shared = set.intersection(*(set(each.items()) for each in known))
    parts = {name for row in resource_type.spec_fields for name in row.instead}
    for each in known:
        own = [
            f"{name}: {value}"
            for name, value in each.items()
            if (name, value) not in shared and name not in parts
        ]
        yield f" ({', '.join(own)})" if own else ""


def _nearly(
    address: Address, name: str, live_name: str, ids: list[str], desired: DesiredState
) -> Problem:
    """A name that differs in case or surrounding space only is too likely to be the same thing."""
    return Problem(
        Severity.ERROR,
        "nearly-the-same-name",
        "A live name differs only in case or space",
        f"The spec says {name!r}, the account has {live_name!r} (id {', '.join(ids)}). "
        f"If that is the one, declare `name: {live_name!r}`; if not, choose another name.",
        desired.origin(address),
    )
