"""`provisioner plan`: what apply would do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from provisioner import __version__
from provisioner.cli import connection_options, options, report_options
from provisioner.cli.exits import CHANGES
from provisioner.cli.explaining import explain_plan
from provisioner.cli.output import (
    paint_for,
    print_json_line,
    print_problems,
    print_refusal_as_json_line,
    telling_also,
    told_errors,
    width,
)
from provisioner.cli.progress import timestamp
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.cli.recording import seals_known
from provisioner.cli.reports import write_plan_reports, write_refusal_reports
from provisioner.cli.session import Session, as_chosen, open_session
from provisioner.model import DesiredState, LiveState
from provisioner.planning import Plan, make_plan
from provisioner.resource_type import Shape, Types
from provisioner.resources import resource_types
from provisioner.views.plan_json import plan_document
from provisioner.views.plan_text import render_plan

NAMED = tuple(each.name for each in resource_types().values() if each.shape is Shape.NAMED)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was made of."""

    plan: Plan
    live: LiveState
    desired: DesiredState
    types: Types


@click.command(name="plan")
@options.specs
@connection_options.connecting
@options.quiet
@options.planning
@options.journal
@options.as_json
@options.detailed_exitcode
@click.option(
    "--against",
    metavar="REV",
    help="Compare with the spec at a git revision instead of the account; offline.",
)
@click.option(
    "--unmanaged",
    is_flag=True,
    help="List what the account has and the spec does not name, with ids.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save the plan, for `apply FILE` to carry out just that one.",
)
@click.option("--explain", is_flag=True, help="Show the HTTP calls that it comes to, instead.")
@click.option(
    "--as",
    "explain_as",
    type=click.Choice(("curl", "postman")),
    help="Show these calls as a script, or as a Postman collection.",
)
@report_options.of_plan
def command(
    specs: tuple[Path, ...],
    against: str | None,
    unmanaged: bool,
    out: Path | None,
    explain: bool,
    explain_as: str | None,
    **given: Any,
) -> None:
    """Show what apply would do for spec files or folders (default: provisioner.yaml)."""
    paths = options.spec_paths(specs)
    if against is not None and given["reaching"].sandbox:
        raise click.UsageError("--against asks no account: leave out --sandbox.")
    if against is not None and unmanaged:
        raise click.UsageError("--against asks no account: leave out --unmanaged.")
    if against is not None and out is not None:
        raise click.UsageError("A plan by --against asks no account: leave out --out.")
    if explain or explain_as:
        reports, as_json, verbose = (given.pop(each) for each in ("reports", "as_json", "verbose"))
        beside = (against, out, unmanaged, as_json, verbose, reports != report_options.Reports())
        if any(beside):
            raise click.UsageError(
                "--explain shows calls and nothing else: leave out --against, --out, --unmanaged, "
                "--json, --verbose and the options for reports."
            )
        explain_plan(paths, explain_as, **given)
    else:
        show_plan_only(paths, against=against, unmanaged=unmanaged, out=out, **given)


def show_plan_only(
    paths: tuple[Path, ...],
    *,
    as_json: bool,
    detailed_exitcode: bool,
    verbose: bool,
    reports: report_options.Reports,
    against: str | None = None,
    unmanaged: bool = False,
    out: Path | None = None,
    **connecting: Any,
) -> None:
    """Everything but carrying it out. Exits with 2 where that was asked for and is so."""
    tell = telling_also(
        print_refusal_as_json_line if as_json else print_problems,
        lambda problems: write_refusal_reports(reports, "plan", problems, paths),
    )
    with told_errors(tell):
        if against is not None:
            planned = plan_against(against, paths, **connecting)
        else:
            planned = plan_for_account(paths, listed=NAMED if unmanaged else (), **connecting)
        if out is not None:
            save(planned, out, connecting["override_limits"])
        if as_json:
            print_plan_as_json(planned)
        else:
            print_plan(planned, verbose=verbose, unmanaged=unmanaged)
        write_plan_reports(reports, planned.plan, planned.desired, planned.types)
    if detailed_exitcode and planned.plan.has_changes:
        sys.exit(CHANGES)


def plan_for_account(
    paths: tuple[Path, ...], listed: Collection[str] = (), *, journal: Path, **connecting: Any
) -> Planned:
    """`listed`: types of which everything is looked for, though nothing of them is declared."""
    with open_session(paths, **connecting) as opened:
        session = replace(opened, seals=seals_known(journal, opened))
        live = asyncio.run(_read(session, listed))
        plan = make_plan(session.desired, live, session.types)
        return Planned(plan, live, session.desired, session.types)


async def _read(session: Session, listed: Collection[str]) -> LiveState:
    async with session.connect() as client:
        return await session.read(client, listed=listed)


def plan_against(
    revision: str,
    paths: tuple[Path, ...],
    *,
    filling: options.Filling,
    resend_secrets: bool,
    override_limits: str,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    **_: Any,
) -> Planned:
    """What separates the files from what they were, both filled in with the same values, so that
    no secret can differ. The account is not asked: the options about reaching it mean nothing."""
    from provisioner.cli.revisions import find_revision, load_spec_at
    from provisioner.planning.as_declared import live_as_declared

    types = resource_types()
    reading = read_spec_without_secrets(paths, filling)
    desired = reading.desired
    found = find_revision(revision, paths)
    before = load_spec_at(found, paths, reading.environ, types, reading.inputs)
    live = live_as_declared(before, desired, types, revision=str(found))
    desired = as_chosen(
        replace(desired, account=desired.account or "unnamed"),
        resend_secrets=resend_secrets,
        override_limits=override_limits,
        targets=targets,
        excludes=excludes,
    )
    plan = make_plan(desired, replace(live, account=desired.account), types)
    return Planned(plan, live, desired, types)


def save(planned: Planned, path: Path, overridden_because: str) -> None:
    """Raises PlanRefused where it cannot be carried out by a saved plan."""
    from provisioner.cli.saved_plan import write_saved_plan
    from provisioner.planning.saved import save_plan

    saved = save_plan(
        planned.plan, planned.live, planned.desired, planned.types, overridden_because
    )
    write_saved_plan(path, saved, planned.desired)
    click.echo(f"Saved to {path}. `provisioner apply {path}` carries out just this.", err=True)


def print_plan(planned: Planned, *, verbose: bool, unmanaged: bool = False) -> None:
    text = render_plan(
        planned.plan,
        planned.types,
        width=width(),
        verbose=verbose,
        unmanaged=unmanaged,
        paint=paint_for(sys.stdout),
    )
    click.echo(text)


def print_plan_as_json(planned: Planned) -> None:
    document = plan_document(
        planned.plan, planned.desired, created_at=timestamp(), tool_version=__version__
    )
    print_json_line({"type": "plan", **document})
