"""`/tnoptions`: messaging and campaigns of numbers, set by an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers import campaigns

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

CAMPAIGN = (
    "<A2pSettings><MessageClass>M</MessageClass><CampaignId>CA3XKE1</CampaignId></A2pSettings>"
)


def _group(*numbers: str, options: str = "<Sms>on</Sms>") -> str:
    listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
    inner = f"{options}<TelephoneNumbers>{listed}</TelephoneNumbers>"
    return f"<TnOptionGroup>{inner}</TnOptionGroup>"


def _order(*groups: str, more: str = "") -> str:
    inner = f"<TnOptionGroups>{''.join(groups)}</TnOptionGroups>"
    return f"<TnOptionOrder>{more}{inner}</TnOptionOrder>"


def _settled(account: Account, *groups: str) -> Reply:
    return account.settle(account.post("/tnoptions", _order(*groups)))


def _details(account: Account, number: str) -> Reply:
    return account.get(f"{account.prefix}/tns/{number}/tndetails")


@pytest.fixture
def registered(account: Account) -> None:
    """The account has an active campaign and one that has expired."""
    with account.state().transaction():
        account_id = account.settings.account
        campaigns.set_campaign(account_id, "CA3XKE1", account.state(), status="ACTIVE", fields={})
        campaigns.set_campaign(account_id, "COLD", account.state(), status="EXPIRED", fields={})


def test_options_are_received_processed_and_complete(versioned: Account, sippeer: str) -> None:
    versioned.sms(sippeer)
    numbers = versioned.numbers(sippeer, 2)
    own = "<CustomerOrderId>opt</CustomerOrderId>"
    groups = (_group(numbers[0], options="<Sms>off</Sms>"), _group(numbers[1]))
    made = versioned.post("/tnoptions", _order(*groups, more=own))
    assert made.status == 201
    assert made.names("TnOptionOrder") == [
        *("OrderCreateDate", "AccountId", "CreatedByUser", "OrderId", "CustomerOrderId"),
        *("LastModifiedDate", "ProcessingStatus", "TnOptionGroups", "ErrorList"),
    ]
    assert made.text("TnOptionOrder/OrderId") == made.id
    assert made.text("ProcessingStatus") == "RECEIVED"
    versioned.clock.advance(0.1)
    assert versioned.get(f"/tnoptions/{made.id}").text("ProcessingStatus") == "PROCESSING"
    done = versioned.settle(made)
    assert done.names(".")[0] == "OrderCreateDate"
    assert done.text("ProcessingStatus") == "COMPLETE"
    assert done.all("TnOptionGroup/TelephoneNumbers/TelephoneNumber") == numbers
    assert done.text("Warnings/Warning/TelephoneNumber") == numbers[1]
    assert _details(versioned, numbers[0]).text("SmsEnabled") == "false"
    assert _details(versioned, numbers[1]).text("SmsEnabled") == "true"
    history = versioned.get(f"/tnoptions/{made.id}/history")
    assert history.all("Status") == ["received", "processing", "complete"]


def test_sms_needs_the_feature_of_the_location(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    failed = _settled(account, _group(number))
    assert failed.text("ProcessingStatus") == "FAILED"
    assert failed.text("ErrorList/Error/Code") == "5145"
    assert failed.text("ErrorList/Error/TelephoneNumber") == number


def test_a_foreign_number_fails_alone(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    (number,) = account.numbers(sippeer, 1)
    part = _settled(account, _group(number, "2125550100"))
    assert part.text("ProcessingStatus") == "PARTIAL"
    assert (part.text("ErrorList/Error/Code"), part.text("ErrorList/Error/TelephoneNumber")) == (
        "5076",
        "2125550100",
    )


@pytest.mark.usefixtures("registered")
def test_a_number_is_put_on_a_campaign_and_taken_off(versioned: Account, sippeer: str) -> None:
    versioned.sms(sippeer)
    (number,) = versioned.numbers(sippeer, 1)
    assert (
        _settled(versioned, _group(number, options=CAMPAIGN)).text("ProcessingStatus") == "COMPLETE"
    )
    shown = _details(versioned, number)
    assert (shown.text("CampaignId"), shown.text("MessageClass")) == ("CA3XKE1", "M")
    assert (shown.text("CampaignFullyProvisioned"), shown.text("A2pState")) == (
        "true",
        "overridden",
    )
    kept = "<A2pSettings><Action>unchanged</Action></A2pSettings>"
    _settled(versioned, _group(number, options=kept))
    assert _details(versioned, number).text("CampaignId") == "CA3XKE1"
    off = "<A2pSettings><Action>delete</Action></A2pSettings>"
    _settled(versioned, _group(number, options=off))
    assert _details(versioned, number).all("CampaignId") == []


@pytest.mark.usefixtures("registered")
def test_a_campaign_needs_sms(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    group = _group(number, options=CAMPAIGN)
    assert _settled(account, group).text("ErrorList/Error/Code") == "5132"
    account.sms(sippeer)
    _settled(account, _group(number, options="<Sms>off</Sms>"))
    assert _settled(account, group).text("ErrorList/Error/Code") == "5132"
    both = _group(number, options=f"<Sms>systemDefault</Sms>{CAMPAIGN}")
    assert _settled(account, both).text("ProcessingStatus") == "COMPLETE"


@pytest.mark.usefixtures("registered")
def test_a_number_that_leaves_is_on_no_campaign(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    (number,) = account.numbers(sippeer, 1)
    _settled(account, _group(number, options=CAMPAIGN))
    account.settle(account.release(number))
    assert _details(account, number).all("CampaignId") == []


def test_a_message_class_alone_needs_no_campaign(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    (number,) = account.numbers(sippeer, 1)
    only = "<A2pSettings><MessageClass>M</MessageClass></A2pSettings>"
    assert _settled(account, _group(number, options=only)).text("ProcessingStatus") == "COMPLETE"
    assert _details(account, number).text("MessageClass") == "M"


def test_settings_of_voice_are_kept_and_removed(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    path = f"{sippeer}/tns/{number}"
    said = "<CallForward>7042661720</CallForward><CallingNameDisplay>on</CallingNameDisplay>"
    _settled(account, _group(number, options=said))
    shown = account.get(path)
    assert (shown.text("CallForward"), shown.text("CallingNameDisplay")) == ("7042661720", "true")
    same = "<CallForward>unchanged</CallForward>"
    _settled(account, _group(number, options=same))
    assert account.get(path).text("CallForward") == "7042661720"
    _settled(account, _group(number, options="<CallForward>systemDefault</CallForward>"))
    assert account.get(path).all("CallForward") == []


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("5113", "<Sms>maybe</Sms>"),
        ("5079", "<CallingNameDisplay>maybe</CallingNameDisplay>"),
        ("5107", "<Protected>maybe</Protected>"),
        ("5081", "<NumberFormat>wrong</NumberFormat>"),
        ("5089", "<RPIDFormat>wrong</RPIDFormat>"),
        ("5138", "<A2pSettings><Action>maybe</Action></A2pSettings>"),
        ("5134", CAMPAIGN.replace("<CampaignId>", "<Action>off</Action><CampaignId>")),
        ("12128", CAMPAIGN.replace("CA3XKE1", "NOPE")),
        ("12192", CAMPAIGN.replace("CA3XKE1", "COLD")),
        ("1003", "<A2pSettings/>"),
    ],
)
def test_an_option_is_refused(account: Account, code: str, options: str) -> None:
    refused = account.post("/tnoptions", _order(_group("9103210910", options=options)))
    assert refused.code == (400, code)
    assert refused.names(".") == ["ResponseStatus"]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("1003", "<TnOptionOrder/>"),
        ("1003", _order()),
        ("5001", _order(_group())),
        ("5001", _order("<TnOptionGroup/>")),
        ("5070", _order(_group("12"))),
        ("5093", _order(_group("9103210910", "9103210910"))),
        ("5072", _order(_group("9103210910"), _group("9103210910"))),
        ("5052", _order(_group("9103210910"), more="<CustomerOrderId>_</CustomerOrderId>")),
    ],
)
def test_an_order_of_options_is_refused(account: Account, code: str, body: str) -> None:
    assert account.post("/tnoptions", body).code == (400, code)


def test_an_unknown_order_is_404_in_words_alone(account: Account) -> None:
    missing = account.get("/tnoptions/nope")
    assert (missing.status, missing.names("ResponseStatus")) == (404, ["Description"])
    assert account.get("/tnoptions/nope/history").status == 404


@pytest.fixture
def two_orders(open_account: Open) -> tuple[Account, list[str], list[str]]:
    """Two orders of options, a day apart, and the numbers that they were for."""
    account = open_account()
    sippeer = account.sippeer(account.site())
    account.sms(sippeer)
    numbers = account.numbers(sippeer, 2)
    orders = []
    for n, number in enumerate(numbers):
        own = f"<CustomerOrderId>opt {n}</CustomerOrderId>"
        made = account.post("/tnoptions", _order(_group(number), more=own))
        account.settle(made)
        orders.append(made.id)
        account.clock.advance(24 * 3600)
    return account, orders, numbers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 0]),
        ("status=COMPLETE", [1, 0]),
        ("status=FAILED", []),
        ("customerOrderId=opt%200", [0]),
        ("createdDateFrom=2023-11-15", [1]),
        ("createdDateTo=2023-11-14", [0]),
        ("modifiedDateFrom=2023-11-15&modifiedDateTo=2023-11-15", [1]),
        ("unknown=1", [1, 0]),
    ],
)
def test_orders_of_options_are_filtered(
    two_orders: tuple[Account, list[str], list[str]], query: str, found: list[int]
) -> None:
    account, orders, _ = two_orders
    listed = account.get(f"/tnoptions?{query}")
    assert listed.names(".") == ["TotalCount"] + ["TnOptionOrderSummary"] * len(found)
    assert listed.all("TnOptionOrderSummary/OrderId") == [orders[n] for n in found]
    assert listed.text("TotalCount") == str(len(found))


def test_orders_of_options_are_found_by_number_and_fragment(
    two_orders: tuple[Account, list[str], list[str]],
) -> None:
    account, orders, numbers = two_orders
    assert account.get(f"/tnoptions?tn={numbers[1]}").all("OrderId") == [orders[1]]
    written = account.speaking("v2").get(f"/tnoptions?tn=%2B1{numbers[1]}")
    assert written.all("OrderId") == [orders[1]]
    assert account.get(f"/tnoptions?orderIdFragment={orders[0][:8]}").all("OrderId") == [orders[0]]
    whole = account.get("/tnoptions?orderDetails=true&customerOrderId=opt%200")
    assert whole.text("TnOptionOrder/TnOptionGroups//TelephoneNumber") == numbers[0]
    account.clock.advance(2 * 366 * 24 * 3600)
    assert account.get("/tnoptions").text("TotalCount") == "0"
    assert account.get(f"/tnoptions?tn={numbers[1]}").text("TotalCount") == "1"


@pytest.mark.parametrize("query", ["status=maybe", "tn=12", "createdDateFrom=x"])
def test_a_bad_filter_is_404(account: Account, query: str) -> None:
    assert account.get(f"/tnoptions?{query}").status == 404
