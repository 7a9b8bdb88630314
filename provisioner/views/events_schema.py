"""The JSON Schema of the event stream: of each line of `plan --json` and `apply --json`."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.execution.events import Status
from provisioner.planning.plan import Verb
from provisioner.views.documents import Document
from provisioner.views.plan_schema import PLAN_MEMBERS, PLAN_PARTS
from provisioner.views.schema_parts import DIALECT, SHARED, VERSION, list_of, objects, reference


def events_schema() -> Document:
    return {
        "$schema": DIALECT,
        "title": "Event",
        "description": (
            "One line of `provisioner apply --json`, `plan --json` and `drift --json`: a JSON "
            "object, told apart by its `type`. The first of a stream names the format's version. "
            "Minor versions add members and types, major ones break; readers pass over those "
            "that they do not know."
        ),
        "type": "object",
        "required": ["type"],
        "oneOf": [reference(name) for name in EVENTS],
        "$defs": {**SHARED, **PLAN_PARTS, **PARTS, **EVENTS},
    }


def _event(name: str, told: str, members: Mapping[str, object]) -> Document:
    return objects({"type": {"const": name}, **members}, told=told)


AT: Document = {"description": "When, RFC 3339.", "type": "string", "format": "date-time"}
STEP: Document = {
    "address": reference("address"),
    "verb": {"enum": [verb.value for verb in Verb]},
}
OUTCOME: Document = {
    **STEP,
    "status": {
        "description": (
            "`open`: an order is placed and not at its end. `short`: it ended with fewer numbers. "
            "`skipped`: not tried, because of `cause` or because the run was stopped."
        ),
        "enum": [status.value for status in Status],
    },
    "id": {"description": "The server's; an order's for orders.", "type": ["string", "null"]},
    "numbers": {"description": "E.164.", **list_of({"type": "string"})},
    "error": {"description": "Why it failed, or what is lacking.", "type": "string"},
    "cause": {"anyOf": [reference("address"), {"type": "null"}]},
    "wrote": {"description": "Whether the account is other, or may be.", "type": "boolean"},
    "corrected": {
        "description": "What was sent otherwise than declared: the account recommends it.",
        **list_of(reference("attribute")),
    },
}
PARTS: Document = {"step": objects(STEP), "outcome": objects(OUTCOME)}

EVENTS: Document = {
    "version": _event(
        "version",
        "The first line of an apply.",
        {"format_version": VERSION, "tool_version": {"type": "string"}},
    ),
    "plan": _event(
        "plan", "A plan: the only line of `plan --json`, where it names the version.", PLAN_MEMBERS
    ),
    "step_started": _event("step_started", "A step is begun.", {"at": AT, **STEP}),
    "step_retried": _event(
        "step_retried",
        "Something went wrong, and the step goes on.",
        {"at": AT, **STEP, "reason": {"type": "string"}},
    ),
    "order_progress": _event(
        "order_progress",
        "An order was looked at.",
        {
            "at": AT,
            **STEP,
            "order_id": {"type": "string"},
            "status": {"description": "The service's word.", "type": "string"},
            "completed": reference("count"),
            "quantity": {"description": "null: nobody says.", "type": ["integer", "null"]},
        },
    ),
    "step_finished": _event(
        "step_finished", "The end of a step, once for each.", {"at": AT, **OUTCOME}
    ),
    "report": _event(
        "report",
        "The last line of an apply that began.",
        {
            "complete": {"type": "boolean"},
            "wrote": {"type": "boolean"},
            "counts": objects({status.value: reference("count") for status in Status}),
            "steps": list_of(reference("outcome")),
            "unfinished": list_of(reference("step")),
            "traffic": objects(
                {
                    "calls": reference("count"),
                    "refused": reference("count"),
                    "seconds_held_back": {"type": "number", "minimum": 0},
                    "seconds_on_network": {"type": "number", "minimum": 0},
                },
                told=(
                    "Of the whole run: calls made, those refused as too many, and how long calls "
                    "waited for the service's pace or were on their way."
                ),
            ),
        },
    ),
    "problems": _event(
        "problems",
        "Instead of what was asked for. It may be the first line.",
        {
            "format_version": VERSION,
            "complete": {"const": False},
            "problems": list_of(reference("problem")),
        },
    ),
}
