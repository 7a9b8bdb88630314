"""The whole account as one document, to be kept, compared, edited and loaded again.

`{"sandbox": VERSION, "tables": {name: [{column: value, ...}, ...]}}`, where bytes are
`{"base64": text}`. What a snapshot holds was sent to the account, passwords of callbacks included;
bearer tokens are not in it, and stay good whatever is loaded.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.sandbox.memory import totals
from provisioner.sandbox.memory.schema import VERSION
from provisioner.sandbox.memory.state import State

Snapshot = Mapping[str, Any]

_OURS = "tokens"
# What follows from the other tables, so that it is made anew.
_DERIVED = (*totals.TABLES, "marks")
_IDS = "sqlite_sequence"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (float, int),
    "TEXT": (str,),
    "BLOB": (bytes,),
}


class SnapshotError(ValueError):
    """A snapshot that cannot be loaded; the message says where and why."""


def take_snapshot(state: State) -> Snapshot:
    tables = {
        table: [{name: _show(row[name]) for name in row.keys()} for row in _rows(table, state)]  # noqa: SIM118 -- a Row is no mapping
        for table in (*_tables(state), _IDS)
        if table not in _DERIVED
    }
    return {"sandbox": VERSION, "tables": tables}


def load_snapshot(snapshot: Snapshot, state: State) -> None:
    """Replaces all that the account has. Must run in a transaction, which a SnapshotError ends."""
    tables = dict(_check(snapshot, state))
    ids = tables.pop(_IDS, [])
    with _recounting(state):
        _empty(state)
        for table, rows in tables.items():
            _fill(table, rows, state)
    # Rows with ids have counted them already; those of rows that are gone must not come back.
    if ids:
        state.run(f"DELETE FROM {_IDS}")  # noqa: S608 -- a table of SQLite's
        _fill(_IDS, ids, state)
        state.start_ids()
    _check_references(state)
    stranger = find_stranger(state)
    if stranger is not None:
        raise SnapshotError(stranger)


def empty(state: State) -> None:
    """Takes away all that the account has; must run in a transaction."""
    with _recounting(state):
        _empty(state)


def is_empty(state: State) -> bool:
    tables = (table for table in _tables(state) if table != "agenda")
    return not any(state.row(f"SELECT 1 FROM {table}") for table in tables)  # noqa: S608 -- a table of ours


def find_stranger(state: State) -> str | None:
    """What to do about an account that is not served here: what nobody could see would be lost
    without a word."""
    served = {login.account for login in state.settings.logins}
    for table in _tables(state):
        if "account" in _columns(table, state):
            for row in state.rows(f"SELECT DISTINCT account FROM {table}"):  # noqa: S608 -- a table of ours
                if row["account"] not in served:
                    return (
                        f"it has the account {row['account']}, which is not served here: "
                        f"start the sandbox with --account {row['account']}"
                    )
    return None


def read_file(path: Path) -> Snapshot:
    """Raises OSError where there is no such file, and SnapshotError where it is no snapshot."""
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise SnapshotError(f"it is not JSON ({error})") from None
    if not isinstance(found, dict):
        raise SnapshotError("it is not a snapshot: there is no object in it")
    return found


@contextmanager
def _recounting(state: State) -> Iterator[None]:
    """Counts all numbers at the end, which is faster than each of many when it changes."""
    for name in totals.TRIGGERS:
        state.run(f"DROP TRIGGER {name}")
    yield
    for table in totals.TABLES:
        state.run(f"DELETE FROM {table}")  # noqa: S608 -- a table of ours
    for statement in (*totals.RECOUNTS, *totals.TRIGGERS.values()):
        state.run(statement)


def _empty(state: State) -> None:
    state.run("PRAGMA defer_foreign_keys = ON")
    for table in _tables(state):
        state.run(f"DELETE FROM {table}")  # noqa: S608 -- a table of ours
    state.run(f"DELETE FROM {_IDS}")  # noqa: S608 -- a table of SQLite's
    state.start_ids()


def _tables(state: State) -> list[str]:
    rows = state.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
    names = (row["name"] for row in rows)
    return [name for name in names if not name.startswith("sqlite_") and name != _OURS]


def _rows(table: str, state: State) -> Iterator[sqlite3.Row]:
    yield from state.rows(f"SELECT * FROM {table}")  # noqa: S608 -- a table of ours


def _columns(table: str, state: State) -> dict[str, str]:
    if table == _IDS:
        return {"name": "TEXT", "seq": "INTEGER"}
    return {row["name"]: row["type"] for row in state.rows(f"PRAGMA table_info({table})")}


def _fill(table: str, rows: Sequence[object], state: State) -> None:
    columns = _columns(table, state)
    marks = ", ".join("?" * len(columns))
    values = [_read(row, columns, f"{table}[{n}]") for n, row in enumerate(rows)]
    try:
        state.run_many(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 -- a table of ours
    except (sqlite3.Error, OverflowError) as error:
        raise SnapshotError(f"{table}: {error}") from None


def _show(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _check(snapshot: Snapshot, state: State) -> Mapping[str, list[object]]:
    if snapshot.get("sandbox") != VERSION:
        raise SnapshotError(f"it is not a snapshot of this version of the sandbox ({VERSION})")
    tables = snapshot.get("tables")
    if not isinstance(tables, dict):
        raise SnapshotError("`tables` is missing")
    known = {*_tables(state), _IDS}.difference(_DERIVED)
    for name, rows in tables.items():
        if name not in known:
            raise SnapshotError(f"there is no table {name}")
        if not isinstance(rows, list):
            raise SnapshotError(f"{name} is not a list of rows")
    return tables


def _read(row: object, columns: Mapping[str, str], where: str) -> list[object]:
    if not isinstance(row, dict) or row.keys() != columns.keys():
        raise SnapshotError(f"{where} must have exactly: {', '.join(columns)}")
    return [_value(row[name], kind, f"{where}.{name}") for name, kind in columns.items()]


def _value(value: object, kind: str, where: str) -> object:
    if value is None:
        return None
    if isinstance(value, dict):
        try:
            value = base64.b64decode(value.get("base64", ""), validate=True)
        except (binascii.Error, TypeError, ValueError):
            value = ...
    is_finite = not isinstance(value, float) or math.isfinite(value)
    if isinstance(value, bool) or not isinstance(value, _TYPES[kind]) or not is_finite:
        raise SnapshotError(f"{where} is not {kind.lower()}")
    return value


def _check_references(state: State) -> None:
    broken = state.row("PRAGMA foreign_key_check")
    if broken is not None:
        child, parent = broken["table"], broken["parent"]
        raise SnapshotError(f"a row of {child} belongs to one of {parent} that is not there")
