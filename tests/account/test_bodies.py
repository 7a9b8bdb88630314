"""Whole-object updates of items as the service really returns them."""

from __future__ import annotations

import pytest

from provisioner.account.bodies import updated_whole
from provisioner.account.xml import Element, find, parse, text_at
from provisioner.errors import AccountError
from provisioner.resources import resource_types
from tests.account.conftest import PASSWORD, Account

pytestmark = pytest.mark.anyio

VOICE = (
    "<VoiceHosts><Host><HostName>10.1.2.3</HostName></Host></VoiceHosts>"
    "<TerminationHosts><TerminationHost><HostName>10.4.5.6</HostName><Port>5060</Port>"
    "</TerminationHost></TerminationHosts>"
    "<CallingName><Display>true</Display><Enforced>true</Enforced></CallingName>"
)
SPLIT = (
    "<InboundCallbackUrl>https://example.com/in</InboundCallbackUrl>"
    "<OutboundCallbackUrl>https://example.com/out</OutboundCallbackUrl>"
    "<InboundCallbackCreds><UserId>inbound</UserId><Password>secret12</Password>"
    "</InboundCallbackCreds>"
    "<OutboundCallbackCreds><UserId>outbound</UserId><Password>secret34</Password>"
    "</OutboundCallbackCreds>"
    "<RequestedCallbackTypes><CallbackType>message-failed</CallbackType></RequestedCallbackTypes>"
)
A2P = (
    "<SipPeerSmsFeatureSettings><TollFree>true</TollFree><ShortCode>true</ShortCode>"
    "<A2pLongCode>DefaultOff</A2pLongCode><A2pMessageClass>M</A2pMessageClass>"
    "<A2pCampaignId>C-1</A2pCampaignId><Protocol>HTTP</Protocol><Zone1>true</Zone1>"
    "<Zone2>true</Zone2><Zone3>false</Zone3><Zone4>true</Zone4><Zone5>false</Zone5>"
    "</SipPeerSmsFeatureSettings><HttpSettings><ProxyPeerId>569238</ProxyPeerId></HttpSettings>"
)


def item_of(account: Account, path: str, element: str) -> Element:
    found = parse(account.call("GET", path).content).find(f".//{element}")
    assert found is not None
    return found


def texts(item: Element) -> dict[str, str]:
    return {each.tag: each.text or "" for each in item.iter("*") if not len(each)}


async def test_a_sippeer_keeps_its_voice_hosts_and_calling_name(account: Account) -> None:
    site = account.site()
    peer = account.sippeer(site, more=VOICE)
    before = texts(item_of(account, peer, "SipPeer"))
    assert before["Display"] == "true"
    spec = "sites: {Raleigh: {sippeers: {East: {description: New words}}}}"
    assert (await account.apply(spec)).done
    after = texts(item_of(account, peer, "SipPeer"))
    assert after == before | {"Description": "New words"}


async def test_a_sippeer_sends_back_nothing_that_the_service_added(account: Account) -> None:
    account.sippeer(account.site())
    await account.apply("sites: {Raleigh: {sippeers: {East: {description: New words}}}}")
    put = next(each for each in account.log if each.method == "PUT")
    assert find(parse(put.request), "PeerId") is None


async def test_a_site_keeps_the_address_that_the_spec_does_not_mention(account: Account) -> None:
    more = "<CustomerName>BW</CustomerName><CustomerProvidedID>17</CustomerProvidedID>"
    site = account.site(more=more)
    before = texts(item_of(account, site, "Site"))
    assert (await account.apply("sites: {Raleigh: {description: New words}}")).done
    assert texts(item_of(account, site, "Site")) == before | {"Description": "New words"}


async def test_a_site_takes_a_new_street_and_keeps_the_rest(account: Account) -> None:
    site = account.site(more="<CustomerName>BW</CustomerName>")
    before = texts(item_of(account, site, "Site"))
    address = (
        "{house_number: '1601', street_name: PENNSYLVANIA, city: WASHINGTON, state_code: DC, "
        "zip: '20006'}"
    )
    assert (await account.apply(f"sites: {{Raleigh: {{address: {address}}}}}")).done
    assert texts(item_of(account, site, "Site")) == before | {"HouseNumber": "1601"}


