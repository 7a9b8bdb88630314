from __future__ import annotations

import pytest

from provisioner.account.codes import ADVICE
from provisioner.account.intents import Unrecorded
from provisioner.account.reader import read_live
from provisioner.account.updating import delete, update
from provisioner.account.writer import Writer
from provisioner.errors import AccountError
from provisioner.execution.events import Event, Status, StepFinished, StepRetried, StepStarted
from provisioner.model import Address, Resource
from provisioner.planning import Action, Change, make_plan
from provisioner.resources import resource_types
from tests.account.conftest import ADDRESS, STREET, Account, Open, Run, by_path, staged

pytestmark = pytest.mark.anyio

SITE = f"sites: {{Raleigh: {{address: {ADDRESS}}}}}"
EAST = "sites: {Raleigh: {sippeers: {East: {%s}}}}"
MESSAGING = "/products/messaging"
RENAMED = "<SipPeer><PeerName>Mine</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>"
PRUNED = "prune: [sippeers]\nsites: {Raleigh: {}}"
NUMBERS = "numbers: [{area_code: '910', quantity: 1}]"
SMS = (
    "<SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>{}</TollFree><ShortCode>true</ShortCode>"
    "<Protocol>HTTP</Protocol><Zone1>true</Zone1><Zone2>false</Zone2><Zone3>false</Zone3>"
    "<Zone4>false</Zone4><Zone5>false</Zone5></SipPeerSmsFeatureSettings></SipPeerSmsFeature>"
)
MMS = (
    "<MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings>"
    "<Protocols><HTTP><HttpSettings/></HTTP></Protocols></MmsFeature>"
)


def the_end(run: Run) -> StepFinished:
    (only,) = run.finished.values()
    return only


def retries(run: Run) -> list[str]:
    return [each.reason for each in run.events if isinstance(each, StepRetried)]


@pytest.fixture
def peer(account: Account) -> str:
    return account.sippeer(account.site())


def with_sms(account: Account, peer: str, toll_free: str = "true") -> None:
    account.call("POST", f"{peer}{MESSAGING}/features/sms", SMS.format(toll_free))


# The id of what was made


async def test_the_id_of_a_new_site_comes_from_its_body(account: Account) -> None:
    run = await account.apply(SITE)
    assert the_end(run).id == "13651"
    assert account.requests == ["GET /sites?sipPeerDetails=true", "POST /sites"]


async def test_the_id_of_a_new_sippeer_comes_from_its_location(account: Account) -> None:
    account.site()
    run = await account.apply(EAST % "")
    assert the_end(run).id == "540341"


async def test_a_site_that_is_answered_with_prose_is_found_by_its_name(open_account: Open) -> None:
    account = open_account(dialect="v1-prose")
    account.call("POST", "/sites", f"<Site><Name>Other</Name>{_address()}</Site>")
    run = await account.apply(SITE)
    assert the_end(run).id == "13652"
    assert account.contents()["sites"] == ["Other", "Raleigh"]


async def test_a_site_of_prose_that_the_list_shows_late_is_waited_for(open_account: Open) -> None:
    account = open_account(dialect="v1-prose", list_lag=10.0)
    run = await account.apply(SITE)
    assert run.done
    assert len(account.sent("POST")) == 1


async def test_a_site_of_prose_that_no_list_ever_shows_is_told(open_account: Open) -> None:
    account = open_account(dialect="v1-prose", list_lag=1000.0)
    ended = the_end(await account.apply(SITE))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "was created, but does not list it after 30 s" in ended.error
    assert len(account.sent("POST")) == 1


async def test_two_sites_of_prose_made_at_one_moment_are_ambiguous(open_account: Open) -> None:
    account = open_account(dialect="v1-prose")

    def make_it_too(event: Event) -> None:
        if isinstance(event, StepStarted):
            account.call("POST", "/sites", f"<Site><Name>Raleigh</Name>{_address()}</Site>")

    ended = the_end(await account.apply(SITE, on_event=make_it_too))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "there more than once: ids 13651, 13652" in ended.error
    assert "`id:`" in ended.error


def _address() -> str:
    return f"<Address>{STREET}</Address>"


# Answers that never came


