"""Verification of toll-free numbers, to be looked up (seen by the vendor's own command-line tool).

A test or the control API says what there is (`set_verification`); without that there is none.
"""

from __future__ import annotations

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, data
from provisioner.sandbox.memory.state import State


def set_verification(account: str, number: str, status: str, state: State) -> None:
    """`status` is VERIFIED, UNVERIFIED, PENDING, REJECTED, ...; `number` is ten digits."""
    state.run("INSERT OR REPLACE INTO verifications VALUES (?, ?, ?)", account, number, status)


def find_status(number: str, account: str, state: State) -> str | None:
    row = state.row(
        "SELECT status FROM verifications WHERE account = ? AND number = ?", account, number
    )
    return None if row is None else str(row["status"])


def get_verification(call: Call, state: State) -> Answer:
    number = call.notation.require(call.parameters["number"], 1022)
    status = find_status(number, call.account, state)
    if status is None:
        raise Refusal(1016, f"A verification of {call.notation.write(number)}")
    return data({"phoneNumber": call.notation.write(number), "status": status})
