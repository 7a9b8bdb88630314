"""The command line, run in this process or as a real one, against accounts on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from lxml import etree

from provisioner.cli import main
from provisioner.sandbox.calls.log import Entry, Log
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from provisioner.views.events_schema import events_schema
from tests.views.test_schemas import closed

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds after which a process that should have done something is given up."""

CALLBACK_PASSWORD = "callback-password-1"
LOCATION = "Messaging East"
SPEC: Mapping[str, Any] = {
    "version": 1,
    "account": "9900778",
    "applications": {
        "Production Server": {
            "callback_url": "https://example.com/callbacks",
            "callback_credentials": {
                "user_id": "callback-user",
                "password": "${CALLBACK_PASSWORD}",
            },
        }
    },
    "sites": {
        "Raleigh": {
            "description": "Test Gateway",
            "address": {
                "house_number": "1600",
                "street_name": "PENNSYLVANIA",
                "city": "WASHINGTON",
                "state_code": "DC",
                "zip": "20006",
            },
            "sippeers": {
                LOCATION: {
                    "default": True,
                    "sms": True,
                    "mms": True,
                    "application": "Production Server",
                    "numbers": [{"area_code": "910", "quantity": 1}],
                }
            },
        }
    },
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document: anything else in it is an error."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def everything(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Account:
    """A running sandbox, as the command line and as its other users see it."""

    server: Server
    settings: Settings
    faults: Faults = field(init=False)
    log: Log = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", self.server.app.state.faults)
        object.__setattr__(self, "log", self.server.app.state.log)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "BW_API_URL": self.server.url,
            "BW_MESSAGING_URL": self.server.url,
            "BW_USERNAME": self.settings.username,
            "BW_PASSWORD": self.settings.password,
        }

    @property
    def writes(self) -> list[Entry]:
        return [entry for entry in self.log if entry.method != "GET"]

    def call(self, method: str, path: str, body: str | None = None) -> etree._Element | None:
        """What somebody else does to the account; the answer's root, if it has one."""
        answer = httpx.request(
            method,
            f"{self.server.url}/api/accounts/{self.settings.account}{path}",
            content=body,
            auth=(self.settings.username, self.settings.password),
        )
        answer.raise_for_status()
        return etree.fromstring(answer.content) if answer.content else None

    def texts(self, path: str, name: str) -> list[str]:
        """The texts of all elements of a name, or at a path of names, in the answer to a GET."""
        root = self.call("GET", path)
        assert root is not None
        return [leaf.text or "" for found in root.iterfind(f".//{name}") for leaf in leaves(found)]

    def text(self, path: str, name: str) -> str:
        (only,) = self.texts(path, name)
        return only

    @property
    def site(self) -> str:
        return f"/sites/{self.text('/sites', 'Id')}"

    @property
    def sippeer(self) -> str:
        site = self.site
        return f"{site}/sippeers/{self.text(f'{site}/sippeers', 'PeerId')}"

    @property
    def messaging(self) -> str:
        return f"{self.sippeer}/products/messaging"

    @property
    def application(self) -> str:
        return f"/applications/{self.text('/applications', 'ApplicationId')}"


STREAMS = {"plan", "apply", "drift"}
EVENTS = Draft202012Validator(
    closed(events_schema()), format_checker=Draft202012Validator.FORMAT_CHECKER
)


def leaves(element: etree._Element) -> list[etree._Element]:
    """The elements of a list, or the element itself."""
    return list(element) or [element]


def check_stream(arguments: Sequence[str], out: str) -> None:
    """Whatever any test has a command print as events is as the schema says, to the last member."""
    if STREAMS.isdisjoint(arguments[:1]) or "--json" not in arguments:
        return
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        EVENTS.validate(line)
    assert not lines or re.fullmatch(r"1\.\d+", lines[0]["format_version"])


OpenAccount = Callable[..., Account]
Cli = Callable[..., Ran]
Declare = Callable[..., Path]


@pytest.fixture(autouse=True)
def clean_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, no variables of ours, and signals as they were."""
    monkeypatch.chdir(tmp_path)
    for name in [*os.environ]:
        if name.startswith("BW_") or name in {"NO_COLOR", "COLUMNS", "LINES", "TERM"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("CALLBACK_PASSWORD", CALLBACK_PASSWORD)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    told_to_stop = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    signals = {each: signal.getsignal(each) for each in told_to_stop}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests may run under nohup
    yield
    for number, handler in signals.items():
        signal.signal(number, handler)


class Clock:
    """The account's time, which passes only when it is told to."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def closing() -> Iterator[Executor]:
    """Where servers are closed: it takes each a moment for which no test has to wait."""
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture
def open_account(closing: Executor) -> Iterator[OpenAccount]:
    opened: list[Server] = []

    def open_one(state: Path | None = None, **settings: Any) -> Account:
        chosen = Settings(**{"order_delay": 0.0, **settings})
        server = Server(chosen, state)
        opened.append(server.__enter__())
        return Account(server, chosen)

    yield open_one
    for server in opened:
        closing.submit(server.__exit__, None, None, None)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Account]:
    settings = Settings(order_delay=0.0)
    with Server(settings) as server:
        yield Account(server, settings)


