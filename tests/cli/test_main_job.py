"""The main job: a file becomes an account, and a second run finds nothing to do."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenAccount, Ran, Start

ROOT = Path(__file__).parents[2]
QUICKSTART = str(ROOT / "examples" / "quickstart.yaml")
NUMBER = re.compile(r"\+1910\d{7}")
STEPS = ["application", "site", "sippeer", "sms", "mms", "messaging_application", "numbers"]


@pytest.fixture
def plan_schema() -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text())
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def applied(cli: Cli, account: Account) -> Ran:
    return cli("apply", QUICKSTART, "--yes")


def test_the_main_job_on_the_embedded_account(cli: Cli) -> None:
    sandboxed = (QUICKSTART, "--sandbox")
    assert cli("plan", *sandboxed, "--detailed-exitcode").code == 2
    applied = cli("apply", *sandboxed, "--yes")
    assert applied.code == 0
    assert cli("plan", *sandboxed, "--detailed-exitcode").code == 0
    shown = cli("show", *sandboxed)
    assert shown.out.startswith("Account 9900778 at sandbox\n")
    (number,) = NUMBER.findall(applied.out)
    assert number in shown.out


def test_the_first_plan_creates_six_things_and_orders_one_number(cli: Cli) -> None:
    ran = cli("plan", QUICKSTART, "--sandbox", "--detailed-exitcode")
    assert ran.code == 2
    assert ran.out.startswith("Plan for account 9900778 at sandbox\n")
    assert ran.out.endswith("\nPlan: 6 to create, 0 to change, 0 to delete, 1 number to order.\n")
    assert ran.err == ""


def test_a_plan_with_changes_exits_with_0_unless_asked_otherwise(cli: Cli) -> None:
    assert cli("plan", QUICKSTART, "--sandbox").code == 0


def test_apply_makes_it_so_and_prints_ids_and_the_number(applied: Ran) -> None:
    assert applied.code == 0
    created = applied.out.partition("\nCreated\n")[2]
    assert re.search(r"application Production Server +[0-9a-f-]{36}\n", created)
    assert re.search(r"site Raleigh +\d+\n", created)
    assert re.search(r"sippeer Raleigh/Bandwidth Messaging 2 test2 +\d+\n", created)
    assert len(NUMBER.findall(created)) == 1
    assert "Applied: 6 created, 0 changed, 0 deleted, 1 number ordered in " in applied.out


def test_progress_is_one_line_a_finished_step_on_standard_error(applied: Ran) -> None:
    progress, _, warnings = applied.err.partition("\n\n")
    assert "[callback-unreachable]" in warnings
    told = [line[8:].split()[0] for line in progress.splitlines()]
    assert [word for word in told if word != "order"] == [
        "created",
        "created",
        "created",
        "enabled",
        "enabled",
        "assigned",
        "ordered",
    ]


@pytest.mark.usefixtures("applied")
def test_a_second_plan_finds_nothing_to_do(cli: Cli) -> None:
    ran = cli("plan", QUICKSTART, "--detailed-exitcode")
    assert ran.code == 0
    assert ran.out.endswith("\nNo changes. The account has everything that the spec declares.\n")


@pytest.mark.usefixtures("applied")
def test_a_second_apply_asks_nothing_and_changes_nothing(cli: Cli) -> None:
    ran = cli("apply", QUICKSTART)
    assert (ran.code, ran.err) == (0, "")
    assert "No changes." in ran.out


def test_show_prints_the_ids_and_the_number_again(cli: Cli, applied: Ran) -> None:
    ran = cli("show", QUICKSTART)
    assert (ran.code, ran.err) == (0, "")
    assert NUMBER.findall(ran.out) == NUMBER.findall(applied.out)
    assert re.findall(r"site Raleigh +(\d+)", ran.out) == re.findall(
        r"site Raleigh +(\d+)", applied.out
    )


@pytest.mark.usefixtures("applied")
def test_show_gives_ids_and_numbers_to_programs(cli: Cli) -> None:
    resources = cli("show", QUICKSTART, "--json").document["resources"]
    by_type = {each["address"]["type"]: each for each in resources}
    assert list(by_type) == STEPS
    assert all(each["exists"] for each in resources)
    assert len(by_type["application"]["id"]) == 36
    assert by_type["site"]["id"].isdecimal()
    assert by_type["sippeer"]["id"].isdecimal()
    assert by_type["numbers"]["numbers"] == by_type["sippeer"]["numbers"]
    assert [NUMBER.fullmatch(each) is not None for each in by_type["numbers"]["numbers"]] == [True]


@pytest.mark.usefixtures("account")
def test_show_says_what_is_not_there_yet(cli: Cli) -> None:
    ran = cli("show", QUICKSTART)
    assert ran.code == 0
    assert re.search(r"site Raleigh +not there", ran.out)
    assert "0 of 1 number" in ran.out


@pytest.mark.usefixtures("account")
def test_the_plan_as_json_is_as_its_schema_says(
    cli: Cli, plan_schema: Draft202012Validator
) -> None:
    before = cli("plan", QUICKSTART, "--json", "--detailed-exitcode")
    assert before.code == 2
    plan_schema.validate(before.document)
    assert before.document["summary"] == {
        "create": 6,
        "update": 0,
        "delete": 0,
        "order": 1,
        "numbers_to_order": 1,
        "numbers_to_move": 0,
        "numbers_to_assign": 0,
        "numbers_to_release": 0,
        "orders_to_close": 0,
        "no_op": 0,
        "unmanaged": 0,
        "unclaimed_numbers": 0,
    }
    cli("apply", QUICKSTART, "--yes")
    after = cli("plan", QUICKSTART, "--json").document
    plan_schema.validate(after)
    assert {change["action"] for change in after["changes"]} == {"no-op"}


def test_the_plan_of_the_embedded_account_is_as_the_schema_says(
    cli: Cli, plan_schema: Draft202012Validator
) -> None:
    document = cli("plan", QUICKSTART, "--sandbox", "--json").document
    plan_schema.validate(document)
    assert document["origin"] == "sandbox"


@pytest.mark.usefixtures("account")
def test_apply_as_json_is_lines_from_the_version_to_the_report(
    cli: Cli, plan_schema: Draft202012Validator
) -> None:
    ran = cli("apply", QUICKSTART, "--yes", "--json")
    assert (ran.code, ran.err) == (0, "")
    version, plan, *events, report = ran.lines
    assert version == {"type": "version", "format_version": "1.0", "tool_version": "0.1.0"}
    assert plan["type"] == "plan"
    plan_schema.validate(plan)
    finished = [each for each in events if each["type"] == "step_finished"]
    assert sorted(each["address"]["type"] for each in finished) == sorted(STEPS)
    assert {each["status"] for each in finished} == {"done"}
    assert report["type"] == "report"
    assert (report["complete"], report["wrote"]) == (True, True)


@pytest.mark.usefixtures("account")
def test_apply_as_json_with_nothing_to_do_is_version_plan_and_an_empty_report(
    cli: Cli,
) -> None:
    cli("apply", QUICKSTART, "--yes")
    ran = cli("apply", QUICKSTART, "--json")
    version, plan, report = ran.lines
    assert [version["type"], plan["type"], report["type"]] == ["version", "plan", "report"]
    assert (report["complete"], report["wrote"], report["steps"]) == (True, False, [])


@pytest.mark.usefixtures("shared_account")
def test_a_dry_run_is_a_plan(cli: Cli) -> None:
    dry = cli("apply", QUICKSTART, "--dry-run", "--detailed-exitcode")
    assert dry == cli("plan", QUICKSTART, "--detailed-exitcode")
    assert dry.code == 2


def test_a_dry_run_writes_nothing(cli: Cli, account: Account, declare: Declare) -> None:
    declare()
    assert cli("apply", "--dry-run", "--yes").code == 0
    assert len(account.log) > 0
    assert account.writes == []


def test_validate_counts_what_is_declared(cli: Cli) -> None:
    ran = cli("validate", QUICKSTART)
    assert (ran.code, ran.out, ran.err) == (0, f"Valid: 7 resources in {QUICKSTART}.\n", "")


def test_validate_counts_one_in_the_singular(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("version: 1\napplications: {A: {}}\n")
    assert cli("validate", "one.yaml").out == "Valid: 1 resource in one.yaml.\n"


def test_validate_warns_and_is_still_valid(cli: Cli, declare: Declare) -> None:
    declare(lambda spec: spec["sites"].update({"A name that is long": {}}))
    ran = cli("validate")
    assert ran.code == 0
    assert "warning: Longer than documented" in ran.err
    assert ran.out.startswith("Valid: ")
    as_json = cli("validate", "--json")
    assert as_json.document["valid"] is True
    assert [each["severity"] for each in as_json.document["problems"]] == ["warning"]


def test_validate_as_json(cli: Cli) -> None:
    assert cli("validate", QUICKSTART, "--json").document == {"valid": True, "problems": []}


def test_the_printed_schema_is_the_one_in_the_project(cli: Cli) -> None:
    ran = cli("schema")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (ROOT / "schemas" / "spec.schema.json").read_text()


def test_the_schema_may_be_asked_for_as_json_like_everything_else(cli: Cli) -> None:
    assert cli("schema", "--json") == cli("schema")


def test_the_account_may_come_from_the_environment(
    cli: Cli, declare: Declare, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(lambda spec: spec.pop("account"))
    monkeypatch.setenv("BW_ACCOUNT_ID", account.settings.account)
    assert cli("plan", "--json").document["account"] == account.settings.account


@pytest.fixture
def careless() -> Iterator[None]:
    """A user whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
