"""The listener at work: its parts put together, and what they say."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import uvicorn
from starlette.types import ASGIApp

from provisioner import __version__
from provisioner.account.clock import Clock
from provisioner.cli.application import Called
from provisioner.cli.output import paint_for, print_json_line
from provisioner.cli.signals import stop_on_signals
from provisioner.messaging.callbacks import Event, read_event
from provisioner.messaging.event_store import EventStore, open_store
from provisioner.messaging.event_tables import Kept
from provisioner.messaging.forwarding import forward
from provisioner.messaging.listener import create_listener
from provisioner.messaging.serving import Certificate, address_of, configure, listen_on, serve
from provisioner.views.callbacks import event_line
from provisioner.views.wording import count

_PAGE = 500
_HOUR = 3600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it. `target` is where events are passed on to, or empty; `keep` is how long
    they are kept, in seconds."""

    called: Called
    store: Path
    host: str
    port: int
    certificate: Certificate | None
    target: str
    keep: float
    replay: bool
    as_json: bool
    clock: Clock


async def listen(manner: Manner) -> None:
    """Until the first signal. What was accepted by then is kept, shown and, once, passed on.

    Raises SettingsError before anything is accepted.
    """
    stop = asyncio.Event()
    async with open_store(manner.store) as store:
        await _forget(store, manner)
        shown = 0 if manner.replay else await store.last()
        config = configure(_listener(store, manner), manner.certificate)
        with (
            contextlib.closing(listen_on(manner.host, manner.port)) as listening,
            stop_on_signals(stop),
        ):
            await _tell_ready(address_of(listening, manner.certificate), store, manner)
            await _work(config, listening, shown, store, manner, stop)
        with contextlib.suppress(OSError):
            await _tell_end(store, manner)


def _listener(store: EventStore, manner: Manner) -> ASGIApp:
    async def take(events: Sequence[Event]) -> None:
        await store.keep(events, manner.clock.now(), forward=bool(manner.target))

    async def health() -> str:
        return json.dumps({"status": "ok", "waiting": await store.waiting()})

    return create_listener(take, health, manner.called.accepted)


async def _work(
    config: uvicorn.Config,
    listening: socket.socket,
    shown: int,
    store: EventStore,
    manner: Manner,
    stop: asyncio.Event,
) -> None:
    async with asyncio.TaskGroup() as tasks:
        forgetting = tasks.create_task(_forget_hourly(store, manner))
        if manner.target:
            tasks.create_task(forward(store, manner.target, manner.clock, stop))
        ended = asyncio.Event()
        tasks.create_task(_show(store, shown, manner, ended, stop))
        await serve(config, listening, stop)
        ended.set()
        forgetting.cancel()


async def _show(
    store: EventStore, shown: int, manner: Manner, ended: asyncio.Event, stop: asyncio.Event
) -> None:
    """What is kept is read from the disk, so that a slow reader of ours delays nobody else."""
    news, tell = store.watch(), _json_lines if manner.as_json else _lines
    while True:
        news.clear()
        is_last = ended.is_set()
        page = await store.after(shown, _PAGE)
        if page:
            try:
                await asyncio.to_thread(tell, page)
            except OSError:
                # Nobody follows any more. As after Ctrl-C, what was accepted is kept.
                stop.set()
                return
            shown = page[-1].sequence
        elif is_last:
            return
        else:
            await _first_of(news, ended)


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()


def _lines(page: Sequence[Kept]) -> None:
    paint = paint_for(sys.stdout)
    lines = [
        event_line(read_event(each.document), _local_time(each.received), paint) for each in page
    ]
    click.echo("\n".join(lines))


def _json_lines(page: Sequence[Kept]) -> None:
    for each in page:
        print_json_line(
            {
                "type": "event",
                "sequence": each.sequence,
                "received": datetime.fromtimestamp(each.received, UTC).isoformat(),
                "event": json.loads(each.document),
            }
        )


def _local_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%H:%M:%S")


async def _tell_ready(url: str, store: EventStore, manner: Manner) -> None:
    waiting = await store.waiting()
    if manner.as_json:
        print_json_line(
            {
                "type": "ready",
                "format_version": "1.0",
                "tool_version": __version__,
                "url": url,
                "application": manner.called.label or None,
                "store": str(manner.store),
                "waiting": waiting,
            }
        )
        return
    whose = f" for {manner.called.label}" if manner.called.label else ""
    click.echo(f"Listening at {url}{whose}; events are kept in {manner.store}.", err=True)
    if waiting and not manner.target:
        still = count(waiting, "event")
        click.echo(f"{still} of earlier runs still to be passed on: give --forward.", err=True)


async def _tell_end(store: EventStore, manner: Manner) -> None:
    totals, waiting = await store.totals(), await store.waiting()
    if manner.as_json:
        print_json_line(
            {
                "type": "stopped",
                "events": totals.events,
                "messages": totals.messages,
                "repeats": totals.repeats,
                "waiting": waiting,
            }
        )
        return
    kept = f"{count(totals.events, 'event')} of {count(totals.messages, 'message')}"
    repeated = f", {totals.repeats} more came again" if totals.repeats else ""
    left = f"; {waiting} still to be passed on" if waiting else ""
    click.echo(f"Kept in {manner.store}: {kept}{repeated}{left}.", err=True)


async def _forget_hourly(store: EventStore, manner: Manner) -> None:
    while True:
        await manner.clock.sleep(_HOUR)
        try:
            await _forget(store, manner)
        except sqlite3.Error as error:
            log.warning("Old events cannot be deleted: %s.", error)


async def _forget(store: EventStore, manner: Manner) -> None:
    await store.forget_before(manner.clock.now() - manner.keep)
