"""`/orders`: buying numbers. An order is accepted at once and carried out later (`settlement`).

The service does not deduplicate: the same CustomerOrderId twice is two orders (vendor SDK fixture).
"""

from __future__ import annotations

import json
import re
import sqlite3
import uuid

from lxml.etree import _Element as Element

from provisioner.sandbox.envelopes import list_error
from provisioner.sandbox.errors import Refusal
from provisioner.sandbox.exchange import Answer, Call, document
from provisioner.sandbox.lookups import default_of, sippeer_on_site, site_by_id
from provisioner.sandbox.markup import (
    boolean,
    element,
    elements,
    is_true,
    optional,
    restore,
    store,
    text,
    timestamp,
    word,
)
from provisioner.sandbox.order_types import ORDER_TYPES
from provisioner.sandbox.state import State

_CUSTOMER_ORDER_ID = re.compile(r"[A-Za-z0-9 \-]{1,40}")
_LONGEST_NAME = 50


def create_order(call: Call, state: State) -> Answer:
    body = call.document("Order")
    try:
        row, peer_id = _place(body, call, state)
    except Refusal as refusal:
        if refusal.status == 400:
            body.insert(0, element("OrderCreateDate", timestamp(state.now())))
            refusal.details = (body,)
        raise
    order = _show_order(row, peer_id)
    order.insert(2, element("id", row["id"]))
    answer = element("OrderResponse", order, element("OrderStatus", row["status"]))
    return document(answer, 201, call.url("orders", row["id"]))


def get_order(call: Call, state: State) -> Answer:
    row = _find(call, state)
    done = _numbers(row["id"], "completed", state)
    failed = _numbers(row["id"], "failed", state)
    by_name = ORDER_TYPES[row["kind"]].by_name
    is_open = row["status"] in ("RECEIVED", "BACKORDERED")
    missing = row["quantity"] - len(done)
    shown = element(
        "OrderResponse",
        element("CompletedQuantity", len(done)),
        element("CreatedByUser", row["user"]),
        _errors(row, failed, call),
        element("LastModifiedDate", timestamp(row["modified"])),
        optional("OrderCompleteDate", row["completed"] and timestamp(row["completed"])),
        _failed_numbers(failed, call),
        _show_order(row, str(row["peer"])),
        element("OrderStatus", row["status"]),
    )
    if done or not by_name:
        shown.append(_completed_numbers(done, call))
        shown.append(element("Summary", _summary(row, done)))
    shown.append(element("PendingQuantity" if is_open else "FailedQuantity", missing))
    return document(shown)


def change_order(call: Call, state: State) -> Answer:
    """PUT: renames an order, or closes one that waits for stock; what it has got stays its own."""
    row = _find(call, state)
    body = call.document("Order")
    name = _name(body) or row["name"]
    customer_order_id = _customer_order_id(body) or row["customer_order_id"]
    now = state.now()
    state.run(
        "UPDATE orders SET name = ?, customer_order_id = ?, modified = ? WHERE id = ?",
        name,
        customer_order_id,
        now,
        row["id"],
    )
    if is_true(body, "CloseOrder", default=False):
        if row["status"] != "BACKORDERED":
            raise Refusal(5060)
        status = "PARTIAL" if _numbers(row["id"], "completed", state) else "FAILED"
        state.run(
            "UPDATE orders SET status = ?, completed = ? WHERE id = ?", status, now, row["id"]
        )
    return document(element("OrderResponse"))


def _place(body: Element, call: Call, state: State) -> tuple[sqlite3.Row, str]:
    """The new order, and the PeerId as it was sent: an answer shows it only then."""
    customer_order_id, name = _customer_order_id(body), _name(body)
    site, peer = _destination(body, call, state)
    kind, details = _order_type(body)
    wanted = ORDER_TYPES[kind].read(details, call.notation)
    now = state.now()
    identity = str(uuid.uuid4())
    state.run(
        "INSERT INTO orders (id, account, user, created, modified, due, status, customer_order_id, "
        "name, site, peer, kind, wanted, quantity, partial, back_order, document) "
        "VALUES (?, ?, ?, ?, ?, ?, 'RECEIVED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        identity,
        call.account,
        call.user,
        now,
        now,
        now + state.settings.order_delay,
        customer_order_id,
        name,
        site,
        peer,
        kind,
        json.dumps({"criteria": dict(wanted.criteria), "numbers": wanted.numbers}),
        wanted.quantity,
        _partial_allowed(body),
        is_true(body, "BackOrderRequested", default=False),
        store(details),
    )
    row = state.rows("SELECT * FROM orders WHERE id = ?", identity)[0]
    return row, word(body, "PeerId")


