"""What was sent of which file, so that no line of it is sent twice, whatever is killed when.

An entry is durable before its message leaves, and says how it ended after that. An intent without
an end may have been sent: nothing is sent again before that is settled.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.messaging.locking import locked

FORMAT = 1
IN_USE = "Another process is sending from this folder. Wait for its end, then run again."
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY, mailbox TEXT NOT NULL, name TEXT NOT NULL, round INTEGER NOT NULL,
    UNIQUE (mailbox, name, round));
CREATE TABLE IF NOT EXISTS entries (
    batch INTEGER NOT NULL REFERENCES batches, key TEXT NOT NULL, occurrence INTEGER NOT NULL,
    status TEXT NOT NULL, sent_at REAL NOT NULL, sender TEXT NOT NULL, message_id TEXT,
    PRIMARY KEY (batch, key, occurrence)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS accepted ON entries (sent_at) WHERE message_id IS NOT NULL;
"""


class Status(StrEnum):
    INTENT = "intent"
    """It may have been sent."""
    ACCEPTED = "accepted"
    ABSENT = "absent"
    """It was not sent after all."""


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """A line by its content; `occurrence` counts lines of one content from 0."""

    content: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`sent_at` is when it was about to leave, in seconds since 1970; `message_id` is "" unless
    it was accepted."""

    status: Status
    sent_at: float
    sender: str
    message_id: str = ""


def line_keys(contents: Iterable[str]) -> Iterator[LineKey]:
    """The keys of a file's lines, in their order."""
    seen: dict[str, int] = {}
    for content in contents:
        yield LineKey(content, seen.get(content, 0))
        seen[content] = seen.get(content, 0) + 1


class Outbox:
    """The entries of one batch. One process at a time has it; see `open_outbox`."""

    def __init__(self, database: sqlite3.Connection, mailbox: str, name: str) -> None:
        self._database = database
        self._mailbox = mailbox
        self._name = name
        self._round = self._last_round() or self._begin(1)
        self._batch = self._id()

    def begin_again(self) -> None:
        """From here on nothing of this batch counts as sent."""
        self._round = self._begin(self._round + 1)
        self._batch = self._id()

    def tag(self, key: LineKey) -> str:
        """A tag that no other line has, the same whenever it is asked for."""
        parts = (self._mailbox, self._name, self._round, key.content, key.occurrence)
        return f"bwp-{hashlib.sha256(repr(parts).encode()).hexdigest()[:20]}"

    def entries(self) -> Mapping[LineKey, Entry]:
        rows = self._database.execute(
            "SELECT key, occurrence, status, sent_at, sender, message_id FROM entries "
            "WHERE batch = ?",
            (self._batch,),
        )
        return {
            LineKey(content, occurrence): Entry(Status(status), sent_at, sender, identity or "")
            for content, occurrence, status, sent_at, sender, identity in rows
        }

    def intend(self, key: LineKey, sender: str, now: float) -> None:
        """Durable when it returns. Raises sqlite3.IntegrityError where the line is not free."""
        with self._database:
            self._database.execute(
                "DELETE FROM entries WHERE batch = ? AND key = ? AND occurrence = ? AND status = ?",
                (self._batch, key.content, key.occurrence, Status.ABSENT),
            )
            self._database.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (self._batch, key.content, key.occurrence, Status.INTENT, now, sender),
            )

    def accept(self, key: LineKey, message_id: str) -> None:
        self._end(key, Status.ACCEPTED, message_id)

    def withdraw(self, key: LineKey) -> None:
        """It is known not to have been sent."""
        self._end(key, Status.ABSENT, None)

    def _end(self, key: LineKey, status: Status, message_id: str | None) -> None:
        with self._database:
            self._database.execute(
                "UPDATE entries SET status = ?, message_id = ? "
                "WHERE batch = ? AND key = ? AND occurrence = ?",
                (status, message_id, self._batch, key.content, key.occurrence),
            )

    def ids_since(self, moment: float) -> frozenset[str]:
        """Ids of all messages of this outbox, of any batch, that were sent since then."""
        rows = self._database.execute(
            "SELECT message_id FROM entries WHERE message_id IS NOT NULL AND sent_at >= ?",
            (moment,),
        )
        return frozenset(identity for (identity,) in rows)

    def last_accepted(self) -> tuple[str, float] | None:
        """Id and time of the last message that is known to have been accepted in this mailbox."""
        row = self._database.execute(
            "SELECT message_id, sent_at FROM entries JOIN batches ON batches.id = batch "
            "WHERE mailbox = ? AND message_id IS NOT NULL ORDER BY sent_at DESC LIMIT 1",
            (self._mailbox,),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def _last_round(self) -> int:
        (last,) = self._database.execute(
            "SELECT coalesce(max(round), 0) FROM batches WHERE mailbox = ? AND name = ?",
            (self._mailbox, self._name),
        ).fetchone()
        return int(last)

    def _begin(self, number: int) -> int:
        with self._database:
            self._database.execute(
                "INSERT INTO batches (mailbox, name, round) VALUES (?, ?, ?)",
                (self._mailbox, self._name, number),
            )
        return number

    def _id(self) -> int:
        (identity,) = self._database.execute(
            "SELECT id FROM batches WHERE mailbox = ? AND name = ? AND round = ?",
            (self._mailbox, self._name, self._round),
        ).fetchone()
        return int(identity)


@contextmanager
def open_outbox(path: Path, *, mailbox: str, name: str) -> Iterator[Outbox]:
    """`mailbox` tells accounts and services apart, `name` the batch in it.

    Raises SettingsError where another process has it, or where the file is of no use.
    """
    with locked(path.with_suffix(".lock"), IN_USE):
        try:
            database = sqlite3.connect(path)
            with closing(database):
                _prepare(database, path)
                yield Outbox(database, mailbox, name)
        except sqlite3.DatabaseError as error:
            raise SettingsError(
                f"{path}, which keeps what was sent, cannot be used: {error}. Without it nothing "
                "is sent. Mend the disk or put the file back; to begin anew, move it away, and "
                "with it the knowledge of what was sent."
            ) from None


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, FORMAT):
        raise SettingsError(f"{path} was written by another version of this program.")
    database.executescript(_SCHEMA)
    database.execute(f"PRAGMA user_version = {FORMAT}")