async def test_a_lost_create_leaves_alone_what_was_there_under_the_name(account: Account) -> None:
    """A voice application of that name is no sign that the messaging one was made."""
    voice = "<CallInitiatedCallbackUrl>https://example.com</CallInitiatedCallbackUrl>"
    body = f"<ServiceType>Voice-V2</ServiceType><AppName>Server</AppName>{voice}"
    account.call("POST", "/applications", f"<Application>{body}</Application>")
    account.fail("drop-before", "POST", "/applications")
    run = await account.apply("applications: {Server: {callback_url: 'https://example.com/in'}}")
    assert run.done
    assert "looking whether it was carried out" in retries(run)[0]
    assert account.texts("/applications", "ServiceType") == ["Voice-V2", "Messaging-V2"]


async def test_a_lost_create_does_not_adopt_what_has_another_name(account: Account) -> None:
    planned = await account.plan("applications: {Server: {callback_url: 'https://a.example'}}")
    account.application("Other")
    account.fail("drop-before", "POST", "/applications")
    run = await account.carry_out(planned)
    assert run.done
    assert account.texts("/applications", "AppName") == ["Other", "Server"]


async def test_a_lost_create_does_not_adopt_what_another_label_stands_for(
    account: Account,
) -> None:
    """Another label is to be renamed, and has the name still."""
    pinned = account.application()
    account.fail("drop-before", "POST", "/applications")
    account.fail("status-before", "PATCH", "/applications/", status=400)
    run = await account.apply(
        f"applications: {{Old: {{name: Renamed, id: '{pinned}'}}, "
        "Server: {callback_url: 'https://example.com/in'}}"
    )
    assert run.statuses["application Old"] is Status.FAILED
    assert run.statuses["application Server"] is Status.DONE
    assert run.finished["application Server"].id != pinned
    assert account.texts("/applications", "AppName") == ["Server", "Server"]


async def test_a_create_that_is_lost_again_and_again_is_given_up_on(account: Account) -> None:
    account.fail("drop-before", "POST", "/sites", nth=None)
    ended = the_end(await account.apply(SITE))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "was sent 3 times" in ended.error
    assert len(account.sent("POST")) == 3


@pytest.mark.parametrize("status", [400, 403])
async def test_a_lost_create_that_cannot_be_looked_for_is_not_repeated(
    account: Account, status: int
) -> None:
    planned = await account.plan(SITE)
    account.fail("drop-after", "POST", "/sites")
    account.fail("status-before", "GET", "/sites", nth=None, status=status)
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "may have been created, and it could not be looked for" in ended.error
    assert len(account.sent("POST")) == 1


async def test_several_that_a_lost_create_could_have_made_are_ambiguous(account: Account) -> None:
    def make_two(event: Event) -> None:
        if isinstance(event, StepRetried):
            for _ in range(2):
                account.application()

    account.fail("drop-before", "POST", "/applications")
    spec = "applications: {Server: {callback_url: 'https://example.com/in'}}"
    ended = the_end(await account.apply(spec, on_event=make_two))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "there more than once" in ended.error
    assert len(account.texts("/applications", "AppName")) == 2


# Answers that make no sense

GARBLED = {"garbage": ("garbage", True), "not carried out": ("status-before", False)}
NONSENSE = {"status": 200, "body": b"<<<"}


@pytest.mark.parametrize("body", [b"<<<", b"<html/>"], ids=["no XML", "unrelated XML"])
@pytest.mark.parametrize(("kind", "carried_out"), GARBLED.values(), ids=GARBLED)
async def test_a_feature_whose_answer_makes_no_sense_is_looked_for(
    account: Account, peer: str, kind: str, carried_out: bool, body: bytes
) -> None:
    account.fail(kind, "POST", "/features/sms$", status=200, body=body)
    run = await account.apply(EAST % "sms: true")
    assert run.done
    assert retries(run) == ["the answer makes no sense; looking whether it was carried out"]
    assert len(account.sent("POST", "/sms")) == (1 if carried_out else 2)
    assert account.texts(f"{peer}{MESSAGING}/features/sms", "TollFree") == ["true"]


@pytest.mark.parametrize(("kind", "carried_out"), GARBLED.values(), ids=GARBLED)
async def test_a_change_whose_answer_makes_no_sense_is_read_back(
    account: Account, peer: str, kind: str, carried_out: bool
) -> None:
    planned = await account.plan("sites: {Raleigh: {description: Mine}}")
    account.fail(kind, "PUT", "/sites/13651$", **NONSENSE)
    account.log.clear()
    ended = the_end(await account.carry_out(planned))
    assert account.requests == ["GET /sites/13651", "PUT /sites/13651", "GET /sites/13651"]
    if carried_out:
        assert ended.status is Status.DONE
    else:
        assert (ended.status, ended.wrote) == (Status.FAILED, True)
        assert ended.error == "the answer to the change of site Raleigh makes no sense"


