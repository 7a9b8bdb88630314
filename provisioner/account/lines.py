"""Transports of one connection each, as many as requests may be in flight at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx


class Lines:
    """One transport with many connections goes through all of them, and through all requests that
    wait for one, at every request (httpcore 1.0): with 64 in flight, a call costs four times as
    much.

    `open_line` makes one, at once for the first line and for others when they are needed.
    """

    def __init__(self, most: int, open_line: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._slots = asyncio.Semaphore(most)
        self._open_line = open_line
        self._lines = [open_line()]
        self._free = [*self._lines]
        self._is_closed = False

    @asynccontextmanager
    async def line(self) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """One for one request at a time, the one used last where there is a choice."""
        async with self._slots:
            if self._is_closed:
                raise RuntimeError("the lines are closed")
            if not self._free:
                self._free.append(self._open_line())
                self._lines.append(self._free[-1])
            line = self._free.pop()
            try:
                yield line
            finally:
                self._free.append(line)

    async def aclose(self) -> None:
        self._is_closed = True
        for line in self._lines:
            await line.aclose()


async def ask(line: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
    """The answer, read whole. Raises httpx.HTTPError."""
    response = await line.handle_async_request(request)
    response.request = request
    try:
        await response.aread()
    finally:
        await response.aclose()
    return response
