"""`provisioner show`: what is there for the spec."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from provisioner.cli import connection_options, options
from provisioner.cli.output import (
    paint_for,
    print_json,
    print_problems,
    print_refusal_as_json,
    told_errors,
    width,
)
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.cli.session import Session, open_session
from provisioner.errors import PlanRefused, Severity
from provisioner.model import LiveState
from provisioner.resource_type import Shape
from provisioner.views.show import render_show, show_document


@click.command(name="show")
@options.specs
@connection_options.connecting
@options.quiet
@options.as_json
def command(specs: tuple[Path, ...], as_json: bool, **connecting: Any) -> None:
    """Print address, id, numbers and open orders of everything that the spec declares."""
    paths = options.spec_paths(specs)
    tell = print_refusal_as_json if as_json else print_problems
    read = read_spec_without_secrets
    with told_errors(tell), open_session(paths, read=read, **connecting) as session:
        live = asyncio.run(_read_with_numbers(session))
        unclear = [each for each in live.problems if each.severity is Severity.ERROR]
        if unclear:
            raise PlanRefused(unclear)
        if live.problems:
            print_problems(live.problems)
        document = show_document(session.desired, live, session.types)
        if as_json:
            print_json(document)
        else:
            click.echo(render_show(document, width=width(), paint=paint_for(sys.stdout)))


async def _read_with_numbers(session: Session) -> LiveState:
    holders = {each.parent for each in session.types.values() if each.shape is Shape.BLOCKS}
    addresses = [each for each in session.desired.resources if each.type in holders]
    async with session.connect() as client:
        return await session.read(client, numbers_of=addresses)
