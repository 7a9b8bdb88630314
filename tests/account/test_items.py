from __future__ import annotations

import pytest

from provisioner.account.items import (
    carries,
    id_of,
    is_of_type,
    name_of_item,
    read_attributes,
    read_field,
)
from provisioner.account.xml import parse
from provisioner.model import Address, Value
from provisioner.resources import resource_types

TYPES = resource_types()


def read(type_name: str, body: str) -> dict[str, Value]:
    return read_attributes(parse(body.encode()), TYPES[type_name], {})


def test_only_what_is_there_is_read() -> None:
    assert read("site", "<Site><Id>1</Id><Name>R</Name><Description/></Site>") == {
        "name": "R",
        "description": "",
    }


def test_a_site_is_read_with_its_address_and_the_country_under_its_code() -> None:
    inner = "<Country>United States</Country><Zip>02134</Zip>"
    site = read("site", f"<site><name>R</name><address>{inner}</address></site>")
    assert site == {"name": "R", "address.country": "US", "address.zip": "02134"}


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("FALSE", False), (" true ", True), ("maybe", None)]
)
def test_a_boolean_is_true_or_false_or_not_there(text: str, expected: bool | None) -> None:
    peer = read("sippeer", f"<SipPeer><IsDefaultPeer>{text}</IsDefaultPeer></SipPeer>")
    assert peer.get("default") is expected


def test_both_spellings_of_a_protocol_are_read() -> None:
    for name in ("protocol", "Protocol"):
        body = f"<MmsFeature><MmsSettings><{name}>HTTP</{name}></MmsSettings></MmsFeature>"
        assert read("mms", body) == {"protocol": "HTTP"}


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("<CallbackUrl>a</CallbackUrl>", "a"),
        ("<MsgCallbackUrl>a</MsgCallbackUrl>", "a"),
        (
            (
                "<CallbackUrl>a</CallbackUrl><MsgCallbackUrl>a</MsgCallbackUrl>"
                "<InboundCallbackUrl>a</InboundCallbackUrl><OutboundCallbackUrl>a</OutboundCallbackUrl>"
            ),
            "a",
        ),
        (
            "<InboundCallbackUrl>a</InboundCallbackUrl><OutboundCallbackUrl>b</OutboundCallbackUrl>",
            "a (inbound), b (outbound)",
        ),
        ("<InboundCallbackUrl>a</InboundCallbackUrl>", "a (inbound), none (outbound)"),
        ("", None),
    ],
    ids=["legacy", "older", "all-alike", "split", "inbound", "none"],
)
def test_a_callback_url_is_read_from_any_of_its_names(urls: str, expected: str | None) -> None:
    assert read("application", f"<Application>{urls}</Application>").get("callback_url") == expected


def test_a_password_is_not_read_even_where_the_service_echoes_it() -> None:
    creds = "<CallbackCreds><UserId>user-1</UserId><Password>secret12</Password></CallbackCreds>"
    found = read("application", f"<Application>{creds}</Application>")
    assert set(found.values()) == {"user-1"}


@pytest.mark.parametrize("inner", ["", "<HttpMessagingV2AppId/>", "REMOVE"])
def test_an_unassigned_location_has_no_application(inner: str) -> None:
    body = f"<ApplicationsSettings>{inner}</ApplicationsSettings>"
    assert read("messaging_application", body) == {}


def test_a_reference_is_read_as_an_address_known_or_not() -> None:
    row = TYPES["messaging_application"].field_named("application")
    item = parse(b"<A><HttpMessagingV2AppId>abc</HttpMessagingV2AppId></A>")
    known = Address("application", ("Server",))
    assert read_field(item, row, {"abc": known}) == known
    assert read_field(item, row, {}) == Address("application", ("id abc",))


def test_an_empty_element_carries_its_field() -> None:
    row = TYPES["site"].field_named("description")
    assert carries(parse(b"<Site><Description/></Site>"), row)
    assert not carries(parse(b"<Site/>"), row)


def test_ids_and_names_stand_where_the_type_says() -> None:
    peer = parse(b"<SipPeer><Id/><PeerId>7</PeerId><PeerName> East </PeerName></SipPeer>")
    assert id_of(peer, TYPES["sippeer"]) == "7"
    assert name_of_item(peer, TYPES["sippeer"]) == " East "
    short = parse(b"<SipPeer><Id>4064</Id><PeerName/><Name>Sales</Name></SipPeer>")
    assert (id_of(short, TYPES["sippeer"]), name_of_item(short, TYPES["sippeer"])) == (
        "4064",
        "Sales",
    )
    assert id_of(parse(b"<SipPeer/>"), TYPES["sippeer"]) is None
    assert name_of_item(parse(b"<SipPeer/>"), TYPES["sippeer"]) == ""


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("<ServiceType>Messaging-V2</ServiceType>", True),
        ("<ServiceType>Messaging</ServiceType>", True),
        ("<ServiceType>Voice-V2</ServiceType>", False),
        ("", True),
    ],
)
def test_only_messaging_applications_are_applications(service: str, expected: bool) -> None:
    item = parse(f"<Application>{service}</Application>".encode())
    assert is_of_type(item, TYPES["application"]) is expected
