from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account

MMS_SETTINGS = "<MmsSettings><protocol>HTTP</protocol></MmsSettings>"
UNKNOWN = "299ab22a-d7e6-4cf6-9f4d-2089efc0c031"


def test_a_feature_that_is_off_is_404(account: Account, sippeer: str) -> None:
    for feature in ("sms", "mms"):
        path = f"{sippeer}/products/messaging/features/{feature}"
        assert account.get(path).code == (404, "1016")
        assert account.delete(path).code == (404, "1016")
    assert account.sms(sippeer, "PUT").code == (404, "1016")
    assert account.mms(sippeer, "PUT").code == (404, "1016")


def test_sms_is_answered_with_a_proxy_peer_that_nobody_sent(account: Account, sippeer: str) -> None:
    made = account.sms(sippeer)
    assert made.status == 201
    assert made.text("HttpSettings/ProxyPeerId") == "539692"
    assert made.text("Zone1") == "true"
    assert account.get(f"{sippeer}/products/messaging/features/sms").body == made.body


def test_sms_keeps_the_a2p_settings_until_a_put_leaves_them_out(
    account: Account, sippeer: str
) -> None:
    a2p = {"A2pLongCode": "DefaultOff", "A2pMessageClass": "M", "A2pCampaignId": "CA3XKE1"}
    made = account.sms(sippeer, **a2p)
    assert {name: made.text(name) for name in a2p} == a2p
    put = account.sms(sippeer, "PUT", TollFree="false")
    assert (put.status, put.text("TollFree"), put.all("A2pLongCode")) == (200, "false", [])


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        *(("1003", {name: ""}) for name in ("TollFree", "ShortCode", "Protocol", "Zone5")),
        ("1008", {"TollFree": "yes"}),
        ("1008", {"Zone3": "1"}),
        ("1008", {"Protocol": "http"}),
        ("1008", {"A2pLongCode": "perhaps"}),
        ("1008", {"A2pCampaignId": "x" * 65}),
    ],
)
def test_sms_is_refused(account: Account, sippeer: str, code: str, changed: dict[str, str]) -> None:
    assert account.sms(sippeer, **changed).code == (400, code)
    assert account.get(f"{sippeer}/products/messaging/features/sms").status == 404


def test_sms_without_settings_is_refused(account: Account, sippeer: str) -> None:
    path = f"{sippeer}/products/messaging/features/sms"
    assert account.post(path, "<SipPeerSmsFeature/>").code == (400, "1003")


