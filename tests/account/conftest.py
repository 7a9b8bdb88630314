"""The real client against the real sandbox over loopback, on a clock that nobody waits for.

What the sandbox never says is said by a `Stage`: a server that answers each request as it is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.account.connection import Connection, connection_from
from provisioner.account.intents import Intents, Unrecorded
from provisioner.account.reader import read_live
from provisioner.account.writer import Writer
from provisioner.execution.events import Event, Status, StepFinished
from provisioner.execution.executor import execute
from provisioner.model import DesiredState, LiveState
from provisioner.planning import Plan, make_plan
from provisioner.resources import resource_types
from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.faults import Fault
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from provisioner.spec import load_spec

ACCOUNT = "9900778"
QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart.yaml"
PASSWORD = "callback-pass-word-1"
STREET = (
    "<HouseNumber>1600</HouseNumber><StreetName>PENNSYLVANIA</StreetName>"
    "<City>WASHINGTON</City><StateCode>DC</StateCode><Zip>20006</Zip>"
)
ADDRESS = (
    "{house_number: '1600', street_name: PENNSYLVANIA, city: WASHINGTON, state_code: DC, "
    "zip: '20006'}"
)


class FakeTime:
    """Sleeping moves the time at once; whoever sleeps at the same time sleeps together."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, until)

    @property
    def clock(self) -> Clock:
        return Clock(now=self, monotonic=self, sleep=self.sleep)


@dataclass(frozen=True)
class Run:
    """One plan and, where it was carried out, what happened."""

    plan: Plan
    live: LiveState
    events: tuple[Event, ...] = ()

    @property
    def finished(self) -> dict[str, StepFinished]:
        """The end of each step, by its address in words."""
        ends = [each for each in self.events if isinstance(each, StepFinished)]
        assert len(ends) == len(self.plan.steps), "every step ends once"
        return {str(each.step.address): each for each in ends}

    @property
    def statuses(self) -> dict[str, Status]:
        return {address: each.status for address, each in self.finished.items()}

    @property
    def done(self) -> bool:
        return set(self.statuses.values()) <= {Status.DONE}


