from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

STREET = (
    "<HouseNumber>1600</HouseNumber><StreetName>PENNSYLVANIA</StreetName>"
    "<City>WASHINGTON</City><StateCode>DC</StateCode><Zip>20006</Zip>"
)


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


@dataclass(frozen=True)
class Reply:
    status: int
    headers: httpx.Headers
    body: bytes

    def all(self, path: str) -> list[str]:
        """The texts of all elements at a path, wherever it begins."""
        return [found.text or "" for found in etree.fromstring(self.body).iterfind(f".//{path}")]

    def text(self, path: str) -> str:
        (only,) = self.all(path)
        return only

    def names(self, path: str) -> list[str]:
        """The names of the children of the one element at a path."""
        (only,) = etree.fromstring(self.body).iterfind(path)
        return [str(part.tag) for part in only]

    @property
    def code(self) -> tuple[int, str]:
        """HTTP status and error code, of any shape."""
        codes = [*self.all("ErrorCode"), *self.all("Error/Code"), *self.all("Errors/Code")]
        return self.status, (codes or [""])[0]

    @property
    def id(self) -> str:
        return self.headers["location"].rsplit("/", 1)[1]


PREFIXES = {"v1": "/api", "v2": "/api/v2"}


class Account:
    """A caller of one sandbox, with shorthands for what tests need first.

    `version` is the one of the API that is spoken: numbers are written as it writes them.
    """

    def __init__(self, server: Server, settings: Settings, clock: Clock) -> None:
        self.server = server
        self.version = "v1"
        self.settings = settings
        self.clock = clock
        self.faults: Faults = server.app.state.faults
        self.log: Log = server.app.state.log
        self.http = httpx.Client(
            base_url=server.url, auth=(settings.username, settings.password), timeout=5
        )

    def speaking(self, version: str) -> Account:
        """The same account through another version of the API."""
        other = copy.copy(self)
        other.version = version
        return other

    @property
    def prefix(self) -> str:
        return PREFIXES[self.version]

    def written(self, number: str) -> str:
        """Ten digits as this version writes them."""
        return number if self.version == "v1" else f"+1{number}"

    def state(self) -> State:
        """What the sandbox remembers, for what only a control API could do."""
        memory: State = self.server.app.state.memory
        return memory

    def call(self, method: str, path: str, body: str | None = None, **more: Any) -> Reply:
        """A path from `/` on is below the account; one from `/api` or `/v1.0` on is as it is."""
        below = f"{self.prefix}/accounts/{self.settings.account}"
        target = path if path.startswith(("/api/", "/v1.0/")) else below + path
        answer = self.http.request(method, target, content=body, **more)
        return Reply(answer.status_code, answer.headers, answer.content)

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def post(self, path: str, body: str) -> Reply:
        return self.call("POST", path, body)

    def put(self, path: str, body: str) -> Reply:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def site(self, name: str = "Raleigh") -> str:
        body = f"<Site><Name>{name}</Name><Address>{STREET}</Address></Site>"
        return f"/sites/{self.post('/sites', body).id}"

    def sippeer(self, site: str, name: str = "East", *, default: bool = True) -> str:
        """The path of a new sippeer."""
        body = f"<PeerName>{name}</PeerName><IsDefaultPeer>{str(default).lower()}</IsDefaultPeer>"
        return f"{site}/sippeers/{self.post(f'{site}/sippeers', f'<SipPeer>{body}</SipPeer>').id}"

    def application(self, service: str = "Messaging-V2") -> str:
        body = "<CallbackUrl>https://example.com/in</CallbackUrl>"
        if service != "Messaging-V2":
            body = "<CallInitiatedCallbackUrl>https://example.com</CallInitiatedCallbackUrl>"
        kind = f"<ServiceType>{service}</ServiceType><AppName>Server</AppName>"
        return self.post("/applications", f"<Application>{kind}{body}</Application>").id

    def sms(self, sippeer: str, method: str = "POST", **changed: str) -> Reply:
        settings = {"TollFree": "true", "ShortCode": "true", "Protocol": "HTTP"}
        settings |= {f"Zone{n}": "true" if n == 1 else "false" for n in range(1, 6)}
        parts = "".join(f"<{k}>{v}</{k}>" for k, v in (settings | changed).items() if v)
        inner = f"<SipPeerSmsFeatureSettings>{parts}</SipPeerSmsFeatureSettings><HttpSettings/>"
        body = f"<SipPeerSmsFeature>{inner}</SipPeerSmsFeature>"
        return self.call(method, f"{sippeer}/products/messaging/features/sms", body)

    def mms(self, sippeer: str, method: str = "POST") -> Reply:
        inner = (
            "<MmsSettings><Protocol>HTTP</Protocol></MmsSettings>"
            "<Protocols><HTTP><HttpSettings/></HTTP></Protocols>"
        )
        body = f"<MmsFeature>{inner}</MmsFeature>"
        return self.call(method, f"{sippeer}/products/messaging/features/mms", body)

    def assign(self, sippeer: str, application: str) -> Reply:
        inner = f"<HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>"
        return self.put(
            f"{sippeer}/products/messaging/applicationSettings",
            f"<ApplicationsSettings>{inner}</ApplicationsSettings>",
        )

    def order(self, sippeer: str, quantity: int = 1, code: str = "910", more: str = "") -> Reply:
        inner = f"<AreaCode>{code}</AreaCode><Quantity>{quantity}</Quantity>"
        kind = f"<AreaCodeSearchAndOrderType>{inner}</AreaCodeSearchAndOrderType>"
        return self.place(sippeer, kind + more)

    def place(self, sippeer: str, body: str) -> Reply:
        _, _, site, _, peer = sippeer.split("/")
        where = f"<SiteId>{site}</SiteId><PeerId>{peer}</PeerId>"
        return self.post("/orders", f"<Order>{body}{where}</Order>")

    def settle(self, order: Reply) -> Reply:
        """The order (or disconnect) once its time has come."""
        self.clock.advance(self.settings.order_delay)
        return self.get(order.headers["location"].partition(self.settings.account)[2])

    def numbers(self, sippeer: str, quantity: int, code: str = "910") -> list[str]:
        """Buys numbers, and says which."""
        return self.settle(self.order(sippeer, quantity, code)).all("FullNumber")

    def search(self, query: str) -> list[str]:
        """The numbers that can be ordered."""
        if self.version == "v2":
            query += "&countryCodeA3=USA"
        return self.get(f"/availableNumbers?{query}").all("TelephoneNumber")

    def buy(self, sippeer: str, numbers: list[str], more: str = "") -> Reply:
        """Orders numbers by name, and waits for them."""
        listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
        inner = f"<TelephoneNumberList>{listed}</TelephoneNumberList>{more}"
        kind = f"<ExistingTelephoneNumberOrderType>{inner}</ExistingTelephoneNumberOrderType>"
        return self.settle(self.place(sippeer, kind))

    def release(self, *numbers: str) -> Reply:
        listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
        kind = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
        inner = f"<DisconnectTelephoneNumberOrderType>{kind}</DisconnectTelephoneNumberOrderType>"
        return self.post(
            "/disconnects",
            f"<DisconnectTelephoneNumberOrder>{inner}</DisconnectTelephoneNumberOrder>",
        )


