"""Earlier runs as a table, one of them in full, and both as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from provisioner.execution.events import Status
from provisioner.execution.records import CUT_OFF, UNDER_WAY, RunRecord, StepRecord
from provisioner.resource_type import Types
from provisioner.views.documents import Document, address_document
from provisioner.views.layout import columns, paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, duration, noun, printable

HEADINGS = ("RUN", "STARTED (UTC)", "BY", "COMMIT", "STEPS", "ENDED")
SHRINKING = (2, 4)
"""The columns that give way where the lines are narrow: who, and the steps."""
NARROWEST_CELL = 6
SHORT_COMMIT = 7
GOING_ON = "going on"
STATUSES = (*(each.value for each in Status), UNDER_WAY, CUT_OFF)


def render_history(runs: Sequence[RunRecord], *, width: int, paint: Paint = plain) -> str:
    """A table for each account, the newest run on top."""
    accounts: dict[str, list[RunRecord]] = {}
    for run in runs:
        accounts.setdefault(f"Account {_account(run)}", []).append(run)
    return paragraphs(
        [paint(Style.STRONG, account), *_table(of_account, width, paint)]
        for account, of_account in accounts.items()
    )


def _table(runs: Iterable[RunRecord], width: int, paint: Paint) -> list[str]:
    rows = [HEADINGS, *(_row(run) for run in runs)]
    excess = max(map(len, columns(rows))) - width
    for column in SHRINKING:
        if excess > 0:
            widest = max(len(row[column]) for row in rows)
            room = max(NARROWEST_CELL, widest - excess)
            rows = [_with(row, column, _shortened(row[column], room)) for row in rows]
            excess -= widest - room
    heading, *lines = columns(rows)
    return [paint(Style.QUIET, heading), *lines]


def _row(run: RunRecord) -> tuple[str, ...]:
    owner = run.occasion.owner
    return (
        str(run.number),
        _moment(run.started, "%Y-%m-%d %H:%M"),
        printable(f"{owner.user}@{owner.host}"),
        _short_commit(run.occasion.commit),
        _counted(run.counts) or "none",
        _ending(run),
    )


def _with(row: tuple[str, ...], column: int, text: str) -> tuple[str, ...]:
    return (*row[:column], text, *row[column + 1 :])


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def render_run(run: RunRecord, types: Types, *, width: int, paint: Paint = plain) -> str:
    """Everything that is known of one run."""
    occasion = run.occasion
    took = "" if run.ended is None else f", took {duration(max(0.0, run.ended - run.started))}"
    known = {
        "account": _account(run),
        "by": printable(f"{occasion.owner.user}@{occasion.owner.host}"),
        "job": printable(occasion.owner.job),
        "started": _moment(run.started, "%Y-%m-%d %H:%M:%S UTC") + took,
        "spec": ", ".join(map(printable, occasion.files)),
        "digest": occasion.digest,
        "commit": printable(occasion.commit.replace("+", " and changes since")),
        "version": occasion.tool_version,
    }
    facts = [(name, text) for name, text in known.items() if text]
    return paragraphs(
        (
            [paint(Style.STRONG, f"Run {run.number}: {_ending(run)}")],
            columns(facts, indent="  "),
            wrap(printable(run.detail), width=width, first="  ", rest="  "),
            [line for step in run.steps for line in _step_lines(step, types, width)],
        )
    )


def _step_lines(step: StepRecord, types: Types, width: int) -> list[str]:
    known = step.address.type in types
    thing = noun(step.address, types) if known else printable(str(step.address))
    brought = f"{count(step.numbers, 'number')}" if step.numbers else ""
    more = ", ".join([*map(printable, step.ids), *([brought] if brought else [])])
    sentence = f"{step.status:<9}  {step.verb} {thing}" + (f": {more}" if more else "")
    lines = wrap(sentence, width=width, first="  ", rest=" " * 15)
    if step.error:
        lines += wrap(printable(step.error), width=width, first=" " * 15, rest=" " * 15)
    return lines


def _account(run: RunRecord) -> str:
    return printable(f"{run.occasion.account} at {run.occasion.origin}")


def _moment(seconds: float, form: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(form)


def _short_commit(commit: str) -> str:
    return printable(commit[:SHORT_COMMIT] + ("+" if commit.endswith("+") else ""))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[each]} {each}" for each in STATUSES if each in counts)


def _ending(run: RunRecord) -> str:
    if run.ending is not None:
        return run.ending.value
    return GOING_ON if run.holds_lease else CUT_OFF


def history_document(runs: Iterable[RunRecord]) -> Document:
    return {"format_version": "1.0", "runs": [run_document(run) for run in runs]}


def run_document(run: RunRecord) -> Document:
    """`ended_at` and the ids of what was cut off may be null and empty; steps are there only where
    one run was asked for."""
    occasion = run.occasion
    return {
        "run": run.number,
        "origin": occasion.origin,
        "account": occasion.account,
        "user": occasion.owner.user,
        "host": occasion.owner.host,
        "job": occasion.owner.job or None,
        "started_at": _moment(run.started, "%Y-%m-%dT%H:%M:%SZ"),
        "ended_at": None if run.ended is None else _moment(run.ended, "%Y-%m-%dT%H:%M:%SZ"),
        "ending": _ending(run),
        "detail": run.detail,
        "files": list(occasion.files),
        "digest": occasion.digest,
        "commit": occasion.commit.removesuffix("+") or None,
        "changed_since_commit": occasion.commit.endswith("+"),
        "tool_version": occasion.tool_version,
        "counts": dict(run.counts),
        "steps": [
            {
                "verb": step.verb,
                "address": address_document(step.address),
                "status": step.status,
                "ids": list(step.ids),
                "numbers": step.numbers,
                "error": step.error,
            }
            for step in run.steps
        ],
    }
