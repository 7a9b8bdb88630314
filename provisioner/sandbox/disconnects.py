"""`/disconnects`: giving numbers back. They stay the account's for a while, as `Aging`."""

from __future__ import annotations

import sqlite3
import uuid

from lxml.etree import _Element as Element

from provisioner.sandbox.envelopes import list_error
from provisioner.sandbox.errors import Refusal
from provisioner.sandbox.exchange import Answer, Call, document
from provisioner.sandbox.markup import child, element, elements, optional, text, timestamp, word
from provisioner.sandbox.order_types import read_numbers
from provisioner.sandbox.state import State

_TYPE = "DisconnectTelephoneNumberOrderType"
_PROTECTED = ("TRUE", "FALSE", "UNCHANGED")


def create_disconnect(call: Call, state: State) -> Answer:
    body = call.document("DisconnectTelephoneNumberOrder")
    details = child(body, _TYPE)
    listed = None if details is None else child(details, "TelephoneNumberList")
    if details is None or listed is None:
        raise Refusal(5001)
    numbers = read_numbers([(each.text or "") for each in listed], call.notation)
    protected = word(details, "Protected") or "UNCHANGED"
    if protected not in _PROTECTED:
        raise Refusal(1008, protected, "Protected")
    identity = str(uuid.uuid4())
    now = state.now()
    state.run(
        "INSERT INTO disconnects (id, account, created, due, status, customer_order_id, protected) "
        "VALUES (?, ?, ?, ?, 'RECEIVED', ?, ?)",
        identity,
        call.account,
        now,
        now + state.settings.order_delay,
        text(body, "CustomerOrderId"),
        protected,
    )
    for number in numbers:
        state.run("INSERT INTO order_numbers VALUES (?, ?, 'asked')", identity, number)
    row = _find(identity, call, state)
    return document(_show(row, call, state), 201, call.url("disconnects", identity))


def get_disconnect(call: Call, state: State) -> Answer:
    return document(_show(_find(call.parameters["order"], call, state), call, state))


def _find(identity: str, call: Call, state: State) -> sqlite3.Row:
    row = state.row(
        "SELECT * FROM disconnects WHERE id = ? AND account = ?", identity, call.account
    )
    if row is None:
        raise Refusal(5061)
    return row


def _show(row: sqlite3.Row, call: Call, state: State) -> Element:
    numbers: dict[str, list[str]] = {"asked": [], "completed": [], "failed": []}
    for each in state.rows(
        "SELECT number, outcome FROM order_numbers WHERE order_id = ? ORDER BY number", row["id"]
    ):
        numbers[each["outcome"]].append(call.notation.write(each["number"]))
    request = element(
        "orderRequest",
        optional("CustomerOrderId", row["customer_order_id"]),
        element("id", row["id"]),
        element("OrderCreateDate", timestamp(row["created"])),
        element(
            _TYPE,
            element("DisconnectMode", "normal"),
            element("Protected", row["protected"]),
            _list("TelephoneNumberList", numbers["asked"]),
        ),
    )
    errors = elements("ErrorList", (list_error(5006, number) for number in numbers["failed"]))
    return element(
        "DisconnectTelephoneNumberOrderResponse",
        errors if len(errors) else None,
        _list("DisconnectedTelephoneNumberList", numbers["completed"]),
        request,
        element("OrderStatus", row["status"]),
    )


def _list(name: str, numbers: list[str]) -> Element | None:
    shown = [element("TelephoneNumber", number) for number in numbers]
    return elements(name, shown) if shown else None
