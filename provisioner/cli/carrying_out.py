"""A plan carried out: from the lease to the report. How it is come by is its command's business."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

import click

from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.templates import environment
from provisioner.account.writer import Writer
from provisioner.cli.exits import DONE, ERROR, INTERRUPTED, NOT_ALL_DONE
from provisioner.cli.output import (
    paint_for,
    print_json_line,
    print_problems,
    width,
)
from provisioner.cli.plan import Planned, print_plan, print_plan_as_json
from provisioner.cli.progress import Meter, Progress, beating, figures_of
from provisioner.cli.recording import occasion_of, secret_key
from provisioner.cli.reports import write_apply_reports
from provisioner.cli.session import Session
from provisioner.cli.signals import stop_on_signals
from provisioner.execution.events import Status, StepFinished
from provisioner.execution.executor import execute
from provisioner.execution.journal import Journal, Run
from provisioner.execution.records import Ending
from provisioner.execution.recovery import recover
from provisioner.messaging.foresight import expected_trouble
from provisioner.model import LiveState
from provisioner.planning import Action, Plan
from provisioner.views.events_json import report_document
from provisioner.views.report import Report, render_report


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it: whether to ask, where progress goes, how long to wait (seconds)."""

    ask: bool
    verbose: bool
    as_json: bool
    progress: Progress
    order_timeout: float
    lock_timeout: float
    quiet: bool
    accept_addresses: bool = False


ReadAndPlan = Callable[[Session, Client, Collection[Made]], Awaitable[tuple[LiveState, Plan]]]
"""Reads the account, and says what there is to do."""
ENDINGS = {DONE: Ending.COMPLETE, INTERRUPTED: Ending.INTERRUPTED}


async def carry_out_plan(
    session: Session,
    journal: Journal,
    manner: Manner,
    read_and_plan: ReadAndPlan,
    agreed_to: Callable[[Plan], bool],
) -> int:
    """From the lease to the report: the exit code. `agreed_to` asks whoever started it."""
    key = secret_key(journal.path)
    lease = journal.run(
        occasion_of(session), patience=manner.lock_timeout, clock=session.clock, tell=_tell
    )
    async with lease as run, session.connect() as client:
        if session.override:
            run.note_override(session.override)
        made = await recover(run, client, session.types, session.settle, _tell)
        session = replace(session, seals=await run.seals(key))
        live, plan = await read_and_plan(session, client, made)
        show(live, plan, session, manner)
        while manner.ask and plan.has_changes:
            if not agreed_to(plan):
                click.echo("Nothing was sent.", err=True)
                run.ending = Ending.DECLINED
                return ERROR
            agreed = plan.digest
            live, plan = await read_and_plan(session, client, made)
            if plan.digest == agreed:
                break
            click.echo("The account was changed meanwhile. This is the plan now:\n", err=True)
            show(live, plan, session, manner)
        if not plan.steps:
            run.ending = Ending.NOTHING
            if manner.as_json:
                print_json_line(report_document(Report(plan), figures_of(client.traffic)))
            return DONE
        recent = frozenset(server_id for each in made for server_id in each.ids)
        writer = Writer(
            client,
            session.types,
            run,
            session.settle,
            recent,
            manner.accept_addresses,
            jinja=environment(session.desired.templates),
        )
        code = await _carry_out(plan, live, writer, run, key, session, manner)
        run.ending = ENDINGS.get(code, Ending.INCOMPLETE)
        return code


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def show(live: LiveState, plan: Plan, session: Session, manner: Manner) -> None:
    planned = Planned(plan, live, session.desired, session.types)
    if manner.as_json:
        print_plan_as_json(planned)
    else:
        print_plan(planned, verbose=manner.verbose)


async def _carry_out(
    plan: Plan,
    live: LiveState,
    writer: Writer,
    run: Run,
    key: bytes,
    session: Session,
    manner: Manner,
) -> int:
    stop = asyncio.Event()
    report = Report(plan)
    traffic = writer.client.traffic
    before = figures_of(traffic)
    meter = Meter(session.clock.monotonic, lambda: figures_of(traffic).since(before))
    started = meter.monotonic()
    events = execute(
        plan,
        live,
        writer,
        stop=stop,
        parallelism=session.parallelism,
        order_timeout=manner.order_timeout,
    )
    with (
        contextlib.suppress(OSError),
        manner.progress(plan, session.types, meter) as sink,
        stop_on_signals(stop),
    ):
        async with contextlib.aclosing(events), beating(sink.beat, session.clock):
            async for event in events:
                report.add(event)
                if isinstance(event, StepFinished):
                    run.note(event)
                    # What was found instead of answered for may have been made by somebody else.
                    if event.step.address not in writer.adopted:
                        run.seal(event, key)
                try:
                    sink.tell(event)
                except OSError:
                    # Nobody follows any more. As after Ctrl-C, nothing is left half done.
                    stop.set()
    code = _exit_code(report, interrupted=stop.is_set())
    elapsed = meter.monotonic() - started
    with contextlib.suppress(OSError):
        render = functools.partial(
            render_report,
            report,
            session.types,
            elapsed=elapsed,
            interrupted=stop.is_set(),
            figures=meter.figures(),
        )
        if manner.as_json:
            print_json_line(report_document(report, figures_of(traffic)))
        else:
            click.echo(render(width=width(), paint=paint_for(sys.stdout)))
        write_apply_reports(
            report, session.desired, session.types, functools.partial(render, width=width())
        )
        if not manner.quiet and not manner.as_json:
            _warn_of_messages(plan, session)
    return code


def _warn_of_messages(plan: Plan, session: Session) -> None:
    """What the spec alone tells: everything is set up, and still messages would fail."""
    gone = {change.address for change in plan.changes if change.action is Action.DELETE}
    resources = session.desired.resources
    left = {address: each for address, each in resources.items() if address not in gone}
    trouble = expected_trouble(
        replace(session.desired, resources=left), from_here=session.connection.on_this_machine
    )
    if trouble:
        click.echo(err=True)
        print_problems(trouble)


def _exit_code(report: Report, *, interrupted: bool) -> int:
    if interrupted:
        return INTERRUPTED
    if report.complete:
        return DONE
    ordered = any(event.status in (Status.OPEN, Status.SHORT) for event in report.finished)
    return NOT_ALL_DONE if report.wrote or ordered else ERROR
