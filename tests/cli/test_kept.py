"""What no field of the spec models was set by somebody else, and survives our updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

VOICE = """<VoiceHosts><Host><HostName>192.0.2.7</HostName></Host></VoiceHosts>
<CallingName><Display>true</Display><Enforced>true</Enforced></CallingName>"""
A2P = """<SipPeerSmsFeature><SipPeerSmsFeatureSettings>
<TollFree>true</TollFree><ShortCode>true</ShortCode>
<A2pLongCode>ON</A2pLongCode><A2pMessageClass>P</A2pMessageClass><A2pCampaignId>C1</A2pCampaignId>
<Protocol>HTTP</Protocol><Zone1>true</Zone1><Zone2>true</Zone2><Zone3>false</Zone3>
<Zone4>false</Zone4><Zone5>false</Zone5></SipPeerSmsFeatureSettings></SipPeerSmsFeature>"""


def without_numbers(spec: dict[str, Any]) -> dict[str, Any]:
    """The declared location, from which the numbers were taken."""
    location: dict[str, Any] = next(iter(spec["sites"]["Raleigh"]["sippeers"].values()))
    del location["numbers"]
    return location


@pytest.fixture
def applied(cli: Cli, declare: Declare, account: Account) -> Account:
    declare(without_numbers)
    assert cli("apply", "--yes").code == 0
    return account


def test_voice_hosts_and_calling_name_of_a_location(
    cli: Cli, declare: Declare, applied: Account
) -> None:
    body = "<PeerName>Messaging East</PeerName><IsDefaultPeer>true</IsDefaultPeer>"
    applied.call("PUT", applied.sippeer, f"<SipPeer>{body}{VOICE}</SipPeer>")
    declare(lambda spec: without_numbers(spec).update(description="Changed"))
    assert cli("apply", "--yes").code == 0
    assert applied.text(applied.sippeer, "Description") == "Changed"
    assert applied.text(applied.sippeer, "VoiceHosts/Host/HostName") == "192.0.2.7"
    assert applied.text(applied.sippeer, "CallingName/Display") == "true"
    assert applied.text(applied.sippeer, "CallingName/Enforced") == "true"


def test_a2p_settings_and_zones_of_sms(cli: Cli, declare: Declare, applied: Account) -> None:
    feature = f"{applied.messaging}/features/sms"
    applied.call("PUT", feature, A2P)
    declare(lambda spec: without_numbers(spec).update(sms={"toll_free": True, "short_code": False}))
    assert cli("apply", "--yes").code == 0
    shown = {
        name: applied.text(feature, name)
        for name in ("ShortCode", "A2pLongCode", "A2pMessageClass", "A2pCampaignId", "Zone2")
    }
    assert shown == {
        "ShortCode": "false",
        "A2pLongCode": "ON",
        "A2pMessageClass": "P",
        "A2pCampaignId": "C1",
        "Zone2": "true",
    }


def test_separate_urls_of_an_application_that_declares_none(
    cli: Cli, declare: Declare, applied: Account
) -> None:
    inbound, outbound = "https://example.com/in", "https://example.com/out"
    application = applied.application
    applied.call(
        "PATCH",
        application,
        f"<Application><InboundCallbackUrl>{inbound}</InboundCallbackUrl>"
        f"<OutboundCallbackUrl>{outbound}</OutboundCallbackUrl></Application>",
    )

    def change(spec: dict[str, Any]) -> None:
        without_numbers(spec)
        declared = spec["applications"]["Production Server"]
        del declared["callback_url"]
        declared["callback_credentials"]["user_id"] = "another-user"

    declare(change)
    assert cli("apply", "--yes").code == 0
    assert applied.text(application, "InboundCallbackUrl") == inbound
    assert applied.text(application, "OutboundCallbackUrl") == outbound
    assert applied.text(application, "InboundCallbackCreds/UserId") == "another-user"
    assert applied.text(application, "OutboundCallbackCreds/UserId") == "another-user"


def test_the_address_of_a_site_that_declares_none(
    cli: Cli, declare: Declare, applied: Account
) -> None:
    def change(spec: dict[str, Any]) -> None:
        without_numbers(spec)
        del spec["sites"]["Raleigh"]["address"]
        spec["sites"]["Raleigh"]["customer_name"] = "Somebody"

    declare(change)
    assert cli("apply", "--yes").code == 0
    assert applied.text(applied.site, "CustomerName") == "Somebody"
    assert applied.text(applied.site, "Address/StreetName") == "PENNSYLVANIA"
    assert applied.text(applied.site, "Address/Zip") == "20006"
    assert applied.text(applied.site, "Description") == "Test Gateway"


def test_part_of_an_address_beside_the_parts_that_are_declared(
    cli: Cli, declare: Declare, applied: Account
) -> None:
    site = applied.site
    street = "<HouseNumber>1600</HouseNumber><StreetName>PENNSYLVANIA</StreetName>"
    town = "<City>WASHINGTON</City><StateCode>DC</StateCode><Zip>20006</Zip><County>X</County>"
    address = f"<Address>{street}{town}</Address>"
    applied.call("PUT", site, f"<Site><Name>Raleigh</Name>{address}</Site>")

    def change(spec: dict[str, Any]) -> None:
        without_numbers(spec)
        spec["sites"]["Raleigh"]["address"]["house_number"] = "1601"

    declare(change)
    assert cli("apply", "--yes").code == 0
    assert applied.text(site, "Address/HouseNumber") == "1601"
    assert applied.text(site, "Address/County") == "X"


def test_an_account_that_changed_since_it_was_read_is_not_overwritten(
    cli: Cli, declare: Declare, applied: Account
) -> None:
    """Another's change of the same field, between our plan and our write, stops the write."""
    site = applied.site
    declare(lambda spec: [without_numbers(spec), spec["sites"]["Raleigh"].update(description="X")])
    changed_meanwhile(applied, site)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "changed" in ran.out + ran.err
    assert [each for each in applied.writes if each.target.endswith(site)] == []


def changed_meanwhile(account: Account, site: str) -> None:
    """The first GET of the site is the plan's; the second answers with another description."""
    account.log.clear()
    other = b"<SiteResponse><Site><Name>Raleigh</Name><Description>Y</Description></Site>"
    account.faults.add(
        Fault(
            "status-before",
            method="GET",
            path=f"{site}$",
            nth=2,
            status=200,
            headers={"content-type": "application/xml"},
            body=other + b"</SiteResponse>",
        )
    )
