"""A part of an account: some of its resources, and what they need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from provisioner.errors import SettingsError
from provisioner.model import Address, LiveState
from provisioner.resource_type import Types, lineage
from provisioner.spec.labels import name_of
from provisioner.spec.wording import closest, listed, quoted


def select(live: LiveState, wanted: Mapping[str, Collection[str]], types: Types) -> LiveState:
    """The roots of the wanted names, by type, with all that is part of them or referred to.

    Where no name is wanted, everything. Raises SettingsError for a name that nothing has.
    """
    if not any(wanted.values()):
        return live
    for type_name, names in wanted.items():
        for name in names:
            _check_name(name, type_name, live)
    kept = {
        address
        for address in live.resources
        if (root := lineage(address, types)[-1]) in live.resources
        and name_of(live.resources[root]) in wanted.get(root.type, ())
    }
    kept |= {
        value
        for address in kept
        for value in live.resources[address].attributes.values()
        if isinstance(value, Address)
    }
    return replace(
        live,
        resources={address: each for address, each in live.resources.items() if address in kept},
    )


def _check_name(name: str, type_name: str, live: LiveState) -> None:
    names = {name_of(each) for each in live.resources.values() if each.address.type == type_name}
    names |= {each.path[-1] for each in live.unmanaged if each.type == type_name}
    if name in names:
        return
    way_out = "It has none."
    if meant := closest(name, names):
        way_out = f"Did you mean {quoted(meant)}?"
    elif names:
        way_out = f"It has {listed([quoted(each) for each in sorted(names)], 'and')}."
    raise SettingsError(f"The account has no {type_name} {quoted(name)}. {way_out}")
