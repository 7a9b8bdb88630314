"""Plans that are saved and applied later: once, again, elsewhere, too late, or half."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from lxml import etree

from provisioner.sandbox.failures.faults import Fault
from provisioner.views.plan_schema import plan_schema
from provisioner.views.saved_plan import checksum
from tests.cli.conftest import CALLBACK_PASSWORD
from tests.cli.test_journal import POSTS, as_declared, in_one_line, wait_for_request
from tests.views.test_schemas import closed

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Clock, Declare, OpenAccount, Start

PLAN = "plan.json"
SAVED_SCHEMA = Draft202012Validator(closed(plan_schema()))
AtLocation = Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]]
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def saved(cli: Cli, declare: Declare, account: Account) -> Path:
    declare()
    ran = cli("plan", "--out", PLAN)
    assert (ran.code, ran.err.splitlines()[-1]) == (
        0,
        "Saved to plan.json. `provisioner apply plan.json` carries out just this.",
    )
    account.log.clear()
    return Path(PLAN)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Another machine: the saved plan alone, without spec and journal."""

    def move() -> Path:
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        plan = folder / PLAN
        plan.write_bytes((tmp_path / PLAN).read_bytes())
        monkeypatch.chdir(folder)
        return plan

    return move


def edit(path: Path, change: Edit, *, seal: bool = True) -> None:
    document = json.loads(path.read_text())
    change(document)
    if seal:
        document["checksum"] = checksum(document)
    path.write_text(json.dumps(document))


# Applied