def test_smpp_hosts_are_kept(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    path = f"{sippeer}/products/messaging/features/sms"
    flags = "".join(f"<Zone{n}>true</Zone{n}>" for n in range(1, 6))
    settings = (
        f"<TollFree>true</TollFree><ShortCode>true</ShortCode><Protocol>SMPP</Protocol>{flags}"
    )
    bare = f"<SipPeerSmsFeatureSettings>{settings}</SipPeerSmsFeatureSettings>"
    without = account.put(path, f"<SipPeerSmsFeature>{bare}</SipPeerSmsFeature>")
    assert (without.text("Protocol"), without.all("SmppHosts")) == ("SMPP", [])
    hosts = "<SmppHosts><SmppHost><HostName>54.10.88.146</HostName></SmppHost></SmppHosts>"
    inner = f"<SipPeerSmsFeatureSettings>{settings}</SipPeerSmsFeatureSettings>{hosts}"
    put = account.put(path, f"<SipPeerSmsFeature>{inner}</SipPeerSmsFeature>")
    assert put.text("SmppHost/HostName") == "54.10.88.146"
    assert put.all("HttpSettings") == []
    assert account.assign(sippeer, account.application()).code == (400, "13645")


def test_a_feature_is_switched_on_once(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    assert account.sms(sippeer).code == (409, "1015")
    account.mms(sippeer)
    assert account.mms(sippeer).code == (409, "1015")


def test_mms_needs_sms_and_sms_outlives_mms(account: Account, sippeer: str) -> None:
    features = f"{sippeer}/products/messaging/features"
    assert account.mms(sippeer).code == (400, "13623")
    account.sms(sippeer)
    assert account.mms(sippeer).status == 201
    assert account.delete(f"{features}/sms").code == (400, "13624")
    assert account.delete(f"{features}/mms").status == 200
    assert account.delete(f"{features}/sms").status == 200


def test_mms_is_answered_in_lower_case(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    made = account.mms(sippeer)
    assert made.text("MmsSettings/protocol") == "HTTP"
    assert made.text("Protocols/HTTP/HttpSettings/proxyPeerId") == "539692"
    assert account.get(f"{sippeer}/products/messaging/features/mms").body == made.body
    put = account.mms(sippeer, "PUT")
    assert (put.status, put.body) == (200, b"")


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("1003", ""),
        ("1003", "<MmsSettings/>"),
        ("1008", "<MmsSettings><Protocol>FTP</Protocol></MmsSettings>"),
        ("1003", MMS_SETTINGS),
        ("13606", f"{MMS_SETTINGS}<Protocols/>"),
        (
            "13606",
            f"{MMS_SETTINGS}<Protocols><HTTP/><MM4/></Protocols>",
        ),
    ],
)
def test_mms_is_refused(account: Account, sippeer: str, code: str, body: str) -> None:
    account.sms(sippeer)
    path = f"{sippeer}/products/messaging/features/mms"
    assert account.post(path, f"<MmsFeature>{body}</MmsFeature>").code == (400, code)


def test_the_hosts_of_another_mms_protocol_are_kept(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    body = "<MmsSettings><Protocol>MM4</Protocol></MmsSettings>"
    hosts = "<Protocols><MM4><Tls>OFF</Tls></MM4></Protocols>"
    path = f"{sippeer}/products/messaging/features/mms"
    assert account.post(path, f"<MmsFeature>{body}{hosts}</MmsFeature>").text("MM4/Tls") == "OFF"
    assert account.assign(sippeer, account.application()).code == (400, "13645")


def test_sms_stays_while_numbers_are_on_the_location(account: Account, sippeer: str) -> None:
    account.sms(sippeer)
    numbers = account.numbers(sippeer, 1)
    path = f"{sippeer}/products/messaging/features/sms"
    assert account.delete(path).code == (400, "13673")
    account.settle(account.release(*numbers))
    assert account.delete(path).status == 200


def test_an_application_is_assigned_and_removed_in_both_ways(
    account: Account, sippeer: str
) -> None:
    path = f"{sippeer}/products/messaging/applicationSettings"
    account.sms(sippeer)
    assert account.get(path).names("ApplicationsSettings") == []
    application = account.application()
    for removal in ("REMOVE", "<HttpMessagingV2AppId>REMOVE</HttpMessagingV2AppId>"):
        assigned = account.assign(sippeer, application)
        assert (assigned.status, assigned.text("HttpMessagingV2AppId")) == (200, application)
        assert account.get(path).body == assigned.body
        removed = account.put(path, f"<ApplicationsSettings>{removal}</ApplicationsSettings>")
        assert (removed.status, removed.all("HttpMessagingV2AppId")) == (200, [])
        assert account.get(path).all("HttpMessagingV2AppId") == []


def test_an_assignment_is_refused(account: Account, sippeer: str) -> None:
    application = account.application()
    assert account.assign(sippeer, application).code == (400, "13645")
    account.sms(sippeer)
    assert account.assign(sippeer, "").code == (400, "13628")
    assert account.assign(sippeer, "mine").code == (400, "13628")
    assert account.assign(sippeer, UNKNOWN).code == (400, "13629")
    assert account.assign(sippeer, account.application("Voice-V2")).code == (400, "13648")
    path = f"{sippeer}/products/messaging/applicationSettings"
    assert account.get(path).all("HttpMessagingV2AppId") == []
