"""`send --wait` follows by the callbacks that a listener keeps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import (
    CALLBACK_PASSWORD,
    Account,
    Cli,
    Declare,
    OpenAccount,
    Process,
    Start,
    lead_to,
)

EAST = "Raleigh/Messaging East"
ONE, ABROAD = "+12345678902", "+522345678902"
SEND = ("send", "--from", EAST, "--wait", "--store", "events.sqlite3")


@pytest.fixture
def listening(
    open_account: OpenAccount,
    start: Start,
    cli: Cli,
    declare: Declare,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Account, Process]:
    """An account that posts callbacks to a listener, and has no list of messages."""
    account = open_account(callbacks=True, segments_per_second=1000.0)
    lead_to(account, monkeypatch)
    process = start(
        *("listen", "--json", "--port", "0", "--store", "events.sqlite3"),
        BW_CALLBACK_USER_ID="callback-user",
        BW_CALLBACK_PASSWORD=CALLBACK_PASSWORD,
    )

    url = json.loads(process.line())["url"]

    def change(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"]["callback_url"] = f"{url}/callbacks"

    declare(change)
    assert cli("apply", "--yes", "--quiet").code == 0
    account.faults.add(Fault("status-before", method="GET", path="/messages", nth=None, status=404))
    return account, process


def test_a_group_message_is_followed_to_each_recipients_end(
    listening: tuple[Account, Process], cli: Cli
) -> None:
    ran = cli(*SEND, "--to", ONE, "--to", ABROAD, "--text", "a", "--json")
    assert ran.code == 1
    assert [
        (each["to"], each["state"], each["status"], each["error_code"])
        for each in ran.document["recipients"]
    ] == [
        (ONE, "delivered", "message-delivered", None),
        (ABROAD, "failed", "message-failed", 4432),
    ]


def test_a_file_of_messages_is_followed_too(listening: tuple[Account, Process], cli: Cli) -> None:
    Path("m.csv").write_text("to,text\n+12345678902,a\n+12345678903,b\n")
    ran = cli(*SEND, "--from-file", "m.csv", "--rate", "100")
    assert ran.code == 0
    assert "Copies: 2 delivered." in ran.out


def _nothing() -> None:
    pass


def _another_database() -> None:
    with closing(sqlite3.connect("events.sqlite3")) as database:
        database.execute("CREATE TABLE x (y)")
        database.commit()


def _no_database() -> None:
    Path("events.sqlite3").write_bytes(b"x" * 5000)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_nothing, "events.sqlite3 is not there. Start `provisioner listen` first"),
        (_another_database, "is not a file in which `provisioner listen` keeps events"),
        (_no_database, "events.sqlite3 cannot be read: file is not a database."),
    ],
)
def test_a_file_that_has_no_events_is_refused_before_anything_is_sent(
    make: Callable[[], None], words: str, untouched_account: Account, cli: Cli
) -> None:
    make()
    ran = cli("send", "--from", ONE, "--to", ABROAD, "--text", "a", "--store", "events.sqlite3")
    assert ran.code == 1
    assert words in " ".join(ran.err.split())
    assert [*untouched_account.log] == []
