"""From the command line to a client: the spec, the connection and the embedded account."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner import __version__
from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection, connection_from
from provisioner.account.intents import Made
from provisioner.account.reader import read_live
from provisioner.cli.connection_options import Reaching, Tracing
from provisioner.cli.options import Filling
from provisioner.cli.progress import told_of_reading
from provisioner.cli.reading import ReadSpec, read_spec
from provisioner.cli.tracing import show_requests
from provisioner.errors import SettingsError
from provisioner.execution.sealing import NOTHING_SEALED, Seals, secrets_as_sent
from provisioner.model import NO_LIMITS, Address, DesiredState, LiveState, Secret, Selection
from provisioner.planning.memberships import declared_ids
from provisioner.resource_type import Types
from provisioner.resources import resource_types

if TYPE_CHECKING:
    from provisioner.sandbox.settings import Settings

STATE_FOLDER = Path(".provisioner")
SANDBOX_ACCOUNT = "9900778"
SANDBOX_NAME = "sandbox"
USER_AGENT = f"bandwidth-provisioner/{__version__}"


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with. `connect` makes the client, to be used in an event loop."""

    desired: DesiredState
    types: Types
    connection: Connection
    parallelism: int
    settle: float
    clock: Clock
    override: str = ""
    """Why the spec's limits do not hold this once; "" where they do."""
    seals: Seals = NOTHING_SEALED
    trace: Tracing = field(default_factory=Tracing)
    quiet: bool = False

    def connect(self) -> Client:
        return Client(self.connection, parallelism=self.parallelism, clock=self.clock)

    def told_of_reading(self, client: Client) -> contextlib.AbstractAsyncContextManager[None]:
        return told_of_reading(client.traffic, self.clock, self.trace, quiet=self.quiet)

    async def read(
        self,
        client: Client,
        *,
        numbers_of: Collection[Address] = (),
        listed: Collection[str] = (),
        whole: Collection[Address] = (),
        made: Collection[Made] = (),
    ) -> LiveState:
        async with self.told_of_reading(client):
            live = await read_live(
                self.desired,
                client,
                self.types,
                numbers_of=numbers_of,
                listed=listed,
                whole=whole,
                settle=self.settle,
                made=made,
            )
        return replace(live, as_sent=secrets_as_sent(self.desired, live, self.seals))


@contextlib.contextmanager
def open_session(
    specs: tuple[Path, ...],
    *,
    read: ReadSpec = read_spec,
    filling: Filling,
    reaching: Reaching,
    settle: float,
    quiet: bool = False,
    **chosen: Any,
) -> Iterator[Session]:
    """`chosen` are the options of planning. Raises SpecError and SettingsError before anything is
    sent."""
    show_requests(reaching.trace)
    types = resource_types()
    reading = read(specs, filling)
    desired = with_account(as_chosen(reading.desired, **chosen), sandbox=reaching.sandbox)
    with open_connection(
        reading.environ,
        desired.account,
        reaching,
        secrets=secrets_of(desired),
        campaigns=declared_ids(desired.resources.values(), types),
    ) as connection:
        yield Session(
            desired,
            types,
            connection,
            reaching.parallelism,
            settle,
            clock_of_run(),
            chosen.get("override_limits", ""),
            trace=reaching.trace,
            quiet=quiet,
        )


@contextlib.contextmanager
def open_connection(
    environ: Mapping[str, str],
    account: str,
    reaching: Reaching,
    *,
    secrets: Iterable[Secret] = (),
    campaigns: Iterable[str] = (),
) -> Iterator[Connection]:
    """To the account that the environment leads to, or to the embedded one."""
    with reachable(environ, account, campaigns, sandbox=reaching.sandbox) as leading:
        yield connection_from(
            leading,
            account,
            timeout=reaching.timeout,
            allow_insecure_http=reaching.allow_insecure_http,
            user_agent=USER_AGENT,
            name=SANDBOX_NAME if reaching.sandbox else "",
            secrets=secrets,
        )


@contextlib.contextmanager
def reachable(
    environ: Mapping[str, str], account: str, campaigns: Iterable[str], *, sandbox: bool
) -> Iterator[Mapping[str, str]]:
    """The variables that lead to the account. To the embedded one, which is served on loopback
    meanwhile, its state kept in this folder, only its own do; it has these campaigns, for nothing
    there would register one."""
    if not sandbox:
        yield environ
        return
    from provisioner.sandbox.server import Server
    from provisioner.sandbox.settings import Settings

    settings = Settings(account=account, campaigns=tuple(sorted(campaigns)))
    with Server(settings, private_file(STATE_FOLDER / f"sandbox-{account}.sqlite3")) as server:
        yield variables_of(server.url, settings)


def with_account(desired: DesiredState, *, sandbox: bool) -> DesiredState:
    """With an account, which for the embedded one need not be said. Raises SettingsError."""
    account = desired.account or (SANDBOX_ACCOUNT if sandbox else "")
    if not account:
        raise SettingsError(
            "The account is missing: export BW_ACCOUNT_ID, or write `account:` into a spec."
        )
    return replace(desired, account=account)


def clock_of_run() -> Clock:
    """That which the program was called with, or the machine's own."""
    return click.get_current_context().find_object(Clock) or Clock()


def as_chosen(
    desired: DesiredState,
    *,
    resend_secrets: bool = False,
    override_limits: str = "",
    targets: tuple[str, ...] = (),
    excludes: tuple[str, ...] = (),
) -> DesiredState:
    """What the files say, with what the command line says of it. Raises SettingsError."""
    selection = Selection(targets, excludes)
    if selection and desired.prune:
        raise SettingsError(
            "--target and --exclude go with no `prune:`, which is about all that is not declared. "
            "Take it out of the spec for this run, or plan the whole."
        )
    return replace(
        desired,
        resend_secrets=resend_secrets,
        selection=selection,
        limits=NO_LIMITS if override_limits else desired.limits,
    )


def variables_of(url: str, settings: Settings) -> dict[str, str]:
    """What reaches a sandbox, as environment variables."""
    return {
        "BW_API_URL": url,
        "BW_MESSAGING_URL": url,
        "BW_USERNAME": settings.username,
        "BW_PASSWORD": settings.password,
    }


def private_file(file: Path) -> Path:
    """Made where it is not there, with its folder: for this user only.

    What was sent to an embedded account is in it, passwords included. The folder for state keeps
    itself out of version control.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.parent == STATE_FOLDER:
        STATE_FOLDER.chmod(0o700)
        ignore = STATE_FOLDER / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    file.touch(mode=0o600)
    file.chmod(0o600)
    return file


def secrets_of(desired: DesiredState) -> Iterator[Secret]:
    for resource in desired.resources.values():
        yield from (each for each in resource.attributes.values() if isinstance(each, Secret))
