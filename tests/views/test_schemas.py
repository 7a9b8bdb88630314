import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.errors import Problem
from provisioner.execution.events import Event, Figures
from provisioner.model import DesiredState
from provisioner.planning.plan import Plan
from provisioner.views.documents import Document
from provisioner.views.events_json import event_document, report_document, version_document
from provisioner.views.events_schema import EVENTS, events_schema
from provisioner.views.plan_json import plan_document
from provisioner.views.plan_schema import plan_schema
from provisioner.views.problems import refusal_event
from provisioner.views.report import Report

SCHEMAS = Path(__file__).parents[2] / "schemas"
NOW = "2026-01-02T03:04:05.678+00:00"


def closed(schema: Any) -> Any:
    """The schema with no room for members that it does not name, so that none is forgotten."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    is_object = schema.get("type") == "object" and "properties" in schema
    return {**inner, "additionalProperties": False} if is_object else inner


@pytest.fixture
def stream(
    quickstart: Plan,
    everything: Plan,
    all_done: list[Event],
    half_done: list[Event],
    orders_unfinished: list[Event],
    refused: tuple[Problem, ...],
) -> list[Document]:
    """A line of every kind, as different as they get."""
    desired = DesiredState(quickstart.account, {})
    plan = plan_document(everything, desired, created_at=NOW, tool_version="0.1.0")
    events = [event_document(event, NOW) for event in (*all_done, *half_done, *orders_unfinished)]
    reports = [
        report_document(Report.of(quickstart, all_done), Figures(12, 1, 0.5, 2.25)),
        report_document(Report.of(quickstart, half_done), Figures(12, 1, 0.5, 2.25)),
        report_document(Report.of(everything, orders_unfinished), Figures(12, 1, 0.5, 2.25)),
    ]
    return [
        version_document("0.1.0"),
        {"type": "plan", **plan},
        *events,
        *reports,
        refusal_event(refused),
    ]


@pytest.mark.parametrize(
    ("name", "make"), [("plan", plan_schema), ("events", events_schema)], ids=["plan", "events"]
)
def test_the_schema_in_the_repository_is_current(name: str, make: Callable[[], Document]) -> None:
    Draft202012Validator.check_schema(make())
    current = json.dumps(make(), indent=2) + "\n"
    file = SCHEMAS / f"{name}.schema.json"
    assert file.read_text(encoding="utf-8") == current, "run `make schemas`"


def test_every_line_is_as_the_schema_says(stream: list[Document]) -> None:
    validator = Draft202012Validator(
        closed(events_schema()), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    for line in stream:
        validator.validate(json.loads(json.dumps(line)))
    assert {line["type"] for line in stream} == set(EVENTS)


def test_the_schema_lets_later_versions_add_members(stream: list[Document]) -> None:
    validator = Draft202012Validator(events_schema())
    for line in stream:
        validator.validate({**line, "added_later": 1})


def test_the_schema_refuses_a_line_that_lacks_something(stream: list[Document]) -> None:
    validator = Draft202012Validator(events_schema())
    for line in stream:
        for member in line:
            lacking = {key: value for key, value in line.items() if key != member}
            assert not validator.is_valid(lacking), (line["type"], member)


def test_a_plan_that_is_a_line_is_a_plan(stream: list[Document]) -> None:
    Draft202012Validator(closed(plan_schema())).validate(stream[1])
