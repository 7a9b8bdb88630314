from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account

NAME = "<PeerName>East</PeerName>"
DEFAULT = "<IsDefaultPeer>true</IsDefaultPeer>"
OTHER = "<IsDefaultPeer>false</IsDefaultPeer>"


def _peer(*parts: str) -> str:
    return f"<SipPeer>{''.join(parts)}</SipPeer>"


def test_a_new_sippeer_is_located_and_nothing_else(account: Account, site: str) -> None:
    made = account.post(f"{site}/sippeers", _peer(NAME, DEFAULT))
    assert (made.status, made.body) == (201, b"")
    assert account.get(f"{site}/sippeers/{made.id}").text("PeerName") == "East"


def test_a_sippeer_is_shown_with_its_empty_voice_settings(account: Account, sippeer: str) -> None:
    shown = account.get(sippeer)
    assert shown.names("SipPeer") == [
        *("PeerId", "PeerName", "IsDefaultPeer", "VoiceHosts", "VoiceHostGroups"),
        *("TerminationHosts", "OriginationRoutePlan", "CallingName"),
    ]
    assert shown.text("CallingName/Display") == "false"


def test_voice_settings_are_kept_as_they_came(account: Account, site: str) -> None:
    voice = (
        "<VoiceHosts><Host><HostName>10.10.10.1</HostName></Host></VoiceHosts>"
        "<CallingName><Display>true</Display><Enforced>true</Enforced></CallingName>"
        "<BillingIdentifier>b/01</BillingIdentifier>"
    )
    body = _peer(NAME, "<Description>d</Description>", DEFAULT, voice)
    made = account.post(f"{site}/sippeers", body)
    shown = account.get(f"{site}/sippeers/{made.id}")
    assert shown.text("VoiceHosts/Host/HostName") == "10.10.10.1"
    assert shown.text("CallingName/Display") == "true"
    assert shown.text("BillingIdentifier") == "b/01"
    assert account.get(f"{site}/sippeers").names("SipPeers/SipPeer") == shown.names("SipPeer")


def test_a_put_replaces_all_and_a_missing_calling_name_means_off(
    account: Account, site: str
) -> None:
    on = "<CallingName><Display>true</Display><Enforced>true</Enforced></CallingName>"
    made = account.post(
        f"{site}/sippeers", _peer(NAME, DEFAULT, on, "<Description>d</Description>")
    )
    put = account.put(f"{site}/sippeers/{made.id}", _peer("<PeerName>New</PeerName>", DEFAULT))
    assert put.status == 200
    assert (put.text("PeerName"), put.text("Display"), put.text("Enforced")) == (
        "New",
        "false",
        "false",
    )
    assert put.all("Description") == []


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ((400, "13500"), (DEFAULT,)),
        ((400, "13501"), (f"<PeerName>{'x' * 51}</PeerName>", DEFAULT)),
        ((400, "13502"), ("<PeerName>a/b</PeerName>", DEFAULT)),
        ((400, "13503"), (NAME, DEFAULT, f"<Description>{'x' * 51}</Description>")),
        ((400, "13522"), (NAME, OTHER)),
        ((400, "13522"), (NAME,)),
        ((400, "1008"), (NAME, "<IsDefaultPeer>yes</IsDefaultPeer>")),
        ((400, "13581"), (NAME, DEFAULT, "<CallingName/>")),
        (
            (400, "13582"),
            (NAME, DEFAULT, "<CallingName><Display>true</Display></CallingName>"),
        ),
        ((400, "1003"), (NAME, DEFAULT, "<Address/>")),
    ],
)
def test_a_first_sippeer_is_refused(
    account: Account, site: str, code: tuple[int, str], parts: tuple[str, ...]
) -> None:
    assert account.post(f"{site}/sippeers", _peer(*parts)).code == code
    assert account.get(f"{site}/sippeers").all("SipPeer") == []


def test_a_name_is_unique_within_its_site_only(account: Account, sippeer: str) -> None:
    site = sippeer.partition("/sippeers")[0]
    assert account.post(f"{site}/sippeers", _peer(NAME, OTHER)).code == (409, "13524")
    assert account.get(account.sippeer(account.site("Else"))).text("PeerName") == "East"
    second = account.sippeer(site, "West", default=False)
    assert account.put(second, _peer(NAME, OTHER)).code == (409, "13524")


def test_a_new_default_clears_the_old_one(account: Account, sippeer: str) -> None:
    site = sippeer.partition("/sippeers")[0]
    second = account.sippeer(site, "West")
    assert account.get(sippeer).text("IsDefaultPeer") == "false"
    account.put(sippeer, _peer(NAME, DEFAULT))
    assert account.get(second).text("IsDefaultPeer") == "false"


def test_a_change_to_another_sippeer_leaves_the_default_alone(
    account: Account, sippeer: str
) -> None:
    second = account.sippeer(sippeer.partition("/sippeers")[0], "West", default=False)
    assert account.put(second, _peer("<PeerName>Far West</PeerName>", OTHER)).status == 200
    assert account.get(second).text("PeerName") == "Far West"
    assert account.get(sippeer).text("IsDefaultPeer") == "true"


def test_the_default_cannot_be_switched_off_only_replaced(account: Account, sippeer: str) -> None:
    assert account.put(sippeer, _peer(NAME, OTHER)).code == (400, "13522")
    assert account.put(sippeer, _peer(NAME)).code == (400, "13522")


def test_a_missing_sippeer_is_400_but_404_when_deleted(account: Account, site: str) -> None:
    missing = f"{site}/sippeers/1"
    assert account.get(missing).code == (400, "13563")
    assert account.put(missing, _peer(NAME)).code == (400, "13563")
    assert account.delete(missing).code == (404, "13557")


def test_a_sippeer_of_another_site_is_missing(account: Account, sippeer: str) -> None:
    other = account.site("Other")
    identity = sippeer.rsplit("/", 1)[1]
    assert account.get(f"{other}/sippeers/{identity}").code == (400, "13563")


def test_what_a_sippeer_has_must_go_before_it(account: Account, sippeer: str) -> None:
    site = sippeer.partition("/sippeers")[0]
    other = account.sippeer(site, "West", default=False)
    numbers = account.numbers(sippeer, 1)
    assert account.delete(sippeer).code == (400, "13555")
    account.settle(account.release(*numbers))
    assert account.delete(sippeer).code == (400, "13558")
    assert account.delete(other).status == 200
    account.sms(sippeer)
    assert account.delete(sippeer).code == (400, "13613")
    account.delete(f"{sippeer}/products/messaging/features/sms")
    account.order(sippeer)
    assert account.delete(sippeer).code == (400, "13681")
    account.clock.advance(1)
    assert account.delete(sippeer).code == (400, "13555")


def test_a_sippeer_with_nothing_on_it_goes(account: Account, sippeer: str) -> None:
    deleted = account.delete(sippeer)
    assert (deleted.status, deleted.body) == (200, b"")
    assert account.get(sippeer).code == (400, "13563")
