"""What hangs below one order: its numbers in several forms, its history and its notes."""

from __future__ import annotations

from collections import Counter

from lxml.etree import _Element as Element

from provisioner.sandbox import history
from provisioner.sandbox.errors import Denial, Refusal
from provisioner.sandbox.exchange import Answer, Call, document, nothing
from provisioner.sandbox.lookups import order_of
from provisioner.sandbox.markup import element, elements, timestamp, word
from provisioner.sandbox.order_report import numbers_of
from provisioner.sandbox.state import State

_LONGEST_NOTE = 500


def list_numbers(call: Call, state: State) -> Answer:
    numbers = _numbers(call, state)
    shown = elements(
        "TelephoneNumbers",
        (element("TelephoneNumber", call.notation.write(number)) for number in numbers),
    )
    shown.insert(0, element("Count", len(numbers)))
    return document(shown)


def count_by_area_code(call: Call, state: State) -> Answer:
    return _report("AreaCode", Counter(number[:3] for number in _numbers(call, state)))


def count_by_exchange(call: Call, state: State) -> Answer:
    return _report("NPA-NXX", Counter(number[:6] for number in _numbers(call, state)))


def count_numbers(call: Call, state: State) -> Answer:
    count = element("Count", len(_numbers(call, state)))
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


def _numbers(call: Call, state: State) -> list[str]:
    return numbers_of(order_of(call, state)["id"], "completed", state)


def _report(name: str, counts: Counter[str]) -> Answer:
    def show(value: str, count: int) -> Element:
        return element("TelephoneDetailsReport", element(name, value), element("Count", count))

    shown = (show(value, count) for value, count in sorted(counts.items()))
    return document(elements("TelephoneDetailsReports", shown))
