"""Holding back when the service says "too many": for each category of calls by itself."""

from __future__ import annotations

import re

from provisioner.account.clock import Clock

_SEGMENTS = re.compile(r"/accounts/[^/]+/([A-Za-z]+)|^/([A-Za-z]+)")
LONGEST_HOLD = 600.0


def category(method: str, path: str) -> str:
    """What the service counts together: orders, their history, searches and the rest apart.

    By the vendor's page on rate limits, where placing an order and looking at one are two.
    """
    match = _SEGMENTS.search(path)
    kind = (match[1] or match[2]) if match else path
    return f"{kind} {'read' if method == 'GET' else 'write'}"


class Pace:
    """When each category of calls may go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def hold(self, kind: str, seconds: float) -> None:
        until = self._clock.monotonic() + min(max(seconds, 0.0), LONGEST_HOLD)
        self._free_at[kind] = max(until, self._free_at.get(kind, until))

    async def wait(self, kind: str) -> None:
        while (remaining := self._free_at.get(kind, 0.0) - self._clock.monotonic()) > 0:
            await self._clock.sleep(remaining)
