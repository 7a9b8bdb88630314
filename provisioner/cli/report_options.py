"""Options for files to write beside what is printed, gathered in one argument `reports`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from provisioner.cli.options import Command

PROBLEM_REPORTS = {
    "junit": "Write it as JUnit XML, which every pipeline shows.",
    "sarif": "Write the problems as SARIF 2.1.0, for code scanning.",
}


@dataclass(frozen=True, slots=True)
class Reports:
    """Where each is to be written; None where it was not asked for."""

    markdown: Path | None = None
    html: Path | None = None
    junit: Path | None = None
    sarif: Path | None = None
    gitlab: Path | None = None


def of_plan(command: Command) -> Command:
    """Files to write beside what is printed, gathered in one argument `reports`."""
    told = {
        "markdown": "Write the plan as Markdown that fits a comment on a pull request.",
        "html": "Write the plan as one page, with a picture of what belongs to what.",
        **PROBLEM_REPORTS,
        "gitlab": "Write the plan's counts for GitLab (artifacts:reports:terraform).",
    }
    return _files(command, told)


def of_problems(command: Command) -> Command:
    """The same, of what can be told of problems."""
    told = {
        **PROBLEM_REPORTS,
        "gitlab": "Write the problems for GitLab (artifacts:reports:codequality).",
    }
    return _files(command, told)


def _files(command: Command, told: Mapping[str, str]) -> Command:
    @functools.wraps(command)
    def gathering(**given: Any) -> Any:
        return command(reports=Reports(**{name: given.pop(name) for name in told}), **given)

    path = click.Path(dir_okay=False, path_type=Path)
    decorated: Any = gathering
    for name, text in reversed([*told.items()]):
        decorated = click.option(f"--{name}", type=path, metavar="FILE", help=text)(decorated)
    return cast("Command", decorated)
