"""Who applied what, when, from which commit, and what came of it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.cli.recording import job_in
from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/accounts",
    "GITHUB_RUN_ID": "4711",
}
JOBS = {*GITHUB, "CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL"}


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in JOBS & {*os.environ}:
        monkeypatch.delenv(name)


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
    command = ["git", *identity, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_an_apply_is_listed_with_its_steps_ids_and_orders(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("history").out == "No run is recorded in .provisioner/journal.sqlite3.\n"
    assert cli("apply", "--yes", "--quiet").code == 0
    assert cli("apply", "--yes", "--quiet").code == 0
    heading, columns, second, first = cli("history").out.splitlines()
    assert heading == f"Account 9900778 at {account.server.url}"
    assert columns.split() == ["RUN", "STARTED", "(UTC)", "BY", "COMMIT", "STEPS", "ENDED"]
    assert re.match(r"2 .* none +no changes$", second)
    assert re.match(r"1 .* 7 done +complete$", first)
    shown = cli("history", "1")
    (order,) = account.texts("/orders?page=1&size=10", "orderId")
    assert shown.out.startswith("Run 1: complete\n")
    for line in (
        "  done       create site Raleigh: 13651",
        "  done       create SMS on Raleigh/Messaging East",
        "  done       order numbers (area_code=910) for Raleigh/Messaging East:",
        f"               {order}, 1 number",
    ):
        assert line in shown.out.splitlines()


def test_programs_get_the_same_as_one_document(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    (listed,) = cli("history", "--json").document["runs"]
    assert (listed["run"], listed["ending"], listed["counts"]) == (1, "complete", {"done": 7})
    assert (listed["account"], listed["origin"]) == ("9900778", account.server.url)
    assert (listed["job"], listed["commit"]) == (None, None)
    shown = cli("history", "1", "--json").document
    assert {**shown, "steps": []} == listed
    numbers = [step["numbers"] for step in shown["steps"]]
    assert sum(numbers) == 1


def test_a_run_says_from_which_commit_it_was(
    cli: Cli, declare: Declare, shared_account: Account
) -> None:
    spec = declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    git("init", "-q")
    git("add", spec.name)
    git("commit", "-qm", "Declare")
    assert cli("apply", "--yes").code == 0
    spec.write_text(f"{spec.read_text()}# more\n")
    assert cli("apply", "--yes").code == 0
    changed, clean = cli("history", "--json").document["runs"]
    assert clean["commit"] == changed["commit"] == git("rev-parse", "HEAD")
    assert (clean["changed_since_commit"], changed["changed_since_commit"]) == (False, True)
    assert clean["digest"] != ""
    assert f"{clean['commit'][:7]}+ " in cli("history").out


def test_a_machine_without_git_records_no_commit(
    cli: Cli, declare: Declare, shared_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    monkeypatch.setenv("PATH", "")
    assert cli("apply", "--yes").code == 0
    assert cli("history", "--json").document["runs"][0]["commit"] is None


def test_a_user_without_a_name_is_told_by_number(
    cli: Cli, declare: Declare, shared_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert cli("apply", "--yes").code == 0
    assert cli("history", "--json").document["runs"][0]["user"] == str(os.getuid())


@pytest.mark.parametrize(
    ("environ", "job"),
    [
        ({}, ""),
        (GITHUB, "https://github.com/acme/accounts/actions/runs/4711"),
        ({**GITHUB, "GITHUB_RUN_ID": ""}, ""),
        ({"CI_JOB_URL": "https://gitlab.example.com/1"}, "https://gitlab.example.com/1"),
        ({"BUILD_URL": "https://jenkins.example.com/1"}, "https://jenkins.example.com/1"),
    ],
    ids=["none", "github", "half of it", "gitlab", "jenkins"],
)
def test_the_ci_job_comes_from_the_environment(environ: dict[str, str], job: str) -> None:
    assert job_in(environ) == job


def test_a_failure_is_listed_with_its_reason(cli: Cli, declare: Declare, account: Account) -> None:
    declare()
    account.faults.add(Fault("status-before", method="POST", path="/sites$", nth=None, status=400))
    assert cli("apply", "--yes", "--quiet").code == 3
    (run,) = cli("history", "--json").document["runs"]
    assert (run["ending"], run["counts"]) == ("incomplete", {"done": 1, "failed": 1, "skipped": 5})
    assert "HTTP 400" in cli("history", "1").out


def test_a_refused_plan_is_a_failed_run(cli: Cli, declare: Declare, account: Account) -> None:
    declare(lambda spec: spec.update(limits={"new_numbers": 0}))
    assert cli("apply", "--yes").code == 1
    (run,) = cli("history", "--json").document["runs"]
    assert run["ending"] == "failed"
    assert "new_numbers" in run["detail"]


def test_a_run_that_is_not_there_is_told(cli: Cli, tmp_path: Path) -> None:
    ran = cli("history", "7")
    assert (ran.code, ran.out) == (1, "")
    assert "There is no run 7 in .provisioner/journal.sqlite3." in " ".join(ran.err.split())
    assert "`provisioner history` lists them." in " ".join(ran.err.split())
    refused = cli("history", "7", "--json").document
    assert refused["problems"][0]["code"] == "settings"
    assert not (tmp_path / ".provisioner").exists(), "looking makes nothing"


def test_a_run_that_is_not_there_yet_is_told(
    cli: Cli, declare: Declare, shared_account: Account
) -> None:
    declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    assert cli("apply", "--yes").code == 0
    assert cli("history", "2").code == 1


def test_only_so_many_runs_are_listed(cli: Cli, declare: Declare, shared_account: Account) -> None:
    declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    for _ in range(3):
        assert cli("apply", "--yes").code == 0
    runs = cli("history", "--limit", "2", "--json").document["runs"]
    assert [each["run"] for each in runs] == [3, 2]


def test_another_journal_has_another_history(
    cli: Cli, declare: Declare, shared_account: Account, tmp_path: Path
) -> None:
    declare(lambda spec: [spec.pop("sites"), spec.pop("applications")])
    elsewhere = "some/where/else.sqlite3"
    assert cli("apply", "--yes", "--journal", elsewhere).code == 0
    assert not (tmp_path / ".provisioner").exists()
    assert "no changes" in cli("history", "--journal", elsewhere).out
    assert cli("history").out.startswith("No run is recorded")


def test_what_is_no_journal_has_no_history(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but as long as a header is\n" * 20)
    for arguments in (["--journal", "notes.txt"], ["1", "--journal", "notes.txt"]):
        ran = cli("history", *arguments)
        assert ran.code == 1
        assert "file is not a database" in " ".join(ran.err.split())
