"""`provisioner verify`: whether messages would be delivered, found out beforehand."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provisioner.account.client import Client
from provisioner.account.reader import read_live
from provisioner.cli import connection_options, options
from provisioner.cli.exits import ERROR
from provisioner.cli.mailing import Mailing, open_mailing
from provisioner.cli.output import (
    paint_for,
    print_json,
    print_problems,
    print_refusal_as_json,
    told_errors,
    width,
)
from provisioner.cli.reading import read_spec, read_spec_without_secrets
from provisioner.errors import PlanRefused, Severity
from provisioner.messaging.findings import Finding, would_fail
from provisioner.messaging.readiness import Examination
from provisioner.views.readiness import readiness_document, readiness_junit, render_readiness

EXAMINED = frozenset({"application", "site", "sippeer"})


@click.command(name="verify")
@options.specs
@connection_options.connecting
@options.as_json
@click.option(
    "--junit",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the findings as JUnit XML, too.",
)
@click.option("--probe", is_flag=True, help="Call each callback URL, with an empty list of events.")
def command(
    specs: tuple[Path, ...], as_json: bool, junit: Path | None, probe: bool, **connecting: Any
) -> None:
    """Tell whether messages of what the spec declares would be delivered.

    Looks at features, applications, callback URLs, numbers, 10DLC campaigns and toll-free
    verifications, and says what to do. Changes nothing. Exits with 1 where messages would fail.
    """
    tell = print_refusal_as_json if as_json else print_problems
    # Only a probe shows callback credentials to anybody.
    read = read_spec if probe else read_spec_without_secrets
    paths = options.spec_paths(specs)
    with told_errors(tell), open_mailing(paths, read=read, **connecting) as mailing:
        findings = asyncio.run(_examine(mailing, probes=probe))
        origin = mailing.messaging.name or mailing.connection.origin
        account = mailing.desired.account
        if junit is not None:
            junit.write_text(readiness_junit(account, findings), encoding="utf-8")
        if as_json:
            print_json(dict(readiness_document(account, origin, findings)))
        else:
            text = render_readiness(
                account, origin, findings, width=width(), paint=paint_for(sys.stdout)
            )
            click.echo(text)
    if would_fail(findings):
        sys.exit(ERROR)


async def _examine(mailing: Mailing, *, probes: bool) -> list[Finding]:
    desired = mailing.desired
    examined = {
        address: each for address, each in desired.resources.items() if address.type in EXAMINED
    }
    part = replace(desired, resources=examined, absent=frozenset())
    locations = [address for address in examined if address.type == "sippeer"]
    newer = Client(
        replace(mailing.connection, version="v2"),
        parallelism=mailing.parallelism,
        clock=mailing.clock,
    )
    async with mailing.connect_account() as client, newer, mailing.connect() as messaging:
        live = await read_live(part, client, mailing.types, numbers_of=locations)
        errors = [each for each in live.problems if each.severity is Severity.ERROR]
        if errors:
            raise PlanRefused(errors)
        examination = Examination(
            desired, live, mailing.types, client, newer, messaging, probes=probes
        )
        return await examination.findings()
