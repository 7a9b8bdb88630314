"""The eleven ways to say which numbers an order is for, in both versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import number_at, place_of
from provisioner.sandbox.numbers.geography import AREA_CODES, TOLL_FREE

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

HERE = number_at("919", 5)
QUANTITY = {"Quantity": "3"}


def _body(kind: str, criteria: dict[str, str]) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in criteria.items())
    return f"<{kind}SearchAndOrderType>{inner}</{kind}SearchAndOrderType>"


def _national(done: Reply) -> list[str]:
    return [number.removeprefix("+1") for number in done.all("CompletedNumbers//FullNumber")]


@pytest.mark.parametrize(
    ("kind", "criteria", "beginning"),
    [
        ("AreaCode", {"AreaCode": "919"}, "919"),
        ("RateCenter", {"RateCenter": "cary", "State": "NC"}, "919"),
        ("NPANXX", {"NpaNxx": HERE[:6]}, HERE[:6]),
        ("NPANXX", {"NpaNxx": HERE[:6], "EnableTNDetail": "true", "EnableLCA": "true"}, "919"),
        ("City", {"City": "CARY", "State": "NC"}, "919"),
        ("State", {"State": "UT"}, "435"),
        ("ZIP", {"Zip": "27511"}, "919"),
        ("LATA", {"Lata": "426"}, "919"),
        ("LATA", {"LATA": "426"}, "919"),
        ("TollFreeVanity", {"TollFreeVanity": "cars"}, "8"),
        ("TollFreeWildChar", {"TollFreeWildCardPattern": "84*"}, "844"),
        ("Combined", {"AreaCode": "984", "City": "CARY", "State": "NC"}, "984"),
        ("Combined", {"NpaNxx": HERE[:6], "EnableLCA": "false", "State": "NC"}, HERE[:6]),
        ("Combined", {"NpaNxxX": HERE[:7]}, HERE[:7]),
        ("Combined", {"AreaCode": "919", "LocalVanity": "cars", "EndsIn": "true"}, "919"),
    ],
)
def test_an_order_gets_what_it_describes(
    open_account: Open, kind: str, criteria: dict[str, str], beginning: str
) -> None:
    account = open_account(stock=100_000)
    for version in ("v1", "v2"):
        caller = account.speaking(version)
        sippeer = account.sippeer(account.site())
        done = caller.settle(caller.place(sippeer, _body(kind, criteria | QUANTITY)))
        assert done.text("OrderStatus") == "COMPLETE"
        numbers = _national(done)
        assert len(numbers) == 3
        assert all(number.startswith(beginning) for number in numbers)
        assert done.all("FullNumber") == [caller.written(number) for number in numbers]
        for name, value in criteria.items():
            assert done.text(f"Order/{kind}SearchAndOrderType/{name}") == value


@pytest.mark.parametrize(
    ("more", "city"), [("<EnableLCA>false</EnableLCA>", {"CARY"}), ("", {"CARY", "RALEIGH"})]
)
def test_the_local_calling_area_is_used_unless_it_is_switched_off(
    open_account: Open, more: str, city: set[str]
) -> None:
    account = open_account(stock_by_area_code=dict.fromkeys(AREA_CODES, 0) | {"919": 4})
    sippeer = account.sippeer(account.site())
    criteria = f"<RateCenter>CARY</RateCenter><State>NC</State><Quantity>2</Quantity>{more}"
    kind = f"<RateCenterSearchAndOrderType>{criteria}</RateCenterSearchAndOrderType>"
    done = account.settle(account.place(sippeer, kind))
    places = [place_of(number) for number in _national(done)]
    assert {place.city for place in places if place is not None} == city


def test_a_quantity_that_is_left_out_is_as_much_as_can_be(open_account: Open) -> None:
    account = open_account(stock=3)
    sippeer = account.sippeer(account.site())
    done = account.settle(account.place(sippeer, _body("City", {"City": "TAMPA", "State": "FL"})))
    assert (done.text("OrderStatus"), done.text("CompletedQuantity")) == ("PARTIAL", "3")
    assert done.text("FailedQuantity") == "4997"


@pytest.mark.parametrize(
    ("code", "kind", "criteria"),
    [
        ("5198", "AreaCode", {"AreaCode": "919"}),
        ("5199", "TollFreeVanity", {"TollFreeVanity": "newcars"}),
        ("5199", "TollFreeVanity", QUANTITY),
        ("5224", "RateCenter", {"State": "NC"} | QUANTITY),
        ("5224", "City", {"City": "RALEIGH"} | QUANTITY),
        ("5224", "NPANXX", QUANTITY),
        ("5224", "State", {"State": ""} | QUANTITY),
        ("5224", "ZIP", QUANTITY),
        ("5224", "LATA", QUANTITY),
        ("5224", "TollFreeWildChar", QUANTITY),
        ("5002", "Combined", QUANTITY),
        ("5002", "State", {"State": "N1"} | QUANTITY),
        ("5002", "ZIP", {"Zip": "123"} | QUANTITY),
        ("5002", "LATA", {"Lata": "x"} | QUANTITY),
        ("5002", "NPANXX", {"NpaNxx": "919111"} | QUANTITY),
        ("5002", "AreaCode", {"AreaCode": TOLL_FREE[0]} | QUANTITY),
        ("5002", "TollFreeVanity", {"TollFreeVanity": "abc"} | QUANTITY),
        ("5002", "TollFreeWildChar", {"TollFreeWildCardPattern": "7**"} | QUANTITY),
        ("5002", "Combined", {"City": "CARY"} | QUANTITY),
        ("5002", "Combined", {"AreaCode": "919", "NpaNxx": "919234"} | QUANTITY),
        ("5002", "Combined", {"AreaCode": "919", "EnableLCA": "true"} | QUANTITY),
        ("5002", "Combined", {"LocalVanity": "abcd"} | QUANTITY),
        ("1008", "NPANXX", {"NpaNxx": "919234", "EnableLCA": "maybe"} | QUANTITY),
        ("5009", "State", {"State": "NC", "Quantity": "0"}),
    ],
)
def test_an_order_type_is_refused(
    account: Account, sippeer: str, code: str, kind: str, criteria: dict[str, str]
) -> None:
    assert account.place(sippeer, _body(kind, criteria)).code == (400, code)


def test_two_orders_cannot_ask_for_one_number_at_once(account: Account, sippeer: str) -> None:
    (number,) = account.search("areaCode=303&quantity=1")
    listed = (
        f"<TelephoneNumberList><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumberList>"
    )
    kind = f"<ExistingTelephoneNumberOrderType>{listed}</ExistingTelephoneNumberOrderType>"
    first = account.place(sippeer, kind)
    refused = account.place(sippeer, kind)
    assert refused.code == (400, "5218")
    assert refused.text("ErrorList/Error/TelephoneNumber") == number
    assert account.settle(first).text("OrderStatus") == "COMPLETE"
    assert account.settle(account.place(sippeer, kind)).text("OrderStatus") == "FAILED"


def test_attributes_are_shown_as_they_came(account: Account, sippeer: str) -> None:
    attributes = "<TnAttributes><TnAttribute>Protected</TnAttribute></TnAttributes>"
    made = account.order(sippeer, more=attributes)
    assert made.text("Order/TnAttributes/TnAttribute") == "Protected"
    assert account.settle(made).text("Order/TnAttributes/TnAttribute") == "Protected"
