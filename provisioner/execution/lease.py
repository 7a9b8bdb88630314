"""One run at a time may write to an account: the lease, and who has it.

The number of the run is the fencing token: it only ever grows, and whatever is announced is
checked against it in the same transaction.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provisioner.errors import LeaseHeld
from provisioner.execution.processes import Process, is_gone, this_process
from provisioner.execution.records import Occasion, Owner

EXPIRY = 60.0
"""Seconds after its last heartbeat that a lease may be taken over."""
HEARTBEAT = 10.0


@dataclass(frozen=True, slots=True)
class Lease:
    """`since` and `heartbeat` are in seconds since 1970."""

    run: int
    origin: str
    account: str
    owner: Owner
    process: Process
    since: float
    heartbeat: float

    def is_over(self, now: float) -> bool:
        """Whether it may be taken over. A heartbeat from the future is as old as one long past:
        the clock was set back, and its owner would have written a new one since."""
        return abs(now - self.heartbeat) > EXPIRY or is_gone(self.process)

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since, UTC)
        return (
            f"{self.owner} (run {self.run}, process {self.process.number}, since "
            f"{since:%Y-%m-%d %H:%M:%S} UTC)"
        )


LEASES = (
    "SELECT number, leases.origin, leases.account, user, host, job, place, process, born, started,"
    " heartbeat FROM leases JOIN runs ON number = run"
)


def all_leases(connection: sqlite3.Connection) -> list[Lease]:
    return [_lease(row) for row in connection.execute(f"{LEASES} ORDER BY number")]


def lease_of(connection: sqlite3.Connection, origin: str, account: str) -> Lease | None:
    row = connection.execute(
        f"{LEASES} WHERE leases.origin = ? AND leases.account = ?", (origin, account)
    ).fetchone()
    return None if row is None else _lease(row)


def _lease(row: tuple[Any, ...]) -> Lease:
    number, origin, account, user, host, job, place, process, born, started, heartbeat = row
    owner, at = Owner(user, host, job), Process(place, process, born)
    return Lease(number, origin, account, owner, at, started, heartbeat)


def take_lease(connection: sqlite3.Connection, occasion: Occasion, now: float) -> int:
    """The number of the run, which has the lease from now on. Raises LeaseHeld."""
    held = lease_of(connection, occasion.origin, occasion.account)
    if held is not None and not held.is_over(now):
        raise LeaseHeld(
            f"{held} is applying to account {held.account} at {held.origin}. To wait for it, add "
            "--lock-timeout SECONDS; if it is gone for good, `provisioner unlock` ends its lease. "
            "Nothing was sent."
        )
    process = this_process()
    run = connection.execute(
        "INSERT INTO runs (origin, account, started, user, host, job, place, process, born, files,"
        " digest, git_commit, tool_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            occasion.origin,
            occasion.account,
            now,
            occasion.owner.user,
            occasion.owner.host,
            occasion.owner.job,
            process.place,
            process.number,
            process.born,
            json.dumps(occasion.files),
            occasion.digest,
            occasion.commit,
            occasion.tool_version,
        ),
    ).lastrowid
    connection.execute(
        "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)",
        (occasion.origin, occasion.account, run, now),
    )
    return int(run or 0)


def beat(connection: sqlite3.Connection, run: int, now: float) -> bool:
    """A sign of life. Whether the run still has its lease."""
    beaten = connection.execute("UPDATE leases SET heartbeat = ? WHERE run = ?", (now, run))
    return beaten.rowcount == 1


def lease_lost(connection: sqlite3.Connection, occasion: Occasion) -> LeaseHeld:
    """To whom, for a run that has it no longer."""
    held = lease_of(connection, occasion.origin, occasion.account)
    if held is None:
        return LeaseHeld("The lease of this run was ended from outside. Nothing more is sent.")
    return LeaseHeld(f"The lease went to {held}. Nothing more is sent.")


def end_lease(connection: sqlite3.Connection, run: int) -> None:
    connection.execute("DELETE FROM leases WHERE run = ?", (run,))
