"""Posting one callback: the requests that it takes, and how each is answered.

A request goes out without credentials first; only a 401 that asks for Basic ones is answered, at
once, by a second request with them (vendor guide). What is neither 2xx nor that is a failure,
redirections included (assumption). Ports below 1024 are never called but for 80 and 443 (vendor
guide).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import httpx

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.outgoing.callbacks import Attempt

_MOST_OF_ANSWER = 1024
_AGENT = "BandwidthAPI/v2"
_JSON = "application/json; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_FIRST_FREE_PORT = 1024
_LOW_PORTS = (80, 443)


@contextlib.asynccontextmanager
async def open_poster(
    state: State,
) -> AsyncIterator[Callable[[sqlite3.Row], Awaitable[Sequence[Attempt]]]]:
    """A function that posts a callback and gives its attempts: one, or two where credentials were
    asked for."""
    async with httpx.AsyncClient(
        headers={"user-agent": _AGENT},
        timeout=state.settings.callback_timeout,
        verify=ssl.create_default_context(),
        trust_env=False,  # what is on this machine is not asked for through a proxy
    ) as http:
        yield partial(_post, http=http, state=state)


async def _post(row: sqlite3.Row, *, http: httpx.AsyncClient, state: State) -> Sequence[Attempt]:
    first, is_asked = await _ask(row, None, http, state)
    if not is_asked or not row["user"]:
        return [first]
    credentials = httpx.BasicAuth(row["user"], row["password"])
    second, _ = await _ask(row, credentials, http, state)
    return [first, second]


async def _ask(
    row: sqlite3.Row, auth: httpx.Auth | None, http: httpx.AsyncClient, state: State
) -> tuple[Attempt, bool]:
    """One request, and whether its answer asks for credentials."""
    now, authorized = state.now(), auth is not None
    try:
        _check_port(row["url"])
        async with (
            asyncio.timeout(state.settings.callback_timeout),
            http.stream(
                "POST",
                row["url"],
                content=row["body"].encode(),
                headers={"content-type": _XML if row["subscription"] else _JSON},
                auth=auth,
            ) as answer,
        ):
            content = await _read(answer)
    except Exception as error:  # noqa: BLE001 -- what is wrong with one URL must not silence all others
        return Attempt(now, authorized, 0, str(error) or type(error).__name__), False
    challenge = answer.headers.get("www-authenticate", "").lower()
    is_asked = answer.status_code == 401 and challenge.startswith("basic")
    return Attempt(now, authorized, answer.status_code, answer=content), is_asked


async def _read(answer: httpx.Response) -> str:
    """The beginning of the body; who says more than that is not listened to."""
    content = b""
    async for part in answer.aiter_bytes():
        content += part
        if len(content) >= _MOST_OF_ANSWER:
            break
    return content[:_MOST_OF_ANSWER].decode("utf-8", "replace")


def _check_port(url: str) -> None:
    port = urlsplit(url).port
    if port is not None and port not in _LOW_PORTS and port < _FIRST_FREE_PORT:
        raise ValueError(f"port {port} is not called: only 80, 443 and those from 1024 on are")
