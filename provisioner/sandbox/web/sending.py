"""Messages that the page sends: as an application would, by the account's own front door.

They are paced, logged and lost like all others. The page never sees the credentials.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope

from provisioner.sandbox.admin.control import answer_json, read_body
from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError
from provisioner.sandbox.calls.wire import CLOSE
from provisioner.sandbox.messaging_api import messages_path
from provisioner.sandbox.settings import Login

_PATIENCE = 10.0


class Sending:
    """`door` gives the whole application, which is there only once it is put together."""

    def __init__(self, control: Control, door: Callable[[], ASGIApp]) -> None:
        self._control = control
        self._door = door

    async def answer(self, request: Request) -> Response:
        """200 with the `status` and the text of the account's `answer`, whatever it is; a status
        of 0 where a fault lost it."""
        body = await request.body()
        try:
            read_body(body)
            call = ControlCall({}, dict(request.query_params), {})
            account = call.account(self._control)
        except ControlError as error:
            return answer_json({"error": str(error)}, error.status)
        state = self._control.state
        login = next(each for each in state.settings.logins if each.account == account)
        status, text = await _post(
            self._door(), _scope(request.scope, messages_path(login, state), login), body
        )
        return answer_json({"status": status, "answer": text})


def _scope(asked: Scope, path: str, login: Login) -> Scope:
    credentials = base64.b64encode(f"{login.username}:{login.password}".encode())
    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"authorization", b"Basic " + credentials),
    ]
    return {
        **{name: asked[name] for name in ("type", "asgi", "http_version", "scheme", "server")},
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": asked.get("client"),
    }


async def _post(app: ASGIApp, scope: Scope, body: bytes) -> tuple[int, str]:
    sent: list[Message] = []
    unread = [body]
    closed = asyncio.Event()

    async def receive() -> Message:
        """The body, and then the end: at once where the account hung up, else after a while."""
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await closed.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "extensions": {CLOSE: closed.set}}, receive, send)
    if not sent:
        return 0, ""
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], text.decode("utf-8", "replace")
