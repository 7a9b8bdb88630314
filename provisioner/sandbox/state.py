"""The account's memory: one SQLite database, in a file or in memory.

Every request is one transaction, so a refused one leaves nothing behind, and an answered one is on
disk before the answer leaves (in the sense of surviving a killed process, not a power cut).
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.sandbox.settings import Settings

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, user TEXT, expires REAL);

CREATE TABLE IF NOT EXISTS applications (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, created REAL,
    fields TEXT
);
CREATE INDEX IF NOT EXISTS applications_of_account ON applications (account);

CREATE TABLE IF NOT EXISTS sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, created REAL, name TEXT, description TEXT,
    document TEXT
);
CREATE INDEX IF NOT EXISTS sites_of_account ON sites (account);

CREATE TABLE IF NOT EXISTS sippeers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER REFERENCES sites, created REAL, name TEXT,
    is_default INTEGER, document TEXT, sms TEXT, mms TEXT,
    application TEXT REFERENCES applications (id), UNIQUE (site, name)
);
CREATE INDEX IF NOT EXISTS sippeers_of_application ON sippeers (application);

CREATE TABLE IF NOT EXISTS orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, user TEXT,
    created REAL, modified REAL, completed REAL, due REAL, status TEXT, customer_order_id TEXT,
    name TEXT, site INTEGER, peer INTEGER, kind TEXT, wanted TEXT, quantity INTEGER,
    partial INTEGER, back_order INTEGER, document TEXT
);
CREATE INDEX IF NOT EXISTS orders_due ON orders (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_of_account ON orders (account, sequence);
CREATE INDEX IF NOT EXISTS orders_by_customer_id ON orders (account, customer_order_id, sequence);
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (account, status, sequence);
CREATE INDEX IF NOT EXISTS orders_of_peer ON orders (peer, status);

CREATE TABLE IF NOT EXISTS disconnects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, created REAL,
    due REAL, status TEXT, customer_order_id TEXT, protected TEXT
);
CREATE INDEX IF NOT EXISTS disconnects_due ON disconnects (due) WHERE due IS NOT NULL;

CREATE TABLE IF NOT EXISTS order_numbers (
    order_id TEXT, number TEXT, outcome TEXT, PRIMARY KEY (order_id, outcome, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS numbers (
    number TEXT PRIMARY KEY, account TEXT, status TEXT, site INTEGER, peer INTEGER, order_id TEXT,
    ordered REAL, modified REAL, in_service REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS numbers_of_account ON numbers (account, status, number, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_site ON numbers (site, status, number, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_peer ON numbers (peer, status, number, in_service);

CREATE TABLE IF NOT EXISTS area_codes (code TEXT PRIMARY KEY, first INTEGER);
"""

# The vendor guide's own walk-through shows ids of this size; starting at 1 would let a client
# that confuses ids with positions pass.
_FIRST_IDS = {"sites": 13651, "sippeers": 540341}


class State:
    """Not safe for two threads at once: the server's one event loop is the only caller."""

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        self.settings = settings
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            timeout=10,
        )
        self._connection.row_factory = sqlite3.Row
        if path is not None:
            self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)
        with self.transaction():
            self._start_ids()

    def _start_ids(self) -> None:
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

    def run(self, statement: str, *values: object) -> int:
        """Runs one statement; the id of the row that it inserted, if it did."""
        return self._connection.execute(statement, values).lastrowid or 0

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def count(self, statement: str, *values: object) -> int:
        """The one number that a `SELECT count(*)` gives."""
        return int(self._connection.execute(statement, values).fetchone()[0])

    def now(self) -> float:
        return self.settings.now()

    def listed(self) -> float:
        """What was made after this moment is not in any list yet.

        Without a lag all is listed, even what a clock that was set back since calls future.
        """
        lag = self.settings.list_lag
        return self.now() - lag if lag else math.inf


def numeric_id(text: str) -> int:
    """An id of a site or a sippeer, or -1, which none has.

    SQLite would take "013651" and "13651.0" for 13651; the account does not.
    """
    if text.isascii() and text.isdecimal() and len(text) < 18 and str(int(text)) == text:
        return int(text)
    return -1
