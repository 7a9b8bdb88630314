"""What becomes of accepted messages as time goes on: QUEUED, SENDING, then DELIVERED or FAILED.

There is no timer: before each request to messaging, and before the courier looks what there is to
tell, what has come due by the clock is settled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.traffic.message_events import tell_end, tell_sending

# Metadata can be searched for about this long (vendor interface description).
_KEPT_SECONDS = 14 * 24 * 3600

# An error that the service itself finds (4000 to 4699: vendor error list) keeps a message from ever
# being sent to a carrier, so it goes from QUEUED to FAILED.
_LEAVES = "due <= ? AND status = 'QUEUED' AND verdict NOT BETWEEN 4000 AND 4699"
_ENDS = "due <= ?"


# As they are in the message.
_OF_MESSAGE = (
    "account, sender, kind, segments, length, attachments, recipients, campaign, received, "
    "direction"
)


def add_delivery(
    message: object,
    recipient: str,
    status: str,
    state: State,
    *,
    due: float | None = None,
    settles: float | None = None,
    verdict: int = 0,
) -> None:
    """Of a kept message to one of its recipients."""
    state.run(
        "INSERT INTO deliveries "  # noqa: S608 -- names of ours
        f"(message, recipient, status, error_code, due, settles, verdict, {_OF_MESSAGE}) "
        f"SELECT id, ?, ?, 0, ?, ?, ?, {_OF_MESSAGE} FROM messages WHERE id = ?",
        recipient,
        status,
        due,
        settles,
        verdict,
        message,
    )


def settle_messages(state: State) -> None:
    now = state.now()
    _tell(tell_sending, _LEAVES, now, state)
    state.run(f"UPDATE deliveries SET status = 'SENDING', due = settles WHERE {_LEAVES}", now)  # noqa: S608 -- a condition of ours
    _tell(tell_end, _ENDS, now, state)
    state.run(
        "UPDATE deliveries SET status = iif(verdict, 'FAILED', 'DELIVERED'), "  # noqa: S608 -- a condition of ours
        f"error_code = verdict, due = NULL WHERE {_ENDS}",
        now,
    )
    state.run("DELETE FROM messages WHERE received <= ?", now - _KEPT_SECONDS)


def next_due(state: State) -> float | None:
    """When the next message takes its next step."""
    row = state.rows("SELECT min(due) AS due FROM deliveries WHERE due IS NOT NULL")[0]
    return None if row["due"] is None else float(row["due"])


def _tell(
    tell: Callable[[sqlite3.Row, State], None], condition: str, now: float, state: State
) -> None:
    if not state.settings.callbacks:
        return
    rows = state.rows(
        "SELECT recipient, due, verdict, messages.* "  # noqa: S608 -- a condition of ours
        "FROM deliveries JOIN messages ON messages.id = message "
        f"WHERE {condition} ORDER BY due, sequence",
        now,
    )
    for row in rows:
        tell(row, state)
