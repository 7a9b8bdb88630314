"""How fast many messages leave: segments a second from each number, slower when refused."""

from __future__ import annotations

import asyncio

from provisioner.account.clock import Clock

SLOWEST = 64.0


class Rate:
    """`per_second` segments for each sender. The vendor's default is one (vendor guide); what is
    too fast is answered with 429, after which all senders take twice as long, and recover
    slowly."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._interval = 1 / per_second
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self.slowness = 1.0

    async def turn(self, sender: str, segments: int, stop: asyncio.Event) -> bool:
        """Waits for the sender's turn. False where `stop` was set meanwhile."""
        while not stop.is_set():
            now = self._clock.monotonic()
            wait = self._free_at.get(sender, now) - now
            if wait <= 0:
                self._free_at[sender] = now + segments * self._interval * self.slowness
                return True
            await self._clock.sleep_unless(stop, wait)
        return False

    def refused(self) -> None:
        self.slowness = min(self.slowness * 2, SLOWEST)

    def accepted(self) -> None:
        self.slowness = max(self.slowness * 0.95, 1.0)
