"""`provisioner apply`: shows the plan, asks, and carries out just that."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.templates import environment
from provisioner.account.writer import Writer
from provisioner.cli import options
from provisioner.cli.exits import CHANGES, DONE, ERROR, INTERRUPTED, NOT_ALL_DONE
from provisioner.cli.output import (
    paint_for,
    print_json_line,
    print_problems,
    print_refusal_as_json_line,
    telling_also,
    told_errors,
    width,
)
from provisioner.cli.plan import Planned, print_plan, print_plan_as_json, show_plan_only
from provisioner.cli.progress import Progress, choose_progress
from provisioner.cli.recording import occasion_of, open_journal, secret_key
from provisioner.cli.reports import write_apply_reports, write_refusal_reports
from provisioner.cli.saved_plan import find_saved_plan, open_saved_plan
from provisioner.cli.session import Session, open_session
from provisioner.cli.signals import interruptible, stop_on_signals
from provisioner.errors import SettingsError
from provisioner.execution.events import Status, StepFinished
from provisioner.execution.executor import execute
from provisioner.execution.journal import Journal, Run
from provisioner.execution.records import Ending
from provisioner.execution.recovery import recover
from provisioner.messaging.foresight import expected_trouble
from provisioner.model import LiveState
from provisioner.planning import Plan, make_plan
from provisioner.views.report import Report, render_report, report_document, version_document


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


@click.command(name="apply")
@options.specs
@options.connecting
@options.planning
@options.writing
@options.as_json
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show the plan, as `plan` does.")
@options.detailed_exitcode
@options.order_timeout
@click.option(
    "--accept-addresses",
    is_flag=True,
    help="Take the address that the account recommends, and show the lines for the spec.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, only plan and report.")
def command(
    specs: tuple[Path, ...],
    as_json: bool,
    yes: bool,
    dry_run: bool,
    detailed_exitcode: bool,
    order_timeout: float,
    quiet: bool,
    accept_addresses: bool,
    verbose: bool,
    journal: Path,
    lock_timeout: float,
    **connecting: Any,
) -> None:
    """Make the account as spec files or folders say (default: provisioner.yaml).

    Shows the plan and asks before anything is sent. Running it again continues what was
    interrupted, and changes nothing where everything is as declared.
    """
    paths = options.spec_paths(specs)
    saved = find_saved_plan(paths)
    if saved is not None and accept_addresses:
        raise click.UsageError("A saved plan sends the addresses that it has: plan again instead.")
    if dry_run and saved is None:
        show_plan_only(
            paths,
            as_json=as_json,
            detailed_exitcode=detailed_exitcode,
            verbose=verbose,
            reports=options.Reports(),
            journal=journal,
            **connecting,
        )
        return
    manner = Manner(
        ask=not yes,
        verbose=verbose,
        as_json=as_json,
        progress=choose_progress(as_json=as_json, quiet=quiet, traced=connecting["trace"] > 0),
        order_timeout=order_timeout,
        lock_timeout=lock_timeout,
        quiet=quiet,
        accept_addresses=accept_addresses,
    )
    tell = telling_also(
        print_refusal_as_json_line if as_json else print_problems,
        lambda problems: write_refusal_reports(options.Reports(), "apply", problems, paths),
    )
    with told_errors(tell):
        if as_json:
            print_json_line(version_document(__version__))
        if saved is None:
            with open_session(paths, **connecting) as session:
                code = _apply(journal, session, manner, read_and_plan)
        else:
            with open_saved_plan(saved, **connecting) as (session, work):
                if dry_run:
                    changes = asyncio.run(_is_anything_left(session, manner, work.look))
                    code = CHANGES if changes and detailed_exitcode else DONE
                else:
                    code = _apply(journal, session, manner, work.look)
    sys.exit(code)


def _apply(path: Path, session: Session, manner: Manner, look: ReadAndPlan) -> int:
    with open_journal(path, session) as journal:
        return asyncio.run(carry_out_plan(session, journal, manner, look, _agreed))


async def _is_anything_left(session: Session, manner: Manner, look: ReadAndPlan) -> bool:
    async with session.connect() as client:
        live, plan = await look(session, client, ())
    _show(live, plan, session, manner)
    return plan.has_changes


async def carry_out_plan(
    session: Session,
    journal: Journal,
    manner: Manner,
    read_and_plan: ReadAndPlan,
    agreed_to: Callable[[Plan], bool],
) -> int:
    """From lease to report: the exit code. `agreed_to` asks whoever started it."""
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
        _show(live, plan, session, manner)
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
            _show(live, plan, session, manner)
        if not plan.steps:
            run.ending = Ending.NOTHING
            if manner.as_json:
                print_json_line(report_document(Report(plan)))
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


async def read_and_plan(
    session: Session, client: Client, made: Collection[Made]
) -> tuple[LiveState, Plan]:
    live = await session.read(client, made=made)
    return live, make_plan(session.desired, live, session.types)


def _show(live: LiveState, plan: Plan, session: Session, manner: Manner) -> None:
    planned = Planned(plan, live, session.desired, session.types)
    if manner.as_json:
        print_plan_as_json(planned)
    else:
        print_plan(planned, verbose=manner.verbose)


def _agreed(plan: Plan) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("There is no terminal to ask on. Add --yes to apply without asking.")
    bought = plan.summary.numbers_to_order
    money = f" This buys {bought} number{'s' if bought > 1 else ''}." if bought else ""
    question = f"Apply this plan to account {plan.account}?{money}"
    try:
        with interruptible():
            return click.confirm(question, default=False, err=True)
    except click.Abort:
        # It stands for Ctrl-C, and for a terminal that closed: neither is a failure.
        raise KeyboardInterrupt from None


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
    started = time.monotonic()
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
        manner.progress(plan, session.types) as tell,
        stop_on_signals(stop),
    ):
        async with contextlib.aclosing(events):
            async for event in events:
                report.add(event)
                if isinstance(event, StepFinished):
                    run.note(event)
                    # What was found instead of answered for may have been made by somebody else.
                    if event.step.address not in writer.adopted:
                        run.seal(event, key)
                try:
                    tell(event)
                except OSError:
                    # Nobody follows any more. As after Ctrl-C, nothing is left half done.
                    stop.set()
    code = _exit_code(report, interrupted=stop.is_set())
    elapsed = time.monotonic() - started
    with contextlib.suppress(OSError):
        _show_report(report, session, manner, elapsed=elapsed, interrupted=stop.is_set())
        if not manner.quiet and not manner.as_json:
            _warn_of_messages(session)
    return code


def _warn_of_messages(session: Session) -> None:
    """What the spec alone tells: everything is set up, and still messages would fail."""
    trouble = expected_trouble(session.desired, from_here=session.connection.on_this_machine)
    if trouble:
        click.echo(err=True)
        print_problems(trouble)


def _show_report(
    report: Report, session: Session, manner: Manner, *, elapsed: float, interrupted: bool
) -> None:
    render = functools.partial(
        render_report, report, session.types, elapsed=elapsed, interrupted=interrupted
    )
    if manner.as_json:
        print_json_line(report_document(report))
    else:
        click.echo(render(width=width(), paint=paint_for(sys.stdout)))
    write_apply_reports(report, session.desired, session.types, render(width=width()))


def _exit_code(report: Report, *, interrupted: bool) -> int:
    if interrupted:
        return INTERRUPTED
    if report.complete:
        return DONE
    ordered = any(event.status in (Status.OPEN, Status.SHORT) for event in report.finished)
    return NOT_ALL_DONE if report.wrote or ordered else ERROR
