"""The account as a spec alone would have left it."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.errors import PlanRefused
from provisioner.model import Address, DesiredState
from provisioner.planning import make_plan
from provisioner.planning.as_declared import live_as_declared
from provisioner.planning.plan import Action, Plan
from provisioner.resources import resource_types
from provisioner.spec import load_spec

TYPES = resource_types()
SPEC = """
version: 1
account: "9900778"
applications:
  Server: {callback_url: https://example.com/}
sites:
  Raleigh:
    description: Test
    sippeers:
      East:
        sms: true
        mms: true
        application: Server
        numbers: [{area_code: "910", quantity: 5}, {area_code: "919", quantity: 2}]
      West:
        sms: false
"""
EAST = ("Raleigh", "East")


def read(tmp_path: Path, text: str) -> DesiredState:
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    return load_spec([path], {}, TYPES)


def compared(tmp_path: Path, before: str, after: str) -> Plan:
    desired = read(tmp_path, after)
    live = live_as_declared(read(tmp_path, before), desired, TYPES, revision="main")
    return make_plan(desired, live, TYPES)


def moved(plan: Plan) -> dict[Address, Action]:
    return {
        change.address: change.action
        for change in plan.changes
        if change.action is not Action.NO_OP
    }


def test_a_spec_is_no_change_against_itself(tmp_path: Path) -> None:
    plan = compared(tmp_path, SPEC, SPEC)
    assert moved(plan) == {}
    assert (plan.warnings, plan.unmanaged, plan.in_flight, plan.back_ordered) == ((), (), 0, 0)
    assert plan.origin == "git revision main"


def test_the_default_that_a_plan_chose_then_is_there_now(tmp_path: Path) -> None:
    after = SPEC.replace("      East:\n", "      East:\n        default: true\n")
    assert moved(compared(tmp_path, SPEC, after)) == {}


def test_a_raised_quantity_orders_the_rest_and_a_lowered_one_nothing(tmp_path: Path) -> None:
    after = SPEC.replace("quantity: 5", "quantity: 7").replace("quantity: 2", "quantity: 1")
    plan = compared(tmp_path, SPEC, after)
    assert moved(plan) == {Address("numbers", (*EAST, "area_code=910")): Action.ORDER}
    assert plan.summary.numbers_to_order == 2


def test_switching_off_is_a_delete_and_on_a_create(tmp_path: Path) -> None:
    after = SPEC.replace("mms: true", "mms: false").replace("sms: false", "sms: true")
    assert moved(compared(tmp_path, SPEC, after)) == {
        Address("mms", EAST): Action.DELETE,
        Address("sms", ("Raleigh", "West")): Action.CREATE,
    }


def test_what_was_renamed_is_the_same_under_another_name(tmp_path: Path) -> None:
    after = (
        SPEC.replace("  Server:", "  Production:")
        .replace("{callback_url", "{renamed_from: Server, callback_url")
        .replace("application: Server", "application: Production")
        .replace("  Raleigh:\n", "  Headquarters:\n    renamed_from: Raleigh\n")
        .replace("      East:\n", "      West coast:\n        renamed_from: East\n")
    )
    plan = compared(tmp_path, SPEC, after)
    assert moved(plan) == {
        Address("application", ("Production",)): Action.UPDATE,
        Address("site", ("Headquarters",)): Action.UPDATE,
        Address("sippeer", ("Headquarters", "West coast")): Action.UPDATE,
    }
    assert plan.unmanaged == ()


def test_another_label_is_taken_for_another_resource_and_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused) as refused:
        compared(tmp_path, SPEC, SPEC.replace("      East:\n", "      West coast:\n"))
    (problem,) = refused.value.problems
    assert problem.code == "looks-renamed"
    assert "(`renamed_from: 'East'`)" in problem.detail


def test_what_is_left_out_stays_and_is_told_by_its_root(tmp_path: Path) -> None:
    after = SPEC.partition("sites:")[0]
    plan = compared(tmp_path, SPEC, after)
    assert moved(plan) == {}
    (warning,) = plan.warnings
    assert warning.detail.startswith("site Raleigh is not in the spec any more.")
    assert Address("sippeer", EAST) in plan.unmanaged


def test_what_is_pruned_goes_without_its_numbers_and_their_campaign(tmp_path: Path) -> None:
    before = SPEC.replace("        numbers:", "        campaign: C1\n        numbers:")
    after = SPEC.partition("    sippeers:")[0] + "prune: [sippeers]\n"
    plan = compared(tmp_path, before, after)
    assert {each.path for each in moved(plan)} == {EAST, ("Raleigh", "West")}
    assert set(moved(plan).values()) == {Action.DELETE}
    assert plan.unmanaged == ()


def test_another_account_has_nothing(tmp_path: Path) -> None:
    plan = compared(tmp_path, SPEC.replace("9900778", "1234567"), SPEC)
    assert plan.summary.create == 7
    assert plan.summary.numbers_to_order == 7
