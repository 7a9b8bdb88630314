"""The locations that use an application, of the whole account and not just of a spec."""

from __future__ import annotations

from http import HTTPStatus

from provisioner.account.client import Client
from provisioner.account.xml import items, named, text_at
from provisioner.errors import Rejected

NO_MESSAGING = "12103"
"""The account has no messaging over HTTP at all (vendor interface description)."""


async def list_users(client: Client, path: str) -> dict[str, str]:
    """Sippeer id -> "Site/Sippeer" (vendor interface description)."""
    try:
        answer = await client.get(client.account_path + path)
    except Rejected as error:
        if error.api_code != NO_MESSAGING:
            raise
        return {}
    if answer.status == HTTPStatus.NO_CONTENT:
        return {}
    rows = items(named(answer.root, "AssociatedSipPeersResponse"), "AssociatedSipPeer")
    return {
        text_at(row, "PeerId") or "": f"{text_at(row, 'SiteName')}/{text_at(row, 'PeerName')}"
        for row in rows
    }
