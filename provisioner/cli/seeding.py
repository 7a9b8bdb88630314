"""A spec as the beginning of a sandbox: applied to a throwaway account, whose snapshot is taken."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from provisioner.account.client import Client
from provisioner.account.connection import Connection, connection_from
from provisioner.account.intents import Unrecorded
from provisioner.account.reader import read_live
from provisioner.account.writer import Writer
from provisioner.cli.output import print_problems
from provisioner.cli.session import secrets_of, variables_of
from provisioner.errors import Problem, SettingsError, Severity
from provisioner.execution.events import Status, StepFinished
from provisioner.execution.executor import execute
from provisioner.model import DesiredState, Limits
from provisioner.planning import make_plan
from provisioner.planning.memberships import declared_ids
from provisioner.resources import resource_types
from provisioner.sandbox.memory.snapshots import Snapshot, take_snapshot
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from provisioner.spec import load_spec


def snapshot_of_spec(path: Path, settings: Settings) -> Snapshot:
    """What an account holds that a spec was applied to. Raises ProvisionerErrors as apply does.

    The spec's own account and the environment's credentials play no part: it goes into the
    account of `settings`, at once and without its faults.
    """
    environ = {**os.environ, "BW_ACCOUNT_ID": ""}
    desired = load_spec([path], environ, resource_types())
    _warn_of_another_account(desired.account, settings)
    # What nobody pays for needs no limits.
    desired = replace(desired, account=settings.account, limits=Limits(new_numbers=sys.maxsize))
    at_once = replace(
        settings,
        dialect="v1",
        latency=0,
        rate_limit=None,
        order_delay=0,
        list_lag=0,
        campaigns=tuple(sorted(declared_ids(desired.resources.values(), resource_types()))),
    )
    with Server(at_once) as server:
        connection = connection_from(
            variables_of(server.url, at_once), settings.account, secrets=secrets_of(desired)
        )
        asyncio.run(_apply(desired, connection))
        return take_snapshot(server.app.state.memory)


def _warn_of_another_account(meant: str, settings: Settings) -> None:
    if meant and meant != settings.account:
        detail = (
            f"The spec is of account {meant}, and what it declares is put into {settings.account}."
            f" Commands with this spec would be refused here: start with --account {meant}."
        )
        print_problems((Problem(Severity.WARNING, "other-account", "Another account", detail),))


async def _apply(desired: DesiredState, connection: Connection) -> None:
    types = resource_types()
    async with Client(connection) as client:
        live = await read_live(desired, client, types)
        plan = make_plan(desired, live, types)
        events = execute(
            plan, live, Writer(client, types, Unrecorded(), settle=0), stop=asyncio.Event()
        )
        failed = [
            f"{event.step.address}: {event.error}"
            async for event in events
            if isinstance(event, StepFinished) and event.status in (Status.FAILED, Status.SHORT)
        ]
    if failed:
        raise SettingsError(f"The seed cannot be applied. {'; '.join(failed)}")
