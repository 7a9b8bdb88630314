"""One account that is tried hard, and what it holds afterwards."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from lxml import etree

from provisioner.account.clock import Clock
from provisioner.cli import main
from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

ROOT = Path(__file__).parents[2]
ACCOUNT = "9900778"
PATIENCE = 30.0
"""Seconds after which a process that should have asked something is given up."""


class LeapingTime:
    """Goes by itself, as time does for processes beside this one, and leaps over every sleep."""

    def __init__(self) -> None:
        self.leapt = 0.0

    def __call__(self) -> float:
        return time.time() + self.leapt

    def leap(self, seconds: float) -> None:
        self.leapt += seconds

    def come_back(self) -> None:
        """To the time of the other processes: what they record is dated by it."""
        self.leapt = 0.0

    async def sleep(self, seconds: float) -> None:
        until = self() + seconds
        await asyncio.sleep(0)
        self.leapt = max(self.leapt, until - time.time())

    @property
    def clock(self) -> Clock:
        return Clock(now=self, monotonic=self, sleep=self.sleep)


@dataclass(frozen=True)
class Flow:
    """A spec to apply, and what to call it."""

    name: str
    spec: Path


FLOWS = {
    "quickstart": Flow("quickstart", ROOT / "examples" / "quickstart.yaml"),
    "two sites": Flow("two sites", Path(__file__).with_name("two-sites.yaml")),
}

MANY = Flow("many locations", Path(__file__).with_name("many-locations.yaml"))
"""80 of them: enough for 64 requests in flight."""


@dataclass
class Arena:
    """An account on loopback, and a folder in which the real command is run against it."""

    server: Server
    settings: Settings
    time: LeapingTime
    folder: Path
    parallelism: int = 1
    http: httpx.Client = field(init=False)
    clean: dict[str, tuple[list[str], Mapping[str, int]]] = field(default_factory=dict)
    """Of each flow the requests of a run in which nothing goes wrong, and what is there then."""

    def __post_init__(self) -> None:
        credentials = (self.settings.username, self.settings.password)
        self.http = httpx.Client(base_url=self.server.url, auth=credentials, timeout=PATIENCE)

    @property
    def faults(self) -> Faults:
        found: Faults = self.server.app.state.faults
        return found

    @property
    def log(self) -> Log:
        found: Log = self.server.app.state.log
        return found

    @property
    def environ(self) -> dict[str, str]:
        return {
            "BW_API_URL": self.server.url,
            "BW_USERNAME": self.settings.username,
            "BW_PASSWORD": self.settings.password,
            "CALLBACK_PASSWORD": "callback-password-1",
        }

    def begin(self) -> None:
        """An empty account, and nothing remembered of any run."""
        self.faults.clear()
        self.http.post("/_sandbox/reset").raise_for_status()
        self.time.come_back()
        self.forget_runs()
        self.log.clear()

    def forget_runs(self) -> None:
        """What happens on a machine that never ran anything before."""
        shutil.rmtree(self.folder / ".provisioner", ignore_errors=True)

    def arguments(self, command: str, flow: Flow) -> tuple[str, ...]:
        paces = ("--parallelism", str(self.parallelism), "--timeout", "0.4")
        return (command, str(flow.spec), *paces)

    def run(self, command: str, flow: Flow, *more: str) -> int:
        """The exit code of a command that is run in this process, where no wait takes time."""
        try:
            main((*self.arguments(command, flow), *more), clock=self.time.clock)
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    def apply(self, flow: Flow, *more: str) -> int:
        return self.run("apply", flow, "--yes", "--quiet", *more)

    def start(self, flow: Flow, *more: str, command: str = "apply") -> subprocess.Popen[bytes]:
        """The same as a process of its own, on time that goes by itself."""
        arguments = (*self.arguments(command, flow), "--yes", *more)
        return subprocess.Popen(
            (sys.executable, "-m", "provisioner", *arguments),
            cwd=self.folder,
            env={**self.environ, "PYTHONPATH": str(ROOT), "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for_requests(self, count: int, process: subprocess.Popen[bytes]) -> None:
        """Until so many requests were worked on, or the process is at its end."""
        deadline = time.monotonic() + PATIENCE
        while len(self.log) < count and process.poll() is None:
            assert time.monotonic() < deadline, f"only {len(self.log)} requests came"
            time.sleep(0.002)

    def kill_at(self, count: int, process: subprocess.Popen[bytes]) -> int:
        """SIGKILL once so many requests were worked on; what ends before ends as it would."""
        try:
            self.wait_for_requests(count, process)
        finally:
            process.send_signal(signal.SIGKILL)
        return process.wait()

    def requests(self) -> list[str]:
        below = f"/api/accounts/{self.settings.account}"
        return [f"{each.method} {each.target.removeprefix(below)}" for each in self.log]

    def holdings(self) -> Mapping[str, int]:
        """How often everything is there, by what it is: names, features, numbers, orders."""
        self.time.leap(3600)
        held = Counter(self.names())
        for _, path, name in self._locations():
            held.update(self._on_location(path, name))
        for order_id in self._order_ids():
            asked = [int(text) for text in self._texts(f"/orders/{order_id}", "Quantity")]
            held["orders"] += 1
            held["numbers ordered"] += sum(asked)
        return dict(held)

    def numbers_and_pending(self) -> Mapping[tuple[str, str], int]:
        """By location and area code: how many numbers it has, or may still get by open orders."""
        found: Counter[tuple[str, str]] = Counter()
        peers = {}
        for peer_id, path, name in self._locations():
            peers[peer_id] = name
            numbers = self._texts(f"{path}/tns", "FullNumber")
            found.update((name, number[:3]) for number in numbers)
        for order_id in self._order_ids():
            path = f"/orders/{order_id}"
            (status,) = self._texts(path, "OrderStatus")
            if status in ("RECEIVED", "PROCESSING", "BACKORDERED"):
                (peer_id,), (code,) = self._texts(path, "PeerId"), self._texts(path, "AreaCode")
                (asked,), (done,) = (
                    self._texts(path, "Quantity"),
                    self._texts(path, "CompletedQuantity"),
                )
                found[peers[peer_id], code] += int(asked) - int(done)
        return dict(found)

    def names(self) -> Mapping[str, int]:
        """How often each application, site and sippeer is there."""
        held: Counter[str] = Counter()
        held.update(f"application {name}" for name in self._texts("/applications", "AppName"))
        held.update(f"site {name}" for _, name in self._sites())
        held.update(f"sippeer {name}" for _, _, name in self._locations())
        return dict(held)

    def numbers(self) -> list[str]:
        """All numbers that are in service."""
        return self._texts("/inserviceNumbers?page=1&size=1000", "TelephoneNumber")

    def releases(self) -> int:
        """How many orders to release numbers there are."""
        return len(self._texts("/disconnects?page=1&size=1000", "OrderId"))

    def _on_location(self, path: str, name: str) -> Counter[str]:
        held: Counter[str] = Counter()
        for feature in ("sms", "mms"):
            answer = self._get(f"{path}/products/messaging/features/{feature}")
            held[f"{feature} {name}"] += answer is not None
        settings = f"{path}/products/messaging/applicationSettings"
        held[f"link {name}"] += len(self._texts(settings, "HttpMessagingV2AppId"))
        held[f"numbers {name}"] += len(self._texts(f"{path}/tns", "FullNumber"))
        return held

    def _sites(self) -> list[tuple[str, ...]]:
        return self._rows("/sites", "Site", "Id", "Name")

    def _locations(self) -> list[tuple[str, str, str]]:
        """Of every sippeer its id, its path, and its name after that of its site."""
        return [
            (peer_id, f"/sites/{site_id}/sippeers/{peer_id}", f"{site}/{peer}")
            for site_id, site in self._sites()
            for peer_id, peer in self._rows(
                f"/sites/{site_id}/sippeers", "SipPeer", "PeerId", "PeerName"
            )
        ]

    def _order_ids(self) -> list[str]:
        return self._texts("/orders?page=1&size=1000", "orderId")

    def _get(self, path: str) -> etree._Element | None:
        answer = self.http.get(f"/api/accounts/{self.settings.account}{path}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        return etree.fromstring(answer.content) if answer.content else None

    def release_any(self, pick: int) -> None:
        """Somebody else releases one number of the account, if there is any."""
        numbers = self.numbers()
        if numbers:
            number = numbers[pick % len(numbers)]
            self._send(
                "POST",
                "/disconnects",
                "<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType>"
                f"<TelephoneNumberList><TelephoneNumber>{number}</TelephoneNumber>"
                "</TelephoneNumberList></DisconnectTelephoneNumberOrderType>"
                "</DisconnectTelephoneNumberOrder>",
            )

    def order_any(self, pick: int, code: str) -> None:
        """Somebody else orders a number for one of the sippeers, if there is any."""
        locations = self._locations()
        if locations:
            peer_id, path, _ = locations[pick % len(locations)]
            site_id = path.split("/")[2]
            kind = f"<AreaCode>{code}</AreaCode><Quantity>1</Quantity>"
            self._send(
                "POST",
                "/orders",
                f"<Order><AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
                f"<SiteId>{site_id}</SiteId><PeerId>{peer_id}</PeerId></Order>",
            )

    def unassign_any(self, pick: int) -> None:
        """Somebody else takes the application of one of the sippeers away, if there is any."""
        locations = self._locations()
        if locations:
            _, location, _ = locations[pick % len(locations)]
            path = f"{location}/products/messaging"
            if self._get(f"{path}/features/sms") is not None:
                body = (
                    "<ApplicationsSettings><HttpMessagingV2AppId>REMOVE</HttpMessagingV2AppId>"
                    "</ApplicationsSettings>"
                )
                self._send("PUT", f"{path}/applicationSettings", body)

    def _send(self, method: str, path: str, body: str) -> None:
        target = f"/api/accounts/{self.settings.account}{path}"
        self.http.request(method, target, content=body).raise_for_status()

    def _texts(self, path: str, name: str) -> list[str]:
        root = self._get(path)
        return [] if root is None else [found.text or "" for found in root.iter(name)]

    def _rows(self, path: str, element: str, *names: str) -> list[tuple[str, ...]]:
        root = self._get(path)
        rows = [] if root is None else root.iter(element)
        return [tuple(row.findtext(name, "") for name in names) for row in rows]
