from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from provisioner.account.reader import read_live
from provisioner.account.users import list_users
from provisioner.errors import PlanRefused, Rejected, SpecError, Unauthorized, Unreadable
from provisioner.model import Address, LiveState
from provisioner.resources import resource_types
from tests.account.conftest import (
    ADDRESS,
    QUICKSTART,
    Account,
    Answers,
    Open,
    Say,
    Stage,
    by_path,
    staged,
)

pytestmark = pytest.mark.anyio

EAST = "sites: {Raleigh: {sippeers: {East: {%s}}}}"
SMS_PATH = "/sites/1/sippeers/2/products/messaging/features/sms"


async def read(account: Account, spec: str, answers: Answers, **more: str) -> LiveState:
    live, _ = await read_staged(account, spec, answers, **more)
    return live


async def read_staged(
    account: Account, spec: str, answers: Answers, **more: str
) -> tuple[LiveState, Stage]:
    desired = account.load(spec)
    async with staged(answers) as stage, stage.client(more) as client:
        return await read_live(desired, client, resource_types()), stage


def codes(live: LiveState) -> list[str]:
    return [each.code for each in live.problems]


def sites(inner: str) -> str:
    return f"<SitesResponse><Sites>{inner}</Sites></SitesResponse>"


def applications(*rows: tuple[str, str, str]) -> str:
    inner = "".join(
        f"<Application><ApplicationId>{server_id}</ApplicationId><ServiceType>{kind}</ServiceType>"
        f"<AppName>{name}</AppName></Application>"
        for server_id, kind, name in rows
    )
    return (
        "<ApplicationProvisioningResponse><ApplicationList>"
        f"{inner}</ApplicationList></ApplicationProvisioningResponse>"
    )


RALEIGH = "<Site><Id>1</Id><Name>Raleigh</Name>%s</Site>"
WITH_EAST = sites(
    RALEIGH % "<SipPeerCount>1</SipPeerCount><SipPeers><SipPeer><PeerId>2</PeerId>"
    "<PeerName>East</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer></SipPeers>"
)


# As few calls as can be


def estate(site_count: int, peer_count: int, application_count: int) -> str:
    lines = ["limits: {new_numbers: 2000}", "applications:"]
    lines += [
        f"  App {n}: {{callback_url: 'https://example.com/{n}'}}" for n in range(application_count)
    ]
    lines.append("sites:")
    for site in range(site_count):
        lines += [f"  Site {site}:", f"    address: {ADDRESS}", "    sippeers:"]
        lines += [
            f"      Peer {n}: {{default: {str(n == 0).lower()}, sms: true, mms: true, "
            f"application: App {n % application_count}, "
            "numbers: [{area_code: '910', quantity: 2}]}"
            for n in range(peer_count)
        ]
    return "\n".join(lines)


@pytest.mark.parametrize(("sites", "peers", "apps"), [(1, 1, 1), (2, 3, 2), (3, 1, 4)])
async def test_a_plan_without_changes_takes_as_few_calls_as_can_be(
    account: Account, sites: int, peers: int, apps: int
) -> None:
    spec = estate(sites, peers, apps)
    assert (await account.apply(spec)).done
    account.log.clear()
    run = await account.plan(spec)
    assert not run.plan.has_changes
    asked = Counter(account.requests)
    pages = {each: n for each, n in asked.items() if "/tns?" in each}
    assert sum(pages.values()) == sites * peers
    shared = {app for app in range(apps) if sites * len(range(app, peers, apps)) >= 2}
    alone = sites * sum(n % apps not in shared for n in range(peers))
    # Three lists; an address a site; SMS and MMS a location; and who uses each application.
    assert asked.total() - len(pages) == 3 + sites + 2 * sites * peers + len(shared) + alone
    assert set(asked.values()) == {1}, "nothing is read twice"
    assert all(each.startswith("GET ") for each in asked)
    orders = [each for each in asked if "/orders" in each]
    assert orders == ["GET /orders?page=1&size=300&status=BACKORDERED"], "no block is looked up"


