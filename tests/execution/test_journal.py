"""What is announced outlives the process, whatever happens to it between two instructions."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.account.intents import Intent, Made, Outcome, Result
from provisioner.errors import JournalError, LeaseHeld
from provisioner.execution.journal import Journal, Run
from provisioner.execution.lease import EXPIRY
from provisioner.execution.past import Past
from provisioner.execution.records import Occasion
from provisioner.execution.tables import VERSION, open_tables
from provisioner.model import Address
from tests.execution.conftest import OCCASION, Wall, creation

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def wall() -> Wall:
    return Wall()


async def past_of(path: Path, wall: Callable[[], float], settle: float = 30.0) -> Past:
    """What the next run finds."""
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            return await run.past(settle)


def copy_as_a_crash_leaves_it(path: Path, folder: Path, keep: float = 1.0) -> Path:
    """The files of an open journal, the log cut off at a share of its length: a commit that was
    being written, or anything that was never flushed, is torn."""
    there = folder / path.name
    shutil.copy(path, there)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    there.with_name(f"{path.name}-wal").write_bytes(log[: int(len(log) * keep)])
    return there


async def test_an_intent_without_an_outcome_is_unsure(path: Path, wall: Wall) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(creation("Raleigh"), None)
    (unsure,) = (await past_of(path, wall)).unsure
    assert (unsure.number, unsure.run, unsure.sent) == (number, run.number, wall.time)
    assert unsure.intent == creation("Raleigh")


@pytest.mark.parametrize(
    ("result", "is_unsure"),
    [(each, each is Result.UNKNOWN) for each in Result],
    ids=[each.value for each in Result],
)
async def test_an_outcome_settles_an_intent_unless_it_is_unknown(
    path: Path, wall: Wall, result: Result, is_unsure: bool
) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(creation("Raleigh"), None)
            await run.record(number, Outcome(result))
    assert bool((await past_of(path, wall)).unsure) is is_unsure


async def test_an_intent_is_no_older_than_its_commit(path: Path, wall: Wall) -> None:
    """The next run waits for lists by that time: what waited for the disk has only just left."""
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(20)

    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            journal._commits.submit(hold)
            assert entered.wait(20)
            announced = asyncio.ensure_future(run.announce(creation("Raleigh"), None))
            await asyncio.sleep(0)
            wall.time += 20
            go_on.set()
            await announced
    (unsure,) = (await past_of(path, wall)).unsure
    assert unsure.sent == wall.time


async def test_a_run_that_is_over_announces_nothing_by_the_lease_of_the_next(path: Path) -> None:
    with Journal(path) as journal:
        async with journal.run(OCCASION) as first:
            await first.announce(creation("Raleigh"), None)
        with pytest.raises(LeaseHeld, match="ended from outside"):
            await first.announce(creation("Durham"), None)
        async with journal.run(OCCASION) as second:
            with pytest.raises(LeaseHeld, match="The lease went to"):
                await first.announce(creation("Durham"), None)
            await second.announce(creation("Durham"), None)


async def test_only_the_last_try_of_an_intent_counts(path: Path, wall: Wall) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            first = await run.announce(creation("Raleigh"), None)
            wall.time += 5
            last = await run.announce(creation("Raleigh"), first)
    (unsure,) = (await past_of(path, wall)).unsure
    assert (unsure.number, unsure.sent) == (last, wall.time)


async def test_a_later_run_settles_what_an_earlier_one_left(path: Path, wall: Wall) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(creation("Raleigh"), None)
        async with journal.run(OCCASION) as second:
            await second.record(number, Outcome(Result.FOUND, ("13651",)))
        async with journal.run(OCCASION) as third:
            past = await third.past(30.0)
    assert past.unsure == ()
    assert past.made == (Made("site", {}, ("13651",)),)


async def test_what_was_handed_over_is_kept_before_anything_later_is_announced(
    path: Path, wall: Wall, tmp_path: Path
) -> None:
    """A step that needs an id of this one begins with an intent of its own."""
    (folder := tmp_path / "crash").mkdir()
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            first = await run.announce(creation("Raleigh"), None)
            _ = run.record(first, Outcome(Result.DONE, ("13651",)))
            second = await run.announce(creation("Durham"), None)
            crashed = copy_as_a_crash_leaves_it(path, folder)
    past = await past_of(crashed, lambda: wall.time + EXPIRY + 1, settle=EXPIRY + 2)
    assert past.made == (Made("site", {}, ("13651",)),)
    assert [each.number for each in past.unsure] == [second]


async def test_nothing_more_is_announced_once_an_outcome_is_lost(path: Path) -> None:
    """Even where the file works again by then: nobody may believe that all of it is there."""
    pages = "PRAGMA max_page_count = %s"
    with Journal(path) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(creation("Raleigh"), None)
            journal._commits.submit(lambda each: each.execute(pages % 1).fetchone()).result()
            lost = run.record(number, Outcome(Result.DONE, ("13651",), "x" * 99999))
            with pytest.raises(JournalError, match="disk is full"):
                await lost
            journal._commits.submit(lambda each: each.execute(pages % 9999).fetchone()).result()
            with pytest.raises(JournalError, match=r"an earlier request is not recorded.*full"):
                await run.announce(creation("Durham"), None)
    (unsure,) = (await past_of(path, Wall())).unsure
    assert unsure.number == number


async def test_a_run_that_is_cancelled_keeps_what_it_handed_over(path: Path, wall: Wall) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(creation("Raleigh"), None)
            waiting = asyncio.ensure_future(run.record(number, Outcome(Result.DONE, ("13651",))))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
    assert (await past_of(path, wall)).unsure == ()


async def test_a_run_that_announced_nothing_hides_nothing(path: Path, wall: Wall) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            await run.announce(creation("Raleigh"), None)
        async with journal.run(OCCASION):
            pass
    assert len((await past_of(path, wall)).unsure) == 1


@pytest.mark.parametrize(
    ("seconds", "is_young"), [(0.0, True), (29.0, True), (31.0, False), (-3600.0, True)]
)
async def test_what_was_made_is_remembered_for_the_settle_time(
    path: Path, wall: Wall, seconds: float, is_young: bool
) -> None:
    """A clock that was set back makes it younger, never older."""
    east = Intent("POST", "create", Address("sippeer", ("R", "East")), {"site": "1"}, "East")
    with Journal(path, now=wall) as journal:
        async with journal.run(OCCASION) as run:
            number = await run.announce(east, None)
            await run.record(number, Outcome(Result.DONE, ("540341",)))
    wall.time += seconds
    made = (await past_of(path, wall)).made
    assert made == ((Made("sippeer", {"site": "1"}, ("540341",)),) if is_young else ())


@pytest.mark.parametrize(
    "other", [replace(OCCASION, origin="sandbox"), replace(OCCASION, account="5500011")]
)
async def test_accounts_and_origins_never_mix(path: Path, wall: Wall, other: Occasion) -> None:
    with Journal(path, now=wall) as journal:
        async with journal.run(other) as run:
            await run.announce(creation("Raleigh"), None)
            number = await run.announce(creation("Durham"), None)
            await run.record(number, Outcome(Result.DONE, ("13651",)))
    assert await past_of(path, wall) == Past()


# Crashes

INSTRUCTIONS = st.lists(
    st.tuples(st.sampled_from(["announce", "again", "record"]), st.integers(0, 7)), max_size=25
)


class Model:
    """What a journal should know, beside what it does."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.open: dict[int, int] = {}
        self.announced: list[int] = []
        self.recorded: list[int] = []

    async def do(self, what: str, which: int) -> None:
        if what == "announce":
            self.open[which] = await self.run.announce(creation(f"site {which}"), None)
            self.announced.append(self.open[which])
        elif what == "again" and which in self.open:
            self.open[which] = await self.run.announce(creation(f"site {which}"), self.open[which])
            self.announced.append(self.open[which])
        elif which in self.open:
            self.recorded.append(self.open.pop(which))
            await self.run.record(self.recorded[-1], Outcome(Result.DONE, (str(which),)))


