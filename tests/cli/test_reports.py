"""The files that plan, drift and validate write, and what they tell GitHub where they run there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import CALLBACK_PASSWORD

NAMES = ("markdown", "html", "junit", "sarif", "gitlab")
OPTIONS_OF = {name: (f"--{name}", f"report.{name}") for name in NAMES}
OPTIONS = [each for pair in OPTIONS_OF.values() for each in pair]


@pytest.fixture
def spec(declare: Declare) -> Path:
    return declare()


@pytest.fixture
def faulty(declare: Declare) -> Path:
    return declare(lambda spec: spec["sites"]["Raleigh"].update(descripton="Test"))


@pytest.fixture
def on_github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    summary = tmp_path / "summary.md"
    summary.write_text("What another step told.\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def report(name: str) -> str:
    return Path(f"report.{name}").read_text(encoding="utf-8")


def failures() -> list[str]:
    root = etree.fromstring(report("junit").encode())
    return [each.get("type", "") for each in root.iterfind(".//failure")]


@pytest.mark.usefixtures("spec", "account")
def test_a_plan_is_written_in_every_format(cli: Cli) -> None:
    ran = cli("plan", *OPTIONS)
    assert (ran.code, ran.err) == (0, "")
    assert "**6 to create, 0 to change, 0 to delete, 1 number to order.**" in report("markdown")
    assert "6 to create, 0 to change, 0 to delete, 1 number to order." in report("html")
    assert ":root {" in report("html")
    assert failures() == []
    assert json.loads(report("gitlab")) == {"create": 7, "update": 0, "delete": 0}
    assert json.loads(report("sarif"))["version"] == "2.1.0"


@pytest.mark.usefixtures("spec", "account")
def test_no_report_has_a_secret_in_it(cli: Cli) -> None:
    cli("plan", *OPTIONS)
    cli("apply", "--yes", "--quiet")
    cli("plan", "--resend-secrets", *OPTIONS)
    assert "password" in report("html")
    for name in NAMES:
        assert CALLBACK_PASSWORD not in report(name)


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_where_there_is_no_plan_the_reports_say_why(cli: Cli, command: str) -> None:
    ran = cli(command, *OPTIONS)
    assert (ran.code, ran.out) == (1, "")
    assert "unknown-key" in ran.err
    for name in ("markdown", "html", "junit", "sarif"):
        assert "unknown-key" in report(name), name
    assert failures() == ["unknown-key"]
    assert json.loads(report("gitlab")) == {}
    (result,) = json.loads(report("sarif"))["runs"][0]["results"]
    place: Any = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "provisioner.yaml"
    assert place["region"]["startLine"] > 1


@pytest.mark.usefixtures("spec")
def test_an_account_that_refuses_is_reported_too(
    cli: Cli, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BW_PASSWORD", "wrong-password")
    assert cli("plan", *OPTIONS).code == 1
    assert failures() == ["unauthorized"]
    assert "wrong-password" not in "".join(map(report, NAMES))


@pytest.mark.usefixtures("faulty")
def test_validate_reports_its_problems(cli: Cli) -> None:
    options = [each for name in ("junit", "sarif", "gitlab") for each in OPTIONS_OF[name]]
    assert cli("validate", *options).code == 1
    assert failures() == ["unknown-key"]
    (problem,) = json.loads(report("gitlab"))
    assert problem["check_name"] == "unknown-key"
    assert problem["location"]["path"] == "provisioner.yaml"


@pytest.mark.usefixtures("spec")
def test_a_valid_spec_is_a_test_that_passes(cli: Cli) -> None:
    assert cli("validate", *OPTIONS_OF["junit"], *OPTIONS_OF["gitlab"]).code == 0
    (case,) = etree.fromstring(report("junit").encode()).iterfind(".//testcase")
    assert case.get("name") == "provisioner.yaml"
    assert json.loads(report("gitlab")) == []


@pytest.mark.usefixtures("spec", "account")
def test_a_report_that_cannot_be_written_is_told_once_and_an_error(cli: Cli) -> None:
    ran = cli("plan", "--html", "nowhere/report.html", *OPTIONS_OF["markdown"])
    assert ran.code == 1
    assert "Plan: 6 to create" in ran.out
    assert ran.err.count("nowhere/report.html: No such file or directory.") == 1
    assert "6 to create" in report("markdown")


@pytest.mark.usefixtures("faulty")
def test_a_report_that_cannot_be_written_does_not_hide_the_problem(cli: Cli) -> None:
    ran = cli("plan", "--html", "nowhere/report.html")
    assert ran.code == 1
    assert "unknown-key" in ran.err
    assert "nowhere/report.html: No such file or directory." in ran.err


@pytest.mark.usefixtures("spec", "account")
def test_on_github_the_plan_is_in_the_summary_and_its_counts_are_a_notice(
    cli: Cli, on_github: Path
) -> None:
    ran = cli("plan", "--json")
    assert ran.document["type"] == "plan"
    assert re.fullmatch(r"::notice title=Plan for account \S+ at \S+::6 to create, .*\n", ran.err)
    summary = on_github.read_text()
    assert summary.startswith("What another step told.\n<!-- provisioner -->\n")
    assert "**6 to create," in summary


@pytest.mark.usefixtures("spec")
def test_on_github_an_apply_tells_its_report_and_what_failed_at_its_line(
    cli: Cli, on_github: Path, account: Account
) -> None:
    account.faults.add(Fault("status-before", method="POST", path="/sites$", nth=None, status=400))
    ran = cli("apply", "--yes", "--json")
    assert ran.code == 3
    (error,) = [line for line in ran.err.splitlines() if line.startswith("::")]
    assert re.match(
        r"::error title=A step failed \[step-failed\],file=provisioner.yaml,line=", error
    )
    assert "failed to create site Raleigh" in error
    assert re.search(r"### Apply\n\n```text\nCreated\n", on_github.read_text())
    assert "### Plan for account" in on_github.read_text()


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("command", ["validate", "plan", "drift", "apply"])
def test_on_github_problems_show_at_their_lines(cli: Cli, on_github: Path, command: str) -> None:
    ran = cli(command)
    assert ran.code == 1
    assert re.search(
        r"^::error title=Unknown key \[unknown-key\],file=provisioner.yaml,line=\d+,col=\d+::`desc",
        ran.err,
        re.MULTILINE,
    )
    assert ("### No plan" in on_github.read_text()) is (command != "validate")


@pytest.mark.usefixtures("spec", "account")
def test_elsewhere_nothing_is_told_to_github(cli: Cli) -> None:
    assert cli("plan").err == ""


@pytest.mark.usefixtures("spec", "account")
def test_drift_exits_with_2_until_the_account_is_as_declared(cli: Cli) -> None:
    ran = cli("drift", *OPTIONS_OF["junit"])
    assert ran.code == 2
    assert ran.out.endswith("\nDrift: 7 resources are not as declared.\n")
    assert failures() == [*["create"] * 6, "order"]
    cli("apply", "--yes", "--quiet")
    ran = cli("drift", *OPTIONS_OF["junit"])
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "No drift.")
    assert failures() == []


@pytest.mark.usefixtures("spec")
def test_drift_tells_what_somebody_else_changed(cli: Cli, account: Account) -> None:
    cli("apply", "--yes", "--quiet")
    account.call("DELETE", f"{account.messaging}/features/mms")
    ran = cli("drift")
    assert ran.code == 2
    assert "  + MMS on Raleigh/Messaging East: not there\n" in ran.out
    (moved,) = [
        each for each in cli("drift", "--json").document["changes"] if each["action"] != "no-op"
    ]
    assert moved["address"]["type"] == "mms"


@pytest.mark.parametrize("name", ["spec", "plan", "events"])
def test_every_schema_is_printed(cli: Cli, name: str) -> None:
    document = cli("schema", name).document
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert cli("schema").document["title"] == cli("schema", "spec").document["title"]


def test_another_schema_is_a_usage_error(cli: Cli) -> None:
    ran = cli("schema", "plans")
    assert (ran.code, ran.out) == (1, "")
    assert "'spec', 'plan', 'events'" in ran.err
