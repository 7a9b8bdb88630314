"""What numbers can be asked for by: a row each, shared by orders and searches.

Criteria are a mapping from the name in orders ("NpaNxx") to the value, in capital letters. Which
go together is the same for both; only the codes of their refusals differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.sandbox.numbers.geography import TOLL_FREE

Criteria = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Criterion:
    """`name` is what orders call it, `parameter` what searches call it, and `code` is how a search
    refuses a bad value. `needs` are criteria without which it means nothing."""

    name: str
    parameter: str
    pattern: re.Pattern[str]
    code: int
    needs: tuple[str, ...] = ()


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_NPA = rf"(?!{'|'.join(TOLL_FREE)})[2-9](?!11)\d\d"
_NAME = r"[A-Z0-9 .'\-_]{1,100}"
# Where a toll-free number can begin: all, a decade of area codes, or one.
_WILD_CARD = r"8(\*\*|\d\*|\d\d)"

CRITERIA = (
    Criterion("AreaCode", "areaCode", _shape(_NPA), 4000),
    Criterion("NpaNxx", "npaNxx", _shape(rf"{_NPA}[2-9]\d\d"), 4002),
    Criterion("NpaNxxX", "npaNxxx", _shape(rf"{_NPA}[2-9]\d\d\d"), 4002),
    Criterion("RateCenter", "rateCenter", _shape(_NAME), 4001, ("State",)),
    Criterion("City", "city", _shape(_NAME), 4005, ("State",)),
    Criterion("State", "state", _shape("[A-Z]{2}"), 4006),
    Criterion("Zip", "zip", _shape(r"\d{5}(-?\d{4})?"), 4007),
    Criterion("Lata", "lata", _shape(r"\d{3,5}"), 4008),
    Criterion("LocalVanity", "localVanity", _shape("[A-Z0-9]{4,7}"), 4011, ("AreaCode",)),
    Criterion("EndsIn", "endsIn", _shape("TRUE|FALSE"), 4010, ("LocalVanity",)),
    Criterion("TollFreeVanity", "tollFreeVanity", _shape("[A-Z0-9]{4,7}"), 4003),
    Criterion("TollFreeWildCardPattern", "tollFreeWildCardPattern", _shape(_WILD_CARD), 4004),
)
_BY_NAME = {row.name: row for row in CRITERIA}

_ONE_OF = ("AreaCode", "NpaNxx", "NpaNxxX")
_VANITY = {"AreaCode", "LocalVanity", "EndsIn"}
_ALONE = ("TollFreeVanity", "TollFreeWildCardPattern")
# With nothing beside them, these can be widened to the local calling area.
WIDENED = (frozenset({"RateCenter", "State"}), frozenset({"NpaNxx"}), frozenset({"NpaNxxX"}))
# Nobody can wait for more of these to come into stock (vendor error list).
_FIXED = {"NpaNxx", "NpaNxxX", "LocalVanity", "TollFreeVanity"}


def find_fault(criteria: Criteria) -> tuple[int, str] | None:
    """A search's code and the words for what is wrong, or None: all is well."""
    for name, value in criteria.items():
        row = _BY_NAME[name]
        if not row.pattern.fullmatch(value):
            return row.code, f"'{value}' is not valid for {row.name}"
        missing = [each for each in row.needs if each not in criteria]
        if missing:
            return row.code, f"{row.name} also needs {' and '.join(missing)}"
    if not criteria:
        return 4010, "nothing to search by is given"
    if not _goes_together(criteria):
        return 4010, f"these cannot be combined: {', '.join(criteria)}"
    return None


def can_wait(criteria: Criteria) -> bool:
    return bool(criteria) and not _FIXED & criteria.keys()


def _goes_together(criteria: Criteria) -> bool:
    given = set(criteria)
    if "LocalVanity" in given:
        return given <= _VANITY
    if given & set(_ALONE):
        return len(given) == 1
    return len(given & set(_ONE_OF)) <= 1
