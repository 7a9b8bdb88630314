"""Filters on the account's numbers, a row each; the lists name the same ones in their own ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Call
from provisioner.sandbox.numbers.geography import PLACES


@dataclass(frozen=True, slots=True)
class Filters:
    """What numbers must begin with, the keys of the places where they may be (None is anywhere,
    none at all is nowhere), and from when on and before when they changed last: whole days."""

    prefix: str = ""
    places: frozenset[str] | None = None
    start: float | None = None
    end: float | None = None

    @property
    def is_dated(self) -> bool:
        return self.start is not None or self.end is not None

    def within(self, start: float | None, end: float | None) -> Filters:
        return replace(self, start=start, end=end)

    def at(self, places: frozenset[str]) -> Filters:
        return replace(self, places=places if self.places is None else self.places & places)

    def nowhere(self) -> Filters:
        return self.at(frozenset())

    def starting_with(self, prefix: str) -> Filters:
        longer, shorter = sorted((self.prefix, prefix), key=len, reverse=True)
        return replace(self, prefix=longer) if longer.startswith(shorter) else self.nowhere()


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_NPA = r"[2-9]\d\d"
# The beginning of a number: what it must look like, and the code for what does not.
_PREFIXES = {
    "npa": (_shape(_NPA), 15510),
    "npanxx": (_shape(rf"{_NPA}[2-9]\d\d"), 15511),
    "npanxxx": (_shape(rf"{_NPA}[2-9]\d\d\d"), 15512),
}
_NAME = _shape(r"[A-Z0-9 .'\-_]{1,100}")
# What is known of a place: the attribute of `Place`, its shape, its code.
_PLACES = {
    "city": ("city", _NAME, 15514),
    "state": ("state", _shape("[A-Z]{2}"), 12024),
    "ratecenter": ("rate_center", _NAME, 15514),
    "lata": ("lata", _shape(r"\d{1,5}"), 1014),
}
_TIERS = _shape("[0-5]")
_OUR_TIER = "0"


def read_filters(call: Call, names: Mapping[str, str]) -> Filters:
    """The filters in the query; `names` maps the list's parameters to what they filter by: "npa",
    "npanxx", "npanxxx", "city", "state", "ratecenter", "lata" or "tier"."""
    given = {
        kind: call.query[name].strip().upper() for name, kind in names.items() if name in call.query
    }
    filters = Filters()
    for kind, (shape, code) in _PREFIXES.items():
        if kind in given:
            _check(given[kind], shape, code)
            filters = filters.starting_with(given[kind])
    filters = _at_places(given, filters)
    if "tier" in given:
        _check(given["tier"], _TIERS, 4016)
        if given["tier"] != _OUR_TIER:
            return filters.nowhere()
    return filters


def _at_places(given: Mapping[str, str], filters: Filters) -> Filters:
    asked = {kind: row for kind, row in _PLACES.items() if kind in given}
    if not asked:
        return filters
    for kind, (_, shape, code) in asked.items():
        _check(given[kind], shape, code)
    return filters.at(_keys_where(*((name, given[kind]) for kind, (name, _, _) in asked.items())))


@lru_cache
def _keys_where(*said: tuple[str, str]) -> frozenset[str]:
    return frozenset(
        place.key for place in PLACES if all(getattr(place, name) == value for name, value in said)
    )


def _check(said: str, shape: re.Pattern[str], code: int) -> None:
    if not shape.fullmatch(said):
        raise Refusal(code, said)
