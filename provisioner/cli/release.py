"""`provisioner release`: gives numbers back, or closes a back order."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.account.back_orders import order_element
from provisioner.account.client import Client
from provisioner.account.intents import Made
from provisioner.account.inventory import names_of_place, present_numbers
from provisioner.account.orders import read_order
from provisioner.account.releases import releases_under_way
from provisioner.account.xml import text_at
from provisioner.cli import connection_options, options
from provisioner.cli.carrying_out import Manner, carry_out_plan
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
from provisioner.digits import as_e164
from provisioner.errors import Problem, Rejected, SettingsError, Severity
from provisioner.lint import judge
from provisioner.model import Address, LiveState, NumberOrder
from provisioner.planning import Plan
from provisioner.planning.releasing import Asked, Place, plan_release
from provisioner.resource_type import Shape
from provisioner.views.events_json import version_document
from provisioner.views.stakes import counts_of_some

NUMBER = re.compile(r"\+?1?[2-9]\d{9}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for: telephone numbers, and ids of back orders."""

    numbers: tuple[str, ...]
    orders: tuple[str, ...]


@click.command(name="release")
@click.argument("arguments", nargs=-1, metavar="[NUMBER]... [SPEC]...")
@click.option(
    "--from",
    "listed_in",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file of numbers, one on a line; # begins a comment.",
)
@click.option(
    "--order", "orders", multiple=True, metavar="ID", help="A back order to close; repeatable."
)
@options.filling_in
@connection_options.connecting
@options.writing
@options.as_json
@click.option("--yes", is_flag=True, help="Do not ask for the account id to be typed.")
@options.order_timeout
@options.quiet
def command(
    arguments: tuple[str, ...],
    listed_in: Path | None,
    orders: tuple[str, ...],
    as_json: bool,
    yes: bool,
    order_timeout: float,
    quiet: bool,
    journal: Path,
    lock_timeout: float,
    **connecting: Any,
) -> None:
    """Give telephone numbers back to the service, for good, or close a back order.

    Arguments that are no numbers are spec files or folders (default: provisioner.yaml). What they
    still want is not released. Shows what will go, asks for the account id to be typed, and
    follows it to its end.
    """
    numbers = [each for each in arguments if NUMBER.fullmatch(each)]
    paths = options.spec_paths(tuple(Path(each) for each in arguments if each not in numbers))
    if listed_in is not None:
        numbers += _numbers_in(listed_in)
    if not numbers and not orders:
        raise click.UsageError(
            "Name the numbers: `provisioner release +19195551234`, or --from FILE, or --order ID."
        )
    wanted = Wanted(tuple(dict.fromkeys(map(as_e164, numbers))), tuple(dict.fromkeys(orders)))
    manner = Manner(
        ask=not yes,
        verbose=False,
        as_json=as_json,
        progress=choose_progress(as_json=as_json, quiet=quiet, trace=connecting["reaching"].trace),
        order_timeout=order_timeout,
        lock_timeout=lock_timeout,
        quiet=True,
    )
    with told_errors(print_refusal_as_json_line if as_json else print_problems):
        if as_json:
            print_json_line(version_document(__version__))
        with (
            open_session(
                paths, read=read_spec_without_secrets, quiet=quiet, **connecting
            ) as session,
            open_journal(journal, session) as opened,
        ):
            code = asyncio.run(_release(wanted, session, opened, manner))
    sys.exit(code)


async def _release(wanted: Wanted, session: Session, journal: Any, manner: Manner) -> int:
    async def read_and_plan(
        session: Session, client: Client, made: Collection[Made]
    ) -> tuple[LiveState, Plan]:
        return await read_and_plan_release(wanted, session, client, made)

    return await carry_out_plan(session, journal, manner, read_and_plan, agreed_by_account)


def agreed_by_account(plan: Plan) -> bool:
    return typed(
        f"This cannot be undone: {counts_of_some(plan.changes)}. To go on, type the account id "
        f"({plan.account})",
        plan.account,
        without="Add --yes to go on without typing the account id.",
    )


async def read_and_plan_release(
    wanted: Wanted, session: Session, client: Client, made: Collection[Made]
) -> tuple[LiveState, Plan]:
    holders = {each.parent for each in session.types.values() if each.shape is Shape.BLOCKS}
    addresses = [each for each in session.desired.resources if each.type in holders]
    live = await session.read(client, numbers_of=addresses, made=made)
    present = await present_numbers(client, wanted.numbers)
    places, orders, under_way = await asyncio.gather(
        _places(present, live, client),
        _back_orders(wanted.orders, live, client),
        releases_under_way(client, made),
    )
    closing = {order: place for order, place in orders.items() if order.is_back_order}
    plan = plan_release(Asked(places, closing, under_way), session.desired, live, session.types)
    absent = [each for each in wanted.numbers if each not in present]
    ended = [each for each in orders if each not in closing]
    warnings = judge(_nothing_to_do(absent, ended), session.desired.levels)
    return live, replace(plan, warnings=(*plan.warnings, *warnings))


async def _places(numbers: Iterable[str], live: LiveState, client: Client) -> Mapping[str, Place]:
    known = {number: _place(sippeer) for sippeer, on in live.numbers.items() for number in on}
    unknown = [each for each in numbers if each not in known]
    names = await asyncio.gather(*(names_of_place(client, each) for each in unknown))
    everywhere = {**known, **dict(zip(unknown, names, strict=True))}
    return {number: everywhere[number] for number in numbers}


async def _back_orders(
    ids: Iterable[str], live: LiveState, client: Client
) -> Mapping[NumberOrder, Place]:
    found: dict[NumberOrder, Place] = {}
    for order_id in ids:
        try:
            order = await read_order(client, order_id)
        except Rejected as error:
            raise SettingsError(f"Order {order_id} cannot be looked at: {error}.") from None
        if order.is_awaited:
            raise SettingsError(
                f"Order {order_id} is {order.status}: only one that waits for stock (BACKORDERED) "
                "can be closed. Wait for its end, then release what it brought."
            )
        element = await order_element(client, order_id)
        told = ("SiteId", "PeerId")
        site, peer = ((text_at(element, each) if element is not None else "") for each in told)
        addresses = {server_id: each for each, server_id in live.ids.items()}
        sippeer = addresses.get(peer or "")
        found[order] = _place(sippeer) if sippeer else (f"id {site or '?'}", f"id {peer or '?'}")
    return found


def _place(sippeer: Address) -> Place:
    site, label = sippeer.path
    return site, label


def _nothing_to_do(absent: Iterable[str], ended: Iterable[NumberOrder]) -> Iterable[Problem]:
    for number in absent:
        yield Problem(
            Severity.WARNING,
            "not-in-account",
            "The account does not have this number",
            f"{number} was released before, or never was of this account. There is nothing to do.",
        )
    for order in ended:
        yield Problem(
            Severity.WARNING,
            "order-ended",
            "The order is at its end",
            f"Order {order.id} is {order.status} already. There is nothing to close.",
        )


def _numbers_in(path: Path) -> list[str]:
    found, wrong = [], []
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = re.sub(r"[\s().-]", "", line.partition("#")[0])
        if text and NUMBER.fullmatch(text):
            found.append(text)
        elif text:
            wrong.append(f"{path}:{at}: {line.strip()!r}")
    if wrong:
        raise click.BadParameter(
            f"these lines are no telephone numbers: {'; '.join(wrong)}", param_hint="--from"
        )
    return found
