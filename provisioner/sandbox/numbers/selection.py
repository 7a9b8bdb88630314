"""From criteria to numbers in stock."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import exchanges
from provisioner.sandbox.numbers.criteria import Criteria
from provisioner.sandbox.numbers.geography import LOCAL, TOLL_FREE, Place, places_in
from provisioner.sandbox.numbers.stock import Lot, free_at, free_in

_ALL = tuple(range(exchanges.COUNT))
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_LOCAL = 7  # digits of a number after its area code


def find_free(criteria: Criteria, quantity: int, state: State, *, widely: bool) -> list[str]:
    """Free numbers, the nearest first: fewer than asked for where there are no more.

    `widely` adds the local calling area: everything in the LATA of what was asked for (assumption;
    real ones are smaller and cross LATAs).
    """
    if "LocalVanity" in criteria:
        ending = criteria.get("EndsIn") == "TRUE"
        spelt = _spelt(criteria["LocalVanity"], criteria["AreaCode"], ending=ending)
        return free_at(spelt, criteria["AreaCode"], state)[:quantity]
    if "TollFreeVanity" in criteria:
        word = criteria["TollFreeVanity"]
        each = (free_at(_spelt(word, code, ending=False), code, state) for code in TOLL_FREE)
        return [number for found in each for number in found][:quantity]
    lots = _lots(tuple(sorted(criteria.items())))
    if widely:
        lots += _area_around(lots)
    found: dict[str, None] = {}
    for lot in lots:
        # What an earlier lot has given already is offered again by those around it.
        found |= dict.fromkeys(free_in(lot, quantity, state))
        if len(found) >= quantity:
            break
    return list(found)[:quantity]


@lru_cache(maxsize=256)
def _lots(criteria: tuple[tuple[str, str], ...]) -> tuple[Lot, ...]:
    wanted = dict(criteria)
    name = " ".join(f"{key}={value}" for key, value in criteria if key != "AreaCode")
    line = wanted.get("NpaNxxX", "")[6:]
    lots = (
        Lot(code, name, steps, line)
        for code in _area_codes(wanted)
        if (steps := _exchanges(code, wanted))
    )
    return tuple(lots)


def _area_codes(wanted: Criteria) -> tuple[str, ...]:
    pattern = wanted.get("TollFreeWildCardPattern")
    if pattern is not None:
        beginning = pattern.rstrip("*")
        return tuple(code for code in TOLL_FREE if code.startswith(beginning))
    for name in ("AreaCode", "NpaNxx", "NpaNxxX"):
        if name in wanted:
            code = wanted[name][:3]
            return (code,) if places_in(code) else ()
    return LOCAL


def _exchanges(code: str, wanted: Criteria) -> tuple[int, ...]:
    if code in TOLL_FREE:
        return _ALL
    places = places_in(code)
    fit = {index for index, place in enumerate(places) if _is_at(place, wanted)}
    prefix = wanted.get("NpaNxx", wanted.get("NpaNxxX", ""))[:6]
    among: tuple[int | None, ...] = (exchanges.step_of(prefix),) if prefix else _ALL
    return tuple(step for step in among if step is not None and step % len(places) in fit)


def _is_at(place: Place, wanted: Criteria) -> bool:
    return (
        wanted.get("RateCenter", place.rate_center) == place.rate_center
        and wanted.get("City", place.city) == place.city
        and wanted.get("State", place.state) == place.state
        and wanted.get("Lata", place.lata) == place.lata
        and ("Zip" not in wanted or wanted["Zip"][:5] in place.zips)
    )


def _area_around(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    # An area code lies in one LATA here, so its first place speaks for all of them.
    latas = dict.fromkeys(places_in(lot.area_code)[0].lata for lot in lots)
    return tuple(around for lata in latas for around in _lots((("Lata", lata),)))


@lru_cache(maxsize=64)
def _spelt(word: str, area_code: str, *, ending: bool) -> tuple[tuple[int, str], ...]:
    """Every number, and its position, in which the word's digits stand anywhere after the area
    code, or at its end."""
    digits = word.translate(_KEYPAD)
    free = _LOCAL - len(digits)
    found: dict[str, None] = {}
    for before in [free] if ending else range(free, -1, -1):
        for filling in product("0123456789", repeat=free):
            rest = "".join(filling)
            found[rest[:before] + digits + rest[before:]] = None
    numbers = (area_code + local for local in found if local[0] not in "01")
    placed = ((exchanges.position_of(number), number) for number in numbers)
    return tuple((position, number) for position, number in placed if position is not None)