async def test_only_what_is_declared_is_read(account: Account) -> None:
    assert (await account.apply(QUICKSTART)).done
    account.log.clear()
    await account.plan("applications: {Production Server: {}}")
    assert account.requests == ["GET /applications"]
    account.log.clear()
    await account.plan("sites: {Raleigh: {sippeers: {Bandwidth Messaging 2 test2: {mms: true}}}}")
    assert sorted(each.rpartition("/")[2] for each in account.requests) == [
        "mms",
        "sites?sipPeerDetails=true",
        "sms",
    ]


@pytest.mark.parametrize("declared", ["mms: true", "application: Server"])
async def test_what_a_declared_feature_needs_may_be_there_undeclared(
    account: Account, declared: str
) -> None:
    spec = "applications: {Server: {callback_url: 'https://example.com/in'}}\n" + EAST
    account.sippeer(account.site())
    with pytest.raises(PlanRefused) as caught:
        await account.plan(spec % declared)
    assert [each.code for each in caught.value.problems] == ["needs-another"]
    assert (await account.apply(spec % "sms: true")).done
    run = await account.apply(spec % declared)
    assert run.done
    assert run.plan.has_changes


async def test_a_field_that_the_list_lacks_makes_its_item_be_read(account: Account) -> None:
    account.site(more="<CustomerName>BW</CustomerName>")
    account.log.clear()
    run = await account.plan("sites: {Raleigh: {customer_name: BW}}")
    assert not run.plan.has_changes
    assert account.requests == ["GET /sites?sipPeerDetails=true", "GET /sites/13651"]


async def test_what_is_to_be_off_is_looked_for_with_all_that_builds_on_it(
    account: Account,
) -> None:
    account.sippeer(account.site())
    account.log.clear()
    run = await account.plan(EAST % "sms: false")
    assert not run.plan.has_changes
    asked = sorted(each.rpartition("/")[2] for each in account.requests)
    assert asked == [
        "applicationSettings",
        "mms",
        "sites?sipPeerDetails=true",
        "sms",
        "tns?page=1&size=5000",
    ]


async def test_reads_run_side_by_side(account: Account) -> None:
    spec = estate(1, 40, 1)
    assert (await account.apply(spec)).done

    class Counting(httpx.AsyncHTTPTransport):
        flying = most = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.flying += 1
            self.most = max(self.most, self.flying)
            try:
                return await super().handle_async_request(request)
            finally:
                self.flying -= 1

    wire = Counting()  # has more connections than the client may use
    async with account.client(transport=wire) as client:
        await read_live(account.load(spec), client, resource_types())
    assert wire.most == 16


# Servers that answer otherwise


async def test_a_server_that_ignores_the_wish_for_details_is_asked_for_the_sippeers(
    account: Account,
) -> None:
    peers = (
        "<TNSipPeersResponse><SipPeers><SipPeer><PeerId>2</PeerId><PeerName>East</PeerName>"
        "<IsDefaultPeer>true</IsDefaultPeer></SipPeer></SipPeers></TNSipPeersResponse>"
    )
    answers = by_path({"GET /sites?": sites(RALEIGH % ""), "GET /sites/1/sippeers": peers})
    live, stage = await read_staged(account, EAST % "default: true", answers)
    assert live.ids == {
        Address("site", ("Raleigh",)): "1",
        Address("sippeer", ("Raleigh", "East")): "2",
    }
    assert list(stage) == ["GET /sites?sipPeerDetails=true", "GET /sites/1/sippeers"]


@pytest.mark.parametrize(
    "answer",
    [
        Say(204),
        Say(404),
        Say(body="<TNSipPeersResponse/>"),
        Say(400, "<E><Errors><Code>13563</Code></Errors></E>"),
    ],
    ids=["204", "404", "no-list", "13563"],
)
async def test_no_sippeers_are_told_in_several_ways(account: Account, answer: Say) -> None:
    answers = by_path({"GET /sites?": sites(RALEIGH % ""), "GET /sites/1/sippeers": answer})
    live = await read(account, EAST % "", answers)
    assert set(live.resources) == {Address("site", ("Raleigh",))}


@pytest.mark.parametrize(
    "details", ["<SipPeerCount>0</SipPeerCount>", "<SipPeers/>"], ids=["count", "list"]
)
async def test_a_site_without_sippeers_is_not_asked_for_them(
    account: Account, details: str
) -> None:
    answers = by_path({"GET /sites?": sites(RALEIGH % details)})
    _, stage = await read_staged(account, EAST % "", answers)
    assert list(stage) == ["GET /sites?sipPeerDetails=true"]


