"""From the command line to messaging: the spec where one is needed, and both APIs' connections."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection, connection_from
from provisioner.account.paths import path_ids
from provisioner.account.reader import read_live
from provisioner.cli.connection_options import Reaching
from provisioner.cli.options import DEFAULT_SPEC, Filling
from provisioner.cli.reading import ReadSpec, environment
from provisioner.cli.session import (
    SANDBOX_NAME,
    USER_AGENT,
    clock_of_run,
    reachable,
    secrets_of,
    with_account,
)
from provisioner.cli.tracing import show_requests
from provisioner.errors import PlanRefused, SettingsError, Severity
from provisioner.messaging.connection import messaging_connection_from
from provisioner.messaging.draft import Draft
from provisioner.messaging.senders import Sender, sender_at, sender_with
from provisioner.messaging.telephone import read_number
from provisioner.model import Address, DesiredState
from provisioner.planning.memberships import declared_ids
from provisioner.resource_type import Types, lineage
from provisioner.resources import resource_types
from provisioner.spec.settings import ACCOUNT_VARIABLE


@dataclass(frozen=True, slots=True)
class Mailing:
    """What `send` and `verify` work with. Without a spec, `desired` declares nothing.

    The connection to the numbers API is made only where something is looked up there: older
    credentials open messaging alone.
    """

    desired: DesiredState
    types: Types
    environ: Mapping[str, str]
    messaging: Connection
    parallelism: int
    settle: float
    allow_insecure_http: bool
    clock: Clock

    def connect(self) -> Client:
        return Client(self.messaging, parallelism=self.parallelism, clock=self.clock)

    def connect_account(self) -> Client:
        return Client(self.connection, parallelism=self.parallelism, clock=self.clock)

    @property
    def connection(self) -> Connection:
        """That of the numbers API. Raises SettingsError."""
        return connection_from(
            self.environ,
            self.desired.account,
            timeout=self.messaging.timeout,
            allow_insecure_http=self.allow_insecure_http,
            user_agent=self.messaging.user_agent,
            name=self.messaging.name,
            secrets=secrets_of(self.desired),
        )


@contextlib.contextmanager
def open_mailing(
    specs: tuple[Path, ...],
    *,
    read: ReadSpec,
    filling: Filling,
    reaching: Reaching,
    settle: float,
) -> Iterator[Mailing]:
    """Raises SpecError and SettingsError before anything is sent."""
    show_requests(reaching.trace)
    types = resource_types()
    if specs or DEFAULT_SPEC.exists():
        reading = read(specs or (DEFAULT_SPEC,), filling)
        desired, environ = reading.desired, reading.environ
    else:
        environ = environment(filling.env_files)
        desired = DesiredState(account=environ.get(ACCOUNT_VARIABLE, ""), resources={})
    desired = with_account(desired, sandbox=reaching.sandbox)
    campaigns = declared_ids(desired.resources.values(), types)
    with reachable(environ, desired.account, campaigns, sandbox=reaching.sandbox) as leading:
        messaging = messaging_connection_from(
            leading,
            desired.account,
            timeout=reaching.timeout,
            allow_insecure_http=reaching.allow_insecure_http,
            user_agent=USER_AGENT,
            name=SANDBOX_NAME if reaching.sandbox else "",
            secrets=secrets_of(desired),
        )
        yield Mailing(
            desired,
            types,
            leading,
            messaging,
            reaching.parallelism,
            settle,
            reaching.allow_insecure_http,
            clock_of_run(),
        )


async def find_senders(drafts: tuple[Draft, ...], mailing: Mailing) -> dict[Draft, Sender]:
    """The number and the application of each draft, each place looked up once.

    Raises SettingsError for what is not in the spec or cannot send, and AccountError.
    """
    needed = dict.fromkeys((draft.sender, draft.application) for draft in drafts)
    if all(_is_complete(*each) for each in needed):
        found = {each: Sender(read_number(each[0]), each[1]) for each in needed}
    else:
        async with mailing.connect_account() as client:
            lookup = _Lookup(client, mailing)
            found = {each: await lookup.sender(*each) for each in needed}
    return {draft: found[draft.sender, draft.application] for draft in drafts}


def _is_complete(sender: str, application: str) -> bool:
    return "/" not in sender and _is_id(application)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Lookup:
    client: Client
    mailing: Mailing

    async def sender(self, sender: str, application: str) -> Sender:
        if "/" in sender:
            found = await self._at(sender)
        elif application:
            found = Sender(read_number(sender), "")
        else:
            found = await sender_with(self.client, read_number(sender), self.mailing.types)
        if not application:
            return found
        return replace(found, application=await self._application(application))

    async def _at(self, place: str) -> Sender:
        address = self._declared("sippeer", place)
        types = self.mailing.types
        ids = await self._ids(address)
        return await sender_at(self.client, place, path_ids(address, ids, types), types)

    async def _application(self, said: str) -> str:
        if _is_id(said):
            return said
        address = self._declared("application", said)
        return (await self._ids(address))[address]

    def _declared(self, kind: str, said: str) -> Address:
        """The address of a spec that is written so."""
        known = [each for each in self.mailing.desired.resources if each.type == kind]
        for address in known:
            if "/".join(address.path) == said:
                return address
        there = ", ".join("/".join(each.path) for each in known) or "none, because no spec is read"
        raise SettingsError(f"The spec has no {kind} {said!r}; it has: {there}.")

    async def _ids(self, address: Address) -> Mapping[Address, str]:
        """Ids of a resource and of what it is part of. Raises where it is not there yet."""
        desired, types = self.mailing.desired, self.mailing.types
        path = lineage(address, types)
        part = replace(
            desired,
            resources={each: desired.resources[each] for each in path},
            pins={each: pin for each, pin in desired.pins.items() if each in path},
            absent=frozenset(),
        )
        live = await read_live(part, self.client, types)
        errors = [each for each in live.problems if each.severity is Severity.ERROR]
        if errors:
            raise PlanRefused(errors)
        if address not in live.ids:
            raise SettingsError(f"{address} is not in the account yet. Apply the spec first.")
        return live.ids