@settings(max_examples=40)
@given(instructions=INSTRUCTIONS)
def test_a_crash_at_any_point_loses_nothing_that_was_confirmed(
    instructions: list[tuple[str, int]],
) -> None:
    async def until_the_crash(folder: Path) -> None:
        wall = Wall()
        path = folder / "journal.sqlite3"
        with Journal(path, now=wall) as journal:
            async with journal.run(OCCASION) as run:
                model = Model(run)
                for what, which in instructions:
                    if what == "announce" and which in model.open:
                        continue
                    await model.do(what, which)
                crashed = copy_as_a_crash_leaves_it(path, Path(tempfile.mkdtemp(dir=folder)))
        wall.time += 3600
        with Journal(crashed, now=wall) as journal:
            async with journal.run(OCCASION) as run:
                past = await run.past(7200)
        assert [each.number for each in past.unsure] == sorted(model.open.values())
        assert [each.ids for each in past.made] == [each.ids for each in past.made if each.ids]
        assert len(past.made) == len(model.recorded)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(until_the_crash(Path(folder)))


@settings(max_examples=40)
@given(instructions=INSTRUCTIONS, keep=st.floats(0, 1))
def test_of_a_torn_log_a_beginning_is_left_and_no_outcome_without_its_intent(
    instructions: list[tuple[str, int]], keep: float
) -> None:
    async def write(folder: Path) -> Path:
        path = folder / "journal.sqlite3"
        with Journal(path, now=Wall()) as journal:
            async with journal.run(OCCASION) as run:
                model = Model(run)
                for what, which in instructions:
                    await model.do(what, which)
                torn = copy_as_a_crash_leaves_it(path, Path(tempfile.mkdtemp(dir=folder)), keep)
        connection = open_tables(torn)
        intents = [
            row[0] for row in connection.execute("SELECT number FROM intents ORDER BY number")
        ]
        outcomes = [
            row[0] for row in connection.execute("SELECT intent FROM outcomes ORDER BY number")
        ]
        connection.close()
        assert intents == model.announced[: len(intents)]
        assert outcomes == model.recorded[: len(outcomes)]
        assert set(outcomes) <= set(intents)
        return torn

    with tempfile.TemporaryDirectory() as folder:
        torn = asyncio.run(write(Path(folder)))
        asyncio.run(past_of(torn, lambda: 1_700_003_600.0))


