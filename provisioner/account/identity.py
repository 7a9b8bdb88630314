"""Which live resource is which declared one: by pinned id, else by exact name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from provisioner.account.items import id_of, is_of_type, name_of_item
from provisioner.account.xml import Element
from provisioner.errors import Problem, Severity
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
    match = Match()
    left = {id_of(row, resource_type) or "": row for row in rows if is_of_type(row, resource_type)}
    by_name: list[Resource] = []
    for resource in declared:
        pin = desired.pins.get(resource.address)
        if pin is None:
            by_name.append(resource)
        elif (row := left.pop(pin, None)) is not None:
            match.found[resource.address] = row
        else:
            match.problems.append(_pin_gone(resource.address, pin, desired))
    named: dict[str, list[str]] = {}
    for server_id, row in left.items():
        named.setdefault(name_of_item(row, resource_type), []).append(server_id)
    for resource in by_name:
        name = str(resource.attributes["name"])
        ids = named.get(name, [])
        if len(ids) == 1:
            match.found[resource.address] = left.pop(ids[0])
        elif ids:
            match.problems.append(_several(resource.address, name, ids, desired))
        else:
            match.problems += _nearly(resource.address, name, named, desired)
    match.unmanaged = list(left.values())
    return match


def _pin_gone(address: Address, pin: str, desired: DesiredState) -> Problem:
    return Problem(
        Severity.ERROR,
        "pinned-id-gone",
        "The pinned id does not exist",
        f"{address} is pinned to id {pin}, and the account has none of that id. Correct the "
        "`id:`, or remove it to find the resource by name.",
        desired.origin(address),
    )


def _several(address: Address, name: str, ids: list[str], desired: DesiredState) -> Problem:
    lines = " or ".join(f'`id: "{each}"`' for each in sorted(ids))
    return Problem(
        Severity.ERROR,
        "several-of-one-name",
        "Several live resources have this name",
        f"The account has {len(ids)} of type {address.type} named {name!r}. Say which one is "
        f"meant by {lines} below {address}.",
        desired.origin(address),
    )


def _nearly(
    address: Address, name: str, named: dict[str, list[str]], desired: DesiredState
) -> Iterator[Problem]:
    """A name that differs in case or surrounding space only is too likely to be the same thing."""
    for live_name, ids in named.items():
        if live_name.strip().casefold() == name.strip().casefold():
            yield Problem(
                Severity.ERROR,
                "nearly-the-same-name",
                "A live name differs only in case or space",
                f"The spec says {name!r}, the account has {live_name!r} (id {', '.join(ids)}). "
                f"If that is the one, declare `name: {live_name!r}`; if not, choose another name.",
                desired.origin(address),
            )
