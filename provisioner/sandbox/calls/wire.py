"""The connection under one request, down to closing it without an answer."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

from starlette.types import Receive, Scope, Send

from provisioner.sandbox.calls.exchange import Answer

# ASGI cannot close a connection. Our server puts a function that does under this name into the
# scope's extensions.
CLOSE = "provisioner.close"


class Wire:
    """Answers are dated by `now`, seconds since 1970, as the service's are by its own clock."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, now: Callable[[], float]
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._now = now

    async def read(self) -> bytes | None:
        """The request's body, or None if the client went away while sending it."""
        parts: list[bytes] = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)

    async def reply(self, answer: Answer) -> None:
        await self._start(answer, len(answer.body))
        await self._send({"type": "http.response.body", "body": answer.body})

    async def reply_in_part(self, answer: Answer) -> None:
        """Announces the whole body, sends the first half and closes the connection."""
        await self._start(answer, max(len(answer.body), 1))
        half = answer.body[: len(answer.body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        await self.drop()

    async def drop(self, answer: Answer | None = None) -> None:  # noqa: ARG002 -- one signature for all endings
        """Closes the connection; the client sees its end where an answer should begin."""
        close = self._scope.get("extensions", {}).get(CLOSE)
        if close is None:
            message = "this server cannot close connections: use provisioner.sandbox.server"
            raise RuntimeError(message)
        close()
        await self.hang()

    async def hang(self, answer: Answer | None = None) -> None:  # noqa: ARG002 -- one signature for all endings
        """Says nothing until the client is gone: with the body read, that is the next message."""
        await self._receive()

    async def _start(self, answer: Answer, length: int) -> None:
        headers = {"date": formatdate(self._now(), usegmt=True)}
        headers |= {name.lower(): value for name, value in answer.headers.items()}
        if answer.status not in (204, 304):
            headers["content-length"] = str(length)
        await self._send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
