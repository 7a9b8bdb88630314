"""Events on disk: each is kept once, however often it comes, before it is answered for.

Who writes waits until it is on disk. One write takes about as long as many: all that comes
meanwhile waits for the next one and shares it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from provisioner.messaging import event_tables
from provisioner.messaging.callbacks import Event
from provisioner.messaging.event_tables import Forward, Kept, Totals

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


@contextlib.asynccontextmanager
async def open_store(path: Path) -> AsyncIterator[EventStore]:
    """What was written when it is left is on disk.

    Raises SettingsError where the file is another's, or in use by another listener, and OSError
    where it cannot be opened.
    """
    with ThreadPoolExecutor(1, "events") as thread, event_tables.locked(path):
        loop = asyncio.get_running_loop()
        connection = await loop.run_in_executor(thread, event_tables.connect, path)
        store = EventStore(connection, thread)
        try:
            yield store
        finally:
            await store.finish()
            await loop.run_in_executor(thread, connection.close)


class EventStore:
    """For one event loop; a thread beside it does the work. Errors of the disk are sqlite3.Error.

    What was kept stays when the process is killed at any moment, or the power fails.
    """

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread
        self._waiting: list[tuple[Work[None], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._watches: list[asyncio.Event] = []

    def watch(self) -> asyncio.Event:
        """Is set whenever something was written."""
        watch = asyncio.Event()
        self._watches.append(watch)
        return watch

    async def keep(self, events: Sequence[Event], now: float, *, forward: bool) -> None:
        """Returns once they are on disk. What was there already is counted as repeated; what is
        new is to be passed on, if it says so."""
        await self._write(partial(event_tables.keep, events, now, forward))

    async def end_forward(self, sequence: int) -> None:
        """It was passed on."""
        await self._write(partial(event_tables.end_forward, sequence))

    async def postpone_forward(self, sequence: int, due: float) -> None:
        await self._write(partial(event_tables.postpone_forward, sequence, due))

    async def forget_before(self, moment: float) -> None:
        """But for what is still to be passed on."""
        await self._write(partial(event_tables.forget_before, moment))

    async def after(self, sequence: int, most: int) -> Sequence[Kept]:
        """The events after that one, in the order in which they came."""
        return await self._run(partial(event_tables.after, sequence, most))

    async def last(self) -> int:
        """The sequence of the last event; 0 where there is none."""
        return await self._run(event_tables.last)

    async def due_forwards(self, now: float, but: Collection[int], most: int) -> Sequence[Forward]:
        """Those whose time has come, without those that `but` names; with these, `most` at most."""
        return await self._run(partial(event_tables.due_forwards, now, frozenset(but), most))

    async def next_forward(self, now: float) -> float | None:
        """When the next one's time comes that has not come yet."""
        return await self._run(partial(event_tables.next_forward, now))

    async def waiting(self) -> int:
        """How many events are still to be passed on."""
        return await self._run(event_tables.waiting)

    async def totals(self) -> Totals:
        return await self._run(event_tables.totals)

    async def finish(self) -> None:
        """Waits for what is being written."""
        if self._writer is not None:
            await self._writer

    async def _run(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._connection)

    async def _write(self, work: Work[None]) -> None:
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._run(partial(_commit, [work for work, _ in batch]))
            except sqlite3.Error as error:
                failure: sqlite3.Error | None = error
            else:
                failure = None
            for _, done in batch:
                _settle(done, failure)
            for watch in self._watches:
                watch.set()
        self._writer = None


def _commit(batch: Sequence[Work[Any]], connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for work in batch:
            work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _settle(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.done():  # whoever waited is gone
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
