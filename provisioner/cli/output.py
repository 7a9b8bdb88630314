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
from provisioner.errors import Problem, ProvisionerError, Severity

NARROWEST, WIDEST = 60, 160
SYSTEM = "system"
"""The code of what the operating system refused."""


def width() -> int:
    """Columns to fill: those of the terminal within reason, 100 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((100, 24)).columns))


def can_draw(stream: TextIO) -> bool:
    """Whether it is a terminal that understands escape codes."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colour(stream: TextIO) -> bool:
    return can_draw(stream) and not os.environ.get("NO_COLOR")


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
    click.echo(text, err=True)


def print_problems_as_json(problems: tuple[Problem, ...]) -> None:
    from provisioner.views.problems import problems_document

    print_json(problems_document(problems))


def print_refusal_as_json(problems: tuple[Problem, ...]) -> None:
    from provisioner.views.problems import refusal_document

    print_json(refusal_document(problems))


def print_refusal_as_json_line(problems: tuple[Problem, ...]) -> None:
    from provisioner.views.problems import refusal_event

    print_json_line(refusal_event(problems))


@contextlib.contextmanager
def told_errors(tell: Callable[[tuple[Problem, ...]], None]) -> Iterator[None]:
    """Tells what a user can cause or meet, and exits with 1."""
    try:
        yield
    except BrokenPipeError:
        raise
    except ProvisionerError as error:
        tell(error.told)
        sys.exit(ERROR)
    except OSError as error:
        problems = (told(error),)
        try:
            tell(problems)
        except OSError:
            # What is refused may be the very output that this should be told on.
            with contextlib.suppress(OSError):
                print_problems(problems)
        sys.exit(ERROR)


def told(error: OSError) -> Problem:
    reason = error.strerror or str(error)
    detail = f"{error.filename}: {reason}." if error.filename else f"{reason}."
    return Problem(Severity.ERROR, SYSTEM, "The system refused", detail)


Tell = Callable[[tuple[Problem, ...]], None]


def telling_also(tell: Tell, write: Tell) -> Tell:
    """Tells problems, and writes the reports of them.

    A report that cannot be written is one problem more: it must not hide those that it was to
    tell. Nor is that itself reported: what the system refused may be one of the reports.
    """

    def tell_and_write(problems: tuple[Problem, ...]) -> None:
        tell(problems)
        if any(problem.code == SYSTEM for problem in problems):
            return
        try:
            write(problems)
        except OSError as error:
            print_problems((told(error),))

    return tell_and_write


def is_on_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"
