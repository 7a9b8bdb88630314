from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import place_of

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

MONTH = 30 * 24 * 3600.0


def _listed(number: str) -> str:
    inner = f"<TelephoneNumber>{number}</TelephoneNumber>"
    return f"<TelephoneNumberList>{inner}</TelephoneNumberList>"


def test_a_released_number_ages_and_only_its_account_gets_it_back(
    versioned: Account, sippeer: str
) -> None:
    kept, gone = versioned.numbers(sippeer, 2)
    made = versioned.release(gone)
    assert (made.status, made.text("OrderStatus")) == (201, "RECEIVED")
    assert versioned.get(f"/inserviceNumbers/{gone}").status == 200
    done = versioned.settle(made)
    assert done.text("OrderStatus") == "COMPLETE"
    assert done.text("DisconnectedTelephoneNumberList/TelephoneNumber") == gone
    assert done.text("orderRequest/id") == made.id
    assert done.text("DisconnectMode") == "normal"
    assert versioned.get(f"{sippeer}/tns").all("FullNumber") == [kept]
    assert versioned.get(f"/inserviceNumbers/{gone}").status == 404
    aging = versioned.get(f"{versioned.prefix}/tns/{gone}")
    assert (aging.text("Status"), aging.all("SiteId")) == ("Aging", [])
    assert versioned.get(f"{versioned.prefix}/tns/{gone}/sippeers").status == 404
    assert gone not in versioned.search("areaCode=910&quantity=5000")
    assert versioned.buy(sippeer, [gone]).text("FullNumber") == gone
    assert versioned.get(f"{versioned.prefix}/tns/{gone}").text("Status") == "Inservice"


def test_a_number_that_has_aged_is_for_sale_again(open_account: Open) -> None:
    account = open_account(stock=2)
    sippeer = account.sippeer(account.site())
    kept, gone = account.numbers(sippeer, 2)
    account.settle(account.release(gone))
    account.clock.advance(MONTH - 1)
    assert account.search("areaCode=910") == []
    account.clock.advance(1)
    assert account.search("areaCode=910") == [gone]
    assert account.get(f"/api/tns/{gone}").status == 404
    assert account.numbers(sippeer, 5) == [gone]
    assert account.get(f"{sippeer}/tns").all("FullNumber") == sorted([kept, gone])


def test_a_number_that_came_back_in_time_does_not_age_out(open_account: Open) -> None:
    account = open_account()
    sippeer = account.sippeer(account.site())
    (number,) = account.numbers(sippeer, 1)
    account.settle(account.release(number))
    account.clock.advance(MONTH / 2)
    account.buy(sippeer, [number])
    account.clock.advance(MONTH)
    assert account.get(f"{sippeer}/tns").all("FullNumber") == [number]
    account.settle(account.release(number))
    account.clock.advance(MONTH - 1)
    assert account.get(f"/api/tns/{number}").text("Status") == "Aging"
    account.clock.advance(1)
    assert account.get(f"/api/tns/{number}").status == 404


def test_a_number_that_was_never_for_sale_is_gone_when_it_has_aged(account: Account) -> None:
    """Accounts come with such numbers when they are filled from elsewhere."""
    number = "9105550100"
    with account.state().transaction():
        account.state().run(
            "INSERT INTO numbers (number, account, status, modified, in_service) "
            "VALUES (?, ?, 'Inservice', 0, 0)",
            number,
            account.settings.account,
        )
    assert account.get(f"/api/tns/{number}/tndetails").all("City") == []
    assert account.settle(account.release(number)).text("OrderStatus") == "COMPLETE"
    account.clock.advance(MONTH)
    assert account.get(f"/api/tns/{number}").status == 404


def test_a_number_that_is_not_ours_cannot_be_released(versioned: Account, sippeer: str) -> None:
    (own,) = versioned.numbers(sippeer, 1)
    other = versioned.written("2125550100")
    part = versioned.settle(versioned.release(own, other))
    assert part.text("OrderStatus") == "PARTIAL"
    assert part.text("ErrorList/Error/Code") == "5006"
    assert part.text("ErrorList/Error/TelephoneNumber") == other
    failed = versioned.settle(versioned.release(other))
    assert failed.text("OrderStatus") == "FAILED"


