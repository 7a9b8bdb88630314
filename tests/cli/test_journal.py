"""Real processes that are killed, locked out, hung up on, or have nowhere to write."""

from __future__ import annotations

import contextlib
import re
import resource
import select
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenTerminal, Process, Start, Terminal

JOURNAL = Path(".provisioner/journal.sqlite3")
POSTS = ["/applications$", "/sites$", "/sippeers$", "/features/sms$", "/features/mms$", "/orders$"]
PATIENCE = 20.0


def as_declared(account: Account) -> None:
    """Nothing is missing, and nothing is there twice."""
    assert account.texts("/applications", "AppName") == ["Production Server"]
    assert account.texts("/sites", "Name") == ["Raleigh"]
    assert account.texts(f"{account.site}/sippeers", "PeerName") == ["Messaging East"]
    assert len(account.texts("/orders?page=1&size=10", "orderId")) == 1
    assert len(account.texts(f"{account.sippeer}/tns", "FullNumber")) == 1


def wait_for_request(account: Account, path: str) -> None:
    """The log has it once the work is done, or is not going to be."""
    deadline = time.monotonic() + PATIENCE
    while not any(re.search(path, entry.target) for entry in account.writes):
        assert time.monotonic() < deadline, f"{path} was never asked for"
        select.select([], [], [], 0.01)


def wait_for_fault(account: Account) -> None:
    """A request has met the only fault there is, and is being worked on."""
    deadline = time.monotonic() + PATIENCE
    while not any(seen for _, seen in account.faults.in_force()):
        assert time.monotonic() < deadline, "nothing met the fault"
        select.select([], [], [], 0.01)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def stuck(start: Start, declare: Declare, account: Account) -> Process:
    """A real apply that waits for the answer to its first site, and has the lease."""
    declare()
    account.faults.add(Fault("hang", method="POST", path="/sites$"))
    applying = start("apply", "--yes")
    wait_for_request(account, "/sites$")
    return applying


# Killed


@pytest.mark.parametrize("kind", ["hang", "hang-after"], ids=["before the work", "after the work"])
@pytest.mark.parametrize("path", POSTS)
def test_a_killed_run_is_made_up_for_by_the_next(
    start: Start, cli: Cli, declare: Declare, account: Account, path: str, kind: str
) -> None:
    declare()
    account.faults.add(Fault(kind, method="POST", path=path))
    applying = start("apply", "--yes")
    wait_for_request(account, path)
    applying.send(signal.SIGKILL)
    assert applying.finish().code == -signal.SIGKILL
    account.faults.clear()
    again = cli("apply", "--yes", "--settle", "0.5")
    assert again.code == 0, again.everything
    as_declared(account)
    assert cli("plan", "--detailed-exitcode").code == 0
    second, first = cli("history", "--json").document["runs"]
    assert (first["ending"], second["ending"] in ("complete", "no changes")) == ("cut off", True)
    assert first["counts"]["cut off"] >= 1


def test_waiting_for_the_lists_can_be_interrupted_at_once(
    start: Start, stuck: Process, account: Account
) -> None:
    stuck.send(signal.SIGKILL)
    stuck.finish()
    account.faults.clear()
    waiting = start("apply", "--yes", "--settle", "600")
    waiting.wait_for_told("Waiting up to ")
    waiting.send(signal.SIGINT)
    ran = waiting.finish()
    assert (ran.code, ran.err.splitlines()[-1]) == (130, "Interrupted.")


def test_nothing_is_waited_for_where_lists_are_said_not_to_lag(
    cli: Cli, stuck: Process, account: Account
) -> None:
    stuck.send(signal.SIGKILL)
    stuck.finish()
    account.faults.clear()
    again = cli("apply", "--yes", "--settle", "0")
    assert again.code == 0
    assert "Waiting" not in again.err
    as_declared(account)


# Locked


