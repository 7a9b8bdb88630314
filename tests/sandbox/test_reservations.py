from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import number_at

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

HOURS = 4 * 3600


def _reserve(account: Account, number: str) -> Reply:
    body = f"<Reservation><ReservedTn>{number}</ReservedTn></Reservation>"
    return account.post("/tnreservation", body)


def _held(identity: str) -> str:
    return f"<ReservationIdList><ReservationId>{identity}</ReservationId></ReservationIdList>"


def _free(account: Account) -> str:
    return account.search("areaCode=615&quantity=1")[0]


def test_a_reserved_number_is_offered_to_nobody_for_four_hours(versioned: Account) -> None:
    number = _free(versioned)
    made = _reserve(versioned, number)
    assert (made.status, made.body) == (201, b"")
    shown = versioned.get(f"/tnreservation/{made.id}")
    assert (shown.text("ReservedTn"), shown.text("ReservationExpires")) == (number, str(HOURS))
    assert shown.text("ReservationId") == made.id
    assert _free(versioned) != number
    status = versioned.get(f"{versioned.prefix}/tns/{number}")
    assert (status.text("Status"), status.all("OrderId")) == ("Reserved", [])
    versioned.clock.advance(HOURS - 1)
    assert versioned.get(f"/tnreservation/{made.id}").text("ReservationExpires") == "1"
    versioned.clock.advance(1)
    assert versioned.get(f"/tnreservation/{made.id}").code == (404, "5043")
    assert _free(versioned) == number


def test_only_an_order_that_names_the_reservation_gets_the_number(
    versioned: Account, sippeer: str
) -> None:
    number = _free(versioned)
    made = _reserve(versioned, number)
    assert versioned.buy(sippeer, [number]).text("OrderStatus") == "FAILED"
    assert versioned.buy(sippeer, [number], _held("other")).text("OrderStatus") == "FAILED"
    assert versioned.buy(sippeer, [number], _held(made.id)).text("OrderStatus") == "COMPLETE"
    assert versioned.get(f"/tnreservation/{made.id}").code == (404, "5043")
    versioned.clock.advance(HOURS)
    assert versioned.get(f"/inserviceNumbers/{number}").status == 200


def test_a_reservation_can_be_given_up(account: Account) -> None:
    number = _free(account)
    made = _reserve(account, number)
    deleted = account.delete(f"/tnreservation/{made.id}")
    assert (deleted.status, deleted.text("ReservedTn")) == (200, number)
    assert account.delete(f"/tnreservation/{made.id}").code == (404, "5043")
    assert _free(account) == number


def test_the_number_may_stand_one_element_deeper(account: Account) -> None:
    number = _free(account)
    made = _reserve(account, f"<TelephoneNumber>{number}</TelephoneNumber>")
    assert account.delete(f"/tnreservation/{made.id}").text("ReservedTn") == number


def test_a_number_that_is_taken_cannot_be_reserved(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    assert _reserve(account, number).code == (400, "5041")
    free = _free(account)
    _reserve(account, free)
    assert _reserve(account, free).code == (400, "5041")


def test_a_number_out_of_stock_cannot_be_reserved(open_account: Open) -> None:
    account = open_account(stock=1)
    assert _reserve(account, number_at("910", 1)).code == (400, "5041")
    assert _reserve(account, number_at("250", 0)).code == (400, "5041")


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("5044", "<Reservation/>"),
        ("5070", "<Reservation><ReservedTn>12</ReservedTn></Reservation>"),
        ("5040", "<Reservation><ReservedTn>9105550100</ReservedTn></Reservation>"),
        ("1019", "<Booking/>"),
    ],
)
def test_a_reservation_is_refused(account: Account, code: str, body: str) -> None:
    assert account.post("/tnreservation", body).code == (400, code)
