"""Events on disk: each once, and there before anybody is told that it is."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.messaging import event_tables
from provisioner.messaging.callbacks import Event, read_events
from provisioner.messaging.event_store import open_store
from provisioner.messaging.event_tables import Totals

ROOT = Path(__file__).parents[2]


def event(message: str, kind: str = "message-delivered", to: str = "+19195551212") -> Event:
    told = {"type": kind, "to": to, "message": {"id": message, "from": "+19195550000"}}
    (read,) = read_events(json.dumps(told).encode())
    return read


def test_an_event_is_kept_once_however_often_it_comes(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            for _ in range(3):
                await store.keep([event("a")], 1.0, forward=True)
            await store.keep([event("a"), event("b"), event("b")], 2.0, forward=True)
            assert await store.totals() == Totals(events=2, messages=2, repeats=4)
            assert await store.waiting() == 2
            assert [each.received for each in await store.after(0, 10)] == [1.0, 2.0]

    asyncio.run(run())


def test_type_and_recipient_tell_events_of_one_message_apart(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            told = [
                event("a", kind, to)
                for kind in ("message-sending", "message-delivered")
                for to in ("+19195551212", "+19195551213")
            ]
            await store.keep(told, 1.0, forward=False)
            assert await store.totals() == Totals(events=4, messages=1, repeats=0)
            assert await store.waiting() == 0

    asyncio.run(run())


def test_what_was_kept_is_there_for_the_next_run(tmp_path: Path) -> None:
    async def keep() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("a"), event("b")], 1.0, forward=True)
            await store.end_forward(1)

    async def look() -> None:
        async with open_store(tmp_path / "events") as store:
            assert await store.last() == 2
            (kept,) = await store.after(1, 10)
            assert kept.document == event("b").document
            assert [each.sequence for each in await store.due_forwards(1.0, (), 10)] == [2]

    asyncio.run(keep())
    asyncio.run(look())


def test_many_writers_share_a_write_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> list[str]:
        statements: list[str] = []
        async with open_store(tmp_path / "events") as store:
            store._connection.set_trace_callback(statements.append)
            async with asyncio.TaskGroup() as tasks:
                for number in range(100):
                    tasks.create_task(store.keep([event(str(number))], 1.0, forward=False))
            assert (await store.totals()).events == 100
        return statements

    assert asyncio.run(run()).count("COMMIT") == 1


def test_forwards_wait_for_their_time_and_leave_room_for_those_under_way(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event(each) for each in "abcd"], 10.0, forward=True)
            assert await store.due_forwards(9.0, (), 10) == []
            assert await store.next_forward(9.0) == 10.0
            await store.postpone_forward(1, 20.0)
            due = await store.due_forwards(10.0, {2}, 2)
            assert [(each.sequence, each.failures) for each in due] == [(3, 0)]
            assert await store.next_forward(10.0) == 20.0
            assert [each.failures for each in await store.due_forwards(20.0, {2, 3, 4}, 9)] == [1]
            for sequence in range(1, 5):
                await store.end_forward(sequence)
            assert await store.next_forward(0.0) is None

    asyncio.run(run())


def test_old_events_are_forgotten_but_not_what_is_still_to_be_passed_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("old")], 1.0, forward=False)
            await store.keep([event("waiting")], 1.0, forward=True)
            await store.keep([event("new")], 5.0, forward=False)
            await store.forget_before(5.0)
            left = [json.loads(each.document) for each in await store.after(0, 10)]
            assert [each["message"]["id"] for each in left] == ["waiting", "new"]

    asyncio.run(run())


def test_whoever_watches_is_told_of_news(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            watch = store.watch()
            assert not watch.is_set()
            await store.keep([event("a")], 1.0, forward=False)
            assert watch.is_set()

    asyncio.run(run())


def test_where_the_disk_is_full_nobody_is_told_that_it_was_kept(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            await store.keep([event("kept")], 1.0, forward=False)
            pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
            store._connection.execute(f"PRAGMA max_page_count = {pages}")
            too_much = [event(f"{n}{'x' * 4000}") for n in range(10)]
            with pytest.raises(sqlite3.OperationalError, match="full"):
                await store.keep(too_much, 1.0, forward=False)
            store._connection.execute("PRAGMA max_page_count = 1000000")
            await store.keep([event("again")], 1.0, forward=False)
            assert (await store.totals()).events == 2

    asyncio.run(run())


def test_a_write_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            store._connection.execute("DROP TABLE forwards")
            with pytest.raises(sqlite3.OperationalError, match="forwards"):
                await store.keep([event("a")], 1.0, forward=True)
            assert await store.last() == 0

    asyncio.run(run())


def test_what_is_being_written_when_it_ends_is_kept(tmp_path: Path) -> None:
    async def keep() -> None:
        async with open_store(tmp_path / "events") as store:
            writing = asyncio.create_task(store.keep([event("a")], 1.0, forward=False))
            await asyncio.sleep(0)
        await writing

    async def look() -> None:
        async with open_store(tmp_path / "events") as store:
            assert await store.last() == 1

    asyncio.run(keep())
    asyncio.run(look())


def test_who_went_away_does_not_keep_others_from_their_answer(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events") as store:
            gone = asyncio.create_task(store.keep([event("gone")], 1.0, forward=False))
            await asyncio.sleep(0)
            gone.cancel()
            await store.keep([event("here")], 1.0, forward=False)
            assert (await store.totals()).events == 2

    asyncio.run(run())


def test_two_listeners_cannot_share_a_file(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "events"):
            with pytest.raises(SettingsError, match="in use by another listener"):
                async with open_store(tmp_path / "events"):
                    pass

    asyncio.run(run())


@pytest.mark.parametrize("content", ["text", "tables"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other"
    if content == "text":
        path.write_text("not a database" * 100)
    else:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE mine (id TEXT)")
        other.close()
    before = path.read_bytes()

    async def run() -> None:
        async with open_store(path):
            pass

    with pytest.raises(SettingsError, match="cannot keep events"):
        asyncio.run(run())
    assert path.read_bytes() == before


def test_what_was_told_to_be_kept_survives_a_kill(tmp_path: Path) -> None:
    """The process kills itself the moment that it hears that its event is on disk."""
    code = (
        "import asyncio, os, signal, sys\n"
        "from pathlib import Path\n"
        "from provisioner.messaging.callbacks import read_events\n"
        "from provisioner.messaging.event_store import open_store\n"
        "async def run():\n"
        "    async with open_store(Path(sys.argv[1])) as store:\n"
        '        await store.keep(read_events(b\'{"type": "x"}\'), 1.0, forward=True)\n'
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(run())\n"
    )
    path = tmp_path / "events"
    killed = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL
    connection = event_tables.connect(path)
    assert (event_tables.last(connection), event_tables.waiting(connection)) == (1, 1)
    connection.close()
