"""How many steps are under way at a time, and which is next."""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count

from provisioner.model import Address
from provisioner.planning.plan import Step

LEAD = 4
"""By how many locations a kind of step is behind the one that it waits for, such as switching on
SMS behind making sippeers. Fewer: the end takes longer, where less and less can be done side by
side. More: orders are placed later."""
LOCATION = 2
"""Labels that make the address of a location: its site's and its own."""


class Slots:
    """At most `most` at a time; of those that wait, the one with the lowest rank is next.

    A slot is handed on two turns of the event loop after it was left: by then, whatever waited for
    what was done in it waits for a slot as well.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = count()

    @asynccontextmanager
    async def slot(self, rank: int) -> AsyncIterator[None]:
        await self._take(rank)
        try:
            yield
        finally:
            self._leave()

    async def _take(self, rank: int) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._arrivals), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._hand_on)

    def _hand_on(self) -> None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def ranks(steps: Iterable[Step]) -> dict[Address, int]:
    """Rank by address, the lowest is next, of steps in an order that can be run. Raises KeyError
    where one waits for a later one.

    What is begun is carried on before much more is begun, and is not all at its end before the
    next: so a number is ordered while other locations are not there yet, and the service works on
    the order meanwhile; no kind of call comes in a rush; and what is left in the end can be done
    side by side.
    """
    levels: dict[Address, int] = {}
    places: defaultdict[int, dict[tuple[str, ...], int]] = defaultdict(dict)
    found: dict[Address, int] = {}
    for step in steps:
        level = max((levels[each] + 1 for each in step.waits_for), default=0)
        levels[step.address] = level
        beside = places[level]
        place = beside.setdefault(step.address.path[:LOCATION], len(beside))
        found[step.address] = place + LEAD * level
    return found
