"""`provisioner apply`: shows the plan, asks, and carries out just that."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.cli import connection_options, options, report_options
from provisioner.cli.carrying_out import Manner, ReadAndPlan, carry_out_plan, show
from provisioner.cli.exits import CHANGES, DONE
from provisioner.cli.output import (
    print_json_line,
    print_problems,
    print_refusal_as_json_line,
    telling_also,
    told_errors,
)
from provisioner.cli.plan import show_plan_only
from provisioner.cli.progress import choose_progress
from provisioner.cli.recording import open_journal
from provisioner.cli.reports import write_refusal_reports
from provisioner.cli.saved_plan import find_saved_plan, open_saved_plan
from provisioner.cli.session import Session, open_session
from provisioner.cli.signals import interruptible
from provisioner.errors import SettingsError
from provisioner.model import LiveState
from provisioner.planning import Plan, make_plan
from provisioner.resources import resource_types
from provisioner.views.events_json import version_document
from provisioner.views.stakes import gone_for_good
from provisioner.views.wording import count


@click.command(name="apply")
@options.specs
@connection_options.connecting
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
@options.quiet
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
            reports=report_options.Reports(),
            journal=journal,
            quiet=quiet,
            **connecting,
        )
        return
    manner = Manner(
        ask=not yes,
        verbose=verbose,
        as_json=as_json,
        progress=choose_progress(as_json=as_json, quiet=quiet, trace=connecting["reaching"].trace),
        order_timeout=order_timeout,
        lock_timeout=lock_timeout,
        quiet=quiet,
        accept_addresses=accept_addresses,
    )
    tell = telling_also(
        print_refusal_as_json_line if as_json else print_problems,
        lambda problems: write_refusal_reports(report_options.Reports(), "apply", problems, paths),
    )
    with told_errors(tell):
        if as_json:
            print_json_line(version_document(__version__))
        if saved is None:
            with open_session(paths, quiet=quiet, **connecting) as session:
                code = _apply(journal, session, manner, read_and_plan)
        else:
            with open_saved_plan(saved, quiet=quiet, **connecting) as (session, read_what_is_left):
                if dry_run:
                    changes = asyncio.run(_show_what_is_left(session, manner, read_what_is_left))
                    code = CHANGES if changes and detailed_exitcode else DONE
                else:
                    code = _apply(journal, session, manner, read_what_is_left)
    sys.exit(code)


def _apply(path: Path, session: Session, manner: Manner, read_and_plan: ReadAndPlan) -> int:
    with open_journal(path, session) as journal:
        return asyncio.run(carry_out_plan(session, journal, manner, read_and_plan, _agreed))


async def _show_what_is_left(session: Session, manner: Manner, read_left: ReadAndPlan) -> bool:
    """Whether that is anything."""
    async with session.connect() as client:
        live, plan = await read_left(session, client, ())
    show(live, plan, session, manner)
    return plan.has_changes


async def read_and_plan(
    session: Session, client: Client, made: Collection[Made]
) -> tuple[LiveState, Plan]:
    live = await session.read(client, made=made)
    return live, make_plan(session.desired, live, session.types)


def _agreed(plan: Plan) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("There is no terminal to ask on. Add --yes to apply without asking.")
    bought = plan.summary.numbers_to_order
    gone = len(gone_for_good(plan, resource_types()))
    stakes = [
        *([f"buys {count(bought, 'number')}"] if bought else ()),
        *([f"deletes {gone} for good"] if gone else ()),
    ]
    told = f" This {' and '.join(stakes)}." if stakes else ""
    question = f"Apply this plan to account {plan.account}?{told}"
    try:
        with interruptible():
            return click.confirm(question, default=False, err=True)
    except click.Abort:
        # It stands for Ctrl-C, and for a terminal that closed: neither is a failure.
        raise KeyboardInterrupt from None
