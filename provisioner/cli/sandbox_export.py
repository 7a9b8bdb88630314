"""A sandbox's account as a spec, for its page to offer: read over HTTP, as any account is."""

from __future__ import annotations

import asyncio

from provisioner.account.client import Client
from provisioner.account.connection import Connection, connection_from
from provisioner.account.survey import survey
from provisioner.cli.session import variables_of
from provisioner.model import LiveState
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.sandbox.settings import Settings
from provisioner.spec.exporting import export_spec


def exported(settings: Settings, url: str, account: str) -> str:
    """The spec's text, of one of the accounts that a running sandbox serves at `url`.

    Must not be called where the sandbox's own event loop runs: it would wait for itself. Raises
    AccountError, as where a fault of the sandbox is in the way.
    """
    types = resource_types()
    connection = connection_from(variables_of(url, settings), account)
    live = asyncio.run(_read(connection, types))
    return export_spec(live, types).text


async def _read(connection: Connection, types: Types) -> LiveState:
    async with Client(connection) as client:
        return await survey(client, types, told=lambda read, known: None, only={})
