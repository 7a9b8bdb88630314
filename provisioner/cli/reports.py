"""Files that a command writes beside what it prints, and what it tells GitHub if it runs there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path

import click

from provisioner import __version__
from provisioner.cli.output import is_on_github
from provisioner.cli.progress import timestamp
from provisioner.cli.report_options import Reports
from provisioner.errors import Problem
from provisioner.model import DesiredState
from provisioner.planning import Plan
from provisioner.resource_type import Types
from provisioner.views import github, gitlab, junit
from provisioner.views.plan_html import Assets, render_page, render_problems_page
from provisioner.views.plan_markdown import (
    render_markdown,
    render_problems_markdown,
    render_report_markdown,
)
from provisioner.views.problems import placed
from provisioner.views.report import Report
from provisioner.views.sarif import sarif_document

Junit = Callable[[Plan, DesiredState, Types], str]


def write_plan_reports(
    reports: Reports,
    plan: Plan,
    desired: DesiredState,
    types: Types,
    *,
    as_junit: Junit = junit.plan_junit,
) -> None:
    markdown = render_markdown(plan, types, tool_version=__version__)
    if reports.markdown:
        _write(reports.markdown, markdown)
    if reports.html:
        page = render_page(
            plan,
            types,
            _assets(),
            files=desired.files,
            created_at=timestamp(),
            tool_version=__version__,
        )
        _write(reports.html, page)
    if reports.junit:
        _write(reports.junit, as_junit(plan, desired, types))
    if reports.sarif:
        _write_sarif(reports.sarif, plan.warnings, desired.files)
    if reports.gitlab:
        _write(reports.gitlab, _json(gitlab.plan_counts(plan)))
    if is_on_github():
        _tell_github((github.notice(plan), *github.annotation_lines(plan.warnings)))
        _summarise(markdown)


def write_refusal_reports(
    reports: Reports, command: str, problems: Sequence[Problem], paths: Sequence[Path]
) -> None:
    """Where there is no plan."""
    files = [str(path) for path in paths]
    markdown = render_problems_markdown(problems, tool_version=__version__)
    if reports.markdown:
        _write(reports.markdown, markdown)
    if reports.html:
        page = render_problems_page(
            problems, _assets(), created_at=timestamp(), tool_version=__version__
        )
        _write(reports.html, page)
    if reports.junit:
        _write(reports.junit, junit.problems_junit(command, problems, ()))
    if reports.sarif:
        _write_sarif(reports.sarif, problems, files)
    if reports.gitlab:
        _write(reports.gitlab, _json(gitlab.NO_COUNTS))
    if is_on_github():
        _tell_github(github.annotation_lines(problems))
        _summarise(markdown)


def write_validation_reports(
    reports: Reports, problems: Sequence[Problem], files: Sequence[str]
) -> None:
    if reports.junit:
        _write(reports.junit, junit.problems_junit("validate", problems, files))
    if reports.sarif:
        _write_sarif(reports.sarif, problems, files)
    if reports.gitlab:
        _write(reports.gitlab, _json(gitlab.code_quality(placed(problems, files))))
    if is_on_github():
        _tell_github(github.annotation_lines(problems))


def write_apply_reports(
    report: Report, desired: DesiredState, types: Types, told: Callable[[], str]
) -> None:
    """`told` gives the report as text."""
    if is_on_github():
        _tell_github(github.annotation_lines(github.failed_steps(report, desired, types)))
        _summarise(render_markdown(report.plan, types, tool_version=__version__))
        _summarise(render_report_markdown(told(), tool_version=__version__))


def _tell_github(commands: Sequence[str] | Iterator[str]) -> None:
    """On standard error, which GitHub reads as well: standard output may be for a program."""
    for command in commands:
        click.echo(command, err=True)


def _summarise(markdown: str) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")


def _assets() -> Assets:
    folder = resources.files("provisioner.views")
    style, script = (folder.joinpath(f"plan.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return Assets(style, script)


def _write_sarif(path: Path, problems: Sequence[Problem], files: Sequence[str]) -> None:
    document = sarif_document(placed(problems, files), tool_version=__version__)
    _write(path, _json(document))


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
