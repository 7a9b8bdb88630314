"""What hangs below one order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import place_of

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply


@pytest.fixture
def order(versioned: Account, sippeer: str) -> Reply:
    made = versioned.order(sippeer, 4)
    versioned.settle(made)
    return made


def test_an_order_lists_and_counts_its_numbers(versioned: Account, order: Reply) -> None:
    path = f"/orders/{order.id}"
    numbers = versioned.get(path).all("FullNumber")
    listed = versioned.get(f"{path}/tns")
    assert listed.names(".") == ["Count"] + ["TelephoneNumber"] * 4
    assert (listed.text("Count"), listed.all("TelephoneNumber")) == ("4", numbers)
    codes = versioned.get(f"{path}/areaCodes")
    assert (codes.text("AreaCode"), codes.text("Count")) == ("910", "4")
    exchanges = versioned.get(f"{path}/npaNxx")
    counted = Counter(number.removeprefix("+1")[:6] for number in numbers)
    assert exchanges.all("NPA-NXX") == sorted(counted)
    assert exchanges.all("Count") == [str(counted[each]) for each in sorted(counted)]
    assert versioned.get(f"{path}/totals").text("TelephoneDetailsReport/Count") == "4"


def test_an_open_order_has_no_numbers_yet(account: Account, sippeer: str) -> None:
    path = f"/orders/{account.order(sippeer).id}"
    assert account.get(f"{path}/tns").names(".") == ["Count"]
    assert account.get(f"{path}/areaCodes").names(".") == []
    assert account.get(f"{path}/totals").text("Count") == "0"


def test_details_tell_where_each_number_is(versioned: Account, order: Reply) -> None:
    detailed = versioned.get(f"/orders/{order.id}?tndetail=true")
    assert len(detailed.all("CompletedNumbers/TelephoneNumber")) == 4
    number = detailed.all("FullNumber")[0]
    place = place_of(number.removeprefix("+1"))
    assert place is not None
    assert detailed.all("CompletedNumbers/TelephoneNumber/RateCenter")[0] == place.rate_center
    assert detailed.all("CompletedNumbers/TelephoneNumber/LATA")[0] == place.lata
    assert versioned.get(f"/orders/{order.id}").all("LATA") == []


def test_an_order_tells_its_history(open_account: Open) -> None:
    account = open_account(stock=1)
    waiting = "<BackOrderRequested>true</BackOrderRequested>"
    order = account.order(account.sippeer(account.site()), 2, more=waiting)
    path = f"/orders/{order.id}"
    account.settle(order)
    change = "<CustomerOrderId>hello</CustomerOrderId><CloseOrder>true</CloseOrder>"
    account.put(path, f"<Order>{change}</Order>")
    history = account.get(f"{path}/history")
    assert history.names("OrderHistory[1]") == ["OrderDate", "Note", "Author", "Status"]
    assert history.all("Status") == ["RECEIVED", "BACKORDERED", "BACKORDERED", "PARTIAL"]
    assert history.all("Author") == ["sandbox", "System", "sandbox", "sandbox"]
    assert history.text("Difference") == 'CustomerOrderId : "" --> hello'


def test_the_history_of_an_unknown_order_is_404_in_words_alone(account: Account) -> None:
    missing = account.get("/orders/nope/history")
    assert (missing.status, missing.names("ResponseStatus")) == (404, ["Description"])


@pytest.mark.parametrize("part", ["tns", "areaCodes", "npaNxx", "totals", "notes"])
def test_parts_of_an_unknown_order_are_404(account: Account, part: str) -> None:
    assert account.get(f"/orders/nope/{part}").code == (404, "5061")


def _note(user: str, words: str) -> str:
    return f"<Note><UserId>{user}</UserId><Description>{words}</Description></Note>"


def test_notes_are_kept_with_an_order(account: Account, sippeer: str) -> None:
    path = f"/orders/{account.order(sippeer).id}/notes"
    assert account.get(path).status == 204
    made = account.post(path, _note("sandbox", "Hello"))
    assert (made.status, made.body) == (201, b"")
    listed = account.get(path)
    assert listed.names("Note") == ["Id", "UserId", "Description", "LastDateModifier"]
    assert (listed.text("Id"), listed.text("Description")) == (made.id, "Hello")


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("12501", _note("somebody", "Hello")),
        ("12501", "<Note><Description>Hello</Description></Note>"),
        ("1003", _note("sandbox", "")),
        ("1011", _note("sandbox", "x" * 501)),
    ],
)
def test_a_note_is_refused(account: Account, sippeer: str, code: str, note: str) -> None:
    path = f"/orders/{account.order(sippeer).id}/notes"
    assert account.post(path, note).code == (400, code)