# Files that are of no use


def test_a_file_that_is_something_else_is_refused(path: Path) -> None:
    path.write_text("not a database at all, but longer than a header of one is\n" * 20)
    with pytest.raises(JournalError, match=r"file is not a database\. Move the file away"):
        Journal(path)


def test_a_database_of_somebody_else_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE addresses (name TEXT)")
    theirs.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="is no journal of this program"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    Journal(path).__exit__(None, None, None)
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    newer.close()
    with pytest.raises(JournalError, match=rf"newer version.*format {VERSION + 1}; this"):
        Journal(path)


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="unable to open database file"):
        Journal(tmp_path)


def test_a_file_system_without_a_log_is_refused() -> None:
    with pytest.raises(JournalError, match="Name a file on a local disk with --journal FILE"):
        open_tables(Path(":memory:"))


def test_every_commit_waits_for_the_disk(path: Path) -> None:
    connection = open_tables(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    full = 2
    assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
    connection.close()


async def test_a_full_file_refuses_the_intent(path: Path) -> None:
    with Journal(path) as journal:
        async with journal.run(OCCASION) as run:
            journal._commits.submit(
                lambda each: each.execute("PRAGMA max_page_count = 1").fetchone()
            ).result()
            announced = asyncio.gather(
                *(run.announce(creation(f"{n:09999}"), None) for n in range(100))
            )
            with pytest.raises(JournalError, match=r"disk is full\. Make room"):
                await announced


async def test_there_is_one_journal_however_many_open_it_at_once(path: Path) -> None:
    opened = await asyncio.gather(*(asyncio.to_thread(Journal, path) for _ in range(8)))
    for each in opened:
        each.__exit__(None, None, None)
    assert (await past_of(path, Wall())) == Past()
