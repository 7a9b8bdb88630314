"""HTTP clients of one connection each, as many as requests may be in flight at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx


class Lines:
    """One client with many connections goes through all of them, and through all requests that wait
    for one, at every request (httpcore 1.0): with 64 in flight, a call costs four times as much.

    `open_line` makes a client, at once for the first line and for others when they are needed.
    """

    def __init__(self, most: int, open_line: Callable[[], httpx.AsyncClient]) -> None:
        self._slots = asyncio.Semaphore(most)
        self._open_line = open_line
        self._lines = [open_line()]
        self._free = [*self._lines]

    @asynccontextmanager
    async def line(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client for one request at a time, the one used last where there is a choice."""
        async with self._slots:
            if not self._free:
                self._free.append(self._open_line())
                self._lines.append(self._free[-1])
            client = self._free.pop()
            try:
                yield client
            finally:
                self._free.append(client)

    async def aclose(self) -> None:
        for client in self._lines:
            await client.aclose()
