"""Orders of all kinds as the page shows them: one list, newest first, and each with its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Row
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering.changes import MOVE, OPTION

_KINDS = {"orders": "order", "disconnects": "release", MOVE: "move", OPTION: "options"}
_OUTCOMES = ("asked", "completed", "failed")
_MOST_NUMBERS = 200

_ALL = """
SELECT id, 'orders' AS source, account, user, created, modified, status, customer_order_id, name,
    site, peer, kind AS type, quantity, obtained FROM orders
UNION ALL
SELECT id, 'disconnects', account, user, created, modified, status, customer_order_id, NULL,
    NULL, NULL, NULL,
    (SELECT count(*) FROM order_numbers WHERE order_id = id AND outcome = 'asked'), obtained
    FROM disconnects
UNION ALL
SELECT id, kind, account, user, created, modified, status, customer_order_id, NULL, site, peer,
    NULL, (SELECT count(*) FROM change_numbers WHERE change_id = id), NULL FROM changes
"""


def _list_orders(call: ControlCall, control: Control) -> object:
    account, state = call.account(control), control.state
    rows = state.rows(
        f"SELECT * FROM ({_ALL}) WHERE account = ? ORDER BY created DESC, id LIMIT ? OFFSET ?",  # noqa: S608 -- a text of ours
        account,
        call.limit(),
        call.offset(),
    )
    total = sum(
        state.count(f"SELECT count(*) FROM {table} WHERE account = ?", account)  # noqa: S608 -- a table of ours
        for table in ("orders", "disconnects", "changes")
    )
    return {"total": total, "rows": [_show(row, state) for row in rows]}


def _get_order(call: ControlCall, control: Control) -> object:
    identity, state = call.parameters["order"], control.state
    row = state.row(f"SELECT * FROM ({_ALL}) WHERE id = ?", identity)  # noqa: S608 -- a text of ours
    if row is None:
        raise ControlError(f"there is no order {identity!r}", status=404)
    steps = state.rows("SELECT * FROM order_history WHERE order_id = ? ORDER BY sequence", identity)
    return {
        **_show(row, state),
        "history": [
            {
                "time": timestamp(step["time"]),
                "status": step["status"],
                "note": step["note"],
                "author": step["author"],
            }
            for step in steps
        ],
        "numbers": {outcome: _numbers(row, outcome, state) for outcome in _OUTCOMES},
    }


def _numbers(row: sqlite3.Row, outcome: str, state: State) -> list[str]:
    """The first of them."""
    if row["source"] in ("orders", "disconnects"):
        found = state.rows(
            "SELECT number FROM order_numbers WHERE order_id = ? AND outcome = ? LIMIT ?",
            row["id"],
            outcome,
            _MOST_NUMBERS,
        )
    else:
        found = state.rows(
            "SELECT number FROM change_numbers WHERE change_id = ? AND ? = 'asked' LIMIT ?",
            row["id"],
            outcome,
            _MOST_NUMBERS,
        )
    return [each["number"] for each in found]


def _show(row: sqlite3.Row, state: State) -> Mapping[str, object]:
    due = state.row(
        "SELECT min(due) AS due FROM agenda WHERE subject = ? AND kind <> 'aging'", row["id"]
    )
    names = ("id", "user", "status", "customer_order_id", "name", "site", "peer", "type")
    return {
        **{name: row[name] for name in names},
        "kind": _KINDS[row["source"]],
        "quantity": row["quantity"],
        "obtained": row["obtained"],
        "created": timestamp(row["created"]),
        "modified": timestamp(row["modified"]),
        "due": timestamp(due["due"]) if due is not None and due["due"] is not None else None,
    }


ROWS = (
    Row("GET", "/orders", _list_orders),
    Row("GET", "/orders/{order}", _get_order),
)