def test_the_embedded_account_is_kept_for_its_user_alone(cli: Cli, tmp_path: Path) -> None:
    """It holds the passwords of callbacks."""
    assert cli("apply", QUICKSTART, "--sandbox", "--yes").code == 0
    folder = tmp_path / ".provisioner"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = [path for path in folder.iterdir() if path.name != ".gitignore"]
    names = sorted(path.name for path in kept)
    assert names == ["journal.key", "journal.sqlite3", "sandbox-9900778.sqlite3"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600] * 3


def test_the_embedded_account_keeps_itself_out_of_version_control(cli: Cli, tmp_path: Path) -> None:
    assert cli("plan", QUICKSTART, "--sandbox").code == 0
    ignore = tmp_path / ".provisioner" / ".gitignore"
    assert ignore.read_text() == "*\n"
    ignore.write_text("# mine\n")
    assert cli("plan", QUICKSTART, "--sandbox").code == 0
    assert ignore.read_text() == "# mine\n"


def test_the_embedded_account_needs_no_account_in_the_spec(cli: Cli, declare: Declare) -> None:
    declare(lambda spec: spec.pop("account"))
    assert cli("plan", "--sandbox", "--json").document["account"] == "9900778"


def test_the_embedded_account_ignores_the_credentials_of_a_real_one(
    cli: Cli, account: Account
) -> None:
    assert cli("plan", QUICKSTART, "--sandbox").code == 0
    assert len(account.log) == 0


