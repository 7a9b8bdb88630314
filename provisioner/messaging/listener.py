"""The server that the service calls back: it takes events, and answers once they are on disk.

The service's first request comes without credentials and is answered by 401 with a challenge;
without one there would be no second (vendor guide). It waits 10 seconds for an answer, and comes
again for a day until that is 2xx: so what cannot be kept is not accepted.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from provisioner.account.auth import BasicCredentials
from provisioner.messaging.callbacks import Event, NotEvents, read_events

HEALTH = "/health"
_CHALLENGE = {"www-authenticate": 'Basic realm="callbacks", charset="UTF-8"'}
_CLOSE = {"connection": "close"}

log = logging.getLogger(__name__)

Take = Callable[[Sequence[Event]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may bring, in bytes, and how long it may take to, in seconds."""

    size: int = 1024 * 1024
    seconds: float = 10.0


def create_listener(
    take: Take,
    health: Callable[[], Awaitable[str]],
    accepted: Collection[BasicCredentials],
    limits: Limits = Limits(),
) -> Starlette:
    """Callbacks may be posted to any path, as proxies may change it. `take` returns once events
    are safe; sqlite3.Error from it is answered by 503. `health` is told to anybody who asks.

    Without `accepted` credentials anybody may post.
    """
    digests = tuple(map(_digest_of, accepted))

    async def receive(request: Request) -> Response:
        if digests and not _is_allowed(request.headers.get("authorization", ""), digests):
            return Response(status_code=401, headers=_CHALLENGE)
        return await _take_body(request, take, limits)

    async def tell_health(_: Request) -> Response:
        return Response(await health(), media_type="application/json")

    return Starlette(
        routes=[
            Route(HEALTH, tell_health, methods=["GET"]),
            Route("/{path:path}", receive, methods=["POST"]),
        ]
    )


async def _take_body(request: Request, take: Take, limits: Limits) -> Response:
    try:
        async with asyncio.timeout(limits.seconds):
            body = await _read(request, limits.size)
    except TimeoutError:
        return _refused(408, f"the body took more than {limits.seconds:g} s")
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to hear it
    if body is None:
        return _refused(413, f"the body has more than {limits.size} bytes")
    try:
        await take(read_events(body))
    except NotEvents as error:
        return _refused(400, f"the body is no event: {error}")
    except sqlite3.Error as error:
        return _refused(503, f"events cannot be kept ({error})")
    return Response(status_code=204)


async def _read(request: Request, most: int) -> bytes | None:
    """The body, or None where there is more of it."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > most:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)


def _refused(status: int, words: str) -> Response:
    """The service does not say why a callback failed: here it is told."""
    log.warning("A callback was answered with %d: %s.", status, words)
    return Response(f"{words}\n", status, _CLOSE, "text/plain")


def _is_allowed(authorization: str, digests: Sequence[bytes]) -> bool:
    """Takes as long for a near miss as for any other, whatever is sent."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        sent = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        sent = b""
    found = hashlib.sha256(sent).digest()
    fits = [hmac.compare_digest(found, digest) for digest in digests]
    return scheme.lower() == "basic" and any(fits)


def _digest_of(credentials: BasicCredentials) -> bytes:
    pair = f"{credentials.username}:{credentials.password.reveal()}"
    return hashlib.sha256(pair.encode()).digest()
