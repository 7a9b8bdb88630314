"""Printing: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

import click

from provisioner.cli.exits import ERROR
from provisioner.errors import Problem, ProblemsError, ProvisionerError, Severity

NARROWEST, WIDEST = 60, 120


def width() -> int:
    """Columns to fill: those of the terminal within reason, 100 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((100, 24)).columns))


def has_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint_for(stream: TextIO) -> Callable[[Any, str], str]:
    from provisioner.views.style import ansi, plain

    return ansi if has_colour(stream) else plain


def print_json(document: Mapping[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2))


def print_json_line(document: Mapping[str, Any]) -> None:
    click.echo(json.dumps(document, separators=(",", ":")))


def print_problems(problems: tuple[Problem, ...]) -> None:
    from provisioner.views.problems import render_problems

    text = render_problems(problems, paint=paint_for(sys.stderr), width=width())
    click.echo(text.rstrip("\n"), err=True)


@contextlib.contextmanager
def told_errors(*, as_json: bool) -> Iterator[None]:
    """Tells what a user can cause or meet, in words or as JSON, and exits with 1."""
    try:
        yield
    except ProvisionerError as error:
        problems = problems_of(error)
        if as_json:
            from provisioner.views.problems import problems_document

            print_json(problems_document(problems))
        else:
            print_problems(problems)
        sys.exit(ERROR)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        click.echo(f"error: {error.strerror or error}:{where}", err=True)
        sys.exit(ERROR)


def problems_of(error: ProvisionerError) -> tuple[Problem, ...]:
    if isinstance(error, ProblemsError):
        return error.problems
    summary = SUMMARIES.get(type(error).__name__, "It did not work")
    return (Problem(Severity.ERROR, _kebab(type(error).__name__), summary, str(error)),)


SUMMARIES = {
    "SettingsError": "This run is not set up",
    "Unreachable": "The account does not answer",
    "Unreadable": "The answer makes no sense",
    "Unauthorized": "Access is refused",
    "Rejected": "The account refused",
}


def _kebab(name: str) -> str:
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in name).lstrip("-")
