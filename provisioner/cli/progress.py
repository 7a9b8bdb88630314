"""Where the events of an apply go: a live display, lines, JSON lines, or nowhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import click

from provisioner.cli.output import can_draw, print_json_line
from provisioner.execution.events import Event
from provisioner.planning import Plan
from provisioner.resource_type import Types
from provisioner.views.events_json import event_document
from provisioner.views.progress import event_line

Sink = Callable[[Event], None]
Progress = Callable[[Plan, Types], contextlib.AbstractContextManager[Sink]]


def choose_progress(*, as_json: bool, quiet: bool, traced: bool) -> Progress:
    """`traced`: whether requests are shown on standard error too, between which nothing can be
    drawn."""
    if as_json:
        return json_lines
    if quiet:
        return nothing
    if can_draw(sys.stderr) and not traced:
        return live_display
    return lines


@contextlib.contextmanager
def json_lines(plan: Plan, types: Types) -> Iterator[Sink]:
    yield lambda event: print_json_line(event_document(event, timestamp()))


@contextlib.contextmanager
def nothing(plan: Plan, types: Types) -> Iterator[Sink]:
    yield lambda event: None


@contextlib.contextmanager
def lines(plan: Plan, types: Types) -> Iterator[Sink]:
    started = time.monotonic()

    def print_line(event: Event) -> None:
        line = event_line(event, time.monotonic() - started, types)
        if line is not None:
            click.echo(line, err=True)

    yield print_line
    click.echo(err=True)


@contextlib.contextmanager
def live_display(plan: Plan, types: Types) -> Iterator[Sink]:
    from rich.console import Console

    from provisioner.views.live import LiveDisplay

    with LiveDisplay(Console(stderr=True, highlight=False), plan, types) as display:
        yield display.update
    click.echo(err=True)


def timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