@dataclass
class Account:
    """One sandbox, and everything that tests do with it."""

    server: Server
    settings: Settings
    time: FakeTime
    folder: Path
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        credentials = (self.settings.username, self.settings.password)
        self.http = httpx.Client(base_url=self.server.url, auth=credentials, timeout=5)

    @property
    def faults(self) -> Faults:
        found: Faults = self.server.app.state.faults
        return found

    @property
    def log(self) -> Log:
        found: Log = self.server.app.state.log
        return found

    @property
    def requests(self) -> list[str]:
        """What was asked, below the account: "GET /sites"."""
        below = f"/api/accounts/{self.settings.account}"
        return [f"{each.method} {each.target.removeprefix(below)}" for each in self.log]

    def sent(self, method: str, part: str = "") -> list[str]:
        return [each for each in self.requests if each.startswith(method) and part in each]

    def fail(self, kind: str, method: str, path: str, **more: Any) -> None:
        self.faults.add(Fault(kind, method=method, path=path, **more))

    def connection(self, **variables: str) -> Connection:
        environ = {
            "BW_API_URL": self.server.url,
            "BW_USERNAME": self.settings.username,
            "BW_PASSWORD": self.settings.password,
            **variables,
        }
        return connection_from(environ, self.settings.account, timeout=5, name="sandbox")

    def client(self, **options: Any) -> Client:
        return Client(self.connection(), clock=self.time.clock, **options)

    def load(self, spec: str | Path) -> DesiredState:
        path = spec if isinstance(spec, Path) else self.folder / "spec.yaml"
        if isinstance(spec, str):
            path.write_text(f"version: 1\naccount: '{self.settings.account}'\n{spec}")
        return load_spec([path], {"CALLBACK_PASSWORD": PASSWORD}, resource_types())

    async def plan(self, spec: str | Path) -> Run:
        desired = self.load(spec)
        async with self.client() as client:
            live = await read_live(desired, client, resource_types())
        return Run(make_plan(desired, live, resource_types()), live)

    async def carry_out(
        self,
        planned: Run,
        *,
        parallelism: int = 16,
        settle: float = 30.0,
        order_timeout: float = 600.0,
        stop: asyncio.Event | None = None,
        intents: Intents | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> Run:
        async with self.client(parallelism=parallelism) as client:
            events = []
            async for event in execute(
                planned.plan,
                planned.live,
                Writer(client, resource_types(), intents or Unrecorded(), settle),
                stop=stop or asyncio.Event(),
                parallelism=parallelism,
                order_timeout=order_timeout,
            ):
                events.append(event)
                if on_event is not None:
                    on_event(event)
        return Run(planned.plan, planned.live, tuple(events))

    async def apply(self, spec: str | Path, **options: Any) -> Run:
        return await self.carry_out(await self.plan(spec), **options)

    def call(self, method: str, path: str, body: str | None = None) -> httpx.Response:
        """A request past the program: what was there before, or what others do meanwhile."""
        target = path if path.startswith("/api") else f"/api/accounts/{ACCOUNT}{path}"
        answer = self.http.request(method, target, content=body)
        answer.raise_for_status()
        return answer

    def made(self, method: str, path: str, body: str) -> str:
        return self.call(method, path, body).headers["location"].rsplit("/", 1)[1]

    def texts(self, path: str, *elements: str) -> list[str]:
        """The texts of all elements of these names in an answer."""
        root = etree.fromstring(self.call("GET", path).content)
        return [each.text or "" for each in root.iter(*elements)]

    def site(self, name: str = "Raleigh", more: str = "") -> str:
        body = f"<Site><Name>{name}</Name>{more}<Address>{STREET}</Address></Site>"
        return f"/sites/{self.made('POST', '/sites', body)}"

    def sippeer(
        self, site: str, name: str = "East", more: str = "", *, default: bool = True
    ) -> str:
        flag = f"<IsDefaultPeer>{str(default).lower()}</IsDefaultPeer>"
        body = f"<SipPeer><PeerName>{name}</PeerName>{flag}{more}</SipPeer>"
        return f"{site}/sippeers/{self.made('POST', f'{site}/sippeers', body)}"

    def application(
        self, name: str = "Server", urls: str = "<CallbackUrl>https://example.com/in</CallbackUrl>"
    ) -> str:
        kind = f"<ServiceType>Messaging-V2</ServiceType><AppName>{name}</AppName>"
        return self.made("POST", "/applications", f"<Application>{kind}{urls}</Application>")

    def order(self, sippeer: str, customer_order_id: str, quantity: int = 1, more: str = "") -> str:
        _, _, site, _, peer = sippeer.split("/")
        kind = f"<AreaCode>910</AreaCode><Quantity>{quantity}</Quantity>"
        body = (
            f"<Order><CustomerOrderId>{customer_order_id}</CustomerOrderId>{more}"
            f"<AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
            f"<SiteId>{site}</SiteId><PeerId>{peer}</PeerId></Order>"
        )
        return self.made("POST", "/orders", body)

    def contents(self) -> dict[str, list[str]]:
        """The whole account: names of everything, and the numbers and orders there are."""
        self.time.advance(3600)
        sites = [f"/sites/{each}" for each in self.texts("/sites", "Id")]
        return {
            "applications": self.texts("/applications", "AppName"),
            "sites": self.texts("/sites", "Name"),
            "sippeers": [n for site in sites for n in self.texts(f"{site}/sippeers", "PeerName")],
            "numbers": [
                number
                for site in sites
                for peer in self.texts(f"{site}/sippeers", "PeerId")
                for number in self.texts(f"{site}/sippeers/{peer}/tns", "FullNumber")
            ],
            "orders": self.texts("/orders?page=1&size=1000", "CustomerOrderId"),
        }


Open = Callable[..., Account]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def closing() -> Iterator[ThreadPoolExecutor]:
    """Servers take 0.2 s to stop, which nobody has to wait for."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def open_account(tmp_path: Path, closing: ThreadPoolExecutor) -> Iterator[Open]:
    """Opens a sandbox of the given settings."""
    opened: list[Account] = []

    def open_one(**settings: Any) -> Account:
        time = FakeTime()
        chosen = Settings(account=ACCOUNT, now=time, **settings)
        account = Account(Server(chosen).__enter__(), chosen, time, tmp_path)
        opened.append(account)
        return account

    yield open_one
    for account in opened:
        account.http.close()
        closing.submit(account.server.__exit__, None, None, None)


@pytest.fixture
def account(open_account: Open) -> Account:
    return open_account()


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.target.removeprefix(f'/api/accounts/{ACCOUNT}')}"


@dataclass(frozen=True)
class Say:
    """An answer. `cut` bytes of the announced body are never sent."""

    status: int = 200
    body: str | bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0

    def to_bytes(self) -> bytes:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""])
        return head.encode() + body[: len(body) - self.cut]


HANG = Say(0)
DROP = Say(-1)
Answers = Callable[[Asked], Say | Awaitable[Say]]


@dataclass
class Stage:
    """A server that says what it is told; `asked` is everything that it was asked."""

    url: str
    time: FakeTime
    asked: list[Asked] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return (str(each) for each in self.asked)

    def connection(self, **variables: str) -> Connection:
        environ = {
            "BW_API_URL": self.url,
            "BW_USERNAME": "user-name",
            "BW_PASSWORD": "api-pass-word-1",
            **variables,
        }
        return connection_from(environ, ACCOUNT, timeout=5)

    def client(
        self, variables: Mapping[str, str] | None = None, *, parallelism: int = 16
    ) -> Client:
        connection = self.connection(**(variables or {}))
        return Client(connection, parallelism=parallelism, clock=self.time.clock)


@asynccontextmanager
async def staged(answer: Answers) -> AsyncIterator[Stage]:
    gone = asyncio.Event()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            stage.asked.append(asked)
            said = answer(asked)
            if not isinstance(said, Say):
                said = await said
            if said is HANG:
                await gone.wait()
            elif said is not DROP:
                writer.write(said.to_bytes())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as some tests want it to
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stage = Stage(f"http://127.0.0.1:{port}", FakeTime())
    async with server:
        try:
            yield stage
        finally:
            gone.set()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body)


def in_turn(*answers: Say) -> Answers:
    """One answer after the other; the last one again and again."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def by_path(answers: Mapping[str, str | Say]) -> Answers:
    """Answers by request line below the account, such as "GET /sites"; 404 for all others.

    The longest beginning that fits decides.
    """

    def answer(asked: Asked) -> Say:
        fitting = [each for each in answers if str(asked).startswith(each)]
        said = answers[max(fitting, key=len)] if fitting else Say(404)
        return said if isinstance(said, Say) else Say(body=said)

    return answer
