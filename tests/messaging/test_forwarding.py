"""Events are passed on until they are accepted, and what was not is there for the next run."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.account.clock import Clock
from provisioner.errors import SettingsError
from provisioner.messaging.event_store import EventStore, open_store
from provisioner.messaging.event_tables import Forward
from provisioner.messaging.forwarding import MOST_UNDER_WAY, SPACING, check_target, forward
from tests.messaging.test_event_store import event
from tests.sandbox.callbacks.conftest import Receiver

if TYPE_CHECKING:
    from tests.sandbox.callbacks.conftest import Answer, Request


@pytest.fixture
def target() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


class Time:
    """Passes by itself as soon as somebody waits for it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, sleep=self.sleep)


async def pass_on(store: EventStore, url: str, clock: Clock) -> None:
    """Until nothing waits any more."""
    stop, news = asyncio.Event(), store.watch()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(forward(store, url, clock, stop))
        while await store.waiting():
            news.clear()
            await news.wait()
        stop.set()


def run(path: Path, url: str, events: int, clock: Clock) -> None:
    async def work() -> None:
        async with open_store(path) as store:
            told = [event(str(number)) for number in range(events)]
            await store.keep(told, clock.now(), forward=True)
            await pass_on(store, url, clock)

    asyncio.run(work())


def ids(receiver: Receiver) -> list[str]:
    found = []
    while not receiver.requests.empty():
        found.append(receiver.next().event["message"]["id"])
    return found


def test_every_event_is_passed_on_as_the_service_posts_it(tmp_path: Path, target: Receiver) -> None:
    run(tmp_path / "events", target.url, 1, Clock())
    request = target.next()
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.path == "/callbacks"
    assert json.loads(request.body) == [json.loads(event("0").document)]


def test_more_than_can_be_under_way_are_all_passed_on_once(
    tmp_path: Path, target: Receiver
) -> None:
    count = 5 * MOST_UNDER_WAY
    run(tmp_path / "events", target.url, count, Clock())
    assert sorted(ids(target), key=int) == [str(number) for number in range(count)]


def test_a_failure_is_tried_again_with_growing_spaces(
    tmp_path: Path, target: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    answers: Iterator[int] = iter([500, 302, 404, *[503] * len(SPACING), 200])
    target.answer = lambda _: (next(answers), {"Location": "/"}, b"")
    time = Time()
    with caplog.at_level(logging.WARNING, "provisioner.messaging"):
        run(tmp_path / "events", target.url, 1, time.clock)
    assert [wait for wait in time.waits if wait] == [*SPACING, *[SPACING[-1]] * 3]
    told = [each.getMessage() for each in caplog.records if each.name.startswith("provisioner")]
    assert told == [
        f"Events cannot be passed on to {target.url} (answered 500); they wait.",
        "Events are passed on again.",
    ]


def test_one_that_is_refused_keeps_no_other_waiting(tmp_path: Path, target: Receiver) -> None:
    refused: list[str] = []

    def refuse_first(request: Request) -> Answer:
        identity = request.event["message"]["id"]
        if identity == "0" and len(refused) < 3:
            refused.append(identity)
            return 500, {}, b""
        return 204, {}, b""

    target.answer = refuse_first
    run(tmp_path / "events", target.url, 20, Time().clock)
    told = ids(target)
    assert sorted(told, key=int) == sorted(["0"] * 3 + [str(n) for n in range(20)], key=int)


def test_nobody_there_is_a_failure_too(tmp_path: Path, target: Receiver) -> None:
    async def work() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("a")], 100.0, forward=True)
            time, stop = Time(), asyncio.Event()

            async def sleep(_: float) -> None:
                stop.set()

            clock = Clock(now=lambda: time.now, sleep=sleep)
            await forward(store, "http://127.0.0.1:1/", clock, stop)
            (left,) = await store.due_forwards(100.0 + SPACING[0], (), 10)
            assert left == Forward(1, event("a").document, failures=1)

    asyncio.run(work())


def test_where_the_disk_fails_what_was_passed_on_comes_again(
    tmp_path: Path, target: Receiver
) -> None:
    async def work() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("a")], 100.0, forward=True)
            store._connection.execute("PRAGMA query_only = ON")

            async def sleep(_: float) -> None:
                store._connection.execute("PRAGMA query_only = OFF")

            await pass_on(store, target.url, Clock(now=lambda: 100.0, sleep=sleep))

    asyncio.run(work())
    assert ids(target) == ["a", "a"]


def test_what_was_not_passed_on_is_passed_on_by_the_next_run(
    tmp_path: Path, target: Receiver
) -> None:
    async def keep() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("kept")], 1.0, forward=True)

    asyncio.run(keep())
    run(tmp_path / "events", target.url, 0, Clock())
    assert ids(target) == ["kept"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://user:pass@127.0.0.1/", "without credentials"),
        ("http://[", "not an address"),
        ("http://127.0.0.1:99999/", "not an address"),
        ("ftp://127.0.0.1/", "it takes one as in"),
        ("127.0.0.1:80", "it takes one as in"),
        ("http://example.com/", "in the clear to example.com"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        check_target(url, allow_insecure_http=False)


@pytest.mark.parametrize(
    ("url", "insecure"),
    [
        ("http://127.0.0.1:3000/in", False),
        ("https://example.com/in", False),
        ("http://example.com/", True),
    ],
)
def test_other_addresses_are_taken(url: str, insecure: bool) -> None:
    check_target(url, allow_insecure_http=insecure)
