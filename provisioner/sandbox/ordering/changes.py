"""Orders that change numbers the account has: moves (`moves`) and options (`number_options`).

They are accepted, then processing, then at their end. What each kind does to its numbers is its
own; how it is kept, listed and ended is here. `kind` is what lists call the type of an order, and
the event on the agenda with which it is carried out.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.dates import DAY, read_period
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Call
from provisioner.sandbox.calls.markup import element, elements, optional, store, timestamp
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering import history
from provisioner.sandbox.ordering.notifications import OPTIONS, notify

MOVE, OPTION = "move_tn_orders", "tn_option"
_STATUSES = ("RECEIVED", "PROCESSING", "COMPLETE", "PARTIAL", "FAILED")
_MOST = 1000
_WINDOW = 2 * 365 * DAY
_WORDS = {
    "COMPLETE": "The order is complete",
    "PARTIAL": "The order is complete but for some numbers",
    "FAILED": "The order has failed",
}
# Query parameter, condition. Each of the first group finds orders of any age.
_PRECISE = {
    "tn": "id IN (SELECT change_id FROM change_numbers WHERE number = ?)",
    "customerOrderId": "customer_order_id = ?",
    "orderIdFragment": "instr(id, ?) = 1",
}
_PERIODS = (
    ("createdDateFrom", "createdDateTo", "created"),
    ("modifiedDateFrom", "modifiedDateTo", "modified"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`failed` has the code for each number that failed, `warnings` the words for each with which
    there was nothing to do."""

    failed: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)


def place(
    kind: str,
    document: Element,
    numbers: Iterable[str],
    call: Call,
    state: State,
    *,
    customer_order_id: str | None,
    site: int | None = None,
    peer: int | None = None,
) -> sqlite3.Row:
    """The new order; `document` is what its kind needs to carry it out and to show it."""
    identity, now = str(uuid.uuid4()), state.now()
    state.run(
        "INSERT INTO changes (id, kind, account, user, created, modified, status, "
        "customer_order_id, site, peer, document) "
        "VALUES (?, ?, ?, ?, ?, ?, 'RECEIVED', ?, ?, ?, ?)",
        identity,
        kind,
        call.account,
        call.user,
        now,
        now,
        customer_order_id,
        site,
        peer,
        store(document),
    )
    state.run_many(
        "INSERT OR IGNORE INTO change_numbers VALUES (?, ?)",
        ((number, identity) for number in numbers),
    )
    delay = state.settings.order_delay
    schedule("processing", identity, now + delay / 2, state)
    schedule(kind, identity, now + delay, state)
    history.add(identity, now, "received", "The order was received", state, call.user)
    row = row_of(identity, state)
    _notify(row, "RECEIVED", (), now, state)
    return row


def begin(change: str, when: float, state: State) -> None:
    state.run("UPDATE changes SET status = 'PROCESSING', modified = ? WHERE id = ?", when, change)
    history.add(change, when, "processing", "The order is being processed", state)
    _notify(row_of(change, state), "PROCESSING", (), when, state)


def finish(row: sqlite3.Row, outcome: Outcome, when: float, state: State) -> None:
    asked = numbers_of(row["id"], state)
    failed = len(outcome.failed)
    status = "COMPLETE" if not failed else "FAILED" if failed == len(asked) else "PARTIAL"
    state.run(
        "UPDATE changes SET status = ?, modified = ?, findings = ? WHERE id = ?",
        status,
        when,
        json.dumps([dict(outcome.failed), dict(outcome.warnings)]),
        row["id"],
    )
    history.add(row["id"], when, status.lower(), _WORDS[status], state)
    done = [number for number in asked if number not in outcome.failed]
    _notify(row, status, done, when, state)


def row_of(identity: str, state: State) -> sqlite3.Row:
    return state.rows("SELECT * FROM changes WHERE id = ?", identity)[0]


def find(kind: str, call: Call, state: State) -> sqlite3.Row:
    row = state.row(
        "SELECT * FROM changes WHERE id = ? AND kind = ? AND account = ?",
        call.parameters["order"],
        kind,
        call.account,
    )
    if row is None:
        raise Refusal(1016, "The resource")
    return row


