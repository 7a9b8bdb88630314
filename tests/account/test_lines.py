from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from provisioner.account.lines import Lines

pytestmark = pytest.mark.anyio


class Opened(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


class Maker:
    """Makes transports, and knows them."""

    def __init__(self) -> None:
        self.opened: list[httpx.AsyncBaseTransport] = []

    def __call__(self) -> httpx.AsyncBaseTransport:
        self.opened.append(Opened())
        return self.opened[-1]


async def test_a_line_that_is_free_is_used_again() -> None:
    maker = Maker()
    lines = Lines(16, maker)
    for _ in range(5):
        async with lines.line() as line:
            assert line is maker.opened[0]
    await lines.aclose()
    assert len(maker.opened) == 1


async def test_as_many_lines_are_opened_as_are_used_at_a_time_and_all_are_closed() -> None:
    maker = Maker()
    lines = Lines(3, maker)
    async with AsyncExitStack() as stack:
        used = [await stack.enter_async_context(lines.line()) for _ in range(3)]
        assert used == maker.opened
        waiting = asyncio.create_task(stack.enter_async_context(lines.line()))
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
    await lines.aclose()
    assert all(isinstance(each, Opened) and each.is_closed for each in maker.opened)


async def test_no_line_is_opened_once_all_are_closed() -> None:
    maker = Maker()
    lines = Lines(3, maker)
    await lines.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        async with lines.line():
            pass
    assert len(maker.opened) == 1


async def test_a_line_is_given_back_by_whoever_fails() -> None:
    lines = Lines(1, Maker())
    with pytest.raises(httpx.ReadError):
        async with lines.line():
            raise httpx.ReadError("lost")
    async with asyncio.timeout(5), lines.line():
        pass
    await lines.aclose()
