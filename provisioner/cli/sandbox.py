"""`provisioner sandbox`: an account on this machine for anything that speaks the API."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from provisioner.cli.output import print_json_line, print_problems, told_errors
from provisioner.cli.session import SANDBOX_ACCOUNT
from provisioner.sandbox.server import serve
from provisioner.sandbox.settings import Settings


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
@click.option("--account", default=SANDBOX_ACCOUNT, show_default=True, help="The account's id.")
@click.option(
    "--dialect",
    type=click.Choice(["v1", "v1-prose"]),
    default="v1",
    show_default=True,
    help="How the service answers; v1-prose gives one line of prose for a new site.",
)
@click.option(
    "--latency-ms",
    type=click.FloatRange(0),
    default=0,
    show_default=True,
    help="Time added to every answer.",
)
@click.option(
    "--rate-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Refuse more than N requests a second (HTTP 429).",
)
@click.option(
    "--order-delay",
    type=click.FloatRange(0),
    default=0.2,
    show_default=True,
    metavar="SECONDS",
    help="Time until an order is at its end.",
)
@click.option(
    "--list-lag",
    type=click.FloatRange(0),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Time until lists show what is new.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the ready line as JSON.")
def command(
    port: int,
    state: Path | None,
    account: str,
    dialect: str,
    latency_ms: float,
    rate_limit: float | None,
    order_delay: float,
    list_lag: float,
    as_json: bool,
) -> None:
    """Serve an account on loopback until Ctrl-C."""
    settings = Settings(
        account=account,
        dialect=dialect,
        latency=latency_ms / 1000,
        rate_limit=rate_limit,
        order_delay=order_delay,
        list_lag=list_lag,
    )

    def ready(url: str) -> None:
        if as_json:
            print_json_line(
                {
                    "event": "ready",
                    "url": url,
                    "account": settings.account,
                    "username": settings.username,
                    "password": settings.password,
                    "client_id": settings.client_id,
                    "client_secret": settings.client_secret,
                }
            )
        else:
            click.echo(
                f"Sandbox ready at {url}: account {settings.account}, user {settings.username}, "
                f"password {settings.password} (Ctrl-C stops it)"
            )

    with told_errors(print_problems), contextlib.suppress(KeyboardInterrupt):
        serve(settings, state, port, ready)
