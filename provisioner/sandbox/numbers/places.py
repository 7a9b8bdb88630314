"""Where numbers are, as the answers tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.markup import element, elements
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.geography import Place

# All numbers are the vendor's own here; both are in its interface description's examples.
_TIER = "0"
_VENDOR_ID, _VENDOR_NAME = "49", "Bandwidth CLEC"


def show_place(place: Place | None, *, lata: str) -> list[Element]:
    """City, LATA, rate center and state; nothing for a toll-free number. Calls differ in whether
    they write `Lata` or `LATA`."""
    if place is None:
        return []
    return [
        element("City", place.city),
        element(lata, place.lata),
        element("RateCenter", place.rate_center),
        element("State", place.state),
    ]


def show_vendor() -> list[Element]:
    return [
        element("Tier", _TIER),
        element("VendorId", _VENDOR_ID),
        element("VendorName", _VENDOR_NAME),
    ]


def summarize(numbers: Iterable[str]) -> Element | None:
    """How many numbers are in which state, rate center and city; None for none at all."""
    places = [place_of(number) for number in numbers]
    if not places:
        return None
    known = [place for place in places if place is not None]
    vendor = show_vendor()[1:]
    return element(
        "TelephoneNumberDetails",
        _counted("States", "State", Counter(place.state for place in known)),
        _counted("RateCenters", "RateCenter", Counter(place.rate_center for place in known)),
        _counted("Cities", "City", Counter(place.city for place in known)),
        _counted("Tiers", "Tier", Counter({_TIER: len(places)})),
        element("Vendors", element("VendorWithCount", *vendor, element("Count", len(places)))),
    )


def _counted(parent: str, name: str, counts: Counter[str]) -> Element:
    return elements(
        parent,
        (
            element(f"{name}WithCount", element(name, each), element("Count", count))
            for each, count in sorted(counts.items())
        ),
    )
