"""One thread that owns a database, and commits together what comes together.

A commit waits for the disk. What is handed over while one is under way shares the next, so that a
thousand steps do not wait a thousand times; and nothing waits for anything but its own commit.
"""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from provisioner.errors import JournalError
from provisioner.execution.tables import unusable

Found = TypeVar("Found")
Work = Callable[[sqlite3.Connection], Any]
Job = tuple[Work, "Future[Any]"]


class Commits:
    """`beat` is work of its own that is done with every commit, and alone whenever nothing else
    came for `every` seconds. `close` does what was handed over, and ends the thread."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, *, beat: Work, every: float
    ) -> None:
        self._connection = connection
        self._path = path
        self._beat = beat
        self._every = every
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], Found]) -> Future[Found]:
        """Its result, once it is on disk. Work that raises JournalError must not have written.

        The future raises that, or JournalError where the file failed.
        """
        future: Future[Found] = Future()
        self._jobs.put((work, future))
        return future

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch: list[Job] = []
            try:
                job = self._jobs.get(timeout=self._every)
                while job is not None:
                    batch.append(job)
                    job = self._jobs.get_nowait()
                going_on = False
            except queue.Empty:
                pass
            self._commit([each for each in batch if each[1].set_running_or_notify_cancel()])

    def _commit(self, batch: list[Job]) -> None:
        results: list[Any] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._beat(self._connection)
            results += [_result_of(work, self._connection) for work, _ in batch]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 -- whoever waits has to hear of it
            self._roll_back()
            results = [self._told(error) for _ in batch]
        for (_, future), result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

    def _told(self, error: Exception) -> Exception:
        return unusable(self._path, error) if isinstance(error, sqlite3.Error) else error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            # Where even this fails, the file is of no use, which the caller is told already.
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _result_of(work: Work, connection: sqlite3.Connection) -> Any:
    try:
        return work(connection)
    except JournalError as refused:
        return refused
