"""What the account posts to applications and subscribers, and what became of each.

A message's event is posted until it is answered with 2xx, for 24 hours (vendor guide); how far
apart the attempts are is not published: `SPACING` is an assumption. A notification of an order is
posted once (vendor guide). Who posts them is the `courier`; what is here only remembers.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from provisioner.sandbox.calls.log_view import hide_secrets
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State

SPACING = (10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds from one attempt to the next; the last one holds for all that follow."""
PATIENCE = 24 * 3600
_MOST_ENDED = 5_000

WAITING, DELIVERED, GIVEN_UP, LOST = "waiting", "delivered", "given up", "lost"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to, and with which credentials once they are asked for; empty is none."""

    url: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `status` is 0 where nothing was answered, and `error` says why; `authorized` is
    whether it carried the credentials."""

    time: float
    authorized: bool
    status: int
    error: str = ""
    answer: str = ""

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def status_line(self) -> str:
        """`200 OK`, or why there is none."""
        if not self.status:
            return self.error
        known = self.status in set(HTTPStatus)
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


def post(
    kind: str,
    to: Destination,
    body: str,
    account: str,
    when: float,
    state: State,
    *,
    subscription: str = "",
) -> None:
    """To be sent from `when` on, unless this account sends nothing at all."""
    if not state.settings.callbacks:
        return
    state.run(
        "INSERT INTO callbacks (id, account, type, url, user, password, subscription, body, "
        "created, due, outcome, failures, attempts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '[]')",
        uuid.uuid4().hex,
        account,
        kind,
        to.url,
        to.user,
        to.password,
        subscription,
        body,
        when,
        when,
        WAITING,
    )


def find_new(state: State) -> list[sqlite3.Row]:
    """Those whose time has come for the first time."""
    return state.rows(
        "SELECT * FROM callbacks WHERE due <= ? AND repeats IS NULL ORDER BY due, sequence",
        state.now(),
    )


def find_due(most: int, but: Collection[str], state: State) -> list[sqlite3.Row]:
    """Those whose time has come, the longest waiting first, so that with those under way they are
    not more than `most`; `but` names the latter."""
    rows = state.rows(
        "SELECT * FROM callbacks WHERE due <= ? ORDER BY due, sequence LIMIT ?",
        state.now(),
        most,
    )
    return [row for row in rows if row["id"] not in but][: most - len(but)]


def find_about(messages: Iterable[str], state: State) -> Mapping[str, Sequence[sqlite3.Row]]:
    """Those that tell of these messages, of each in the order in which they came up."""
    found: dict[str, list[sqlite3.Row]] = {}
    for row in state.rows(
        "SELECT * FROM (SELECT *, CASE WHEN subscription = '' "
        "THEN json_extract(body, '$[0].message.id') END AS message FROM callbacks) "
        "WHERE message IN (SELECT value FROM json_each(?)) ORDER BY sequence",
        json.dumps([*messages]),
    ):
        found.setdefault(row["message"], []).append(row)
    return found


def next_due(state: State) -> float | None:
    """When the next one's time comes that has not come yet."""
    row = state.rows("SELECT min(due) AS due FROM callbacks WHERE due > ?", state.now())[0]
    return None if row["due"] is None else float(row["due"])


def set_repeats(identity: str, repeats: int, state: State) -> None:
    state.run("UPDATE callbacks SET repeats = ? WHERE id = ?", repeats, identity)


def postpone(identity: str, seconds: float, state: State) -> None:
    state.run("UPDATE callbacks SET due = due + ? WHERE id = ?", seconds, identity)


def lose(identity: str, state: State) -> None:
    _end(identity, LOST, state)


def record(identity: str, attempts: Sequence[Attempt], state: State) -> None:
    """What came of one try, which is one request, or two where credentials were asked for."""
    row = state.row("SELECT * FROM callbacks WHERE id = ?", identity)
    if row is None:
        return  # the account was emptied meanwhile
    known = [*json.loads(row["attempts"]), *map(asdict, attempts)]
    state.run("UPDATE callbacks SET attempts = ? WHERE id = ?", json.dumps(known), identity)
    if attempts[-1].succeeded:
        _succeed(row, state)
    else:
        _fail(row, state)


def forget_ended(state: State, *, most: int = _MOST_ENDED) -> None:
    state.run(
        "DELETE FROM callbacks WHERE due IS NULL AND sequence <= "
        "(SELECT max(sequence) FROM callbacks) - ?",
        most,
    )


def show(row: sqlite3.Row) -> dict[str, Any]:
    attempts = [
        {**each, "time": timestamp(each["time"]), "answer": hide_secrets(each["answer"])}
        for each in json.loads(row["attempts"])
    ]
    return {
        "id": row["id"],
        "account": row["account"],
        "type": row["type"],
        "url": hide_secrets(row["url"]),
        "body": row["body"],
        "created": timestamp(row["created"]),
        "due": None if row["due"] is None else timestamp(row["due"]),
        "outcome": row["outcome"],
        "attempts": attempts,
    }


def _succeed(row: sqlite3.Row, state: State) -> None:
    if row["repeats"]:
        state.run("UPDATE callbacks SET repeats = repeats - 1 WHERE id = ?", row["id"])
    else:
        _end(row["id"], DELIVERED, state)


def _fail(row: sqlite3.Row, state: State) -> None:
    wait = SPACING[min(row["failures"], len(SPACING) - 1)]
    due = state.now() + wait
    if row["subscription"] or due > row["created"] + PATIENCE:
        _end(row["id"], GIVEN_UP, state)
        return
    state.run("UPDATE callbacks SET failures = failures + 1, due = ? WHERE id = ?", due, row["id"])


def _end(identity: str, outcome: str, state: State) -> None:
    state.run("UPDATE callbacks SET outcome = ?, due = NULL WHERE id = ?", outcome, identity)