@pytest.fixture
def by_prose(open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Account:
    account = open_account(dialect="v1-prose")
    for name, value in account.environ.items():
        monkeypatch.setenv(name, value)
    return account


def test_a_site_whose_creation_is_answered_in_prose_is_found_by_name(
    cli: Cli, declare: Declare, by_prose: Account
) -> None:
    declare()
    ran = cli("apply", "--yes")
    assert ran.code == 0
    created = next(
        entry
        for entry in by_prose.log
        if entry.method == "POST" and entry.target.endswith("/sites")
    )
    assert b"<" not in created.answer
    assert f"site Raleigh                    {by_prose.text('/sites', 'Id')}" in ran.out
    assert "No changes." in cli("plan").out


@pytest.mark.parametrize("dialect", ["v1", "v1-prose"])
@pytest.mark.parametrize("scheme", ["basic", "oauth"])
def test_a_served_sandbox_is_an_account_like_any_other(
    start: Start,
    cli: Cli,
    declare: Declare,
    monkeypatch: pytest.MonkeyPatch,
    dialect: str,
    scheme: str,
) -> None:
    served = start("sandbox", "--port", "0", "--json", "--dialect", dialect, "--order-delay", "0")
    ready: dict[str, Any] = json.loads(served.line())
    assert ready["event"] == "ready"
    named = {
        "basic": {"BW_USERNAME": "username", "BW_PASSWORD": "password"},
        "oauth": {"BW_CLIENT_ID": "client_id", "BW_CLIENT_SECRET": "client_secret"},
    }
    monkeypatch.setenv("BW_API_URL", ready["url"])
    for variable, key in named[scheme].items():
        monkeypatch.setenv(variable, ready[key])
    declare(lambda spec: spec.update(account=ready["account"]))
    assert cli("plan", "--detailed-exitcode").code == 2
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    shown = cli("show", "--json").document
    assert shown["origin"] == ready["url"]
    assert all(each["exists"] for each in shown["resources"])
    served.send(signal.SIGTERM)
    assert served.finish().code == 0


def test_locations_of_one_name_on_two_sites_are_two(
    cli: Cli, declare: Declare, account: Account
) -> None:
    def change(spec: dict[str, Any]) -> None:
        spec["sites"]["Durham"] = spec["sites"]["Raleigh"]

    declare(change)
    assert cli("apply", "--yes").code == 0
    shown = cli("show", "--json").document["resources"]
    ids = [each["id"] for each in shown if each["address"]["type"] == "sippeer"]
    assert len(set(ids)) == 2
    assert cli("plan", "--detailed-exitcode").code == 0
    for site in account.texts("/sites", "Id"):
        (location,) = account.texts(f"/sites/{site}/sippeers", "PeerId")
        assert location in ids


def test_several_files_are_one_spec(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "applications.yaml").write_text(
        "version: 1\napplications:\n  Server: {callback_url: https://example.com}\n"
    )
    (tmp_path / "specs" / "sites.yml").write_text(
        "version: 1\nsites:\n  Raleigh:\n    sippeers:\n"
        "      East: {sms: true, application: Server}\n"
    )
    summary: Callable[[Ran], Any] = lambda ran: ran.document["summary"]["create"]  # noqa: E731
    assert summary(cli("plan", "specs", "--sandbox", "--json")) == 5
    files = ("specs/sites.yml", "specs/applications.yaml")
    assert summary(cli("plan", *files, "--sandbox", "--json")) == 5
