"""What became of an order, step by step."""

from __future__ import annotations

import sqlite3

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.markup import element, elements, optional, timestamp
from provisioner.sandbox.memory.state import State

SYSTEM = "System"


def add(
    order: str,
    when: float,
    status: str,
    words: str,
    state: State,
    author: str = SYSTEM,
    difference: str | None = None,
) -> None:
    state.run(
        "INSERT INTO order_history (order_id, time, status, note, author, difference) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        order,
        when,
        status,
        words,
        author,
        difference,
    )


def show(order: str, state: State) -> Element:
    rows = state.rows("SELECT * FROM order_history WHERE order_id = ? ORDER BY sequence", order)
    return elements("OrderHistoryWrapper", map(_show_entry, rows))


def _show_entry(row: sqlite3.Row) -> Element:
    return element(
        "OrderHistory",
        element("OrderDate", timestamp(row["time"])),
        element("Note", row["note"]),
        element("Author", row["author"]),
        element("Status", row["status"]),
        optional("Difference", row["difference"]),
    )
