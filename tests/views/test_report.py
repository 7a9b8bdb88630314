import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.execution.events import Event, Figures, Status, StepFinished
from provisioner.model import Address
from provisioner.planning.plan import Plan, Verb
from provisioner.resource_type import Types
from provisioner.views.events_json import event_document, report_document
from provisioner.views.report import Report, render_report
from provisioner.views.style import ansi

Golden = Callable[[str, str], None]

BLOCK = Address("numbers", ("Raleigh", "Messaging East", "area_code=910"))
SITE = Address("site", ("Raleigh",))
RUNS = [
    ("all_done", "quickstart"),
    ("half_done", "quickstart"),
    ("orders_unfinished", "everything"),
]


@pytest.fixture
def finished_fleet(large: Plan) -> list[Event]:
    """Everything done, and 60 numbers a block instead of 2."""
    numbers = tuple(f"+1910555{number:04}" for number in range(60))
    return [
        StepFinished(
            step,
            Status.DONE,
            f"{number:06}",
            numbers=numbers if step.verb == "order" else (),
            wrote=True,
        )
        for number, step in enumerate(large.steps)
    ]


@pytest.mark.parametrize(("events", "plan"), RUNS)
def test_the_report_says_what_came_of_it_and_what_to_do(
    events: str, plan: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    report = Report.of(request.getfixturevalue(plan), request.getfixturevalue(events))
    text = render_report(
        report, types, elapsed=2.14, width=80, interrupted=events == "orders_unfinished"
    )
    golden(f"views/report_{events}.txt", f"{text}\n")


def test_the_report_on_200_locations_counts_what_has_no_id(
    large: Plan, finished_fleet: list[Event], types: Types
) -> None:
    text = render_report(Report.of(large, finished_fleet), types, elapsed=83.0, width=80)
    assert text.count("\n  sippeer Fleet/Location ") == 200
    assert "\n  enabled SMS on 200 sippeers\n" in text
    assert "\n  assigned application to 200 sippeers\n" in text
    assert text.count("\n    +19105550000  ") == 200
    assert text.count("\n    and 10 more\n") == 200
    assert text.splitlines()[-1] == (
        "Applied: 801 created, 0 changed, 0 deleted, 12000 numbers ordered in 1m23s."
    )


def test_changes_and_deletes_have_sections_of_their_own(
    everything: Plan, types: Types, golden: Golden
) -> None:
    events = [
        StepFinished(
            step,
            Status.DONE,
            step.verb,
            numbers=("+19105550101",) if step.address == BLOCK else (),
            wrote=True,
        )
        for step in everything.steps
    ]
    text = render_report(Report.of(everything, events), types, elapsed=9.0, width=80)
    golden("views/report_everything.txt", f"{text}\n")
    assert text.splitlines()[-1] == (
        "Applied: 0 created, 5 changed, 4 deleted, 1 number ordered, 1 more arrived in 9.0 s."
    )


def test_of_many_skipped_steps_the_first_are_listed(large: Plan, types: Types) -> None:
    cause = Address("site", ("Fleet",))
    events = [StepFinished(step, Status.SKIPPED, cause=cause) for step in large.steps]
    text = render_report(Report.of(large, events), types, elapsed=9.0, width=80)
    assert "because site Fleet failed:" in text
    assert "and 981 more" in text


def test_numbers_are_listed_by_place_whatever_came_first(quickstart: Plan, types: Types) -> None:
    (step,) = (each for each in quickstart.steps if each.verb is Verb.ORDER)
    ends = []
    for place, number in (("West", "+19105550002"), ("East", "+19105550001")):
        address = Address("numbers", ("Raleigh", place, "area_code=910"))
        change = replace(step.change, address=address)
        ends.append(
            StepFinished(replace(step, change=change), Status.DONE, numbers=(number,), id=place)
        )
    text = render_report(Report.of(quickstart, ends), types, elapsed=1.0, width=80)
    assert text.index("order East") < text.index("order West")


def test_a_run_in_which_all_is_done_is_complete(
    quickstart: Plan, all_done: list[Event], types: Types
) -> None:
    report = Report.of(quickstart, all_done)
    assert report.complete
    assert report.wrote
    assert report.unfinished == ()
    assert report.counts == dict.fromkeys(Status, 0) | {Status.DONE: 7}
    assert report.ids[SITE] == "461534"
    assert report.numbers == {BLOCK: ("+19105550101",)}


def test_a_run_that_was_cut_off_is_not_complete(quickstart: Plan, all_done: list[Event]) -> None:
    report = Report.of(quickstart, all_done[:-1])
    assert not report.complete
    assert [step.address for step in report.unfinished] == [BLOCK]


def test_a_run_that_failed_at_its_first_call_wrote_nothing(quickstart: Plan) -> None:
    step = quickstart.steps[0]
    report = Report.of(quickstart, [StepFinished(step, Status.FAILED, error="401")])
    assert not report.complete
    assert not report.wrote


def test_numbers_of_an_awaited_and_of_a_new_order_are_one_block(everything: Plan) -> None:
    steps = [step for step in everything.steps if step.address == BLOCK]
    assert len(steps) == 2
    events = [
        StepFinished(step, Status.DONE, "1", numbers=(f"+1910555010{number}",))
        for number, step in enumerate(steps)
    ]
    assert Report.of(everything, events).numbers == {BLOCK: ("+19105550100", "+19105550101")}


def test_a_failure_without_words_is_told_all_the_same(quickstart: Plan, types: Types) -> None:
    order = next(step for step in quickstart.steps if step.address == BLOCK)
    events = [StepFinished(order, Status.SHORT)]
    text = render_report(Report.of(quickstart, events), types, elapsed=0.0, width=80)
    assert "  0 of 1 number in area code 910 for Raleigh/Messaging East\n" in text


def test_only_the_titles_and_the_last_line_are_painted(
    quickstart: Plan, all_done: list[Event], types: Types
) -> None:
    report = Report.of(quickstart, all_done)
    text = render_report(report, types, elapsed=1.0, width=80, paint=ansi)
    assert text.startswith("\x1b[1mCreated\x1b[0m\n")
    assert text.count("\x1b[1m") == 3


@pytest.mark.parametrize(("events", "plan"), RUNS)
def test_the_report_as_json(
    events: str, plan: str, golden: Golden, request: pytest.FixtureRequest
) -> None:
    report = Report.of(request.getfixturevalue(plan), request.getfixturevalue(events))
    document = report_document(report, Figures(41, 2, 1.23456, 0.5))
    golden(f"views/report_{events}.json", json.dumps(document, indent=2) + "\n")


def test_each_event_is_one_line_of_json(all_done: list[Event], golden: Golden) -> None:
    documents = [event_document(event, "2026-01-02T03:04:05Z") for event in all_done]
    golden("views/events.jsonl", "".join(f"{json.dumps(each)}\n" for each in documents))


def test_an_event_names_its_cause(half_done: list[Event]) -> None:
    skipped = half_done[-1]
    assert isinstance(skipped, StepFinished)
    cause = {"type": "site", "path": ["Raleigh"]}
    assert event_document(skipped, "now")["cause"] == cause
    assert event_document(replace(skipped, cause=None), "now")["cause"] is None