def numbers_of(change: str, state: State) -> list[str]:
    rows = state.rows(
        "SELECT number FROM change_numbers WHERE change_id = ? ORDER BY number", change
    )
    return [row["number"] for row in rows]


def outcome_of(row: sqlite3.Row) -> Outcome:
    return Outcome() if row["findings"] is None else Outcome(*json.loads(row["findings"]))


def find_all(kind: str, call: Call, state: State) -> list[sqlite3.Row]:
    """Those that the query asks for, newest first, at most 1000; without anything that names an
    order, those of the last two years (vendor interface description).

    A bad parameter is 404 (vendor interface description, for options).
    """
    try:
        conditions = _conditions(call, state)
    except Refusal as refusal:
        refusal.status = 404
        raise
    return state.rows(
        "SELECT * FROM changes WHERE account = ? AND kind = ? AND created <= ? "  # noqa: S608 -- columns of ours
        f"{''.join(f'AND {sql} ' for sql, _ in conditions)} ORDER BY sequence DESC LIMIT ?",
        call.account,
        kind,
        state.listed(),
        *(value for _, value in conditions),
        _MOST,
    )


def is_awaited(peer: int, state: State) -> bool:
    """Whether numbers are on their way to the sippeer."""
    found = state.row(
        "SELECT 1 FROM changes WHERE peer = ? AND status IN ('RECEIVED', 'PROCESSING')", peer
    )
    return found is not None


def show_list(parent: str, name: str, rows: Collection[sqlite3.Row], state: State) -> Element:
    listed = elements(parent, (_summarize(name, row, state) for row in rows))
    listed.insert(0, element("TotalCount", len(rows)))
    return listed


def show_head(row: sqlite3.Row) -> list[Element | None]:
    """What both kinds show first of an order."""
    return [
        element("OrderCreateDate", timestamp(row["created"])),
        element("AccountId", row["account"]),
        element("CreatedByUser", row["user"]),
        element("OrderId", row["id"]),
        optional("CustomerOrderId", row["customer_order_id"]),
        element("LastModifiedDate", timestamp(row["modified"])),
    ]


def _notify(row: sqlite3.Row, status: str, done: Iterable[str], when: float, state: State) -> None:
    """Of moves nobody can ask to be told."""
    if row["kind"] == OPTION:
        notify(OPTIONS, row, status, done, when, state)


def _conditions(call: Call, state: State) -> list[tuple[str, object]]:
    given = {name: call.query[name] for name in _PRECISE if name in call.query}
    if "tn" in given:
        given["tn"] = call.notation.require(given["tn"], 12512)
    conditions: list[tuple[str, object]] = [
        (_PRECISE[name], value) for name, value in given.items()
    ]
    if "status" in call.query:
        wanted = [each.strip().upper() for each in call.query["status"].split(",")]
        if not set(wanted) <= set(_STATUSES):
            raise Refusal(15518, call.query["status"], ", ".join(_STATUSES))
        conditions.append(("status IN (SELECT value FROM json_each(?))", json.dumps(wanted)))
    dated = False
    for first, last, column in _PERIODS:
        start, end = read_period(call, first, last)
        bounds = ((f"{column} >= ?", start), (f"{column} < ?", end))
        conditions += [(sql, bound) for sql, bound in bounds if bound is not None]
        dated = dated or start is not None or end is not None
    if not given and not dated:
        conditions.append(("created >= ?", state.now() - _WINDOW))
    return conditions


def _summarize(name: str, row: sqlite3.Row, state: State) -> Element:
    return element(
        name,
        element("accountId", row["account"]),
        element("CountOfTNs", len(numbers_of(row["id"], state))),
        optional("CustomerOrderId", row["customer_order_id"]),
        element("userId", row["user"]),
        element("lastModifiedDate", timestamp(row["modified"])),
        element("OrderDate", timestamp(row["created"])),
        element("OrderType", row["kind"]),
        element("OrderStatus", row["status"]),
        element("OrderId", row["id"]),
    )
