"""The account's own numbers: who has them, and how many there are.

A number is `Inservice` on one sippeer; `Aging` on none for a while after its release, when only its
old account can order it again (vendor interface description); or `Reserved` on none. All others are
in no table: they are in stock, or the account has never heard of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import stock
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.listings import Listing, Owner, count

# An upsert and not a REPLACE: the latter would not fire the triggers that keep the totals.
_TAKE = """
INSERT INTO numbers
    (number, account, status, site, peer, order_id, ordered, modified, in_service, place)
VALUES (?, ?, 'Inservice', ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (number) DO UPDATE SET
    status = excluded.status, site = excluded.site, peer = excluded.peer,
    order_id = excluded.order_id, ordered = excluded.ordered, modified = excluded.modified,
    in_service = excluded.in_service, released = NULL, sms = NULL, options = NULL
"""


def take(numbers: Sequence[str], order: sqlite3.Row, when: float, state: State) -> None:
    """Puts numbers in service on the order's sippeer: free ones, or the account's own aging or
    reserved ones."""
    rest = (order["site"], order["peer"], order["id"], order["created"], when, when)
    state.run_many(
        _TAKE, ((number, order["account"], *rest, place_key(number)) for number in numbers)
    )
    state.run(
        "DELETE FROM reservations WHERE number IN (SELECT value FROM json_each(?))",
        json.dumps(numbers),
    )


def release(numbers: Sequence[str], account: str, order: str, when: float, state: State) -> None:
    """Takes numbers of the account out of service; they age."""
    state.run(
        "UPDATE numbers SET status = 'Aging', site = NULL, peer = NULL, modified = ?, "
        "released = ?, sms = NULL, options = NULL "
        "WHERE number IN (SELECT value FROM json_each(?))",
        when,
        order,
        json.dumps(numbers),
    )
    state.run(
        "DELETE FROM campaign_numbers "
        "WHERE account = ? AND number IN (SELECT value FROM json_each(?))",
        account,
        json.dumps(numbers),
    )


def end_aging(disconnect: str, when: float, state: State) -> None:
    """What this disconnect released, and nobody ordered since, goes back into the stock."""
    rows = state.rows("SELECT number FROM numbers WHERE released = ?", disconnect)
    state.run("DELETE FROM numbers WHERE released = ?", disconnect)
    stock.take_back((row["number"] for row in rows), when, state)


def orderable(numbers: Iterable[str], account: str, held: Iterable[str], state: State) -> set[str]:
    """Those that the account can order by name: what is free, what it released itself, and what it
    holds reserved under one of these reservations."""
    asked = list(numbers)
    own = state.rows(
        "SELECT number FROM numbers WHERE account = ?1 AND status = 'Aging' "
        "AND number IN (SELECT value FROM json_each(?2)) "
        "UNION SELECT number FROM reservations WHERE account = ?1 "
        "AND id IN (SELECT value FROM json_each(?3))",
        account,
        json.dumps(asked),
        json.dumps(list(held)),
    )
    return {*stock.free_among(asked, state), *(row["number"] for row in own)}


def in_service(numbers: Iterable[str], account: str, state: State) -> dict[str, sqlite3.Row]:
    """The rows of those that are the account's and in service."""
    rows = state.rows(
        "SELECT * FROM numbers WHERE account = ? AND status = 'Inservice' "
        "AND number IN (SELECT value FROM json_each(?))",
        account,
        json.dumps(list(numbers)),
    )
    return {row["number"]: row for row in rows}


def find(number: str, account: str, state: State) -> sqlite3.Row | None:
    return state.row("SELECT * FROM numbers WHERE number = ? AND account = ?", number, account)


def is_in_use(peer: int, state: State) -> bool:
    """Whether any number is on the sippeer, listed yet or not."""
    found = state.row("SELECT 1 FROM numbers WHERE peer = ? AND status = 'Inservice'", peer)
    return found is not None


def has_messaging(peer: int, state: State) -> bool:
    """Whether messaging is switched off for less than all numbers of the sippeer."""
    found = state.row(
        "SELECT 1 FROM numbers WHERE peer = ? AND status = 'Inservice' AND sms IS NOT 0", peer
    )
    return found is not None


def total(owner: Owner, identity: str | int, state: State) -> int:
    """How many numbers in service lists show."""
    return count(Listing(owner, identity), state)


def totals_by_site(account: str, state: State) -> dict[int, int]:
    rows = state.rows("SELECT id FROM sites WHERE account = ?", account)
    return {row["id"]: total("site", row["id"], state) for row in rows}


def place_key(number: str) -> str | None:
    place = place_of(number)
    return None if place is None else place.key
