"""The application that takes callbacks, asked without a socket between."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from provisioner.account.auth import BasicCredentials
from provisioner.messaging.callbacks import Event
from provisioner.messaging.listener import Limits, create_listener
from provisioner.model import Secret

USER, PASSWORD = "callback-user", "callback-p:ssword-ü"
CREDENTIALS = BasicCredentials(USER, Secret("BW_CALLBACK_PASSWORD", PASSWORD))
USUAL = Limits()
EVENT = {"type": "message-delivered", "to": "+1", "message": {"id": "a"}}


class Taker:
    """Takes events, or fails as a disk does."""

    def __init__(self, error: sqlite3.Error | None = None) -> None:
        self.taken: list[Event] = []
        self._error = error

    async def take(self, events: Sequence[Event]) -> None:
        if self._error is not None:
            raise self._error
        self.taken += events


async def _health() -> str:
    return '{"status": "ok"}'


def ask(
    taker: Taker,
    method: str = "POST",
    path: str = "/callbacks",
    *,
    accepted: Sequence[BasicCredentials] = (CREDENTIALS,),
    limits: Limits = USUAL,
    **more: Any,
) -> httpx.Response:
    app = create_listener(taker.take, _health, accepted, limits)

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://listener") as client:
            return await client.request(method, path, **more)

    return asyncio.run(run())


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text).decode()}"}


RIGHT = basic(f"{USER}:{PASSWORD}".encode())


def test_without_credentials_there_is_a_challenge_and_nothing_is_taken() -> None:
    taker = Taker()
    refused = ask(taker, json=[EVENT])
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="callbacks", charset="UTF-8"'
    assert taker.taken == []


@pytest.mark.parametrize(
    "headers",
    [
        basic(f"{USER}:wrong".encode()),
        basic(f"{USER}".encode()),
        basic(b""),
        {"Authorization": "Basic ä".encode().decode("latin-1")},
        {"Authorization": "Basic ==="},
        {"Authorization": RIGHT["Authorization"].replace("Basic", "Bearer")},
    ],
)
def test_wrong_credentials_are_challenged_again(headers: dict[str, str]) -> None:
    taker = Taker()
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    refused = ask(taker, json=[EVENT], headers=encoded)
    assert refused.status_code == 401
    assert "www-authenticate" in refused.headers
    assert taker.taken == []


@pytest.mark.parametrize("path", ["/", "/callbacks", "/a/b?c=d"])
def test_events_are_taken_at_any_path(path: str) -> None:
    taker = Taker()
    accepted = ask(taker, path=path, json=[EVENT, {**EVENT, "to": "+2"}], headers=RIGHT)
    assert (accepted.status_code, accepted.content) == (204, b"")
    assert [each.recipient for each in taker.taken] == ["+1", "+2"]


def test_any_of_several_credentials_opens() -> None:
    other = BasicCredentials("other-user", Secret("x", "other-password"))
    for headers in (RIGHT, basic(b"other-user:other-password")):
        assert (
            ask(Taker(), json=EVENT, headers=headers, accepted=(CREDENTIALS, other)).status_code
            == 204
        )


def test_where_no_credentials_are_set_anybody_may_post() -> None:
    taker = Taker()
    assert ask(taker, json=EVENT, accepted=()).status_code == 204
    assert len(taker.taken) == 1


def test_what_is_no_event_is_refused_and_told(caplog: pytest.LogCaptureFixture) -> None:
    taker = Taker()
    with caplog.at_level(logging.WARNING, "provisioner"):
        refused = ask(taker, content=b"secret {", headers=RIGHT)
    assert (refused.status_code, refused.text) == (400, "the body is no event: it is not JSON\n")
    assert taker.taken == []
    (told,) = [each.getMessage() for each in caplog.records if each.name.startswith("provisioner")]
    assert told == "A callback was answered with 400: the body is no event: it is not JSON."


def test_what_cannot_be_kept_is_not_accepted() -> None:
    refused = ask(Taker(sqlite3.OperationalError("disk is full")), json=EVENT, headers=RIGHT)
    assert (refused.status_code, refused.text) == (503, "events cannot be kept (disk is full)\n")


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_that_is_too_large_is_refused(is_announced: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 10

    taker = Taker()
    content = b" " * 101 if is_announced else parts()
    refused = ask(taker, content=content, headers=RIGHT, limits=Limits(size=100))
    assert (refused.status_code, refused.text) == (413, "the body has more than 100 bytes\n")
    assert refused.headers["connection"] == "close"


def test_a_body_of_the_largest_size_is_taken() -> None:
    body = json.dumps(EVENT).encode()
    taken = ask(Taker(), content=body, headers=RIGHT, limits=Limits(size=len(body)))
    assert taken.status_code == 204


def test_a_body_that_takes_too_long_is_refused() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    app = create_listener(Taker().take, _health, (), Limits(seconds=0.01))
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        body = never()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await anext(body), "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
        await app(scope, receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 408


def test_who_leaves_in_the_middle_of_a_body_has_posted_nothing() -> None:
    taker = Taker()
    app = create_listener(taker.take, _health, ())

    async def run() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            pass

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
        await app(scope, receive, send)

    asyncio.run(run())
    assert taker.taken == []


def test_anybody_may_ask_for_its_health() -> None:
    told = ask(Taker(), "GET", "/health")
    assert (told.status_code, told.json()) == (200, {"status": "ok"})
    assert told.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_else_is_there(method: str) -> None:
    assert ask(Taker(), method).status_code == 405
