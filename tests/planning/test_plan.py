"""The plan as data: what it counts, what it is named by, and what it does not give away."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from provisioner.model import Address, DesiredState, LiveState, Secret
from provisioner.planning import Action, Change, Plan, make_plan
from provisioner.planning.plan import Summary, numbers_to_order
from provisioner.resource_type import Types

Load = Callable[[str], DesiredState]
Describe = Callable[[DesiredState, Mapping[str, Any]], LiveState]

SPEC = """
applications:
  Alerts:
    callback_url: https://example.com/new
    callback_credentials: {user_id: callback-user, password: "${CALLBACK_PASSWORD}"}
sites:
  Raleigh:
    sippeers:
      East: {default: true, mms: false, numbers: [{area_code: 910, quantity: 3}]}
      West: {sms: true, numbers: [{area_code: 919, quantity: 5}, {area_code: 910, quantity: 1}]}
"""
ACCOUNT = {
    "applications": {"Alerts": {"id": "a", "callback_url": "https://example.com/old"}},
    "sites": {
        "Raleigh": {
            "id": "1",
            "sippeers": {
                "East": {"id": "2", "default": True, "mms": True, "numbers": ["+19105550001"]},
                "North": {"id": "3", "default": False},
            },
        },
        "Durham": {"id": "4"},
    },
}


@pytest.fixture
def states(load: Load, describe: Describe) -> tuple[DesiredState, LiveState]:
    desired = load(SPEC)
    return desired, describe(desired, ACCOUNT)


@pytest.fixture
def plan(states: tuple[DesiredState, LiveState], types: Types) -> Plan:
    return make_plan(*states, types)


def test_the_summary_counts_blocks_and_numbers_apart(plan: Plan) -> None:
    assert plan.summary == Summary(
        create=2,
        update=1,
        delete=1,
        order=3,
        numbers_to_order=8,
        numbers_to_move=0,
        numbers_to_assign=0,
        numbers_to_release=0,
        orders_to_close=0,
        no_op=2,
        unmanaged=2,
        unclaimed_numbers=0,
    )
    assert plan.has_changes


def test_only_orders_buy(plan: Plan) -> None:
    bought = {
        str(change.address): numbers_to_order(change)
        for change in plan.changes
        if numbers_to_order(change)
    }
    assert bought == {
        "numbers Raleigh/East/area_code=910": 2,
        "numbers Raleigh/West/area_code=910": 1,
        "numbers Raleigh/West/area_code=919": 5,
    }


def test_a_delete_has_no_body(plan: Plan) -> None:
    (delete,) = (each for each in plan.changes if each.action is Action.DELETE)
    with pytest.raises(ValueError, match=r"^the delete of mms Raleigh/East sends nothing$"):
        _ = delete.body
    unfinished = Change(Action.CREATE, Address("site", ("X",)))
    with pytest.raises(ValueError, match="sends nothing"):
        _ = unfinished.body


def test_changes_stand_by_address(plan: Plan) -> None:
    addresses = [change.address for change in plan.changes]
    assert addresses == sorted(set(addresses))


def test_the_digest_names_what_happens_where(
    states: tuple[DesiredState, LiveState], plan: Plan, load: Load, describe: Describe, types: Types
) -> None:
    desired, live = states
    assert len(plan.digest) == 64
    again = load(SPEC)
    assert make_plan(again, describe(again, ACCOUNT), types).digest == plan.digest
    assert make_plan(desired, replace(live, unmanaged=()), types).digest == plan.digest

    elsewhere = replace(live, origin="http://127.0.0.1:8765")
    another = replace(live, account="1")
    more = load(SPEC.replace("quantity: 5", "quantity: 6"))
    fewer = describe(more, {**ACCOUNT, "applications": {}})
    others = {
        make_plan(desired, elsewhere, types).digest,
        make_plan(desired, another, types).digest,
        make_plan(more, describe(more, ACCOUNT), types).digest,
        make_plan(more, fewer, types).digest,
    }
    assert len(others | {plan.digest}) == 5


def test_no_secret_is_in_the_digest(states: tuple[DesiredState, LiveState], types: Types) -> None:
    """Nor can a password be guessed from it: two plans that differ in nothing else are equal."""
    desired, live = states
    desired = replace(desired, resend_secrets=True)
    application = Address("application", ("Alerts",))
    resource = desired.resources[application]
    password = "callback_credentials.password"
    sent = make_plan(desired, live, types)
    (change,) = (each for each in sent.changes if each.address == application)
    assert change.body.attributes[password] == Secret("CALLBACK_PASSWORD", "hunter2-hunter2")

    other = replace(
        resource,
        attributes={**resource.attributes, password: Secret("CALLBACK_PASSWORD", "another-one")},
    )
    renamed = replace(
        resource,
        attributes={**resource.attributes, password: Secret("OTHER", "hunter2-hunter2")},
    )
    assert "hunter2" not in repr(sent)
    assert make_plan(_with(desired, other), live, types).digest == sent.digest
    assert make_plan(_with(desired, renamed), live, types).digest != sent.digest


def _with(desired: DesiredState, resource: Any) -> DesiredState:
    return replace(desired, resources={**desired.resources, resource.address: resource})


def test_nothing_declared_and_nothing_there_is_an_empty_plan(types: Types) -> None:
    plan = make_plan(DesiredState("1", {}), LiveState("1", "https://example.com", {}, {}), types)
    assert not plan.has_changes
    assert (plan.changes, plan.steps, plan.warnings) == ((), (), ())
    assert plan.summary == Summary(*[0] * 12)


def test_an_account_that_names_two_defaults_leads_in_no_circle(
    load: Load, describe: Describe, types: Types
) -> None:
    """The service would not have it so; a plan of it must come to an end all the same."""
    desired = load("prune: [sippeers]\nsites: {Raleigh: {}}")
    sippeers = {"East": {"id": "2", "default": True}, "West": {"id": "3", "default": True}}
    account = {"sites": {"Raleigh": {"id": "1", "sippeers": sippeers}}}
    plan = make_plan(desired, describe(desired, account), types)
    assert [str(step.address) for step in plan.steps] == [
        "sippeer Raleigh/East",
        "sippeer Raleigh/West",
    ]
