"""Calls that are explained, of the less common steps: moves, removals, what is waited for."""

from __future__ import annotations

import pytest

from provisioner.account.explaining import explain
from provisioner.account.intents import Unrecorded
from provisioner.account.writer import Writer
from provisioner.planning.recipe import Recipe
from provisioner.resources import resource_types
from provisioner.views.recipe import render_recipe
from tests.account.conftest import Account, Open
from tests.execution.conftest import FIRST, THIRD, listed
from tests.execution.test_campaigns import bought, spec
from tests.execution.test_campaigns import east as campaigns
from tests.execution.test_saved_numbers import BLOCK

__all__ = ["campaigns"]
pytestmark = pytest.mark.anyio


async def recipe_of(account: Account, spec: str) -> Recipe:
    run = await account.plan(spec)
    async with account.client() as client:
        writer = Writer(client, resource_types(), Unrecorded())
        return await explain(run.plan, run.live, writer)


def told(recipe: Recipe) -> list[str]:
    return [
        f"{call.method} {call.path.partition('?')[0].split('/', 3)[3]}" for call in recipe.calls
    ]


async def test_moves_and_orders_by_name(account: Account, east: str, west: str) -> None:
    recipe = await recipe_of(account, listed(FIRST, THIRD))
    first, second = (call.gives for call in recipe.calls if call.gives)
    move, order = sorted((first, second), key=lambda mark: f"GET orders/{mark}" in told(recipe))
    assert sorted(told(recipe)) == sorted(
        [
            "POST moveTns",
            f"GET moveTns/{move}",
            "GET orders",
            "POST orders",
            "GET orders",
            f"GET orders/{order}",
        ]
    )
    bodies = "".join(call.body for call in recipe.calls)
    assert FIRST.removeprefix("+1") in bodies
    assert THIRD.removeprefix("+1") in bodies


async def test_what_is_on_order_is_only_followed(open_account: Open) -> None:
    account = open_account(order_delay=100.0)
    account.sippeer(account.site())
    await account.apply(BLOCK, order_timeout=1)
    recipe = await recipe_of(account, BLOCK)
    assert [call.repeated for call in recipe.calls] == [True]
    assert told(recipe)[0].startswith("GET orders/")


async def test_what_is_switched_off_is_deleted_or_told_so(account: Account, east: str) -> None:
    spec = "sites: {Raleigh: {sippeers: {East: {sms: true, mms: true}}}}"
    assert (await account.apply(spec)).done
    off = "sites: {Raleigh: {sippeers: {East: {sms: true, mms: false}}}}"
    (call,) = (await recipe_of(account, off)).calls
    assert (call.method, call.path.rpartition("/")[2]) == ("DELETE", "mms")


async def test_numbers_on_a_campaign_are_named_or_told_to_come(
    account: Account, campaigns: str
) -> None:
    coming = await recipe_of(account, spec())
    assert told(coming)[-3:-1] == ["GET tnoptions", "POST tnoptions"]
    text = render_recipe(coming, resource_types())
    assert "<TelephoneNumber>{telephone numbers that the order brings}</TelephoneNumber>" in text
    await bought(account, campaigns)
    there = await recipe_of(account, spec())
    assert told(there)[:2] == ["GET tnoptions", "POST tnoptions"]
    assert (await account.apply(spec())).done
    sent = account.sent("GET", "/tnoptions?customerOrderId=")
    assert there.calls[0].path.rpartition("=")[2] in sent[0]
