"""`/tnreservation`: holding a free number for the account, for four hours."""

from __future__ import annotations

import sqlite3
import uuid

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.markup import child, element, text
from provisioner.sandbox.memory.agenda import schedule
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import exchanges, inventory, stock

SECONDS = 4 * 3600


def create_reservation(call: Call, state: State) -> Answer:
    """The answer has no body: the id is in `Location` alone."""
    number = _read(call)
    if exchanges.position_of(number) is None:
        raise Refusal(5040, call.notation.write(number))
    if not stock.free_among([number], state):
        raise Refusal(5041, call.notation.write(number))
    identity, now = str(uuid.uuid4()), state.now()
    state.run(
        "INSERT INTO reservations VALUES (?, ?, ?, ?)",
        identity,
        call.account,
        number,
        now + SECONDS,
    )
    state.run(
        "INSERT INTO numbers (number, account, status, modified, place) "
        "VALUES (?, ?, 'Reserved', ?, ?)",
        number,
        call.account,
        now,
        inventory.place_key(number),
    )
    schedule("reservation", identity, now + SECONDS, state)
    return nothing(201, call.url("tnreservation", identity))


def get_reservation(call: Call, state: State) -> Answer:
    return _show(_find(call, state), call, state)


def delete_reservation(call: Call, state: State) -> Answer:
    """The number is free again; the answer shows what there was."""
    row = _find(call, state)
    expire(row["id"], state.now(), state)
    return _show(row, call, state)


def expire(reservation: str, when: float, state: State) -> None:
    """Nothing happens where an order has taken the number in the meantime."""
    row = state.row("SELECT * FROM reservations WHERE id = ?", reservation)
    if row is None:
        return
    state.run("DELETE FROM reservations WHERE id = ?", reservation)
    state.run("DELETE FROM numbers WHERE number = ?", row["number"])
    stock.take_back([row["number"]], when, state)


def _read(call: Call) -> str:
    """The number stands in ReservedTn itself, or one element deeper (the vendor interface
    description's example and its schema differ)."""
    reserved = child(call.document("Reservation"), "ReservedTn")
    if reserved is None:
        raise Refusal(5044)
    return call.notation.require(text(reserved, "TelephoneNumber") or reserved.text or "", 5070)


def _find(call: Call, state: State) -> sqlite3.Row:
    identity = call.parameters["reservation"]
    row = state.row(
        "SELECT * FROM reservations WHERE id = ? AND account = ?", identity, call.account
    )
    if row is None:
        raise Refusal(5043, identity)
    return row


def _show(row: sqlite3.Row, call: Call, state: State) -> Answer:
    """ReservationExpires is in seconds from now."""
    return document(
        element(
            "ReservationResponse",
            element(
                "Reservation",
                element("ReservationId", row["id"]),
                element("AccountId", row["account"]),
                element("ReservationExpires", int(row["expires"] - state.now())),
                element("ReservedTn", call.notation.write(row["number"])),
            ),
        )
    )
