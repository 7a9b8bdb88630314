"""How the numbers of an area code follow one another, and which place each exchange serves.

All of it is arithmetic: number `i` of an area code is a pure function of both, so nothing is stored
for a number that nobody took, and two sandboxes sell the same ones in the same order. Consecutive
numbers are in different exchanges, so that even a small stock has something of every place.
"""

from __future__ import annotations

from functools import lru_cache

from provisioner.sandbox.numbers.geography import Place, places_in

# Exchanges that can be dialled: no 0 or 1 in front, no N11, and none of the fictitious 555.
_EXCHANGES = [n for n in range(200, 1000) if n % 100 != 11 and n != 555]
_INDEX = {exchange: index for index, exchange in enumerate(_EXCHANGES)}
COUNT = len(_EXCHANGES)
_LINES = 10_000
POSITIONS = COUNT * _LINES
# Prime to the number of exchanges and of lines: stepping by them visits each just once.
_EXCHANGE_STEP = 53
_LINE_STEP = 7919
# Each exchange begins somewhere else, so that a small stock has all kinds of lines.
_SHIFT = 6181
_EXCHANGE_BACK = pow(_EXCHANGE_STEP, -1, COUNT)
_LINE_BACK = pow(_LINE_STEP, -1, _LINES)


def number_at(area_code: str, position: int) -> str:
    """The number at a position from 0 on, ten digits.

    >>> number_at("910", 0), number_at("910", 1), number_at("910", 791)
    ('9103210910', '9103748249', '9103218829')
    """
    turn, step = divmod(position, COUNT)
    prefix, first = _beginnings(area_code)[step]
    return f"{prefix}{(first + turn * _LINE_STEP) % _LINES:04}"


@lru_cache
def _beginnings(area_code: str) -> tuple[tuple[str, int], ...]:
    """The first six digits of an area code's numbers, and the line that each exchange begins at."""
    start = int(area_code)
    return tuple(
        (
            f"{area_code}{_EXCHANGES[(start + step * _EXCHANGE_STEP) % COUNT]}",
            start + step * _SHIFT * _LINE_STEP,
        )
        for step in range(COUNT)
    )


def position_of(number: str) -> int | None:
    """The position of a number in its area code; None for one that is never sold (555, N11)."""
    step = step_of(number[:6])
    if step is None:
        return None
    turn = ((int(number[6:]) - int(number[:3])) * _LINE_BACK - step * _SHIFT) % _LINES
    return turn * COUNT + step


def step_of(prefix: str) -> int | None:
    """Which of an area code's exchanges (0 to COUNT - 1) six digits are; positions that are equal
    modulo COUNT share one."""
    index = _INDEX.get(int(prefix[3:]))
    return None if index is None else (index - int(prefix[:3])) * _EXCHANGE_BACK % COUNT


def place_of(number: str) -> Place | None:
    """Where a number is; None for toll-free ones, and for what is never sold."""
    return _place_of_exchange(number[:6])


@lru_cache(maxsize=2**16)
def _place_of_exchange(prefix: str) -> Place | None:
    places, step = places_in(prefix[:3]), step_of(prefix)
    return places[step % len(places)] if places and step is not None else None
