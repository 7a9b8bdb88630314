"""Holding back when the service says "too many": for each category of calls by itself."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from provisioner.account.clock import Clock
from provisioner.account.traffic import Stopwatch

_HISTORY = frozenset({"orders", "disconnects", "tns"})
_SEGMENTS = re.compile(r"/accounts/[^/]+/([A-Za-z]+)|^/([A-Za-z]+)")
LONGEST_HOLD = 600.0
FIRST_IN_FLIGHT = 8
"""As many may be refused at once when a limit is met early."""
SURE_FROM = 24
"""Answers without a refusal from which on as many may be in flight as there were answers: a limit
that is met later has taken enough calls for a few refused ones to be a small share."""
BELOW = 0.97
"""The share of a rate that was too much which is tried next."""
BEYOND = 1.1
"""The share of a rate that was too much from which on the limit is another one."""
FIRST_RAISE = 0.1
"""By how much of itself a rate grows in a second until it is refused: what it was measured by is
told to the second, so it may be half of the limit."""
RAISE, CAREFUL_RAISE = 0.05, 0.01
"""The same from then on: carefully where it is near to what was refused."""
LONGEST_GROWTH = 10.0
"""Seconds: a rate that nothing was sent at for longer has not shown to be too low."""
SLOWEST = 0.5
SHORTEST_COUNT = 1.0
"""Seconds: a service that counts by the second may say that it begins anew at once."""
MILLISECONDS_FROM = 1e11  # in seconds that would be the year 5138


def category(method: str, path: str) -> str:
    """What is held back together: the same kind of resource, reads and writes apart.

    The service counts some kinds by themselves, placing an order and looking at one as two, and
    looks at orders, disconnects and single numbers as one (vendor's page on rate limits).
    """
    match = _SEGMENTS.search(path)
    kind = (match[1] or match[2]) if match else path
    if method != "GET":
        return f"{kind} write"
    return "history read" if kind in _HISTORY else f"{kind} read"


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
    """When each category of calls may go on: as fast as they come, until the service refuses one.

    Nobody publishes the limits, so they are learnt. At most FIRST_IN_FLIGHT calls are under way
    until SURE_FROM were answered, so that few are refused at once when the limit is met. From a
    refusal follows a rate (what was taken since the burst began, by the time until the service
    counts anew), and calls leave one after the other just below it; slowly it is raised, until the
    next refusal.
    """

    def __init__(self, clock: Clock, held_back: Stopwatch) -> None:
        self._clock = clock
        self._held_back = held_back
        self._lanes: defaultdict[str, _Lane] = defaultdict(lambda: _Lane(clock.monotonic()))

    @asynccontextmanager
    async def turn(self, kind: str) -> AsyncIterator[None]:
        """Waits until a call of this kind may leave, and lasts as long as it is on its way."""
        lane = self._lanes[kind]
        async with lane.first:
            while (delay := lane.delay(self._clock.monotonic())) > 0 or lane.is_full:
                if delay > 0:
                    with self._held_back.running():
                        await self._clock.sleep(delay)
                else:
                    lane.room.clear()
                    await lane.room.wait()
            lane.leave(self._clock.monotonic())
        try:
            yield
        finally:
            lane.in_flight -= 1
            lane.room.set()

    def is_held(self, kind: str) -> bool:
        """Whether a refusal came since the turn was given."""
        return self._lanes[kind].held_until > self._clock.monotonic()

    def accepted(self, kind: str) -> None:
        lane = self._lanes[kind]
        lane.answered += 1
        lane.taken += 1

    def hold(self, kind: str, seconds: float) -> None:
        """After a refusal: nothing of this kind leaves for so long."""
        now = self._clock.monotonic()
        self._lanes[kind].refused(now, now + min(max(seconds, 0.0), LONGEST_HOLD))


@dataclass(slots=True)
class _Lane:
    """One category of calls. Times are of the monotonic clock.

    `taken` counts what the service took since `began`; `rate` is calls a second, None until the
    first refusal, and `ceiling` the one at which it refused last.
    """

    began: float
    held_until: float = float("-inf")
    next_at: float = float("-inf")
    changed: float = 0.0
    rate: float | None = None
    ceiling: float = float("inf")
    taken: int = 0
    answered: int = 0
    in_flight: int = 0
    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_full(self) -> bool:
        most = self.answered if self.answered >= SURE_FROM else FIRST_IN_FLIGHT
        return self.rate is None and self.in_flight >= most

    def delay(self, now: float) -> float:
        return max(self.held_until, self.next_at) - now

    def leave(self, now: float) -> None:
        self.in_flight += 1
        if self.rate is None:
            return
        self.rate *= 1 + self._growth(self.rate) * min(now - self.changed, LONGEST_GROWTH)
        self.changed = now
        self.next_at = now + 1 / self.rate

    def _growth(self, rate: float) -> float:
        if self.ceiling == float("inf"):
            return FIRST_RAISE
        return CAREFUL_RAISE if BELOW <= rate / self.ceiling <= BEYOND else RAISE

    def refused(self, now: float, until: float) -> None:
        first = self.held_until <= now
        self.held_until = max(self.held_until, until)
        if first:
            self._learn()
        self.began = self.changed = self.held_until
        self.taken = 0

    def _learn(self) -> None:
        if self.rate is None and not self.taken:
            return
        measured = self.taken / max(self.held_until - self.began, SHORTEST_COUNT)
        if self.rate is not None:
            self.ceiling = self.rate
            measured = min(self.rate, max(measured, self.rate / 2))
        self.rate = max(BELOW * measured, SLOWEST)
