"""The runs of a journal, newest first, as they are written down there."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.account.intents import Result
from provisioner.execution.lease import lease_of
from provisioner.execution.records import (
    CUT_OFF,
    UNDER_WAY,
    Ending,
    Occasion,
    Owner,
    RunRecord,
    StepRecord,
)
from provisioner.execution.tables import read_tables, told
from provisioner.model import Address

RUNS = (
    "SELECT number, origin, account, started, user, host, job, files, digest, git_commit,"
    " tool_version, at, ending, detail FROM runs LEFT JOIN ends ON run = number"
)


def read_runs(path: Path, most: int, now: Callable[[], float] = time.time) -> tuple[RunRecord, ...]:
    """The last runs, without their steps. Raises JournalError; none where there is no file."""
    if not path.exists():
        return ()
    with told(path), closing(read_tables(path)) as connection:
        rows = connection.execute(f"{RUNS} ORDER BY number DESC LIMIT ?", (most,)).fetchall()
        return tuple(_run(connection, row, now()) for row in rows)


def read_run(path: Path, number: int, now: Callable[[], float] = time.time) -> RunRecord | None:
    """One run with its steps, or None where there is none of this number. Raises JournalError."""
    if not path.exists():
        return None
    with told(path), closing(read_tables(path)) as connection:
        row = connection.execute(f"{RUNS} WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        run = _run(connection, row, now())
        steps = (*_ended_steps(connection, number), *_other_steps(connection, run))
        return replace(run, steps=steps)


def _run(connection: sqlite3.Connection, row: tuple[Any, ...], now: float) -> RunRecord:
    number, origin, account, started, user, host, job, files, digest, commit, version = row[:11]
    ended, ending, detail = row[11:]
    lease = lease_of(connection, origin, account)
    counted = connection.execute(
        "SELECT status, count(*) FROM steps WHERE run = ? GROUP BY status", (number,)
    )
    run = RunRecord(
        number=number,
        occasion=Occasion(
            origin,
            account,
            Owner(user, host, job),
            tuple(json.loads(files)),
            digest,
            commit,
            version,
        ),
        started=started,
        ended=ended,
        ending=None if ending is None else Ending(ending),
        detail=detail or "",
        holds_lease=lease is not None and lease.run == number and not lease.is_over(now),
    )
    counts = Counter(dict(counted.fetchall()))
    counts.update(each.status for each in _other_steps(connection, run))
    return replace(run, counts=dict(counts))


def _ended_steps(connection: sqlite3.Connection, run: int) -> Iterator[StepRecord]:
    rows = connection.execute(
        "SELECT verb, type, path, status, ids, numbers, error FROM steps WHERE run = ? "
        "ORDER BY number",
        (run,),
    )
    for verb, kind, path, status, ids, numbers, error in rows:
        address = Address(kind, tuple(json.loads(path)))
        yield StepRecord(verb, address, status, tuple(json.loads(ids)), numbers, error)


def _other_steps(connection: sqlite3.Connection, run: RunRecord) -> Iterator[StepRecord]:
    """What was sent, and whose step is not over, or was not when the run was cut off."""
    open_status = UNDER_WAY if run.holds_lease else CUT_OFF
    rows = connection.execute(
        "SELECT i.verb, i.type, i.path, o.result, o.ids, o.error FROM intents AS i "
        "LEFT JOIN outcomes AS o ON o.number = "
        "(SELECT max(number) FROM outcomes WHERE intent = i.number) "
        "WHERE i.run = ? AND NOT EXISTS (SELECT 1 FROM intents WHERE again = i.number) "
        "AND NOT EXISTS (SELECT 1 FROM steps WHERE run = i.run AND type = i.type AND path = i.path)"
        " ORDER BY i.number",
        (run.number,),
    )
    for verb, kind, path, result, ids, error in rows:
        known = result in (Result.DONE.value, Result.ADOPTED.value)
        status = "done" if known else "failed" if result == Result.REFUSED.value else open_status
        found = tuple(json.loads(ids or "[]"))
        yield StepRecord(
            verb, Address(kind, tuple(json.loads(path))), status, found, 0, error or ""
        )
