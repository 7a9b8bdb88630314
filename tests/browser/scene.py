"""An account with something of everything, for pages to show: made by the real commands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import httpx

from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.web.sample_bodies import samples

SPEC = """
version: 1
applications:
  Support desk:
    callback_url: {url}/support
    callback_credentials: {{user_id: desk-user, password: never-shown-1}}
  Order updates:
    callback_url: {url}/orders
sites:
  Raleigh:
    description: Head office
    address: &office {{house_number: "1600", street_name: PENNSYLVANIA, street_suffix: AVE,
      city: WASHINGTON, state_code: DC, zip: "20006"}}
    sippeers:
      Messaging East:
        default: true
        sms: {{toll_free: true, short_code: true}}
        mms: true
        application: Support desk
        numbers:
          - {{area_code: "919", quantity: 6}}
      Order line:
        sms: {{toll_free: true, short_code: true}}
        application: Order updates
        numbers:
          - {{area_code: "910", quantity: 3}}
  Denver:
    address: *office
    sippeers:
      Messaging West:
        default: true
        sms: {{toll_free: true, short_code: true}}
        mms: true
        application: Support desk
        numbers:
          - {{area_code: "303", quantity: 12}}
"""
SIPPEER_WITHOUT_A_NAME = "<SipPeer><IsDefaultPeer>false</IsDefaultPeer></SipPeer>"
WITHOUT_A_PLACE = (
    "<Order><Name>Autumn</Name><AreaCodeSearchAndOrderType><AreaCode>910</AreaCode>"
    "<Quantity>many</Quantity></AreaCodeSearchAndOrderType><SiteId>{site}</SiteId></Order>"
)
CUSTOMER = "+19195551212"


_BODIES = samples()
_MESSAGING = "/sites/*/sippeers/*/products/messaging"


def application_body(name: str) -> str:
    body = _BODIES["POST", "/applications"]
    return body.replace("<AppName>Server<", f"<AppName>{escape(name)}<")


def site_body(name: str) -> str:
    return _BODIES["POST", "/sites"].replace("<Name>Raleigh<", f"<Name>{escape(name)}<")


class _Receiver(BaseHTTPRequestHandler):
    """Takes callbacks; asks for credentials where the application has some."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        wants = self.path == "/support" and "authorization" not in self.headers
        self.send_response(401 if wants else 204)
        if wants:
            self.send_header("www-authenticate", 'Basic realm="desk"')
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def open_receiver() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Scene:
    """A sandbox on its own clock-time, and its caller."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self.url = server.url
        self.server = server
        self.settings = settings
        self.http = httpx.Client(
            base_url=server.url, auth=(settings.username, settings.password), timeout=10
        )

    def control(self, method: str, path: str, **body: Any) -> Any:
        answer = self.http.request(method, f"/_sandbox{path}", json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def call(self, method: str, path: str, body: str = "") -> httpx.Response:
        target = f"/api/accounts/{self.settings.account}{path}"
        return self.http.request(method, target, content=body)

    def send(self, **message: Any) -> httpx.Response:
        return self.http.post(f"/api/v2/users/{self.settings.account}/messages", json=message)

    def prepare(self) -> None:
        """An application, and a location for it that has a number."""
        self.application = self._made("/applications", application_body("Desk"))
        self.site = self._made("/sites", site_body("Raleigh"))
        at = f"/sites/{self.site}/sippeers"
        self.sippeer = self._made(at, _BODIES["POST", "/sites/*/sippeers"])
        messaging = f"{at}/{self.sippeer}/products/messaging"
        for feature in ("sms", "mms"):
            path = f"features/{feature}"
            self._made(f"{messaging}/{path}", _BODIES["POST", f"{_MESSAGING}/{path}"])
        body = _BODIES["PUT", f"{_MESSAGING}/applicationSettings"]
        link = body.format(application=self.application)
        assert self.call("PUT", f"{messaging}/applicationSettings", link).is_success
        self.order(1, code="919")
        self.control("POST", "/clock", seconds=5)
        (number,) = self.control("GET", f"/view/numbers?sippeer={self.sippeer}")["rows"]
        self.own = f"+1{number['number']}"

    def _made(self, path: str, body: str) -> str:
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        return str(answer.headers.get("location", "")).rpartition("/")[2]

    def order(self, quantity: int, code: str = "910", name: str = "") -> str:
        """The id of an order of so many numbers for the location."""
        inner = f"<AreaCode>{code}</AreaCode><Quantity>{quantity}</Quantity>"
        kind = f"<AreaCodeSearchAndOrderType>{inner}</AreaCodeSearchAndOrderType>"
        where = f"<SiteId>{self.site}</SiteId><PeerId>{self.sippeer}</PeerId>"
        named = f"<Name>{escape(name)}</Name>" if name else ""
        return self._made("/orders", f"<Order>{named}{kind}{where}</Order>")

    def receive(self, text: str) -> None:
        self.control("POST", "/messages", **{"from": CUSTOMER, "to": self.own}, text=text)

    def multiply_messages(self, total: int) -> None:
        """As many messages in the one conversation, by a snapshot that has them."""
        snapshot = self.control("GET", "/snapshot")
        tables = snapshot["tables"]
        for name in ("messages", "transcript", "deliveries"):
            (row,) = tables[name]
            tables[name] = [row, *(_another(row, n) for n in range(2, total + 1))]
        self.http.put("/_sandbox/snapshot", json=snapshot, timeout=60).raise_for_status()

    def tree(self) -> Any:
        return self.control("GET", "/view/account")

    def location(self, name: str) -> Any:
        """A location by its name, with its numbers, and those as they are written in messages."""
        peers = [peer for site in self.tree()["sites"] for peer in site["sippeers"]]
        found = next(peer for peer in peers if peer["name"] == name)
        rows = self.control("GET", f"/view/numbers?sippeer={found['id']}")["rows"]
        return {**found, "own": [f"+1{row['number']}" for row in rows]}


def _another(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A row like this one, of message `number`."""
    own: dict[str, Any] = {"sequence": number, "message": str(number), "text": f"message {number}"}
    if "document" in row:
        document = {**json.loads(row["document"]), "id": str(number)}
        own = {"id": str(number), "document": json.dumps(document)}
    return {**row, **{name: value for name, value in own.items() if name in row}}


