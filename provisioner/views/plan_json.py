"""The plan as JSON, as `schemas/plan.schema.json` describes it."""

from __future__ import annotations

from dataclasses import asdict

from provisioner.model import DesiredState
from provisioner.planning.numbers import BlockCount
from provisioner.planning.plan import Change, Plan
from provisioner.views.documents import (
    Document,
    address_document,
    attribute_document,
    problem_document,
)

FORMAT_VERSION = "1.0"


def plan_document(
    plan: Plan, desired: DesiredState, *, created_at: str, tool_version: str
) -> Document:
    """`created_at` is an RFC 3339 time. Minor format versions add, major ones break."""
    return {
        "format_version": FORMAT_VERSION,
        "account": plan.account,
        "origin": plan.origin,
        "spec": {"files": list(desired.files), "digest": desired.digest},
        "created_at": created_at,
        "tool_version": tool_version,
        "complete": True,
        "changes": [_change(change) for change in plan.changes],
        "summary": asdict(plan.summary),
        "unmanaged": [
            {"address": address_document(each), "id": plan.unmanaged_ids.get(each)}
            for each in plan.unmanaged
        ],
        "left_out": [address_document(each) for each in plan.left_out],
        "unclaimed_numbers": list(plan.unclaimed),
        "warnings": [problem_document(problem) for problem in plan.warnings],
        "digest": plan.digest,
    }


def _change(change: Change) -> Document:
    document: Document = {
        "address": address_document(change.address),
        "action": change.action.value,
        "attributes": [attribute_document(each) for each in change.attributes],
        "reason": change.reason,
    }
    if change.count is not None:
        document["numbers"] = _numbers(change.count)
    return document


def _numbers(count: BlockCount) -> Document:
    return {
        "declared": count.declared,
        "live": count.there,
        "in_flight": count.in_flight,
        "to_move": count.moving,
        "to_order": count.shortfall,
    }
