"""Every view of what is small, large, failing and empty, as far as its own tests have none of it.

What is long is held by its first and last lines and the digest of the whole.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from provisioner.errors import Problem
from provisioner.execution.events import Event, Figures, Status, StepFinished, StepStarted
from provisioner.model import DesiredState, LiveState, Resource
from provisioner.planning.plan import Plan
from provisioner.planning.recipe import Call, Recipe
from provisioner.resource_type import Types
from provisioner.views.drift import render_drift
from provisioner.views.events_json import event_document, report_document
from provisioner.views.github import annotation_lines, notice
from provisioner.views.gitlab import plan_counts
from provisioner.views.junit import drift_junit, plan_junit
from provisioner.views.live import LiveDisplay
from provisioner.views.plan_json import plan_document
from provisioner.views.problems import problems_document, refusal_event
from provisioner.views.progress import event_line
from provisioner.views.recipe import render_recipe
from provisioner.views.recipe_curl import render_curl
from provisioner.views.recipe_postman import postman_collection
from provisioner.views.report import Report, render_report
from provisioner.views.sarif import sarif_document
from provisioner.views.show import render_show, show_document
from tests.views.test_saved_plan import saved_of, text_of

Golden = Callable[[str, str], None]
View = Callable[[Plan, Types], str]
EventsView = Callable[[Plan, list[Event], Types], str]
WHEN = "2026-01-02T03:04:05Z"
DESIRED = DesiredState("9900778", {}, files=("provisioner.yaml",), digest="5eba57ea")
HELD = 40
"""Lines at each end of what is long."""


def held(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= 2 * HELD:
        return "\n".join(lines) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    left_out = f"[{len(lines) - 2 * HELD} lines more; sha256 of the whole {digest}]"
    return "\n".join([*lines[:HELD], left_out, *lines[-HELD:]]) + "\n"


def as_json(document: object) -> str:
    return json.dumps(document, indent=2)


def json_of(plan: Plan, types: Types) -> str:
    return as_json(plan_document(plan, DESIRED, created_at=WHEN, tool_version="0.1.0"))


def recipe_of(plan: Plan) -> Recipe:
    calls = tuple(
        Call(step, "POST", f"/accounts/9900778/{step.address.type}", f"<A>{step.address}</A>")
        for step in plan.steps
    )
    return Recipe(plan.account, plan.origin, "/api", calls, {})


VIEWS: dict[str, View] = {
    "plan.json": json_of,
    "plan.xml": lambda plan, types: plan_junit(plan, DESIRED, types),
    "drift.txt": lambda plan, types: render_drift(plan, types, width=80),
    "drift.xml": lambda plan, types: drift_junit(plan, DESIRED, types),
    "sarif.json": lambda plan, _: as_json(sarif_document(plan.warnings, tool_version="0.1.0")),
    "gitlab.json": lambda plan, _: as_json(plan_counts(plan)),
    "github.txt": lambda plan, _: "\n".join([*annotation_lines(plan.warnings), notice(plan)]),
    "saved.json": lambda plan, types: text_of(saved_of(plan, types)),
    "recipe.txt": lambda plan, types: render_recipe(recipe_of(plan), types),
    "recipe.sh": lambda plan, types: render_curl(recipe_of(plan), types),
    "postman.json": lambda plan, types: as_json(postman_collection(recipe_of(plan), types)),
}


@pytest.mark.parametrize("size", ["quickstart", "fleet", "empty"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_plan_of_any_size_is_as_it_was(
    name: str, size: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    plan: Plan = request.getfixturevalue(size)
    golden(f"views/sizes/{size}_{name}", held(VIEWS[name](plan, types)))


def test_what_is_refused_is_as_it_was(refused: tuple[Problem, ...], golden: Golden) -> None:
    golden("views/sizes/refused.json", as_json(problems_document(refused)) + "\n")
    golden("views/sizes/refused_event.json", as_json(refusal_event(refused)) + "\n")


FIGURES = Figures(calls=2405, refused=12, held_back=61.5, on_network=180.25)


def ends_of(plan: Plan, *, every_tenth_fails: bool) -> list[Event]:
    events: list[Event] = []
    for number, step in enumerate(plan.steps):
        fails = every_tenth_fails and number % 10 == 0
        status = Status.FAILED if fails else Status.DONE
        error = "HTTP 400, error 13502: Bad name." if fails else ""
        events += [
            StepStarted(step),
            StepFinished(step, status, None if fails else str(number), error=error, wrote=True),
        ]
    return events


def text_report(plan: Plan, events: list[Event], types: Types) -> str:
    report = Report.of(plan, events)
    return render_report(report, types, elapsed=241.5, width=80, figures=FIGURES)


def json_report(plan: Plan, events: list[Event], types: Types) -> str:
    return as_json(report_document(Report.of(plan, events), FIGURES))


def lines_of(plan: Plan, events: list[Event], types: Types) -> str:
    lines = (event_line(event, number * 0.1, types) for number, event in enumerate(events))
    return "\n".join(line for line in lines if line is not None)


def stream_of(plan: Plan, events: list[Event], types: Types) -> str:
    return "\n".join(json.dumps(event_document(event, WHEN)) for event in events)


def drawn(plan: Plan, events: list[Event], types: Types) -> str:
    """The display with two thirds of the run behind it, and three steps running."""
    now = 100.0
    console = Console(
        file=io.StringIO(), width=80, height=24, force_terminal=True, get_time=lambda: now
    )
    with LiveDisplay(console, plan, types, lambda: FIGURES) as display:
        now += 120.0
        for event in events[: len(events) * 2 // 3]:
            display.update(event)
        for step in plan.steps[-3:]:
            display.update(StepStarted(step))
        shown = Console(file=io.StringIO(), width=80, get_time=lambda: now)
        with shown.capture() as capture:
            shown.print(display.renderable())
    return capture.get()


RUN_VIEWS: dict[str, EventsView] = {
    "report.txt": text_report,
    "report.json": json_report,
    "progress.txt": lines_of,
    "events.jsonl": stream_of,
    "live.txt": drawn,
}


@pytest.mark.parametrize("size", ["quickstart", "fleet", "empty"])
@pytest.mark.parametrize("end", ["done", "failing"])
@pytest.mark.parametrize("name", RUN_VIEWS)
def test_a_run_of_any_size_is_as_it_was(
    name: str, end: str, size: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    plan: Plan = request.getfixturevalue(size)
    text = RUN_VIEWS[name](plan, ends_of(plan, every_tenth_fails=end == "failing"), types)
    golden(f"views/sizes/{size}_{end}_{name}", held(text))


@pytest.mark.parametrize("size", ["quickstart", "fleet", "empty"])
def test_what_is_there_is_shown_whatever_its_size(
    size: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    plan: Plan = request.getfixturevalue(size)
    declared = {each.address: Resource(each.address, each.body.attributes) for each in plan.changes}
    ids = {address: f"id-{number}" for number, address in enumerate(sorted(declared))}
    live = LiveState(plan.account, plan.origin, declared, ids)
    document = show_document(DesiredState(plan.account, declared), live, types)
    golden(f"views/sizes/{size}_show.txt", held(render_show(document, width=80)))