async def test_a_changed_item_that_is_gone_when_it_is_read_back_is_told(
    account: Account, peer: str
) -> None:
    planned = await account.plan("sites: {Raleigh: {description: Mine}}")
    account.fail("garbage", "PUT", "/sites/13651$")
    account.fail("status-before", "GET", "/sites/13651$", nth=2, status=404)
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "makes no sense" in ended.error


async def test_an_assignment_whose_answer_makes_no_sense_is_read_back(
    account: Account, peer: str
) -> None:
    account.application()
    with_sms(account, peer)
    spec = "applications: {Server: {}}\n" + EAST % "application: Server"
    account.fail("status-before", "PUT", "/applicationSettings$", **NONSENSE)
    assert the_end(await account.apply(spec)).status is Status.FAILED
    account.fail("garbage", "PUT", "/applicationSettings$", nth=1)
    assert (await account.apply(spec)).done
    assert not (await account.plan(spec)).plan.has_changes


async def test_a_password_that_may_not_have_been_set_is_told(account: Account) -> None:
    """Nobody can read it back."""
    spec = (
        "applications: {Server: {callback_url: 'https://a.example', "
        "callback_credentials: {user_id: %s, password: '${CALLBACK_PASSWORD}'}}}"
    )
    assert (await account.apply(spec % "user-name")).done
    account.fail("garbage", "PATCH", "/applications/")
    ended = the_end(await account.apply(spec % "other-user"))
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "makes no sense" in ended.error


@pytest.mark.parametrize(
    ("method", "path", "step"),
    [
        ("DELETE", "/features/mms$", "mms Raleigh/East"),
        ("PUT", "/applicationSettings$", "messaging_application Raleigh/East"),
    ],
)
async def test_a_delete_whose_answer_makes_no_sense_is_told(
    account: Account, peer: str, method: str, path: str, step: str
) -> None:
    account.application()
    spec = "applications: {Server: {}}\n" + EAST
    assert (await account.apply(spec % "sms: true, mms: true, application: Server")).done
    account.fail("status-before", method, path, **NONSENSE)
    ended = (await account.apply(spec % "sms: false, mms: false")).finished[step]
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert ended.error == f"the answer to the removal of {step} makes no sense"
    assert (await account.apply(spec % "sms: false, mms: false")).done


@pytest.mark.parametrize("body", [b"", b"<html/>"], ids=["empty", "unrelated"])
@pytest.mark.parametrize("kind", ["status-after", "status-before"])
async def test_a_create_that_is_answered_with_something_else_is_looked_for_and_not_repeated(
    account: Account, kind: str, body: bytes
) -> None:
    account.fail(kind, "POST", "/sites$", status=200, body=body)
    ended = the_end(await account.apply(SITE))
    if kind == "status-after":
        assert (ended.status, ended.id) == (Status.DONE, "13651")
    else:
        assert (ended.status, ended.wrote) == (Status.FAILED, True)
        assert "said that site Raleigh was created, but does not list it" in ended.error
    assert len(account.sent("POST")) == 1


# What is there already


async def test_a_sippeer_that_is_there_already_is_adopted(account: Account) -> None:
    site = account.site()
    planned = await account.plan(EAST % "sms: true")
    theirs = account.sippeer(site)
    run = await account.carry_out(planned)
    assert run.done
    assert run.finished["sippeer Raleigh/East"].id == theirs.rpartition("/")[2]
    assert retries(run) == ["it was there already, and is taken as it is"]
    assert account.contents()["sippeers"] == ["East"]


async def test_a_sippeer_that_is_there_and_is_never_listed_is_the_refusal_itself(
    open_account: Open,
) -> None:
    account = open_account(list_lag=1000.0)
    site = account.site()
    account.time.advance(1001)
    account.sippeer(site)
    run = await account.apply(EAST % "")
    ended = the_end(run)
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "error 13524" in ended.error


async def test_an_address_correction_is_not_taken_for_being_there(account: Account) -> None:
    body = (
        b"<SiteResponse><ResponseStatus><ErrorCode>12112</ErrorCode><Description>Use AVE"
        b"</Description></ResponseStatus></SiteResponse>"
    )
    planned = await account.plan(SITE)
    account.fail("status-before", "POST", "/sites", status=409, body=body)
    account.log.clear()
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote, ended.error) == (
        Status.FAILED,
        False,
        f"HTTP 409, error 12112: Use AVE. {ADVICE['12112']}",
    )
    assert account.requests == ["POST /sites"]


