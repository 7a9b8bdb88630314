"""The account's own numbers: who has them, and how many there are.

A number is `Inservice` on one sippeer, or `Aging` on none after its release; then only its old
account can order it again (vendor interface description). It never goes back into the stock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from provisioner.sandbox import stock
from provisioner.sandbox.state import State

Owner = Literal["account", "site", "peer"]


def take(numbers: Iterable[str], order: sqlite3.Row, when: float, state: State) -> None:
    """Puts free numbers, or aging ones of the same account, in service on the order's sippeer."""
    taken = list(numbers)
    for number in taken:
        state.run(
            "INSERT OR REPLACE INTO numbers VALUES (?, ?, 'Inservice', ?, ?, ?, ?, ?, ?)",
            number,
            order["account"],
            order["site"],
            order["peer"],
            order["id"],
            order["created"],
            when,
            when,
        )
    stock.forget_taken({number[:3] for number in taken}, state)


def release(number: str, account: str, when: float, state: State) -> bool:
    """Takes a number out of service; False if the account does not have it."""
    if status_of(number, account, state) != "Inservice":
        return False
    state.run(
        "UPDATE numbers SET status = 'Aging', site = NULL, peer = NULL, modified = ? "
        "WHERE number = ?",
        when,
        number,
    )
    return True


def can_be_ordered(number: str, account: str, state: State) -> bool:
    return stock.is_free(number, state) or status_of(number, account, state) == "Aging"


def status_of(number: str, account: str, state: State) -> str | None:
    row = state.row("SELECT status FROM numbers WHERE number = ? AND account = ?", number, account)
    return None if row is None else str(row["status"])


def is_in_use(peer: int, state: State) -> bool:
    """Whether any number is on the sippeer, listed yet or not."""
    found = state.row("SELECT 1 FROM numbers WHERE peer = ? AND status = 'Inservice'", peer)
    return found is not None


def total(owner: Owner, identity: str | int, state: State) -> int:
    return state.count(
        f"SELECT count(*) FROM numbers WHERE {owner} = ? AND status = 'Inservice' "  # noqa: S608 -- one of three words of ours
        "AND in_service <= ?",
        identity,
        state.listed(),
    )


def totals_by_site(account: str, state: State) -> dict[int, int]:
    return {
        row["site"]: row["total"]
        for row in state.rows(
            "SELECT site, count(*) AS total FROM numbers "
            "WHERE account = ? AND status = 'Inservice' AND in_service <= ? GROUP BY site",
            account,
            state.listed(),
        )
    }
