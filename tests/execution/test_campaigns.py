"""Numbers on 10DLC campaigns: put there once, followed to the end, and never taken off another."""

from __future__ import annotations

import pytest

from provisioner.errors import PlanRefused, SpecError
from provisioner.execution.events import Status, StepRetried
from provisioner.planning import Action, Plan
from tests.account.conftest import Account
from tests.execution.conftest import FIRST, SECOND, THIRD

pytestmark = pytest.mark.anyio


def spec(more: str = "campaign: C1", blocks: str = "{area_code: '910', quantity: 2}") -> str:
    return (
        "applications: {Server: {callback_url: 'https://example.com/in'}}\n"
        f"sites: {{Raleigh: {{sippeers: {{East: {{sms: true, application: Server, {more},"
        f" numbers: [{blocks}]}}}}}}}}"
    )


@pytest.fixture
async def east(account: Account) -> str:
    """A location with SMS and an application, and two campaigns beside it."""
    peer = account.sippeer(account.site())
    assert (await account.apply(spec("mms: true", blocks=""))).done
    for name in ("C1", "C2"):
        account.http.put(f"/_sandbox/campaigns/{name}", json={}).raise_for_status()
    return peer


def campaign_of(account: Account, number: str) -> list[str]:
    path = f"/api/tns/{number.removeprefix('+1')}/tndetails"
    return account.texts(path, "CampaignId")


def assigned(plan: Plan) -> list[object]:
    return [
        each.body.attributes.get("telephone_numbers", each.body.attributes.get("quantity"))
        for each in plan.changes
        if each.action is Action.ASSIGN
    ]


async def bought(account: Account, east: str, quantity: int = 2) -> None:
    account.order(east, "others", quantity=quantity)
    account.time.advance(3600)


async def test_numbers_that_are_there_are_put_on_the_campaign_once(
    account: Account, east: str
) -> None:
    await bought(account, east)
    run = await account.apply(spec())
    assert assigned(run.plan) == [(FIRST, SECOND)]
    assert run.done
    assert [campaign_of(account, each) for each in (FIRST, SECOND)] == [["C1"], ["C1"]]
    again = await account.plan(spec())
    assert not again.plan.has_changes
    assert len(account.sent("POST", "/tnoptions")) == 1


async def test_numbers_that_are_ordered_follow_when_they_have_come(
    account: Account, east: str
) -> None:
    run = await account.apply(spec())
    assert assigned(run.plan) == [2]
    assert run.done
    assert campaign_of(account, FIRST) == campaign_of(account, SECOND) == ["C1"]
    posts = [each.split()[1] for each in account.sent("POST")]
    assert posts.index("/orders") < posts.index("/tnoptions")
    assert not (await account.plan(spec())).plan.has_changes


async def test_a_number_that_comes_later_is_sent_alone(account: Account, east: str) -> None:
    await account.apply(spec())
    account.time.advance(3600)
    run = await account.apply(spec(blocks="{area_code: '910', quantity: 3}"))
    assert assigned(run.plan) == [1]
    assert run.done
    assert campaign_of(account, THIRD) == ["C1"]


async def test_a_block_may_have_a_campaign_of_its_own(account: Account, east: str) -> None:
    await bought(account, east)
    blocks = f"{{telephone_numbers: ['{FIRST}'], campaign: C2}}, {{area_code: '910', quantity: 1}}"
    run = await account.apply(spec(blocks=blocks))
    assert run.done
    assert (campaign_of(account, FIRST), campaign_of(account, SECOND)) == (["C2"], ["C1"])
    assert not (await account.plan(spec(blocks=blocks))).plan.has_changes


async def test_other_numbers_stay_off_the_campaign_of_a_block(account: Account, east: str) -> None:
    await bought(account, east)
    blocks = f"{{telephone_numbers: ['{FIRST}'], campaign: C2}}"
    assert (await account.apply(spec("mms: true", blocks))).done
    assert (campaign_of(account, FIRST), campaign_of(account, SECOND)) == (["C2"], [])


async def test_toll_free_numbers_are_put_on_no_campaign(account: Account, east: str) -> None:
    run = await account.apply(spec(blocks="{toll_free: '8**', quantity: 1}"))
    assert run.done
    assert assigned(run.plan) == []
    assert not (await account.plan(spec(blocks="{toll_free: '8**', quantity: 1}"))).plan.has_changes
    assert not account.sent("POST", "/tnoptions")


async def test_a_number_on_another_campaign_stops_the_plan(account: Account, east: str) -> None:
    await bought(account, east)
    assert (await account.apply(spec("campaign: C2"))).done
    with pytest.raises(PlanRefused) as refused:
        await account.plan(spec("campaign: C1"))
    (problem,) = refused.value.problems
    assert problem.code == "on-another-campaign"
    assert f"{FIRST}, {SECOND} should be on C1 and are on C2" in problem.detail
    assert "`campaign: C2`" in problem.detail
    assert problem.origin is not None


