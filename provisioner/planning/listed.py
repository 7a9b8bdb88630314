"""Blocks that list their telephone numbers: what has become of each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model import LiveState, NumberOrder, Resource
from provisioner.planning.claims import listed_numbers
from provisioner.planning.numbers import BlockCount
from provisioner.resource_type import Types, parent_address


@dataclass(frozen=True, slots=True)
class Listed:
    """The numbers of one block. Each is in one of the first four.

    `moving` maps a number to the id of the sippeer that it is on. `unsure` are among those that
    are there: the account has them and does not say where.
    """

    there: tuple[str, ...]
    coming: tuple[str, ...]
    moving: Mapping[str, str]
    missing: tuple[str, ...]
    unsure: tuple[str, ...]

    @property
    def count(self) -> BlockCount:
        there, coming, moving = len(self.there), len(self.coming), len(self.moving)
        return BlockCount(there + coming + moving + len(self.missing), there, coming, moving)


def sort_listed(
    block: Resource, claimed: Iterable[str], live: LiveState, types: Types
) -> Listed | None:
    """None for a block that does not list its numbers."""
    listed = set(listed_numbers([block]))
    if not listed:
        return None
    sippeer = parent_address(block.address, types)
    own_id = live.ids.get(sippeer) if sippeer else None
    orders = live.orders.get(block.address, ())
    moving = {
        number: place
        for number, place in live.whereabouts.items()
        if number in listed and place not in ("", own_id)
    }
    unsure = {number for number in listed if live.whereabouts.get(number) == ""}
    named = {number for order in orders for number in order.numbers}
    known = {number for number in listed if number in live.whereabouts}
    there = (listed & {*claimed, *named, *known}) - moving.keys()
    rest = listed - there - moving.keys()
    coming = {number for order in orders for number in _coming(order, rest)}
    return Listed(
        there=tuple(sorted(there)),
        coming=tuple(sorted(coming)),
        moving=dict(sorted(moving.items())),
        missing=tuple(sorted(rest - coming)),
        unsure=tuple(sorted(unsure)),
    )


def _coming(order: NumberOrder, wanted: set[str]) -> set[str]:
    """What may still come of an order: one that names nothing may be for all that is wanted."""
    if not order.is_open and not order.unnamed:
        return set()
    return wanted & set(order.asked) if order.asked else wanted
