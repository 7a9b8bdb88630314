"""`send --from-file`: a file of messages, each line once, even when the process is killed."""

from __future__ import annotations

import csv
import json
import random
import re
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import Account, Cli, Declare, OpenTerminal, Start

EAST = "Raleigh/Messaging East"
ABROAD = "+522345678902"
FILE = "messages.csv"
BULK = ("send", "--from", EAST, "--from-file", FILE, "--rate", "1000", "--settle", "0.3")


@pytest.fixture
def sender(account: Account, cli: Cli, declare: Declare) -> str:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    return f"+1{account.text(f'{account.sippeer}/tns', 'FullNumber')}"


def write(*recipients: str) -> list[str]:
    rows = [f"{each},Hey {n}" for n, each in enumerate(recipients)]
    Path(FILE).write_text("\n".join(["to,text", *rows, ""]))
    return [*recipients]


def numbers(count: int) -> list[str]:
    return [f"+1919555{n:04d}" for n in range(count)]


def received(account: Account) -> Counter[str]:
    """By the account's own word."""
    answer = httpx.get(
        f"{account.server.url}/api/v2/users/9900778/messages",
        params={"messageDirection": "OUTBOUND", "limit": "10000"},
        auth=(account.settings.username, account.settings.password),
    )
    return Counter(row["destinationTn"] for row in answer.json()["messages"])


