"""`python -m benchmarks.sandbox_speed`: requests a second that a large sandbox answers.

The sandbox is in a process of its own; a few callers share the other core and wait for each answer.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import click

from provisioner.sandbox.exchanges import number_at
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

AREA_CODES = ("910", "919", "212", "303")
_LARGEST_ORDER = 5000
_STREET = (
    "<HouseNumber>1</HouseNumber><StreetName>MAIN</StreetName><City>RALEIGH</City>"
    "<StateCode>NC</StateCode><Zip>27601</Zip>"
)


@dataclass(frozen=True, slots=True)
class Place:
    site: str
    sippeer: str


class Caller:
    """One kept-alive connection."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc)
        secret = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
        self._headers = {"authorization": f"Basic {secret}"}
        self._root = f"/api/accounts/{settings.account}"

    def call(self, method: str, path: str, body: str | None = None) -> str:
        """The Location of the answer. Raises RuntimeError for a refusal."""
        target = path if path.startswith("/api/") else self._root + path
        self._http.request(method, target, body, self._headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode()}")
        return answer.headers.get("location", "")


@click.command()
@click.option("--numbers", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--requests", type=click.IntRange(1), default=400, show_default=True)
@click.option("--callers", type=click.IntRange(1, 64), default=4, show_default=True)
def command(numbers: int, requests: int, callers: int) -> None:
    """Fill an account with numbers, then ask for this and that."""
    settings = Settings(order_delay=0.0, stock=max(numbers, 1000))
    with _sandbox(settings) as url:
        begun = time.perf_counter()
        place = _fill(Caller(url, settings), numbers)
        took = time.perf_counter() - begun
        click.echo(f"{numbers} numbers bought in {took:.1f} s")
        click.echo(f"{'request':<44}{'per second':>12}")
        for name, request in _requests(place).items():
            rate = _measure(url, settings, request, requests, callers)
            click.echo(f"{name:<44}{rate:>12.0f}")


def _requests(place: Place) -> dict[str, Callable[[Caller, int], str]]:
    """What is measured: the n-th request of each kind."""

    def get(path: str) -> Callable[[Caller, int], str]:
        return lambda caller, _: caller.call("GET", path)

    def own(n: int) -> str:
        return number_at(AREA_CODES[0], n % 1000)

    return {
        "GET site": get(f"/sites/{place.site}"),
        "GET sites with counts": get("/sites?tnCounts=true"),
        "GET total of the sippeer": get(f"/sites/{place.site}/sippeers/{place.sippeer}/totaltns"),
        "GET 100 numbers of the sippeer": get(
            f"/sites/{place.site}/sippeers/{place.sippeer}/tns?page=900&size=100"
        ),
        "GET 100 numbers in service": get("/inserviceNumbers?size=100"),
        "GET 100 numbers of an area code": get("/inserviceNumbers?size=100&areacode=303"),
        "GET 100 numbers of the account": get("/api/tns?size=100"),
        "GET 100 numbers of the account, page 900": get("/api/tns?page=900&size=100"),
        "GET 100 numbers of a city": get("/api/tns?city=RALEIGH&state=NC&size=100"),
        "GET 100 numbers of a city in service": get(
            f"/sites/{place.site}/inserviceNumbers?city=RALEIGH&state=NC&size=100"
        ),
        "GET a number": lambda caller, n: caller.call("GET", f"/api/tns/{own(n)}"),
        "GET details of a number": lambda caller, n: caller.call(
            "GET", f"/api/tns/{own(n)}/tndetails"
        ),
        "GET 100 orders": get("/orders?page=1&size=100"),
        "GET 10 available numbers": get("/availableNumbers?areaCode=212&quantity=10"),
        "GET 10 available numbers of a city": get(
            "/availableNumbers?city=RALEIGH&state=NC&quantity=10"
        ),
        "POST order for 1 number": lambda caller, _: _order(caller, place, "704", 1),
        "POST order for 10 numbers": lambda caller, _: _order(caller, place, "757", 10),
        "POST disconnect of 1 number": _release,
    }


def _fill(caller: Caller, numbers: int) -> Place:
    site = caller.call(
        "POST", "/sites", f"<Site><Name>Large</Name><Address>{_STREET}</Address></Site>"
    ).rpartition("/")[2]
    body = "<PeerName>Large</PeerName><IsDefaultPeer>true</IsDefaultPeer>"
    peer = caller.call("POST", f"/sites/{site}/sippeers", f"<SipPeer>{body}</SipPeer>")
    place = Place(site, peer.rpartition("/")[2])
    left = numbers
    for n in count():
        quantity = min(left, _LARGEST_ORDER)
        _order(caller, place, AREA_CODES[n % len(AREA_CODES)], quantity)
        left -= quantity
        if not left:
            return place
    raise AssertionError


def _order(caller: Caller, place: Place, area_code: str, quantity: int) -> str:
    kind = f"<AreaCode>{area_code}</AreaCode><Quantity>{quantity}</Quantity>"
    return caller.call(
        "POST",
        "/orders",
        f"<Order><AreaCodeSearchAndOrderType>{kind}</AreaCodeSearchAndOrderType>"
        f"<SiteId>{place.site}</SiteId><PeerId>{place.sippeer}</PeerId></Order>",
    )


def _release(caller: Caller, n: int) -> str:
    listed = f"<TelephoneNumber>{number_at(AREA_CODES[1], n)}</TelephoneNumber>"
    inner = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
    kind = f"<DisconnectTelephoneNumberOrderType>{inner}</DisconnectTelephoneNumberOrderType>"
    return caller.call(
        "POST",
        "/disconnects",
        f"<DisconnectTelephoneNumberOrder>{kind}</DisconnectTelephoneNumberOrder>",
    )


def _measure(
    url: str,
    settings: Settings,
    request: Callable[[Caller, int], str],
    requests: int,
    callers: int,
) -> float:
    def work(first: int) -> None:
        caller = Caller(url, settings)
        for n in range(first, requests, callers):
            request(caller, n)

    with ThreadPoolExecutor(callers) as pool:
        begun = time.perf_counter()
        for done in [pool.submit(work, first) for first in range(callers)]:
            done.result()
        return requests / (time.perf_counter() - begun)


@contextlib.contextmanager
def _sandbox(settings: Settings) -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    try:
        url: str = ours.recv()
        yield url
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection, settings: Settings) -> None:
    """Until the other end is closed. Ctrl-C reaches us as well, and is for the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Server(settings) as server, contextlib.suppress(EOFError):
        pipe.send(server.url)
        pipe.recv()


if __name__ == "__main__":
    command()
