"""The account's limits on requests: beyond one, 429 with `X-RateLimit-Reset` and no body."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from provisioner.sandbox.calls.errors import Denial
from provisioner.sandbox.settings import Settings

_WRITTEN = {
    "orders": "order",
    "moveTns": "move",
    "disconnects": "disconnect",
    "subscriptions": "subscription",
}
_READ = {
    "orders": "history",
    "disconnects": "history",
    "tns": "history",
    "availableNumbers": "search",
    "inserviceNumbers": "in service",
    "moveTns": "move",
    "subscriptions": "subscription",
}
_ALL_OTHERS = "all others"


def category(method: str, path: str) -> str:
    """What a request is counted with, `path` being that of its route.

    The categories are the vendor's (its page on rate limits), which names neither applications nor
    sites and what is below them: those count together here.
    """
    kind = path.removeprefix("/accounts/{account}").split("/")[1]
    return (_READ if method == "GET" else _WRITTEN).get(kind, _ALL_OTHERS)


@dataclass(slots=True)
class _Bucket:
    left: float = 0.0
    since: float = -math.inf


class Pace:
    """For each category a bucket of one second's worth of requests (at least one), filled evenly by
    the clock.

    The reset header is in epoch seconds, and the connection is closed (vendor guide).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._buckets: defaultdict[str, _Bucket] = defaultdict(_Bucket)

    def admit(self, counted_with: str) -> None:
        rate = self._settings.rate_limit
        if rate is None:
            return
        now, bucket = self._settings.now(), self._buckets[counted_with]
        bucket.left = min(max(rate, 1.0), bucket.left + max(now - bucket.since, 0.0) * rate)
        bucket.since = now
        if bucket.left < 1:
            reset = math.ceil(now + (1 - bucket.left) / rate)
            raise Denial(429, {"x-ratelimit-reset": str(reset), "connection": "close"})
        bucket.left -= 1
