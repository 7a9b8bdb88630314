"""`provisioner destroy`: takes away everything that the spec declares."""

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
from provisioner.account.releases import releases_under_way
from provisioner.cli import connection_options, options
from provisioner.cli.carrying_out import Manner, ReadAndPlan, carry_out_plan
from provisioner.cli.consent import typed
from provisioner.cli.output import (
    print_json_line,
    print_problems,
    print_refusal_as_json_line,
    told_errors,
)
from provisioner.cli.progress import choose_progress
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.cli.recording import open_journal
from provisioner.cli.session import Session, open_session
from provisioner.errors import SettingsError
from provisioner.model import LiveState
from provisioner.planning import Plan
from provisioner.planning.destruction import Letting, plan_destroy
from provisioner.resource_type import Shape
from provisioner.views.events_json import version_document
from provisioner.views.stakes import counts_of_some
from provisioner.views.wording import count

ACCOUNT_ELSEWHERE = "Name the account with --confirm ACCOUNT"


@click.command(name="destroy")
@options.specs
@connection_options.connecting
@options.writing
@options.as_json
@click.option(
    "--confirm",
    metavar="ACCOUNT",
    help="Do not ask: this is the account that everything is to be deleted in.",
)
@click.option(
    "--release-numbers",
    is_flag=True,
    help="Give the numbers back first, for good, and close back orders.",
)
@click.option(
    "--confirm-numbers",
    type=click.IntRange(0),
    metavar="COUNT",
    help="With --confirm and --release-numbers: how many numbers may go.",
)
@options.order_timeout
@options.quiet
def command(
    specs: tuple[Path, ...],
    confirm: str | None,
    release_numbers: bool,
    confirm_numbers: int | None,
    as_json: bool,
    order_timeout: float,
    quiet: bool,
    journal: Path,
    lock_timeout: float,
    **connecting: Any,
) -> None:
    """Delete everything that spec files or folders declare (default: provisioner.yaml).

    Shows what goes and asks for the account id to be typed. What the spec does not declare stays.
    Locations that have numbers stop it, unless those are to be released first.
    """
    paths = options.spec_paths(specs)
    manner = Manner(
        ask=confirm is None,
        verbose=False,
        as_json=as_json,
        progress=choose_progress(as_json=as_json, quiet=quiet, trace=connecting["reaching"].trace),
        order_timeout=order_timeout,
        lock_timeout=lock_timeout,
        quiet=True,
    )
    if release_numbers and (confirm is None) != (confirm_numbers is None):
        raise click.UsageError("--confirm and --confirm-numbers COUNT go together.")
    read_and_plan = _releasing(confirm_numbers) if release_numbers else read_and_plan_rest
    with told_errors(print_refusal_as_json_line if as_json else print_problems):
        if as_json:
            print_json_line(version_document(__version__))
        with open_session(
            paths, read=read_spec_without_secrets, quiet=quiet, **connecting
        ) as session:
            _check(confirm, session)
            with open_journal(journal, session) as opened:
                code = asyncio.run(carry_out_plan(session, opened, manner, read_and_plan, agreed))
    sys.exit(code)


def _check(confirm: str | None, session: Session) -> None:
    account = session.connection.account
    if confirm is not None and confirm != account:
        raise SettingsError(f"--confirm names account {confirm}, and the spec is of {account}.")


def agreed(plan: Plan) -> bool:
    """The account id, and how many numbers go where some do: it is another thing to lose."""
    question = (
        f"This cannot be undone: {counts_of_some(plan.changes)}. To go on, type the account id "
        f"({plan.account})"
    )
    released = plan.summary.numbers_to_release
    count_elsewhere = f", and with --confirm-numbers {released} how many go" if released else ""
    elsewhere = f"{ACCOUNT_ELSEWHERE}{count_elsewhere}."
    if not typed(question, plan.account, without=elsewhere):
        return False
    return not released or typed(
        f"{count(released, 'number')} will be gone for good. Type how many ({released})",
        str(released),
        without=elsewhere,
    )


async def read_and_plan_rest(
    session: Session, client: Client, made: Collection[Made]
) -> tuple[LiveState, Plan]:
    live = await _read(session, client, made)
    return live, plan_destroy(session.desired, live, session.types, None)


def _releasing(expected: int | None) -> ReadAndPlan:
    async def read_and_plan(
        session: Session, client: Client, made: Collection[Made]
    ) -> tuple[LiveState, Plan]:
        live = await _read(session, client, made)
        letting = Letting(await releases_under_way(client, made))
        plan = plan_destroy(session.desired, live, session.types, letting)
        released = plan.summary.numbers_to_release
        if expected is not None and released > expected:
            raise SettingsError(
                f"{count(released, 'number')} would be released, and --confirm-numbers says "
                f"{expected}. Nothing was sent."
            )
        return live, plan

    return read_and_plan


async def _read(session: Session, client: Client, made: Collection[Made]) -> LiveState:
    types = session.types
    named = [each for each in session.desired.resources if types[each.type].shape is Shape.NAMED]
    return await session.read(client, whole=named, made=made)