def test_a_second_apply_is_refused_with_the_name_of_the_first(
    cli: Cli, stuck: Process, account: Account
) -> None:
    account.log.clear()
    ran = cli("apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    told = in_one_line(ran.err)
    assert re.search(r"@\S+ \(run 1, process \d+, since .* UTC\) is applying to account", told)
    assert "--lock-timeout SECONDS" in told
    assert "`provisioner unlock`" in told
    assert list(account.log) == [], "nothing is even read"
    refused = cli("apply", "--yes", "--json").lines[-1]
    assert refused["problems"][0]["code"] == "lease-held"


def test_a_run_that_is_going_on_is_listed_with_what_is_under_way(
    cli: Cli, stuck: Process, account: Account
) -> None:
    (run,) = cli("history", "--json").document["runs"]
    assert (run["ending"], run["ended_at"]) == ("going on", None)
    assert run["counts"]["under way"] >= 1
    shown = cli("history", "1").out
    assert "  under way  create site Raleigh\n" in shown
    stuck.send(signal.SIGKILL)
    stuck.finish()
    assert "  cut off    create site Raleigh\n" in cli("history", "1").out


def test_a_plan_takes_no_lock(cli: Cli, stuck: Process) -> None:
    assert cli("plan").code == 0
    assert cli("apply", "--dry-run").code == 0


def test_a_second_apply_can_wait_for_the_first(
    start: Start, stuck: Process, account: Account
) -> None:
    waiting = start("apply", "--yes", "--settle", "0", "--lock-timeout", "60")
    waiting.wait_for_told("Waiting up to 60 s for the lease.")
    stuck.send(signal.SIGKILL)
    stuck.finish()
    account.faults.clear()
    assert waiting.finish().code == 0
    as_declared(account)


def test_waiting_for_the_lease_can_be_interrupted_at_once(start: Start, stuck: Process) -> None:
    waiting = start("apply", "--yes", "--lock-timeout", "600")
    waiting.wait_for_told("Waiting up to 600 s for the lease.")
    waiting.send(signal.SIGTERM)
    ran = waiting.finish()
    assert (ran.code, ran.err.splitlines()[-1]) == (130, "Interrupted.")


def test_two_applies_that_start_at_one_moment_make_everything_once(
    start: Start, declare: Declare, account: Account
) -> None:
    declare()
    both = [start("apply", "--yes", "--quiet", "--lock-timeout", "60") for _ in range(2)]
    assert [each.finish().code for each in both] == [0, 0]
    as_declared(account)


def test_the_lease_is_free_again_after_every_kind_of_end(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare(lambda spec: spec.update(limits={"new_numbers": 0}))
    assert cli("apply", "--yes").code == 1
    declare()
    assert cli("apply").code == 1, "there is no terminal to ask on"
    account.faults.add(Fault("unauthorized", nth=None))
    assert cli("apply", "--yes").code == 1
    account.faults.clear()
    account.faults.add(Fault("status-before", method="POST", path="/sites$", status=400))
    assert cli("apply", "--yes").code == 3
    assert cli("apply", "--yes").code == 0
    endings = [run["ending"] for run in cli("history", "--json").document["runs"]]
    assert endings == ["complete", "incomplete", "failed", "failed", "failed"]


def say_no(asking: Terminal) -> None:
    asking.type("n\n")


def interrupt(asking: Terminal) -> None:
    asking.send(signal.SIGINT)


@pytest.mark.parametrize(
    ("answer", "code", "ending"), [(say_no, 1, "declined"), (interrupt, 130, "interrupted")]
)
def test_a_question_that_was_not_answered_with_yes_frees_the_lease(
    terminal: OpenTerminal,
    cli: Cli,
    declare: Declare,
    account: Account,
    answer: Callable[[Terminal], None],
    code: int,
    ending: str,
) -> None:
    declare()
    asking = terminal("apply")
    asking.wait_for("[y/N]:")
    assert cli("apply", "--yes").code == 1, "it has the lease while it asks"
    asking.wait_until_asleep()
    answer(asking)
    assert asking.finish() == code
    (run,) = cli("history", "--json").document["runs"]
    assert run["ending"] == ending
    assert cli("apply", "--yes").code == 0


# Unlocked


def test_a_lease_can_be_ended_and_its_run_then_stops_before_its_next_write(
    start: Start, cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    account.faults.add(Fault("delay", method="POST", path="/sites$", seconds=2))
    applying = start("apply", "--yes")
    wait_for_fault(account)
    ran = cli("unlock", "--yes")
    assert ran.code == 0
    assert ran.out == (
        "The lease is ended. The next apply first finds out what that run left open.\n"
    )
    assert re.search(r"\(run 1, process \d+, since .* has account 9900778 at http://", ran.err)
    fenced = applying.finish()
    assert fenced.code == 3
    told = in_one_line(fenced.out)
    assert "The lease of this run was ended from outside. Nothing more is sent." in told
    assert "1 failed, 4 skipped" in told
    assert not [entry for entry in account.writes if "sippeers" in entry.target]
    assert cli("apply", "--yes", "--settle", "0").code == 0
    as_declared(account)


def test_unlocking_asks_and_takes_no_for_an_answer(
    terminal: OpenTerminal, cli: Cli, stuck: Process
) -> None:
    asking = terminal("unlock")
    asking.wait_for("End its lease? [y/N]:")
    asking.type("n\n")
    assert asking.finish() == 1
    assert cli("apply", "--yes").code == 1
    agreeing = terminal("unlock", "provisioner.yaml")
    agreeing.wait_for("End its lease? [y/N]:")
    agreeing.type("y\n")
    assert agreeing.finish() == 0
    assert "Nobody has a lease" in cli("unlock").out


def test_unlocking_without_a_terminal_needs_a_yes(cli: Cli, stuck: Process) -> None:
    ran = cli("unlock")
    assert ran.code == 1
    assert "There is no terminal to ask on. Add --yes to end it." in in_one_line(ran.err)


def test_a_spec_chooses_the_lease_of_its_account(cli: Cli, stuck: Process, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("version: 1\naccount: '5500011'\n")
    assert cli("unlock", "other.yaml").out == f"Nobody has a lease in {JOURNAL}.\n"
    with sqlite3.connect(JOURNAL) as journal:
        journal.execute("INSERT INTO leases VALUES ('sandbox', '5500011', 1, 0)")
    journal.close()
    several = cli("unlock", "--yes")
    assert several.code == 1
    assert "2 runs have a lease" in in_one_line(several.err)
    assert cli("unlock", "--yes", "provisioner.yaml").code == 0


def test_there_is_nothing_to_unlock_without_a_journal(cli: Cli, tmp_path: Path) -> None:
    ran = cli("unlock")
    assert (ran.code, ran.out) == (0, f"Nobody has a lease: there is no journal {JOURNAL}.\n")
    assert not (tmp_path / ".provisioner").exists()


# Hung up on


def test_a_closed_terminal_stops_a_run_gently(
    start: Start, cli: Cli, declare: Declare, account: Account
) -> None:
    """The system sends word of it, and so may the shell."""
    declare()
    account.faults.add(Fault("delay", method="POST", path="/sites$", seconds=1))
    applying = start("apply", "--yes")
    wait_for_fault(account)
    for _ in range(2):
        applying.send(signal.SIGHUP)
    ran = applying.finish()
    assert ran.code == 130
    assert "Interrupted: nothing more was started." in ran.out
    assert account.texts("/sites", "Name") == ["Raleigh"], "what was under way is finished"
    assert cli("history", "--json").document["runs"][0]["ending"] == "interrupted"
    assert cli("apply", "--yes").code == 0
    as_declared(account)


def test_a_terminal_that_is_gone_altogether_stops_a_run_gently(
    terminal: OpenTerminal, cli: Cli, declare: Declare, account: Account
) -> None:
    """The signal comes, and whatever is drawn from then on fails."""
    declare()
    account.faults.add(Fault("delay", method="POST", path="/sites$", seconds=1))
    applying = terminal("apply", "--yes")
    wait_for_fault(account)
    applying.hang_up()
    assert applying.wait() == 130
    (run,) = cli("history", "--json").document["runs"]
    assert run["ending"] == "interrupted"
    assert cli("apply", "--yes").code == 0
    as_declared(account)


def test_a_run_under_nohup_goes_on(start: Start, declare: Declare, account: Account) -> None:
    declare()
    account.faults.add(Fault("delay", method="POST", path="/sites$", seconds=0.5))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        applying = start("apply", "--yes")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_for_fault(account)
    applying.send(signal.SIGHUP)
    assert applying.finish().code == 0
    as_declared(account)


# Nowhere to write


def refused_without_a_request(cli: Cli, account: Account, *arguments: str) -> str:
    account.log.clear()
    ran = cli("apply", "--yes", *arguments)
    assert (ran.code, ran.out, list(account.log)) == (1, "", [])
    assert "Traceback" not in ran.err
    return in_one_line(ran.err)


def test_a_journal_that_cannot_be_made_is_told_before_anything_is_sent(
    cli: Cli, declare: Declare, account: Account, tmp_path: Path
) -> None:
    declare()
    (tmp_path / "file").write_text("")
    told = refused_without_a_request(cli, account, "--journal", "file/journal.sqlite3")
    assert "The journal file/journal.sqlite3 cannot be written: its folder is a file" in told
    assert "or name another file with --journal FILE. Nothing was sent." in told


def test_a_journal_that_is_something_else_is_told_before_anything_is_sent(
    cli: Cli, declare: Declare, account: Account, tmp_path: Path
) -> None:
    declare()
    (tmp_path / "notes.txt").write_text("not a database, but as long as a header is\n" * 20)
    told = refused_without_a_request(cli, account, "--journal", "notes.txt")
    assert "The journal notes.txt cannot be used: file is not a database." in told
    with sqlite3.connect("theirs.sqlite3") as theirs:
        theirs.execute("CREATE TABLE addresses (name TEXT)")
    theirs.close()
    told = refused_without_a_request(cli, account, "--journal", "theirs.sqlite3")
    assert "theirs.sqlite3 is no journal of this program." in told


def test_a_journal_of_a_newer_version_is_told_before_anything_is_sent(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    with sqlite3.connect(JOURNAL) as journal:
        journal.execute("PRAGMA user_version = 99")
    journal.close()
    told = refused_without_a_request(cli, account)
    assert "written by a newer version of this program" in told
    assert cli("history").code == 1


def test_a_damaged_journal_is_told_before_anything_is_sent(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    written = bytearray(JOURNAL.read_bytes())
    written[4096:] = b"\x55" * (len(written) - 4096)
    JOURNAL.write_bytes(written)
    told = refused_without_a_request(cli, account)
    assert "malformed. Move the file away" in told


@contextlib.contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """What is started meanwhile finds the disk full there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kilobytes", [20, 90, 110, 130, 150, 200, 260])
def test_a_disk_that_is_full_stops_a_run_before_its_next_write(
    start: Start,
    cli: Cli,
    declare: Declare,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    kilobytes: int,
) -> None:
    """The least has no room for an empty journal, the most for all but the last steps."""
    declare()
    # The full disk is for the journal, not for what measures coverage.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    with no_file_beyond(kilobytes * 1000):
        applying = start("apply", "--yes")
    ran = applying.finish()
    told = in_one_line(ran.out + ran.err)
    assert "What cannot be recorded is not sent." in told
    assert "Traceback" not in ran.err
    assert ran.code == (3 if account.writes else 1)
    assert cli("apply", "--yes", "--settle", "0.5").code == 0
    as_declared(account)
