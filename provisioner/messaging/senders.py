"""Who sends: a number, and the application that its location has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.account.client import Client
from provisioner.account.fetching import get_item
from provisioner.account.inventory import ids_of_place, numbers_on
from provisioner.account.paths import fill
from provisioner.account.xml import text_at
from provisioner.errors import SettingsError
from provisioner.resource_type import Types


@dataclass(frozen=True, slots=True)
class Sender:
    number: str
    application: str
    """Its id."""


async def sender_at(client: Client, place: str, ids: Mapping[str, str], types: Types) -> Sender:
    """The lowest number of a location, so that it is the same one each time.

    `place` is what the location is called, `ids` those of its site and sippeer. Raises
    SettingsError where it has no number or no application.
    """
    path = client.account_path + fill(types["sippeer"].item, ids)
    numbers, application = await asyncio.gather(
        numbers_on(client, path), application_of(client, ids, types)
    )
    if not numbers:
        raise SettingsError(
            f"{place} has no number to send from. Declare `numbers:` there, and apply."
        )
    return Sender(numbers[0], _linked(place, application))


async def sender_with(client: Client, number: str, types: Types) -> Sender:
    """The application follows from where the number is. Raises SettingsError where it is on no
    location, or on one without an application."""
    ids = await _place_of(client, number)
    if ids is None:
        raise SettingsError(
            f"{number} is on no location of account {client.connection.account}, so that its "
            "application is not known. Send from a number of this account, or add --application."
        )
    return Sender(
        number, _linked(f"The location of {number}", await application_of(client, ids, types))
    )


def _linked(place: str, application: str) -> str:
    if not application:
        raise SettingsError(
            f"{place} has no application: messages would be accepted and never delivered. Declare "
            "`application:` there, and apply."
        )
    return application


async def application_of(client: Client, ids: Mapping[str, str], types: Types) -> str:
    """The id of the application that a location is assigned, "" for none."""
    link = types["messaging_application"]
    item = await get_item(client, fill(link.item, ids), link)
    if item is None:
        return ""
    row = link.field_named("application")
    return row.read([text_at(item, path) for path in row.elements]) or ""


async def _place_of(client: Client, number: str) -> dict[str, str] | None:
    """The ids of the site and the sippeer that hold a number of the account."""
    site, sippeer = await ids_of_place(client, number)
    return {"site": site, "sippeer": sippeer} if site and sippeer else None
