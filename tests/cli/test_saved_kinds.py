"""What else a saved plan may hold: deletes, new names, templates of the spec's own, secrets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import CALLBACK_PASSWORD
from tests.cli.test_journal import in_one_line
from tests.cli.test_pruning import AFTER, BEFORE, PRUNE
from tests.cli.test_renaming import rename
from tests.cli.test_saved_plans import PLAN
from tests.cli.test_templates import ORDER, templated

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

Elsewhere = Callable[[], None]
POSTED = ("POST", "/orders")


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Another machine, that has the saved plan and nothing else."""

    def move() -> None:
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        (folder / PLAN).write_bytes((tmp_path / PLAN).read_bytes())
        monkeypatch.chdir(folder)

    return move


def save(cli: Cli, *arguments: str) -> None:
    ran = cli("plan", "--out", PLAN, *arguments)
    assert ran.code == 0, ran.everything


def applied_once(cli: Cli, account: Account, elsewhere: Elsewhere) -> None:
    """It does something here, and nothing there."""
    account.log.clear()
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 0, ran.everything
    assert account.writes != []
    assert cli("plan", "--detailed-exitcode").code == 0
    elsewhere()
    account.log.clear()
    again = cli("apply", PLAN, "--yes")
    assert (again.code, account.writes) == (0, []), again.everything


def refused(cli: Cli, account: Account) -> str:
    account.log.clear()
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, account.writes) == (1, []), ran.everything
    return in_one_line(ran.err)


# Deletes


@pytest.fixture
def pruned(cli: Cli, account: Account) -> Account:
    """A plan is saved that deletes locations, a site and an application, and lets go of one."""
    Path("provisioner.yaml").write_text(BEFORE)
    assert cli("apply", "--yes").code == 0
    Path("provisioner.yaml").write_text(AFTER + PRUNE)
    save(cli)
    return account


def test_deletes_are_carried_out_once(cli: Cli, pruned: Account, elsewhere: Elsewhere) -> None:
    applied_once(cli, pruned, elsewhere)
    assert pruned.text("/applications", "AppName") == "New"


def test_what_is_deleted_already_does_not_hinder_the_rest(cli: Cli, pruned: Account) -> None:
    (south,) = (each for each in sippeers(pruned) if "South" in pruned.texts(each, "PeerName"))
    pruned.call("DELETE", south)
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 0, ran.everything
    assert cli("plan", "--detailed-exitcode").code == 0


def test_what_was_changed_since_is_not_deleted(cli: Cli, pruned: Account) -> None:
    Path("more.yaml").write_text(
        BEFORE.replace("West: {sms: true, mms: true, application: Old}", "West: {application: New}")
    )
    assert cli("apply", "more.yaml", "--yes").code == 0
    told = refused(cli, pruned)
    assert "messaging_application Raleigh/West: application is now" in told
    assert "and was application Old" in told


def test_a_location_that_got_numbers_since_is_not_deleted(cli: Cli, pruned: Account) -> None:
    Path("more.yaml").write_text(
        BEFORE.replace("South: {}", "South: {numbers: [{area_code: '910', quantity: 1}]}")
    )
    assert cli("apply", "more.yaml", "--yes").code == 0
    assert "sippeer Raleigh/South: it has 1 number by now" in refused(cli, pruned)


def sippeers(account: Account) -> list[str]:
    sites = [f"/sites/{each}" for each in account.texts("/sites", "Site/Id")]
    return [
        f"{site}/sippeers/{each}"
        for site in sites
        for each in account.texts(f"{site}/sippeers", "SipPeer/PeerId")
    ]


# Names, templates, limits, secrets


def test_a_new_name_is_given_once(
    cli: Cli, declare: Declare, account: Account, elsewhere: Elsewhere
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    declare(rename(renamed_from="Messaging East"))
    save(cli)
    applied_once(cli, account, elsewhere)
    assert account.text(account.sippeer, "PeerName") == "Messaging West"


def test_the_templates_of_the_spec_go_with_it(
    cli: Cli, declare: Declare, account: Account, elsewhere: Elsewhere
) -> None:
    templated(declare, numbers=ORDER)
    save(cli)
    elsewhere()
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 0, ran.everything
    (order,) = (each for each in account.log if (each.method, each.target[-7:]) == POSTED)
    assert b"<Quantity>1</Quantity>" in order.request
    assert b"<Name>" not in order.request, "as our own template would have it"


def test_why_a_limit_does_not_hold_is_kept_in_the_history(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare(lambda spec: spec.update(limits={"new_numbers": 0}))
    save(cli, "--override-limits", "a launch")
    assert cli("apply", PLAN, "--yes").code == 0
    assert "a launch" in cli("history", "1").out


def test_a_secret_goes_with_what_else_changes_and_is_then_known(
    cli: Cli, declare: Declare, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    monkeypatch.setenv("CALLBACK_PASSWORD", f"{CALLBACK_PASSWORD}-new")

    def changed(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"]["callback_url"] = "https://example.com/new"

    declare()
    alone = cli("plan", "--out", PLAN)
    assert alone.code == 1
    assert "only a secret would be sent" in in_one_line(alone.err)
    declare(changed)
    save(cli)
    assert cli("apply", PLAN, "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    "option",
    [("--target", "site *"), ("--exclude", "site *"), ("--override-limits", "why")],
    ids=lambda option: option[0],
)
def test_it_is_no_other_plan_for_an_option(
    cli: Cli, declare: Declare, account: Account, option: tuple[str, str]
) -> None:
    declare()
    save(cli)
    assert "A saved plan is what it is" in refused_option(cli, *option)
    assert "plan again instead" in refused_option(cli, "--accept-addresses")


def refused_option(cli: Cli, *option: str) -> str:
    ran = cli("apply", PLAN, "--yes", *option)
    assert ran.code == 1
    return in_one_line(ran.err)
