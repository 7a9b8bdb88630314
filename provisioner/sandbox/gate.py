"""What every request passes on its way in and out: latency, faults, the log."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.sandbox.exchange import Answer
from provisioner.sandbox.faults import KINDS, NO_ANSWER, NO_FAULT, Faults
from provisioner.sandbox.log import Entry, Log, cut
from provisioner.sandbox.wire import Wire


class Gate:
    """ASGI middleware that holds the answer back until it is complete, so that it can still be
    lost, and until it is in the log."""

    def __init__(self, app: ASGIApp, latency: float, faults: Faults, log: Log) -> None:
        self._app = app
        self._latency = latency
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wire = Wire(scope, receive, send)
        body = await wire.read()
        if body is None:
            return
        if self._latency:
            await asyncio.sleep(self._latency)
        method, target = scope["method"], _target(scope)
        fault = self._faults.match(method, target)
        kind = NO_FAULT if fault is None else KINDS[fault.kind]
        answer = await self._work(scope, body) if kind.works else NO_ANSWER
        if fault is not None:
            answer = kind.alter(fault, answer)
        self._log.add(Entry(method, target, answer.status, cut(body), cut(answer.body)))
        await kind.deliver(wire, answer)

    async def _work(self, scope: Scope, body: bytes) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], content, headers)


def _target(scope: Scope) -> str:
    path = scope["raw_path"].decode("ascii", "replace")
    query = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path
