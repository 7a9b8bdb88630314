"""What will happen by itself, and when: orders that come due, numbers that have aged, ..."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.sandbox.memory.state import State


@dataclass(frozen=True, slots=True)
class Event:
    """`due` is in epoch seconds; what `subject` identifies depends on `kind`."""

    kind: str
    subject: str
    due: float


def schedule(kind: str, subject: str, due: float, state: State) -> None:
    state.run("INSERT INTO agenda (kind, subject, due) VALUES (?, ?, ?)", kind, subject, due)


def take_next(until: float, state: State) -> Event | None:
    """The event that is due first, which is on the agenda no more; None if none is due yet.

    Events of one moment come in the order in which they were scheduled.
    """
    row = state.row(
        "SELECT * FROM agenda WHERE due <= ? AND kind NOT IN (SELECT kind FROM holds) "
        "ORDER BY due, sequence LIMIT 1",
        until,
    )
    if row is None:
        return None
    state.run("DELETE FROM agenda WHERE sequence = ?", row["sequence"])
    return Event(row["kind"], row["subject"], row["due"])


def next_due(state: State) -> float | None:
    """When the next event is due that is not due yet."""
    row = state.rows("SELECT min(due) AS due FROM agenda WHERE due > ?", state.now())[0]
    return None if row["due"] is None else float(row["due"])


def hold(kinds: Iterable[str], state: State) -> None:
    """What comes due of these kinds waits, until `release`."""
    state.run_many("INSERT OR IGNORE INTO holds VALUES (?)", ((kind,) for kind in kinds))


def release(now: float, state: State) -> None:
    """What came due while it was held happens now, in the order in which it came due."""
    state.run(
        "UPDATE agenda SET due = ? WHERE due < ? AND kind IN (SELECT kind FROM holds)", now, now
    )
    state.run("DELETE FROM holds")


def is_held(state: State) -> bool:
    return state.row("SELECT 1 FROM holds") is not None
