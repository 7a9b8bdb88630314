"""A new and empty account in a process of its own.

In one process the account and its client would take turns at one interpreter lock, and what was
measured would be both.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from provisioner.sandbox.calls.log import Entry
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

_TAKE = "take"


@dataclass(frozen=True, slots=True)
class Account:
    url: str
    id: str
    username: str
    password: str
    pipe: Connection

    def take_requests(self) -> list[Entry]:
        """What was asked since the last time. The account keeps the last 5 000 to 10 000."""
        self.pipe.send(_TAKE)
        requests: list[Entry] = self.pipe.recv()
        return requests


@contextlib.contextmanager
def open_account(latency_ms: float, rate_limit: float | None = None) -> Iterator[Account]:
    """Orders are at their end when they are first looked at: waiting for them is not measured.

    `rate_limit` is in calls of a kind a second.
    """
    settings = Settings(latency=latency_ms / 1000, order_delay=0.0, rate_limit=rate_limit)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    try:
        url = ours.recv()
        yield Account(url, settings.account, settings.username, settings.password, ours)
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection, settings: Settings) -> None:
    """Until the other end is closed. Ctrl-C reaches us as well, and is for the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Server(settings) as server, contextlib.suppress(EOFError):
        pipe.send(server.url)
        while pipe.recv() == _TAKE:
            pipe.send(list(server.app.state.log))
            server.app.state.log.clear()
