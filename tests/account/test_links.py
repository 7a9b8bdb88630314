"""A list answers for many locations; their own setting is the authority for what it misses."""

from __future__ import annotations

import pytest

from provisioner.account.reader import read_live
from provisioner.model import Address, LiveState
from provisioner.resources import resource_types
from tests.account.conftest import Account, Say, Stage, by_path, staged
from tests.account.test_reader import applications, estate, sites

pytestmark = pytest.mark.anyio

NAMES = {2: "East", 3: "West", 4: "North"}
LOCATIONS = ", ".join(f"{name}: {{application: Server}}" for name in NAMES.values())
SPEC = (
    "applications: {Server: {}, Other: {}}\n"
    f"sites: {{Raleigh: {{sippeers: {{{LOCATIONS}}}}}}}"
)
ROWS = "".join(
    f"<SipPeer><PeerId>{number}</PeerId><PeerName>{name}</PeerName></SipPeer>"
    for number, name in NAMES.items()
)
SITES = sites(f"<Site><Id>1</Id><Name>Raleigh</Name><SipPeers>{ROWS}</SipPeers></Site>")
SERVER, OTHER = Address("application", ("Server",)), Address("application", ("Other",))


def users(*sippeers: int) -> str:
    rows = "".join(
        f"<AssociatedSipPeer><SiteId>1</SiteId><SiteName>Raleigh</SiteName><PeerId>{each}</PeerId>"
        f"<PeerName>-</PeerName></AssociatedSipPeer>"
        for each in sippeers
    )
    inner = f"<AssociatedSipPeers>{rows}</AssociatedSipPeers>"
    return f"<AssociatedSipPeersResponse>{inner}</AssociatedSipPeersResponse>"


def settings(application: str) -> str:
    inner = f"<HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>"
    return f"<ApplicationsSettings>{inner}</ApplicationsSettings>"


def setting(application: str) -> str:
    return f"<R>{settings(application)}</R>"


async def read(account: Account, listed: str | Say, *own: str | Say) -> tuple[LiveState, Stage]:
    """`own` are the settings of East, West and North."""
    paths = (f"GET /sites/1/sippeers/{n}/products/messaging/applicationSettings" for n in NAMES)
    answers: dict[str, str | Say] = {
        "GET /applications/app-1/associatedsippeers": listed,
        "GET /applications": applications(
            ("app-1", "Messaging-V2", "Server"), ("app-2", "Messaging-V2", "Other")
        ),
        "GET /sites?": SITES,
        **dict.fromkeys(
            (f"GET /sites/1/sippeers/{n}/products/messaging/features/sms" for n in NAMES),
            Say(404),
        ),
        **dict(zip(paths, own, strict=True)),
    }
    async with staged(by_path(answers)) as stage, stage.client() as client:
        return await read_live(account.load(SPEC), client, resource_types()), stage


def assigned(live: LiveState) -> dict[str, object]:
    return {
        name: live.resources[link].attributes["application"]
        for name in NAMES.values()
        if (link := Address("messaging_application", ("Raleigh", name))) in live.resources
    }


def own_settings_asked_for(stage: Stage) -> int:
    return sum("applicationSettings" in each.target for each in stage.asked)


async def test_what_the_list_has_is_not_read_again(account: Account) -> None:
    live, stage = await read(account, users(2, 3, 4), Say(500), Say(500), Say(500))
    assert assigned(live) == {"East": SERVER, "West": SERVER, "North": SERVER}
    assert own_settings_asked_for(stage) == 0


async def test_what_the_list_misses_is_as_its_own_setting_says(account: Account) -> None:
    live, stage = await read(account, users(2), Say(500), setting("app-2"), setting("app-1"))
    assert assigned(live) == {"East": SERVER, "West": OTHER, "North": SERVER}
    assert own_settings_asked_for(stage) == 2


@pytest.mark.parametrize("refused", [Say(403), Say(404), Say(400), Say(204)], ids=str)
async def test_a_list_that_is_refused_says_nothing(account: Account, refused: Say) -> None:
    live, stage = await read(account, refused, setting("app-1"), setting(""), Say(404))
    assert assigned(live) == {"East": SERVER}
    assert own_settings_asked_for(stage) == 3


async def test_a_location_that_others_gave_another_application_is_given_its_own_again(
    account: Account,
) -> None:
    spec = estate(1, 3, 1)
    assert (await account.apply(spec)).done
    path = account.sent("PUT", "applicationSettings")[1].removeprefix("PUT ")
    other = account.application("Other")
    account.call("PUT", path, settings(other))
    account.log.clear()
    run = await account.apply(spec)
    assert run.done
    assert account.sent("PUT") == [f"PUT {path}"]
    assert account.sent("GET", "applicationSettings")[0] == f"GET {path}"
    assert not (await account.plan(spec)).plan.has_changes
