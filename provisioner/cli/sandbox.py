"""`provisioner sandbox`: an account on this machine for anything that speaks the API."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from provisioner.cli.options import Finite
from provisioner.cli.output import print_json_line, print_problems, told_errors
from provisioner.sandbox.app import create_app
from provisioner.sandbox.failures.fault_rules import RuleError, read_rule
from provisioner.sandbox.failures.faults import Fault
from provisioner.sandbox.memory.snapshots import Snapshot, SnapshotError, read_file
from provisioner.sandbox.server import serve
from provisioner.sandbox.settings import DIALECTS, Settings

_ACCOUNT = re.compile("[A-Za-z0-9_-]+")
_MOST_STOCK = 10**9


Said = tuple[str, ...]


def _read_accounts(_: click.Context, __: click.Parameter, said: Said) -> Said:
    for each in said:
        if not _ACCOUNT.fullmatch(each):
            raise click.BadParameter(f"{each!r} must be of letters, digits, - and _.")
    return said


def _read_faults(_: click.Context, __: click.Parameter, said: Said) -> tuple[Fault, ...]:
    try:
        return tuple(map(read_rule, said))
    except RuleError as error:
        raise click.BadParameter(f"{error}.") from None


def _read_stock(_: click.Context, __: click.Parameter, said: Said) -> dict[str, int]:
    """Numbers by area code; the code is empty where it is for all others."""
    sizes = {}
    for each in said:
        code, _equals, size = each.rpartition("=")
        if not (size.isascii() and size.isdecimal() and int(size[:12]) <= _MOST_STOCK):
            raise click.BadParameter(f"{each!r} must be a number, or as in 910=5.")
        sizes[code] = int(size)
    return sizes


def _read_seed(path: Path | None, settings: Settings) -> Snapshot | None:
    if path is None:
        return None
    if path.suffix in (".yaml", ".yml"):
        from provisioner.cli.seeding import snapshot_of_spec

        return snapshot_of_spec(path, settings)
    try:
        return read_file(path)
    except OSError as error:
        raise click.UsageError(f"--seed: {path}: {error.strerror}.") from None
    except SnapshotError as error:
        raise click.UsageError(f"--seed: {path}: {error}.") from None


@click.command(name="sandbox")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="0 picks a free one.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the account in this file; without it, in memory.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Begin with this snapshot of a sandbox, or with what this spec (.yaml) declares; for a "
    "new state file only.",
)
@click.option(
    "--account",
    "accounts",
    callback=_read_accounts,
    multiple=True,
    metavar="ID",
    default=[Settings.account],
    show_default=True,
    help="The account's id. Several open by the same credentials.",
)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default=Settings.dialect,
    show_default=True,
    help="How the service answers: docs/sandbox.md tells them apart.",
)
@click.option(
    "--stock",
    callback=_read_stock,
    multiple=True,
    metavar="[CODE=]N",
    help=f"How many numbers an area code has, or all others have ({Settings.stock}).",
)
@click.option(
    "--latency-ms",
    type=Finite(0),
    default=0,
    show_default=True,
    help="Time added to every answer.",
)
@click.option(
    "--rate-limit",
    type=Finite(min=0, min_open=True),
    metavar="N",
    help="Refuse more than N requests a second of a kind (HTTP 429).",
)
@click.option(
    "--order-delay",
    type=Finite(0),
    default=Settings.order_delay,
    show_default=True,
    metavar="SECONDS",
    help="Time until an order is at its end.",
)
@click.option(
    "--message-delay",
    type=Finite(0),
    default=Settings.message_delay,
    show_default=True,
    metavar="SECONDS",
    help="Time until a message is delivered or has failed.",
)
@click.option(
    "--list-lag",
    type=Finite(0),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Time until lists show what is new.",
)
@click.option(
    "--registration-required",
    is_flag=True,
    help="Messages fail without a campaign, or a verified toll-free number.",
)
@click.option(
    "--fault",
    "faults",
    callback=_read_faults,
    multiple=True,
    metavar="RULE",
    help="Let requests fail, as in 'POST /orders drop-after nth=1'.",
)
@click.option(
    "--no-callbacks", is_flag=True, help="Post nothing to applications and subscriptions."
)
@click.option("--open", "opens", is_flag=True, help="Show the sandbox in your browser.")
@click.option("--json", "as_json", is_flag=True, help="Print the ready line as JSON.")
def command(
    port: int,
    state: Path | None,
    seed: Path | None,
    accounts: tuple[str, ...],
    dialect: str,
    stock: dict[str, int],
    latency_ms: float,
    rate_limit: float | None,
    order_delay: float,
    message_delay: float,
    list_lag: float,
    registration_required: bool,
    faults: tuple[Fault, ...],
    no_callbacks: bool,
    opens: bool,
    as_json: bool,
) -> None:
    """Serve an account on loopback until Ctrl-C."""
    by_code = {code: size for code, size in stock.items() if code}
    try:
        first = Settings(
            account=accounts[0],
            dialect=dialect,
            latency=latency_ms / 1000,
            rate_limit=rate_limit,
            order_delay=order_delay,
            message_delay=message_delay,
            list_lag=list_lag,
            stock=stock.get("", Settings.stock),
            stock_by_area_code=by_code,
            registration_required=registration_required,
            callbacks=not no_callbacks,
        )
        login = first.logins[0]
        beside = tuple(replace(login, account=account) for account in accounts[1:])
        settings = replace(first, accounts=beside)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    tell = partial(_tell_json if as_json else _tell, settings)
    with told_errors(print_problems), contextlib.suppress(KeyboardInterrupt):
        snapshot = _read_seed(seed, settings)
        if state is not None:
            state.touch(mode=0o600)
        export = partial(_exported, settings)
        app = partial(create_app, settings, state, faults=faults, seed=snapshot, export=export)
        try:
            serve(app, port, partial(_open_too, tell) if opens else tell)
        except SnapshotError as error:
            raise click.UsageError(f"--seed: {error}.") from None


def _exported(settings: Settings, url: str, account: str) -> str:
    from provisioner.cli.sandbox_export import exported

    return exported(settings, url, account)


def _open_too(tell: Callable[[str], None], url: str) -> None:
    """Beside the server: some browsers are waited for until they are closed."""
    tell(url)
    threading.Thread(target=_open, args=[url], daemon=True).start()


def _open(url: str) -> None:
    import webbrowser

    if not webbrowser.open(url):
        click.echo(f"There is no browser to open: go to {url} yourself.", err=True)


def _tell_json(settings: Settings, url: str) -> None:
    print_json_line(
        {
            "event": "ready",
            "url": url,
            "account": settings.account,
            "username": settings.username,
            "password": settings.password,
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "messaging_token": settings.messaging_token,
            "messaging_secret": settings.messaging_secret,
            "accounts": [login.account for login in settings.logins],
        }
    )


def _tell(settings: Settings, url: str) -> None:
    accounts = ", ".join(login.account for login in settings.logins)
    click.echo(
        f"Sandbox ready at {url}: account {accounts}, user {settings.username}, password "
        f"{settings.password}, client id {settings.client_id}, client secret "
        f"{settings.client_secret} (Ctrl-C stops it)"
    )
