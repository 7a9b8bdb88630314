"""Requests and answers: in an archive, and as JSON on standard error. Never a secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.account.har import Exchange, har_document
from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import CALLBACK_PASSWORD

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

ARCHIVE = Path("run.har")


def test_an_archive_has_every_request_and_no_secret(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    ran = cli("apply", "--yes", "--har", str(ARCHIVE))
    assert ran.code == 0
    assert stat.S_IMODE(ARCHIVE.stat().st_mode) == 0o600
    text = ARCHIVE.read_text()
    for secret in (CALLBACK_PASSWORD, account.settings.password, "Basic "):
        assert secret not in text
    log = json.loads(text)["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "provisioner")
    kept = [
        (each["request"]["method"], each["request"]["url"].partition(account.server.url)[2])
        for each in log["entries"]
    ]
    assert sorted(kept) == sorted((each.method, each.target) for each in account.log)
    posted = next(
        each
        for each in log["entries"]
        if each["request"]["url"].endswith("/sites") and each["request"]["method"] == "POST"
    )
    assert "<Name>Raleigh</Name>" in posted["request"]["postData"]["text"]
    assert posted["request"]["postData"]["mimeType"].startswith("application/xml")
    assert posted["response"]["statusText"] == "Created"
    names = {each["name"].lower() for each in posted["request"]["headers"]}
    assert "user-agent" in names
    assert "authorization" not in names


def test_an_archive_is_written_where_the_command_fails_too(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    account.faults.add(Fault("status-before", method="GET", status=403, nth=None))
    assert cli("plan", "--har", str(ARCHIVE)).code == 1
    entries = json.loads(ARCHIVE.read_text())["log"]["entries"]
    assert {each["response"]["status"] for each in entries} == {403}


def test_an_archive_that_cannot_be_is_told_before_anything_is_sent(
    cli: Cli, declare: Declare, untouched_account: Account
) -> None:
    declare()
    ran = cli("plan", "--har", "no/such/run.har")
    assert ran.code == 1
    assert "No such file or directory" in ran.err


def test_the_next_command_keeps_nothing(cli: Cli, declare: Declare, account: Account) -> None:
    declare()
    cli("plan", "--har", str(ARCHIVE))
    before = ARCHIVE.read_text()
    cli("plan", "-vv")
    assert ARCHIVE.read_text() == before


def test_requests_are_told_as_json(cli: Cli, declare: Declare, account: Account) -> None:
    declare()
    ran = cli("plan", "-vv", "--log-format", "json")
    lines = [json.loads(line) for line in ran.err.splitlines()]
    assert {line["level"] for line in lines} == {"info", "debug"}
    assert all(line["at"].endswith("+00:00") for line in lines)
    assert any(line["message"].startswith("GET http") for line in lines)


def test_a_status_that_nobody_knows_has_no_phrase() -> None:
    (entry,) = har_document([Exchange(0, 1, "GET", "https://h/p?a=b", 599)], "1")["log"]["entries"]
    assert entry["response"]["statusText"] == ""
    assert entry["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert "postData" not in entry["request"]
