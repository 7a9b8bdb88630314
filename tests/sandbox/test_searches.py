"""`availableNumbers`, in both versions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from provisioner.sandbox.numbers.exchanges import number_at, place_of
from provisioner.sandbox.numbers.geography import AREA_CODES, TOLL_FREE

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

ALL = 7_910_000  # every number that an area code can have


def _national(number: str) -> str:
    return number.removeprefix("+1")


def _get(account: Account, **query: object) -> list[str]:
    return [_national(number) for number in account.search(urlencode(query))]


SEARCHES = [
    {"areaCode": "919"},
    {"npaNxx": number_at("919", 5)[:6]},
    {"npaNxxx": number_at("919", 5)[:7]},
    {"rateCenter": "CHAPELHILL", "state": "NC"},
    {"city": "chapel hill", "state": "nc"},
    {"state": "UT"},
    {"zip": "27514"},
    {"zip": "27514-1234"},
    {"lata": "426"},
    {"areaCode": "919", "city": "CARY", "state": "NC"},
    {"npaNxx": number_at("919", 5)[:6], "lata": "426"},
    {"state": "NC", "lata": "422", "zip": "28025"},
]


def _fits(number: str, asked: dict[str, str]) -> bool:
    place = place_of(number)
    assert place is not None
    facts = {
        "areaCode": number[:3],
        "npaNxx": number[:6],
        "npaNxxx": number[:7],
        "rateCenter": place.rate_center,
        "city": place.city,
        "state": place.state,
        "lata": place.lata,
    }
    return all(
        value[:5] in place.zips if name == "zip" else facts[name] == value.upper()
        for name, value in asked.items()
    )


@pytest.mark.parametrize("asked", SEARCHES, ids=urlencode)
def test_a_search_finds_what_fits_and_nothing_else(
    versioned: Account, asked: dict[str, str]
) -> None:
    found = _get(versioned, **asked, quantity=7, LCA="false" if _can_widen(asked) else "")
    assert len(found) == len(set(found)) == 7
    assert all(_fits(number, asked) for number in found)


def _can_widen(asked: dict[str, str]) -> bool:
    return set(asked) in ({"rateCenter", "state"}, {"npaNxx"}, {"npaNxxx"})


def test_an_area_code_beside_the_table_is_out_of_stock(versioned: Account) -> None:
    assert _get(versioned, areaCode="250") == []
    assert _get(versioned, npaNxx="250234") == []
    assert _get(versioned, rateCenter="NOWHERE", state="NC") == []


def test_an_area_code_beside_the_table_sells_what_it_is_given(open_account: Open) -> None:
    account = open_account(stock_by_area_code={"250": 3})
    stock = [number_at("250", n) for n in range(3)]
    for query in ("areaCode=250", "state=XX", "lata=99250", "city=AREA+CODE+250&state=XX"):
        assert account.search(query) == stock
    account.http.put("/_sandbox/stock/276", json={"size": 2}).raise_for_status()
    assert account.search("state=XX") == [*stock, *(number_at("276", n) for n in range(2))]
    peer = account.sippeer(account.site())
    assert account.numbers(peer, 2, "250") == sorted(stock[:2])
    listed = account.get("/api/tns?rateCenter=AREACODE250&state=XX")
    assert listed.all("FullNumber") == sorted(stock[:2])
    assert listed.all("Lata") == ["99250"] * 2


def test_the_local_calling_area_adds_what_is_near(open_account: Open) -> None:
    account = open_account(stock_by_area_code=dict.fromkeys(AREA_CODES, 0) | {"919": 8, "984": 4})
    exact = [n for n in range(8) if place_of(number_at("919", n)) == AREA_CODES["919"][3]]
    asked = {"npaNxx": number_at("919", exact[0])[:6]}
    assert len(_get(account, **asked, LCA="false")) == 1
    found = _get(account, **asked)
    assert found[0] == number_at("919", exact[0])
    assert len(found) == len(set(found)) == 12
    assert len(_get(account, **asked, quantity=12)) == 12
    assert len(_get(account, rateCenter="CHAPELHILL", state="NC")) == 12
    assert len(_get(account, rateCenter="CHAPELHILL", state="NC", LCA="false")) == 3


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [("8**", set(TOLL_FREE)), ("84*", {"844"}), ("888", {"888"}), ("80*", {"800"}), ("89*", set())],
)
def test_a_wild_card_finds_toll_free_numbers(
    open_account: Open, pattern: str, codes: set[str]
) -> None:
    account = open_account(stock=2)
    found = _get(account, tollFreeWildCardPattern=pattern)
    assert {number[:3] for number in found} == codes
    assert len(found) == 2 * len(codes)


@pytest.mark.parametrize(
    ("asked", "digits"),
    [
        ({"tollFreeVanity": "newcars"}, "6392277"),
        ({"tollFreeVanity": "CARS"}, "2277"),
        ({"areaCode": "919", "localVanity": "5CARS"}, "52277"),
        ({"areaCode": "919", "localVanity": "cars", "endsIn": "true"}, "2277"),
        ({"areaCode": "919", "localVanity": "cars", "endsIn": "false"}, "2277"),
    ],
    ids=["seven letters", "four letters", "mixed", "at the end", "anywhere"],
)
def test_a_vanity_word_is_spelt_on_the_keypad(
    open_account: Open, asked: dict[str, str], digits: str
) -> None:
    everything = dict.fromkeys((*TOLL_FREE, "919"), ALL)
    account = open_account(stock_by_area_code=everything)
    found = _get(account, **asked, quantity=2000)
    assert found
    assert all(digits in number[3:] for number in found)
    endings = {number.endswith(digits) for number in found}
    if asked.get("endsIn") == "true":
        assert endings == {True}
    elif len(digits) < 7:
        assert endings == {True, False}
    assert {number[:3] for number in found} <= (
        {asked["areaCode"]} if "areaCode" in asked else set(TOLL_FREE)
    )


def test_a_search_offers_what_the_next_order_gets(open_account: Open) -> None:
    account = open_account(stock=3)
    found = account.get("/availableNumbers?areaCode=910&quantity=2")
    assert found.text("ResultCount") == "2"
    assert account.get("/availableNumbers?areaCode=910").text("ResultCount") == "3"
    sippeer = account.sippeer(account.site())
    assert set(account.numbers(sippeer, 2)) == set(found.all("TelephoneNumber"))
    account.numbers(sippeer, 1)
    assert account.get("/availableNumbers?areaCode=910").names(".") == []


def test_details_tell_where_a_number_is(versioned: Account) -> None:
    query = "areaCode=919&quantity=1&enableTNDetail=true&countryCodeA3=USA"
    found = versioned.get(f"/availableNumbers?{query}")
    name = {"v1": "TelephoneNumber", "v2": "FullNumber"}[versioned.version]
    details = "TelephoneNumberDetailList/TelephoneNumberDetail"
    assert found.names(details) == ["City", "LATA", "RateCenter", "State", name]
    place = place_of(_national(found.text(name)))
    assert place is not None
    assert found.text("City") == place.city
    assert found.all("TelephoneNumberList") == []


def test_toll_free_numbers_are_nowhere_in_particular(account: Account) -> None:
    query = "tollFreeWildCardPattern=888&quantity=1&enableTNDetail=true"
    found = account.get(f"/availableNumbers?{query}")
    assert found.names("TelephoneNumberDetailList/TelephoneNumberDetail") == ["TelephoneNumber"]


@pytest.mark.parametrize(("order", "length"), [("fullNumber", 10), ("npaNxx", 6), ("areaCode", 3)])
def test_results_are_sorted_when_asked(open_account: Open, order: str, length: int) -> None:
    account = open_account(stock=20)  # LATA 660 has 435, 801 and 385, in this order
    found = [number[:length] for number in _get(account, lata="660", orderBy=order)]
    as_they_come = [number[:length] for number in _get(account, lata="660")]
    assert found == sorted(as_they_come) != as_they_come


def test_other_countries_and_protected_numbers_have_nothing(versioned: Account) -> None:
    assert versioned.get("/availableNumbers?areaCode=910&countryCodeA3=CAN").names(".") == []
    query = "areaCode=910&protected=ONLY&countryCodeA3=USA"
    assert versioned.get(f"/availableNumbers?{query}").names(".") == []
    query = "areaCode=910&protected=mixed&countryCodeA3=USA&quantity=1"
    assert versioned.get(f"/availableNumbers?{query}").text("ResultCount") == "1"


def test_only_v2_must_be_told_the_country(account: Account) -> None:
    assert account.get("/availableNumbers?areaCode=910&quantity=1").status == 200
    other = account.speaking("v2")
    assert other.get("/availableNumbers?areaCode=910").code == (400, "1003")
    assert other.get("/availableNumbers?state=NC&quantity=1").status == 200


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("4010", "quantity=1"),
        ("4000", "areaCode=911"),
        ("4000", "areaCode=91"),
        ("4000", "areaCode=800"),
        ("4002", "npaNxx=91012"),
        ("4002", "npaNxx=910123"),
        ("4002", "npaNxxx=910234"),
        ("4001", "rateCenter=RALEIGH"),
        ("4001", "rateCenter=%3F&state=NC"),
        ("4005", "city=RALEIGH"),
        ("4006", "state=NCX"),
        ("4007", "zip=2760"),
        ("4008", "lata=42x"),
        ("4003", "tollFreeVanity=abc"),
        ("4003", "tollFreeVanity=abcdefgh"),
        ("4004", "tollFreeWildCardPattern=9**"),
        ("4004", "tollFreeWildCardPattern=8*8"),
        ("4011", "localVanity=abc&areaCode=910"),
        ("4011", "localVanity=abcd"),
        ("4010", "endsIn=true"),
        ("4010", "endsIn=maybe&localVanity=abcd&areaCode=910"),
        ("4010", "localVanity=abcd&areaCode=910&state=NC"),
        ("4010", "tollFreeVanity=abcd&state=NC"),
        ("4010", "areaCode=910&npaNxx=910234"),
        ("4010", "areaCode=910&LCA=true"),
        ("1008", "areaCode=910&LCA=maybe"),
        ("1008", "areaCode=910&enableTNDetail=maybe"),
        ("4020", "zip=27514&orderBy=price"),
        ("4021", "areaCode=910&orderBy=npaNxx"),
        ("4022", "areaCode=910&protected=maybe"),
        ("12987", "areaCode=910&countryCodeA3=usa"),
        ("1006", "areaCode=910&quantity=0"),
        ("1006", "areaCode=910&quantity=5001"),
    ],
)
def test_a_search_is_refused(versioned: Account, code: str, query: str) -> None:
    if versioned.version == "v2" and "countryCodeA3" not in query:
        query += "&countryCodeA3=USA"
    assert versioned.get(f"/availableNumbers?{query}").code == (400, code)
