"""The ways to say which numbers an order is for: a row each.

A new one needs a reader (body to `Wanted`) and a finder (`Wanted` to free numbers); nothing else
knows what kinds there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml.etree import _Element as Element

from provisioner.sandbox import inventory, stock
from provisioner.sandbox.errors import Refusal
from provisioner.sandbox.markup import child, word
from provisioner.sandbox.numbering import Notation, is_area_code
from provisioner.sandbox.state import State

MOST_NUMBERS = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an order asks for: numbers by name, or a quantity of what `criteria` describe."""

    quantity: int
    criteria: Mapping[str, str]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderType:
    """`by_name`: the outcome is reported number by number, and waiting for stock makes no sense."""

    read: Callable[[Element, Notation], Wanted]
    find: Callable[[Wanted, str, State], list[str]]
    by_name: bool = False


def _read_area_code(body: Element, notation: Notation) -> Wanted:  # noqa: ARG001 -- one signature for all
    area_code = word(body, "AreaCode")
    if not area_code or not word(body, "Quantity"):
        raise Refusal(5198, "AreaCode and Quantity")
    if not is_area_code(area_code):
        raise Refusal(1008, area_code, "AreaCode")
    return Wanted(_quantity(body), {"AreaCode": area_code})


def _find_area_code(wanted: Wanted, account: str, state: State) -> list[str]:  # noqa: ARG001 -- one signature for all
    return stock.in_area_code(wanted.criteria["AreaCode"], wanted.quantity, state)


def _read_existing(body: Element, notation: Notation) -> Wanted:
    listed = child(body, "TelephoneNumberList")
    said = [] if listed is None else [(each.text or "").strip() for each in listed]
    return Wanted(len(said), {}, read_numbers(said, notation))


def _find_existing(wanted: Wanted, account: str, state: State) -> list[str]:
    return [n for n in wanted.numbers if inventory.can_be_ordered(n, account, state)]


def read_numbers(said: list[str], notation: Notation) -> tuple[str, ...]:
    """A list of numbers as it came: none (5001), too many (5095), wrong (5070), doubled (5093)."""
    if not said:
        raise Refusal(5001)
    if len(said) > MOST_NUMBERS:
        raise Refusal(5095)
    numbers: dict[str, None] = {}
    for each in said:
        number = notation.read(each)
        if number is None:
            raise Refusal(5070, number=each)
        if number in numbers:
            raise Refusal(5093, number=each)
        numbers[number] = None
    return tuple(numbers)


def _quantity(body: Element) -> int:
    said = word(body, "Quantity")
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        raise Refusal(5009)
    quantity = int(said)
    if not 1 <= quantity <= MOST_NUMBERS:
        raise Refusal(5009)
    return quantity


ORDER_TYPES: Mapping[str, OrderType] = MappingProxyType(
    {
        "AreaCodeSearchAndOrderType": OrderType(_read_area_code, _find_area_code),
        "ExistingTelephoneNumberOrderType": OrderType(_read_existing, _find_existing, by_name=True),
    }
)