def test_a_saved_plan_is_applied_and_then_does_nothing(
    cli: Cli, saved: Path, account: Account
) -> None:
    shown = cli("plan").out
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 0, ran.everything
    assert ran.out.startswith(shown)
    assert ran.out.splitlines()[-1].startswith("Applied: 6 created, 0 changed, 0 deleted, 1 number")
    as_declared(account)
    account.log.clear()
    again = cli("apply", PLAN, "--yes")
    assert (again.code, account.writes) == (0, [])
    assert again.err == "Done already: 7 of 7 steps of the saved plan.\n"
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_saved_plan_is_applied_on_another_machine_and_does_nothing_on_a_third(
    cli: Cli,
    saved: Path,
    account: Account,
    elsewhere: Callable[[], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere()
    assert cli("apply", PLAN, "--yes").code == 0
    as_declared(account)
    account.log.clear()
    monkeypatch.chdir(tmp_path)
    assert cli("apply", PLAN, "--yes", "--json").lines[-1]["type"] == "report"
    assert account.writes == []


def test_what_the_spec_says_since_then_does_not_count(
    cli: Cli, saved: Path, declare: Declare, account: Account
) -> None:
    declare(lambda spec: spec["sites"].update(Durham=spec["sites"]["Raleigh"]))
    assert cli("apply", PLAN, "--yes").code == 0
    as_declared(account)


def test_without_a_terminal_it_is_not_applied_unasked(
    cli: Cli, saved: Path, account: Account
) -> None:
    ran = cli("apply", PLAN)
    assert ran.code == 1
    assert "Add --yes" in ran.err
    assert account.writes == []


def test_a_dry_run_tells_what_is_left(cli: Cli, saved: Path, account: Account) -> None:
    assert cli("apply", PLAN, "--dry-run", "--detailed-exitcode").code == 2
    assert account.writes == []
    cli("apply", PLAN, "--yes")
    assert cli("apply", PLAN, "--dry-run", "--detailed-exitcode").code == 0


def test_just_what_it_touches_is_read_again(cli: Cli, declare: Declare, account: Account) -> None:
    def second_site(spec: dict[str, Any]) -> None:
        spec["sites"]["Durham"] = yaml.safe_load(yaml.safe_dump(spec["sites"]["Raleigh"]))

    declare(second_site)
    assert cli("apply", "--yes").code == 0

    def described(spec: dict[str, Any]) -> None:
        second_site(spec)
        spec["sites"]["Durham"]["description"] = "Second"

    declare(described)
    assert cli("plan", "--out", PLAN).code == 0
    account.log.clear()
    assert cli("apply", PLAN, "--yes").code == 0
    touched = {entry.target.partition("/9900778")[2].partition("?")[0] for entry in account.log}
    assert len(touched) == 2, touched
    assert all(re.fullmatch(r"/sites(/\d+)?", each) for each in touched)


@pytest.mark.parametrize("kind", ["hang", "hang-after"], ids=["before the work", "after the work"])
@pytest.mark.parametrize("path", POSTS)
def test_a_run_killed_in_the_middle_is_made_up_for_by_the_same_saved_plan(
    start: Start, cli: Cli, saved: Path, account: Account, path: str, kind: str
) -> None:
    account.faults.add(Fault(kind, method="POST", path=path))
    applying = start("apply", PLAN, "--yes")
    wait_for_request(account, path)
    applying.send(signal.SIGKILL)
    applying.finish()
    account.faults.clear()
    again = cli("apply", PLAN, "--yes", "--settle", "0.5")
    assert again.code == 0, again.everything
    as_declared(account)
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_run_killed_after_its_order_is_made_up_for_on_another_machine(
    start: Start, cli: Cli, saved: Path, account: Account, elsewhere: Callable[[], Path]
) -> None:
    account.faults.add(Fault("hang-after", method="POST", path="/orders$"))
    applying = start("apply", PLAN, "--yes")
    wait_for_request(account, "/orders$")
    applying.send(signal.SIGKILL)
    applying.finish()
    account.faults.clear()
    elsewhere()
    assert cli("apply", PLAN, "--yes").code == 0
    as_declared(account)


def test_an_order_that_is_still_open_is_waited_for_and_not_placed_again(
    cli: Cli,
    start: Start,
    declare: Declare,
    open_account: OpenAccount,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = open_account(order_delay=60.0, now=clock)
    for name, value in slow.environ.items():
        monkeypatch.setenv(name, value)
    declare()
    cli("plan", "--out", PLAN)
    assert cli("apply", PLAN, "--yes", "--order-timeout", "0").code == 3
    slow.log.clear()
    applying = start("apply", PLAN, "--yes", **slow.environ)
    applying.wait_for_told("RECEIVED")
    clock.time += 60
    again = applying.finish()
    assert again.code == 0, again.everything
    assert slow.writes == []
    assert "Buys" not in again.out
    assert "1 more arrived" in again.out


# Stale


def changed_meanwhile(
    cli: Cli, declare: Declare, change: Callable[[dict[str, Any]], None] | None = None
) -> None:
    """The account is as the spec of the module says; then a change to it is planned and saved."""
    declare()
    assert cli("apply", "--yes").code == 0
    declare(change)
    assert cli("plan", "--out", PLAN).code == 0


def refused(cli: Cli, account: Account) -> str:
    account.log.clear()
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, account.writes, ran.out) == (1, [], ""), ran.everything
    assert "The account was changed since the plan [stale-plan]" in ran.err
    return in_one_line(ran.err)


def described(spec: dict[str, Any]) -> None:
    spec["sites"]["Raleigh"]["description"] = "New"


def test_a_site_that_was_changed_meanwhile_is_shown_and_refused(
    cli: Cli, declare: Declare, account: Account
) -> None:
    changed_meanwhile(cli, declare, described)
    answer = account.call("GET", account.site)
    item = None if answer is None else answer.find("Site")
    assert item is not None
    body = etree.tostring(item).decode().replace("Test Gateway", "Somebody's")
    account.call("PUT", account.site, body)
    told = refused(cli, account)
    assert "provisioner.yaml:" in told
    assert "site Raleigh: description is now \"Somebody's\", and was 'Test Gateway'." in told
    body = body.replace("Somebody's", "New")
    account.call("PUT", account.site, body)
    account.log.clear()
    assert cli("apply", PLAN, "--yes").code == 0, "somebody did it by hand"
    assert account.writes == []


def test_a_number_that_came_meanwhile_makes_an_order_stale(
    cli: Cli, declare: Declare, account: Account, at_location: AtLocation
) -> None:
    more = at_location({"numbers": [{"area_code": "910", "quantity": 2}]})
    changed_meanwhile(cli, declare, more)
    blocks = [{"area_code": "910", "quantity": 1}, {"zip": "27606", "quantity": 1}]
    declare(at_location({"numbers": blocks}))
    assert cli("apply", "--yes").code == 0
    assert "1 now that the plan has nothing to do with, and 0 then" in refused(cli, account)


def test_the_same_order_of_somebody_else_is_not_placed_again(
    cli: Cli, declare: Declare, account: Account, at_location: AtLocation
) -> None:
    changed_meanwhile(cli, declare, at_location({"numbers": [{"area_code": "910", "quantity": 2}]}))
    assert cli("apply", "--yes").code == 0
    account.log.clear()
    assert cli("apply", PLAN, "--yes").code == 0
    assert account.writes == []
    assert len(account.texts(f"{account.sippeer}/tns", "FullNumber")) == 2


def test_a_location_that_is_gone_is_told(
    cli: Cli, declare: Declare, account: Account, at_location: AtLocation
) -> None:
    declare(at_location({"numbers": None, "sms": None, "mms": None, "application": None}))
    cli("apply", "--yes")
    declare(at_location({"numbers": None, "mms": None, "application": None}))
    cli("plan", "--out", PLAN)
    account.call("DELETE", account.sippeer)
    assert "sippeer Raleigh/Messaging East: the one of id" in refused(cli, account)


def test_what_was_made_meanwhile_otherwise_than_planned_is_told(
    cli: Cli, saved: Path, declare: Declare, account: Account
) -> None:
    declare(lambda spec: spec["sites"]["Raleigh"].update(description="Other", sippeers={}))
    assert cli("apply", "--yes").code == 0
    told = refused(cli, account)
    assert "otherwise than planned: description is 'Other', not 'Test Gateway'" in told


def test_switching_off_is_done_where_it_is_off_and_stale_where_it_is_otherwise(
    cli: Cli, declare: Declare, account: Account, at_location: AtLocation
) -> None:
    changed_meanwhile(cli, declare, at_location({"mms": False}))
    assert cli("apply", PLAN, "--yes").code == 0
    account.log.clear()
    assert cli("apply", PLAN, "--yes").code == 0
    assert account.writes == []


# The file


def test_the_file_is_as_the_schema_says_and_for_its_owner_alone(saved: Path) -> None:
    SAVED_SCHEMA.validate(json.loads(saved.read_text()))
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_no_secret_is_in_the_file_and_its_source_is_read_again(
    cli: Cli, saved: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    assert CALLBACK_PASSWORD not in saved.read_text()
    assert '"secret": "CALLBACK_PASSWORD"' in saved.read_text()
    monkeypatch.delenv("CALLBACK_PASSWORD")
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 1
    assert "export CALLBACK_PASSWORD=..." in ran.err
    assert list(account.log) == []
    secrets = Path("secrets.env")
    secrets.write_text("CALLBACK_PASSWORD=another-password\n")
    secrets.chmod(0o600)
    assert cli("apply", PLAN, "--yes", "--env-file", "secrets.env").code == 0


def test_a_secret_in_a_file_is_found_from_the_folder_of_the_spec(
    cli: Cli, declare: Declare, account: Account, tmp_path: Path
) -> None:
    def from_file(spec: dict[str, Any]) -> None:
        credentials = spec["applications"]["Production Server"]["callback_credentials"]
        credentials["password"] = "${file:callback.txt}"

    (tmp_path / "specs").mkdir()
    declare(from_file).rename("specs/provisioner.yaml")
    secret = Path("specs/callback.txt")
    secret.write_text("password-of-a-file\n")
    secret.chmod(0o600)
    assert cli("plan", "specs", "--out", PLAN).code == 0
    assert "password-of-a-file" not in Path(PLAN).read_text()
    assert cli("apply", PLAN, "--yes").code == 0
    assert cli("plan", "specs", "--detailed-exitcode").code == 0


SECRET_VARIABLE = {"callback": {"type": "secret", "default": "${CALLBACK_PASSWORD}"}}


def with_password(written: str) -> Edit:
    def change(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"]["callback_credentials"]["password"] = written
        spec["variables"] = SECRET_VARIABLE

    return change


def secret_file(path: str, value: str) -> None:
    file = Path(path)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{value}\n")
    file.chmod(0o600)


def test_a_secret_of_a_variable_is_had_again_where_the_variable_has_it_from(
    cli: Cli, declare: Declare, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(with_password("${var.callback}"))
    assert cli("plan", "--out", PLAN).code == 0
    assert '"secret": "CALLBACK_PASSWORD"' in Path(PLAN).read_text()
    monkeypatch.setenv("BWP_VAR_callback", "password-of-a-variable")
    assert cli("plan", "--out", PLAN).code == 0
    assert '"secret": "BWP_VAR_callback"' in Path(PLAN).read_text()
    assert "password-of-a-variable" not in Path(PLAN).read_text()
    assert cli("apply", PLAN, "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_secret_file_that_a_file_of_variables_names_is_beside_that(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare(with_password("${var.callback}"))
    secret_file("live/callback.txt", "password-beside-it")
    secret_file("callback.txt", "password-of-another")
    Path("live/variables.yaml").write_text('callback: "${file:callback.txt}"\n')
    assert cli("plan", "--out", PLAN, "--var-file", "live/variables.yaml").code == 0
    assert cli("apply", PLAN, "--yes").code == 0
    ran = cli("plan", "--detailed-exitcode", "--var-file", "live/variables.yaml")
    assert (ran.code, ran.err) == (0, "")


def test_a_secret_file_that_defaults_name_is_beside_the_file_of_the_defaults(
    cli: Cli, declare: Declare, account: Account
) -> None:
    def without_credentials(spec: dict[str, Any]) -> None:
        del spec["applications"]["Production Server"]["callback_credentials"]

    credentials = {"user_id": "callback-user", "password": "${file:callback.txt}"}
    secret_file("common/callback.txt", "password-beside-it")
    secret_file("callback.txt", "password-of-another")
    Path("common/defaults.yaml").write_text(
        yaml.safe_dump(
            {"version": 1, "defaults": {"applications": {"callback_credentials": credentials}}}
        )
    )
    spec = str(declare(without_credentials))
    assert cli("plan", spec, "common", "--out", PLAN).code == 0
    assert cli("apply", PLAN, "--yes").code == 0
    ran = cli("plan", spec, "common", "--detailed-exitcode")
    assert (ran.code, ran.err) == (0, "")


def test_each_row_has_its_secret_file_again(cli: Cli, declare: Declare, account: Account) -> None:
    def template(spec: dict[str, Any]) -> None:
        body = spec["applications"]["Production Server"]
        body["callback_credentials"]["password"] = "${file:${each.name}.txt}"
        spec["applications"]["${each.name}"] = {**body, "for_each": [{"name": "acme"}]}
        del body["callback_credentials"]

    declare(template)
    secret_file("acme.txt", "password-of-acme")
    assert cli("plan", "--out", PLAN).code == 0
    assert '"secret": "file:acme.txt"' in Path(PLAN).read_text()
    assert cli("apply", PLAN, "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_secret_of_the_command_line_is_not_saved(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare(with_password("${var.callback}"))
    ran = cli("plan", "--out", PLAN, "--var", "callback=password-of-the-line")
    assert ran.code == 1
    assert "This plan cannot be saved [not-savable]" in ran.err
    assert "password-of-the-line" not in ran.err


@pytest.mark.parametrize("written", ["${command:echo hidden}", "hidden", "x${CALLBACK_PASSWORD}"])
def test_what_cannot_be_read_again_without_a_command_is_not_saved(
    cli: Cli, declare: Declare, account: Account, written: str
) -> None:
    def secret(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"]["callback_credentials"]["password"] = written

    declare(secret)
    ran = cli("plan", "--out", PLAN, "--allow-commands")
    assert ran.code == 1
    assert "This plan cannot be saved [not-savable]" in ran.err
    assert not Path(PLAN).exists()
    assert [*Path().glob(".plan.json*")] == []


def test_a_plan_that_only_sends_a_secret_is_not_saved(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    cli("apply", "--yes")
    ran = cli("plan", "--resend-secrets", "--out", PLAN)
    assert ran.code == 1
    assert "Of application Production Server only a secret would be sent" in in_one_line(ran.err)


def test_a_newer_minor_version_is_read_and_its_members_passed_over(
    cli: Cli, saved: Path, account: Account
) -> None:
    def newer(document: dict[str, Any]) -> None:
        document.update(format_version="1.7", of_later=[1])
        document["steps"][0]["of_later"] = {}

    edit(saved, newer)
    assert cli("apply", PLAN, "--yes").code == 0
    as_declared(account)


def later_verb(document: dict[str, Any]) -> None:
    document["steps"][0]["verb"] = "paint"


def later_type(document: dict[str, Any]) -> None:
    for each in (document["changes"][0], document["steps"][0]):
        each["address"] = {"type": "brand", "path": ["A"]}


def commanded(document: dict[str, Any]) -> None:
    step = next(each for each in document["steps"] if each["address"]["type"] == "application")
    step["after"]["callback_credentials.password"]["secret"] = "command:touch ran"


BAD: list[tuple[Edit, str]] = [
    (lambda document: document.update(format_version="2.0"), "Its format is 2.0"),
    (lambda document: document.pop("steps"), "It was printed, not saved"),
    (later_verb, "not as the schema says at $.steps[0].verb"),
    (later_type, "brand, which this version does not know"),
    (lambda document: document["changes"].pop(0), "and no change"),
    (commanded, "'command:touch ran' for a secret, which it may not"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words for _, words in BAD])
def test_a_file_that_cannot_be_gone_by_is_refused_in_clear_words(
    cli: Cli, saved: Path, account: Account, change: Edit, words: str
) -> None:
    edit(saved, change)
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, list(account.log)) == (1, [])
    assert words in in_one_line(ran.err)
    assert not Path("ran").exists()


def test_an_edited_file_is_refused_by_its_checksum(cli: Cli, saved: Path, account: Account) -> None:
    saved.write_text(saved.read_text().replace('"quantity": 1', '"quantity": 100'))
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, list(account.log)) == (1, [])
    assert "It was edited or is damaged" in in_one_line(ran.err)


def test_a_file_that_was_cut_off_is_refused(cli: Cli, saved: Path, account: Account) -> None:
    saved.write_text(saved.read_text()[:-100])
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, list(account.log)) == (1, [])
    assert "It is damaged: it is not JSON as a whole." in in_one_line(ran.err)


def test_a_file_that_is_too_deep_is_refused(cli: Cli, saved: Path, account: Account) -> None:
    saved.write_text('{"format_version": ' + "[" * 100_000)
    ran = cli("apply", PLAN, "--yes")
    assert (ran.code, list(account.log)) == (1, [])
    assert "It is damaged: it is not JSON as a whole." in in_one_line(ran.err)


def test_it_is_bound_to_its_account_and_to_its_api(
    cli: Cli, saved: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = cli("apply", PLAN, "--yes", "--sandbox")
    assert ran.code == 1
    assert f"is for {account.server.url}, and this run would go to sandbox" in in_one_line(ran.err)
    monkeypatch.setenv("BW_ACCOUNT_ID", "9999999")
    ran = cli("apply", PLAN, "--yes")
    assert ran.code == 1
    assert "is for account 9900778, and BW_ACCOUNT_ID is 9999999" in in_one_line(ran.err)
    assert list(account.log) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("apply", PLAN, "provisioner.yaml"), "it is applied alone"),
        (("apply", PLAN, "--var", "a=b"), "A saved plan is what it is"),
        (("apply", PLAN, "--resend-secrets"), "A saved plan is what it is"),
        (("plan", "--against", "HEAD", "--out", "x.json"), "leave out --out"),
    ],
)
def test_what_does_not_go_together_is_refused(
    cli: Cli, saved: Path, account: Account, arguments: tuple[str, ...], words: str
) -> None:
    ran = cli(*arguments)
    assert (ran.code, list(account.log)) == (1, [])
    assert words in in_one_line(ran.err)


@pytest.mark.parametrize("command", ["validate", "plan", "drift", "show", "graph"])
def test_commands_that_want_a_spec_say_what_a_saved_plan_is_for(
    cli: Cli, saved: Path, account: Account, command: str
) -> None:
    ran = cli(command, PLAN)
    assert (ran.code, list(account.log)) == (1, [])
    assert "only `provisioner apply plan.json` takes it" in in_one_line(ran.err)
    assert "Unknown key" not in ran.err


def test_a_spec_in_json_is_still_a_spec(cli: Cli, declare: Declare, account: Account) -> None:
    path = declare()
    Path("spec.json").write_text(json.dumps(yaml.safe_load(path.read_text())))
    assert cli("apply", "spec.json", "--yes").code == 0
    as_declared(account)


def test_a_spec_that_comes_through_a_pipe_is_read_once(
    cli: Cli, declare: Declare, account: Account
) -> None:
    spec = declare()
    reading, writing = os.pipe()
    os.write(writing, spec.read_bytes())
    os.close(writing)
    ran = cli("apply", f"/dev/fd/{reading}", "--yes")
    os.close(reading)
    assert ran.code == 0, ran.everything
    as_declared(account)


def test_a_folder_that_is_not_there_is_told(cli: Cli, declare: Declare, account: Account) -> None:
    declare()
    ran = cli("plan", "--out", "no/such/plan.json")
    assert ran.code == 1
    assert "no/such/plan.json: there is no such folder." in in_one_line(ran.err)