@contextlib.contextmanager
def open_scene(port: int = 0, **settings: Any) -> Iterator[Scene]:
    chosen = Settings(**{"segments_per_second": 100.0, "message_delay": 0.05, **settings})
    with Server(chosen, port=port) as server:
        scene = Scene(server, chosen)
        with contextlib.closing(scene.http):
            yield scene


def furnish(scene: Scene, receiver: str, folder: Path) -> None:
    """Applies the spec above, and then calls as an application and its customers would."""
    spec = folder / "spec.yaml"
    spec.write_text(SPEC.format(url=receiver))
    environment = {
        "BW_API_URL": scene.url,
        "BW_MESSAGING_URL": scene.url,
        "BW_ACCOUNT_ID": scene.settings.account,
        "BW_USERNAME": scene.settings.username,
        "BW_PASSWORD": scene.settings.password,
    }
    arguments = ["apply", str(spec), "--yes", "--quiet"]
    # As a process of its own: the browser's driver has the thread's event loop.
    command = [sys.executable, "-m", "provisioner", *arguments]
    everything = {**os.environ, **environment}
    subprocess.run(command, env=everything, cwd=folder, check=True, capture_output=True)
    east, west = scene.location("Messaging East"), scene.location("Messaging West")
    _talk(scene, east, west)
    site = scene.tree()["sites"][0]["id"]
    scene.call("POST", f"/sites/{site}/sippeers", SIPPEER_WITHOUT_A_NAME)
    scene.call("POST", "/orders", WITHOUT_A_PLACE.format(site=site))
    scene.call("GET", "/orders?page=1&size=10")


def _talk(scene: Scene, east: Any, west: Any) -> None:
    desk, branch = east["own"][0], west["own"][0]
    sending = {"applicationId": east["application"], "from": desk}
    customer = {"from": CUSTOMER, "to": desk}
    scene.control("POST", "/messages", **customer, text="Is my order on its way?")
    box = {"text": "It left this morning. Here is the box:", "media": ["https://example.com/box"]}
    scene.send(**sending, **box, to=[CUSTOMER], tag="case 4711")
    scene.control("POST", "/messages", **customer, text="Wonderful, thank you!")
    others = ["+13035550143", "+13035550144"]
    group = {"from": others[0], "to": [branch, others[1]]}
    scene.control("POST", "/messages", **group, text="Can we both come at nine?")
    scene.send(**{**sending, "from": branch}, to=others, text="Nine is fine.")
    scene.send(**sending, to=["not a number"], text="Hello")
    scene.send(**sending, text="to nobody")
