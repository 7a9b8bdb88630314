"""What the page hears while it is open: that something has changed, as server-sent events.

An event's id says how far everything had come: who comes back with the last one that it saw is told
of all that has changed since. So nothing is kept for anybody, however long they were away. What has
changed is not in the event; whoever shows it asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from provisioner.sandbox.admin.control_call import Control
from provisioner.sandbox.settlement import settle_all

_MOST_LISTENERS = 16
# A change is told within this time, and not more often: a busy account must not drown the page.
_PAUSE = 0.25
# A stream ends now and then, so that none lives on by mistake; the page comes back at once.
_PAUSES_OF_A_STREAM = 2400


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the account, the log and the rules have come. `run` tells one sandbox from another
    at the same address."""

    run: str
    account: int
    requests: int
    faults: int

    def __str__(self) -> str:
        return f"{self.run}-{self.account}-{self.requests}-{self.faults}"


class Live:
    def __init__(self, control: Control) -> None:
        self._control = control
        self._run = secrets.token_hex(4)
        self._listeners = 0
        self._end = asyncio.Event()

    def end(self) -> None:
        """Ends all streams: a server that stops waits for them."""
        self._end.set()

    async def answer(self, request: Request) -> Response:
        if self._listeners >= _MOST_LISTENERS:
            return Response("too many pages are open", 503, {"retry-after": "5"})
        seen = request.headers.get("last-event-id", "")
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(seen), 200, headers, "text/event-stream")

    async def _stream(self, seen: str) -> AsyncIterator[str]:
        self._listeners += 1
        try:
            yield "retry: 1000\n\n"
            for _ in range(_PAUSES_OF_A_STREAM):
                settle_all(self._control.state)
                mark = self._mark()
                changed = _changed(seen, mark)
                if changed:
                    yield f"id: {mark}\ndata: {json.dumps(changed)}\n\n"
                    seen = str(mark)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PAUSE):
                        await self._end.wait()
                if self._end.is_set():
                    return
        finally:
            self._listeners -= 1

    def _mark(self) -> _Mark:
        control = self._control
        changes = (control.state.changes(), control.log.total, control.faults.changes)
        return _Mark(self._run, *changes)


def _changed(seen: str, now: _Mark) -> list[str]:
    """What has come further since an id; all of it, where the id is none of this sandbox's."""
    before, after = seen.split("-"), str(now).split("-")
    names = ("account", "requests", "faults")
    if len(before) != len(after) or before[0] != after[0]:
        return [*names]
    return [name for name, was, has in zip(names, before[1:], after[1:], strict=True) if was != has]
