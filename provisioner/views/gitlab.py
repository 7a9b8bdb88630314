"""What GitLab shows in a merge request: the counts of a plan, or problems at their lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from provisioner.errors import Problem, Severity
from provisioner.planning.plan import Plan
from provisioner.views.documents import Document

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}
NO_COUNTS: Document = {}
"""Of a plan that there is not. GitLab tells that the report failed, and not "no changes"."""


def plan_counts(plan: Plan) -> Document:
    """For `artifacts:reports:terraform`. It knows three counts: an order adds."""
    summary = plan.summary
    return {
        "create": summary.create + summary.order,
        "update": summary.update,
        "delete": summary.delete,
    }


def code_quality(problems: Iterable[Problem]) -> list[Document]:
    """For `artifacts:reports:codequality`, which takes only what has a place."""
    return [
        {
            "description": f"{problem.summary}: {problem.detail}",
            "check_name": problem.code,
            "fingerprint": hashlib.sha256(str(problem).encode()).hexdigest(),
            "severity": SEVERITIES[problem.severity],
            "location": {
                "path": problem.origin.file.removeprefix("./"),
                "lines": {"begin": problem.origin.line},
            },
        }
        for problem in problems
        if problem.origin
    ]
