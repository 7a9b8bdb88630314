"""Campaigns (10DLC) and verifications of toll-free numbers: looked up, never made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.numbers import campaigns, verifications

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

LIST = "/campaignManagement/10dlc/campaigns"
FIELDS = {"BrandId": "B1", "Usecase": "2FA"}
NUMBERS = ("9103210910", "9103210911", "9103210912")


def _json(reply: Reply) -> Any:
    return json.loads(reply.body)


@pytest.fixture
def account(open_account: Open) -> Account:
    """Two campaigns, the first with three numbers."""
    opened = open_account()
    own, state = opened.settings.account, opened.state()
    with state.transaction():
        campaigns.set_campaign(own, "CA1", state, status="ACTIVE", fields=FIELDS)
        campaigns.set_campaign(own, "CA2", state, status="EXPIRED", fields={})
        for number, status in zip(NUMBERS, ("SUCCESS", "PROCESSING", "FAILURE"), strict=True):
            campaigns.set_number(own, number, "CA1", state, status=status)
    return opened


def test_v1_lists_campaigns_in_xml(account: Account) -> None:
    listed = account.get(LIST)
    assert listed.all("Campaign/CampaignId") == ["CA1", "CA2"]
    assert listed.all("Campaign/Status") == ["ACTIVE", "EXPIRED"]
    assert listed.names("Campaigns/Campaign[1]") == ["CampaignId", "Status", "BrandId", "Usecase"]
    assert account.get(f"{LIST}?page=1&size=1").all("CampaignId") == ["CA2"]
    assert account.get(f"{LIST}/CA1").text("Campaign/BrandId") == "B1"
    numbers = account.get(f"{LIST}/CA1/tn?size=2")
    assert (numbers.text("TotalCount"), numbers.all("TelephoneNumber")) == ("3", [*NUMBERS[:2]])
    assert account.get(f"{LIST}/CA1/tn?size=2&page=1").all("TelephoneNumber") == [NUMBERS[2]]


def test_v2_lists_them_in_json(account: Account) -> None:
    caller = account.speaking("v2")
    listed = caller.get("/tendlc/campaigns")
    assert listed.headers["content-type"].startswith("application/json")
    assert _json(listed) == {
        "data": [
            {"campaignId": "CA1", "status": "ACTIVE"},
            {"campaignId": "CA2", "status": "EXPIRED"},
        ]
    }
    numbers = _json(caller.get("/tendlc/campaigns/CA1/phoneNumbers"))["data"]
    assert [row["phoneNumber"] for row in numbers] == [f"+1{number}" for number in NUMBERS]
    one = caller.get(f"/tendlc/campaigns/CA1/phoneNumbers?phoneNumber=%2B1{NUMBERS[1]}")
    assert [row["status"] for row in _json(one)["data"]] == ["PROCESSING"]
    page = _json(caller.get("/tendlc/phoneNumbers?limit=1&offset=2"))["data"]
    assert page == [{"phoneNumber": f"+1{NUMBERS[2]}", "campaignId": "CA1", "status": "FAILURE"}]


def test_each_version_has_its_own_way_only(account: Account) -> None:
    assert account.speaking("v2").get(LIST).status == 404
    assert account.get("/tendlc/campaigns").status == 404


def test_an_unknown_campaign_is_404_in_the_shape_of_its_call(account: Account) -> None:
    for part in ("", "/tn"):
        assert account.get(f"{LIST}/NOPE{part}").code == (404, "12189")
    missing = account.speaking("v2").get("/tendlc/campaigns/NOPE/phoneNumbers")
    assert (missing.status, _json(missing)["errors"][0]["code"]) == (404, 12189)


@pytest.mark.parametrize(
    ("status", "code", "path"),
    [
        (400, 1006, "/tendlc/phoneNumbers?limit=251"),
        (400, 1006, "/tendlc/phoneNumbers?offset=-1"),
        (400, 1022, "/tendlc/phoneNumbers?phoneNumber=9103210910"),
        (400, 1022, "/phoneNumbers/8005550100/tollFreeVerification"),
    ],
)
def test_a_bad_query_is_refused_in_json(
    account: Account, status: int, code: int, path: str
) -> None:
    refused = account.speaking("v2").get(path)
    assert (refused.status, _json(refused)["errors"][0]["code"]) == (status, code)


def test_an_account_without_the_product_gets_403(open_account: Open) -> None:
    account = open_account(campaign_management=False)
    for path in (LIST, f"{LIST}/CA1", f"{LIST}/CA1/tn"):
        assert account.get(path).code == (403, "12055")
    for path in ("campaigns", "campaigns/CA1/phoneNumbers", "phoneNumbers"):
        assert account.speaking("v2").get(f"/tendlc/{path}").status == 403


def test_a_campaign_that_goes_takes_its_numbers_along(account: Account) -> None:
    own, state = account.settings.account, account.state()
    with state.transaction():
        campaigns.set_campaign(own, "CA1", state, status="SUSPENDED", fields={})
    assert account.get(f"{LIST}/CA1").text("Status") == "SUSPENDED"
    with state.transaction():
        campaigns.remove_campaign(own, "CA1", state)
    assert account.get(LIST).all("CampaignId") == ["CA2"]
    assert _json(account.speaking("v2").get("/tendlc/phoneNumbers")) == {"data": []}


def test_a_toll_free_number_is_verified_when_somebody_said_so(account: Account) -> None:
    caller = account.speaking("v2")
    path = "/phoneNumbers/+18005550100/tollFreeVerification"
    missing = caller.get(path)
    assert (missing.status, _json(missing)["errors"][0]["code"]) == (404, 1016)
    with account.state().transaction():
        verifications.set_verification(
            account.settings.account, "8005550100", "VERIFIED", account.state()
        )
    assert _json(caller.get(path)) == {"phoneNumber": "+18005550100", "status": "VERIFIED"}
