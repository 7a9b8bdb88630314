"""Somebody who is called back, on loopback, and what the sandbox says of its calls."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, OpenSender, Sender

PATIENCE = 20.0
"""Seconds after which something that should have come is given up."""
USER, PASSWORD = "callback-user", "callback-password"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="callbacks"'}

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True)
class Request:
    path: str
    headers: httpx.Headers
    body: bytes

    @property
    def authorization(self) -> str | None:
        said: str | None = self.headers.get("Authorization")
        return said

    @property
    def event(self) -> dict[str, Any]:
        (only,) = json.loads(self.body)
        event: dict[str, Any] = only
        return event


def challenge(request: Request) -> Answer:
    """What an application answers that has credentials."""
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.authorization == f"Basic {expected}":
        return 200, {}, b""
    return 401, CHALLENGE, b""


def accept(_: Request) -> Answer:
    return 204, {}, b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Callers may be killed; what a test cares for it sees in what came."""


class Receiver:
    """`answer` may be replaced at any time; all requests are in `requests`, oldest first."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Answer] = accept
        self.requests: Queue[Request] = Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # the caller was killed in the middle of it
                request = Request(self.path, httpx.Headers(dict(self.headers)), body)
                receiver.requests.put(request)
                status, headers, content = receiver.answer(request)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/callbacks"

    def next(self) -> Request:
        return self.requests.get(timeout=PATIENCE)

    def events(self, count: int) -> list[dict[str, Any]]:
        return [self.next().event for _ in range(count)]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Control:
    """The control API of one sandbox."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def call(self, method: str, path: str, **body: Any) -> httpx.Response:
        url = f"{self._account.server.url}/_sandbox{path}"
        return httpx.request(method, url, json=body or None)

    def advance(self, seconds: float) -> None:
        """Moves the account's own time, on which the courier looks again."""
        assert self.call("POST", "/clock", seconds=seconds).status_code == 200

    def callbacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/callbacks").json()["callbacks"]
        return found

    def when(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The callbacks, once this holds of them."""
        end = time.monotonic() + PATIENCE
        found: list[dict[str, Any]] = []
        while time.monotonic() < end:
            found = self.callbacks()
            if holds(found):
                return found
        raise AssertionError(f"it never came to that: {found}")

    def ended(self, count: int) -> list[dict[str, Any]]:
        """The callbacks, once so many are at their end."""
        return self.when(lambda found: sum(each["due"] is None for each in found) == count)

    def tried(self, count: int) -> list[dict[str, Any]]:
        """The attempts of the only callback, once there are so many."""
        (only,) = self.when(lambda found: bool(found) and len(found[0]["attempts"]) >= count)
        attempts: list[dict[str, Any]] = only["attempts"]
        return attempts


@dataclass(frozen=True)
class Caller:
    """A sender whose application is called back."""

    sender: Sender
    control: Control

    def send(self, **changed: Any) -> httpx.Response:
        """Sends a message as `Sender.send` does, and waits for its time."""
        answer = self.sender.send(**changed)
        self.control.advance(1)
        return answer


OpenCaller = Callable[..., Caller]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


@pytest.fixture
def open_caller(open_sender: OpenSender, receiver: Receiver) -> OpenCaller:
    def opened(**settings: Any) -> Caller:
        chosen = {"callbacks": True, "segments_per_second": 1e6, "message_delay": 0.0}
        sender = open_sender(**{**chosen, **settings})
        point(sender, receiver.url)
        return Caller(sender, Control(sender.account))

    return opened


def point(sender: Sender, url: str, more: str = "") -> None:
    """Lets the sender's application be called there, with the credentials of this module."""
    credentials = f"<UserId>{USER}</UserId><Password>{PASSWORD}</Password>"
    fields = f"<CallbackUrl>{url}</CallbackUrl><CallbackCreds>{credentials}</CallbackCreds>{more}"
    answer = sender.account.call(
        "PATCH", f"/applications/{sender.application}", f"<Application>{fields}</Application>"
    )
    assert answer.status == 200


@pytest.fixture
def caller(open_caller: OpenCaller) -> Caller:
    return open_caller()