def test_a_file_is_sent_once_and_its_results_are_written(
    account: Account, cli: Cli, sender: str
) -> None:
    recipients = write(*numbers(5))
    ran = cli(*BULK, "--results", "results.csv")
    assert (ran.code, ran.out) == (0, "5 messages accepted.\n")
    with Path("results.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["to"] for row in rows] == recipients
    assert {(row["posted"], row["sender"]) for row in rows} == {("accepted", sender)}
    assert len({row["tag"] for row in rows}) == 5
    again = cli(*BULK, "--results", "results.jsonl")
    assert again.code == 0
    assert "5 of them by earlier runs; --again sends all of them anew." in again.out
    lines = [json.loads(line) for line in Path("results.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    assert received(account) == Counter(recipients)
    assert cli(*BULK, "--again").code == 0
    assert received(account) == Counter(recipients * 2)


def test_again_goes_on_with_what_a_killed_run_left_before_it_begins_anew(
    account: Account, cli: Cli, sender: str, start: Start
) -> None:
    recipients = write(*numbers(6))
    assert cli(*BULK).code == 0
    account.faults.add(Fault("hang", method="POST", path="/messages", nth=4))
    process = start(*BULK, "--again", "--parallelism", "1", **account.environ)
    wait_for_posts(account, 4)
    process.kill()
    account.faults.clear()
    ran = cli(*BULK, "--again")
    assert ran.code == 0
    assert "going on with what is left" in ran.err
    assert received(account) == Counter(recipients * 2)
    assert cli(*BULK, "--again").code == 0
    assert received(account) == Counter(recipients * 3)


def test_the_file_is_known_by_its_name_or_by_the_one_given(
    account: Account, cli: Cli, sender: str
) -> None:
    recipients = write(*numbers(2))
    assert cli(*BULK).code == 0
    Path("elsewhere").mkdir()
    Path(FILE).rename(f"elsewhere/{FILE}")
    moved = ("send", "--from", EAST, "--from-file", f"elsewhere/{FILE}", "--rate", "1000")
    assert cli(*moved).code == 0
    assert received(account) == Counter(recipients)
    assert cli(*moved, "--batch", "march").code == 0
    assert received(account) == Counter(recipients * 2)


def test_results_that_could_not_be_written_stop_it_before_anything_is_sent(
    account: Account, cli: Cli, sender: str
) -> None:
    write(*numbers(2))
    ran = cli(*BULK, "--results", "no/such/folder.csv")
    assert ran.code == 1
    assert "No such file or directory" in ran.err
    assert not received(account)


def test_a_dry_run_tells_how_much_and_how_long(account: Account, cli: Cli, sender: str) -> None:
    write(*numbers(3))
    assert cli(*BULK).code == 0
    write(*numbers(3), "+12345678902;+12345678903")
    forecast = cli("send", "--from", EAST, "--from-file", FILE, "--dry-run").document
    assert forecast == {
        "to_send": 1,
        "sent_before": 3,
        "recipients": 2,
        "segments": 2,
        "seconds": 2.0,
    }
    assert sum(received(account).values()) == 3


def test_with_wait_the_exit_code_tells_what_became_of_all(cli: Cli, sender: str) -> None:
    write(*numbers(2))
    assert cli(*BULK, "--wait").code == 0
    write(*numbers(2), ABROAD)
    ran = cli(*BULK, "--wait", "--json", "--results", "r.jsonl")
    assert ran.code == 1
    assert ran.lines[-1] == {
        "type": "summary",
        "messages": 3,
        "sent_before": 2,
        "posted": {"accepted": 3},
        "recipients": {"delivered": 2, "failed": 1},
    }
    last = json.loads(Path("r.jsonl").read_text().splitlines()[-1])
    assert (last["state"], last["error_codes"]) == ("failed", "4432")
    told = cli(*BULK, "--wait")
    assert f"message 3: {ABROAD} failed with 4432" in told.out


def test_lines_may_come_from_different_senders(account: Account, cli: Cli, sender: str) -> None:
    lines = [
        {"from": EAST, "to": "+12345678902", "text": "a"},
        {"from": sender, "to": ["+12345678903", "+12345678904"], "text": "b"},
    ]
    Path("m.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert cli("send", "--from-file", "m.jsonl", "--rate", "100").code == 0
    assert sum(received(account).values()) == 3


def test_everything_wrong_in_a_file_is_told_at_once_and_nothing_sent(
    untouched_account: Account, cli: Cli
) -> None:
    write("+1", "2", "+12345678902")
    ran = cli("send", "--from-file", FILE)
    assert ran.code == 1
    told = [line for line in ran.err.splitlines() if line.startswith(FILE)]
    assert len(told) == 5  # two numbers, and three lines without a sender
    assert told[0].startswith(f"{FILE}:2:1: error: ")
    assert [*untouched_account.log] == []


def test_too_many_problems_are_counted_instead(cli: Cli) -> None:
    write(*["1"] * 60)
    ran = cli("send", "--from", EAST, "--from-file", FILE)
    assert "10 more like these." in ran.err


def test_on_a_terminal_the_counts_are_drawn_in_one_place(
    account: Account, sender: str, terminal: OpenTerminal
) -> None:
    write(*numbers(15))
    session = terminal(
        "send", "--from", EAST, "--from-file", FILE, "--rate", "20", **account.environ
    )
    assert session.finish() == 0
    assert re.search(r"\r\x1b\[K\d+ accepted\r", session.shown)
    assert session.shown.endswith("\x1b[K\x1b[1m15 messages accepted.\x1b[0m\r\n")


def test_a_tag_that_looks_like_personal_data_is_warned_about(cli: Cli, sender: str) -> None:
    Path(FILE).write_text("to,text,tag\n+12345678902,a,ann@example.com\n")
    ran = cli(*BULK)
    assert ran.code == 0
    assert f"{FILE}:2:1: warning: A tag may hold personal data" in ran.err


def test_with_wait_what_is_open_and_what_was_never_accepted_are_told_apart(
    account: Account, cli: Cli, sender: str
) -> None:
    write(*numbers(2))
    account.faults.add(
        Fault("status-before", method="POST", path="/messages", nth=None, status=400)
    )
    assert cli(*BULK, "--wait").code == 1
    account.faults.clear()
    assert cli(*BULK, "--wait").code == 0


def test_a_refused_line_is_told_and_the_exit_code_says_that_something_was_sent(
    account: Account, cli: Cli, sender: str
) -> None:
    write(*numbers(2))
    account.faults.add(Fault("status-before", method="POST", path="/messages", status=400, nth=2))
    ran = cli(*BULK)
    assert ran.code == 3
    assert "1 message refused." in ran.out
    assert ": refused\n    HTTP 400" in ran.out


def test_when_every_line_is_refused_nothing_was_written(
    account: Account, cli: Cli, sender: str
) -> None:
    write(*numbers(2))
    account.faults.add(Fault("unauthorized", method="POST", path="/messages", nth=None))
    ran = cli(*BULK)
    assert ran.code == 1
    assert "BW_USERNAME and" in ran.err


def test_another_run_at_the_same_time_is_refused(
    account: Account, cli: Cli, sender: str, start: Start
) -> None:
    recipients = write(*numbers(3))
    account.faults.add(Fault("hang-after", method="POST", path="/messages", nth=1))
    process = start(*BULK, **account.environ)
    wait_for_posts(account, 1)
    ran = cli(*BULK)
    assert ran.code == 1
    assert "Another process is sending from this folder." in ran.err
    process.kill()
    assert cli(*BULK).code in (0, 3)
    assert set(received(account)) <= set(recipients)


def wait_for_posts(account: Account, count: int) -> None:
    """Until so many have reached the account. Each has its answer or never gets one."""
    path = f"{account.server.url}/_sandbox/faults"
    for _ in range(2000):
        matched = [each["matched"] for each in httpx.get(path).json()["faults"]]
        if matched and max(matched) >= count:
            return
    pytest.fail("the messages never came")


@pytest.mark.parametrize("kind", ["hang-after", "hang"])
def test_killed_between_request_and_answer_nothing_is_lost_or_sent_twice(
    kind: str, account: Account, cli: Cli, sender: str, start: Start
) -> None:
    recipients = write(*numbers(30))
    account.faults.add(Fault(kind, method="POST", path="/messages", nth=20))
    process = start(*BULK, "--parallelism", "1", **account.environ)
    wait_for_posts(account, 20)
    process.kill()
    account.faults.clear()
    ran = cli(*BULK)
    assert ran.code == 0
    assert received(account) == Counter(recipients)


def test_killed_again_and_again_at_any_moment_each_line_arrives_once(
    account: Account, cli: Cli, sender: str, start: Start
) -> None:
    recipients = write(*numbers(60))
    chance = random.Random(7)  # noqa: S311 -- the same moments in every run
    everything = Fault("delay", method="POST", path="/messages", nth=None, seconds=0.005)
    account.faults.add(everything)
    for _ in range(4):
        before = sum(received(account).values())
        process = start(*BULK, "--parallelism", "4", **account.environ)
        wait_for_received(account, before + chance.randrange(1, 10))
        process.kill()
    account.faults.clear()
    cli(*BULK)
    assert cli(*BULK).code == 0
    assert received(account) == Counter(recipients)


def wait_for_received(account: Account, count: int) -> None:
    for _ in range(2000):
        if sum(received(account).values()) >= count:
            return
    pytest.fail("the messages never came")


def test_ctrl_c_finishes_what_is_under_way_and_the_next_run_goes_on(
    account: Account, cli: Cli, sender: str, start: Start
) -> None:
    recipients = write(*numbers(40))
    process = start(
        *("send", "--from", EAST, "--from-file", FILE, "--rate", "20"),
        *("--results", "results.jsonl"),
        **account.environ,
    )
    wait_for_received(account, 5)
    process.send(signal.SIGINT)
    ran = process.finish()
    assert ran.code == 130
    rows = [json.loads(line) for line in Path("results.jsonl").read_text().splitlines()]
    accepted = [row for row in rows if row["posted"] == "accepted"]
    assert len(rows) == 40
    assert sum(received(account).values()) == len(accepted)
    assert cli(*BULK).code == 0
    assert received(account) == Counter(recipients)
