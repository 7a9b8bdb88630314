"""The ways to say which numbers an order is for: a row each.

A new one is a row; nothing else knows what kinds there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.markup import child, is_true, word
from provisioner.sandbox.calls.numbering import Notation
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.numbers.criteria import CRITERIA, WIDENED, Criteria, can_wait, find_fault
from provisioner.sandbox.numbers.selection import find_free

MOST_NUMBERS = 5000
BY_NAME = "ExistingTelephoneNumberOrderType"


@dataclass(frozen=True, slots=True)
class OrderType:
    """`required` are its criteria; an empty tuple stands for any combination that makes sense.
    `missing` is how an order without them is refused. Where `quantity` is None it is required."""

    required: tuple[str, ...]
    missing: int = 5224
    quantity: int | None = MOST_NUMBERS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an order asks for: numbers by name (and the reservations that hold some of them for the
    account), or a quantity of what `criteria` describe."""

    quantity: int
    criteria: Criteria
    widely: bool = False
    numbers: tuple[str, ...] = ()
    reservations: tuple[str, ...] = ()

    @property
    def can_wait(self) -> bool:
        """Whether more of it can come into stock at all."""
        return can_wait(self.criteria)


ORDER_TYPES: Mapping[str, OrderType] = MappingProxyType(
    {
        "AreaCodeSearchAndOrderType": OrderType(("AreaCode",), missing=5198, quantity=None),
        "RateCenterSearchAndOrderType": OrderType(("RateCenter", "State")),
        "NPANXXSearchAndOrderType": OrderType(("NpaNxx",)),
        "CitySearchAndOrderType": OrderType(("City", "State")),
        "StateSearchAndOrderType": OrderType(("State",)),
        "ZIPSearchAndOrderType": OrderType(("Zip",)),
        "LATASearchAndOrderType": OrderType(("Lata",)),
        "TollFreeVanitySearchAndOrderType": OrderType(
            ("TollFreeVanity",), missing=5199, quantity=None
        ),
        "TollFreeWildCharSearchAndOrderType": OrderType(("TollFreeWildCardPattern",)),
        "CombinedSearchAndOrderType": OrderType(()),
    }
)
# The schema writes it in capitals, the examples do not (vendor interface description).
_ALIASES = {"Lata": ("Lata", "LATA")}


def read_wanted(kind: str, body: Element, notation: Notation) -> Wanted:
    """Raises Refusal for an order type that does not exist, or does not say what it must."""
    if kind == BY_NAME:
        numbers = read_numbers(_words(child(body, "TelephoneNumberList")), notation)
        held = tuple(_words(child(body, "ReservationIdList")))
        return Wanted(len(numbers), {}, numbers=numbers, reservations=held)
    if kind not in ORDER_TYPES:
        raise Refusal(5002, f"there is no order type {kind}")
    row = ORDER_TYPES[kind]
    said = {each.name: word(body, *_ALIASES.get(each.name, (each.name,))) for each in CRITERIA}
    given = {name: value.upper() for name, value in said.items() if value}
    criteria = {name: given[name] for name in row.required or given if name in given}
    missing = [name for name in row.required if name not in criteria]
    if missing:
        raise Refusal(row.missing, ", ".join(missing))
    fault = find_fault(criteria)
    if fault is not None:
        raise Refusal(5002, fault[1])
    return Wanted(_quantity(body, row), criteria, _widely(body, criteria))


def find(wanted: Wanted, account: str, state: State) -> list[str]:
    """What can be had of it now."""
    if wanted.numbers:
        can_be_had = inventory.orderable(wanted.numbers, account, wanted.reservations, state)
        return [number for number in wanted.numbers if number in can_be_had]
    return find_free(wanted.criteria, wanted.quantity, state, widely=wanted.widely)


def store_wanted(wanted: Wanted) -> str:
    """The text that the database keeps; `restore_wanted` reads it back."""
    return json.dumps(
        [
            wanted.quantity,
            dict(wanted.criteria),
            wanted.widely,
            wanted.numbers,
            wanted.reservations,
        ]
    )


def restore_wanted(kept: str) -> Wanted:
    quantity, criteria, widely, numbers, reservations = json.loads(kept)
    return Wanted(quantity, criteria, widely, tuple(numbers), tuple(reservations))


def read_numbers(said: Iterable[str], notation: Notation) -> tuple[str, ...]:
    """A list of numbers as it came: none (5001), too many (5095), wrong (5070), doubled (5093)."""
    listed = list(said)
    if not listed:
        raise Refusal(5001)
    if len(listed) > MOST_NUMBERS:
        raise Refusal(5095)
    numbers: dict[str, None] = {}
    for each in listed:
        number = notation.require(each, 5070)
        if number in numbers:
            raise Refusal(5093, number=each)
        numbers[number] = None
    return tuple(numbers)


def _words(parent: Element | None) -> list[str]:
    return [] if parent is None else [(each.text or "").strip() for each in parent]


def _quantity(body: Element, row: OrderType) -> int:
    """Left out, it is as much as can be, which is not always what was meant (vendor guide)."""
    said = word(body, "Quantity")
    if not said:
        if row.quantity is None:
            raise Refusal(row.missing, "Quantity")
        return row.quantity
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        raise Refusal(5009)
    quantity = int(said)
    if not 1 <= quantity <= MOST_NUMBERS:
        raise Refusal(5009)
    return quantity


def _widely(body: Element, criteria: Criteria) -> bool:
    """On unless it is switched off, where it means something (vendor interface description)."""
    possible = frozenset(criteria) in WIDENED
    asked = is_true(body, "EnableLCA", default=possible)
    if asked and not possible:
        raise Refusal(5002, "the local calling area cannot be searched by these criteria")
    return asked
