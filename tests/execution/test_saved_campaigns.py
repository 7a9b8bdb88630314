"""Saved plans that put numbers on campaigns: those that are there, and those that are to come."""

from __future__ import annotations

import pytest

from provisioner.execution.events import Status
from provisioner.planning import Verb
from tests.account.conftest import Account, Open
from tests.execution.conftest import FIRST, SECOND
from tests.execution.test_campaigns import assigned, bought, campaign_of, east, spec
from tests.execution.test_number_kinds import release
from tests.execution.test_saved_numbers import apply, look, refusal, save

__all__ = ["east"]
pytestmark = pytest.mark.anyio


async def test_numbers_that_are_there_are_put_on_it_once(account: Account, east: str) -> None:
    await bought(account, east)
    saved = await save(account, spec())
    run = await apply(account, saved)
    assert (assigned(run.plan), run.done) == ([(FIRST, SECOND)], True)
    assert campaign_of(account, FIRST) == campaign_of(account, SECOND) == ["C1"]
    for _ in ("at once", "later"):
        assert (await look(account, saved)).plan.steps == ()
        account.time.advance(3600)
    assert len(account.sent("POST", "/tnoptions")) == 1


async def test_numbers_that_are_ordered_follow_and_a_replay_does_nothing(
    account: Account, east: str
) -> None:
    saved = await save(account, spec())
    run = await apply(account, saved)
    assert (assigned(run.plan), run.done) == ([2], True)
    assert campaign_of(account, FIRST) == campaign_of(account, SECOND) == ["C1"]
    for _ in ("at once", "later"):
        assert (await look(account, saved)).plan.steps == ()
        account.time.advance(3600)


async def test_what_came_before_the_run_was_killed_is_put_on_it(
    account: Account, east: str
) -> None:
    saved = await save(account, spec())
    order = next(saved.having(Verb.ORDER)).step.change.body.attributes["customer_order_id"]
    account.order(east, str(order), quantity=2)
    account.time.advance(3600)
    run = await apply(account, saved)
    assert (assigned(run.plan), run.done) == ([(FIRST, SECOND)], True)
    assert not account.sent("POST", "/orders")[1:], "the one that was there"
    assert (await look(account, saved)).plan.steps == ()


async def test_only_what_is_not_on_it_yet_is_sent(account: Account, east: str) -> None:
    await bought(account, east)
    saved = await save(account, spec())
    block = f"{{telephone_numbers: ['{FIRST}'], campaign: C1}}"
    assert (await account.apply(spec("mms: true", block))).done
    assert assigned((await apply(account, saved)).plan) == [(SECOND,)]


async def test_a_number_that_went_on_another_meanwhile_makes_it_stale(
    account: Account, east: str
) -> None:
    await bought(account, east)
    saved = await save(account, spec())
    assert (await account.apply(spec("campaign: C2"))).done
    assert f"{FIRST} is on C2 by now" in await refusal(account, saved)


async def test_a_number_that_is_gone_makes_it_stale(account: Account, east: str) -> None:
    await bought(account, east)
    saved = await save(account, spec())
    release(account, FIRST)
    account.time.advance(3600)
    assert f"{FIRST} is no longer there" in await refusal(account, saved)


async def test_what_is_still_on_order_is_waited_for_first(open_account: Open) -> None:
    account = open_account(order_delay=100.0)
    account.sippeer(account.site())
    assert (await account.apply(spec("mms: true", blocks=""))).done
    account.http.put("/_sandbox/campaigns/C1", json={}).raise_for_status()
    saved = await save(account, spec())
    run = await account.carry_out(await look(account, saved), order_timeout=1)
    assert Status.OPEN in run.statuses.values()
    left = (await look(account, saved)).plan
    assert [step.verb for step in left.steps] == [Verb.AWAIT, Verb.ASSIGN]
