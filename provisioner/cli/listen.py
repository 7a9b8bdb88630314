"""`provisioner listen`: takes callbacks of an application; keeps, shows and passes them on."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from pathlib import Path

import click

from provisioner.account.clock import Clock
from provisioner.account.connection import LOOPBACK
from provisioner.cli import options
from provisioner.cli.application import (
    PASSWORD,
    USER,
    Called,
    called_of_environment,
    called_of_spec,
)
from provisioner.cli.connection_options import Tracing
from provisioner.cli.exits import DONE
from provisioner.cli.listening import Manner, listen
from provisioner.cli.output import print_problems, print_refusal_as_json_line, told_errors
from provisioner.cli.reading import environment, read_spec
from provisioner.cli.session import STATE_FOLDER, private_file
from provisioner.cli.tracing import show_requests
from provisioner.errors import SettingsError
from provisioner.messaging.event_tables import recognised
from provisioner.messaging.forwarding import check_target
from provisioner.messaging.serving import Certificate

_DAY = 24 * 3600.0

log = logging.getLogger(__name__)


@click.command(name="listen")
@options.specs
@click.option("--application", metavar="KEY", help="An application of the spec.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="0 picks a free one.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    default=STATE_FOLDER / "events.sqlite3",
    show_default=True,
    help="Keep events in this file.",
)
@click.option(
    "--keep-days",
    type=options.Finite(0),
    default=14,
    show_default=True,
    metavar="DAYS",
    help="How long events are kept.",
)
@click.option("--replay", is_flag=True, help="Show first what was kept before.")
@click.option(
    "--forward",
    "target",
    metavar="URL",
    default="",
    help="Pass every event on to this address, until it is accepted there.",
)
@click.option(
    "--allow-insecure-http",
    is_flag=True,
    help="Forward over plain http to a host that is not this machine.",
)
@click.option(
    "--tls-cert",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Speak https, with this certificate (PEM).",
)
@click.option(
    "--tls-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The certificate's key, where it is not in the same file.",
)
@options.as_json
def command(
    specs: tuple[Path, ...],
    application: str | None,
    host: str,
    port: int,
    store: Path,
    keep_days: float,
    replay: bool,
    target: str,
    allow_insecure_http: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    as_json: bool,
    filling: options.Filling,
) -> None:
    """Take the callbacks of an application until Ctrl-C: keep, show and pass them on.

    Which credentials callbacks must carry is taken from the application in the SPEC, or from
    BW_CALLBACK_USER_ID and BW_CALLBACK_PASSWORD where no spec is named.
    """
    with told_errors(print_refusal_as_json_line if as_json else print_problems):
        show_requests(Tracing())
        if specs or application:
            desired = read_spec(options.spec_paths(specs), filling).desired
            called = called_of_spec(desired, application or "")
        else:
            called = called_of_environment(environment(filling.env_files))
        _check_exposure(host, called)
        if target:
            check_target(target, allow_insecure_http=allow_insecure_http)
        manner = Manner(
            called=called,
            store=private_file(recognised(store)),
            host=host,
            port=port,
            certificate=_certificate(tls_cert, tls_key),
            target=target,
            keep=keep_days * _DAY,
            replay=replay,
            as_json=as_json,
            clock=Clock(),
        )
        try:
            asyncio.run(listen(manner))
        except* sqlite3.Error as errors:
            raise SettingsError(f"{manner.store}: {errors.exceptions[0]}.") from None
    sys.exit(DONE)


def _check_exposure(host: str, called: Called) -> None:
    for direction in called.bare:
        log.warning(
            "The spec declares no credentials for %s callbacks. If the account has none for them, "
            "they come without, and are refused here.",
            direction,
        )
    if called.accepted:
        return
    if host not in LOOPBACK:
        raise SettingsError(
            f"On {host} anybody could post events. Declare callback_credentials for the "
            f"application, or export {USER} and {PASSWORD}."
        )
    log.warning("No credentials are asked for: whoever reaches this address can post events.")


def _certificate(path: Path | None, key: Path | None) -> Certificate | None:
    if path is None and key is not None:
        raise SettingsError("--tls-key goes with --tls-cert.")
    return None if path is None else Certificate(path, key)
