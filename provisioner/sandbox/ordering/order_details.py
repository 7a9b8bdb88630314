"""What hangs below one order: its numbers in several forms, its history and its notes."""

from __future__ import annotations

from provisioner.sandbox.calls.errors import Denial, Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import order_of
from provisioner.sandbox.calls.markup import BLANK, element, elements, join, repeat, timestamp, word
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering import history
from provisioner.sandbox.ordering.order_report import numbers_of

_LONGEST_NOTE = 500


def list_numbers(call: Call, state: State) -> Answer:
    numbers = numbers_of(order_of(call, state)["id"], "completed", state)
    written = map(call.notation.write, numbers)
    shown = repeat("TelephoneNumbers", element("TelephoneNumber", BLANK), written)
    shown.insert(0, element("Count", len(numbers)))
    return document(shown)


def count_by_area_code(call: Call, state: State) -> Answer:
    return _report("AreaCode", 3, call, state)


def count_by_exchange(call: Call, state: State) -> Answer:
    return _report("NPA-NXX", 6, call, state)


def count_numbers(call: Call, state: State) -> Answer:
    total = state.count(
        "SELECT count(*) FROM order_numbers WHERE order_id = ? AND outcome = 'completed'",
        order_of(call, state)["id"],
    )
    count = element("Count", total)
    return document(element("TelephoneDetailsReports", element("TelephoneDetailsReport", count)))


def get_history(call: Call, state: State) -> Answer:
    return document(history.show(order_of(call, state)["id"], state))


def list_notes(call: Call, state: State) -> Answer:
    """None at all is 204."""
    rows = state.rows(
        "SELECT * FROM order_notes WHERE order_id = ? ORDER BY id", order_of(call, state)["id"]
    )
    if not rows:
        raise Denial(204)
    shown = (
        element(
            "Note",
            element("Id", row["id"]),
            element("UserId", row["user"]),
            element("Description", row["description"]),
            element("LastDateModifier", timestamp(row["time"])),
        )
        for row in rows
    )
    return document(elements("Notes", shown))


def add_note(call: Call, state: State) -> Answer:
    """UserId must be the caller's own (vendor error list)."""
    order = order_of(call, state)["id"]
    body = call.document("Note")
    description = word(body, "Description")
    if word(body, "UserId") != call.user:
        raise Refusal(12501)
    if not description:
        raise Refusal(1003, "Description")
    if len(description) > _LONGEST_NOTE:
        raise Refusal(1011, "Description", _LONGEST_NOTE)
    note = state.run(
        "INSERT INTO order_notes (order_id, user, description, time) VALUES (?, ?, ?, ?)",
        order,
        call.user,
        description,
        state.now(),
    )
    return nothing(201, call.url("orders", order, "notes", note))


def _report(name: str, digits: int, call: Call, state: State) -> Answer:
    """How many numbers there are of each beginning of so many digits."""
    rows = state.rows(
        "SELECT substr(number, 1, ?) AS beginning, count(*) AS total FROM order_numbers "
        "WHERE order_id = ? AND outcome = 'completed' GROUP BY beginning ORDER BY beginning",
        digits,
        order_of(call, state)["id"],
    )
    shown = (
        f"<TelephoneDetailsReport><{name}>{row['beginning']}</{name}>"
        f"<Count>{row['total']}</Count></TelephoneDetailsReport>"
        for row in rows
    )
    return document(join("TelephoneDetailsReports", shown))
