"""`/tns`: the account's numbers one by one, as a list, and looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.settings import Login

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open


def test_a_number_tells_where_it_is_and_which_order_brought_it(
    versioned: Account, sippeer: str
) -> None:
    order = versioned.order(sippeer)
    number = versioned.settle(order).text("FullNumber")
    path = f"{versioned.prefix}/tns/{number}"
    shown = versioned.get(path)
    assert shown.text("TelephoneNumber") == number
    assert shown.text("Status") == "Inservice"
    assert (shown.text("OrderId"), shown.text("OrderType")) == (order.id, "NEW_NUMBER_ORDER")
    assert shown.text("SiteId") == sippeer.split("/")[2]
    assert versioned.get(f"{path}/sippeers").text("Id") == sippeer.rsplit("/", 1)[1]
    assert versioned.get(f"{path}/sites").text("Name") == "Raleigh"
    place = place_of(number.removeprefix("+1"))
    assert place is not None
    assert versioned.get(f"{path}/lata").text("TelephoneNumberDetails/Lata") == place.lata
    center = versioned.get(f"{path}/ratecenter")
    assert center.names("TelephoneNumberDetails") == ["RateCenter", "State"]
    assert center.text("RateCenter") == place.rate_center


def test_details_tell_everything(versioned: Account, sippeer: str) -> None:
    versioned.sms(sippeer)
    (number,) = versioned.numbers(sippeer, 1)
    shown = versioned.get(f"{versioned.prefix}/tns/{number}/tndetails")
    assert shown.names("TelephoneNumberDetails") == [
        *("City", "Lata", "RateCenter", "State", "FullNumber", "Tier", "VendorId", "VendorName"),
        *("Status", "AccountId", "LastModified", "InServiceDate", "Site", "SipPeer"),
        *("ServiceTypes", "MessagingSettings", "Features"),
    ]
    assert shown.text("SipPeer/PeerId") == sippeer.rsplit("/", 1)[1]
    assert shown.text("SipPeer/IsDefaultPeer") == "true"
    assert shown.all("ServiceType") == ["Voice", "Messaging"]
    assert shown.text("MessagingSettings/SmsEnabled") == "true"
    assert shown.text("MessagingSettings/A2pState") == "system_default"


def test_details_of_an_aging_number_have_no_location(account: Account, sippeer: str) -> None:
    (number,) = account.numbers(sippeer, 1)
    account.settle(account.release(number))
    shown = account.get(f"/api/tns/{number}/tndetails")
    assert (shown.text("Status"), shown.all("SipPeer"), shown.all("Site")) == ("Aging", [], [])
    assert shown.text("SmsEnabled") == "false"


@pytest.mark.parametrize("part", ["", "/tndetails", "/sites", "/sippeers", "/lata", "/ratecenter"])
def test_a_number_that_is_not_ours_is_not_found(versioned: Account, part: str) -> None:
    below = f"{versioned.prefix}/tns"
    missing = versioned.get(f"{below}/{versioned.written('9193210919')}{part}")
    assert (missing.status, missing.body) == (404, b"")
    code = {"v1": "12512", "v2": "1022"}[versioned.version]
    assert versioned.get(f"{below}/12{part}").code == (400, code)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_list_is_paged_by_numbers_or_by_counting(open_account: Open, version: str) -> None:
    account = open_account().speaking(version)
    numbers = account.numbers(account.sippeer(account.site()), 5)
    tns = f"{account.prefix}/tns"
    first = account.get(f"{tns}?page=1&size=2")
    assert first.text("TelephoneNumberCount") == "5"
    following = numbers[2].replace("+", "%2B")
    assert f"/tns?page={following}&size=2" in first.text("Links/next")
    second = account.get(f"{tns}?page={following}&size=2")
    assert second.all("FullNumber") == numbers[2:4]
    assert account.get(f"{tns}?page=2&size=2").all("FullNumber") == numbers[2:4]
    last = account.get(f"{tns}?page=3&size=2")
    assert (last.all("FullNumber"), last.all("next")) == (numbers[4:], [])
    assert account.get(f"{tns}?page=4&size=2").all("FullNumber") == []
    assert first.names("TelephoneNumbers/TelephoneNumber[1]") == [
        *("City", "Lata", "RateCenter", "State", "FullNumber", "Tier", "VendorId", "VendorName"),
        *("Status", "AccountId", "LastModified", "InServiceDate"),
    ]


@pytest.fixture
def mixed(open_account: Open) -> tuple[Account, str, list[str]]:
    """Three numbers in service on East, one aging, one reserved; East's path and all numbers."""
    account = open_account()
    sippeer = account.sippeer(account.site())
    numbers = account.numbers(sippeer, 4)
    account.settle(account.release(numbers[3]))
    (reserved,) = account.search("areaCode=919&quantity=1")
    body = f"<Reservation><ReservedTn>{reserved}</ReservedTn></Reservation>"
    account.post("/tnreservation", body)
    return account, sippeer, [*numbers, reserved]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("accountId=9900778", [0, 1, 2, 3, 4]),
        ("status=Inservice,InAccount", [0, 1, 2]),
        ("status=aging", [3]),
        ("status=Reserved", [4]),
        ("npa=919", [4]),
        ("state=NC&status=Aging,Reserved", [3, 4]),
        ("lata=426", [4]),
        ("service=Voice", [0, 1, 2, 3, 4]),
        ("service=E911", []),
        ("host=10.0.0.1", []),
        ("tier=2", []),
        ("siteId=1", []),
    ],
)
def test_the_list_is_filtered(
    mixed: tuple[Account, str, list[str]], query: str, found: list[int]
) -> None:
    account, _, numbers = mixed
    listed = account.get(f"/api/tns?{query}")
    assert listed.all("FullNumber") == [numbers[n] for n in found]
    assert listed.text("TelephoneNumberCount") == str(len(found))


