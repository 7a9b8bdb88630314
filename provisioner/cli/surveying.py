"""From the command line to a live account as a whole, and what is told of it as a spec."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from provisioner.account.client import Client
from provisioner.account.connection import Connection
from provisioner.account.survey import survey
from provisioner.cli.connection_options import Reaching
from provisioner.cli.output import can_draw, print_problems
from provisioner.cli.reading import environment
from provisioner.cli.session import SANDBOX_ACCOUNT, clock_of_run, open_connection
from provisioner.cli.tracing import show_requests
from provisioner.errors import SettingsError
from provisioner.model import LiveState
from provisioner.resource_type import Shape, Types
from provisioner.spec.exporting import ExportedSpec
from provisioner.spec.settings import ACCOUNT_VARIABLE
from provisioner.spec.settings_schema import IDENTIFIER
from provisioner.views.wording import count

LARGE = 100
"""From so many resources on it is told how far it is, where nothing can be drawn."""
Wanted = Mapping[str, tuple[str, ...]]
"""Names by type. Where there are none at all, everything is meant."""


def read_account(
    types: Types,
    wanted: Wanted,
    env_files: tuple[Path, ...],
    reaching: Reaching,
) -> LiveState:
    """What the account has of what is wanted, and maybe more. Raises SettingsError and
    AccountError."""
    show_requests(reaching.trace)
    environ = environment(env_files)
    account = _account(environ, sandbox=reaching.sandbox)
    with open_connection(
        environ,
        account,
        reaching,
    ) as connection:
        return asyncio.run(_survey(connection, types, wanted, reaching.parallelism))


def tell_exported(
    exported: ExportedSpec, live: LiveState, types: Types, target: Path | None
) -> None:
    """What is in the spec and what is not, on standard error."""
    if exported.left_out:
        print_problems(exported.left_out)
    found = Counter(each.type for each in live.resources)
    named = [
        f"{found[each.name]} {each.section if found[each.name] != 1 else each.name}"
        for each in types.values()
        if each.shape is Shape.NAMED and found[each.name]
    ]
    numbers = sum(len(live.numbers.get(address, ())) for address in live.resources)
    told = ", ".join([*named, count(numbers, "number")])
    click.echo(f"Exported {told}{f' to {target}' if target else ''}.", err=True)
    if exported.variables:
        click.echo("The account never tells passwords. Set them before you plan:", err=True)
        for variable in exported.variables:
            click.echo(f"  export {variable}=...", err=True)


def _account(environ: Mapping[str, str], *, sandbox: bool) -> str:
    account = environ.get(ACCOUNT_VARIABLE) or (SANDBOX_ACCOUNT if sandbox else "")
    if not account:
        raise SettingsError(f"The account is missing: export {ACCOUNT_VARIABLE}.")
    if not re.fullmatch(IDENTIFIER, account):
        raise SettingsError(f"{ACCOUNT_VARIABLE} is {account!r}, which is no account id.")
    return account


async def _survey(
    connection: Connection, types: Types, wanted: Wanted, parallelism: int
) -> LiveState:
    """Reads what was asked for. Which applications come along shows when the sites are known."""
    only = {}
    if any(wanted.values()):
        only["site"] = wanted["site"]
    if any(wanted.values()) and not wanted["site"]:
        only["application"] = wanted["application"]
    async with Client(connection, parallelism=parallelism, clock=clock_of_run()) as client:
        with _progress() as told:
            return await survey(client, types, told=told, only=only)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """On a terminal one line that changes; else a line each time that another tenth is read."""
    is_drawn, tenths = can_draw(sys.stderr), 0

    def tell(read: int, known: int) -> None:
        nonlocal tenths
        text = f"Read {read} of {known} applications, sites and locations."
        if is_drawn:
            click.echo(f"\r{text}", err=True, nl=False)
        elif known >= LARGE and read * 10 // known > tenths:
            tenths = read * 10 // known
            click.echo(text, err=True)

    try:
        yield tell
    finally:
        if is_drawn:
            click.echo("\r\x1b[K", err=True, nl=False)
