"""A secret's value is in no view, neither as text nor as JSON, nor in any escape of it."""

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from provisioner.execution.events import Event, Figures
from provisioner.model import DesiredState, LiveState
from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.drift import render_drift
from provisioner.views.events_json import event_document, report_document
from provisioner.views.junit import drift_junit, plan_junit
from provisioner.views.live import LiveDisplay
from provisioner.views.plan_html import Assets, render_page
from provisioner.views.plan_json import plan_document
from provisioner.views.plan_markdown import render_markdown
from provisioner.views.plan_text import render_plan
from provisioner.views.problems import problems_document, render_problems
from provisioner.views.progress import event_line
from provisioner.views.report import Report, render_report
from provisioner.views.sarif import sarif_document
from provisioner.views.show import render_show, show_document
from provisioner.views.style import ansi

View = Callable[[Plan, list[Event], Types], str]


def desired(plan: Plan) -> DesiredState:
    found = {each.address: each.after for each in plan.changes if each.after is not None}
    return DesiredState(plan.account, found)


def live(plan: Plan) -> LiveState:
    return LiveState(plan.account, plan.origin, desired(plan).resources, {})


def live_display(plan: Plan, events: list[Event], types: Types) -> str:
    output = io.StringIO()
    with LiveDisplay(Console(file=output, force_terminal=True), plan, types) as display:
        for event in events:
            display.update(event)
    return output.getvalue()


def lines(plan: Plan, events: list[Event], types: Types) -> str:
    return "\n".join(event_line(event, 1.0, types) or "" for event in events)


VIEWS: dict[str, View] = {
    "plan": lambda plan, _, types: render_plan(plan, types, width=80, verbose=True, paint=ansi),
    "plan as JSON": lambda plan, *_: json.dumps(
        plan_document(plan, desired(plan), created_at="now", tool_version="1")
    ),
    "Markdown": lambda plan, _, types: render_markdown(plan, types, tool_version="1"),
    "page": lambda plan, _, types: render_page(
        plan, types, Assets("", ""), files=(), created_at="now", tool_version="1"
    ),
    "JUnit": lambda plan, _, types: plan_junit(plan, desired(plan), types),
    "drift": lambda plan, _, types: render_drift(plan, types, width=80),
    "drift as JUnit": lambda plan, _, types: drift_junit(plan, desired(plan), types),
    "SARIF": lambda plan, *_: json.dumps(sarif_document(plan.warnings, tool_version="1")),
    "problems": lambda plan, *_: render_problems(plan.warnings),
    "problems as JSON": lambda plan, *_: json.dumps(problems_document(plan.warnings)),
    "show": lambda plan, _, types: render_show(
        show_document(desired(plan), live(plan), types), width=80
    ),
    "show as JSON": lambda plan, _, types: json.dumps(
        show_document(desired(plan), live(plan), types)
    ),
    "lines": lines,
    "live display": live_display,
    "report": lambda plan, events, types: render_report(
        Report.of(plan, events), types, elapsed=1.0, width=80
    ),
    "report as JSON": lambda plan, events, _: json.dumps(
        report_document(Report.of(plan, events), Figures())
    ),
    "events as JSON": lambda plan, events, _: json.dumps(
        [event_document(event, "now") for event in events]
    ),
}


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_shows_a_secret(
    view: str,
    quickstart: Plan,
    everything: Plan,
    all_done: list[Event],
    orders_unfinished: list[Event],
    types: Types,
    shows_no_secret: Callable[[str], None],
) -> None:
    shows_no_secret(VIEWS[view](quickstart, all_done, types))
    shows_no_secret(VIEWS[view](everything, orders_unfinished, types))


def test_the_plans_that_are_shown_do_hold_the_secret(quickstart: Plan, everything: Plan) -> None:
    for plan in (quickstart, everything):
        application = next(each for each in plan.changes if each.address.type == "application")
        secrets = [repr(each.after) for each in application.attributes]
        assert "Secret('CALLBACK_PASSWORD')" in secrets
