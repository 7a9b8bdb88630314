"""The numbers that can be had: each area code is one long list (`exchanges`), cut at its stock.

What is taken (in service, aging or reserved, by any account) is passed over. So that a search does
not walk past all of it each time, every lot has a mark before which nothing is free.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import exchanges
from provisioner.sandbox.numbers.geography import AREA_CODES, TOLL_FREE, is_area_code

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of one area code: some of its exchanges (in ascending order), perhaps only the lines
    that begin with one digit. `name` tells lots of one area code apart."""

    area_code: str
    name: str
    exchanges: tuple[int, ...]
    line: str = ""

    def positions(self, first: int, end: int) -> Iterator[int]:
        """Those from `first` on and before `end`, in ascending order."""
        for begin in range(first - first % exchanges.COUNT, end, exchanges.COUNT):
            for position in (begin + step for step in self.exchanges):
                if first <= position < end:
                    yield position


def size_of(area_code: str, state: State) -> int:
    """How many numbers an area code has in all, sold or not."""
    settings = state.settings
    is_known = area_code in AREA_CODES or area_code in TOLL_FREE
    wanted = settings.stock_by_area_code.get(area_code, settings.stock if is_known else 0)
    row = state.row("SELECT size FROM stock WHERE area_code = ?", area_code)
    if row is not None:
        wanted = row["size"]
    return min(max(wanted, 0), exchanges.POSITIONS)


def change_size(area_code: str, size: int, state: State) -> None:
    """Sets how many numbers an area code has in all, from now on and whatever the settings say.

    Orders that wait for stock are looked at again before the next request is answered.
    Raises ValueError for what is no area code.
    """
    if not is_area_code(area_code):
        message = f"there is no area code {area_code!r}"
        raise ValueError(message)
    state.run("INSERT OR REPLACE INTO stock VALUES (?, ?)", area_code, size)
    schedule("restock", "", state.now(), state)


def free_in(lot: Lot, quantity: int, state: State) -> list[str]:
    """The first numbers of a lot that nobody took: fewer than asked for where the stock ends."""
    end = size_of(lot.area_code, state)
    marked = _mark(lot, state)
    positions = lot.positions(marked, end)
    found: list[str] = []
    first = end
    while len(found) < quantity and (chunk := list(islice(positions, _CHUNK))):
        free = _free(lot, chunk, state)
        if free and not found:
            first = free[0][0]
        found += [number for _, number in free]
    if first > marked:
        state.run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", lot.area_code, lot.name, first)
    return found[:quantity]


def free_among(numbers: Iterable[str], state: State) -> list[str]:
    """Those of the numbers that are in stock and that nobody took, in the same order."""
    sizes: dict[str, int] = {}
    in_stock = []
    for number in numbers:
        code = number[:3]
        if code not in sizes:
            sizes[code] = size_of(code, state)
        position = exchanges.position_of(number)
        if position is not None and position < sizes[code]:
            in_stock.append(number)
    return _free_of(in_stock, state)


def free_at(placed: Iterable[tuple[int, str]], area_code: str, state: State) -> list[str]:
    """The same for numbers of one area code whose positions are known."""
    size = size_of(area_code, state)
    return _free_of([number for position, number in placed if position < size], state)


def take_back(numbers: Iterable[str], when: float, state: State) -> None:
    """For numbers that are free again: searches find them, and back orders may get them."""
    first: dict[str, int] = {}
    for number in numbers:
        position = exchanges.position_of(number)
        if position is not None:
            first[number[:3]] = min(position, first.get(number[:3], position))
    for code, position in first.items():
        state.run("UPDATE marks SET first = min(first, ?) WHERE area_code = ?", position, code)
    if first:
        schedule("restock", "", when, state)


def _mark(lot: Lot, state: State) -> int:
    row = state.row(
        "SELECT first FROM marks WHERE area_code = ? AND lot = ?", lot.area_code, lot.name
    )
    return 0 if row is None else int(row["first"])


def _free(lot: Lot, positions: list[int], state: State) -> list[tuple[int, str]]:
    numbers = [(each, exchanges.number_at(lot.area_code, each)) for each in positions]
    offered = [each for each in numbers if each[1][6:].startswith(lot.line)]
    taken = _taken([number for _, number in offered], state)
    return [each for each in offered if each[1] not in taken]


def _free_of(numbers: list[str], state: State) -> list[str]:
    taken = _taken(numbers, state)
    return [number for number in numbers if number not in taken]


def _taken(numbers: list[str], state: State) -> set[str]:
    rows = state.rows(
        "SELECT number FROM numbers WHERE number IN (SELECT value FROM json_each(?))",
        json.dumps(numbers),
    )
    return {row["number"] for row in rows}
