"""Ctrl-C: the first stops gently, the second leaves at once. SIGTERM and SIGHUP are turned
into it at start."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator

import click

from provisioner.cli.exits import INTERRUPTED
from provisioner.cli.output import can_draw

SHOW_CURSOR = "\x1b[?25h"


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """While it lasts, Ctrl-C interrupts at once: a running event loop would hear of it only when
    what keeps it waiting is over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """While it lasts, the first signal sets `stop`; the second ends the process.

    A closed terminal never ends it: of that both the system and a shell may send word.
    """
    loop = asyncio.get_running_loop()
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if interrupted:
            if can_draw(sys.stderr):
                click.echo(SHOW_CURSOR, err=True)
            os._exit(INTERRUPTED)
        interrupted = True
        stop.set()
        # Not `click.echo`, which finds its way around the live display and into its lines.
        print(
            "Stopping: what is under way is finished, nothing new is started. "
            "Again to leave at once.",
            file=sys.stderr,
            flush=True,
        )

    before = signal.getsignal(signal.SIGHUP)
    loop.add_signal_handler(signal.SIGINT, interrupt)
    if before is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, stop.set)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, before)
