from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from provisioner.account.lines import Lines

pytestmark = pytest.mark.anyio


class Opened:
    """Makes clients, and knows them."""

    def __init__(self) -> None:
        self.clients: list[httpx.AsyncClient] = []

    def __call__(self) -> httpx.AsyncClient:
        self.clients.append(httpx.AsyncClient())
        return self.clients[-1]


async def test_a_line_that_is_free_is_used_again() -> None:
    opened = Opened()
    lines = Lines(16, opened)
    for _ in range(5):
        async with lines.line() as line:
            assert line is opened.clients[0]
    await lines.aclose()
    assert len(opened.clients) == 1


async def test_as_many_lines_are_opened_as_are_used_at_a_time_and_all_are_closed() -> None:
    opened = Opened()
    lines = Lines(3, opened)
    async with AsyncExitStack() as stack:
        used = [await stack.enter_async_context(lines.line()) for _ in range(3)]
        assert used == opened.clients
        waiting = asyncio.create_task(stack.enter_async_context(lines.line()))
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
    await lines.aclose()
    assert all(client.is_closed for client in opened.clients)


async def test_a_line_is_given_back_by_whoever_fails() -> None:
    lines = Lines(1, Opened())
    with pytest.raises(httpx.ReadError):
        async with lines.line():
            raise httpx.ReadError("lost")
    async with asyncio.timeout(5), lines.line():
        pass
    await lines.aclose()