@pytest.fixture
def shared_account(shared_server: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account for tests that leave nothing in it, or bring it to where they want it first."""
    shared_server.log.clear()
    lead_to(shared_server, monkeypatch)
    yield shared_server
    shared_server.faults.clear()


@pytest.fixture(scope="session")
def untouched_server() -> Iterator[Account]:
    with Server(settings := Settings()) as server:
        yield Account(server, settings)


@pytest.fixture
def untouched_account(untouched_server: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account for tests that send it nothing at all. In the log of one that others talk to,
    a request that they gave up on may still appear."""
    lead_to(untouched_server, monkeypatch)
    return untouched_server


def lead_to(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.environ.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def account(open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A running account that the environment's BW_* variables lead to."""
    opened = open_account()
    lead_to(opened, monkeypatch)
    return opened


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs the command line in this process, without a terminal."""

    def run(*arguments: str) -> Ran:
        capfd.readouterr()
        code: Any = 0
        try:
            main(arguments)
        except SystemExit as left:
            code = left.code or 0
        captured = capfd.readouterr()
        check_stream(arguments, captured.out)
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Writes `provisioner.yaml`: the spec of this module's account, after a change to a copy."""

    def write(change: Callable[[dict[str, Any]], object] | None = None) -> Path:
        spec = deepcopy({**SPEC})
        if change is not None:
            change(spec)
        path = tmp_path / "provisioner.yaml"
        path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def at_location() -> Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]]:
    """A change to a spec: keys of the location, None for one to be taken out."""

    def changed(keys: Mapping[str, Any]) -> Callable[[dict[str, Any]], None]:
        def change(spec: dict[str, Any]) -> None:
            location = spec["sites"]["Raleigh"]["sippeers"][LOCATION]
            location.update(keys)
            for key in [key for key, value in keys.items() if value is None]:
                del location[key]

        return change

    return changed


class Process:
    """The real command. Standard input is empty, unless a terminal is given for all three."""

    def __init__(self, arguments: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "provisioner", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environ},
            text=True,
        )
        self._arguments = arguments
        self._told = ""

    def line(self) -> str:
        """The next line of standard output."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def wait_for_told(self, words: str) -> None:
        """Reads standard error up to a line with these words."""
        assert self._process.stderr is not None
        while words not in self._told:
            line = self._process.stderr.readline()
            assert line, f"{words!r} was never told, but: {self._told}"
            self._told += line

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def finish(self) -> Ran:
        out, err = self._process.communicate(timeout=PATIENCE)
        check_stream(self._arguments, out)
        return Ran(self._process.returncode, out, self._told + err)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


class Terminal:
    """The real command on a pseudo-terminal; `shown` is everything that it drew so far."""

    def __init__(self, arguments: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self.shown = ""
        ours, theirs = pty.openpty()
        self._ours = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "provisioner", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environ},
            start_new_session=True,
        )
        os.close(theirs)

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert self._read(deadline), f"{words!r} was never shown, but: {self.shown}"

    def wait_until_asleep(self) -> None:
        """What was shown last is waiting for an answer now: a signal that comes just before a
        read begins is heard of only after it."""
        status = Path(f"/proc/{self._process.pid}/stat")
        deadline = time.monotonic() + PATIENCE
        while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline
            select.select([self._ours], [], [], 0.01)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def finish(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self._process.wait(timeout=PATIENCE)

    def hang_up(self) -> None:
        """Closes the terminal: its processes are told, and can draw no more."""
        self._process.send_signal(signal.SIGHUP)
        os.close(self._ours)
        self._ours = -1

    def wait(self) -> int:
        return self._process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._ours >= 0:
            os.close(self._ours)

    def _read(self, deadline: float) -> bool:
        """Whether more was drawn. Linux tells the other side's end as an error."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
        try:
            drawn = os.read(self._ours, 65536) if ready else b""
        except OSError:
            return False
        self.shown += drawn.decode()
        return bool(drawn)


Start = Callable[..., Process]
OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def start() -> Iterator[Start]:
    with contextlib.ExitStack() as stack:

        def started(*arguments: str, **environ: str) -> Process:
            process = Process(arguments, environ)
            stack.callback(process.kill)
            return process

        yield started


@pytest.fixture
def terminal() -> Iterator[OpenTerminal]:
    with contextlib.ExitStack() as stack:

        def opened(*arguments: str, **environ: str) -> Terminal:
            process = Terminal(arguments, environ)
            stack.callback(process.kill)
            return process

        yield opened
