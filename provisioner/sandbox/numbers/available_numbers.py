"""`GET /availableNumbers`: what could be ordered now. Nothing is held for whoever asks."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.markup import BLANK, element, join, repeat, store
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers.criteria import CRITERIA, WIDENED, Criteria, find_fault
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.geography import Place
from provisioner.sandbox.numbers.places import show_place
from provisioner.sandbox.numbers.selection import find_free

_MOST = 5000
_ORDERINGS = {"fullNumber": 10, "npaNxxx": 7, "npaNxx": 6, "areaCode": 3}
# Searches that can be sorted (vendor interface description).
_SORTED = {"NpaNxx", "NpaNxxX", "RateCenter", "City", "Zip", "Lata"} | {
    "TollFreeVanity",
    "TollFreeWildCardPattern",
}
_PROTECTED = ("NONE", "ONLY", "MIXED")
_COUNTRY = re.compile("[A-Z]{3}")
_OURS = "USA"


def search(call: Call, state: State) -> Answer:
    criteria = _read(call)
    quantity = call.number("quantity", default=_MOST, most=_MOST)
    widely = _widely(call, criteria)
    length = _ordering(call, criteria)
    if _is_elsewhere(call):
        return document(element("SearchResult"))
    found = find_free(criteria, quantity, state, widely=widely)
    if not found:
        return document(element("SearchResult"))
    if length:
        found.sort(key=lambda number: number[:length])
    return document(element("SearchResult", element("ResultCount", len(found)), _show(found, call)))


def _read(call: Call) -> Criteria:
    given = {row.name: call.query.get(row.parameter, "").strip().upper() for row in CRITERIA}
    criteria = {name: value for name, value in given.items() if value}
    fault = find_fault(criteria)
    if fault is not None:
        raise Refusal(*fault)
    return criteria


def _widely(call: Call, criteria: Criteria) -> bool:
    """On unless it is switched off, where it means something (vendor interface description)."""
    possible = frozenset(criteria) in WIDENED
    asked = _flag(call, "LCA", default=possible)
    if asked and not possible:
        raise Refusal(4010, "the local calling area cannot be searched by these criteria")
    return asked


def _ordering(call: Call, criteria: Criteria) -> int:
    """How many digits to sort by; 0: as they come."""
    said = call.query.get("orderBy")
    if said is None:
        return 0
    if said not in _ORDERINGS:
        raise Refusal(4020, f"'{said}' is none of {', '.join(_ORDERINGS)}")
    if not _SORTED & criteria.keys():
        raise Refusal(4021, f"a search by {', '.join(criteria)} cannot be sorted")
    return _ORDERINGS[said]


def _is_elsewhere(call: Call) -> bool:
    """Whether nothing can be found: another country, or protected numbers only.

    In v2 a search by area code must name the country (seen by the vendor's own command-line tool).
    """
    protected = call.query.get("protected", "NONE").upper()
    if protected not in _PROTECTED:
        raise Refusal(4022, f"'{protected}' is none of {', '.join(_PROTECTED)}")
    country = call.query.get("countryCodeA3")
    if country is None:
        if call.notation.prefix and "areaCode" in call.query:
            raise Refusal(1003, "countryCodeA3")
        country = _OURS
    if not _COUNTRY.fullmatch(country):
        raise Refusal(12987, country)
    return country != _OURS or protected == "ONLY"


def _show(numbers: list[str], call: Call) -> Element:
    if not _flag(call, "enableTNDetail", default=False):
        written = map(call.notation.write, numbers)
        return repeat("TelephoneNumberList", element("TelephoneNumber", BLANK), written)
    # v2 has another name for the number alone (vendor interface description of v2).
    name = "FullNumber" if call.notation.prefix else "TelephoneNumber"
    return join(
        "TelephoneNumberDetailList",
        (
            _form(place_of(number), name).replace(BLANK, call.notation.write(number))
            for number in numbers
        ),
    )


@lru_cache
def _form(place: Place | None, name: str) -> str:
    shown = show_place(place, lata="LATA")
    return store(element("TelephoneNumberDetail", *shown, element(name, BLANK)))


def _flag(call: Call, name: str, *, default: bool) -> bool:
    said = call.query.get(name, "").lower()
    if said not in ("", "true", "false"):
        raise Refusal(1008, said, name)
    return said == "true" if said else default
