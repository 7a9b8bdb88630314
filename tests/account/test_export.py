"""What an account exports, says of it just what is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provisioner.account.reader import read_live
from provisioner.account.survey import survey
from provisioner.errors import Unauthorized
from provisioner.model import Address, DesiredState, LiveState, Resource, Secret
from provisioner.planning import Action, Plan, make_plan
from provisioner.resource_type import BY_NUMBERS
from provisioner.resources import resource_types
from provisioner.spec import load_spec
from provisioner.spec.exporting import ExportedSpec, export_spec
from provisioner.spec.number_blocks import listed_blocks
from tests.account.accounts import Contents, contents, fill
from tests.account.conftest import ADDRESS, Account

TYPES = resource_types()
at_random = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def look(account: Account) -> LiveState:
    async with account.client() as client:
        return await survey(client, TYPES, told=lambda *_: None, only={})


async def plan(account: Account, desired: DesiredState) -> Plan:
    async with account.client() as client:
        return make_plan(desired, await read_live(desired, client, TYPES), TYPES)


def load(folder: Path, texts: dict[str, str], exported: ExportedSpec) -> DesiredState:
    for old in folder.glob("*.yaml"):
        old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_spec([folder], dict.fromkeys(exported.variables, "secret-1"), TYPES)


@at_random
@given(contents=contents)
def test_a_plan_of_what_was_exported_has_no_changes(
    account: Account, tmp_path: Path, contents: Contents
) -> None:
    fill(account, contents)
    live = asyncio.run(look(account))
    exported = export_spec(live, TYPES)
    exactly = export_spec(live, TYPES, listed_blocks)
    one_file = ({"spec.yaml": each.text} for each in (exported, exactly))
    for texts in (*one_file, exported.files(TYPES)):
        desired = load(tmp_path, texts, exported)
        planned = asyncio.run(plan(account, desired))
        assert not planned.has_changes
        assert exported.left_out or not planned.unmanaged


def _is_by_numbers(address: Address) -> bool:
    """What these are of is part of their addresses: edited, they are others."""
    return TYPES[address.type].shape in BY_NUMBERS


@at_random
@given(contents=contents, chosen=st.data())
def test_an_edited_field_is_all_that_a_plan_shows(
    account: Account, tmp_path: Path, contents: Contents, chosen: st.DataObject
) -> None:
    fill(account, contents)
    exported = export_spec(asyncio.run(look(account)), TYPES)
    desired = load(tmp_path, {"spec.yaml": exported.text}, exported)
    editable = [
        (address, name)
        for address, resource in desired.resources.items()
        for name, value in resource.attributes.items()
        if isinstance(value, str) and name != "name" and not _is_by_numbers(address)
    ]
    assume(editable)
    address, name = chosen.draw(st.sampled_from(editable))
    before = desired.resources[address]
    edited = Resource(address, {**before.attributes, name: "something else"})
    resources = {**desired.resources, address: edited}
    planned = asyncio.run(plan(account, replace(desired, resources=resources)))
    (change,) = (each for each in planned.changes if each.action is not Action.NO_OP)
    assert (change.action, change.address) == (Action.UPDATE, address)
    paths = {each.path for each in change.attributes if not isinstance(each.after, Secret)}
    assert paths == {name}


@pytest.mark.anyio
async def test_a_large_account_takes_no_more_calls_than_it_has_parts(account: Account) -> None:
    peers = ", ".join(f"Peer {n}: {{default: {str(n == 0).lower()}}}" for n in range(20))
    messaging = (
        "sms: true, mms: true, application: Server, numbers: [{area_code: '910', quantity: 1}]"
    )
    spec = (
        "applications: {Server: {callback_url: 'https://example.com'}}\n"
        f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{{peers}, Talks: {{{messaging}}}}}}}}}"
    )
    assert (await account.apply(spec)).done
    account.log.clear()
    live = await look(account)
    assert len(live.resources) == 1 + 1 + 21 + 3
    asked = Counter(each.partition("?")[0].rpartition("/")[2] for each in account.requests)
    lists = asked.pop("applications"), asked.pop("sites")
    assert lists == (1, 1)
    assert asked.pop("tns") == asked.pop("sms") == 21
    assert (asked.pop("mms"), asked.pop("applicationSettings")) == (1, 1), "only where SMS is on"
    assert asked.pop("campaigns") == 1
    assert asked.total() <= 1 + 1 + 21, "the items themselves"
    assert all(each.startswith("GET ") for each in account.requests)


@pytest.mark.anyio
async def test_a_failure_is_told_as_one(account: Account) -> None:
    account.site()
    account.fail("unauthorized", "GET", r"/sites/\d+", nth=None)
    with pytest.raises(Unauthorized):
        await look(account)
