"""A run as JSON, one object a line, as `schemas/events.schema.json` describes it."""

from __future__ import annotations

from provisioner.execution.events import (
    Event,
    Figures,
    OrderProgress,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.planning.plan import Step
from provisioner.views.documents import (
    EVENTS_VERSION,
    Document,
    address_document,
    attribute_document,
)
from provisioner.views.report import Report


def version_document(tool_version: str) -> Document:
    """The first line of `apply --json`."""
    return {"type": "version", "format_version": EVENTS_VERSION, "tool_version": tool_version}


def report_document(report: Report, figures: Figures) -> Document:
    """The last line of `apply --json`."""
    return {
        "type": "report",
        "complete": report.complete,
        "wrote": report.wrote,
        "counts": {status.value: number for status, number in report.counts.items()},
        "steps": [_outcome_document(event) for event in report.finished],
        "unfinished": [_step_document(step) for step in report.unfinished],
        "traffic": {
            "calls": figures.calls,
            "refused": figures.refused,
            "seconds_held_back": round(figures.held_back, 3),
            "seconds_on_network": round(figures.on_network, 3),
        },
    }


def event_document(event: Event, at: str) -> Document:
    """One line of `apply --json`. `at` is an RFC 3339 time."""
    match event:
        case StepStarted(step):
            return {"type": "step_started", "at": at, **_step_document(step)}
        case StepRetried(step, reason):
            return {"type": "step_retried", "at": at, **_step_document(step), "reason": reason}
        case OrderProgress(step):
            return {
                "type": "order_progress",
                "at": at,
                **_step_document(step),
                "order_id": event.order_id,
                "status": event.status,
                "completed": event.completed,
                "quantity": event.quantity,
            }
        case StepFinished():
            return {"type": "step_finished", "at": at, **_outcome_document(event)}


def _step_document(step: Step) -> Document:
    return {"address": address_document(step.address), "verb": step.verb.value}


def _outcome_document(event: StepFinished) -> Document:
    return {
        **_step_document(event.step),
        "status": event.status.value,
        "id": event.id,
        "numbers": list(event.numbers),
        "error": event.error,
        "cause": address_document(event.cause) if event.cause else None,
        "wrote": event.wrote,
        "corrected": [attribute_document(each) for each in event.corrected],
    }
