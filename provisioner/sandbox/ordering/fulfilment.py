"""Carrying out orders: what an order gets, by stock and by what it allows.

The matrix of back order and partial is the vendor guide's. A back order keeps what it has got and
is looked at again whenever stock arrives, the oldest first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from provisioner.sandbox.calls.markup import store
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.numbers.places import summarize
from provisioner.sandbox.ordering import history
from provisioner.sandbox.ordering.notifications import ORDERS, notify
from provisioner.sandbox.ordering.order_report import numbers_of
from provisioner.sandbox.ordering.order_types import BY_NAME, find, restore_wanted

# (can wait for more, some numbers got) -> status of an order that could not be filled.
_SHORT = {
    (True, True): "BACKORDERED",
    (True, False): "BACKORDERED",
    (False, True): "PARTIAL",
    (False, False): "FAILED",
}
_WORDS = {
    "COMPLETE": "The order is complete",
    "PARTIAL": "A part of the order was filled",
    "FAILED": "Nothing of the order could be filled",
    "BACKORDERED": "The order waits for more numbers",
}


def carry_out(order: str, when: float, state: State) -> None:
    """The first attempt, when an order comes due."""
    row = state.rows("SELECT * FROM orders WHERE id = ?", order)[0]
    state.run("DELETE FROM awaited_numbers WHERE order_id = ?", order)
    taken = _take(row, when, state)
    if row["kind"] == BY_NAME:
        left = set(restore_wanted(row["wanted"]).numbers) - set(taken)
        record(order, "failed", left, state)
    _finish(row, taken, when, state)


def fill_back_orders(when: float, state: State) -> None:
    for row in state.rows("SELECT * FROM orders WHERE status = 'BACKORDERED' ORDER BY sequence"):
        taken = _take(row, when, state)
        if taken:
            _finish(row, taken, when, state)


def record(order: str, outcome: str, numbers: Iterable[str], state: State) -> None:
    state.run_many(
        "INSERT INTO order_numbers VALUES (?, ?, ?)",
        ((order, number, outcome) for number in numbers),
    )


def status_of(wanted: int, had: int, *, waits: bool) -> str:
    return "COMPLETE" if had == wanted else _SHORT[waits, had > 0]


def _take(row: sqlite3.Row, when: float, state: State) -> list[str]:
    """Puts in service what can be had and may be taken: all that is left, or a part if allowed.

    What the order got once and the account released since is not taken again (assumption)."""
    left = row["quantity"] - row["obtained"]
    had = {*numbers_of(row["id"], "completed", state)} if row["obtained"] else set()
    offered = find(restore_wanted(row["wanted"]), row["account"], state)
    found = [number for number in offered if number not in had][:left]
    taken = found if len(found) == left or row["partial"] else []
    inventory.take(taken, row, when, state)
    record(row["id"], "completed", taken, state)
    return taken


def _finish(row: sqlite3.Row, taken: list[str], when: float, state: State) -> None:
    obtained = row["obtained"] + len(taken)
    waits = bool(row["back_order"]) and restore_wanted(row["wanted"]).can_wait
    status = status_of(row["quantity"], obtained, waits=waits)
    done = numbers_of(row["id"], "completed", state)
    details = summarize(done)
    state.run(
        "UPDATE orders SET status = ?, modified = ?, completed = ?, obtained = ?, details = ? "
        "WHERE id = ?",
        status,
        when,
        None if status == "BACKORDERED" else when,
        obtained,
        None if details is None else store(details),
        row["id"],
    )
    history.add(row["id"], when, status, _WORDS[status], state)
    notify(ORDERS, row, status, done, when, state)