async def test_a_feature_that_someone_switched_on_alike_is_adopted(
    account: Account, peer: str
) -> None:
    planned = await account.plan(EAST % "sms: true, mms: true")
    with_sms(account, peer)
    account.call("POST", f"{peer}{MESSAGING}/features/mms", MMS)
    run = await account.carry_out(planned)
    assert run.done
    assert not account.sent("PUT")
    assert retries(run) == ["it was there already, and is taken as it is"] * 2


async def test_a_feature_that_someone_switched_on_otherwise_is_left_alone(
    account: Account, peer: str
) -> None:
    planned = await account.plan(EAST % "sms: true")
    with_sms(account, peer, "false")
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "was switched on by someone else with other settings (toll_free)" in ended.error
    assert account.texts(f"{peer}{MESSAGING}/features/sms", "TollFree") == ["false"]


# Parents that the account does not know yet


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sippeers$"),
        ("POST", "/features/sms$"),
        ("PUT", "/applicationSettings$"),
    ],
)
async def test_a_new_parent_that_is_not_known_yet_is_waited_for(
    account: Account, method: str, path: str
) -> None:
    spec = (
        "applications: {Server: {callback_url: 'https://example.com/in'}}\n"
        f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{sms: true, "
        "application: Server}}}}"
    )
    for nth in (1, 2):
        account.fail("status-before", method, path, nth=nth, status=404)
    run = await account.apply(spec)
    assert run.done, run.finished
    assert account.time.slept[:2] == [0.5, 1.0]


async def test_a_new_parent_that_never_comes_to_be_known_is_the_refusal_itself(
    account: Account,
) -> None:
    spec = f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{}}}}}}}}"
    account.fail("status-before", "POST", "/sippeers$", nth=None, status=404)
    began = account.time.time
    run = await account.apply(spec)
    assert run.finished["sippeer Raleigh/East"].status is Status.FAILED
    assert "HTTP 404" in run.finished["sippeer Raleigh/East"].error
    assert account.time.time - began == pytest.approx(30)


@pytest.mark.parametrize("code", [5016, 5023])
async def test_an_order_for_a_new_sippeer_that_is_not_known_yet_is_placed_again(
    account: Account, code: int
) -> None:
    account.site()
    for nth in (1, 2):
        refuse_order(account, code, nth)
    run = await account.apply(EAST % NUMBERS)
    assert run.done, run.finished
    assert len(account.sent("POST", "/orders")) == 3
    assert len(account.contents()["orders"]) == 1


async def test_an_order_for_a_new_sippeer_that_stays_unknown_is_refused_in_the_end(
    account: Account,
) -> None:
    account.site()
    refuse_order(account, 5023, None)
    began = account.time.time
    ended = (await account.apply(EAST % NUMBERS)).finished["numbers Raleigh/East/area_code=910"]
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "error 5023" in ended.error
    assert account.time.time - began == pytest.approx(30)


@pytest.mark.parametrize(("new", "code"), [(False, 5023), (True, 5018)], ids=["old", "other-code"])
async def test_an_order_that_is_refused_otherwise_is_not_placed_again(
    account: Account, new: bool, code: int
) -> None:
    site = account.site()
    if not new:
        account.sippeer(site)
    refuse_order(account, code, None)
    ended = (await account.apply(EAST % NUMBERS)).finished["numbers Raleigh/East/area_code=910"]
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert len(account.sent("POST", "/orders")) == 1
    assert account.time.slept == []


def refuse_order(account: Account, code: int, nth: int | None) -> None:
    error = f"<Error><Code>{code}</Code><Description>unknown</Description></Error>"
    body = f"<OrderResponse><ErrorList>{error}</ErrorList></OrderResponse>".encode()
    account.fail("status-before", "POST", "/orders$", nth=nth, status=400, body=body)


async def test_a_parent_that_was_there_before_is_not_waited_for(
    account: Account, peer: str
) -> None:
    account.fail("status-before", "POST", "/features/sms$", status=404)
    ended = the_end(await account.apply(EAST % "sms: true"))
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert account.time.slept == []


# Updates


