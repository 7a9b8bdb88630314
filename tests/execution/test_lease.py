"""One run at a time writes to an account, and one that lost its lease sends nothing more."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.account.clock import Clock
from provisioner.account.intents import Outcome, Result
from provisioner.errors import JournalError, LeaseHeld
from provisioner.execution import processes
from provisioner.execution.journal import Journal
from provisioner.execution.lease import EXPIRY, Lease
from provisioner.execution.processes import Process, is_gone, this_process
from tests.execution.conftest import OCCASION, OWNER, Wall, creation

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
RACERS = 2
ROUNDS = 50


@pytest.fixture
def wall() -> Wall:
    return Wall()


class Opened:
    """Two journals of one file, as two processes would have them."""

    def __init__(self, path: Path, wall: Wall, stack: ExitStack) -> None:
        self.wall = wall
        self.ours = stack.enter_context(Journal(path, now=wall))
        self.theirs = stack.enter_context(Journal(path, now=wall))


@pytest.fixture
def opened(tmp_path: Path, wall: Wall) -> Iterator[Opened]:
    with ExitStack() as stack:
        yield Opened(tmp_path / "journal.sqlite3", wall, stack)


async def test_a_second_run_is_told_who_has_the_lease_and_what_to_do(opened: Opened) -> None:
    async with opened.ours.run(OCCASION) as run:
        with pytest.raises(LeaseHeld) as refused:
            await opened.theirs.run(OCCASION).__aenter__()
    told = str(refused.value)
    assert told.startswith(
        f"ana@build-7, https://ci.example.com/job/12 (run {run.number}, process {os.getpid()}, "
        "since 2023-11-14 22:13:20 UTC) is applying to account 9900778 at "
        "https://dashboard.bandwidth.com."
    )
    for way_out in ("--lock-timeout SECONDS", "`provisioner unlock`", "Nothing was sent."):
        assert way_out in told


@pytest.mark.parametrize(
    "error", [ValueError("broken"), asyncio.CancelledError(), KeyboardInterrupt()], ids=repr
)
async def test_the_lease_is_given_back_whatever_the_end_is(
    opened: Opened, error: BaseException
) -> None:
    run = opened.ours.run(OCCASION)
    await run.__aenter__()
    assert not await run.__aexit__(type(error), error, None), "the error goes on"
    assert opened.ours.leases() == []
    async with opened.theirs.run(OCCASION):
        assert len(opened.ours.leases()) == 1
    assert opened.ours.leases() == []


@pytest.mark.parametrize(
    "other", [replace(OCCASION, origin="sandbox"), replace(OCCASION, account="5500011")]
)
async def test_another_account_has_a_lease_of_its_own(opened: Opened, other: object) -> None:
    assert isinstance(other, type(OCCASION))
    async with opened.ours.run(OCCASION), opened.theirs.run(other):
        assert len(opened.ours.leases()) == 2


# Waiting


async def test_a_run_waits_for_the_lease_and_says_so_once(opened: Opened) -> None:
    told: list[str] = []
    slept: list[float] = []
    held = opened.theirs.run(OCCASION)
    await held.__aenter__()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            await held.__aexit__(None, None, None)

    clock = Clock(now=opened.wall, monotonic=lambda: sum(slept), sleep=sleep)
    waiting = opened.ours.run(OCCASION, patience=60, clock=clock, tell=told.append)
    async with waiting as run:
        assert run.number == 2
    assert slept == [1.0, 1.0, 1.0]
    (line,) = told
    assert line.startswith("Waiting up to 60 s for the lease. ana@build-7")


async def test_a_run_that_waited_in_vain_is_refused(opened: Opened) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    clock = Clock(now=opened.wall, monotonic=lambda: sum(slept), sleep=sleep)
    async with opened.theirs.run(OCCASION):
        with pytest.raises(LeaseHeld):
            await opened.ours.run(OCCASION, patience=2.5, clock=clock).__aenter__()
    assert slept == [1.0, 1.0, 0.5]


# Taking over


async def test_a_lease_without_a_heartbeat_is_taken_over_and_its_run_fenced(
    opened: Opened,
) -> None:
    async with opened.ours.run(OCCASION) as ours:
        number = await ours.announce(creation("Raleigh"), None)
        opened.wall.time += EXPIRY + 1
        async with opened.theirs.run(replace(OCCASION, owner=replace(OWNER, user="ben"))) as theirs:
            with pytest.raises(LeaseHeld, match=r"The lease went to ben@build-7.* \(run 2, "):
                await ours.announce(creation("Durham"), None)
            with pytest.raises(LeaseHeld):
                await ours.announce(creation("Raleigh"), number)
            await ours.record(number, Outcome(Result.DONE, ("13651",)))
            await theirs.announce(creation("Durham"), None)
        assert opened.ours.leases() == []


async def test_a_lease_that_was_taken_over_is_not_given_back_by_the_old_run(
    opened: Opened,
) -> None:
    old = opened.ours.run(OCCASION)
    await old.__aenter__()
    opened.wall.time += EXPIRY + 1
    async with opened.theirs.run(OCCASION) as theirs:
        await old.__aexit__(None, None, None)
        await theirs.announce(creation("Raleigh"), None)


async def test_whatever_is_written_is_a_sign_of_life(opened: Opened) -> None:
    async with opened.ours.run(OCCASION) as run:
        for _ in range(3):
            opened.wall.time += EXPIRY - 1
            await run.announce(creation("Raleigh"), None)
        with pytest.raises(LeaseHeld):
            await opened.theirs.run(OCCASION).__aenter__()


async def test_a_run_that_writes_nothing_gives_signs_of_life_too(
    tmp_path: Path, wall: Wall
) -> None:
    """While a prompt waits, or an order: by a thread that nothing keeps waiting."""
    beats = threading.Semaphore(0)

    def now() -> float:
        beats.release()
        return wall()

    with Journal(tmp_path / "journal.sqlite3", now=now, heartbeat=0.01) as journal:
        async with journal.run(OCCASION):
            for _ in range(20):
                assert beats.acquire(timeout=PATIENCE)
            wall.time += EXPIRY + 1
            for _ in range(20):
                assert beats.acquire(timeout=PATIENCE)
            (lease,) = journal.leases()
            assert not lease.is_over(wall())


async def test_a_lease_that_was_ended_from_outside_stops_its_run(opened: Opened) -> None:
    async with opened.ours.run(OCCASION) as run:
        (lease,) = opened.theirs.leases()
        opened.theirs.end_lease(lease)
        with pytest.raises(LeaseHeld, match=r"was ended from outside\. Nothing more is sent"):
            await run.announce(creation("Raleigh"), None)


def lease(heartbeat: float, process: Process) -> Lease:
    return Lease(1, "origin", "9900778", OWNER, process, 0.0, heartbeat)


@pytest.mark.parametrize(
    ("ago", "is_over"), [(0, False), (EXPIRY, False), (EXPIRY + 1, True), (-EXPIRY - 1, True)]
)
def test_a_heartbeat_from_the_future_is_no_reason_to_wait_for_ever(
    ago: float, is_over: bool
) -> None:
    assert lease(1000.0 - ago, this_process()).is_over(1000.0) is is_over


# Processes


def ended_process() -> Process:
    code = "from provisioner.execution.processes import this_process as t; p = t(); "
    told = subprocess.run(
        [sys.executable, "-c", code + "print(p.place, p.number, p.born, sep=chr(10))"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    place, number, born = told.stdout.splitlines()
    return Process(place, int(number), born)


async def test_the_lease_of_a_process_that_is_gone_is_taken_over_at_once(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ended_process()
    with monkeypatch.context() as patched:
        patched.setattr("provisioner.execution.lease.this_process", lambda: gone)
        await opened.theirs.run(OCCASION).__aenter__()
    async with opened.ours.run(OCCASION) as run:
        assert run.number == 2


def test_this_process_is_there() -> None:
    assert not is_gone(this_process())


def test_a_process_that_ended_is_gone() -> None:
    assert is_gone(ended_process())


def test_a_later_process_of_the_same_number_is_another() -> None:
    assert is_gone(replace(this_process(), born="1"))


def test_what_runs_elsewhere_may_always_be_there() -> None:
    """The same host name does not make it the same machine, nor the same container."""
    assert this_process().place.startswith(socket.gethostname())
    assert not is_gone(replace(ended_process(), place=socket.gethostname()))


def test_a_process_that_nobody_has_waited_for_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(Process(this_process().place, child.pid, ""))


class TestWithoutProc:
    """As on systems that keep no such files."""

    @pytest.fixture(autouse=True)
    def no_proc(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(processes, "PROC", tmp_path)

    def test_a_process_is_known_by_its_number_alone(self) -> None:
        here = this_process()
        assert here.born == ""
        assert not is_gone(here)

    def test_one_that_ended_is_gone(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", ""])
        child.wait()
        assert is_gone(replace(this_process(), number=child.pid))

    def test_one_of_another_user_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_number: int, _signal: int) -> None:
            raise PermissionError

        monkeypatch.setattr(os, "kill", refuse)
        assert not is_gone(this_process())


# Races

RACE = """
import asyncio, sys
from pathlib import Path
from provisioner.errors import LeaseHeld
from provisioner.execution.journal import Journal
from tests.execution.conftest import OCCASION, creation

