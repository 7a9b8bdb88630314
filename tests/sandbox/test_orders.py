from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

BY_AREA_CODE = (
    "<AreaCodeSearchAndOrderType><AreaCode>910</AreaCode><Quantity>1</Quantity>"
    "</AreaCodeSearchAndOrderType>"
)


def _by_name(*numbers: str) -> str:
    listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
    inner = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
    return f"<ExistingTelephoneNumberOrderType>{inner}</ExistingTelephoneNumberOrderType>"


def _asking(*, back_order: bool, partial: bool) -> str:
    return (
        f"<BackOrderRequested>{str(back_order).lower()}</BackOrderRequested>"
        f"<PartialAllowed>{str(partial).lower()}</PartialAllowed>"
    )


def _ids(listed: Reply) -> list[str]:
    return listed.all("orderId")


def test_a_new_order_is_received_and_echoed(account: Account, sippeer: str) -> None:
    names = "<CustomerOrderId>plan-7f 1</CustomerOrderId><Name>Mine</Name>"
    made = account.order(sippeer, more=names)
    assert made.status == 201
    assert made.names("Order") == [
        *("CustomerOrderId", "Name", "id", "OrderCreateDate", "PeerId", "BackOrderRequested"),
        *("AreaCodeSearchAndOrderType", "PartialAllowed", "SiteId"),
    ]
    assert made.text("Order/id") == made.id
    assert made.text("OrderStatus") == "RECEIVED"
    assert (made.text("PartialAllowed"), made.text("BackOrderRequested")) == ("true", "false")


def test_an_order_is_received_until_its_time_has_come(account: Account, sippeer: str) -> None:
    made = account.order(sippeer, 2)
    early = account.get(f"/orders/{made.id}")
    assert (early.text("OrderStatus"), early.all("FullNumber")) == ("RECEIVED", [])
    assert early.text("PendingQuantity") == "2"
    assert account.get(f"{sippeer}/tns").all("FullNumber") == []
    done = account.settle(made)
    assert done.text("OrderStatus") == "COMPLETE"
    assert (done.text("CompletedQuantity"), done.text("FailedQuantity")) == ("2", "0")
    assert done.text("Summary") == "2 numbers ordered in (910)"
    assert done.text("CreatedByUser") == "sandbox"
    assert done.text("OrderCompleteDate") > done.text("OrderCreateDate")
    assert account.get(f"{sippeer}/tns").all("FullNumber") == done.all("FullNumber")


def test_an_order_without_a_peer_lands_on_the_default_one(account: Account, sippeer: str) -> None:
    site = sippeer.split("/")[2]
    made = account.post("/orders", f"<Order>{BY_AREA_CODE}<SiteId>{site}</SiteId></Order>")
    assert made.all("PeerId") == []
    done = account.settle(made)
    assert done.text("PeerId") == sippeer.rsplit("/", 1)[1]
    assert account.get(f"{sippeer}/tns").all("FullNumber") == done.all("FullNumber")


@pytest.mark.parametrize(
    ("back_order", "partial", "stock", "status", "taken"),
    [
        (True, True, 2, "BACKORDERED", 2),
        (True, False, 2, "BACKORDERED", 0),
        (False, True, 2, "PARTIAL", 2),
        (False, False, 2, "FAILED", 0),
        (True, True, 0, "BACKORDERED", 0),
        (True, False, 0, "BACKORDERED", 0),
        (False, True, 0, "FAILED", 0),
        (False, False, 0, "FAILED", 0),
        (False, False, 3, "COMPLETE", 3),
        (True, True, 3, "COMPLETE", 3),
    ],
)
def test_what_becomes_of_three_numbers(
    open_account: Open, back_order: bool, partial: bool, stock: int, status: str, taken: int
) -> None:
    account = open_account(stock_by_area_code={"910": stock})
    sippeer = account.sippeer(account.site())
    done = account.settle(
        account.order(sippeer, 3, more=_asking(back_order=back_order, partial=partial))
    )
    assert (done.status, done.text("OrderStatus")) == (200, status)
    assert done.text("CompletedQuantity") == str(taken)
    missing = "PendingQuantity" if status == "BACKORDERED" else "FailedQuantity"
    assert done.text(missing) == str(3 - taken)
    code = {"FAILED": ["5018"], "PARTIAL": ["5017"]}.get(status, [])
    assert done.all("ErrorList/Error/Code") == code
    assert len(account.get(f"{sippeer}/tns").all("FullNumber")) == taken


def test_stock_is_finite_and_no_number_is_sold_twice(open_account: Open) -> None:
    account = open_account(stock=5)
    sippeer = account.sippeer(account.site())
    sold = [*account.numbers(sippeer, 3), *account.numbers(sippeer, 3)]
    assert len(sold) == len(set(sold)) == 5
    assert account.settle(account.order(sippeer)).text("OrderStatus") == "FAILED"
    assert account.settle(account.order(sippeer, code="919")).text("OrderStatus") == "COMPLETE"


