"""`provisioner export`: the live account as a spec."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import click

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection
from provisioner.account.survey import survey
from provisioner.cli import options
from provisioner.cli.options import Tracing
from provisioner.cli.output import can_draw, print_problems, told_errors
from provisioner.cli.session import SANDBOX_ACCOUNT, open_connection
from provisioner.cli.tracing import show_requests
from provisioner.errors import SettingsError
from provisioner.model import LiveState
from provisioner.resource_type import Shape, Types
from provisioner.resources import resource_types
from provisioner.spec.exporting import ExportedSpec, export_spec
from provisioner.spec.number_blocks import counted_blocks, listed_blocks
from provisioner.spec.selection import select
from provisioner.spec.settings import ACCOUNT_VARIABLE
from provisioner.spec.settings_schema import IDENTIFIER
from provisioner.views.wording import count

LARGE = 100
"""From so many resources on it is told how far it is, where nothing can be drawn."""


@click.command(name="export")
@click.option("--site", "sites", multiple=True, metavar="NAME", help="Only this site, and so on.")
@click.option(
    "--application", "applications", multiple=True, metavar="NAME", help="Only this application."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file."
)
@click.option(
    "--split",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a file for each site and one for the applications into this folder.",
)
@click.option("--exact-numbers", is_flag=True, help="List the numbers instead of counting them.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@options.reaching
def command(
    sites: tuple[str, ...],
    applications: tuple[str, ...],
    output: Path | None,
    split: Path | None,
    exact_numbers: bool,
    force: bool,
    sandbox: bool,
    parallelism: int,
    timeout: float,
    allow_insecure_http: bool,
    trace: Tracing,
) -> None:
    """Print the live account as a spec, or write it to files.

    A plan of what was exported has no changes. With --site, the applications of its locations
    come along.
    """
    wanted = {"site": sites, "application": applications}
    with told_errors(print_problems):
        _check_targets(output, split, force=force)
        show_requests(trace)
        account = _account(sandbox=sandbox)
        types = resource_types()
        with open_connection(
            os.environ,
            account,
            sandbox=sandbox,
            timeout=timeout,
            allow_insecure_http=allow_insecure_http,
        ) as connection:
            live = asyncio.run(_survey(connection, types, wanted, parallelism))
        live = select(live, wanted, types)
        exported = export_spec(live, types, listed_blocks if exact_numbers else counted_blocks)
        if output:
            _write({output: exported.text})
        elif split:
            _write({split / name: text for name, text in exported.files(types).items()})
            _tell_of_strangers(split, exported.files(types))
        else:
            click.echo(exported.text, nl=False)
        _tell(exported, live, types, output or split)


def _account(*, sandbox: bool) -> str:
    account = os.environ.get(ACCOUNT_VARIABLE) or (SANDBOX_ACCOUNT if sandbox else "")
    if not account:
        raise SettingsError(f"The account is missing: export {ACCOUNT_VARIABLE}.")
    if not re.fullmatch(IDENTIFIER, account):
        raise SettingsError(f"{ACCOUNT_VARIABLE} is {account!r}, which is no account id.")
    return account


async def _survey(
    connection: Connection,
    types: Types,
    wanted: Mapping[str, tuple[str, ...]],
    parallelism: int,
) -> LiveState:
    """Reads what was asked for. Which applications come along shows when the sites are known."""
    only = {}
    if any(wanted.values()):
        only["site"] = wanted["site"]
    if not wanted["site"] and wanted["application"]:
        only["application"] = wanted["application"]
    clock = click.get_current_context().find_object(Clock) or Clock()
    async with Client(connection, parallelism=parallelism, clock=clock) as client:
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


def _check_targets(output: Path | None, split: Path | None, *, force: bool) -> None:
    """Before anything is read, which may take a while."""
    if output and split:
        raise click.UsageError("Give either --output or --split.")
    if output and not output.absolute().parent.is_dir():
        raise SettingsError(f"There is no folder {output.parent} to write {output.name} into.")
    there = [output] if output and output.exists() else _specs_in(split) if split else []
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise SettingsError(
            f"{', '.join(map(str, there))} {verb} there already. Choose another place, or add "
            "--force to write over files."
        )


def _specs_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _tell_of_strangers(folder: Path, written: Collection[str]) -> None:
    strangers = [each.name for each in _specs_in(folder) if each.name not in written]
    if strangers:
        click.echo(
            f"Also in {folder}, and so part of the spec: {', '.join(strangers)}. Move away what "
            "does not belong to it.",
            err=True,
        )


def _tell(exported: ExportedSpec, live: LiveState, types: Types, target: Path | None) -> None:
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
