"""Finding orders: by what, in which order, and how far back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import place_of

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

DAY = 24 * 3600.0


@pytest.fixture
def three_days(open_account: Open) -> tuple[Account, list[str]]:
    """An account with one order on each of three days, the oldest first."""
    account = open_account()
    sippeer = account.sippeer(account.site())
    orders = []
    for n in range(3):
        own = f"<CustomerOrderId>day {n}</CustomerOrderId>"
        orders.append(account.order(sippeer, n + 1, more=own).id)
        account.clock.advance(DAY)
    return account, orders


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [2, 1, 0]),
        ("&startdate=23-11-15", [2, 1]),
        ("&startdate=2023-11-15", [2, 1]),
        ("&enddate=23-11-15", [1, 0]),
        ("&startdate=23-11-15&enddate=23-11-15", [1]),
        ("&startdate=23-11-17", []),
        ("&customerOrderId=day%201", [1]),
        ("&customerOrderId=day", []),
        ("&userid=sandbox&status=COMPLETE", [2, 1, 0]),
        ("&userid=nobody", []),
        ("&status=failed", []),
    ],
)
def test_orders_are_filtered(
    three_days: tuple[Account, list[str]], query: str, days: list[int]
) -> None:
    account, orders = three_days
    listed = account.get(f"/orders?page=1&size=10{query}")
    assert listed.all("orderId") == [orders[n] for n in days]
    assert listed.text("TotalCount") == str(len(days))
    totals = account.get(f"/orders/totals?{query.removeprefix('&')}")
    assert totals.text("ListOrderIdUserIdDate/TotalCount") == str(len(days))


def test_filters_stay_in_the_links(three_days: tuple[Account, list[str]]) -> None:
    account, _ = three_days
    links = account.get("/orders?page=1&size=1&startdate=23-11-14&userid=sandbox")
    for relation in ("first", "next"):
        assert "startdate=23-11-14" in links.text(f"Links/{relation}")
        assert "userid=sandbox" in links.text(f"Links/{relation}")


def test_old_orders_are_found_only_when_something_is_asked_for(
    three_days: tuple[Account, list[str]],
) -> None:
    account, orders = three_days
    account.clock.advance(2 * 365 * DAY)
    assert account.get("/orders?page=1&size=10").text("TotalCount") == "0"
    own = account.get("/orders?page=1&size=10&customerOrderId=day%200")
    assert own.all("orderId") == [orders[0]]
    dated = account.get("/orders?page=1&size=10&startdate=23-11-14")
    assert dated.text("TotalCount") == "3"


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("15503", "startdate=yesterday"),
        ("15503", "enddate=2023-13-01"),
        ("15509", "startdate=23-11-15&enddate=23-11-14"),
        ("15518", "status=RECEIVED"),
    ],
)
def test_a_bad_filter_is_refused(account: Account, code: str, query: str) -> None:
    assert account.get(f"/orders?page=1&size=10&{query}").code == (400, code)
    assert account.get(f"/orders/totals?{query}").code == (400, code)


def test_a_row_counts_its_numbers_by_where_they_are(open_account: Open) -> None:
    account = open_account()
    sippeer = account.sippeer(account.site())
    numbers = account.numbers(sippeer, 7)
    row = account.get("/orders?page=1&size=1")
    assert row.names("ListOrderIdUserIdDate/OrderIdUserIdDate/TelephoneNumberDetails") == [
        *("States", "RateCenters", "Cities", "Tiers", "Vendors")
    ]
    counted = dict(zip(row.all("CityWithCount/City"), row.all("CityWithCount/Count"), strict=True))
    cities = [place.city for number in numbers if (place := place_of(number))]
    assert counted == {city: str(cities.count(city)) for city in cities}
    assert len(counted) == 3
    assert row.text("StateWithCount/Count") == row.text("VendorWithCount/Count") == "7"
    assert (row.text("Tier"), row.text("VendorId")) == ("0", "49")


def test_an_order_that_got_nothing_has_no_details(open_account: Open) -> None:
    account = open_account(stock=0)
    account.settle(account.order(account.sippeer(account.site())))
    row = account.get("/orders?page=1&size=1")
    assert (row.text("CountOfTNs"), row.all("TelephoneNumberDetails")) == ("0", [])


def test_a_site_lists_its_own_orders_or_links_alone(open_account: Open) -> None:
    account = open_account()
    first, second = account.site(), account.site()
    order = account.order(account.sippeer(first))
    listed = account.get(f"{first}/orders?page=1&size=10")
    assert listed.all("orderId") == [order.id]
    assert f"{first}/orders?page=1" in listed.text("Links/first")
    none = account.get(f"{second}/orders?page=1&size=10")
    assert (none.status, none.names(".")) == (404, ["first"])
    assert account.get(f"{first}/orders").code == (400, "1003")
    assert account.get("/sites/1/orders?page=1&size=10").code == (404, "12016")


def test_an_order_is_below_its_own_site_only(open_account: Open) -> None:
    account = open_account()
    first, second = account.site(), account.site()
    order = account.order(account.sippeer(first))
    done = account.settle(order)
    assert account.get(f"{first}/orders/{order.id}").body == done.body
    assert account.get(f"{first}/orders/{order.id}/tns").text("Count") == "1"
    assert account.get(f"{second}/orders/{order.id}").code == (404, "5061")