def test_two_sandboxes_sell_the_same_numbers(open_account: Open) -> None:
    first, second = open_account(), open_account()
    sold = [each.numbers(each.sippeer(each.site()), 5) for each in (first, second)]
    assert sold[0] == sold[1]


def test_numbers_are_ordered_by_name(account: Account, sippeer: str) -> None:
    offered = account.get("/availableNumbers?areaCode=212&quantity=2").all("TelephoneNumber")
    done = account.settle(account.place(sippeer, _by_name(*offered)))
    assert done.text("OrderStatus") == "COMPLETE"
    assert done.all("FullNumber") == sorted(offered)
    again = account.get("/availableNumbers?areaCode=212&quantity=2").all("TelephoneNumber")
    assert not set(again) & set(offered)


def test_an_unavailable_number_fails_by_name(account: Account, sippeer: str) -> None:
    free = account.get("/availableNumbers?areaCode=213&quantity=1").text("TelephoneNumber")
    (taken,) = account.numbers(sippeer, 1, "214")
    part = account.settle(account.place(sippeer, _by_name(free, taken)))
    assert part.text("OrderStatus") == "PARTIAL"
    assert part.text("FailedNumbers/FullNumber") == taken
    assert part.text("CompletedNumbers/TelephoneNumber/FullNumber") == free
    assert part.text("ErrorList/Error/TelephoneNumber") == taken
    assert part.text("ErrorList/Error/Code") == "5005"
    assert part.text("Summary") == "1 out of 2 numbers ordered in (213)"


def test_when_every_named_number_fails_the_order_is_shown_emptied(
    account: Account, sippeer: str
) -> None:
    more = _asking(back_order=True, partial=True)
    fictitious = ("9105550100", "2125550100")
    failed = account.settle(account.place(sippeer, _by_name(*fictitious) + more))
    assert failed.text("OrderStatus") == "FAILED"
    assert failed.all("ErrorList/Error/Code") == ["5005", "5005", "5522"]
    assert failed.all("FailedNumbers/FullNumber") == sorted(fictitious)
    assert failed.names("Order/ExistingTelephoneNumberOrderType") == []
    assert failed.all("CompletedNumbers") == failed.all("Summary") == []


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ((400, "5198"), BY_AREA_CODE.replace("<AreaCode>910</AreaCode>", "")),
        ((400, "5198"), BY_AREA_CODE.replace("<Quantity>1</Quantity>", "")),
        ((400, "5002"), BY_AREA_CODE.replace("910", "911")),
        ((400, "5002"), BY_AREA_CODE.replace("910", "110")),
        ((400, "5009"), BY_AREA_CODE.replace(">1<", ">0<")),
        ((400, "5009"), BY_AREA_CODE.replace(">1<", ">5001<")),
        ((400, "5009"), BY_AREA_CODE.replace(">1<", ">many<")),
        ((400, "5002"), ""),
        ((400, "5002"), "<MagicSearchAndOrderType/>"),
        ((400, "5002"), BY_AREA_CODE + _by_name("9103210910")),
        ((400, "5001"), "<ExistingTelephoneNumberOrderType/>"),
        ((400, "5070"), _by_name("55544433")),
        ((400, "5070"), _by_name("+19103210910")),
        ((400, "5093"), _by_name("9103210910", "9103210910")),
        ((400, "5095"), _by_name(*["9103210910"] * 5001)),
        ((400, "5052"), BY_AREA_CODE + "<CustomerOrderId>a_b</CustomerOrderId>"),
        ((400, "5052"), BY_AREA_CODE + f"<CustomerOrderId>{'x' * 41}</CustomerOrderId>"),
        ((400, "5217"), BY_AREA_CODE + "<PartialAllowed>maybe</PartialAllowed>"),
        ((400, "1008"), BY_AREA_CODE + "<BackOrderRequested>maybe</BackOrderRequested>"),
        ((400, "1011"), BY_AREA_CODE + f"<Name>{'x' * 51}</Name>"),
        (
            (400, "5102"),
            BY_AREA_CODE + "<TnAttributes><TnAttribute>Gold</TnAttribute></TnAttributes>",
        ),
        ((500, "1000"), "<TelephoneNumberList/>"),
    ],
)
def test_an_order_is_refused(
    account: Account, sippeer: str, code: tuple[int, str], body: str
) -> None:
    before = account.get("/orders?page=1&size=1").text("TotalCount")
    refused = account.place(sippeer, body)
    assert refused.code == code
    if code[0] == 400:
        assert refused.text("Order/SiteId") == sippeer.split("/")[2]
        assert refused.all("Order/id") == []
    assert account.get("/orders?page=1&size=1").text("TotalCount") == before


def test_an_order_needs_a_place_that_exists(account: Account, sippeer: str) -> None:
    _, _, site, _, peer = sippeer.split("/")
    for code, place in (
        ("5022", f"<PeerId>{peer}</PeerId>"),
        ("5016", f"<SiteId>1</SiteId><PeerId>{peer}</PeerId>"),
        ("5023", f"<SiteId>{site}</SiteId><PeerId>1</PeerId>"),
        ("5020", f"<SiteId>{account.site('Empty').rsplit('/', 1)[1]}</SiteId>"),
    ):
        answer = account.post("/orders", f"<Order>{BY_AREA_CODE}{place}</Order>")
        assert answer.code == (400, code)


