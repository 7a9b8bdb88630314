"""The file that events are kept in: SQLite, and the statements that a store runs on it.

`events` has each event once; `repeats` counts how often it came again. `forwards` has those that
are still to be passed on. Times are seconds since 1970.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.messaging import locking
from provisioner.messaging.callbacks import Event

VERSION = 1
TABLES = """
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT, type TEXT, recipient TEXT,
    received REAL, repeats INTEGER DEFAULT 0, document TEXT, UNIQUE (message, type, recipient)
);
CREATE INDEX IF NOT EXISTS events_by_age ON events (received);
CREATE TABLE IF NOT EXISTS forwards (
    event INTEGER PRIMARY KEY REFERENCES events, due REAL, failures INTEGER DEFAULT 0
);
CREATE INDEX IF NOT EXISTS forwards_due ON forwards (due);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as it is kept."""

    sequence: int
    received: float
    document: str


@dataclass(frozen=True, slots=True)
class Forward:
    """A kept event that is to be passed on, and how often that was tried in vain."""

    sequence: int
    document: str
    failures: int


@dataclass(frozen=True, slots=True)
class Totals:
    """`repeats` came beyond the first time."""

    events: int
    messages: int
    repeats: int


def locked(path: Path) -> AbstractContextManager[None]:
    """Two listeners on one file would both pass on what is in it."""
    told = f"{path} is in use by another listener. End that one, or give --store another file."
    return locking.locked(path.with_name(f"{path.name}.lock"), told)


def recognised(path: Path) -> Path:
    """The path, if there is nothing there, or a file of events. Raises SettingsError for a file of
    another kind, which is then as it was, permissions included."""
    if not path.exists() or not path.stat().st_size:
        return path
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection:
            _check(connection)
    except sqlite3.Error as error:
        raise _of_no_use(path, error) from None
    return path


def connect(path: Path) -> sqlite3.Connection:
    """What is committed is on disk, even if the power fails."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        _set_up(connection)
    except sqlite3.Error as error:
        connection.close()
        raise _of_no_use(path, error) from None
    return connection


def _of_no_use(path: Path, error: sqlite3.Error) -> SettingsError:
    return SettingsError(f"{path} cannot keep events: {error}. Give --store another.")


def _set_up(connection: sqlite3.Connection) -> None:
    _check(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")


def _check(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    is_used = connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is not None
    if is_used and version != VERSION:
        raise sqlite3.DatabaseError("it is not a file of events, or of another version")


def keep(
    events: Iterable[Event], now: float, forward: bool, connection: sqlite3.Connection
) -> None:
    for event in events:
        key = (event.message_id, event.type, event.recipient)
        known = connection.execute(
            "UPDATE events SET repeats = repeats + 1 "
            "WHERE message = ? AND type = ? AND recipient = ?",
            key,
        )
        if known.rowcount:
            continue
        added = connection.execute(
            "INSERT INTO events (message, type, recipient, received, document) "
            "VALUES (?, ?, ?, ?, ?)",
            (*key, now, event.document),
        )
        if forward:
            connection.execute(
                "INSERT INTO forwards (event, due) VALUES (?, ?)", (added.lastrowid, now)
            )


def end_forward(sequence: int, connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM forwards WHERE event = ?", (sequence,))


def postpone_forward(sequence: int, due: float, connection: sqlite3.Connection) -> None:
    connection.execute(
        "UPDATE forwards SET due = ?, failures = failures + 1 WHERE event = ?", (due, sequence)
    )


def forget_before(moment: float, connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM events WHERE received < ? AND sequence NOT IN (SELECT event FROM forwards)",
        (moment,),
    )


def after(sequence: int, most: int, connection: sqlite3.Connection) -> Sequence[Kept]:
    rows = connection.execute(
        "SELECT sequence, received, document FROM events WHERE sequence > ? "
        "ORDER BY sequence LIMIT ?",
        (sequence, most),
    )
    return [Kept(*row) for row in rows]


def documents_of(ids: Collection[str], connection: sqlite3.Connection) -> Sequence[str]:
    """All events of these messages, in the order in which they came."""
    rows = connection.execute(
        "SELECT document FROM events WHERE message IN (SELECT value FROM json_each(?)) "
        "ORDER BY sequence",
        (json.dumps(sorted(ids)),),
    )
    return [document for (document,) in rows]


def last(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()
    return int(found)


def due_forwards(
    now: float, but: Collection[int], most: int, connection: sqlite3.Connection
) -> Sequence[Forward]:
    """The longest waiting first; with those that `but` names they are not more than `most`."""
    rows = connection.execute(
        "SELECT sequence, document, failures FROM forwards JOIN events ON sequence = event "
        "WHERE due <= ? ORDER BY due, event LIMIT ?",
        (now, most),
    )
    found = [Forward(*row) for row in rows]
    return [each for each in found if each.sequence not in but][: most - len(but)]


def next_forward(now: float, connection: sqlite3.Connection) -> float | None:
    (due,) = connection.execute("SELECT min(due) FROM forwards WHERE due > ?", (now,)).fetchone()
    return None if due is None else float(due)


def totals(connection: sqlite3.Connection) -> Totals:
    found = connection.execute(
        "SELECT count(*), count(DISTINCT message), coalesce(sum(repeats), 0) FROM events"
    )
    return Totals(*found.fetchone())


def waiting(connection: sqlite3.Connection) -> int:
    """How many events are still to be passed on."""
    (found,) = connection.execute("SELECT count(*) FROM forwards").fetchone()
    return int(found)
