"""`python -m benchmarks.listener_speed`: callbacks a second that `provisioner listen` takes.

The real command, in a process of its own, is called as the service calls: each event first without
credentials, which is answered by 401, then with them. It is answered only once it is on disk, and
in the end all of them must be there, once.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

USER, PASSWORD = "callback-user", "callback-password"


@click.command()
@click.option("--events", type=click.IntRange(1), default=5000, show_default=True)
@click.option(
    "--connections",
    type=click.IntRange(1),
    default=32,
    show_default=True,
    help="How many callers there are; each waits for its answer.",
)
def command(events: int, connections: int) -> None:
    """Call the listener as fast as it answers."""
    with tempfile.TemporaryDirectory() as folder, _listening(Path(folder)) as url:
        begun = time.perf_counter()
        waits = asyncio.run(_call(url, events, connections))
        taken = time.perf_counter() - begun
        kept = _count(Path(folder) / "events.sqlite3")
    if kept != events:
        click.echo(f"{events} events were accepted, but {kept} were kept.", err=True)
        sys.exit(1)
    waits.sort()
    half, most = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    click.echo(
        f"{events} events from {connections} callers, two requests each: "
        f"{events / taken:.0f} events a second\n"
        f"accepted within {half * 1000:.1f} ms (median), {most * 1000:.1f} ms (99 of 100)\n"
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )


@contextlib.contextmanager
def _listening(folder: Path) -> Iterator[str]:
    program = [sys.executable, "-m", "provisioner", "listen", "--json", "--port", "0"]
    variables = {"BW_CALLBACK_USER_ID": USER, "BW_CALLBACK_PASSWORD": PASSWORD}
    with subprocess.Popen(
        [*program, "--store", str(folder / "events.sqlite3")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **variables},
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("it says nothing")
        url: str = json.loads(process.stdout.readline())["url"]
        # What it shows is read as well, by nobody in particular.
        with subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL):  # noqa: S607 -- any cat will do
            try:
                yield url
            finally:
                process.terminate()
                process.wait()


async def _call(url: str, events: int, connections: int) -> list[float]:
    """How long each event took from its second request to the answer, in seconds."""
    left = iter(range(events))
    waits: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(_call_in_turn(url, left, waits))
    return waits


async def _call_in_turn(url: str, left: Iterator[int], waits: list[float]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for number in left:
        body = _event(number)
        await _post(body, "", 401, reader, writer)
        begun = time.perf_counter()
        await _post(body, f"Authorization: Basic {secret}\r\n", 204, reader, writer)
        waits.append(time.perf_counter() - begun)
    writer.close()
    await writer.wait_closed()


async def _post(
    body: bytes,
    header: str,
    expected: int,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    head = (
        f"POST /callbacks HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json; charset=utf-8\r\n{header}\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    status = int(answer.split(b" ", 2)[1])
    if status != expected:
        raise RuntimeError(f"answered {status}, not {expected}")


def _event(number: int) -> bytes:
    message = {
        "id": f"{number:029}",
        "owner": "+19195551212",
        "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
        "time": "2025-01-06T15:43:34.000000Z",
        "segmentCount": 1,
        "direction": "out",
        "to": ["+19195551213"],
        "from": "+19195551212",
        "text": "",
        "tag": "benchmark",
    }
    event = {
        "type": "message-delivered",
        "time": "2025-01-06T15:43:35.502180Z",
        "description": "ok",
        "to": "+19195551213",
        "message": message,
    }
    return json.dumps([event]).encode()


def _count(path: Path) -> int:
    """Read while the listener still runs: what is there now was there when it answered."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM events WHERE repeats = 0").fetchone()
        return int(found)


if __name__ == "__main__":
    command()
