"""What is known of secrets decides whether they are sent again, warned about, or neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner.model import Address, DesiredState, LiveState, Resource, Secret
from provisioner.planning import Plan, make_plan
from provisioner.planning.plan import Action
from provisioner.resources import resource_types

ALERTS = Address("application", ("Alerts",))
PASSWORD = "callback_credentials.password"
SHOWN = {
    "name": "Alerts",
    "callback_url": "https://example.com/cb",
    "callback_credentials.user_id": "callback-user",
}
LIVE = LiveState("1", "origin", {ALERTS: Resource(ALERTS, SHOWN)}, {ALERTS: "app-1"})
DESIRED = DesiredState(
    "1", {ALERTS: Resource(ALERTS, {**SHOWN, PASSWORD: Secret("PASSWORD", "as it is")})}
)


def planned(known: bool | None, *, resend: bool = False) -> Plan:
    live = LIVE if known is None else replace(LIVE, as_sent={(ALERTS, PASSWORD): known})
    return make_plan(replace(DESIRED, resend_secrets=resend), live, resource_types())


def test_a_secret_that_changed_is_an_update_that_says_so() -> None:
    plan = planned(known=False)
    (change,) = plan.changes
    assert change.action is Action.UPDATE
    assert [each.path for each in change.attributes] == [PASSWORD]
    assert change.body.attributes.keys() == {PASSWORD, "callback_credentials.user_id"}
    assert change.reason == f"{PASSWORD} changed since last sent"
    assert plan.warnings == ()


def test_a_secret_that_is_as_it_was_sent_is_no_change_and_no_warning() -> None:
    plan = planned(known=True)
    assert not plan.has_changes
    assert plan.warnings == ()


def test_a_secret_that_nobody_knows_of_is_a_standing_warning() -> None:
    plan = planned(known=None)
    assert not plan.has_changes
    assert [each.code for each in plan.warnings] == ["secret-not-compared"]


@pytest.mark.parametrize("known", [True, None])
def test_it_is_sent_again_when_asked_for_whatever_is_known(known: bool | None) -> None:
    (change,) = planned(known, resend=True).changes
    assert (change.action, change.reason) == (Action.UPDATE, "")
