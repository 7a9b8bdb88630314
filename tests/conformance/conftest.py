"""The vendor's own client libraries, unmodified, in processes of their own.

A client is led through its flow step by step; after each step the account is asked by plain HTTP.
What the client showed and what the account says must be the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

HERE = Path(__file__).parent
CLIENTS = HERE / "clients"
PYTHON = HERE / ".venv" / "bin" / "python"
SCHEMES = ("basic", "oauth2")

_LONGEST_FLOW = 60


@dataclass(frozen=True, slots=True)
class Refused:
    """`code` is empty where the answer has none."""

    status: int
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """The client could not cope with what it got, or the account not answer: equal to nothing."""

    message: str


class Clock:
    """Stands still but when it is advanced, by more than an order takes."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time

    def advance(self) -> None:
        self.time += 1


class Account:
    """What the account says to a plain caller."""

    def __init__(self, server: Server, settings: Settings, clock: Clock) -> None:
        self.clock = clock
        self.log: Log = server.app.state.log
        self.memory: State = server.app.state.memory
        self.url = server.url
        self.settings = settings
        self._http = httpx.Client(
            base_url=server.url, auth=(settings.username, settings.password), timeout=5
        )

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, body: str | None = None) -> httpx.Response:
        """A path from `/api` on is as it is, any other is below the account."""
        below = f"/api/accounts/{self.settings.account}"
        target = path if path.startswith("/api") else f"{below}{path}"
        return self._http.request(method, target, content=body)

    def rows(self, path: str, element: str, *names: str) -> list[list[str]]:
        """Of each element of that name, the texts of its parts of these names, "" for none."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        found = etree.fromstring(answer.content).iter(element)
        return [[each.findtext(name, "") for name in names] for each in found]

    def row(self, path: str, element: str, *names: str) -> list[str]:
        (only,) = self.rows(path, element, *names)
        return only

    def texts(self, path: str, element: str) -> list[str]:
        """The texts of all elements of that name, in order."""
        return [text for (text,) in self.rows(path, element, ".")]

    def json(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def create(self, path: str, body: str) -> str:
        """The id of what was made."""
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.headers["location"].rsplit("/", 1)[1]


Shows = Callable[[Account], object]

# What each step must show, as the account has it afterwards.
Steps = Mapping[str, Shows]


def refused(status: int, code: str = "") -> Shows:
    return lambda _: Refused(status, code)


@dataclass(frozen=True, slots=True)
class Outcome:
    shown: object
    expected: object


Outcomes = Mapping[str, Outcome]


@contextmanager
def _started(
    script: str, account: Account, more: Mapping[str, str]
) -> Iterator[Callable[[str], object]]:
    """A client that takes one step after the other, with nothing of ours in its environment."""
    command = [*_interpreter(script), str(CLIENTS / script)]
    environment = {
        "PATH": os.environ["PATH"],
        "SANDBOX_URL": account.url,
        "SANDBOX_ACCOUNT": account.settings.account,
        **more,
    }
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    alarm = threading.Timer(_LONGEST_FLOW, process.kill)
    alarm.start()
    assert process.stdin is not None
    assert process.stdout is not None
    steps, answers = process.stdin, process.stdout

    def take(step: str) -> object:
        steps.write(f"{step}\n")
        steps.flush()
        line = answers.readline()
        assert line, f"{script} ended at the step '{step}'; its last words are above"
        return _read(json.loads(line))

    try:
        yield take
    finally:
        steps.close()
        answers.close()
        process.wait()
        alarm.cancel()


def _credentials(scheme: str, settings: Settings) -> Mapping[str, str]:
    """Those of one scheme only, so that a client cannot fall back on the other."""
    if scheme == "basic":
        names = {"USERNAME": settings.username, "PASSWORD": settings.password}
    else:
        names = {"CLIENT_ID": settings.client_id, "CLIENT_SECRET": settings.client_secret}
    named = {f"SANDBOX_{name}": value for name, value in names.items()}
    return {"SANDBOX_SCHEME": scheme, **named}


def _interpreter(script: str) -> tuple[str, ...]:
    node = shutil.which("node")
    if script.endswith(".py") and PYTHON.exists():
        return (str(PYTHON),)
    if script.endswith(".mjs") and node and (HERE / "node_modules").exists():
        return (node,)
    pytest.skip("needs `make conformance`")


def _read(answer: Mapping[str, Any]) -> object:
    if "error" not in answer:
        return answer["shown"]
    error = answer["error"]
    if "message" in error:
        return Broken(error["message"])
    return Refused(error["status"], error["code"])


@contextmanager
def _opened() -> Iterator[Account]:
    clock = Clock()
    settings = Settings(now=clock)
    with Server(settings) as server, closing(Account(server, settings, clock)) as account:
        yield account


def _ask(expected: Shows, account: Account) -> object:
    """One step that the account cannot answer for must not hide what comes after it."""
    try:
        return expected(account)
    except (AssertionError, ValueError, LookupError) as unanswered:
        return Broken(str(unanswered))


Play = Callable[..., Outcomes]


@pytest.fixture(scope="session")
def play() -> Play:
    """Leads a client through all steps, on an account of its own, which `prepare` may furnish.

    What `prepare` answers is the client's environment, beside the credentials. A second goes by
    between two steps, so orders are settled by the next.
    """

    def played(
        script: str,
        steps: Steps,
        scheme: str,
        prepare: Callable[[Account], Mapping[str, str]] = lambda _: {},
    ) -> Outcomes:
        with _opened() as account:
            more = {**_credentials(scheme, account.settings), **prepare(account)}
            outcomes = {}
            with _started(script, account, more) as take:
                for step, expected in steps.items():
                    shown = take(step)
                    outcomes[step] = Outcome(shown, _ask(expected, account))
                    account.clock.advance()
            return outcomes

    return played
