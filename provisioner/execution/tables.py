"""The journal's file: its tables, its version, and what to say where it is of no use."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.errors import JournalError

APPLICATION_ID = 0x62777031
"""By this a file is known to be a journal."""
BUSY_SECONDS = 30.0
AGAIN_SECONDS = 0.02

TABLES = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, account TEXT NOT NULL,
    started REAL NOT NULL, user TEXT NOT NULL, host TEXT NOT NULL, job TEXT NOT NULL,
    place TEXT NOT NULL, process INTEGER NOT NULL, born TEXT NOT NULL, files TEXT NOT NULL,
    digest TEXT NOT NULL, git_commit TEXT NOT NULL, tool_version TEXT NOT NULL
);
CREATE INDEX runs_by_account ON runs (origin, account);
CREATE TABLE intents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs,
    at REAL NOT NULL, again INTEGER REFERENCES intents, method TEXT NOT NULL, verb TEXT NOT NULL,
    type TEXT NOT NULL, path TEXT NOT NULL, parents TEXT NOT NULL, name TEXT NOT NULL,
    customer_order_id TEXT NOT NULL
);
CREATE INDEX intents_by_run ON intents (run);
CREATE INDEX intents_by_try ON intents (again);
CREATE TABLE outcomes (
    number INTEGER PRIMARY KEY, intent INTEGER NOT NULL REFERENCES intents,
    run INTEGER NOT NULL REFERENCES runs, at REAL NOT NULL, result TEXT NOT NULL,
    ids TEXT NOT NULL, error TEXT NOT NULL
);
CREATE INDEX outcomes_by_intent ON outcomes (intent);
CREATE INDEX outcomes_by_time ON outcomes (at);
CREATE TABLE steps (
    number INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, at REAL NOT NULL,
    verb TEXT NOT NULL, type TEXT NOT NULL, path TEXT NOT NULL, status TEXT NOT NULL,
    ids TEXT NOT NULL, numbers INTEGER NOT NULL, error TEXT NOT NULL
);
CREATE INDEX steps_by_run ON steps (run);
CREATE TABLE ends (
    run INTEGER PRIMARY KEY REFERENCES runs, at REAL NOT NULL, ending TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE TABLE leases (
    origin TEXT NOT NULL, account TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs,
    heartbeat REAL NOT NULL, PRIMARY KEY (origin, account)
) WITHOUT ROWID;
"""
SECRETS = """
CREATE TABLE secrets (
    number INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, at REAL NOT NULL,
    type TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE INDEX secrets_by_place ON secrets (type, id, field);
"""
STAGES = (TABLES, SECRETS)
"""What each version added to the one before."""
VERSION = len(STAGES)


def open_tables(path: Path) -> sqlite3.Connection:
    """The file, made where it is not there. Every commit is on disk when it returns.

    Raises JournalError. The connection may be used in any thread, but in one at a time.
    """
    with told(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    try:
        with told(path):
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            _check(connection, path)
            _write_ahead(connection, path)
            _make_tables(connection)
    except JournalError:
        connection.close()
        raise
    return connection


def read_tables(path: Path) -> sqlite3.Connection:
    """The file, for reading only. Raises JournalError; the file must be there."""
    with told(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        with told(path):
            _check(connection, path)
    except JournalError:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    # Together: another process may be making the file at this moment.
    connection.execute("BEGIN")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (used,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    connection.execute("COMMIT")
    if application != APPLICATION_ID and (application or version or used):
        raise JournalError(
            f"{path} is no journal of this program. Name another file with --journal FILE. "
            "Nothing was sent."
        )
    if version > VERSION:
        raise JournalError(
            f"The journal {path} was written by a newer version of this program (format "
            f"{version}; this version knows {VERSION}). Use that version, or name another file "
            "with --journal FILE. Nothing was sent."
        )


def _write_ahead(connection: sqlite3.Connection, path: Path) -> None:
    """Readers and the one writer do not wait for each other, and a commit is one write to disk."""
    mode = _switched(connection)
    if mode != "wal":
        raise JournalError(
            f"The journal {path} is on a file system that cannot keep one safely. Name a file on "
            "a local disk with --journal FILE. Nothing was sent."
        )
    connection.execute("PRAGMA synchronous = FULL")


def _switched(connection: sqlite3.Connection) -> str:
    """Two that make the file at the same moment are in each other's way here, and SQLite does not
    wait for that as it does elsewhere."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_SECONDS)
        else:
            return str(mode)


def _make_tables(connection: sqlite3.Connection) -> None:
    """What is missing of them; all or nothing, and once, however many processes open a file at the
    same time."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for stage in STAGES[version:]:
            for statement in stage.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What SQLite has to say, as a JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: sqlite3.Error) -> JournalError:
    said = str(error)
    if "not a database" in said or "malformed" in said:
        way_out = (
            "Move the file away; then wait half a minute before the next apply, so that the "
            "account's lists show what was done"
        )
    else:
        way_out = "Make room or let this user write there, or name another file with --journal FILE"
    return JournalError(
        f"The journal {path} cannot be used: {said}. {way_out}. What cannot be recorded is not "
        "sent."
    )
