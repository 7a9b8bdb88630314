"""`GET /orders`: newest first, page by page.

`page` is 1 for the first page and an order's id after it, never a page's number; `page` and `size`
are both required; the filter by status does not know RECEIVED (vendor interface description).
A CustomerOrderId matches as a whole (assumption: undocumented). An empty list is 200.
"""

from __future__ import annotations

import sqlite3

from lxml.etree import _Element as Element

from provisioner.sandbox.errors import Refusal
from provisioner.sandbox.exchange import Answer, Call, document
from provisioner.sandbox.markup import element, optional, timestamp
from provisioner.sandbox.paging import link
from provisioner.sandbox.state import State

_STATUSES = ("COMPLETE", "PARTIAL", "FAILED", "BACKORDERED")
_FILTERS = {"customerOrderId": "customer_order_id", "status": "status", "userid": "user"}
_LARGEST_PAGE = 1000


def list_orders(call: Call, state: State) -> Answer:
    page = call.query.get("page")
    if page is None:
        raise Refusal(1003, "page")
    size = call.number("size", default=None, most=_LARGEST_PAGE)
    given = {name: call.query[name] for name in _FILTERS if name in call.query}
    if "status" in given:
        given["status"] = given["status"].upper()
        if given["status"] not in _STATUSES:
            raise Refusal(15518, call.query["status"], ", ".join(_STATUSES))
    conditions = "".join(f" AND {_FILTERS[name]} = ?" for name in given)
    chosen = f"FROM orders WHERE account = ? AND created <= ?{conditions}"
    values = (call.account, state.listed(), *given.values())
    count = state.count(f"SELECT count(*) {chosen}", *values)
    rows = state.rows(
        "SELECT *, (SELECT count(*) FROM order_numbers WHERE order_id = orders.id "  # noqa: S608 -- columns of ours
        f"AND outcome = 'completed') AS obtained {chosen} AND sequence <= ? "
        "ORDER BY sequence DESC LIMIT ?",
        *values,
        _first_sequence(page, call, state),
        size + 1,
    )
    url = call.url("orders")
    links = element("Links", link("first", url, {"page": "1", "size": str(size), **given}))
    if len(rows) > size:
        links.append(link("next", url, {"page": rows[size]["id"], "size": str(size), **given}))
    listed = element("ListOrderIdUserIdDate", element("TotalCount", count), links)
    listed.extend(_show(row) for row in rows[:size])
    return document(element("ResponseSelectWrapper", listed))


def _first_sequence(page: str, call: Call, state: State) -> int:
    if page == "1":
        return 2**62
    row = state.row("SELECT sequence FROM orders WHERE id = ? AND account = ?", page, call.account)
    if row is None:
        raise Refusal(1008, page, "page")
    return int(row["sequence"])


def _show(row: sqlite3.Row) -> Element:
    return element(
        "OrderIdUserIdDate",
        element("CountOfTNs", row["obtained"]),
        optional("CustomerOrderId", row["customer_order_id"]),
        element("userId", row["user"]),
        element("lastModifiedDate", timestamp(row["modified"])),
        element("OrderDate", timestamp(row["created"])),
        element("OrderType", "new_number"),
        element("orderId", row["id"]),
        element("OrderStatus", row["status"]),
    )
