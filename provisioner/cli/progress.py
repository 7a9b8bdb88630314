"""Where the events of an apply go: a live display, lines, JSON lines, or nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from provisioner.account.clock import Clock
from provisioner.account.traffic import Traffic
from provisioner.cli.connection_options import Tracing
from provisioner.cli.output import can_draw, print_json_line
from provisioner.execution.events import Event, Figures, StepFinished, StepStarted
from provisioner.planning import Plan
from provisioner.resource_type import Types
from provisioner.views.events_json import event_document
from provisioner.views.progress import (
    activity,
    event_line,
    heartbeat_line,
    read_line,
    reading_line,
)

HEARTBEAT = 15.0
"""Seconds."""
SHORTEST_DRAWN = 0.5
"""Seconds; what is over sooner is not worth a flicker."""


@dataclass(frozen=True, slots=True)
class Meter:
    """`monotonic` is the clock of the run, `figures` what its calls came to so far."""

    monotonic: Callable[[], float]
    figures: Callable[[], Figures]


@dataclass(frozen=True, slots=True)
class Sink:
    """`tell` takes each event; `beat` is called now and then, to show that it goes on."""

    tell: Callable[[Event], None]
    beat: Callable[[], None] = lambda: None


Progress = Callable[[Plan, Types, Meter], contextlib.AbstractContextManager[Sink]]


def figures_of(traffic: Traffic) -> Figures:
    return Figures(
        calls=traffic.calls,
        refused=traffic.refused,
        held_back=traffic.held_back.seconds,
        on_network=traffic.on_wire.seconds,
        holds=traffic.held_now(),
    )


def choose_progress(*, as_json: bool, quiet: bool, trace: Tracing) -> Progress:
    if as_json:
        return json_lines
    if quiet:
        return nothing
    if _may_draw(trace):
        return live_display
    return functools.partial(lines, trace)


def _may_draw(trace: Tracing) -> bool:
    """Between requests that are shown on standard error too nothing can be drawn."""
    return can_draw(sys.stderr) and not trace.level and not trace.as_json


@contextlib.contextmanager
def json_lines(plan: Plan, types: Types, meter: Meter) -> Iterator[Sink]:
    yield Sink(lambda event: print_json_line(event_document(event, timestamp())))


@contextlib.contextmanager
def nothing(plan: Plan, types: Types, meter: Meter) -> Iterator[Sink]:
    yield Sink(lambda event: None)


@contextlib.contextmanager
def lines(trace: Tracing, plan: Plan, types: Types, meter: Meter) -> Iterator[Sink]:
    started = meter.monotonic()
    running: dict[object, str] = {}
    finished: list[StepFinished] = []

    def print_line(event: Event) -> None:
        key = (event.step.verb, event.step.address)
        if isinstance(event, StepStarted):
            running[key] = activity(event, types)
        elif isinstance(event, StepFinished):
            running.pop(key, None)
            finished.append(event)
        line = event_line(event, meter.monotonic() - started, types)
        if line is not None:
            say(line, trace)

    def print_heartbeat() -> None:
        elapsed, under_way = meter.monotonic() - started, list(running.values())
        line = heartbeat_line(elapsed, under_way, len(finished), len(plan.steps), meter.figures())
        say(line, trace)

    yield Sink(print_line, print_heartbeat)
    if not trace.as_json:
        click.echo(err=True)


@contextlib.contextmanager
def live_display(plan: Plan, types: Types, meter: Meter) -> Iterator[Sink]:
    from rich.console import Console

    from provisioner.views.live import LiveDisplay

    console = Console(stderr=True, highlight=False, get_time=meter.monotonic)
    with LiveDisplay(console, plan, types, meter.figures) as display:
        yield Sink(display.update)
    click.echo(err=True)


@contextlib.asynccontextmanager
async def beating(beat: Callable[[], None], clock: Clock) -> AsyncIterator[None]:
    """Shows every now and then that it goes on: a pipeline ends a job that says nothing."""

    async def go_on() -> None:
        with contextlib.suppress(OSError):
            while True:
                await clock.sleep(HEARTBEAT)
                beat()

    async with _meanwhile(go_on()):
        yield


@contextlib.asynccontextmanager
async def told_of_reading(
    traffic: Traffic, clock: Clock, trace: Tracing, *, quiet: bool
) -> AsyncIterator[None]:
    """Shows that an account is being read, where that takes long; and what it took, where the
    service refused calls as too many."""
    started = clock.monotonic()

    def print_line() -> None:
        say(reading_line(clock.monotonic() - started, figures_of(traffic)), trace)

    if quiet:
        yield
        return
    if _may_draw(trace):
        meanwhile = _meanwhile(_draw_reading(traffic, clock, started))
    else:
        meanwhile = beating(print_line, clock)
    async with meanwhile:
        yield
    if traffic.refused:
        say(read_line(clock.monotonic() - started, figures_of(traffic)), trace)


async def _draw_reading(traffic: Traffic, clock: Clock, started: float) -> None:
    await clock.sleep(SHORTEST_DRAWN)
    from rich.console import Console

    from provisioner.views.live import reading_drawn

    console = Console(stderr=True, highlight=False, get_time=clock.monotonic)
    with contextlib.suppress(OSError), reading_drawn(console, started, lambda: figures_of(traffic)):
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _meanwhile(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """The work is done beside the body, and ends with it."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def say(line: str, trace: Tracing) -> None:
    """On standard error, as the log of requests is written."""
    if trace.as_json:
        line = json.dumps({"at": timestamp(), "level": "info", "message": line.strip()})
    click.echo(line, err=True)


def timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