async def test_an_update_that_someone_made_already_sends_nothing(
    account: Account, peer: str
) -> None:
    planned = await account.plan("sites: {Raleigh: {description: Mine}}")
    _describe_site(account, "Mine")
    account.log.clear()
    run = await account.carry_out(planned)
    assert run.done
    assert account.requests == ["GET /sites/13651"]


async def test_an_update_of_what_was_changed_since_the_plan_is_refused(
    account: Account, peer: str
) -> None:
    planned = await account.plan("sites: {Raleigh: {description: Mine}}")
    _describe_site(account, "Theirs")
    account.log.clear()
    ended = the_end(await account.carry_out(planned))
    assert ended.status is Status.FAILED
    assert not ended.wrote
    assert "description is now Theirs, and was" in ended.error
    assert "Nothing was sent" in ended.error
    assert account.texts("/sites/13651", "Description") == ["Theirs"]


def _describe_site(account: Account, words: str) -> None:
    body = f"<Site><Name>Raleigh</Name><Description>{words}</Description>{_address()}</Site>"
    account.call("PUT", "/sites/13651", body)


async def test_an_update_of_what_is_gone_is_told(account: Account, peer: str) -> None:
    planned = await account.plan("sites: {Raleigh: {description: Mine}}")
    account.call("DELETE", peer)
    account.call("DELETE", "/sites/13651")
    ended = the_end(await account.carry_out(planned))
    assert ended.error == "site Raleigh is gone since the plan. Run again."


async def test_an_update_that_is_refused_is_not_tried_otherwise(account: Account) -> None:
    account.application()
    account.fail("status-before", "PATCH", "/applications/", status=400)
    spec = "applications: {Server: {callback_url: 'https://example.com/new'}}"
    ended = the_end(await account.apply(spec))
    assert "HTTP 400" in ended.error
    assert not account.sent("PUT")


async def test_an_empty_element_of_the_list_is_no_change_of_the_item(account: Account) -> None:
    """The list shows `<Description/>` where the item has none."""
    site = "<Site><Id>1</Id><Name>Raleigh</Name>{}<Address><City>X</City></Address></Site>"
    answers = by_path(
        {
            "GET /sites?": f"<SitesResponse>{site.format('<Description/>')}</SitesResponse>",
            "GET /sites/1": f"<R>{site.format('')}</R>",
            "PUT /sites/1": "<SiteResponse><Site/></SiteResponse>",
        }
    )
    desired = account.load("sites: {Raleigh: {description: New}}")
    async with staged(answers) as stage, stage.client() as client:
        live = await read_live(desired, client, resource_types())
        (step,) = make_plan(desired, live, resource_types()).steps
        await update(Writer(client, resource_types(), Unrecorded()), step.change, live.ids)
    put = stage.asked[-1]
    assert (put.method, b"<Description>New</Description>" in put.body) == ("PUT", True)
    assert b"<City>X</City>" in put.body


async def test_a_new_password_is_sent_although_nobody_can_compare_it(account: Account) -> None:
    creds = "{user_id: user-name, password: '${CALLBACK_PASSWORD}'}"
    server = f"{{callback_url: 'https://a.example', callback_credentials: {creds}}}"
    spec = f"applications: {{Server: {server}}}"
    assert (await account.apply(spec)).done
    assert (await account.plan(spec)).plan.steps == ()
    changed = spec.replace("user-name", "other-user")
    assert (await account.apply(changed)).done
    assert set(account.texts("/applications", "UserId")) == {"other-user"}


async def test_an_assignment_that_someone_made_alike_sends_nothing(
    account: Account, peer: str
) -> None:
    server, other = account.application(), account.application("Other")
    with_sms(account, peer)
    spec = "applications: {Server: {}, Other: {}}\n" + EAST % "application: Server"
    planned = await account.plan(spec)
    ends = []
    for assigned in (server, other):
        _assign(account, peer, assigned)
        account.log.clear()
        ends.append(the_end(await account.carry_out(planned)))
        assert not account.sent("PUT")
    assert [each.status for each in ends] == [Status.DONE, Status.FAILED]
    assert f"application is now application id {other}" in ends[1].error


async def test_an_unassigned_location_may_have_no_settings_at_all(
    account: Account, peer: str
) -> None:
    account.application()
    with_sms(account, peer)
    account.fail("status-before", "GET", "/applicationSettings$", nth=None, status=404)
    run = await account.apply("applications: {Server: {}}\n" + EAST % "application: Server")
    assert run.done
    account.faults.clear()
    assert account.texts(f"{peer}{MESSAGING}/applicationSettings", "HttpMessagingV2AppId")


