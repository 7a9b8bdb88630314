"""Lists of orders and of disconnects: newest first, page by page.

`page` is 1 for the first page and an order's id after it, never a page's number; the filter by
status does not know RECEIVED (vendor interface description). A CustomerOrderId matches as a whole
(assumption: undocumented). Orders older than two years are found only by a filter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.dates import DAY, read_period, read_whole_period
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import site_of
from provisioner.sandbox.calls.markup import element, optional, restore, timestamp
from provisioner.sandbox.calls.paging import link
from provisioner.sandbox.memory.state import State

_WINDOW = 2 * 365 * DAY
Period = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Register:
    """One table of orders. Where `size` is None both page and size are required. `identity` is the
    name that the list gives the id; where `is_found` is False, a list without rows is 404 and its
    links alone."""

    table: str
    kind: str
    identity: str
    statuses: tuple[str, ...]
    most: int
    size: int | None
    read_period: Callable[[Call, str, str], Period]
    filters: Mapping[str, str]
    write_time: Callable[[float], str]
    is_found: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Rows that match: a WHERE clause, its values, and the query that repeats it."""

    where: str
    values: tuple[object, ...]
    query: Mapping[str, str] = field(default_factory=dict)


def _write_with_dashes(seconds: float) -> str:
    """`2014-01-10T17-34-15.797Z`, which only disconnects have (vendor SDK fixture)."""
    return timestamp(seconds).replace(":", "-")


_ORDERS = Register(
    table="orders",
    kind="new_number",
    identity="orderId",
    statuses=("COMPLETE", "PARTIAL", "FAILED", "BACKORDERED"),
    most=1000,
    size=None,
    read_period=read_period,
    filters={"customerOrderId": "customer_order_id", "status": "status", "userid": "user"},
    write_time=timestamp,
    is_found=True,
)
_DISCONNECTS = Register(
    table="disconnects",
    kind="disconnect",
    identity="OrderId",
    statuses=("COMPLETE", "PARTIAL", "FAILED"),
    most=5000,
    size=300,
    read_period=read_whole_period,
    filters={"status": "status", "userid": "user"},
    write_time=_write_with_dashes,
    is_found=False,
)
_SITE_ORDERS = Register(
    table="orders",
    kind="new_number",
    identity="orderId",
    statuses=(),
    most=1000,
    size=None,
    read_period=read_period,
    filters={},
    write_time=timestamp,
    is_found=False,
)


def list_orders(call: Call, state: State) -> Answer:
    return _list(_ORDERS, _choose(_ORDERS, call, state), call.url("orders"), call, state)


def list_disconnects(call: Call, state: State) -> Answer:
    chosen = _choose(_DISCONNECTS, call, state)
    return _list(_DISCONNECTS, chosen, call.url("disconnects"), call, state)


def list_site_orders(call: Call, state: State) -> Answer:
    site = site_of(call, state)["id"]
    chosen = _Chosen("site = ? AND created <= ?", (site, state.listed()))
    return _list(_SITE_ORDERS, chosen, call.url("sites", site, "orders"), call, state)


def count_orders(call: Call, state: State) -> Answer:
    chosen = _choose(_ORDERS, call, state)
    count = element("TotalCount", _count(_ORDERS, chosen, state))
    return document(element("ResponseSelectWrapper", element("ListOrderIdUserIdDate", count)))


def _choose(register: Register, call: Call, state: State) -> _Chosen:
    given = {name: call.query[name] for name in register.filters if name in call.query}
    if "status" in given:
        given["status"] = given["status"].upper()
        if given["status"] not in register.statuses:
            raise Refusal(15518, call.query["status"], ", ".join(register.statuses))
    start, end = register.read_period(call, "startdate", "enddate")
    if start is None and end is None and "customerOrderId" not in given:
        start = state.now() - _WINDOW
    conditions = [("account = ?", call.account), ("created <= ?", state.listed())]
    conditions += [(f"{register.filters[name]} = ?", value) for name, value in given.items()]
    bounds = (("created >= ?", start), ("created < ?", end))
    conditions += [(sql, bound) for sql, bound in bounds if bound is not None]
    days = {name: call.query[name] for name in ("startdate", "enddate") if name in call.query}
    return _Chosen(
        " AND ".join(sql for sql, _ in conditions),
        tuple(value for _, value in conditions),
        given | days,
    )


def _list(register: Register, chosen: _Chosen, url: str, call: Call, state: State) -> Answer:
    page = call.query.get("page", None if register.size is None else "1")
    if page is None:
        raise Refusal(1003, "page")
    size = call.number("size", default=register.size, most=register.most)
    count = _count(register, chosen, state)
    rows = state.rows(
        f"SELECT * FROM {register.table} WHERE {chosen.where} AND sequence <= ? "  # noqa: S608 -- tables and columns of ours
        "ORDER BY sequence DESC LIMIT ?",
        *chosen.values,
        _first_sequence(register, page, call, state),
        size + 1,
    )
    query = {"size": str(size), **chosen.query}
    links = element("Links", link("first", url, {"page": "1", **query}))
    if not count and not register.is_found:
        return document(links, 404)
    if len(rows) > size:
        links.append(link("next", url, {"page": rows[size]["id"], **query}))
    listed = element("ListOrderIdUserIdDate", element("TotalCount", count), links)
    listed.extend(_show(register, row) for row in rows[:size])
    return document(element("ResponseSelectWrapper", listed))


def _count(register: Register, chosen: _Chosen, state: State) -> int:
    return state.count(
        f"SELECT count(*) FROM {register.table} WHERE {chosen.where}",  # noqa: S608 -- tables and columns of ours
        *chosen.values,
    )


def _first_sequence(register: Register, page: str, call: Call, state: State) -> int:
    if page == "1":
        return 2**62
    row = state.row(
        f"SELECT sequence FROM {register.table} WHERE id = ? AND account = ?",  # noqa: S608 -- tables of ours
        page,
        call.account,
    )
    if row is None:
        raise Refusal(1008, page, "page")
    return int(row["sequence"])


def _show(register: Register, row: sqlite3.Row) -> Element:
    return element(
        "OrderIdUserIdDate",
        element("CountOfTNs", row["obtained"]),
        optional("CustomerOrderId", row["customer_order_id"]),
        element("userId", row["user"]),
        element("lastModifiedDate", register.write_time(row["modified"])),
        element("OrderDate", register.write_time(row["created"])),
        element("OrderType", register.kind),
        element(register.identity, row["id"]),
        element("OrderStatus", row["status"]),
        None if row["details"] is None else restore(row["details"]),
    )
