"""`plan --explain`: the HTTP calls that a plan comes to."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provisioner.account.explaining import explain
from provisioner.account.intents import Unrecorded
from provisioner.account.templates import environment
from provisioner.account.writer import Writer
from provisioner.cli.exits import CHANGES
from provisioner.cli.output import paint_for, print_json, print_problems, told_errors
from provisioner.cli.recording import seals_known
from provisioner.cli.session import Session, open_session
from provisioner.planning import make_plan
from provisioner.planning.recipe import Recipe
from provisioner.views.recipe import render_recipe


def explain_plan(
    paths: tuple[Path, ...],
    explain_as: str | None,
    *,
    detailed_exitcode: bool,
    journal: Path,
    **connecting: Any,
) -> None:
    """Nothing but reads is sent. Exits with 2 where that was asked for and there are changes."""
    with told_errors(print_problems), open_session(paths, **connecting) as opened:
        session = replace(opened, seals=seals_known(journal, opened))
        recipe = asyncio.run(_explain(session))
        if explain_as == "curl":
            from provisioner.views.recipe_curl import render_curl

            click.echo(render_curl(recipe, session.types), nl=False)
        elif explain_as == "postman":
            from provisioner.views.recipe_postman import postman_collection

            print_json(postman_collection(recipe, session.types))
        else:
            click.echo(render_recipe(recipe, session.types, paint=paint_for(sys.stdout)))
    if detailed_exitcode and recipe.calls:
        sys.exit(CHANGES)


async def _explain(session: Session) -> Recipe:
    async with session.connect() as client:
        live = await session.read(client)
        plan = make_plan(session.desired, live, session.types)
        jinja = environment(session.desired.templates)
        writer = Writer(client, session.types, Unrecorded(), session.settle, jinja=jinja)
        return await explain(plan, live, writer)