def test_an_unknown_order_is_404(account: Account) -> None:
    assert account.get("/orders/nope").code == (404, "5061")
    assert account.put("/orders/nope", "<Order/>").code == (404, "5061")


def test_one_customer_order_id_may_have_two_orders(account: Account, sippeer: str) -> None:
    own = "<CustomerOrderId>twice</CustomerOrderId>"
    first, second = account.order(sippeer, more=own), account.order(sippeer, more=own)
    listed = account.get("/orders?page=1&size=10&customerOrderId=twice")
    assert _ids(listed) == [second.id, first.id]
    assert listed.all("CustomerOrderId") == ["twice", "twice"]
    assert listed.all("OrderStatus") == ["RECEIVED", "RECEIVED"]
    assert listed.text("TotalCount") == "2"
    assert _ids(account.get("/orders?page=1&size=10&customerOrderId=twi")) == []


def test_the_list_is_paged_by_the_ids_of_orders(open_account: Open) -> None:
    account = open_account()
    sippeer = account.sippeer(account.site())
    newest_first = [account.order(sippeer).id for _ in range(5)][::-1]
    found, page = [], "1"
    while page:
        listed = account.get(f"/orders?page={page}&size=2")
        assert listed.text("TotalCount") == "5"
        found += _ids(listed)
        links = listed.all("Links/next")
        target = urlsplit(links[0].removeprefix("Link=<").partition(">")[0]) if links else None
        page = parse_qs(target.query)["page"][0] if target else ""
    assert found == newest_first


def test_the_list_is_filtered_by_status_but_not_for_received(open_account: Open) -> None:
    account = open_account(stock_by_area_code={"919": 0})
    sippeer = account.sippeer(account.site())
    done, failed = account.order(sippeer), account.order(sippeer, code="919")
    account.clock.advance(1)
    account.order(sippeer)
    assert _ids(account.get("/orders?page=1&size=10&status=FAILED")) == [failed.id]
    complete = account.get("/orders?page=1&size=10&status=complete&userid=sandbox")
    assert (_ids(complete), complete.text("CountOfTNs")) == ([done.id], "1")
    assert account.get("/orders?page=1&size=10&status=RECEIVED").code == (400, "15518")


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("1003", ""),
        ("1003", "?page=1"),
        ("1003", "?size=1"),
        ("1006", "?page=1&size=1001"),
        ("1006", "?page=1&size=0"),
        ("1006", "?page=1&size=x"),
        ("1008", "?page=2&size=10"),
    ],
)
def test_a_list_is_refused(account: Account, code: str, query: str) -> None:
    assert account.get(f"/orders{query}").code == (400, code)


def test_no_orders_are_an_empty_list(open_account: Open) -> None:
    listed = open_account().get("/orders?page=1&size=10")
    assert (listed.status, listed.text("TotalCount")) == (200, "0")
    assert listed.text("Links/first").endswith('page=1&size=10>;rel="first";')


def test_an_order_is_renamed_at_any_time(account: Account, sippeer: str) -> None:
    made = account.order(sippeer, more="<Name>Old</Name>")
    renamed = "<Order><CustomerOrderId>new id</CustomerOrderId></Order>"
    assert account.put(f"/orders/{made.id}", renamed).names(".") == []
    shown = account.get(f"/orders/{made.id}")
    assert (shown.text("Order/Name"), shown.text("CustomerOrderId")) == ("Old", "new id")


def test_a_number_bought_by_name_is_passed_over_by_searches(open_account: Open) -> None:
    account = open_account(stock=3)
    first, second, third = account.get("/availableNumbers?areaCode=910").all("TelephoneNumber")
    sippeer = account.sippeer(account.site())
    account.settle(account.place(sippeer, _by_name(second)))
    offered = account.get("/availableNumbers?areaCode=910").all("TelephoneNumber")
    assert offered == [first, third]
    assert account.numbers(sippeer, 2) == sorted([first, third])


@pytest.mark.parametrize(("stock", "status"), [(1, "PARTIAL"), (0, "FAILED")])
def test_a_back_order_can_be_closed_and_keeps_what_it_has(
    open_account: Open, stock: int, status: str
) -> None:
    account = open_account(stock=stock)
    sippeer = account.sippeer(account.site())
    made = account.order(sippeer, 2, more=_asking(back_order=True, partial=True))
    path = f"/orders/{made.id}"
    close = "<Order><Name>Closed</Name><CloseOrder>true</CloseOrder></Order>"
    assert account.put(path, close).code == (400, "5060")
    account.settle(made)
    assert account.delete(sippeer).code == (400, "13555" if stock else "13681")
    assert account.put(path, close).status == 200
    closed = account.get(path)
    assert (closed.text("OrderStatus"), closed.text("Order/Name")) == (status, "Closed")
    assert len(account.get(f"{sippeer}/tns").all("FullNumber")) == stock
    assert account.put(path, close).code == (400, "5060")
