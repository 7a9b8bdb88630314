"""What is about to be sent, and what came of it, told to whoever keeps a record of it.

The record outlives the process. It is what tells the next run that something may have been made
which no list shows yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from provisioner.model import Address


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that is about to leave, in the words by which its work can be found again.

    Never a body and never a secret. `parents` are the server's ids, by type, of what the resource
    is part of; `name` is the live name of what has one, `customer_order_id` that of an order.
    """

    method: str
    verb: str
    address: Address
    parents: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    customer_order_id: str = ""


class Result(StrEnum):
    """What came of an intent.

    ADOPTED: it was there already. UNKNOWN: nobody said, and looking did not help. A later run
    turns what is unknown, or was never told, into FOUND or, once the account's lists can be
    believed, into SETTLED.
    """

    DONE = "done"
    ADOPTED = "adopted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FOUND = "found"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ids` are those that the server gave: of the resource, or of the orders."""

    result: Result
    ids: tuple[str, ...] = ()
    error: str = ""


class Intents(Protocol):
    """Where intents are recorded. What was awaited would survive a crash.

    Raises JournalError where it cannot be kept, and LeaseHeld where this run may no longer write:
    then nothing must be sent.
    """

    async def announce(self, intent: Intent, again: int | None) -> int:
        """A number for the intent. `again` is that of the try before, if this is not the first.

        All that was handed over before is kept once this returns; if any of it could not be, this
        raises.
        """

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:
        """Handed over when this returns. Whoever wants to know that it is kept awaits it."""


class Unrecorded:
    """Keeps nothing: for accounts that live and die with the process."""

    async def announce(self, intent: Intent, again: int | None) -> int:  # noqa: ARG002 -- it keeps nothing
        return 0

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:  # noqa: ARG002 -- it keeps nothing
        kept: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        kept.set_result(None)
        return kept


@dataclass(frozen=True, slots=True)
class Made:
    """What an earlier run made so lately that lists may not show it: to be read by its ids."""

    type: str
    parents: Mapping[str, str]
    ids: tuple[str, ...]
    customer_order_id: str = ""
