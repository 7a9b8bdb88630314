"""Before anything is sent, apply asks: on a terminal, and nowhere else."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenTerminal

QUESTION = "Apply this plan to account 9900778? This buys 1 number. [y/N]: "


def test_without_a_terminal_nobody_is_asked_and_nothing_is_sent(
    cli: Cli, declare: Declare, shared_account: Account
) -> None:
    declare(lambda spec: spec["applications"].update(New={"callback_url": "https://example.com"}))
    ran = cli("apply")
    assert ran.code == 1
    assert "+ create application New" in ran.out
    assert "There is no terminal to ask on. Add --yes" in ran.err
    assert shared_account.writes == []
    as_json = cli("apply", "--json")
    assert (as_json.code, as_json.err) == (1, "")
    assert [line["type"] for line in as_json.lines] == ["version", "plan", "problems"]
    assert shared_account.writes == []


def test_no_is_no(terminal: OpenTerminal, declare: Declare, account: Account) -> None:
    declare()
    asked = terminal("apply")
    asked.wait_for(QUESTION)
    asked.type("n\n")
    assert asked.finish() == 1
    assert "Nothing was sent." in asked.shown
    assert account.writes == []


def test_an_empty_answer_is_no(terminal: OpenTerminal, declare: Declare, account: Account) -> None:
    declare()
    asked = terminal("apply")
    asked.wait_for(QUESTION)
    asked.type("\n")
    assert asked.finish() == 1
    assert account.writes == []


def test_yes_is_yes(terminal: OpenTerminal, declare: Declare, account: Account) -> None:
    declare()
    asked = terminal("apply")
    asked.wait_for(QUESTION)
    assert account.writes == []
    asked.type("y\n")
    assert asked.finish() == 0
    assert "Applied: 6 created, 0 changed, 0 deleted, 1 number ordered" in asked.shown
    assert len(account.writes) == 7


APPLICATION = """<Application><ServiceType>Messaging-V2</ServiceType>
<AppName>Production Server</AppName><CallbackUrl>https://example.com/callbacks</CallbackUrl>
<CallbackCreds><UserId>callback-user</UserId><Password>callback-password</Password></CallbackCreds>
</Application>"""


def test_an_account_that_changed_while_it_asked_is_asked_about_again(
    terminal: OpenTerminal, declare: Declare, account: Account
) -> None:
    """Yes was said to another plan than the one that would be carried out now."""
    declare()
    asked = terminal("apply")
    asked.wait_for(QUESTION)
    assert "Plan: 6 to create," in asked.shown
    account.call("POST", "/applications", APPLICATION)
    account.log.clear()
    asked.shown = ""
    asked.type("y\n")
    asked.wait_for("The account was changed meanwhile. This is the plan now:")
    asked.wait_for("Plan: 5 to create,")
    asked.wait_for(QUESTION)
    assert account.writes == []
    asked.type("y\n")
    assert asked.finish() == 0
    assert "Applied: 5 created, 0 changed, 0 deleted, 1 number ordered" in asked.shown
    assert account.texts("/applications", "AppName") == ["Production Server"]


def test_a_plan_that_was_made_new_can_still_be_refused(
    terminal: OpenTerminal, declare: Declare, account: Account
) -> None:
    declare()
    asked = terminal("apply")
    asked.wait_for(QUESTION)
    account.call("POST", "/applications", APPLICATION)
    account.log.clear()
    asked.type("y\n")
    asked.wait_for("Plan: 5 to create,")
    asked.type("n\n")
    assert asked.finish() == 1
    assert "Nothing was sent." in asked.shown
    assert account.writes == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_signal_instead_of_an_answer_ends_it_at_once(
    terminal: OpenTerminal, declare: Declare, shared_account: Account, number: signal.Signals
) -> None:
    declare(lambda spec: spec["applications"].update(New={"callback_url": "https://example.com"}))
    asked = terminal("apply")
    asked.wait_for("[y/N]: ")
    asked.wait_until_asleep()
    asked.send(number)
    assert asked.finish() == 130
    assert "Interrupted." in asked.shown
    assert "Traceback" not in asked.shown
    assert shared_account.writes == []


def test_what_goes_for_good_is_in_the_question(
    terminal: OpenTerminal, declare: Declare, cli: Cli, account: Account
) -> None:
    def change(spec: dict[str, Any]) -> None:
        spec["applications"] = {"Old": {"callback_url": "https://old.example"}}
        del spec["sites"]

    declare(change)
    assert cli("apply", "--yes").code == 0
    declare(lambda spec: spec.update(prune=["applications"]))
    asked = terminal("apply")
    asked.wait_for("to account 9900778? This buys 1 number and deletes 1 for good. [y/N]: ")
    asked.type("n\n")
    assert asked.finish() == 1
    assert account.texts("/applications", "AppName") == ["Old"]


def test_what_buys_nothing_says_nothing_of_buying(
    terminal: OpenTerminal, declare: Declare, shared_account: Account
) -> None:
    def change(spec: dict[str, object]) -> None:
        del spec["sites"]

    declare(change)
    asked = terminal("apply")
    asked.wait_for("Apply this plan to account 9900778? [y/N]: ")
    asked.type("n\n")
    assert asked.finish() == 1