async def test_sms_keeps_its_zones_and_campaign_settings(account: Account) -> None:
    peer = account.sippeer(account.site())
    path = f"{peer}/products/messaging/features/sms"
    account.call("POST", path, f"<SipPeerSmsFeature>{A2P}</SipPeerSmsFeature>")
    before = texts(item_of(account, path, "SipPeerSmsFeature"))
    assert before["A2pCampaignId"] == "C-1"
    spec = "sites: {Raleigh: {sippeers: {East: {sms: {toll_free: false, short_code: true}}}}}"
    assert (await account.apply(spec)).done
    after = texts(item_of(account, path, "SipPeerSmsFeature"))
    assert after == before | {"TollFree": "false"}


async def test_an_application_with_two_urls_keeps_them_where_none_is_declared(
    account: Account,
) -> None:
    application = account.application(urls=SPLIT)
    path = f"/applications/{application}"
    before = texts(item_of(account, path, "Application"))
    spec = f"applications: {{Server: {{name: Renamed, id: '{application}'}}}}"
    assert (await account.apply(spec)).done
    assert texts(item_of(account, path, "Application")) == before | {"AppName": "Renamed"}


@pytest.mark.parametrize("status", [404, 405])
async def test_where_patch_is_not_known_the_whole_application_is_put(
    account: Account, status: int
) -> None:
    urls = SPLIT.replace("Creds", "NoCreds")  # what the sandbox does not know it ignores
    application = account.application(urls=urls)
    path = f"/applications/{application}"
    before = texts(item_of(account, path, "Application"))
    account.fail("status-before", "PATCH", "/applications/", status=status)
    spec = f"applications: {{Server: {{name: Renamed, id: '{application}'}}}}"
    assert (await account.apply(spec)).done
    assert texts(item_of(account, path, "Application")) == before | {"AppName": "Renamed"}
    put = parse(next(each for each in account.log if each.method == "PUT").request)
    for legacy in ("ApplicationId", "CallbackUrl", "MsgCallbackUrl"):
        assert find(put, legacy) is None
    assert text_at(put, "OutboundCallbackUrl") == "https://example.com/out"


async def test_a_put_that_would_clear_a_password_is_refused(account: Account) -> None:
    application = account.application(urls=SPLIT)
    path = f"/applications/{application}"
    before = account.call("GET", path).content
    account.fail("status-before", "PATCH", "/applications/", status=405)
    spec = f"applications: {{Server: {{name: Renamed, id: '{application}'}}}}"
    run = await account.apply(spec)
    ended = run.finished["application Server"]
    assert "would clear callback_credentials.password" in ended.error
    assert "--resend-secrets" in ended.error
    assert not ended.wrote
    assert not account.sent("PUT")
    assert account.call("GET", path).content == before


async def test_a_put_with_its_password_declared_replaces_all_other_names(account: Account) -> None:
    urls = SPLIT.replace("outbound", "inbound").replace("example.com/out", "example.com/in")
    application = account.application(urls=urls)
    account.fail("status-before", "PATCH", "/applications/", status=405)
    spec = (
        "applications: {Server: {callback_url: 'https://example.com/new', callback_credentials: "
        "{user_id: other-user, password: '${CALLBACK_PASSWORD}'}}}"
    )
    assert (await account.apply(spec)).done
    item = texts(item_of(account, f"/applications/{application}", "Application"))
    assert item["UserId"] == "other-user"
    assert item["OutboundCallbackUrl"] == item["InboundCallbackUrl"] == "https://example.com/new"
    put = parse(next(each for each in account.log if each.method == "PUT").request)
    assert text_at(put, "CallbackCreds/Password") == PASSWORD
    for other in ("InboundCallbackCreds", "OutboundCallbackUrl", "MsgCallbackUrl"):
        assert find(put, other) is None


def whole(item: str, declared: str) -> str:
    found = updated_whole(
        parse(f"<Application>{item}</Application>".encode()),
        parse(f"<Application>{declared}</Application>".encode()),
        resource_types()["application"],
    )
    return "".join(f"<{each.tag}>{each.text or ''}</{each.tag}>" for each in found)


def test_an_item_of_the_old_guide_keeps_its_old_names() -> None:
    assert whole("<CallbackUrl>a</CallbackUrl>", "<AppName>b</AppName>") == (
        "<CallbackUrl>a</CallbackUrl><AppName>b</AppName>"
    )


def test_a_user_without_a_password_beside_it_may_not_be_put() -> None:
    for name in ("CallbackCreds", "InboundCallbackCreds", "MsgCallbackCreds"):
        with pytest.raises(AccountError, match="nobody can read"):
            whole(f"<{name}><UserId>u</UserId></{name}>", "<AppName>b</AppName>")
