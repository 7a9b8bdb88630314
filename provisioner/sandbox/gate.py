"""What every request passes on its way in and out: latency, faults, the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from provisioner.sandbox.calls.log import Entry, Log, cut
from provisioner.sandbox.calls.wire import Wire
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.fault_kinds import KINDS
from provisioner.sandbox.failures.faults import Fault
from provisioner.sandbox.memory.past import Past
from provisioner.sandbox.service import Service
from provisioner.sandbox.settings import Settings

_NO_FAULT = Fault("pass")


class Gate:
    """ASGI middleware that holds the answer back until it is complete, so that it can still be
    lost, and until it is in the log.

    What is for the sandbox's own user (`private`) knows neither latency nor faults, and is not in
    the log. What is sent bit by bit (`streams`) is not held back.
    """

    def __init__(
        self,
        app: ASGIApp,
        private: Callable[[str], bool],
        streams: Collection[str],
        settings: Settings,
        faults: Faults,
        log: Log,
        past: Past,
    ) -> None:
        self._app = app
        self._private = private
        self._streams = streams
        self._settings = settings
        self._faults = faults
        self._log = log
        self._service = Service(app, past)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._streams:
            await self._app(scope, receive, send)
            return
        wire = Wire(scope, receive, send, self._settings.now)
        body = await wire.read()
        if body is None:
            return
        if self._private(scope["path"]):
            await wire.reply(await self._service.answer(scope, body))
            return
        started = self._settings.now()
        if self._settings.latency:
            await asyncio.sleep(self._settings.latency)
        method, target = scope["method"], _target(scope)
        fault = self._faults.match(method, target) or _NO_FAULT
        kind = KINDS[fault.kind]
        answer = await kind.work(fault, self._service, scope, body)
        answer = kind.alter(fault, answer, self._settings.now())
        self._log.add(
            Entry(
                method,
                target,
                answer.status,
                cut(body),
                cut(answer.body),
                started,
                max(self._settings.now() - started, 0.0),
                fault.rule,
            )
        )
        await kind.deliver(wire, answer)


def _target(scope: Scope) -> str:
    path = scope["raw_path"].decode("ascii", "replace")
    query = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path
