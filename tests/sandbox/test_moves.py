"""Moving numbers between locations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account


def _now(*numbers: str) -> str:
    listed = "".join(f"<FullNumber>{number}</FullNumber>" for number in numbers)
    return f"<SipPeerTelephoneNumbers>{listed}</SipPeerTelephoneNumbers>"


def _order(sippeer: str, *numbers: str, more: str = "") -> str:
    _, _, site, _, peer = sippeer.split("/")
    listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
    where = f"<SiteId>{site}</SiteId><SipPeerId>{peer}</SipPeerId>"
    body = f"{more}{where}<TelephoneNumbers>{listed}</TelephoneNumbers>"
    return f"<MoveTnsOrder>{body}</MoveTnsOrder>"


def _on(account: Account, sippeer: str) -> list[str]:
    return account.get(f"{sippeer}/tns").all("FullNumber")


@pytest.fixture
def west(account: Account, sippeer: str) -> str:
    """Another sippeer on the same site."""
    return account.sippeer(sippeer.partition("/sippeers")[0], "West", default=False)


def test_numbers_move_within_a_site_at_once(account: Account, sippeer: str, west: str) -> None:
    numbers = account.numbers(sippeer, 3)
    moved = account.post(f"{west}/movetns", _now(*numbers[:2]))
    assert moved.status == 200
    assert moved.all("SipPeerTelephoneNumbers/FullNumber") == numbers[:2]
    assert (_on(account, west), _on(account, sippeer)) == (numbers[:2], numbers[2:])


def test_all_of_the_numbers_move_or_none(account: Account, sippeer: str, west: str) -> None:
    kept, gone = account.numbers(sippeer, 2)
    account.settle(account.release(gone))
    other = account.sippeer(account.site())
    (foreign,) = account.numbers(other, 1)
    for code, number in (
        ("13520", "2125550100"),
        ("13518", gone),
        ("13521", foreign),
        ("13512", "12"),
        ("13511", kept),
    ):
        assert account.post(f"{west}/movetns", _now(kept, number)).code == (400, code)
    assert account.post(f"{west}/movetns", _now()).code == (400, "13505")
    assert account.post(f"{west}/movetns", _now(*[kept] * 5001)).code == (400, "5095")
    assert (_on(account, west), _on(account, sippeer)) == ([], [kept])


def test_a_move_is_received_processed_and_complete(versioned: Account, sippeer: str) -> None:
    target = versioned.sippeer(versioned.site("Elsewhere"))
    numbers = versioned.numbers(sippeer, 2)
    own = "<CustomerOrderId>move 1</CustomerOrderId>"
    made = versioned.post("/moveTns", _order(target, *numbers, more=own))
    assert made.status == 201
    assert made.text("MoveTnsOrder/OrderId") == made.id
    assert made.text("ProcessingStatus") == "RECEIVED"
    versioned.clock.advance(0.15)
    assert versioned.get(f"/moveTns/{made.id}").text("ProcessingStatus") == "PROCESSING"
    assert _on(versioned, target) == []
    done = versioned.settle(made)
    assert done.names(".") == [
        *("OrderCreateDate", "AccountId", "CreatedByUser", "OrderId", "CustomerOrderId"),
        *("LastModifiedDate", "SiteId", "SipPeerId", "TelephoneNumbers", "ProcessingStatus"),
    ]
    assert done.text("ProcessingStatus") == "COMPLETE"
    assert done.all("TelephoneNumbers/TelephoneNumber") == numbers
    assert (_on(versioned, target), _on(versioned, sippeer)) == (numbers, [])
    history = versioned.get(f"/moveTns/{made.id}/history")
    assert history.all("Status") == ["received", "processing", "complete"]


def test_numbers_that_cannot_move_are_grouped_by_reason(
    account: Account, sippeer: str, west: str
) -> None:
    (number,) = account.numbers(sippeer, 1)
    foreign = ["2125550100", "2125550101"]
    part = account.settle(account.post("/moveTns", _order(west, number, *foreign)))
    assert part.text("ProcessingStatus") == "PARTIAL"
    assert part.text("Errors/Error/Code") == "7518"
    assert part.all("Errors/Error/TelephoneNumbers/TelephoneNumber") == foreign
    assert _on(account, west) == [number]
    failed = account.settle(account.post("/moveTns", _order(west, *foreign)))
    assert failed.text("ProcessingStatus") == "FAILED"


def test_a_move_without_a_sippeer_goes_to_the_default_one(account: Account, sippeer: str) -> None:
    other = account.site("Other")
    target = account.sippeer(other)
    (number,) = account.numbers(sippeer, 1)
    inner = f"<TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>"
    site = f"<SiteId>{other.rsplit('/', 1)[1]}</SiteId>"
    account.settle(account.post("/moveTns", f"<MoveTnsOrder>{site}{inner}</MoveTnsOrder>"))
    assert _on(account, target) == [number]


def test_a_move_is_refused_with_errors_of_its_own_shape(account: Account, sippeer: str) -> None:
    _, _, site, _, _peer = sippeer.split("/")
    empty = account.site("Empty").rsplit("/", 1)[1]
    elsewhere = account.sippeer(account.site("Other")).rsplit("/", 1)[1]
    for code, where in (
        ("7309", ""),
        ("7309", "<SiteId>1</SiteId>"),
        ("7310", f"<SiteId>{empty}</SiteId>"),
        ("7311", f"<SiteId>{site}</SiteId><SipPeerId>{elsewhere}</SipPeerId>"),
        ("7312", f"<SiteId>{site}</SiteId><SipPeerId>1</SipPeerId>"),
    ):
        refused = account.post("/moveTns", f"<MoveTnsOrder>{where}</MoveTnsOrder>")
        assert refused.code == (400, code)
        assert refused.names(".") == ["ProcessingStatus", "Errors"]
    for code, numbers, more in (
        ("7316", (), ""),
        ("7339", ("12",), ""),
        ("7360", ("9103210910", "9103210910"), ""),
        ("7314", ("9103210910",) * 5001, ""),
        ("7318", ("9103210910",), "<CustomerOrderId>a_b</CustomerOrderId>"),
        ("7325", ("9103210910",), "<SourceAccountId>1</SourceAccountId>"),
    ):
        body = _order(sippeer, *numbers, more=more)
        assert account.post("/moveTns", body).code == (400, code)


def test_a_sippeer_that_numbers_are_on_their_way_to_cannot_go(
    account: Account, sippeer: str, west: str
) -> None:
    (number,) = account.numbers(sippeer, 1)
    account.post("/moveTns", _order(west, number))
    assert account.delete(west).code == (400, "13681")
    account.clock.advance(1)
    assert account.delete(west).code == (400, "13555")


def test_moves_are_listed_and_found(account: Account, sippeer: str, west: str) -> None:
    numbers = account.numbers(sippeer, 3)
    own = "<CustomerOrderId>find me</CustomerOrderId>"
    made = account.post("/moveTns", _order(west, *numbers[:2], more=own))
    account.settle(made)
    listed = account.get("/moveTns?customerOrderId=find%20me&status=complete,FAILED")
    assert listed.names("MoveTnsOrderSummary") == [
        *("accountId", "CountOfTNs", "CustomerOrderId", "userId", "lastModifiedDate"),
        *("OrderDate", "OrderType", "OrderStatus", "OrderId"),
    ]
    assert (listed.text("TotalCount"), listed.text("OrderId")) == ("1", made.id)
    assert (listed.text("CountOfTNs"), listed.text("OrderType")) == ("2", "move_tn_orders")
    by_number = account.get(f"/moveTns?tn={numbers[0]}")
    assert by_number.all("OrderId") == [made.id]
    assert account.get(f"/moveTns?tn={numbers[2]}").text("TotalCount") == "0"
    assert account.get("/moveTns?customerOrderId=find%20me&status=FAILED").all("OrderId") == []


def test_an_unknown_move_is_404(account: Account) -> None:
    for part in ("", "/history"):
        assert account.get(f"/moveTns/nope{part}").status == 404
