"""`/orders`: buying numbers. An order is accepted at once and carried out later (`fulfilment`).

The service does not deduplicate: the same CustomerOrderId twice is two orders (vendor SDK fixture).
"""

from __future__ import annotations

import re
import sqlite3
import uuid

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.beta import is_beta
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import default_of, order_of, sippeer_on_site, site_by_id
from provisioner.sandbox.calls.markup import child, element, is_true, store, text, timestamp, word
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering import history
from provisioner.sandbox.ordering.notifications import ORDERS, notify
from provisioner.sandbox.ordering.order_report import numbers_of, show_order
from provisioner.sandbox.ordering.order_types import Wanted, read_wanted, store_wanted

_CUSTOMER_ORDER_ID = re.compile(r"[A-Za-z0-9 \-]{1,40}")
_LONGEST_NAME = 50
# The first is what the documents allow, the others are in their examples.
_ATTRIBUTES = ("Protected", "External", "Imported")


def create_order(call: Call, state: State) -> Answer:
    body = call.document("Order")
    try:
        row, peer_id = _place(body, call, state)
    except Refusal as refusal:
        if refusal.status == 400:
            body.insert(0, element("OrderCreateDate", timestamp(state.now())))
            refusal.details = (body,)
        raise
    order = show_order(row, peer_id)
    order.insert(2, element("id", row["id"]))
    answer = element("OrderResponse", order, element("OrderStatus", row["status"]))
    return document(answer, 201, call.url("orders", row["id"]))


def change_order(call: Call, state: State) -> Answer:
    """PUT: renames an order, or closes one that waits for stock; what it has got stays its own."""
    row = order_of(call, state)
    body = call.document("Order")
    changed = {
        "Name": (row["name"], _name(body) or row["name"]),
        "CustomerOrderId": (
            row["customer_order_id"],
            read_customer_order_id(body, 5052) or row["customer_order_id"],
        ),
    }
    now = state.now()
    state.run(
        "UPDATE orders SET name = ?, customer_order_id = ?, modified = ? WHERE id = ?",
        changed["Name"][1],
        changed["CustomerOrderId"][1],
        now,
        row["id"],
    )
    difference = "; ".join(
        f'{name} : "{before or ""}" --> {after}'
        for name, (before, after) in changed.items()
        if before != after
    )
    if difference:
        words = "The order was changed"
        history.add(row["id"], now, row["status"], words, state, call.user, difference)
    if is_true(body, "CloseOrder", default=False):
        _close(order_of(call, state), call.user, state)
    return document(element("OrderResponse"))


def _close(row: sqlite3.Row, user: str, state: State) -> None:
    if row["status"] != "BACKORDERED":
        raise Refusal(5060)
    status = "PARTIAL" if row["obtained"] else "FAILED"
    now = state.now()
    state.run("UPDATE orders SET status = ?, completed = ? WHERE id = ?", status, now, row["id"])
    history.add(row["id"], now, status, "The order was closed", state, user)
    notify(ORDERS, row, status, numbers_of(row["id"], "completed", state), now, state)


def _place(body: Element, call: Call, state: State) -> tuple[sqlite3.Row, str]:
    """The new order, and the PeerId as it was sent: an answer shows it only then."""
    customer_order_id, name = read_customer_order_id(body, 5052), _name(body)
    site, peer = _destination(body, call, state)
    kind, details = _order_type(body)
    wanted = read_wanted(kind, details, call.notation)
    now = state.now()
    identity = str(uuid.uuid4())
    _claim(wanted, identity, state)
    state.run(
        "INSERT INTO orders (id, account, user, created, modified, status, customer_order_id, "
        "name, site, peer, kind, wanted, quantity, partial, back_order, document, attributes) "
        "VALUES (?, ?, ?, ?, ?, 'RECEIVED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        identity,
        call.account,
        call.user,
        now,
        now,
        customer_order_id,
        name,
        site,
        peer,
        kind,
        store_wanted(wanted),
        wanted.quantity,
        _partial_allowed(body),
        is_true(body, "BackOrderRequested", default=False),
        store(details),
        _attributes(body),
    )
    schedule("order", identity, now + state.settings.order_delay, state)
    history.add(identity, now, "RECEIVED", "The order was received", state, call.user)
    return state.rows("SELECT * FROM orders WHERE id = ?", identity)[0], word(body, "PeerId")


def _claim(wanted: Wanted, order: str, state: State) -> None:
    """No two orders that are not carried out yet may ask for one number by name (5218)."""
    for number in wanted.numbers:
        if state.row("SELECT 1 FROM awaited_numbers WHERE number = ?", number) is not None:
            raise Refusal(5218, number=number)
    state.run_many(
        "INSERT INTO awaited_numbers VALUES (?, ?)", ((number, order) for number in wanted.numbers)
    )


def _destination(body: Element, call: Call, state: State) -> tuple[int, int]:
    site_id, peer_id = word(body, "SiteId"), word(body, "PeerId")
    if not site_id:
        raise Refusal(5022)
    if not peer_id and is_beta(state):
        raise Refusal(1003, "PeerId")
    site = site_by_id(site_id, call, state)
    if site is None:
        raise Refusal(5016)
    if peer_id:
        peer = sippeer_on_site(peer_id, site["id"], state)
        if peer is None:
            raise Refusal(5023)
    else:
        peer = default_of(site["id"], state)
        if peer is None:
            raise Refusal(5020)
    return site["id"], peer["id"]


def _order_type(body: Element) -> tuple[str, Element]:
    found = [part for part in body if str(part.tag).endswith("OrderType")]
    if not found and text(body, "TelephoneNumberList") is not None:
        raise Refusal(1000)  # seen by the vendor's own command-line tool
    if len(found) != 1:
        names = ", ".join(str(part.tag) for part in found) or "none"
        raise Refusal(5002, f"exactly one order type is needed; found {names}")
    return str(found[0].tag), found[0]


def read_customer_order_id(body: Element, code: int) -> str | None:
    said = text(body, "CustomerOrderId")
    if said and not _CUSTOMER_ORDER_ID.fullmatch(said):
        raise Refusal(code)
    return said or None


def _name(body: Element) -> str | None:
    said = text(body, "Name")
    if said and len(said) > _LONGEST_NAME:
        raise Refusal(1011, "Name", _LONGEST_NAME)
    return said or None


def _attributes(body: Element) -> str | None:
    """Kept and shown as they came; protected numbers are like all others here."""
    found = child(body, "TnAttributes")
    if found is None:
        return None
    for each in found:
        if each.text not in _ATTRIBUTES:
            raise Refusal(5102, each.text)
    return store(found)


def _partial_allowed(body: Element) -> bool:
    """Left out, it means true (vendor guide; one other text says false)."""
    try:
        return is_true(body, "PartialAllowed", default=True)
    except Refusal:
        raise Refusal(5217) from None
