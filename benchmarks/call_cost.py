"""`python -m benchmarks.call_cost`: the CPU that one call takes on our side, by what makes it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import click
import httpx

from benchmarks import page
from benchmarks.machine import machine
from provisioner.account.client import Client
from provisioner.account.connection import connection_from

FLYING = (16, 64)
ACCOUNT = "9900778"
USER, PASSWORD = "benchmark-user", "benchmark-password"
PATH = f"/accounts/{ACCOUNT}/sites/13651/sippeers/540341/products/messaging/features/sms"
BODY = (
    b"<SipPeerSmsFeatureResponse><SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true"
    b"</TollFree><ShortCode>true</ShortCode><Protocol>HTTP</Protocol><Zone1>true</Zone1>"
    b"</SipPeerSmsFeatureSettings><HttpSettings/></SipPeerSmsFeature></SipPeerSmsFeatureResponse>"
)
ANSWER = (
    b"HTTP/1.1 200 OK\r\ndate: Fri, 20 Nov 2026 10:00:00 GMT\r\ncontent-type: application/xml\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(BODY), BODY)
)

Ask = Callable[[], Awaitable[object]]
Contender = Callable[[str, int], AbstractAsyncContextManager[Ask]]


@asynccontextmanager
async def raw_sockets(url: str, in_flight: int) -> AsyncIterator[Ask]:
    """Bytes that were put together once, over one open connection for each call in flight."""
    host, _, port = url.removeprefix("http://").partition(":")
    authorization = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    request = (
        f"GET /api{PATH} HTTP/1.1\r\nhost: {host}:{port}\r\naccept: */*\r\n"
        f"authorization: Basic {authorization}\r\n\r\n"
    ).encode()
    opened = [await asyncio.open_connection(host, int(port)) for _ in range(in_flight)]
    free = list(opened)

    async def ask() -> bytes:
        connection = free.pop()
        reader, writer = connection
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
        free.append(connection)
        return body

    yield ask
    for _, writer in opened:
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def one_httpx_client(url: str, in_flight: int) -> AsyncIterator[Ask]:
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    async with httpx.AsyncClient(auth=(USER, PASSWORD), limits=limits, trust_env=False) as http:
        yield lambda: http.get(f"{url}/api{PATH}")


@asynccontextmanager
async def httpx_lines(url: str, in_flight: int) -> AsyncIterator[Ask]:
    """A client of one connection for each call in flight."""
    opened = [httpx.AsyncClient(auth=(USER, PASSWORD), trust_env=False) for _ in range(in_flight)]
    free = list(opened)

    async def ask() -> httpx.Response:
        http = free.pop()
        response = await http.get(f"{url}/api{PATH}")
        free.append(http)
        return response

    yield ask
    for each in opened:
        await each.aclose()


@asynccontextmanager
async def httpx_transports(url: str, in_flight: int) -> AsyncIterator[Ask]:
    """One transport for each call in flight, and a request that was built once."""
    free = [httpx.AsyncHTTPTransport() for _ in range(in_flight)]
    opened = list(free)
    request = next(
        httpx.BasicAuth(USER, PASSWORD).sync_auth_flow(httpx.Request("GET", f"{url}/api{PATH}"))
    )

    async def ask() -> bytes:
        transport = free.pop()
        response = await transport.handle_async_request(request)
        body = await response.aread()
        free.append(transport)
        return body

    yield ask
    for each in opened:
        await each.aclose()


@asynccontextmanager
async def our_client(url: str, in_flight: int) -> AsyncIterator[Ask]:
    """Pace, retries and parsing of the XML included."""
    environ = {"BW_API_URL": url, "BW_USERNAME": USER, "BW_PASSWORD": PASSWORD}
    connection = connection_from(environ, ACCOUNT, timeout=30)
    async with Client(connection, parallelism=in_flight) as client:
        yield lambda: client.get(PATH)


CONTENDERS: Mapping[str, Contender] = {
    "raw sockets": raw_sockets,
    "httpx transports": httpx_transports,
    "httpx, a client a line": httpx_lines,
    "httpx, one client": one_httpx_client,
    "provisioner's client": our_client,
}


async def cpu_of_a_call(contender: Contender, url: str, calls: int, in_flight: int) -> float:
    """In seconds, once all connections are open."""
    async with contender(url, in_flight) as ask:

        async def several(times: int) -> None:
            for _ in range(times):
                await ask()

        await asyncio.gather(*(several(1) for _ in range(in_flight)))
        before = time.process_time()
        await asyncio.gather(*(several(calls // in_flight) for _ in range(in_flight)))
        return (time.process_time() - before) / (calls // in_flight * in_flight)


@contextlib.contextmanager
def _served() -> Iterator[str]:
    """The URL of a server in a process of its own that gives the same answer to everything."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(ANSWER)

    async def listen() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await server.serve_forever()

    asyncio.run(listen())


@click.command()
@click.option("--calls", type=click.IntRange(64), default=2000, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
@page.into
def command(calls: int, runs: int, into: Path | None) -> None:
    """Ask the same thing again and again, 16 and 64 calls in flight."""
    lines = [f"{'microseconds of CPU a call':<28}" + "".join(f"{n:>4} in flight" for n in FLYING)]
    with _served() as url:
        costs: dict[tuple[str, int], list[float]] = defaultdict(list)
        for _ in range(runs):
            for name, contender in CONTENDERS.items():
                for flying in FLYING:
                    cost = asyncio.run(cpu_of_a_call(contender, url, calls, flying))
                    costs[name, flying].append(cost * 1e6)
    for name in CONTENDERS:
        cells = "".join(f"{median(costs[name, flying]):>14.0f}" for flying in FLYING)
        lines.append(f"{name:<28}{cells}")
    lines.append(f"median of {runs}; {machine()}")
    page.show("\n".join(lines), "call cost", into)


if __name__ == "__main__":
    command()
