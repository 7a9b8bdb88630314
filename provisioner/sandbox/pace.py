"""The account's limit on requests: beyond it, 429 with `X-RateLimit-Reset` and no body."""

from __future__ import annotations

import math

from provisioner.sandbox.errors import Denial
from provisioner.sandbox.settings import Settings


class Pace:
    """A bucket of one second's worth of requests (at least one), filled evenly by the clock.

    The reset header is in epoch seconds, and the connection is closed (vendor guide).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._since = -math.inf
        self._left = 0.0

    def admit(self) -> None:
        rate = self._settings.rate_limit
        if rate is None:
            return
        now = self._settings.now()
        self._left = min(max(rate, 1.0), self._left + max(now - self._since, 0.0) * rate)
        self._since = now
        if self._left < 1:
            reset = math.ceil(now + (1 - self._left) / rate)
            raise Denial(429, {"x-ratelimit-reset": str(reset), "connection": "close"})
        self._left -= 1
