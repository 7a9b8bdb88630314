"""The numbers that can be had: an area code is one fixed long list, cut at its stock.

Number `i` of an area code is a pure function of both, so nothing is stored for a number that nobody
took, and two sandboxes sell the same ones in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from provisioner.sandbox.state import State

# Exchanges that can be dialled: no 0 or 1 in front, no N11, and none of the fictitious 555.
_EXCHANGES = [n for n in range(200, 1000) if n % 100 != 11 and n != 555]
_BLOCK = 100  # consecutive positions share an exchange, as real blocks of numbers do
_LINES = 10_000
# Prime to the number of exchanges and of lines: stepping by them visits each just once.
_EXCHANGE_STEP = 53
_LINE_STEP = 7919
_POSITIONS = len(_EXCHANGES) * _LINES


def number_at(area_code: str, position: int) -> str:
    """The number at a position from 0 on, ten digits.

    >>> number_at("910", 0), number_at("910", 1), number_at("910", 100)
    ('9103210910', '9103218829', '9103740910')
    """
    block, within = divmod(position, _BLOCK)
    turn, step = divmod(block, len(_EXCHANGES))
    start = int(area_code)
    exchange = _EXCHANGES[(start + step * _EXCHANGE_STEP) % len(_EXCHANGES)]
    line = (start + (turn * _BLOCK + within) * _LINE_STEP) % _LINES
    return f"{area_code}{exchange}{line:04}"


def position_of(number: str) -> int | None:
    """The position of a number in its area code; None for one that is never sold (555, N11)."""
    start, exchange = int(number[:3]), int(number[3:6])
    if exchange not in _EXCHANGES:
        return None
    step = pow(_EXCHANGE_STEP, -1, len(_EXCHANGES))
    line = pow(_LINE_STEP, -1, _LINES)
    exchanges_in = (_EXCHANGES.index(exchange) - start) * step % len(_EXCHANGES)
    turn, within = divmod((int(number[6:]) - start) * line % _LINES, _BLOCK)
    return (turn * len(_EXCHANGES) + exchanges_in) * _BLOCK + within


def size_of(area_code: str, state: State) -> int:
    """How many numbers the area code has in all, sold or not."""
    settings = state.settings
    wanted = settings.stock_by_area_code.get(area_code, settings.stock)
    return min(max(wanted, 0), _POSITIONS)


def in_area_code(area_code: str, quantity: int, state: State) -> list[str]:
    """The next numbers that nobody took: fewer than asked for where the stock ends."""
    return list(islice(_free(area_code, state), quantity))


def is_free(number: str, state: State) -> bool:
    position = position_of(number)
    in_stock = position is not None and position < size_of(number[:3], state)
    return in_stock and not _is_taken(number, state)


def forget_taken(area_codes: set[str], state: State) -> None:
    """Moves each area code's beginning past what was taken, so that searches stay short."""
    for code in area_codes:
        first = _first(code, state)
        while _is_taken(number_at(code, first), state):
            first += 1
        state.run("INSERT OR REPLACE INTO area_codes VALUES (?, ?)", code, first)


def _free(area_code: str, state: State) -> Iterator[str]:
    for position in range(_first(area_code, state), size_of(area_code, state)):
        number = number_at(area_code, position)
        if not _is_taken(number, state):
            yield number


def _first(area_code: str, state: State) -> int:
    row = state.row("SELECT first FROM area_codes WHERE code = ?", area_code)
    return 0 if row is None else int(row["first"])


def _is_taken(number: str, state: State) -> bool:
    return state.row("SELECT 1 FROM numbers WHERE number = ?", number) is not None
