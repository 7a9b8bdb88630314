"""The account's memory: one SQLite database, in a file or in memory.

Every request is one transaction, so a refused one leaves nothing behind, and an answered one is on
disk before the answer leaves (in the sense of surviving a killed process, not a power cut).
"""

from __future__ import annotations

import errno
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from provisioner.sandbox.memory.schema import TABLES, VERSION
from provisioner.sandbox.memory.totals import TRIGGERS
from provisioner.sandbox.settings import Settings

# The vendor guide's own walk-through shows ids of this size; starting at 1 would let a client
# that confuses ids with positions pass.
_FIRST_IDS = {"sites": 13651, "sippeers": 540341}


class State:
    """Not safe for two threads at once: the server's one event loop is the only caller.

    Raises OSError where the file cannot be opened, or is none of ours.
    """

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        self.settings = settings
        self.watch: Callable[[], None] = _unwatched
        """Called after each transaction."""
        with _told_as_os_errors(path):
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                check_same_thread=False,
                timeout=10,
            )
        try:
            with _told_as_os_errors(path):
                self._set_up(path)
        except OSError:
            self._connection.close()
            raise

    def _set_up(self, path: Path | None) -> None:
        self._connection.row_factory = sqlite3.Row
        if path is not None:
            self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._check_version()
        # All or nothing, so that nobody else who opens the file sees a half of it.
        made = "\n".join((TABLES, *TRIGGERS.values()))
        script = f"BEGIN IMMEDIATE; {made} PRAGMA user_version = {VERSION}; COMMIT;"
        self._connection.executescript(script)
        with self.transaction():
            self.start_ids()

    def _check_version(self) -> None:
        is_used = self.count("SELECT count(*) FROM sqlite_schema")
        found = self.count("PRAGMA user_version")
        if is_used and found != VERSION:
            message = f"the file is of another version of the sandbox ({found}): delete it"
            raise sqlite3.DatabaseError(message)

    def start_ids(self) -> None:
        """To be called where nothing has an id yet."""
        for table, first in _FIRST_IDS.items():
            if self.row("SELECT 1 FROM sqlite_sequence WHERE name = ?", table) is None:
                self.run("INSERT INTO sqlite_sequence VALUES (?, ?)", table, first - 1)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end, rolls back on any exception."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self.watch()

    def run(self, statement: str, *values: object) -> int:
        """Runs one statement; the id of the row that it inserted, if it did."""
        return self._connection.execute(statement, values).lastrowid or 0

    def run_many(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(statement, values)

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def count(self, statement: str, *values: object) -> int:
        """The one number that a `SELECT count(*)` gives."""
        return int(self._connection.execute(statement, values).fetchone()[0])

    def changes(self) -> int:
        """How many rows were ever written: whoever keeps it knows later whether any were since."""
        return self._connection.total_changes

    def copy(self, settings: Settings) -> State:
        """Another account with the same memory, whose own time is that of the settings."""
        other = State(settings)
        self._connection.backup(other._connection)
        other.run("DELETE FROM clock")
        return other

    def now(self) -> float:
        return self.settings.now() + self.ahead()

    def ahead(self) -> float:
        """How far the account's time was advanced beyond the clock's, in seconds."""
        row = self.row("SELECT ahead FROM clock")
        return 0.0 if row is None else float(row["ahead"])

    def advance(self, seconds: float) -> None:
        ahead = self.ahead() + seconds
        self.run("DELETE FROM clock")
        self.run("INSERT INTO clock VALUES (?)", ahead)

    def listed(self) -> float:
        """What was made after this moment is not in any list yet.

        Without a lag all is listed, even what a clock that was set back since calls future.
        """
        lag = self.settings.list_lag
        return self.now() - lag if lag else math.inf


@contextmanager
def _told_as_os_errors(path: Path | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(errno.EINVAL, str(error), str(path)) from error


def _unwatched() -> None:
    pass


def numeric_id(text: str) -> int:
    """An id of a site or a sippeer, or -1, which none has.

    SQLite would take "013651" and "13651.0" for 13651; the account does not.
    """
    if text.isascii() and text.isdecimal() and len(text) < 18 and str(int(text)) == text:
        return int(text)
    return -1
