"""Orders that wait for stock, and the stock that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.numbers import stock
from provisioner.sandbox.numbers.exchanges import number_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import Account, Open, Reply

WAITING = "<BackOrderRequested>true</BackOrderRequested>"
WHOLE = f"{WAITING}<PartialAllowed>false</PartialAllowed>"


def _raise_stock(account: Account, size: int, area_code: str = "910") -> None:
    with account.state().transaction():
        stock.change_size(area_code, size, account.state())


def _look(account: Account, order: Reply) -> tuple[str, int]:
    shown = account.get(f"/orders/{order.id}")
    return shown.text("OrderStatus"), len(shown.all("CompletedNumbers//FullNumber"))


def test_a_back_order_is_filled_as_stock_arrives(open_account: Open) -> None:
    account = open_account(stock=1)
    sippeer = account.sippeer(account.site())
    order = account.order(sippeer, 3, more=WAITING)
    account.settle(order)
    assert _look(account, order) == ("BACKORDERED", 1)
    _raise_stock(account, 2)
    assert _look(account, order) == ("BACKORDERED", 2)
    _raise_stock(account, 9)
    assert _look(account, order) == ("COMPLETE", 3)
    done = account.get(f"/orders/{order.id}")
    assert done.text("FailedQuantity") == "0"
    assert done.all("FullNumber") == sorted(number_at("910", n) for n in range(3))
    assert account.get(f"{sippeer}/tns").all("FullNumber") == done.all("FullNumber")
    assert len(account.search("areaCode=910")) == 6
    listed = account.get("/orders?page=1&size=1")
    assert listed.text("CountOfTNs") == listed.text("States//Count") == "3"


def test_a_back_order_does_not_get_again_what_it_got_and_lost(open_account: Open) -> None:
    account = open_account(stock=1)
    order = account.order(account.sippeer(account.site()), 2, more=WAITING)
    (number,) = account.settle(order).all("FullNumber")
    account.settle(account.release(number))
    account.clock.advance(account.settings.aging)
    assert account.search("areaCode=910") == [number]
    assert _look(account, order) == ("BACKORDERED", 1)
    _raise_stock(account, 2)
    assert _look(account, order) == ("COMPLETE", 2)
    assert account.search("areaCode=910") == [number]


def test_an_order_that_takes_all_or_nothing_waits_for_all(open_account: Open) -> None:
    account = open_account(stock=1)
    order = account.order(account.sippeer(account.site()), 3, more=WHOLE)
    account.settle(order)
    _raise_stock(account, 2)
    assert _look(account, order) == ("BACKORDERED", 0)
    _raise_stock(account, 3)
    assert _look(account, order) == ("COMPLETE", 3)


def test_the_oldest_back_order_comes_first(open_account: Open) -> None:
    account = open_account(stock=0)
    sippeer = account.sippeer(account.site())
    first, second = (account.order(sippeer, 2, more=WAITING) for _ in range(2))
    account.settle(second)
    _raise_stock(account, 3)
    assert (_look(account, first), _look(account, second)) == (("COMPLETE", 2), ("BACKORDERED", 1))


def test_what_ages_out_fills_back_orders_at_its_time(open_account: Open) -> None:
    account = open_account(stock=1, aging=100.0)
    sippeer = account.sippeer(account.site())
    numbers = account.numbers(sippeer, 1)
    order = account.order(sippeer, 1, more=WAITING)
    account.settle(account.release(*numbers))
    assert _look(account, order) == ("BACKORDERED", 0)
    account.clock.advance(500)
    assert _look(account, order) == ("COMPLETE", 1)
    assert account.get(f"/orders/{order.id}").all("FullNumber") == numbers
    filled = account.get(f"/orders/{order.id}").text("OrderCompleteDate")
    assert filled == timestamp(account.clock() - 400)


def test_a_sandbox_with_more_stock_than_last_time_fills_what_waits(
    open_account: Open, tmp_path: Path
) -> None:
    before = open_account(tmp_path / "state.db", stock=0)
    order = before.order(before.sippeer(before.site()), more=WAITING)
    before.settle(order)
    after = open_account(tmp_path / "state.db", stock=5)
    after.clock.advance(10)
    assert _look(after, order) == ("COMPLETE", 1)


def test_a_lower_stock_takes_nothing_away(open_account: Open) -> None:
    account = open_account(stock=5)
    sippeer = account.sippeer(account.site())
    numbers = account.numbers(sippeer, 3)
    _raise_stock(account, 1)
    assert account.search("areaCode=910") == []
    assert account.get(f"{sippeer}/tns").all("FullNumber") == numbers
    _raise_stock(account, 5)
    assert len(account.search("areaCode=910")) == 2


def test_stock_of_what_is_no_area_code_cannot_be_changed(open_account: Open) -> None:
    account = open_account()
    with pytest.raises(ValueError, match="there is no area code '911'"):
        _raise_stock(account, 1, "911")


@pytest.mark.parametrize(
    ("kind", "criteria"),
    [
        ("NPANXX", "<NpaNxx>910234</NpaNxx>"),
        ("TollFreeVanity", "<TollFreeVanity>newcars</TollFreeVanity>"),
        ("Combined", "<NpaNxxX>9102345</NpaNxxX>"),
        ("Combined", "<AreaCode>910</AreaCode><LocalVanity>newcars</LocalVanity>"),
    ],
)
def test_what_cannot_come_into_stock_is_not_waited_for(
    open_account: Open, kind: str, criteria: str
) -> None:
    account = open_account(stock=0)
    name = f"{kind}SearchAndOrderType"
    body = f"<{name}>{criteria}<Quantity>1</Quantity></{name}>{WAITING}"
    done = account.settle(account.place(account.sippeer(account.site()), body))
    assert done.text("OrderStatus") == "FAILED"
    assert done.all("ErrorList/Error/Code") == ["5018", "5522"]
