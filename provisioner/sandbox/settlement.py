"""What happens by itself as time goes on: orders that have come due are carried out.

There is no timer. Before each request everything due by the clock is settled, in the order and
with the time at which it came due, so that the result does not depend on who asks when.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from provisioner.sandbox import inventory
from provisioner.sandbox.order_types import ORDER_TYPES, Wanted
from provisioner.sandbox.state import State

# (back order requested, some numbers got) -> status of an order that could not be filled.
_SHORT = {
    (True, True): "BACKORDERED",
    (True, False): "BACKORDERED",
    (False, True): "PARTIAL",
    (False, False): "FAILED",
}


def settle_due(state: State) -> None:
    now = state.now()
    for row in state.rows("SELECT * FROM orders WHERE due <= ? ORDER BY due, sequence", now):
        _settle_order(row, state)
    for row in state.rows("SELECT * FROM disconnects WHERE due <= ? ORDER BY due, sequence", now):
        _settle_disconnect(row, state)


def _settle_order(row: sqlite3.Row, state: State) -> None:
    kind = ORDER_TYPES[row["kind"]]
    kept = json.loads(row["wanted"])
    wanted = Wanted(row["quantity"], kept["criteria"], tuple(kept["numbers"]))
    found = kind.find(wanted, row["account"], state)
    enough = len(found) == wanted.quantity
    taken = found if enough or row["partial"] else []
    waits = bool(row["back_order"]) and not kind.by_name
    status = "COMPLETE" if enough else _SHORT[waits, bool(taken)]
    inventory.take(taken, row, row["due"], state)
    _record(row["id"], "completed", taken, state)
    _record(row["id"], "failed", [n for n in wanted.numbers if n not in set(taken)], state)
    state.run(
        "UPDATE orders SET status = ?, modified = due, due = NULL, completed = ? WHERE id = ?",
        status,
        None if status == "BACKORDERED" else row["due"],
        row["id"],
    )


def _settle_disconnect(row: sqlite3.Row, state: State) -> None:
    asked = [
        each["number"]
        for each in state.rows(
            "SELECT number FROM order_numbers WHERE order_id = ? AND outcome = 'asked'", row["id"]
        )
    ]
    gone = [n for n in asked if inventory.release(n, row["account"], row["due"], state)]
    _record(row["id"], "completed", gone, state)
    _record(row["id"], "failed", [n for n in asked if n not in set(gone)], state)
    status = "COMPLETE" if gone == asked else _SHORT[False, bool(gone)]
    state.run("UPDATE disconnects SET status = ?, due = NULL WHERE id = ?", status, row["id"])


def _record(order: str, outcome: str, numbers: Iterable[str], state: State) -> None:
    for number in numbers:
        state.run("INSERT INTO order_numbers VALUES (?, ?, ?)", order, number, outcome)
