"""What was renamed is found again, and what looks like it is not bought again."""

from __future__ import annotations

import pytest

from provisioner.errors import PlanRefused, Severity
from provisioner.model import Address
from provisioner.planning import Action
from tests.account.conftest import ADDRESS, Account

pytestmark = pytest.mark.anyio

BLOCK = "numbers: [{area_code: '910', quantity: 1}]"
EAST = Address("sippeer", ("Raleigh", "East"))
WEST = Address("sippeer", ("Raleigh", "West"))


def site(location: str, more: str = "") -> str:
    return f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{{location}}}{more}}}}}"


async def refusal(account: Account, spec: str) -> str:
    with pytest.raises(PlanRefused) as caught:
        await account.plan(spec)
    (problem,) = caught.value.problems
    assert problem.code == "looks-renamed"
    assert problem.origin is not None
    return problem.detail


async def test_an_old_name_finds_what_has_not_got_the_new_one_yet(account: Account) -> None:
    application = account.application("Old")
    spec = "applications: {New: {renamed_from: Old}}"
    run = await account.apply(spec)
    (change,) = run.plan.changes
    assert change.action is Action.UPDATE
    assert [(each.path, each.before, each.after) for each in change.attributes] == [
        ("name", "Old", "New")
    ]
    assert run.done
    assert account.texts("/applications", "AppName") == ["New"]
    again = await account.plan(spec)
    assert not again.plan.has_changes
    assert again.live.ids == {Address("application", ("New",)): application}


async def test_an_old_name_means_nothing_once_the_new_one_is_there(account: Account) -> None:
    account.application("Old")
    new = account.application("New")
    run = await account.plan("applications: {New: {renamed_from: Old}}")
    assert not run.plan.has_changes
    assert run.live.ids[Address("application", ("New",))] == new
    assert run.plan.unmanaged == (Address("application", ("Old",)),)


async def test_an_old_name_that_nothing_has_is_a_create(account: Account) -> None:
    spec = "applications: {New: {renamed_from: Old, callback_url: 'https://example.com'}}"
    assert (await account.plan(spec)).plan.summary.create == 1


async def test_two_of_the_old_name_stop_the_plan(account: Account) -> None:
    for _ in range(2):
        account.application("Old")
    with pytest.raises(PlanRefused) as caught:
        await account.plan("applications: {New: {renamed_from: Old}}")
    (problem,) = caught.value.problems
    assert problem.code == "several-of-one-name"
    assert "named 'Old'" in problem.detail


async def test_a_name_can_change_its_case(account: Account) -> None:
    account.site("raleigh")
    run = await account.apply("sites: {Raleigh: {renamed_from: raleigh}}")
    assert run.plan.summary.update == 1
    assert account.texts("/sites", "Name") == ["Raleigh"]


async def test_a_site_and_its_location_are_renamed_and_nothing_is_bought(account: Account) -> None:
    assert (await account.apply(site(f"East: {{sms: true, {BLOCK}}}"))).done
    account.log.clear()
    renamed = site(f"West: {{renamed_from: East, sms: true, {BLOCK}}}", ", renamed_from: Raleigh")
    renamed = renamed.replace("{Raleigh:", "{Headquarters:")
    run = await account.apply(renamed)
    assert run.done
    assert {str(each.address) for each in run.plan.changes if each.action is Action.UPDATE} == {
        "site Headquarters",
        "sippeer Headquarters/West",
    }
    assert account.sent("POST") == []
    assert not (await account.plan(renamed)).plan.has_changes


async def test_a_label_that_changed_is_refused_where_its_numbers_would_be_bought_again(
    account: Account,
) -> None:
    made = await account.apply(site(f"East: {{sms: true, {BLOCK}}}"))
    live = (await account.plan(site("East: {}"))).live
    assert made.done
    detail = await refusal(account, site(f"West: {{sms: true, {BLOCK}}}"))
    assert "sippeer Raleigh/West would be created, with 1 number to buy" in detail
    assert "1 of its numbers are of the kind" in detail
    for way_out in ("`renamed_from: 'East'`", f'`id: "{live.ids[EAST]}"`', "`new: true`"):
        assert way_out in detail
    for settled in ("renamed_from: East", f"id: '{live.ids[EAST]}'"):
        run = await account.plan(site(f"West: {{{settled}, sms: true, {BLOCK}}}"))
        assert run.plan.summary.update == 1
        assert run.plan.summary.numbers_to_order == 0
    run = await account.plan(site(f"West: {{new: true, sms: true, {BLOCK}}}"))
    assert run.plan.summary.numbers_to_order == 1


async def test_a_site_that_prune_would_delete_is_known_by_its_address(account: Account) -> None:
    old = await account.apply(f"sites: {{Raleigh: {{address: {ADDRESS}}}}}")
    assert old.done
    detail = await refusal(
        account, f"prune: [sites]\nsites: {{Headquarters: {{address: {ADDRESS}}}}}"
    )
    assert (
        "site Headquarters would be created, and site Raleigh deleted, because of `prune`. But the "
        "account has site Raleigh, which is not in the spec, and it has the same address"
    ) in detail
    other = ADDRESS.replace("1600", "1700")
    run = await account.plan(f"prune: [sites]\nsites: {{Headquarters: {{address: {other}}}}}")
    assert (run.plan.summary.create, run.plan.summary.delete) == (1, 1)


async def test_all_that_prune_would_delete_for_it_are_counted(account: Account) -> None:
    for name in ("A", "B"):
        account.application(name)
    url = account.texts("/applications", "InboundCallbackUrl")[0]
    detail = await refusal(
        account, f"prune: [applications]\napplications: {{C: {{callback_url: '{url}'}}}}"
    )
    assert "application A and 1 more deleted" in detail


async def test_numbers_that_are_only_on_order_are_not_ordered_again_either(
    account: Account,
) -> None:
    assert account.http.post("/_sandbox/orders/hold").status_code == 204
    planned = await account.plan(site(f"East: {{sms: true, {BLOCK}}}"))
    await account.carry_out(planned, order_timeout=0)
    detail = await refusal(account, site(f"West: {{sms: true, {BLOCK}}}"))
    assert "numbers of the kind that is declared were ordered for it" in detail


async def test_a_site_whose_label_changed_is_refused_as_well(account: Account) -> None:
    assert (await account.apply(site(f"East: {{sms: true, {BLOCK}}}"))).done
    spec = f"sites: {{Headquarters: {{sippeers: {{East: {{sms: true, {BLOCK}}}}}}}}}"
    assert "it has a sippeer 'East' as well" in await refusal(account, spec)
    spec = f"sites: {{Headquarters: {{address: {ADDRESS}, sippeers: {{West: {{{BLOCK}}}}}}}}}"
    assert "it has the same address" in await refusal(account, spec)


async def test_where_nothing_is_bought_it_is_a_warning_and_costs_no_call(account: Account) -> None:
    account.application("Old")
    account.log.clear()
    run = await account.plan("applications: {New: {callback_url: 'https://example.com/in'}}")
    (warning,) = run.plan.warnings
    assert (warning.severity, warning.code) == (Severity.WARNING, "looks-renamed")
    assert "it has the same callback_url" in warning.detail
    assert account.requests == ["GET /applications"]


async def test_what_is_said_to_be_new_is_not_looked_into(account: Account) -> None:
    account.sippeer(account.site(), "East")
    account.log.clear()
    await account.plan(site(f"West: {{new: true, sms: true, {BLOCK}}}"))
    assert not [each for each in account.requests if "/sippeers/" in each]
