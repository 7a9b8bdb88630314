"""`/disconnects`: giving numbers back. They stay the account's for a while, as `Aging`."""

from __future__ import annotations

import sqlite3
import uuid
from functools import lru_cache

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.envelopes import list_error
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.markup import (
    BLANK,
    child,
    element,
    elements,
    join,
    optional,
    repeat,
    store,
    timestamp,
    word,
)
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.geography import Place
from provisioner.sandbox.numbers.places import show_place, show_vendor, summarize
from provisioner.sandbox.ordering.fulfilment import record, status_of
from provisioner.sandbox.ordering.notifications import DISCONNECTS, notify
from provisioner.sandbox.ordering.order_report import numbers_of
from provisioner.sandbox.ordering.order_types import read_numbers
from provisioner.sandbox.ordering.orders import read_customer_order_id

_TYPE = "DisconnectTelephoneNumberOrderType"
_PROTECTED = ("TRUE", "FALSE", "UNCHANGED")
_MODE = "normal"


def create_disconnect(call: Call, state: State) -> Answer:
    body = call.document("DisconnectTelephoneNumberOrder")
    try:
        identity = _place(body, call, state)
    except Refusal as refusal:
        refusal.details = (_echo(body, state.now()),)
        raise
    row = _find(identity, call, state)
    return document(_show(row, call, state), 201, call.url("disconnects", identity))


def get_disconnect(call: Call, state: State) -> Answer:
    """`tndetail=true` adds to each released number where it is."""
    return document(_show(_find(call.parameters["order"], call, state), call, state))


def carry_out(disconnect: str, when: float, state: State) -> None:
    row = state.rows("SELECT * FROM disconnects WHERE id = ?", disconnect)[0]
    asked = numbers_of(disconnect, "asked", state)
    own = inventory.in_service(asked, row["account"], state)
    gone = [number for number in asked if number in own]
    inventory.release(gone, row["account"], disconnect, when, state)
    record(disconnect, "completed", gone, state)
    record(disconnect, "failed", [number for number in asked if number not in own], state)
    details = summarize(gone)
    status = status_of(len(asked), len(gone), waits=False)
    state.run(
        "UPDATE disconnects SET status = ?, modified = ?, obtained = ?, details = ? WHERE id = ?",
        status,
        when,
        len(gone),
        None if details is None else store(details),
        disconnect,
    )
    schedule("aging", disconnect, when + state.settings.aging, state)
    notify(DISCONNECTS, row, status, gone, when, state)


def _place(body: Element, call: Call, state: State) -> str:
    details = child(body, _TYPE)
    listed = None if details is None else child(details, "TelephoneNumberList")
    if details is None or listed is None:
        raise Refusal(5001)
    numbers = read_numbers([(each.text or "") for each in listed], call.notation)
    protected = word(details, "Protected") or "UNCHANGED"
    if protected not in _PROTECTED:
        raise Refusal(5108, protected)
    mode = word(details, "DisconnectMode") or _MODE
    if mode != _MODE:
        raise Refusal(5084, mode)
    identity, now = str(uuid.uuid4()), state.now()
    state.run(
        "INSERT INTO disconnects (id, account, user, created, modified, status, "
        "customer_order_id, protected) VALUES (?, ?, ?, ?, ?, 'RECEIVED', ?, ?)",
        identity,
        call.account,
        call.user,
        now,
        now,
        read_customer_order_id(body, 5052),
        protected,
    )
    record(identity, "asked", numbers, state)
    schedule("disconnect", identity, now + state.settings.order_delay, state)
    return identity


def _echo(body: Element, now: float) -> Element:
    request = element("orderRequest")
    request.extend(part for part in body if part.tag == "CustomerOrderId")
    request.append(element("OrderCreateDate", timestamp(now)))
    request.extend(part for part in body if part.tag == _TYPE)
    return request


def _find(identity: str, call: Call, state: State) -> sqlite3.Row:
    row = state.row(
        "SELECT * FROM disconnects WHERE id = ? AND account = ?", identity, call.account
    )
    if row is None:
        raise Refusal(5061)
    return row


def _show(row: sqlite3.Row, call: Call, state: State) -> Element:
    asked, done, failed = (
        numbers_of(row["id"], outcome, state) for outcome in ("asked", "completed", "failed")
    )
    request = element(
        "orderRequest",
        optional("CustomerOrderId", row["customer_order_id"]),
        element("id", row["id"]),
        element("OrderCreateDate", timestamp(row["created"])),
        element(
            _TYPE,
            element("DisconnectMode", _MODE),
            element("Protected", row["protected"]),
            _list("TelephoneNumberList", asked, call),
        ),
    )
    errors = [list_error(5006, call.notation.write(number)) for number in failed]
    return element(
        "DisconnectTelephoneNumberOrderResponse",
        elements("ErrorList", errors) if errors else None,
        _released(done, call),
        request,
        element("OrderStatus", row["status"]),
    )


def _released(numbers: list[str], call: Call) -> Element | None:
    if not numbers:
        return None
    if call.query.get("tndetail", "").lower() != "true":
        return _list("DisconnectedTelephoneNumberList", numbers, call)
    return join(
        "DisconnectedTelephoneNumberDetailList",
        (_form(place_of(number)).replace(BLANK, call.notation.write(number)) for number in numbers),
    )


def _list(name: str, numbers: list[str], call: Call) -> Element:
    return repeat(name, element("TelephoneNumber", BLANK), map(call.notation.write, numbers))


@lru_cache
def _form(place: Place | None) -> str:
    """The shape is an assumption: undocumented."""
    number, vendor = element("FullNumber", BLANK), show_vendor()
    return store(element("TelephoneNumberDetail", *show_place(place, lata="LATA"), number, *vendor))
