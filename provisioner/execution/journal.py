"""The record of what is about to be sent, and of what came of it.

A SQLite file, keyed by API origin and account. Rows are only ever added, but for the lease. An
intent is on disk before its request leaves, an outcome before any later intent's request does.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from provisioner.account.clock import Clock
from provisioner.account.intents import Intent, Outcome
from provisioner.errors import JournalError, LeaseHeld
from provisioner.execution.commits import Commits
from provisioner.execution.events import Status, StepFinished
from provisioner.execution.lease import (
    HEARTBEAT,
    Lease,
    all_leases,
    beat,
    end_lease,
    lease_lost,
    take_lease,
)
from provisioner.execution.past import Past, read_past
from provisioner.execution.records import Ending, Occasion
from provisioner.execution.sealing import Seals, digests_in, seal
from provisioner.execution.tables import open_tables
from provisioner.model import Secret

ASK_AGAIN = 1.0
"""Seconds between two tries to get a lease that somebody has."""


class Journal:
    """An open journal. Use as a context manager. Raises JournalError where the file is of no use.

    `now` is seconds since 1970, `heartbeat` the seconds between two signs of life. `leased` is the
    run that has the lease, as found out at the beginning of each commit, or 0.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], float] = time.time, heartbeat: float = HEARTBEAT
    ) -> None:
        self.path = path
        self.now = now
        self.leased = 0
        self._run = 0
        self._commits = Commits(open_tables(path), path, beat=self._beat, every=heartbeat)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._commits.close()

    @asynccontextmanager
    async def run(
        self,
        occasion: Occasion,
        *,
        patience: float = 0.0,
        clock: Clock | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> AsyncIterator[Run]:
        """A run that has the lease until the end. Raises LeaseHeld after `patience` seconds."""
        await self._take_lease(occasion, patience, clock or Clock(), tell)
        run = Run(self, self._commits, occasion, self._run)
        try:
            yield run
        except BaseException as error:
            interrupted = isinstance(error, (KeyboardInterrupt, asyncio.CancelledError))
            run.ending = Ending.INTERRUPTED if interrupted else Ending.FAILED
            run.detail = str(error)
            raise
        finally:
            # Not awaited: Ctrl-C must not come in between.
            with suppress(JournalError):
                self._commits.submit(run.end).result()
            self._run = 0

    def leases(self) -> list[Lease]:
        return self._commits.submit(all_leases).result()

    def end_lease(self, lease: Lease) -> None:
        """Whether or not its run is alive: it will find out before its next write."""
        self._commits.submit(lambda each: self._end(each, lease.run)).result()

    async def _take_lease(
        self, occasion: Occasion, patience: float, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        deadline = clock.monotonic() + patience
        told = False
        while True:
            try:
                self._run = await asyncio.wrap_future(
                    self._commits.submit(lambda each: take_lease(each, occasion, self.now()))
                )
                return
            except LeaseHeld as held:
                remaining = deadline - clock.monotonic()
                if remaining <= 0:
                    raise
                if not told:
                    tell(f"Waiting up to {patience:g} s for the lease. {held}")
                    told = True
            await clock.sleep(min(ASK_AGAIN, remaining))

    def _end(self, connection: sqlite3.Connection, run: int) -> None:
        end_lease(connection, run)
        self.leased = 0

    def _beat(self, connection: sqlite3.Connection) -> None:
        run = self._run
        self.leased = run if run and beat(connection, run, self.now()) else 0


class Run:
    """A run that may write, and the record of what it does. It is an `Intents`.

    `ending` and `detail` are for the user to set, before the end.
    """

    def __init__(self, journal: Journal, commits: Commits, occasion: Occasion, number: int) -> None:
        self.number = number
        self.occasion = occasion
        self.ending = Ending.INCOMPLETE
        self.detail = ""
        self._journal = journal
        self._now = journal.now
        self._commits = commits
        self._lost = ""

    async def past(self, settle: float) -> Past:
        """What earlier runs left unsure, and what they made in the last `settle` seconds."""
        return await asyncio.wrap_future(
            self._commits.submit(
                lambda each: read_past(each, self.occasion, self.number, self._now(), settle)
            )
        )

    async def announce(self, intent: Intent, again: int | None) -> int:
        row = (
            again,
            intent.method,
            intent.verb,
            intent.address.type,
            json.dumps(intent.address.path),
            json.dumps(intent.parents, sort_keys=True),
            intent.name,
            intent.customer_order_id,
        )

        def insert(connection: sqlite3.Connection) -> int:
            if self._lost:
                raise JournalError(f"What came of an earlier request is not recorded. {self._lost}")
            if self._journal.leased != self.number:
                raise lease_lost(connection, self.occasion)
            return int(
                connection.execute(
                    "INSERT INTO intents (run, at, again, method, verb, type, path, parents, name,"
                    " customer_order_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    # Now and not before it waited for the disk: it must not seem older than it is.
                    (self.number, self._now(), *row),
                ).lastrowid
                or 0
            )

        return await asyncio.wrap_future(self._commits.submit(insert))

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:
        """Handed over when this returns, and kept even where whoever awaits it is cancelled."""
        row = (
            number,
            self.number,
            self._now(),
            outcome.result.value,
            json.dumps(outcome.ids),
            outcome.error,
        )
        kept = self._commits.submit_unhurried(
            lambda each: each.execute(
                "INSERT INTO outcomes (intent, run, at, result, ids, error) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        )
        kept.add_done_callback(self._watch)
        return asyncio.shield(asyncio.wrap_future(kept))

    def _watch(self, kept: Future[sqlite3.Cursor]) -> None:
        """In the thread of the commits, before the next of them: it finds what was lost."""
        if (error := kept.exception()) is not None:
            self._lost = str(error)

    async def seals(self, key: bytes) -> Seals:
        """What is known of the secrets that were sent last."""
        origin, account = self.occasion.origin, self.occasion.account
        digests = await asyncio.wrap_future(
            self._commits.submit(lambda each: digests_in(each, origin, account))
        )
        return Seals(key, digests)

    def seal(self, event: StepFinished, key: bytes) -> None:
        """Keeps digests of the secrets that a finished step sent. Without them a secret would be
        sent again, which does no harm: so nobody waits."""
        step = event.step
        if event.status is not Status.DONE or not event.id or step.change.after is None:
            return
        for name, value in step.change.after.attributes.items():
            if isinstance(value, Secret):
                place = (step.address.type, event.id, name)
                digest = seal(key, self.occasion.origin, self.occasion.account, place, value)
                row = (self.number, self._now(), *place, digest)
                self._commits.submit_unhurried(functools.partial(_keep_digest, row))

    def note(self, event: StepFinished) -> None:
        """Keeps the end of a step for the history. Nothing depends on it, and nobody waits."""
        step = event.step
        row = (
            self.number,
            self._now(),
            step.verb.value,
            step.address.type,
            json.dumps(step.address.path),
            event.status.value,
            json.dumps(event.id.split(",") if event.id else []),
            len(event.numbers),
            event.error,
        )
        self._commits.submit_unhurried(
            lambda each: each.execute(
                "INSERT INTO steps (run, at, verb, type, path, status, ids, numbers, error) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        )

    def note_override(self, reason: str) -> None:
        """Keeps, for the history, why the spec's limits were not held."""
        row = (self.number, self._now(), json.dumps(["of the spec"]), reason)
        self._commits.submit_unhurried(
            lambda each: each.execute(
                "INSERT INTO steps (run, at, verb, type, path, status, ids, numbers, error) "
                "VALUES (?, ?, 'override', 'limits', ?, 'done', '[]', 0, ?)",
                row,
            )
        )

    def end(self, connection: sqlite3.Connection) -> None:
        """Writes down how it ended, and gives the lease back."""
        connection.execute(
            "INSERT OR IGNORE INTO ends VALUES (?, ?, ?, ?)",
            (self.number, self._now(), self.ending.value, self.detail),
        )
        end_lease(connection, self.number)
        self._journal.leased = 0


def _keep_digest(row: tuple[object, ...], connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO secrets (run, at, type, id, field, digest) VALUES (?, ?, ?, ?, ?, ?)", row
    )
