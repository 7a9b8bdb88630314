"""One thread that owns a database, and commits together what comes together.

A commit waits for the disk. What is handed over while one is under way shares the next, so that a
thousand steps do not wait a thousand times; and nothing waits for anything but its own commit. What
nobody waits for lets others join it: what is waited for would otherwise find a commit under way.
"""

from __future__ import annotations

import queue
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from provisioner.errors import JournalError
from provisioner.execution.tables import unusable

Found = TypeVar("Found")
Work = Callable[[sqlite3.Connection], Any]
LEISURE = 0.005
"""Seconds that what nobody waits for waits for others."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """`patience` is the seconds that it may wait for others."""

    work: Work
    future: Future[Any]
    patience: float


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
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], Found]) -> Future[Found]:
        """Its result, once it is on disk. Work that raises JournalError must not have written.

        The future raises that, or JournalError where the file failed.
        """
        return self._hand_over(work, 0.0)

    def submit_unhurried(self, work: Callable[[sqlite3.Connection], Found]) -> Future[Found]:
        """The same for what holds nothing up: its commit begins at most LEISURE seconds later,
        unless another is under way."""
        return self._hand_over(work, LEISURE)

    def _hand_over(
        self, work: Callable[[sqlite3.Connection], Found], patience: float
    ) -> Future[Found]:
        future: Future[Found] = Future()
        self._jobs.put(_Job(work, future, patience))
        return future

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        is_closed = False
        while not is_closed:
            jobs, is_closed = self._next_jobs()
            self._commit([each for each in jobs if each.future.set_running_or_notify_cancel()])

    def _next_jobs(self) -> tuple[list[_Job], bool]:
        """What goes into the next commit, and whether it is the last."""
        jobs: list[_Job] = []
        patience, until = self._every, float("inf")
        with suppress(queue.Empty):
            while (job := self._jobs.get(timeout=patience)) is not None:
                jobs.append(job)
                now = time.monotonic()
                until = min(until, now + job.patience)
                patience = max(0.0, until - now)
            return jobs, True
        return jobs, False

    def _commit(self, batch: list[_Job]) -> None:
        results: list[Any] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._beat(self._connection)
            results += [_result_of(each.work, self._connection) for each in batch]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 -- whoever waits has to hear of it
            self._roll_back()
            results = [self._told(error) for _ in batch]
        for job, result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                job.future.set_exception(result)
            else:
                job.future.set_result(result)

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
