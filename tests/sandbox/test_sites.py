from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

ADDRESS = {
    "HouseNumber": "1600",
    "StreetName": "PENNSYLVANIA",
    "StreetSuffix": "AVE",
    "PostDirectional": "NW",
    "City": "WASHINGTON",
    "StateCode": "DC",
    "Zip": "20006",
    "Country": "US",
}


def _address(**changed: str) -> str:
    parts = {name: value for name, value in (ADDRESS | changed).items() if value}
    return f"<Address>{''.join(f'<{k}>{v}</{k}>' for k, v in parts.items())}</Address>"


def _site(*parts: str, name: str = "<Name>Raleigh</Name>") -> str:
    return f"<Site>{name}{''.join(parts)}</Site>"


def test_a_new_site_is_answered_whole_and_located(account: Account) -> None:
    details = (
        "<Description>Test</Description><CustomerName>BW</CustomerName>"
        "<CustomerProvidedID>id-1</CustomerProvidedID>"
    )
    trunking = "<Type>Seats</Type><UsageCategory>UC500</UsageCategory>"
    uc = f"<UcTrunkingConfiguration>{trunking}</UcTrunkingConfiguration>"
    made = account.post("/sites", _site(details, _address(), uc))
    assert made.status == 201
    assert made.text("Site/Id") == made.id
    assert account.get(f"/sites/{made.id}").body == made.body
    assert made.text("Country") == "United States"
    assert made.text("AddressType") == "Service"
    assert made.text("CustomerProvidedID") == "id-1"
    assert made.text("UsageCategory") == "UC500"


def test_in_the_prose_dialect_the_answer_names_no_id(open_account: Open) -> None:
    account = open_account(dialect="v1-prose")
    made = account.post("/sites", _site(_address()))
    assert made.status == 201
    assert b"added" in made.body
    assert b"<" not in made.body
    assert "location" not in made.headers
    assert account.get("/sites").all("Name") == ["Raleigh"]


def test_two_sites_may_have_one_name(account: Account) -> None:
    assert account.site("Twin") != account.site("Twin")


def test_the_list_leaves_addresses_out(open_account: Open) -> None:
    account = open_account()
    assert account.get("/sites").names("Sites") == []
    account.post("/sites", _site("<Description>d</Description>", _address()))
    assert account.get("/sites").names("Sites/Site") == ["Id", "Name", "Description"]


def test_the_list_tells_sippeers_and_numbers_when_asked(open_account: Open) -> None:
    account = open_account()
    peer = account.sippeer(account.site())
    account.site("Empty")
    account.numbers(peer, 3)
    listed = account.get("/sites?sipPeerDetails=true&tnCounts=true")
    assert listed.all("SipPeerCount") == ["1", "0"]
    assert listed.all("TotalTnCount") == ["3", "0"]
    shown = ["PeerId", "PeerName", "IsDefaultPeer", "CallingName"]
    assert listed.names("Sites/Site/SipPeers/SipPeer") == shown
    brief = account.get("/sites?sipPeerDetails=true&summary=true")
    assert brief.names("Sites/Site/SipPeers/SipPeer") == ["PeerId", "PeerName"]


def test_a_put_replaces_the_whole_site(account: Account) -> None:
    made = account.post("/sites", _site("<Description>d</Description>", _address()))
    put = account.put(f"/sites/{made.id}", _site(_address(Zip="20007"), name="<Name>New</Name>"))
    assert put.status == 200
    assert put.all("Description") == []
    assert account.get(f"/sites/{made.id}").text("Zip") == "20007"
    assert account.get(f"/sites/{made.id}").text("Name") == "New"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("12533", _site(_address(), name="")),
        ("12533", _site(_address(), name="<Name> </Name>")),
        ("12529", _site(_address(), name=f"<Name>{'x' * 51}</Name>")),
        ("12526", _site(_address(), name="<Name>a\tb</Name>")),
        ("1003", _site()),
        ("1003", _site("<Address/>")),
        *(("1003", _site(_address(**{name: ""}))) for name in list(ADDRESS)[:2]),
        *(("1003", _site(_address(**{name: ""}))) for name in ("City", "StateCode", "Zip")),
        ("1011", _site(_address(City="x" * 101))),
        ("1011", _site(_address(StateCode="DCX"))),
        ("12024", _site(_address(StateCode="1X"))),
        ("1008", _site(_address(Zip="2000"))),
        ("1008", _site(_address(PlusFour="12"))),
        ("1008", _site(_address(AddressType="Home"))),
        ("12113", _site(_address(HouseNumber="0"))),
        ("1011", _site(_address(), f"<CustomerName>{'x' * 51}</CustomerName>")),
        ("1011", _site(_address(), f"<CustomerProvidedID>{'x' * 11}</CustomerProvidedID>")),
        (
            "1008",
            _site(
                _address(),
                "<UcTrunkingConfiguration><Type>Chairs</Type></UcTrunkingConfiguration>",
            ),
        ),
        ("1019", "<Place/>"),
        ("1019", "not XML"),
        ("1019", ""),
        ("1019", f'<!DOCTYPE Site [<!ENTITY x "y">]>{_site(_address())}'),
    ],
)
def test_a_site_is_refused(account: Account, code: str, body: str) -> None:
    assert account.post("/sites", body).code == (400, code)


def test_what_is_not_xml_is_refused_with_the_place_in_the_body(account: Account) -> None:
    refused = account.post("/sites", "<Site><Name></Site>")
    assert refused.text("Description").endswith("line 1, column 20)")


def test_a_misspelt_address_is_corrected_but_not_taken(open_account: Open) -> None:
    account = open_account()
    refused = account.post("/sites", _site(_address(StreetName="PENNSYLVANIO")))
    assert refused.code == (409, "12112")
    assert refused.text("RecommendedAddress/StreetName") == "PENNSYLVANIA"
    assert refused.text("AddressLine1") == "1600 PENNSYLVANIA AVE NW"
    assert refused.text("Site/Address/StreetName") == "PENNSYLVANIO"
    assert account.get("/sites").all("Site") == []


def test_an_unknown_site_is_12016(account: Account) -> None:
    for path in ("/sites/1", "/sites/x", "/sites/1/sippeers", "/sites/1/totaltns"):
        assert account.get(path).code == (404, "12016")
    assert account.get(f"{account.site().replace('/sites/', '/sites/0')}").code == (404, "12016")


def test_a_site_is_deleted_only_without_sippeers(account: Account, sippeer: str) -> None:
    site = sippeer.partition("/sippeers")[0]
    assert account.delete(site).code == (400, "12031")
    assert account.delete(sippeer).status == 200
    deleted = account.delete(site)
    assert (deleted.status, deleted.body) == (200, b"")
    assert account.get(site).code == (404, "12016")


def test_the_id_of_a_deleted_site_is_never_used_again(account: Account) -> None:
    gone = account.site()
    account.delete(gone)
    assert account.site() != gone