@pytest.mark.parametrize("more", ["<SipPeerCount>1</SipPeerCount>", ""], ids=["count", "nothing"])
async def test_a_site_whose_sippeers_are_only_counted_is_asked_for_them(
    account: Account, more: str
) -> None:
    """Whatever the list says of other sites: what is left out must not pass for missing."""
    other = "<Site><Id>5</Id><Name>Durham</Name><SipPeers/></Site>"
    east = "<SipPeer><PeerId>2</PeerId><PeerName>East</PeerName></SipPeer>"
    answers = by_path(
        {
            "GET /sites?": sites((RALEIGH % more) + other),
            "GET /sites/1/sippeers": f"<TNSipPeersResponse>{east}</TNSipPeersResponse>",
        }
    )
    live = await read(account, EAST % "", answers)
    assert live.ids[Address("sippeer", ("Raleigh", "East"))] == "2"


async def test_what_is_listed_without_an_id_is_not_taken_for_missing(account: Account) -> None:
    row = "<Site><Name>Raleigh</Name></Site>"
    with pytest.raises(Unreadable, match="lists site 'Raleigh' without an id"):
        await read(account, "sites: {Raleigh: {}}", by_path({"GET /sites?": sites(row)}))


async def test_a_feature_that_is_not_on_is_not_found(account: Account) -> None:
    answers = by_path({"GET /sites?": WITH_EAST, f"GET {SMS_PATH}": Say(404)})
    live = await read(account, EAST % "sms: true", answers)
    assert Address("sms", ("Raleigh", "East")) not in live.resources


async def test_a_feature_that_is_refused_stops_the_reading(account: Account) -> None:
    answers = by_path({"GET /sites?": WITH_EAST, f"GET {SMS_PATH}": Say(400)})
    with pytest.raises(Rejected, match="HTTP 400"):
        await read(account, EAST % "sms: true", answers)


async def test_a_sippeer_that_goes_away_while_it_is_read_counts_as_gone(account: Account) -> None:
    refusal = "<R><ResponseStatus><ErrorCode>13563</ErrorCode></ResponseStatus></R>"
    for gone in (Say(404), Say(400, refusal)):
        answers = by_path({"GET /sites?": WITH_EAST, "GET /sites/1/sippeers/2": gone})
        live = await read(account, EAST % "description: x", answers)
        assert Address("sippeer", ("Raleigh", "East")) not in live.resources


async def test_an_account_that_does_not_exist_is_an_error_and_not_empty(account: Account) -> None:
    with pytest.raises(Rejected, match="HTTP 404"):
        await read(account, "sites: {Raleigh: {}}", by_path({}))


async def test_an_empty_list_of_applications_may_have_no_content(account: Account) -> None:
    answers = by_path({"GET /applications": Say(204)})
    live = await read(account, "applications: {Server: {}}", answers)
    assert (live.resources, live.problems) == ({}, ())


@pytest.mark.parametrize("name", ["ApplicationsSettings", "ApplicationSettings"])
async def test_an_assignment_is_read_under_both_spellings(account: Account, name: str) -> None:
    settings = f"<{name}><HttpMessagingV2AppId>app-1</HttpMessagingV2AppId></{name}>"
    answers = by_path(
        {
            "GET /applications": applications(("app-1", "Messaging-V2", "Server")),
            "GET /sites?": WITH_EAST,
            "GET /sites/1/sippeers/2/products/messaging/applicationSettings": f"<R>{settings}</R>",
        }
    )
    spec = "applications: {Server: {}}\n" + EAST % "application: Server"
    live = await read(account, spec, answers)
    assigned = live.resources[Address("messaging_application", ("Raleigh", "East"))]
    assert assigned.attributes == {"application": Address("application", ("Server",))}


