"""`provisioner plan`: what apply would do."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.cli import options
from provisioner.cli.exits import CHANGES
from provisioner.cli.output import (
    paint_for,
    print_json_line,
    print_problems,
    print_refusal_as_json_line,
    told_errors,
    width,
)
from provisioner.cli.progress import timestamp
from provisioner.cli.session import Session, open_session
from provisioner.planning import Plan, make_plan
from provisioner.views.plan_json import plan_document
from provisioner.views.plan_text import render_plan


@click.command(name="plan")
@options.specs
@options.connecting
@options.planning
@options.as_json
@options.detailed_exitcode
def command(
    specs: tuple[Path, ...],
    as_json: bool,
    detailed_exitcode: bool,
    verbose: bool,
    **connecting: Any,
) -> None:
    """Show what apply would do for spec files or folders (default: provisioner.yaml)."""
    paths = options.spec_paths(specs)
    show_plan_only(
        paths,
        as_json=as_json,
        detailed_exitcode=detailed_exitcode,
        verbose=verbose,
        **connecting,
    )


def show_plan_only(
    paths: tuple[Path, ...],
    *,
    as_json: bool,
    detailed_exitcode: bool,
    verbose: bool,
    **connecting: Any,
) -> None:
    """Everything but carrying it out. Exits with 2 where that was asked for and is so."""
    tell = print_refusal_as_json_line if as_json else print_problems
    with told_errors(tell), open_session(paths, **connecting) as session:
        plan = asyncio.run(_read_and_plan(session))
        if as_json:
            print_plan_as_json(plan, session)
        else:
            show_plan(plan, session, verbose=verbose)
    if detailed_exitcode and plan.has_changes:
        sys.exit(CHANGES)


async def _read_and_plan(session: Session) -> Plan:
    async with session.connect() as client:
        live = await session.read(client)
    return make_plan(session.desired, live, session.types)


def show_plan(plan: Plan, session: Session, *, verbose: bool) -> None:
    paint = paint_for(sys.stdout)
    text = render_plan(plan, session.types, width=width(), verbose=verbose, paint=paint)
    click.echo(text)


def print_plan_as_json(plan: Plan, session: Session) -> None:
    document = plan_document(
        plan, session.desired, created_at=timestamp(), tool_version=__version__
    )
    print_json_line({"type": "plan", **document})