async def race(rounds):
    won = 0
    with Journal(Path(sys.argv[1])) as journal:
        print("ready", flush=True)
        sys.stdin.readline()
        while won < rounds:
            try:
                async with journal.run(OCCASION) as run:
                    await run.announce(creation("inside"), None)
                    await asyncio.sleep(0)
                    await run.announce(creation("inside"), None)
                    won += 1
            except LeaseHeld:
                pass
    print(won)

asyncio.run(race(int(sys.argv[2])))
"""


def test_of_processes_that_race_for_the_lease_one_at_a_time_has_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    command = [sys.executable, "-c", RACE, str(path), str(ROUNDS)]
    racers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(RACERS)
    ]
    for each in racers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in racers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate(timeout=120)[0] for each in racers] == [f"{ROUNDS}\n"] * RACERS

    def inside(connection: sqlite3.Connection) -> list[int]:
        return [run for (run,) in connection.execute("SELECT run FROM intents ORDER BY number")]

    with Journal(path) as journal:
        runs = journal._commits.submit(inside).result()
    assert len(runs) == 2 * RACERS * ROUNDS
    assert runs[::2] == runs[1::2], "nobody announced anything while another had the lease"
    assert len(set(runs)) == RACERS * ROUNDS


def test_a_journal_error_says_nothing_was_written_unless_it_was() -> None:
    assert JournalError("full").may_have_written is False
