"""Workflow commands of GitHub Actions: what shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.execution.events import Status
from provisioner.model import DesiredState
from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.plan_text import heading
from provisioner.views.progress import what_failed
from provisioner.views.report import Report
from provisioner.views.stakes import counts
from provisioner.views.wording import printable

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
DATA = str.maketrans({"%": "%25", "\n": "%0A"})
PROPERTY = DATA | str.maketrans({":": "%3A", ",": "%2C"})


def annotation_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """A line each, errors first: GitHub shows ten of a kind."""
    for problem in sorted(problems, key=lambda each: each.severity is not Severity.ERROR):
        properties = {"title": f"{problem.summary} [{problem.code}]"}
        if problem.origin:
            origin = problem.origin
            properties |= {
                "file": origin.file,
                "line": str(origin.line),
                "col": str(origin.column),
            }
        yield _command(COMMANDS[problem.severity], properties, problem.detail)


def failed_steps(report: Report, desired: DesiredState, types: Types) -> Iterator[Problem]:
    """What failed in an apply, at the lines where it is declared."""
    for event in report.having(Status.FAILED):
        yield Problem(
            Severity.ERROR,
            "step-failed",
            "A step failed",
            f"failed to {what_failed(event, types)}",
            desired.origin(event.step.address),
        )


def notice(plan: Plan) -> str:
    """The counts, for the page of the run."""
    return _command("notice", {"title": heading(plan)}, f"{counts(plan)}.")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    shown = {key: printable(value).translate(PROPERTY) for key, value in properties.items()}
    told = ",".join(f"{key}={value}" for key, value in shown.items())
    lines = "\n".join(map(printable, message.splitlines()))
    return f"::{name} {told}::{lines.translate(DATA)}"