class Sender:
    """A number on a location that has SMS, MMS and an application, and messages from it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.path = f"/api/v2/users/{account.settings.account}"
        self.sippeer = account.sippeer(account.site())
        account.sms(self.sippeer)
        account.mms(self.sippeer)
        self.application = account.application()
        account.assign(self.sippeer, self.application)
        self.number = f"+1{account.numbers(self.sippeer, 1)[0]}"
        self.sent: list[str] = []

    def send(self, **changed: Any) -> httpx.Response:
        """A short text to one number; a field that is set to None is left out."""
        fields: dict[str, Any] = {"from": self.number, "to": "+19195551212", "text": "Hey"}
        fields |= {"applicationId": self.application, **changed}
        body = {name: value for name, value in fields.items() if value is not None}
        answer = self.account.http.post(f"{self.path}/messages", json=body)
        if answer.status_code == 202:
            self.sent.append(answer.json()["id"])
        return answer

    def find(self, **query: str) -> httpx.Response:
        return self.account.http.get(f"{self.path}/messages", params=query)

    def deliveries(self) -> list[dict[str, Any]]:
        """What the list says of all that was sent from here, oldest first."""
        found = (self.find(messageId=each, sort="messageId:asc") for each in self.sent)
        return [each for answer in found for each in answer.json()["messages"]]

    def fates(self) -> list[tuple[str, int]]:
        """Status and error code of each delivery, oldest first."""
        return [(each["messageStatus"], each["errorCode"]) for each in self.deliveries()]


Open = Callable[..., Account]
OpenSender = Callable[..., Sender]


@pytest.fixture(scope="session")
def closing() -> Iterator[ThreadPoolExecutor]:
    """Closes sandboxes behind the tests' backs: the server takes a fifth of a second for it."""
    with ThreadPoolExecutor(max_workers=8) as executor:
        yield executor


@pytest.fixture
def open_account(closing: ThreadPoolExecutor) -> Iterator[Open]:
    """Opens sandboxes of the given settings; `state` names the file."""
    with ExitStack() as stack:

        def opened(state: Path | None = None, **settings: Any) -> Account:
            clock = Clock()
            chosen = Settings(**{"now": clock, **settings})
            account = Account(stack.enter_context(Server(chosen, state)), chosen, clock)
            stack.callback(account.http.close)
            return account

        yield opened
        closing.submit(stack.pop_all().close)


@pytest.fixture(scope="session")
def shared_account() -> Iterator[Account]:
    clock = Clock()
    settings = Settings(
        now=clock, stock=100_000, segments_per_second=1e6, message_searches=1_000_000
    )
    with Server(settings) as server:
        account = Account(server, settings, clock)
        yield account
        account.http.close()


@pytest.fixture
def account(shared_account: Account) -> Iterator[Account]:
    """One account for all tests that look only at what they made themselves."""
    yield shared_account
    shared_account.faults.clear()
    shared_account.log.clear()


@pytest.fixture(params=PREFIXES)
def versioned(account: Account, request: pytest.FixtureRequest) -> Account:
    """The same account, in every version of the API."""
    return account.speaking(request.param)


@pytest.fixture
def site(account: Account) -> str:
    return account.site()


@pytest.fixture
def sippeer(account: Account, site: str) -> str:
    """The default sippeer of a new site."""
    return account.sippeer(site)


@pytest.fixture
def open_sender(open_account: Open) -> OpenSender:
    """Opens sandboxes of the given settings, each with a number that can send."""

    def opened(state: Path | None = None, **settings: Any) -> Sender:
        return Sender(open_account(state, **settings))

    return opened


@pytest.fixture
def sender(account: Account) -> Sender:
    return Sender(account)