async def test_numbers_of_version_2_are_e164_on_the_wire(account: Account) -> None:
    rows = (
        "<SipPeerTelephoneNumbersResponse>"
        "<SipPeerTelephoneNumber><FullNumber>+19105551234</FullNumber></SipPeerTelephoneNumber>"
        "<SipPeerTelephoneNumber><FullNumber>9105551235</FullNumber></SipPeerTelephoneNumber>"
        "</SipPeerTelephoneNumbersResponse>"
    )
    root = "GET /api/v2/accounts/9900778/sites"
    answers = by_path({f"{root}?": WITH_EAST, f"{root}/1/sippeers/2/tns": rows})
    spec = EAST % "numbers: [{area_code: '910', quantity: 2}]"
    live = await read(account, spec, answers, BW_API_VERSION="v2")
    assert live.numbers == {
        Address("sippeer", ("Raleigh", "East")): ("+19105551234", "+19105551235")
    }


# Which is which


async def test_a_voice_application_of_the_same_name_is_not_meant(account: Account) -> None:
    rows = applications(("voice", "Voice-V2", "Server"), ("app-1", "Messaging", "Server"))
    live = await read(account, "applications: {Server: {}}", by_path({"GET /applications": rows}))
    assert live.ids == {Address("application", ("Server",)): "app-1"}
    assert (live.unmanaged, live.problems) == ((), ())


async def test_two_of_one_name_stop_the_plan_and_show_the_pins(account: Account) -> None:
    first, second = account.application(), account.application()
    with pytest.raises(PlanRefused) as caught:
        await account.plan("applications: {Server: {callback_url: 'https://example.com/in'}}")
    (problem,) = caught.value.problems
    assert problem.code == "several-of-one-name"
    for server_id in (first, second):
        assert f'`id: "{server_id}"`' in problem.detail
    assert problem.origin is not None


async def test_a_pin_says_which_of_two_is_meant(account: Account) -> None:
    first, second = account.application(), account.application()
    run = await account.plan(f"applications: {{Server: {{id: '{second}'}}}}")
    server = Address("application", ("Server",))
    other = Address("application", (f"Server (id {first})",))
    assert run.live.ids == {server: second, other: first}
    assert run.live.unmanaged == (other,)
    assert not run.plan.has_changes


async def test_a_pin_that_is_gone_is_an_error_and_never_a_create(account: Account) -> None:
    account.application()
    with pytest.raises(PlanRefused) as caught:
        await account.plan(
            "applications: {Server: {id: gone-17, callback_url: 'https://example.com/in'}}"
        )
    (problem,) = caught.value.problems
    assert problem.code == "pinned-id-gone"
    assert "gone-17" in problem.detail


async def test_a_pin_below_what_does_not_exist_is_gone_too(account: Account) -> None:
    """A sippeer that is made anew is not the one that was meant."""
    with pytest.raises(PlanRefused) as caught:
        await account.plan(
            f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{id: '540341'}}}}}}}}"
        )
    (problem,) = caught.value.problems
    assert problem.code == "pinned-id-gone"
    assert "sippeer Raleigh/East is pinned to id 540341" in problem.detail
    assert problem.origin is not None


async def test_two_of_one_name_are_told_apart_by_what_differs(account: Account) -> None:
    row = "<Site><Id>{}</Id><Name>Raleigh</Name><Description>{}</Description>{}</Site>"
    alike = "<CustomerName>BW</CustomerName>"
    rows = (row.format(1, "Old", alike), row.format(2, "New", alike))
    answers = by_path({"GET /sites?": sites("".join(rows))})
    (problem,) = (await read(account, "sites: {Raleigh: {}}", answers)).problems
    assert problem.code == "several-of-one-name"
    assert '`id: "1"` (description: Old); `id: "2"` (description: New).' in problem.detail
    rows = (row.format(1, "Old", alike), row.format(2, "Old", alike))
    answers = by_path({"GET /sites?": sites("".join(rows))})
    (problem,) = (await read(account, "sites: {Raleigh: {}}", answers)).problems
    assert '`id: "1"`; `id: "2"`.' in problem.detail


@pytest.mark.parametrize("live_name", ["raleigh", "Raleigh ", " RALEIGH"])
async def test_a_name_that_differs_only_in_case_or_space_stops_the_plan(
    account: Account, live_name: str
) -> None:
    site = account.site(live_name)
    with pytest.raises(PlanRefused) as caught:
        await account.plan(f"sites: {{Raleigh: {{address: {ADDRESS}}}}}")
    (problem,) = caught.value.problems
    assert problem.code == "nearly-the-same-name"
    assert f"`name: {live_name!r}`" in problem.detail
    assert site.rpartition("/")[2] in problem.detail


