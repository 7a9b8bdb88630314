"""The account behind faults and control: it answers now, or as it would have answered earlier.

Here alone is decided what becomes part of the past."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Scope

from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.memory.past import Past

_READING = ("GET", "HEAD")
# What is kept beside the account is no part of its past.
_BESIDE = ("/oauth2/token", "/_sandbox/faults", "/_sandbox/requests")


class Service:
    def __init__(self, app: ASGIApp, past: Past) -> None:
        self._app = app
        self._past = past

    async def answer(self, scope: Scope, body: bytes) -> Answer:
        self._past.begin()
        answer = await ask(self._app, scope, body)
        if _has_changed(scope, answer):
            self._past.remember()
        else:
            # A rule that asks for the past may have come or gone.
            self._past.begin()
        return answer

    async def answer_as_of(self, seconds: float | None, scope: Scope, body: bytes) -> Answer:
        """As the account was so many seconds ago, or before its last change."""
        with self._past.app(seconds) as app:
            return await ask(app, scope, body)


def _has_changed(scope: Scope, answer: Answer) -> bool:
    is_beside = scope["path"].endswith(_BESIDE)
    return scope["method"] not in _READING and answer.status < 400 and not is_beside


async def ask(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    """The whole answer of an application to one request."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], content, headers)
