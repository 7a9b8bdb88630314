"""Many orders that are waited for, asked about together: the rows of a list carry their status."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from provisioner.account.client import Client
from provisioner.account.orders import PAGE_SIZE, list_orders
from provisioner.account.xml import text_at
from provisioner.errors import AccountError, Unreachable

FEWEST = 10
"""How many must be waited for: below that, looking at each costs no more."""
GOOD_FOR = 2.0
"""Seconds that one answer is believed: it only ever spares looking at an order once more."""
PAUSE = 30.0
"""Seconds until a service that failed is asked again."""
OPEN = ("RECEIVED", "PROCESSING")


class OpenOrders:
    """Says of an order only that it is still open, and in doubt nothing.

    The service counts looking at orders by itself, and allows few of them. Its list cannot be
    asked for what is open (vendor interface description): it is asked for the orders since
    yesterday, a date as in `26-11-20`, while that takes fewer calls than it spares.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._followed = 0
        self._fewest: float = FEWEST
        self._good_until = float("-inf")
        self._answer: asyncio.Task[frozenset[str]] | None = None

    @contextmanager
    def following(self) -> Iterator[None]:
        self._followed += 1
        try:
            yield
        finally:
            self._followed -= 1

    async def has(self, order_id: str) -> bool:
        if self._followed < self._fewest:
            return False
        now = self._client.clock.monotonic()
        if self._answer is None or (self._answer.done() and now > self._good_until):
            self._good_until = now + GOOD_FOR
            self._answer = asyncio.create_task(self._ask())
        return order_id in await asyncio.shield(self._answer)

    async def _ask(self) -> frozenset[str]:
        yesterday = datetime.fromtimestamp(self._client.clock.now(), UTC) - timedelta(days=1)
        try:
            rows = await list_orders(self._client, {"startdate": yesterday.strftime("%y-%m-%d")})
        except Unreachable:
            self._good_until = self._client.clock.monotonic() + PAUSE
            return frozenset()
        except AccountError:
            self._fewest = float("inf")
            return frozenset()
        self._fewest = max(FEWEST, 2 * len(rows) / PAGE_SIZE)
        return frozenset(
            text_at(row, "orderId") or ""
            for row in rows
            if (text_at(row, "OrderStatus") or "").upper() in OPEN
        )
