"""Is this account able to deliver? Looked up for every application and sippeer of a spec.

Nothing is written. What may not be seen is told as unknown, which is no failure: only what is known
to make messages fail is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.account.auth import BasicCredentials
from provisioner.account.client import Client
from provisioner.account.fetching import get_item
from provisioner.account.paths import fill, path_ids
from provisioner.account.xml import Element, text_at
from provisioner.errors import Rejected, Unauthorized, Unreadable
from provisioner.messaging.callback_urls import is_in_the_clear, unreachable
from provisioner.messaging.declared_callbacks import declared_callbacks
from provisioner.messaging.findings import Finding, Level, unknown
from provisioner.messaging.locations import Location, examine_location
from provisioner.messaging.message_list import search
from provisioner.messaging.probe import probe
from provisioner.messaging.registrations import Campaigns, read_campaigns, read_older_campaigns
from provisioner.model import Address, DesiredState, LiveState
from provisioner.resource_type import Types

DIRECTIONS = ("Inbound", "Outbound")
OLDER_URLS = ("CallbackUrl", "MsgCallbackUrl")


@dataclass(frozen=True, slots=True)
class Examination:
    """What it takes. `newer` speaks v2 of the numbers API, `messaging` the messaging API.
    `probes` is whether callback URLs are called."""

    desired: DesiredState
    live: LiveState
    types: Types
    client: Client
    newer: Client
    messaging: Client
    probes: bool

    async def findings(self) -> list[Finding]:
        """In the order of the spec. Raises Unreachable."""
        roles = [
            self._tolerant("credentials", "messaging", self._can_send()),
        ]
        campaigns = await self._campaigns()
        applications = [
            self._tolerant(str(each), "callback URL", self._application(each))
            for each in self.desired.resources
            if each.type == "application"
        ]
        locations = [
            self._tolerant(str(each), "location", self._location(each, campaigns))
            for each in self.desired.resources
            if each.type == "sippeer"
        ]
        found = await asyncio.gather(*roles, *applications, *locations)
        return [finding for part in found for finding in part]

    async def _tolerant(
        self, subject: str, check: str, work: Coroutine[Any, Any, list[Finding]]
    ) -> list[Finding]:
        try:
            return await work
        except (Unauthorized, Rejected, Unreadable) as error:
            return [unknown(subject, check, error)]

    async def _can_send(self) -> list[Finding]:
        """Asks for a message that is not there, since nothing but sending tells for sure."""
        subject, check = "credentials", "messaging"
        try:
            await search(self.messaging, {"messageId": "provisioner-verify"})
        except Unauthorized as error:
            way_out = (
                f"Check {self.messaging.connection.credentials_hint}, and that they have the role "
                "for messaging."
            )
            return [Finding(subject, check, Level.ERROR, str(error), way_out)]
        return [Finding(subject, check, Level.OK, "They are taken.")]

    async def _campaigns(self) -> Campaigns | str:
        """The campaigns, or why they cannot be seen. Where v2 does not know of them, v1 may."""
        try:
            return await read_campaigns(self.newer)
        except (Unauthorized, Rejected, Unreadable) as error:
            reason = str(error)
        if self.client.connection.version != "v1":
            return reason
        try:
            return await read_older_campaigns(self.client, reason)
        except (Unauthorized, Rejected, Unreadable):
            return reason

    async def _application(self, address: Address) -> list[Finding]:
        subject = str(address)
        if address not in self.live.ids:
            return [_not_there(subject)]
        resource_type = self.types["application"]
        path = fill(resource_type.item, path_ids(address, self.live.ids, self.types))
        item = await get_item(self.client, path, resource_type)
        if item is None:
            return [_not_there(subject)]
        found = []
        for url, directions in _callback_urls(item).items():
            only = f"{directions[0]} " if len(directions) == 1 else ""
            check = f"{only}callback URL"
            credentials = _credentials(self.desired, address, directions)
            found += await self._callback_url(subject, check, url, credentials)
        return found or [
            Finding(
                subject,
                "callback URL",
                Level.ERROR,
                "It has no callback URL: nobody hears what becomes of messages.",
                "Declare `callback_url:`, and apply.",
            )
        ]

    async def _callback_url(
        self, subject: str, check: str, url: str, credentials: BasicCredentials | None
    ) -> list[Finding]:
        change = "Declare the URL of your own server, and apply."
        if reason := unreachable(url, from_here=self.client.connection.on_this_machine):
            return [Finding(subject, check, Level.ERROR, reason, change)]
        found = []
        if is_in_the_clear(url):
            told = f"{url} is plain http: texts and credentials travel in the clear."
            found.append(Finding(subject, check, Level.WARNING, told, "Use https, and apply."))
        if self.probes:
            found.append(await probe(subject, check, url, credentials, self.client))
        return found or [Finding(subject, check, Level.OK, url)]

    async def _location(self, address: Address, campaigns: Campaigns | str) -> list[Finding]:
        if address not in self.live.ids:
            return [_not_there(str(address))]
        location = Location(
            address=address,
            ids=path_ids(address, self.live.ids, self.types),
            numbers=self.live.numbers.get(address, ()),
            without=_declared_off(self.desired, address),
            declared_application=_application_id(self.desired, self.live, address),
            applications={
                server_id: each.path[-1]
                for each, server_id in self.live.ids.items()
                if each.type == "application"
            },
        )
        return await examine_location(location, campaigns, self.client, self.newer, self.types)


def _not_there(subject: str) -> Finding:
    told = "It is not in the account."
    return Finding(subject, "existence", Level.ERROR, told, "Apply the spec first.")


def _callback_urls(item: Element) -> Mapping[str, tuple[str, ...]]:
    """Each URL with its directions. The older names stand for both (vendor interface
    description)."""
    older = next((text for name in OLDER_URLS if (text := text_at(item, name))), "")
    urls: dict[str, tuple[str, ...]] = {}
    for direction in DIRECTIONS:
        url = text_at(item, f"{direction}CallbackUrl") or older
        if url:
            urls[url] = (*urls.get(url, ()), direction.lower())
    return urls


def _credentials(
    desired: DesiredState, address: Address, directions: Collection[str]
) -> BasicCredentials | None:
    """The first that are declared for one of the directions."""
    declared = declared_callbacks(desired.resources[address])
    found = (each.credentials for each in declared if each.direction in directions)
    return next((each for each in found if each is not None), None)


def _declared_off(desired: DesiredState, address: Address) -> Collection[str]:
    return {each.type for each in desired.absent if each.path == address.path}


def _application_id(desired: DesiredState, live: LiveState, address: Address) -> str:
    """The id of the application that the spec gives a location, "" for none or one not there."""
    link = desired.resources.get(Address("messaging_application", address.path))
    named = link.attributes.get("application") if link else None
    return live.ids.get(named, "") if isinstance(named, Address) else ""
