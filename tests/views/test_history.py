import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.execution.records import CUT_OFF, Ending, Occasion, Owner, RunRecord, StepRecord
from provisioner.model import Address
from provisioner.resource_type import Types
from provisioner.views.history import history_document, render_history, render_run, run_document
from provisioner.views.style import ansi

Golden = Callable[[str, str], None]

STARTED = 1_700_000_000.0
EAST = ("Raleigh", "Messaging East")
OCCASION = Occasion(
    origin="https://dashboard.bandwidth.com",
    account="9900778",
    owner=Owner("ana", "build-runner-7.example.com", "https://ci.example.com/job/12"),
    files=("sites.yaml", "applications.yaml"),
    digest="d5c282dabbfaef5f8142ed891a71cfa66dd6b2c24b1b034462ed7a9ca5128cbf",
    commit="0cad128bcb1d2ffdf08ac09d7a73ac3a4d2cf9a1+",
    tool_version="0.1.0",
)
STEPS = (
    StepRecord("create", Address("site", ("Raleigh",)), "done", ("13651",)),
    StepRecord("create", Address("sms", EAST), "done"),
    StepRecord(
        "create",
        Address("mms", EAST),
        "failed",
        error="HTTP 400, error 13623: MMS can only be enabled where SMS is enabled already.",
    ),
    StepRecord(
        "order",
        Address("numbers", (*EAST, "area_code=910")),
        "done",
        ("8ae3a490-8602-4161-a90b-5aff0f1ee953",),
        numbers=2,
    ),
    StepRecord("create", Address("unheard-of", ("from another version",)), CUT_OFF),
)
CUT = RunRecord(4, OCCASION, STARTED + 180, counts={"done": 3, CUT_OFF: 1})
GOING_ON = replace(CUT, number=5, started=STARTED + 240, holds_lease=True, counts={})
FAILED = RunRecord(
    3,
    OCCASION,
    STARTED,
    ended=STARTED + 93.5,
    ending=Ending.INCOMPLETE,
    counts={"done": 3, "failed": 1, CUT_OFF: 1},
    steps=STEPS,
)
SANDBOX = RunRecord(
    2,
    Occasion("sandbox", "9900778", Owner("ben", "laptop")),
    STARTED - 3600,
    ended=STARTED - 3599,
    ending=Ending.FAILED,
    detail="The plan was refused: it orders 200 numbers, and the limit is 100.",
)
RUNS = (GOING_ON, CUT, FAILED, SANDBOX)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_runs_are_listed_within_the_width(width: int, golden: Golden) -> None:
    text = render_history(RUNS, width=width)
    assert all(len(line) <= width for line in text.splitlines())
    golden(f"views/history-{width}.txt", f"{text}\n")


@pytest.mark.parametrize("run", [FAILED, SANDBOX], ids=["incomplete", "failed"])
def test_a_run_is_shown_with_all_that_it_did(run: RunRecord, types: Types, golden: Golden) -> None:
    golden(f"views/history-run-{run.number}.txt", render_run(run, types, width=80) + "\n")


def test_runs_are_listed_for_programs(golden: Golden) -> None:
    golden("views/history.json", json.dumps(history_document(RUNS), indent=2) + "\n")


def test_a_run_in_a_list_is_told_as_it_is_alone() -> None:
    document = history_document(RUNS)
    assert document["runs"] == [run_document(each) for each in RUNS]


def test_colour_adds_nothing_to_the_text(types: Types) -> None:
    for text, painted in (
        (render_history(RUNS, width=80), render_history(RUNS, width=80, paint=ansi)),
        (render_run(FAILED, types, width=80), render_run(FAILED, types, width=80, paint=ansi)),
    ):
        assert "\x1b[" in painted
        assert re.sub(r"\x1b\[\d+m", "", painted) == text


def test_what_others_wrote_cannot_move_the_cursor(types: Types) -> None:
    evil = "\x1b[2J\r"
    owner = Owner(evil, evil, evil)
    occasion = replace(OCCASION, owner=owner, origin=evil, files=(evil,), commit=evil)
    steps = (StepRecord("create", Address("site", (evil,)), "failed", (evil,), error=evil),)
    run = replace(FAILED, occasion=occasion, detail=evil, steps=steps)
    for text in (render_history([run], width=80), render_run(run, types, width=80)):
        assert not set(text) & {"\x1b", "\r"}
