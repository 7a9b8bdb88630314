"""What the journal knows that the account may not show yet."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from provisioner.account.intents import Intent, Made, Result
from provisioner.execution.records import Occasion
from provisioner.model import Address

MADE = (Result.DONE, Result.ADOPTED, Result.FOUND)


@dataclass(frozen=True, slots=True)
class Unsure:
    """An intent of which nobody knows what came: `sent` is when, in seconds since 1970."""

    number: int
    run: int
    intent: Intent
    sent: float


@dataclass(frozen=True, slots=True)
class Past:
    """`unsure` are the intents to find out about; `made` is what is too young for lists."""

    unsure: tuple[Unsure, ...] = ()
    made: tuple[Made, ...] = ()


def read_past(
    connection: sqlite3.Connection, occasion: Occasion, run: int, now: float, settle: float
) -> Past:
    """What is from the future counts as of this moment: a clock was set back."""
    return Past(
        tuple(_unsure(connection, occasion, run)), tuple(_made(connection, occasion, now - settle))
    )


def _unsure(connection: sqlite3.Connection, occasion: Occasion, run: int) -> list[Unsure]:
    """A run looks into the past before it announces anything of its own: so only the last one that
    announced something can have left something unsure."""
    last = connection.execute(
        "SELECT number FROM runs WHERE origin = ? AND account = ? AND number < ? AND EXISTS "
        "(SELECT 1 FROM intents WHERE run = runs.number) ORDER BY number DESC LIMIT 1",
        (occasion.origin, occasion.account, run),
    ).fetchone()
    if last is None:
        return []
    rows = connection.execute(
        "SELECT number, run, at, method, verb, type, path, parents, name, customer_order_id "
        "FROM intents WHERE run = ? AND number NOT IN "
        "(SELECT again FROM intents WHERE run = ? AND again IS NOT NULL) AND NOT EXISTS "
        "(SELECT 1 FROM outcomes WHERE intent = intents.number AND result != ?) ORDER BY number",
        (*last, *last, Result.UNKNOWN.value),
    )
    return [Unsure(row[0], row[1], _intent(row[3:]), row[2]) for row in rows]


def _made(connection: sqlite3.Connection, occasion: Occasion, since: float) -> list[Made]:
    marks = ", ".join("?" * len(MADE))
    rows = connection.execute(
        "SELECT type, parents, ids, customer_order_id FROM outcomes "  # noqa: S608 -- marks only
        "JOIN intents ON intents.number = intent JOIN runs ON runs.number = intents.run "
        f"WHERE outcomes.at >= ? AND result IN ({marks}) AND ids != '[]' AND method = 'POST' "
        "AND origin = ? AND account = ? ORDER BY outcomes.number",
        (since, *(each.value for each in MADE), occasion.origin, occasion.account),
    )
    return [
        Made(kind, json.loads(parents), tuple(json.loads(ids)), customer_order_id)
        for kind, parents, ids, customer_order_id in rows
    ]


def _intent(row: tuple[Any, ...]) -> Intent:
    method, verb, kind, path, parents, name, customer_order_id = row
    address = Address(kind, tuple(json.loads(path)))
    return Intent(method, verb, address, json.loads(parents), name, customer_order_id)
