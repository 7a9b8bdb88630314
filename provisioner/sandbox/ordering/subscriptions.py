"""`/subscriptions`: who wants to be told what becomes of orders; `notifications` tells them."""

from __future__ import annotations

import sqlite3
import uuid

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.markup import element, elements, optional
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering.subscription_fields import Fields, read_fields

# How many may be for all orders of one type (assumption: that there is a limit is documented).
_MOST_GLOBAL = 10
_READY = "READY"
_ORDER_TABLES = {"orders": "orders", "disconnects": "disconnects", "tnoptions": "changes"}
_WRITTEN = (
    *("order_type", "event_type", "order_id", "email", "digest", "url", "expires"),
    *("user", "password", "public_key", "number_format"),
)


def list_subscriptions(call: Call, state: State) -> Answer:
    rows = state.rows(
        "SELECT * FROM subscriptions WHERE account = ? AND created <= ? ORDER BY sequence",
        call.account,
        state.listed(),
    )
    return _wrapped([_show(row, state) for row in rows])


def get_subscription(call: Call, state: State) -> Answer:
    return _wrapped([_show(_find(call, state), state)])


def create_subscription(call: Call, state: State) -> Answer:
    """The answer has no body: the id is in `Location` alone. What is wrong with the content is
    404 (vendor interface description)."""
    fields = read_fields(call.document("Subscription"))
    _check_order(fields, call, state)
    _check_unique(fields, "", call, state)
    if not fields.order_id and _count_global(fields, call, state) >= _MOST_GLOBAL:
        raise Refusal(16006, _MOST_GLOBAL)
    identity = str(uuid.uuid4())
    state.run(
        "INSERT INTO subscriptions (id, account, created, status) VALUES (?, ?, ?, ?)",
        identity,
        call.account,
        state.now(),
        _READY,
    )
    _write(identity, fields, state)
    return nothing(201, call.url("subscriptions", identity))


def replace_subscription(call: Call, state: State) -> Answer:
    """PUT: here it is 400 (vendor interface description)."""
    row = _find(call, state)
    try:
        fields = read_fields(call.document("Subscription"))
        _check_order(fields, call, state)
    except Refusal as refusal:
        refusal.status = 400
        raise
    _check_unique(fields, row["id"], call, state)
    _write(row["id"], fields, state)
    return document(element("SubscriptionResponse", _show(_find(call, state), state)))


def delete_subscription(call: Call, state: State) -> Answer:
    state.run("DELETE FROM subscriptions WHERE id = ?", _find(call, state)["id"])
    return nothing()


def expire(subscription: str, when: float, state: State) -> None:
    """Nothing happens where it was renewed in the meantime."""
    state.run("DELETE FROM subscriptions WHERE id = ? AND expires <= ?", subscription, when)


def _write(identity: str, fields: Fields, state: State) -> None:
    expires = None if fields.expiry is None else state.now() + fields.expiry
    values = (
        *(fields.order_type, fields.event_type, fields.order_id, fields.email, fields.digest),
        *(fields.url, expires, fields.user, fields.password, fields.public_key),
        fields.number_format,
    )
    columns = ", ".join(f"{name} = ?" for name in _WRITTEN)
    state.run(
        f"UPDATE subscriptions SET {columns} WHERE id = ?",  # noqa: S608 -- columns of ours
        *values,
        identity,
    )
    if expires is not None:
        schedule("subscription", identity, expires, state)


def _check_order(fields: Fields, call: Call, state: State) -> None:
    """An order of a type that the sandbox does not have cannot exist."""
    if not fields.order_id:
        return
    table = _ORDER_TABLES.get(fields.order_type)
    found = table and state.row(
        f"SELECT 1 FROM {table} WHERE id = ? AND account = ?",  # noqa: S608 -- tables of ours
        fields.order_id,
        call.account,
    )
    if found is None:
        raise Refusal(16004, fields.order_id, fields.order_type)


def _check_unique(fields: Fields, but: str, call: Call, state: State) -> None:
    found = state.row(
        "SELECT 1 FROM subscriptions WHERE account = ? AND order_type = ? AND event_type = ? "
        "AND order_id = ? AND email = ? AND url = ? AND id <> ?",
        call.account,
        fields.order_type,
        fields.event_type,
        fields.order_id,
        fields.email,
        fields.url,
        but,
    )
    if found is not None:
        raise Refusal(16008)


def _count_global(fields: Fields, call: Call, state: State) -> int:
    return state.count(
        "SELECT count(*) FROM subscriptions "
        "WHERE account = ? AND order_type = ? AND event_type = ? AND order_id = ''",
        call.account,
        fields.order_type,
        fields.event_type,
    )


def _find(call: Call, state: State) -> sqlite3.Row:
    identity = call.parameters["subscription"]
    row = state.row(
        "SELECT * FROM subscriptions WHERE id = ? AND account = ?", identity, call.account
    )
    if row is None:
        raise Refusal(16000, identity, call.account)
    return row


def _wrapped(shown: list[Element]) -> Answer:
    return document(element("SubscriptionsResponse", elements("Subscriptions", shown)))


def _show(row: sqlite3.Row, state: State) -> Element:
    return element(
        "Subscription",
        element("SubscriptionId", row["id"]),
        optional("OrderType", row["order_type"]),
        optional("EventType", row["event_type"]),
        optional("OrderId", row["order_id"]),
        _show_email(row) if row["email"] else _show_callback(row, state),
    )


def _show_email(row: sqlite3.Row) -> Element:
    return element(
        "EmailSubscription",
        element("Email", row["email"]),
        element("DigestRequested", row["digest"]),
    )


def _show_callback(row: sqlite3.Row, state: State) -> Element:
    """Expiry is in seconds from now; the password is not shown (vendor interface description)."""
    credentials = element("CallbackCredentials")
    if row["user"]:
        user = element("Username", row["user"])
        credentials.append(element("BasicAuthentication", user))
    if row["public_key"]:
        credentials.append(element("PublicKey", row["public_key"]))
    return element(
        "CallbackSubscription",
        element("URL", row["url"]),
        element("Expiry", int(row["expires"] - state.now())),
        element("Status", row["status"]),
        credentials if len(credentials) else None,
        element("NumberFormat", row["number_format"]),
    )
