"""The least that the same requests can cost from Python: bytes on sockets that stay open.

No HTTP library: it reads just what the embedded account answers, heads with a length.
"""

from __future__ import annotations

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.account import Account
from benchmarks.bare import Call


@dataclass(frozen=True, slots=True)
class Response:
    text: str
    headers: Mapping[str, str]


@contextlib.asynccontextmanager
async def raw_calls(account: Account, parallelism: int) -> AsyncIterator[Call]:
    address = urlsplit(account.url)
    login = b64encode(f"{account.username}:{account.password}".encode()).decode()
    common = f"host: {address.netloc}\r\naccept: */*\r\nauthorization: Basic {login}\r\n"
    opened = [
        await asyncio.open_connection(address.hostname, address.port) for _ in range(parallelism)
    ]
    free = list(opened)
    slots = asyncio.Semaphore(parallelism)

    async def call(method: str, path: str, body: str | None = None) -> Response:
        target = f"{method} /api/accounts/{account.id}{path} HTTP/1.1\r\n{common}"
        content = (body or "").encode()
        if body is not None:
            target += (
                "content-type: application/xml; charset=utf-8\r\n"
                f"content-length: {len(content)}\r\n"
            )
        async with slots:
            reader, writer = free.pop()
            writer.write(f"{target}\r\n".encode() + content)
            response = await _read(reader)
            free.append((reader, writer))
        return response

    yield call
    for _, writer in opened:
        writer.close()
        await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Response:
    """Raises RuntimeError for anything but success."""
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = {name.title(): value for name, _, value in (line.partition(": ") for line in lines)}
    text = (await reader.readexactly(int(headers.get("Content-Length", "0")))).decode()
    if status.split(" ")[1][0] != "2":
        raise RuntimeError(f"{status}: {text}")
    return Response(text, headers)
