"""What subscribers hear of orders: who has asked for it, and in which words.

Which statuses are told, and the document: vendor guide to order webhooks. Emails are recorded, not
sent; one with a daily digest is recorded at once like all others (assumption), and says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.markup import element, elements, optional, render, timestamp
from provisioner.sandbox.calls.numbering import E164, NATIONAL
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.outgoing import callbacks
from provisioner.sandbox.outgoing.callbacks import Destination

ORDERS, DISCONNECTS, OPTIONS = "orders", "disconnects", "tnoptions"

_ENDS = ("COMPLETE", "PARTIAL", "FAILED")
_TOLD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        ORDERS: (*_ENDS, "BACKORDERED"),
        DISCONNECTS: _ENDS,
        OPTIONS: ("RECEIVED", "PROCESSING", *_ENDS),
    }
)
_NOTATIONS = {"LEGACY": NATIONAL, "E164": E164}


def notify(
    order_type: str,
    order: sqlite3.Row,
    status: str,
    completed: Iterable[str],
    when: float,
    state: State,
) -> None:
    """Tells every subscription to this order, or to all of its type."""
    if status not in _TOLD[order_type]:
        return
    numbers = tuple(completed)
    for subscription in state.rows(
        "SELECT * FROM subscriptions WHERE account = ? AND order_type = ? AND order_id IN ('', ?)",
        order["account"],
        order_type,
        order["id"],
    ):
        if subscription["email"]:
            _write_email(subscription, order, status, numbers, when, state)
        else:
            _post(subscription, order, status, numbers, when, state)


def wants_any(state: State) -> bool:
    """Whether anybody has asked to be told of orders."""
    return state.row("SELECT 1 FROM subscriptions WHERE order_type <> ''") is not None


def note_answer(subscription: str, answer: str, state: State) -> None:
    """What came of the last notification, as the subscription then shows it: `200 OK`."""
    state.run("UPDATE subscriptions SET status = ? WHERE id = ?", answer, subscription)


def _post(
    subscription: sqlite3.Row,
    order: sqlite3.Row,
    status: str,
    numbers: tuple[str, ...],
    when: float,
    state: State,
) -> None:
    document = _document(subscription, order, status, numbers, when)
    callbacks.post(
        subscription["order_type"],
        Destination(subscription["url"], subscription["user"], subscription["password"]),
        render(document).decode(),
        order["account"],
        when,
        state,
        subscription=subscription["id"],
    )


def _document(
    subscription: sqlite3.Row,
    order: sqlite3.Row,
    status: str,
    numbers: tuple[str, ...],
    when: float,
) -> Element:
    notation = _NOTATIONS[subscription["number_format"]]
    shown = [element("TelephoneNumber", notation.write(number)) for number in numbers]
    return element(
        "Notification",
        element("SubscriptionId", subscription["id"]),
        element("OrderType", subscription["order_type"]),
        element("OrderId", order["id"]),
        optional("CustomerOrderId", order["customer_order_id"]),
        element("Status", status),
        elements("CompletedTelephoneNumbers", shown) if shown else None,
        element("LastModifiedDate", timestamp(when)),
    )


def _write_email(
    subscription: sqlite3.Row,
    order: sqlite3.Row,
    status: str,
    numbers: tuple[str, ...],
    when: float,
    state: State,
) -> None:
    subject = f"{subscription['order_type']} {order['id']}: {status}"
    state.run(
        "INSERT INTO emails (account, time, address, digest, subscription, subject, text) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        order["account"],
        when,
        subscription["email"],
        subscription["digest"],
        subscription["id"],
        subject,
        f"{subject}. Numbers: {', '.join(numbers) or 'none'}.",
    )
