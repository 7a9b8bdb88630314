"""A password in the spec's environment changed: it shows, it is sent, and that once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

CHANGED = "callback_credentials.password changed since last sent"
STANDING = "--resend-secrets"
OTHER = "callback-password-2"


@pytest.fixture
def applied(cli: Cli, declare: Declare, account: Account) -> Account:
    declare()
    assert cli("apply", "--yes").code == 0
    account.log.clear()
    return account


def passwords_sent(account: Account) -> list[str]:
    return [
        each.request.decode().partition("<Password>")[2].partition("<")[0]
        for each in account.writes
        if b"<Password>" in each.request
    ]


def test_a_changed_password_is_planned_and_sent_once(
    cli: Cli, applied: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cli("plan", "--detailed-exitcode")
    assert before.code == 0
    assert STANDING not in before.everything
    monkeypatch.setenv("CALLBACK_PASSWORD", OTHER)
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert CHANGED in planned.out
    assert cli("drift").code == 2
    assert cli("apply", "--dry-run", "--detailed-exitcode").code == 2
    ran = cli("apply", "--yes")
    assert (ran.code, passwords_sent(applied)) == (0, [OTHER])
    assert cli("plan", "--detailed-exitcode").code == 0
    assert OTHER not in planned.everything + ran.everything


def test_without_journal_or_key_a_warning_names_the_way_out(
    cli: Cli, applied: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBACK_PASSWORD", OTHER)
    for given in ("--journal", "elsewhere.sqlite3"), ():
        if not given:
            Path(".provisioner/journal.key").unlink()
        planned = cli("plan", "--detailed-exitcode", *given)
        assert planned.code == 0
        assert STANDING in planned.out
    assert not Path("elsewhere.sqlite3").exists()
    assert cli("apply", "--yes", "--resend-secrets").code == 0
    assert passwords_sent(applied) == [OTHER]
    assert STANDING not in cli("plan").out


@pytest.mark.usefixtures("applied")
def test_a_journal_of_no_use_does_not_keep_a_plan_from_being_made(cli: Cli) -> None:
    Path(".provisioner/journal.sqlite3").write_bytes(b"not a database" * 100)
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 0
    assert STANDING in planned.out


def test_a_key_that_cannot_be_written_stops_before_anything_is_sent(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    Path(".provisioner/journal.key").mkdir(parents=True)
    refused = cli("apply", "--yes")
    assert refused.code == 1
    assert "The key .provisioner/journal.key of the journal cannot be used" in refused.err
    assert account.writes == []


def test_an_application_that_was_found_may_have_another_s_password(
    cli: Cli, declare: Declare, account: Account
) -> None:
    account.faults.add(Fault("drop-after", method="POST", path="/applications$"))
    declare()
    assert cli("apply", "--yes", "--settle", "0.1").code == 0
    assert STANDING in cli("plan").out