async def test_two_declared_under_one_live_name_are_refused_before_anything_is_read(
    account: Account,
) -> None:
    with pytest.raises(SpecError, match="Server"):
        await account.plan("applications: {A: {name: Server}, B: {name: Server}}")
    assert account.requests == []


async def test_what_is_not_declared_is_unmanaged_and_stays(account: Account) -> None:
    account.application("Other")
    account.application("Server")
    site = account.site()
    account.sippeer(site, "Other")
    spec = (
        "applications: {Server: {callback_url: 'https://example.com/in'}}\n"
        f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{}}}}}}"
    )
    run = await account.plan(spec)
    assert not run.plan.has_changes
    assert run.live.unmanaged == (Address("application", ("Other",)),)
    spec = "sites: {Raleigh: {sippeers: {East: {}}}}"
    run = await account.apply(spec)
    assert Address("sippeer", ("Raleigh", "Other")) in run.plan.unmanaged
    assert account.texts(f"{site}/sippeers", "PeerName") == ["Other", "East"]


async def test_an_application_of_others_is_named_by_its_id_where_it_is_assigned(
    account: Account,
) -> None:
    answers = by_path(
        {
            "GET /applications": applications(("app-1", "Messaging-V2", "Server")),
            "GET /sites?": WITH_EAST,
            "GET /sites/1/sippeers/2/products/messaging/applicationSettings": (
                "<R><ApplicationsSettings><HttpMessagingV2AppId>voice-9</HttpMessagingV2AppId>"
                "</ApplicationsSettings></R>"
            ),
        }
    )
    spec = "applications: {Server: {}}\n" + EAST % "application: Server"
    live = await read(account, spec, answers)
    assigned = live.resources[Address("messaging_application", ("Raleigh", "East"))]
    assert assigned.attributes == {"application": Address("application", ("id voice-9",))}


async def test_numbers_are_read_of_further_sippeers_on_demand(account: Account) -> None:
    account.sippeer(account.site())
    desired = account.load(EAST % "")
    east = Address("sippeer", ("Raleigh", "East"))
    async with account.client() as client:
        assert (await read_live(desired, client, resource_types())).numbers == {}
        live = await read_live(desired, client, resource_types(), numbers_of=[east])
    assert live.numbers == {east: ()}


# Failing


async def test_the_first_reason_stops_the_reading(account: Account) -> None:
    assert (await account.apply(estate(1, 4, 1))).done
    account.fail("status-before", "GET", "/features/sms", nth=None, status=403)
    with pytest.raises(Unauthorized):
        await account.plan(estate(1, 4, 1))


async def test_reading_can_be_cancelled(account: Account) -> None:
    desired = account.load("sites: {Raleigh: {}}")
    async with account.client() as client:
        task = asyncio.create_task(read_live(desired, client, resource_types()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_lagging_list_makes_a_plan_and_no_error(open_account: Open) -> None:
    account = open_account(list_lag=5.0)
    account.site()
    run = await account.plan(f"sites: {{Raleigh: {{address: {ADDRESS}}}}}")
    assert run.plan.has_changes
    account.time.advance(6)
    run = await account.plan(f"sites: {{Raleigh: {{address: {ADDRESS}}}}}")
    assert not run.plan.has_changes


async def test_an_account_without_messaging_has_no_users_of_an_application() -> None:
    refusal = (
        "<AssociatedSipPeersResponse><ResponseStatus><ErrorCode>12103</ErrorCode><Description>none"
        "</Description></ResponseStatus></AssociatedSipPeersResponse>"
    )
    answers: dict[str, str | Say] = {"GET /none": Say(400, refusal), "GET /empty": Say(204)}
    async with staged(by_path(answers)) as stage, stage.client() as client:
        assert await list_users(client, "/none") == {}
        assert await list_users(client, "/empty") == {}
        with pytest.raises(Rejected):
            await list_users(client, "/unknown")
