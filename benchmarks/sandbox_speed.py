"""`python -m benchmarks.sandbox_speed`: requests a second that a large sandbox answers.

The sandbox is in a process of its own; a few callers share the other core and wait for each answer.
Where both cores have other things to do, the second column still tells what an answer costs: how
many there are in a second of the sandbox's own processor time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection

import click

from benchmarks.sandbox_calls import Caller, Request, fill, long_answers, requests_of
from benchmarks.sandbox_messages import fill_with_messages, message_lists
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`spent` asks how much processor time it has had, in seconds."""

    url: str
    settings: Settings
    spent: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests in a second, and in a second of the sandbox's processor time."""

    by_clock: float
    by_processor: float


@click.command()
@click.option("--numbers", type=click.IntRange(400), default=100_000, show_default=True)
@click.option("--requests", type=click.IntRange(1), default=400, show_default=True)
@click.option("--callers", type=click.IntRange(1, 64), default=4, show_default=True)
def command(numbers: int, requests: int, callers: int) -> None:
    """Fill an account with numbers, then ask for this and that."""
    settings = Settings(order_delay=0.0, stock=max(numbers, 1000))
    with _sandbox(settings) as sandbox:
        begun, spent = time.perf_counter(), sandbox.spent()
        place = fill(Caller(sandbox.url, settings), numbers)
        took, spent = time.perf_counter() - begun, sandbox.spent() - spent
        click.echo(f"{numbers} numbers bought in {took:.1f} s, {spent:.1f} s of processor time")
        messages = fill_with_messages(Caller(sandbox.url, settings), place, settings)
        click.echo(f"{messages} messages came in")
        asked = requests_of(place) | message_lists(settings)
        rates = _measure_all("request", asked, sandbox, requests, callers)
        _measure_all("long answer", long_answers(place), sandbox, requests, callers)
    slowest = min(asked, key=lambda name: rates[name].by_clock)
    click.echo(f"\nslowest but for long answers: {slowest}, {rates[slowest].by_clock:.0f} a second")


def _measure_all(
    title: str, asked: Mapping[str, Request], sandbox: Sandbox, requests: int, callers: int
) -> Mapping[str, Rate]:
    click.echo(f"\n{title:<52}{'a second':>12}{'a CPU second':>16}")
    rates = {}
    for name, request in asked.items():
        rate = rates[name] = _measure(sandbox, request, requests, callers)
        click.echo(f"{name:<52}{rate.by_clock:>12.0f}{rate.by_processor:>16.0f}")
    return rates


def _measure(sandbox: Sandbox, request: Request, requests: int, callers: int) -> Rate:
    def work(first: int) -> None:
        caller = Caller(sandbox.url, sandbox.settings)
        for n in range(first, requests, callers):
            request(caller, n)

    with ThreadPoolExecutor(callers) as pool:
        begun, spent = time.perf_counter(), sandbox.spent()
        for done in [pool.submit(work, first) for first in range(callers)]:
            done.result()
        took, spent = time.perf_counter() - begun, sandbox.spent() - spent
    return Rate(requests / took, requests / spent)


@contextlib.contextmanager
def _sandbox(settings: Settings) -> Iterator[Sandbox]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()

    def spent() -> float:
        ours.send(None)
        seconds: float = ours.recv()
        return seconds

    try:
        yield Sandbox(ours.recv(), settings, spent)
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection, settings: Settings) -> None:
    """Until the other end is closed. Ctrl-C reaches us as well, and is for the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Server(settings) as server, contextlib.suppress(EOFError):
        pipe.send(server.url)
        while True:
            pipe.recv()
            pipe.send(time.process_time())


if __name__ == "__main__":
    command()
