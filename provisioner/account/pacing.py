"""Holding back when the service says "too many": for each category of calls by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from provisioner.account.clock import Clock

_SEGMENTS = re.compile(r"/accounts/[^/]+/([A-Za-z]+)|^/([A-Za-z]+)")
LONGEST_HOLD = 600.0
MILLISECONDS_FROM = 1e11  # in seconds that would be the year 5138


def category(method: str, path: str) -> str:
    """What is held back together: the same kind of resource, reads and writes apart.

    The service counts some kinds by themselves, and placing an order and looking at one as two
    (vendor's page on rate limits).
    """
    match = _SEGMENTS.search(path)
    kind = (match[1] or match[2]) if match else path
    return f"{kind} {'read' if method == 'GET' else 'write'}"


def seconds_to_wait(headers: Mapping[str, str], now: float) -> float:
    """By `X-RateLimit-Reset` (seconds since 1970, `now` alike) or `Retry-After` (seconds).

    One second where neither says anything, or nothing that could be read.
    """
    try:
        reset = float(headers.get("X-RateLimit-Reset", 0.0))
        if reset > MILLISECONDS_FROM:
            reset /= 1000
        return reset - now if reset else float(headers.get("Retry-After", 1.0))
    except ValueError:
        return 1.0


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
