"""Many writers, one thread, few commits."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from provisioner.errors import JournalError
from provisioner.execution.commits import Commits

PATIENCE = 20.0
ALONE = 3600.0


def nothing(_: sqlite3.Connection) -> None:
    pass


def insert(number: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO kept VALUES (?)", (number,))
        return number

    return work


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite3"


@pytest.fixture
def connection(path: Path) -> sqlite3.Connection:
    made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("CREATE TABLE kept (number INTEGER CHECK (number >= 0))")
    return made


@pytest.fixture
def commits(connection: sqlite3.Connection, path: Path) -> Iterator[Commits]:
    opened = Commits(connection, path, beat=nothing, every=ALONE)
    yield opened
    opened.close()


def kept(path: Path) -> list[int]:
    reader = sqlite3.connect(path)
    found = [row[0] for row in reader.execute("SELECT number FROM kept ORDER BY rowid")]
    reader.close()
    return found


def test_a_result_comes_once_it_is_committed(commits: Commits, path: Path) -> None:
    assert commits.submit(insert(7)).result(PATIENCE) == 7
    assert kept(path) == [7]


def test_what_comes_during_a_commit_shares_the_next(
    commits: Commits, connection: sqlite3.Connection, path: Path
) -> None:
    """A thousand steps that write at once take two commits, not a thousand."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    first = commits.submit(hold)
    assert entered.wait(PATIENCE)
    futures = [commits.submit(insert(number)) for number in range(1000)]
    go_on.set()
    assert [each.result(PATIENCE) for each in futures] == list(range(1000))
    assert first.done()
    assert statements.count("COMMIT") == 2
    assert kept(path) == list(range(1000))


def test_what_is_not_pressing_waits_for_others_and_keeps_its_place(
    commits: Commits,
    connection: sqlite3.Connection,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provisioner.execution.commits.LEISURE", ALONE)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    earlier = [commits.submit_unhurried(insert(number)) for number in (1, 2)]
    assert commits.submit(insert(3)).result(PATIENCE) == 3
    assert [each.result(PATIENCE) for each in earlier] == [1, 2]
    assert statements.count("COMMIT") == 1
    assert kept(path) == [1, 2, 3]


def test_what_is_not_pressing_needs_no_others(commits: Commits, path: Path) -> None:
    assert commits.submit_unhurried(insert(7)).result(PATIENCE) == 7
    assert kept(path) == [7]


def test_it_does_not_wait_for_ever_while_more_of_it_comes(
    commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.execution.commits.LEISURE", 0.05)
    first = commits.submit_unhurried(insert(0))
    for number in range(1, 2000):
        if first.done():
            break
        commits.submit_unhurried(insert(number))
        time.sleep(0.01)
    assert first.done()


def test_one_that_is_refused_does_not_take_the_others_with_it(commits: Commits, path: Path) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    def refuse(_: sqlite3.Connection) -> None:
        raise JournalError("not yours")

    commits.submit(hold)
    assert entered.wait(PATIENCE)
    one, two, three = commits.submit(insert(1)), commits.submit(refuse), commits.submit(insert(3))
    go_on.set()
    assert (one.result(PATIENCE), three.result(PATIENCE)) == (1, 3)
    with pytest.raises(JournalError, match="not yours"):
        two.result(PATIENCE)
    assert kept(path) == [1, 3]


def test_a_file_that_fails_is_told_and_may_work_again(commits: Commits, path: Path) -> None:
    failed = commits.submit(insert(-1))
    with pytest.raises(JournalError, match="What cannot be recorded is not sent"):
        failed.result(PATIENCE)
    assert commits.submit(insert(1)).result(PATIENCE) == 1
    assert kept(path) == [1]


def test_a_fault_of_the_program_itself_is_heard_of(commits: Commits, path: Path) -> None:
    def stumble(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO kept VALUES (1)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        commits.submit(stumble).result(PATIENCE)
    assert kept(path) == []


def test_a_commit_that_cannot_even_be_rolled_back_is_told(
    commits: Commits, connection: sqlite3.Connection
) -> None:
    def end_it(each: sqlite3.Connection) -> None:
        each.execute("ROLLBACK")

    with pytest.raises(JournalError, match="no transaction is active"):
        commits.submit(end_it).result(PATIENCE)


def test_what_nobody_waits_for_any_more_is_not_done(commits: Commits, path: Path) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    commits.submit(hold)
    assert entered.wait(PATIENCE)
    given_up = commits.submit(insert(1))
    assert given_up.cancel()
    go_on.set()
    assert commits.submit(insert(2)).result(PATIENCE) == 2
    assert kept(path) == [2]


def test_the_beat_goes_on_while_nothing_else_comes(
    connection: sqlite3.Connection, path: Path
) -> None:
    beats = threading.Semaphore(0)

    def beat(_: sqlite3.Connection) -> None:
        beats.release()

    opened = Commits(connection, path, beat=beat, every=0.01)
    assert all(beats.acquire(timeout=PATIENCE) for _ in range(3))
    opened.close()


@pytest.mark.parametrize("submit", [Commits.submit, Commits.submit_unhurried])
def test_closing_does_what_was_handed_over(
    connection: sqlite3.Connection,
    path: Path,
    submit: Callable[..., Future[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provisioner.execution.commits.LEISURE", ALONE)
    opened = Commits(connection, path, beat=nothing, every=ALONE)
    futures = [submit(opened, insert(number)) for number in range(100)]
    opened.close()
    assert [each.result(0) for each in futures] == list(range(100))
    assert kept(path) == list(range(100))
