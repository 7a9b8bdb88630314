"""Saved plans that order, move and wait for numbers, while others do the same."""

from __future__ import annotations

import json

import pytest

from provisioner.account.touched import read_touched
from provisioner.errors import PlanRefused
from provisioner.execution.events import Status
from provisioner.model import DesiredState, Secret
from provisioner.planning import Verb
from provisioner.planning.saved import SavedPlan, save_plan
from provisioner.planning.staleness import remaining_plan
from provisioner.resources import resource_types
from provisioner.views.saved_plan import read_saved_plan, saved_plan_document
from tests.account.conftest import Account, Open, Run
from tests.execution.conftest import FIRST, SECOND, THIRD, deeds, held, listed

pytestmark = pytest.mark.anyio
BLOCK = "sites: {Raleigh: {sippeers: {East: {numbers: [{area_code: 910, quantity: 2}]}}}}"


def no_secret(name: str, folder: str) -> Secret:
    raise AssertionError(f"{name} of {folder!r} is wanted")


async def save(account: Account, spec: str) -> SavedPlan:
    """What a file would give back."""
    run = await account.plan(spec)
    types = resource_types()
    desired = DesiredState(run.plan.account, {})
    saved = save_plan(run.plan, run.live, desired, types)
    document = saved_plan_document(saved, desired, created_at="2026-01-02", tool_version="0.1.0")
    read = read_saved_plan(json.dumps(document), types, no_secret)
    assert (read.steps, read.ids) == (saved.steps, saved.ids), "nothing is lost on the way"
    return read


async def look(account: Account, saved: SavedPlan) -> Run:
    types = resource_types()
    async with account.client() as client:
        live = await read_touched(saved, client, types)
    return Run(remaining_plan(saved, live, types), live)


async def apply(account: Account, saved: SavedPlan) -> Run:
    return await account.carry_out(await look(account, saved))


async def refusal(account: Account, saved: SavedPlan) -> str:
    with pytest.raises(PlanRefused) as refused:
        await look(account, saved)
    return str(refused.value)


async def test_moves_and_orders_are_made_once(account: Account, east: str, west: str) -> None:
    saved = await save(account, listed(FIRST, THIRD))
    run = await apply(account, saved)
    assert sorted(deeds(run)) == [(Verb.MOVE, (FIRST,)), (Verb.ORDER, (THIRD,))]
    assert held(account, east) == [FIRST, THIRD]
    for _ in ("at once", "later"):
        assert (await look(account, saved)).plan.steps == ()
        account.time.advance(3600)


async def test_of_a_move_only_what_is_left_is_moved(account: Account, east: str, west: str) -> None:
    saved = await save(account, listed(FIRST, SECOND))
    await apply(account, await save(account, listed(FIRST)))
    assert deeds(await apply(account, saved)) == [(Verb.MOVE, (SECOND,))]


async def test_a_number_that_moved_elsewhere_meanwhile_is_not_moved_back(
    account: Account, east: str, west: str
) -> None:
    saved = await save(account, listed(FIRST, SECOND))
    south = account.sippeer(east.partition("/sippeers")[0], "South", default=False)
    spec = listed(FIRST).replace("East", "South")
    assert (await account.apply(spec)).done
    assert held(account, south) == [FIRST]
    assert f"{FIRST} is no longer where it was" in await refusal(account, saved)


async def test_a_listed_number_that_somebody_bought_is_not_ordered(
    account: Account, east: str, west: str
) -> None:
    saved = await save(account, listed(THIRD))
    assert (await account.apply(listed(THIRD).replace("East", "West"))).done
    account.time.advance(3600)
    assert f"the account has {THIRD} by now" in await refusal(account, saved)


async def test_other_orders_of_the_block_make_it_stale(account: Account, east: str) -> None:
    first = await save(account, BLOCK)
    assert (await apply(account, first)).done
    account.time.advance(3600)
    more, most = BLOCK.replace("2}", "3}"), BLOCK.replace("2}", "4}")
    second = await save(account, most)
    assert (await account.apply(more)).done
    assert (await look(account, second)).plan.steps == (), "it has the same CustomerOrderId"
    account.time.advance(3600)
    third = await save(account, most)
    order = next(third.having(Verb.ORDER)).step.change.body.attributes["customer_order_id"]
    key, _, number = str(order).rpartition("-")
    account.order(east, f"{key}-{int(number) + 1}", quantity=1)
    assert "other orders were placed for it" in await refusal(account, third)


async def test_what_is_still_on_order_is_waited_for(open_account: Open) -> None:
    account = open_account(order_delay=100.0)
    account.sippeer(account.site())
    saved = await save(account, BLOCK)
    run = await account.carry_out(await look(account, saved), order_timeout=1)
    assert set(run.statuses.values()) == {Status.OPEN}
    waiting = await save(account, BLOCK)
    assert [each.step.verb for each in waiting.steps] == [Verb.AWAIT]
    left = await look(account, saved)
    assert ([step.verb for step in left.plan.steps], left.plan.in_flight) == ([Verb.AWAIT], 2)
    assert left.plan.summary.numbers_to_order == 0
    assert (await account.carry_out(left)).done
    assert (await look(account, waiting)).plan.steps == ()
    assert len(account.sent("POST", "/orders")) == 1


async def test_a_location_that_is_gone_is_never_ordered_for(account: Account, east: str) -> None:
    saved = await save(account, BLOCK)
    account.call("DELETE", east)
    assert "sippeer Raleigh/East: the one of id" in await refusal(account, saved)