def test_details_tell_where_a_released_number_was(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    made = account.release(number)
    account.settle(made)
    detailed = account.get(f"/disconnects/{made.id}?tndetail=true")
    place = place_of(number)
    assert place is not None
    assert detailed.text("TelephoneNumberDetail/City") == place.city
    assert detailed.text("TelephoneNumberDetail/FullNumber") == number


@pytest.mark.parametrize(
    ("code", "inner"),
    [
        ("5001", None),
        ("5001", ""),
        ("5001", "<TelephoneNumberList/>"),
        ("5070", _listed("1")),
        ("5093", _listed("9103210910</TelephoneNumber><TelephoneNumber>9103210910")),
        ("5108", _listed("9103210910") + "<Protected>no</Protected>"),
        ("5084", _listed("9103210910") + "<DisconnectMode>purge</DisconnectMode>"),
    ],
)
def test_a_disconnect_is_refused_with_an_echo(
    account: Account, code: str, inner: str | None
) -> None:
    root, kind = "DisconnectTelephoneNumberOrder", "DisconnectTelephoneNumberOrderType"
    content = "" if inner is None else f"<{kind}>{inner}</{kind}>"
    own = "<CustomerOrderId>mine</CustomerOrderId>"
    refused = account.post("/disconnects", f"<{root}>{own}{content}</{root}>")
    assert refused.code == (400, code)
    assert refused.text("orderRequest/CustomerOrderId") == "mine"
    assert len(refused.all(f"orderRequest/{kind}")) == (inner is not None)


def test_a_disconnect_with_a_bad_customer_order_id_is_refused(account: Account) -> None:
    root, kind = "DisconnectTelephoneNumberOrder", "DisconnectTelephoneNumberOrderType"
    inner = f"<{kind}>{_listed('9103210910')}</{kind}><CustomerOrderId>a_b</CustomerOrderId>"
    assert account.post("/disconnects", f"<{root}>{inner}</{root}>").code == (400, "5052")


def test_an_unknown_disconnect_is_404(account: Account) -> None:
    assert account.get("/disconnects/nope").code == (404, "5061")


def test_no_disconnects_are_404_with_links_alone(open_account: Open) -> None:
    none = open_account().get("/disconnects")
    assert (none.status, none.names(".")) == (404, ["first"])


def test_disconnects_are_listed_with_an_id_in_capitals_and_dashed_times(
    open_account: Open,
) -> None:
    account = open_account()
    numbers = account.numbers(account.sippeer(account.site()), 3)
    first = account.release(*numbers[:2])
    account.settle(first)
    second = account.release(numbers[2])
    listed = account.get("/disconnects?size=1")
    assert (listed.text("TotalCount"), listed.text("OrderId")) == ("2", second.id)
    assert (listed.text("OrderType"), listed.text("OrderStatus")) == ("disconnect", "RECEIVED")
    assert ":" not in listed.text("OrderDate")
    assert f"page={first.id}&" in listed.text("Links/next")
    rest = account.get(f"/disconnects?page={first.id}&size=1")
    assert (rest.text("OrderId"), rest.text("CountOfTNs")) == (first.id, "2")
    assert rest.text("TelephoneNumberDetails/States//Count") == "2"
    assert account.get("/disconnects?status=complete").all("OrderId") == [first.id]
    assert account.get("/disconnects?userid=nobody").status == 404
    assert account.get("/disconnects?status=BACKORDERED").code == (400, "15518")
    assert account.get("/disconnects?startdate=23-11-14").code == (400, "15508")
    found = account.get("/disconnects?startdate=2023-11-14&enddate=23-11-14")
    assert found.text("TotalCount") == "2"
    assert account.get("/disconnects?size=5001").code == (400, "1006")
