"""`provisioner history`: who applied what, and what came of it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.output import (
    paint_for,
    print_json,
    print_problems,
    print_refusal_as_json,
    told_errors,
    width,
)
from provisioner.errors import SettingsError
from provisioner.execution.history import read_run, read_runs
from provisioner.resources import resource_types
from provisioner.views.history import history_document, render_history, render_run, run_document


@click.command(name="history")
@click.argument("run", required=False, type=click.IntRange(1))
@options.journal
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="How many runs to list, the newest first.",
)
@options.as_json
def command(run: int | None, journal: Path, limit: int, as_json: bool) -> None:
    """List the runs of apply in the journal, or show one with its steps, ids and orders."""
    with told_errors(print_refusal_as_json if as_json else print_problems):
        if run is None:
            _list_runs(journal, limit, as_json=as_json)
        else:
            _show_run(journal, run, as_json=as_json)


def _list_runs(journal: Path, limit: int, *, as_json: bool) -> None:
    runs = read_runs(journal, limit)
    if as_json:
        print_json(history_document(runs))
    elif runs:
        click.echo(render_history(runs, width=width(), paint=paint_for(sys.stdout)))
    else:
        click.echo(f"No run is recorded in {journal}.")


def _show_run(journal: Path, number: int, *, as_json: bool) -> None:
    run = read_run(journal, number)
    if run is None:
        raise SettingsError(
            f"There is no run {number} in {journal}. `provisioner history` lists them."
        )
    if as_json:
        print_json(run_document(run))
    else:
        text = render_run(run, resource_types(), width=width(), paint=paint_for(sys.stdout))
        click.echo(text)