def test_the_list_is_filtered_by_owner_and_number(mixed: tuple[Account, str, list[str]]) -> None:
    account, sippeer, numbers = mixed
    _, _, site, _, peer = sippeer.split("/")
    assert account.get(f"/api/tns?siteId={site}").all("FullNumber") == numbers[:3]
    assert account.get(f"/api/tns?sippeerId={peer}").all("FullNumber") == numbers[:3]
    assert account.get(f"/api/tns?fullNumber={numbers[1]}").all("FullNumber") == [numbers[1]]
    link = account.get(f"/api/tns?sippeerId={peer}&size=1").text("Links/next")
    assert f"sippeerId={peer}" in link


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("15507", "accountId=9900778&siteId=1"),
        ("15510", "npa=1"),
        ("15511", "npaNxx=9192384"),
        ("15512", "npaNxxX=919"),
        ("15513", "status=Lost"),
        ("15516", "page=x"),
        ("15516", "page=91032109100"),
        ("12512", "fullNumber=1"),
        ("15621", "service=Fax"),
        ("15514", "rateCenter=%3F"),
        ("1006", "size=2501"),
        ("1006", "size=0"),
    ],
)
def test_the_list_is_refused(account: Account, code: str, query: str) -> None:
    assert account.get(f"/api/tns?{query}").code == (400, code)


def test_another_accounts_list_is_403_without_a_body(account: Account) -> None:
    refused = account.get("/api/tns?accountId=1")
    assert (refused.status, refused.body) == (403, b"")


def test_a_caller_of_several_accounts_finds_the_numbers_of_each(open_account: Open) -> None:
    names = ("sandbox", "sandbox-password", "client-2", "secret-2")
    account = open_account(accounts=(Login("1000001", *names),))
    body = (
        "<Site><Name>Far</Name><Address><HouseNumber>1</HouseNumber><StreetName>MAIN</StreetName>"
        "<City>CARY</City><StateCode>NC</StateCode><Zip>27511</Zip></Address></Site>"
    )
    other = "/api/accounts/1000001"
    site = account.post(f"{other}/sites", body).id
    peer = "<SipPeer><PeerName>Far</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>"
    account.post(f"{other}/sites/{site}/sippeers", peer)
    kind = "<AreaCode>910</AreaCode><Quantity>1</Quantity>"
    order = f"<AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
    account.post(f"{other}/orders", f"<Order>{order}<SiteId>{site}</SiteId></Order>")
    (number,) = account.numbers(account.sippeer(account.site()), 1)
    (far,) = account.get("/api/tns?accountId=1000001").all("FullNumber")
    assert account.get("/api/tns").all("FullNumber") == [number]
    assert account.get(f"/api/tns/{number}").text("AccountId") == "9900778"
    assert account.get(f"/api/tns/{far}").text("AccountId") == "1000001"


def _look_up(account: Account, *numbers: str) -> str:
    return f"<TnList>{''.join(f'<Tn>{number}</Tn>' for number in numbers)}</TnList>"


def test_numbers_are_looked_up_by_a_list(versioned: Account, sippeer: str) -> None:
    numbers = versioned.numbers(sippeer, 2)
    foreign = versioned.written("2125550100")
    body = _look_up(versioned, *numbers, "12", foreign)
    found = versioned.post(f"{versioned.prefix}/tns", body)
    assert found.status == 200
    assert found.all("TelephoneNumbers/TelephoneNumber/FullNumber") == numbers
    assert found.text("TelephoneNumberCount") == "2"
    assert found.all("ErrorList/Error/Code") == ["15608", "15610"]
    assert found.all("ErrorList/Error/TelephoneNumbers/TelephoneNumber") == ["12", foreign]
    clean = versioned.post(f"{versioned.prefix}/tns", _look_up(versioned, *numbers))
    assert clean.all("ErrorList") == []


def test_a_look_up_is_refused(account: Account) -> None:
    assert account.post("/api/tns", "<TnList/>").code == (400, "15611")
    many = _look_up(account, *["9103210910"] * 2501)
    assert account.post("/api/tns", many).code == (400, "15607")


@pytest.mark.parametrize("released_late", [False, True])
def test_counts_and_rows_agree_while_lists_lag(open_account: Open, released_late: bool) -> None:
    account = open_account(list_lag=60.0)
    peer = account.sippeer(account.site())
    account.clock.advance(100)
    for _ in range(2):
        account.settle(account.order(peer, 3))
        account.clock.advance(20)
    if released_late:
        bought = account.state().row("SELECT number FROM numbers WHERE status = 'Inservice'")
        assert bought is not None
        account.release(bought["number"])
    for moment in (0, 30, 60):
        account.clock.advance(moment)
        for status in ("Inservice", "Aging", "Reserved", "Available", "Inservice,Aging", ""):
            asked = f"&status={status}" if status else ""
            shown = account.get(f"{account.prefix}/tns?page=1&size=500{asked}")
            rows = shown.all("TelephoneNumbers/TelephoneNumber")
            assert int(shown.text("TelephoneNumberCount")) == len(rows), (moment, status)