def _assign(account: Account, peer: str, application: str) -> None:
    inner = f"<HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>"
    body = f"<ApplicationsSettings>{inner}</ApplicationsSettings>"
    account.call("PUT", f"{peer}{MESSAGING}/applicationSettings", body)


# Deletes


async def test_features_are_switched_off_in_the_order_that_the_service_wants(
    account: Account, peer: str
) -> None:
    account.application()
    spec = "applications: {Server: {}}\n" + EAST % "sms: true, mms: true, application: Server"
    assert (await account.apply(spec)).done
    account.log.clear()
    run = await account.apply(EAST % "sms: false, mms: false")
    changed = [each for each in account.requests if not each.startswith("GET")]
    assert [each.rpartition("/")[2] for each in changed] == ["applicationSettings", "mms", "sms"]
    assert run.done
    assert (await account.plan(EAST % "sms: false, mms: false")).plan.steps == ()


async def test_what_is_gone_already_is_deleted(account: Account, peer: str) -> None:
    with_sms(account, peer)
    planned = await account.plan(EAST % "sms: false")
    account.call("DELETE", f"{peer}{MESSAGING}/features/sms")
    assert (await account.carry_out(planned)).done


async def test_what_is_gone_when_a_delete_is_repeated_is_deleted(
    account: Account, peer: str
) -> None:
    with_sms(account, peer)
    account.fail("drop-after", "DELETE", "/features/sms$", nth=1)
    assert (await account.apply(EAST % "sms: false")).done
    assert len(account.sent("DELETE")) == 2


async def test_what_was_changed_since_the_plan_is_not_deleted(account: Account, peer: str) -> None:
    """Somebody has a use for it, under another name."""
    planned = await account.plan(PRUNED)
    account.call("PUT", peer, RENAMED)
    account.log.clear()
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert ended.error == (
        "sippeer Raleigh/East was changed since the plan: name is now Mine, and was East. Nothing "
        "was sent; run again to see the difference."
    )
    assert account.sent("DELETE") == []


async def test_another_application_than_the_plan_saw_stays_assigned(
    account: Account, peer: str
) -> None:
    account.application("Server")
    other = account.application("Other")
    spec = "applications: {Server: {}}\n" + EAST
    assert (await account.apply(spec % "sms: true, application: Server")).done
    planned = await account.plan(EAST % "sms: false")
    settings = f"<HttpMessagingV2AppId>{other}</HttpMessagingV2AppId>"
    path = f"{peer}{MESSAGING}/applicationSettings"
    account.call("PUT", path, f"<ApplicationsSettings>{settings}</ApplicationsSettings>")
    account.log.clear()
    run = await account.carry_out(planned)
    ended = run.finished["messaging_application Raleigh/East"]
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert run.finished["sms Raleigh/East"].status is Status.SKIPPED
    assert f"is now application id {other.rpartition('/')[2]}, and was application" in ended.error
    assert account.sent("PUT") == account.sent("DELETE") == []


async def test_an_assignment_that_is_taken_away_meanwhile_is_nothing_to_do(
    account: Account, peer: str
) -> None:
    account.application("Server")
    spec = "applications: {Server: {}}\n" + EAST
    assert (await account.apply(spec % "sms: true, application: Server")).done
    planned = await account.plan(EAST % "sms: false")
    path = f"{peer}{MESSAGING}/applicationSettings"
    account.call("PUT", path, "<ApplicationsSettings>REMOVE</ApplicationsSettings>")
    account.log.clear()
    assert (await account.carry_out(planned)).done
    assert account.sent("PUT") == []


async def test_a_delete_that_is_refused_is_told(account: Account, peer: str) -> None:
    with_sms(account, peer)
    planned = await account.plan(EAST % "sms: false")
    account.call("POST", f"{peer}{MESSAGING}/features/mms", MMS)
    ended = the_end(await account.carry_out(planned))
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "error 13624" in ended.error


async def test_what_cannot_be_deleted_is_not(account: Account) -> None:
    block = Resource(Address("numbers", ("R", "E", "x")), {"area_code": "910", "quantity": 1})
    async with account.client() as client:
        change = Change(Action.DELETE, block.address, block)
        with pytest.raises(AccountError, match="no way to delete"):
            await delete(Writer(client, resource_types(), Unrecorded()), change, {})
    assert account.requests == []
