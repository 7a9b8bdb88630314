"""Street addresses, and the vendor's habit of verifying them.

There is no map in here. Two triggers stand for what a real one would find: a misspelling of the
table below is corrected (12112), and the house number 0 cannot be verified (12113).
"""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.markup import element, elements, optional, text

# Name, longest text; in the order in which the account shows them.
_PARTS = {
    "HousePrefix": 45,
    "HouseNumber": 45,
    "HouseSuffix": 45,
    "PreDirectional": 2,
    "StreetName": 200,
    "StreetSuffix": 45,
    "PostDirectional": 2,
    "AddressLine2": 200,
    "City": 100,
    "StateCode": 2,
    "Zip": 5,
    "PlusFour": 4,
    "County": 45,
    "Country": 100,
    "AddressType": 20,
}
_REQUIRED = ("HouseNumber", "StreetName", "City", "StateCode", "Zip")
_TYPES = ("Service", "Billing", "Dlda", "E911")
_COUNTRIES = {"": "United States", "US": "United States", "USA": "United States"}
# The misspellings of the vendor interface description's own examples.
_CORRECTIONS = {
    "StreetName": {"PENNSYLVANIO": "PENNSYLVANIA"},
    "City": {"WASHINGTUN": "WASHINGTON"},
}
_STREET = ("HouseNumber", "PreDirectional", "StreetName", "StreetSuffix", "PostDirectional")
_UNVERIFIABLE_HOUSE = "0"


def verify(address: Element, *echo: Element) -> Element:
    """The address as the account keeps it; `echo` follows the recommendation of a correction.

    `US` becomes `United States`, and a missing AddressType becomes `Service` (vendor SDK fixture).
    """
    parts = {name: (text(address, name) or "").strip() for name in _PARTS}
    _check(parts)
    _correct(parts, echo)
    parts["Country"] = _COUNTRIES.get(parts["Country"], parts["Country"])
    parts["AddressType"] = parts["AddressType"] or "Service"
    return element("Address", *(optional(name, value) for name, value in parts.items()))


def _check(parts: dict[str, str]) -> None:
    for name in _REQUIRED:
        if not parts[name]:
            raise Refusal(1003, name)
    for name, longest in _PARTS.items():
        if len(parts[name]) > longest:
            raise Refusal(1011, name, longest)
    if not re.fullmatch(r"[A-Za-z]{2}", parts["StateCode"]):
        raise Refusal(12024, parts["StateCode"])
    for name, digits in (("Zip", r"\d{5}"), ("PlusFour", r"(\d{4})?")):
        if not re.fullmatch(digits, parts[name], re.ASCII):
            raise Refusal(1008, parts[name], name)
    if parts["AddressType"] not in ("", *_TYPES):
        raise Refusal(1008, parts["AddressType"], "AddressType")
    if parts["HouseNumber"] == _UNVERIFIABLE_HOUSE:
        raise Refusal(12113)


def _correct(parts: dict[str, str], echo: tuple[Element, ...]) -> None:
    better = {
        name: known[parts[name].upper()]
        for name, known in _CORRECTIONS.items()
        if parts[name].upper() in known
    }
    if not better:
        return
    right = parts | better
    findings = "; ".join(
        f'{name}: "{parts[name]}" should be "{value}"' for name, value in better.items()
    )
    street = " ".join(right[name] for name in _STREET if right[name])
    recommended = elements("RecommendedAddress", [element("AddressLine1", street)])
    recommended.extend(element(name, value) for name, value in right.items() if value)
    description = element(
        "AddressErrorDescription", element("AddressInconsistencies", findings), recommended
    )
    raise Refusal(12112, details=(description, *echo))
