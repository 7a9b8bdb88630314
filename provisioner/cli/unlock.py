"""`provisioner unlock`: ends the lease of a run that is gone for good."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.exits import ERROR
from provisioner.cli.output import print_problems, told_errors
from provisioner.cli.reading import read_spec_without_secrets
from provisioner.errors import SettingsError
from provisioner.execution.journal import Journal
from provisioner.execution.lease import Lease
from provisioner.views.wording import duration


@click.command(name="unlock")
@options.specs
@options.journal
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(specs: tuple[Path, ...], journal: Path, yes: bool, filling: options.Filling) -> None:
    """End the lease of a run that is gone for good, so that another may begin.

    Shows who has it, and asks. Should that run be alive after all, it stops before its next write.
    With SPEC files or folders only the lease of their account is meant.
    """
    with told_errors(print_problems):
        accounts = {read_spec_without_secrets(specs, filling).desired.account} if specs else None
        if not journal.exists():
            click.echo(f"Nobody has a lease: there is no journal {journal}.")
            return
        with Journal(journal) as opened:
            leases = [
                each for each in opened.leases() if accounts is None or each.account in accounts
            ]
            ended = [_end(opened, each, ask=not yes) for each in _one_at_most(leases, yes=yes)]
    if not leases:
        click.echo(f"Nobody has a lease in {journal}.")
    if not all(ended):
        sys.exit(ERROR)


def _one_at_most(leases: list[Lease], *, yes: bool) -> list[Lease]:
    if yes and len(leases) > 1:
        raise SettingsError(
            f"{len(leases)} runs have a lease: {'; '.join(map(_told, leases))}. Leave --yes out to "
            "be asked about each."
        )
    return leases


def _end(journal: Journal, lease: Lease, *, ask: bool) -> bool:
    click.echo(f"{_told(lease)}.", err=True)
    if ask:
        if not sys.stdin.isatty():
            raise SettingsError("There is no terminal to ask on. Add --yes to end it.")
        if not click.confirm("End its lease?", default=False, err=True):
            return False
    journal.end_lease(lease)
    click.echo("The lease is ended. The next apply first finds out what that run left open.")
    return True


def _told(lease: Lease) -> str:
    silent = duration(max(0.0, time.time() - lease.heartbeat))
    return f"{lease} has account {lease.account} at {lease.origin}; last heard of {silent} ago"