async def test_a_campaign_that_is_not_there_stops_the_plan_before_anything_is_bought(
    account: Account, east: str
) -> None:
    blocks = "{area_code: '910', quantity: 2, campaign: C8}, {toll_free: '8**', quantity: 1}"
    with pytest.raises(PlanRefused) as refused:
        await account.plan(spec("mms: true", blocks))
    (problem,) = refused.value.problems
    assert problem.code == "no-such-campaign"
    assert "no campaign 'C8' on the account" in problem.detail
    assert problem.origin is not None
    assert not account.sent("POST", "/orders")


async def test_a_campaign_that_no_number_can_be_on_is_not_asked_for(
    account: Account, east: str
) -> None:
    toll_free = "{toll_free: '8**', quantity: 1}"
    assert (await account.apply(spec("campaign: C9", toll_free))).done


async def test_only_numbers_that_are_not_listed_are_asked_for(account: Account, east: str) -> None:
    await bought(account, east)
    await account.apply(spec())
    account.log.clear()
    await account.plan(spec())
    assert len(account.sent("GET", "/campaigns/C1/tn?")) == 1
    assert not account.sent("GET", "tndetails")


async def test_where_no_campaigns_are_listed_each_number_is_asked_for(
    account: Account, east: str
) -> None:
    await bought(account, east)
    await account.apply(spec())
    account.fail("status-before", "GET", "/campaigns/", status=403)
    account.log.clear()
    assert not (await account.plan(spec())).plan.has_changes
    assert len(account.sent("GET", "tndetails")) == 2


async def test_without_a_campaign_nothing_is_asked(account: Account, east: str) -> None:
    await bought(account, east)
    account.log.clear()
    await account.plan(spec("mms: true"))
    assert not account.sent("GET", "ampaign")
    assert not account.sent("GET", "tndetails")


@pytest.mark.parametrize("kind", ["drop-after", "drop-before"])
async def test_a_lost_answer_is_looked_for_before_it_is_sent_again(
    account: Account, east: str, kind: str
) -> None:
    await bought(account, east)
    account.fail(kind, "POST", "/tnoptions")
    run = await account.apply(spec())
    assert run.done
    assert any(isinstance(each, StepRetried) for each in run.events)
    assert len(account.texts("/tnoptions", "OrderId")) == 1
    assert campaign_of(account, FIRST) == ["C1"]


async def test_an_order_that_is_open_is_awaited_and_not_sent_again(
    account: Account, east: str
) -> None:
    await bought(account, east)
    planned = await account.plan(spec())
    first = await account.carry_out(planned, order_timeout=0)
    assert first.finished["campaign Raleigh/East/C1"].status is Status.OPEN
    second = await account.carry_out(planned)
    assert second.done
    assert len(account.sent("POST", "/tnoptions")) == 1


async def test_what_the_service_refuses_is_told_by_its_reason(account: Account, east: str) -> None:
    await bought(account, east)
    account.fail("status-before", "GET", "/campaigns/", status=403)
    run = await account.apply(spec("campaign: C9"))
    ended = run.finished["campaign Raleigh/East/C9"]
    assert ended.status is Status.FAILED
    assert "C9" in ended.error
    assert not ended.wrote


async def test_numbers_that_are_moved_are_put_on_the_campaign_afterwards(
    account: Account, east: str
) -> None:
    site = east.partition("/sippeers")[0]
    west = account.sippeer(site, "West", default=False)
    await bought(account, west)
    blocks = f"{{telephone_numbers: ['{FIRST}']}}"
    run = await account.apply(spec(blocks=blocks))
    assert run.done
    assert campaign_of(account, FIRST) == ["C1"]
    assert not (await account.plan(spec(blocks=blocks))).plan.has_changes


async def test_a_toll_free_block_cannot_name_a_campaign(account: Account) -> None:
    with pytest.raises(SpecError) as refused:
        account.load(spec(blocks="{toll_free: '8**', quantity: 1, campaign: C1}"))
    assert [each.code for each in refused.value.problems] == ["conflicting-keys"]


async def test_a_campaign_needs_sms(account: Account) -> None:
    off = spec().replace("sms: true, application: Server", "sms: false")
    with pytest.raises(SpecError) as refused:
        account.load(off)
    assert "off-beside-on" in [each.code for each in refused.value.problems]


async def test_all_numbers_of_a_location_are_meant_those_of_no_block_included(
    account: Account, east: str
) -> None:
    await bought(account, east)
    without_blocks = spec(blocks="").replace(", numbers: []", "")
    run = await account.apply(without_blocks)
    assert assigned(run.plan) == [(FIRST, SECOND)]
    assert not (await account.plan(without_blocks)).plan.has_changes
