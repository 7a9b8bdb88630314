"""Filters on the account's numbers, a row each; the lists name the same ones in their own ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.sandbox.errors import Refusal
from provisioner.sandbox.exchange import Call
from provisioner.sandbox.geography import PLACES


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause over `numbers`, beginning with AND where there is any."""

    sql: str = ""
    values: tuple[object, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} {other.sql}", (*self.values, *other.values))


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


def read_filters(call: Call, names: Mapping[str, str]) -> Condition:
    """The filters in the query; `names` maps the list's parameters to what they filter by: "npa",
    "npanxx", "npanxxx", "city", "state", "ratecenter", "lata" or "tier"."""
    given = {
        kind: call.query[name].strip().upper() for name, kind in names.items() if name in call.query
    }
    condition = Condition()
    for kind, (shape, code) in _PREFIXES.items():
        if kind in given:
            _check(given[kind], shape, code)
            condition &= starting_with(given[kind])
    return condition & _at_places(given) & _of_tier(given)


def starting_with(prefix: str) -> Condition:
    return Condition("AND number BETWEEN ? AND ?", (prefix, prefix + "~"))


def changed_within(start: float | None, end: float | None) -> Condition:
    condition = Condition()
    if start is not None:
        condition &= Condition("AND modified >= ?", (start,))
    if end is not None:
        condition &= Condition("AND modified < ?", (end,))
    return condition


def _at_places(given: Mapping[str, str]) -> Condition:
    asked = {kind: row for kind, row in _PLACES.items() if kind in given}
    if not asked:
        return Condition()
    for kind, (_, shape, code) in asked.items():
        _check(given[kind], shape, code)
    keys = [
        place.key
        for place in PLACES
        if all(getattr(place, name) == given[kind] for kind, (name, _, _) in asked.items())
    ]
    # A list in JSON would hide from SQLite how few they are, and it would not use its index.
    return Condition(f"AND place IN ({', '.join('?' * len(keys))})", tuple(keys))


def _of_tier(given: Mapping[str, str]) -> Condition:
    if "tier" not in given:
        return Condition()
    _check(given["tier"], _TIERS, 4016)
    return Condition() if given["tier"] == _OUR_TIER else Condition("AND 0")


def _check(said: str, shape: re.Pattern[str], code: int) -> None:
    if not shape.fullmatch(said):
        raise Refusal(code, said)
