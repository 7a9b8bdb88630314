from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.sandbox.numbering import NATIONAL
from provisioner.sandbox.stock import number_at, position_of

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

AREA_CODES = st.integers(200, 999).filter(lambda n: n % 100 != 11).map(str)
POSITIONS = st.integers(0, 7_909_999)


def _listed(number: str) -> str:
    inner = f"<TelephoneNumber>{number}</TelephoneNumber>"
    return f"<TelephoneNumberList>{inner}</TelephoneNumberList>"


@given(AREA_CODES, POSITIONS)
def test_every_position_is_one_number_that_can_be_dialled(area_code: str, position: int) -> None:
    number = number_at(area_code, position)
    assert position_of(number) == position
    assert NATIONAL.read(number) == number
    assert number[:3] == area_code
    assert number[3:6] != "555"
    assert number[4:6] != "11"


def test_a_location_lists_its_numbers_in_pages(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    numbers = sorted(account.numbers(sippeer, 5))
    pages = [account.get(f"{sippeer}/tns?page={n}&size=2").all("FullNumber") for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [number for page in pages for number in page] == numbers
    assert account.get(f"{sippeer}/tns").all("MessagingSettings/SmsEnabled") == ["true"] * 5
    bare = account.get(f"{sippeer}/tns?includeAttributes=false")
    assert (bare.all("FullNumber"), bare.all("SmsEnabled")) == (numbers, [])
    assert account.get(f"{sippeer}/tns?page=0").code == (400, "1006")


def test_totals_agree_everywhere(open_account: Open) -> None:
    account = open_account()
    site = account.site()
    first, second = account.sippeer(site), account.sippeer(site, "West", default=False)
    account.numbers(first, 3)
    account.numbers(second, 2, "919")
    name = "SipPeerTelephoneNumbersCount"
    counts = [account.get(f"{each}/totaltns").text(f"{name}/{name}") for each in (first, second)]
    assert counts == ["3", "2"]
    assert account.get(f"{site}/totaltns").text("TotalCount") == "5"
    assert account.get("/inserviceNumbers/totals").text("Count") == "5"
    assert account.get("/inserviceNumbers").text("TotalCount") == "5"
    assert account.get(f"{site}/inserviceNumbers?areaCode=919").text("TotalCount") == "2"


def test_in_service_numbers_are_paged_by_the_numbers_themselves(open_account: Open) -> None:
    account = open_account()
    assert account.get("/inserviceNumbers").status == 204
    numbers = sorted(account.numbers(account.sippeer(account.site()), 3))
    first = account.get("/inserviceNumbers?size=2")
    assert first.all("TelephoneNumbers/TelephoneNumber") == numbers[:2]
    assert f"page={numbers[2]}&" in first.text("Links/next")
    second = account.get(f"/inserviceNumbers?page={numbers[2]}&size=2")
    assert second.all("TelephoneNumbers/TelephoneNumber") == numbers[2:]
    assert second.all("Links/next") == []
    assert account.get("/inserviceNumbers?page=2").code == (400, "12512")


def test_a_number_tells_where_it_is_and_which_order_brought_it(
    account: Account, sippeer: str
) -> None:
    order = account.order(sippeer)
    number = account.settle(order).text("FullNumber")
    shown = account.get(f"/api/tns/{number}")
    assert shown.text("Status") == "Inservice"
    assert shown.text("OrderId") == order.id
    assert shown.text("SiteId") == sippeer.split("/")[2]
    assert account.get(f"/api/tns/{number}/sippeers").text("Id") == sippeer.rsplit("/", 1)[1]
    assert account.get(f"/api/tns/{number}/sites").text("Name") == "Raleigh"
    inside = account.get(f"/inserviceNumbers/{number}")
    assert (inside.status, inside.body) == (200, b"")


def test_a_number_that_is_not_ours_is_not_found(account: Account) -> None:
    for path in ("/api/tns/9193210919", "/inserviceNumbers/9193210919"):
        answer = account.get(path)
        assert (answer.status, answer.body) == (404, b"")
    assert account.get("/api/tns/12").code == (400, "12512")
    assert account.get("/inserviceNumbers/12").status == 404


def test_a_released_number_ages_and_only_its_account_gets_it_back(
    account: Account, sippeer: str
) -> None:
    kept, gone = account.numbers(sippeer, 2)
    made = account.release(gone)
    assert (made.status, made.text("OrderStatus")) == (201, "RECEIVED")
    assert account.get(f"/inserviceNumbers/{gone}").status == 200
    done = account.settle(made)
    assert done.text("OrderStatus") == "COMPLETE"
    assert done.text("DisconnectedTelephoneNumberList/TelephoneNumber") == gone
    assert done.text("orderRequest/id") == made.id
    assert account.get(f"{sippeer}/tns").all("FullNumber") == [kept]
    aging = account.get(f"/api/tns/{gone}")
    assert (aging.text("Status"), aging.all("SiteId")) == ("Aging", [])
    assert account.get(f"/api/tns/{gone}/sippeers").status == 404
    offered = account.get("/availableNumbers?areaCode=910&quantity=5000").all("TelephoneNumber")
    assert gone not in offered
    again = f"<ExistingTelephoneNumberOrderType>{_listed(gone)}</ExistingTelephoneNumberOrderType>"
    assert account.settle(account.place(sippeer, again)).text("FullNumber") == gone
    assert account.get(f"/api/tns/{gone}").text("Status") == "Inservice"


def test_a_number_that_is_not_ours_cannot_be_released(account: Account, sippeer: str) -> None:
    (own,) = account.numbers(sippeer, 1)
    part = account.settle(account.release(own, "2125550100"))
    assert part.text("OrderStatus") == "PARTIAL"
    assert part.text("ErrorList/Error/Code") == "5006"
    assert part.text("ErrorList/Error/TelephoneNumber") == "2125550100"
    failed = account.settle(account.release("2125550100"))
    assert failed.text("OrderStatus") == "FAILED"


@pytest.mark.parametrize(
    ("code", "inner"),
    [
        ("5001", None),
        ("5001", ""),
        ("5001", "<TelephoneNumberList/>"),
        ("5070", _listed("1")),
        ("1008", _listed("9103210910") + "<Protected>no</Protected>"),
    ],
)
def test_a_disconnect_is_refused(account: Account, code: str, inner: str | None) -> None:
    root, kind = "DisconnectTelephoneNumberOrder", "DisconnectTelephoneNumberOrderType"
    content = "" if inner is None else f"<{kind}>{inner}</{kind}>"
    assert account.post("/disconnects", f"<{root}>{content}</{root}>").code == (400, code)


def test_an_unknown_disconnect_is_404(account: Account) -> None:
    assert account.get("/disconnects/nope").code == (404, "5061")


def test_a_search_offers_what_the_next_order_gets(open_account: Open) -> None:
    account = open_account(stock=3)
    found = account.get("/availableNumbers?areaCode=910&quantity=2")
    assert found.text("ResultCount") == "2"
    assert account.get("/availableNumbers?areaCode=910").text("ResultCount") == "3"
    sippeer = account.sippeer(account.site())
    assert set(account.numbers(sippeer, 2)) == set(found.all("TelephoneNumber"))
    account.numbers(sippeer, 1)
    assert account.get("/availableNumbers?areaCode=910").names(".") == []


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("4010", "quantity=1"),
        ("1008", "areaCode=911"),
        ("1006", "areaCode=910&quantity=0"),
        ("1006", "areaCode=910&quantity=5001"),
    ],
)
def test_a_search_is_refused(account: Account, code: str, query: str) -> None:
    assert account.get(f"/availableNumbers?{query}").code == (400, code)
