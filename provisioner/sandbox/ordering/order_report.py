"""`GET /orders/{id}`: what an order asked for and what became of it, failures included."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.envelopes import list_error
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import order_of
from provisioner.sandbox.calls.markup import (
    BLANK,
    boolean,
    element,
    elements,
    join,
    optional,
    repeat,
    restore,
    store,
    timestamp,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.geography import Place
from provisioner.sandbox.numbers.places import show_place, show_vendor
from provisioner.sandbox.ordering.order_types import BY_NAME, restore_wanted

OPEN = ("RECEIVED", "BACKORDERED")
_SHORT = {"FAILED": 5018, "PARTIAL": 5017}


def get_order(call: Call, state: State) -> Answer:
    """`tndetail=true` adds to each number where it is."""
    row = order_of(call, state)
    done = numbers_of(row["id"], "completed", state)
    failed = numbers_of(row["id"], "failed", state)
    by_name = row["kind"] == BY_NAME
    missing = row["quantity"] - len(done)
    shown = element(
        "OrderResponse",
        element("CompletedQuantity", len(done)),
        element("CreatedByUser", row["user"]),
        _errors(row, failed, call),
        element("LastModifiedDate", timestamp(row["modified"])),
        optional("OrderCompleteDate", row["completed"] and timestamp(row["completed"])),
        _failed_numbers(failed, call),
        show_order(row, str(row["peer"])),
        element("OrderStatus", row["status"]),
    )
    if done or not by_name:
        shown.append(_completed_numbers(done, call))
        shown.append(element("Summary", _summary(row, done)))
    shown.append(element("PendingQuantity" if row["status"] in OPEN else "FailedQuantity", missing))
    return document(shown)


def show_order(row: sqlite3.Row, peer_id: str) -> Element:
    details = restore(row["document"])
    if row["status"] == "FAILED" and row["kind"] == BY_NAME:
        details = element(row["kind"])  # emptied, as a vendor SDK fixture has it
    return element(
        "Order",
        optional("CustomerOrderId", row["customer_order_id"]),
        optional("Name", row["name"]),
        element("OrderCreateDate", timestamp(row["created"])),
        optional("PeerId", peer_id),
        element("BackOrderRequested", boolean(row["back_order"])),
        details,
        None if row["attributes"] is None else restore(row["attributes"]),
        element("PartialAllowed", boolean(row["partial"])),
        element("SiteId", row["site"]),
    )


def numbers_of(order: str, outcome: str, state: State) -> list[str]:
    found = state.rows(
        "SELECT number FROM order_numbers WHERE order_id = ? AND outcome = ? ORDER BY number",
        order,
        outcome,
    )
    return [row["number"] for row in found]


def _errors(row: sqlite3.Row, failed: list[str], call: Call) -> Element | None:
    """Failed and partial orders are answered with 200 and an error list inside."""
    if row["kind"] == BY_NAME:
        errors = [list_error(5005, call.notation.write(number)) for number in failed]
    else:
        errors = [list_error(_SHORT[row["status"]])] if row["status"] in _SHORT else []
    if errors and row["back_order"] and not restore_wanted(row["wanted"]).can_wait:
        errors.append(list_error(5522))
    return elements("ErrorList", errors) if errors else None


def _failed_numbers(failed: list[str], call: Call) -> Element | None:
    if not failed:
        return None
    written = map(call.notation.write, failed)
    return repeat("FailedNumbers", element("FullNumber", BLANK), written)


def _completed_numbers(done: list[str], call: Call) -> Element:
    name, write = "CompletedNumbers", call.notation.write
    if call.query.get("tndetail", "").lower() == "true":
        forms = ((_form(place_of(number)), number) for number in done)
        return join(name, (form.replace(BLANK, write(number)) for form, number in forms))
    sample = element("TelephoneNumber", element("FullNumber", BLANK))
    return repeat(name, sample, map(write, done))


@lru_cache
def _form(place: Place | None) -> str:
    number, vendor = element("FullNumber", BLANK), show_vendor()
    return store(element("TelephoneNumber", *show_place(place, lata="LATA"), number, *vendor))


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