def _destination(body: Element, call: Call, state: State) -> tuple[int, int]:
    site_id, peer_id = word(body, "SiteId"), word(body, "PeerId")
    if not site_id:
        raise Refusal(5022)
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
    if len(found) != 1 or found[0].tag not in ORDER_TYPES:
        raise Refusal(5002, ", ".join(str(part.tag) for part in found) or "none")
    return str(found[0].tag), found[0]


def _customer_order_id(body: Element) -> str | None:
    said = text(body, "CustomerOrderId")
    if said and not _CUSTOMER_ORDER_ID.fullmatch(said):
        raise Refusal(5052)
    return said or None


def _name(body: Element) -> str | None:
    said = text(body, "Name")
    if said and len(said) > _LONGEST_NAME:
        raise Refusal(1011, "Name", _LONGEST_NAME)
    return said or None


def _partial_allowed(body: Element) -> bool:
    """Left out, it means true (vendor guide; one other text says false)."""
    try:
        return is_true(body, "PartialAllowed", default=True)
    except Refusal:
        raise Refusal(5217) from None


def _find(call: Call, state: State) -> sqlite3.Row:
    row = state.row(
        "SELECT * FROM orders WHERE id = ? AND account = ?",
        call.parameters["order"],
        call.account,
    )
    if row is None:
        raise Refusal(5061)
    return row


def _show_order(row: sqlite3.Row, peer_id: str) -> Element:
    details = restore(row["document"])
    if row["status"] == "FAILED" and ORDER_TYPES[row["kind"]].by_name:
        details = element(row["kind"])  # emptied, as a vendor SDK fixture has it
    return element(
        "Order",
        optional("CustomerOrderId", row["customer_order_id"]),
        optional("Name", row["name"]),
        element("OrderCreateDate", timestamp(row["created"])),
        optional("PeerId", peer_id),
        element("BackOrderRequested", boolean(row["back_order"])),
        details,
        element("PartialAllowed", boolean(row["partial"])),
        element("SiteId", row["site"]),
    )


def _numbers(order: str, outcome: str, state: State) -> list[str]:
    found = state.rows(
        "SELECT number FROM order_numbers WHERE order_id = ? AND outcome = ? ORDER BY number",
        order,
        outcome,
    )
    return [row["number"] for row in found]


def _errors(row: sqlite3.Row, failed: list[str], call: Call) -> Element | None:
    """Failed and partial orders are answered with 200 and an error list inside."""
    if ORDER_TYPES[row["kind"]].by_name:
        errors = [list_error(5005, call.notation.write(number)) for number in failed]
    else:
        codes = {"FAILED": 5018, "PARTIAL": 5017}
        errors = [list_error(codes[row["status"]])] if row["status"] in codes else []
    return elements("ErrorList", errors) if errors else None


def _failed_numbers(failed: list[str], call: Call) -> Element | None:
    shown = [element("FullNumber", call.notation.write(number)) for number in failed]
    return elements("FailedNumbers", shown) if shown else None


def _completed_numbers(done: list[str], call: Call) -> Element:
    return elements(
        "CompletedNumbers",
        (
            element("TelephoneNumber", element("FullNumber", call.notation.write(number)))
            for number in done
        ),
    )


def _summary(row: sqlite3.Row, done: list[str]) -> str:
    if not done:
        return f"{row['quantity']} {_plural(row['quantity'])} requested"
    area_codes = ", ".join(sorted({number[:3] for number in done}))
    had = (
        str(len(done)) if len(done) == row["quantity"] else f"{len(done)} out of {row['quantity']}"
    )
    return f"{had} {_plural(row['quantity'])} ordered in ({area_codes})"


def _plural(quantity: int) -> str:
    return "number" if quantity == 1 else "numbers"
