"""`plan --against REV`: the spec as it is against the spec as it was, with no account."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

from tests.cli.conftest import LOCATION

AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A"), ("EMAIL", "a@example.com"))
}


def git(*arguments: str) -> None:
    environ = {**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environ)  # noqa: S607 -- the git of whoever runs the tests


Commit = Callable[[], None]
AtLocation = Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]]


@pytest.fixture
def commit(declare: Declare) -> Commit:
    """Commits all there is; the repository has the spec as its first commit."""

    def committed() -> None:
        git("add", "--all")
        git("commit", "--message", "A change")

    declare()
    git("init", "--initial-branch", "main")
    committed()
    return committed


@pytest.mark.usefixtures("commit")
def test_a_spec_that_is_as_it_was_changes_nothing(cli: Cli) -> None:
    ran = cli("plan", "--against", "HEAD", "--detailed-exitcode")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Plan for account 9900778 at git revision HEAD (")
    assert ran.out.splitlines()[-1].startswith("No changes.")


@pytest.mark.usefixtures("commit")
def test_no_secret_is_needed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLBACK_PASSWORD")
    ran = cli("plan", "--against", "HEAD", "--detailed-exitcode")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.usefixtures("commit")
def test_what_a_change_of_the_files_does_is_told_without_the_account(
    cli: Cli, declare: Declare, untouched_account: Account
) -> None:
    def change(spec: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]) -> None:
        location = spec["sites"]["Raleigh"]["sippeers"][LOCATION]
        location["sms"] = {"toll_free": True, "short_code": False}
        location["mms"] = False
        location["numbers"] = [
            {"area_code": "910", "quantity": 3},
            {"area_code": "919", "quantity": 1},
        ]

    declare(change)
    ran = cli("plan", "--against", "HEAD", "--detailed-exitcode")
    assert ran.code == 2
    assert "disable MMS on Raleigh/Messaging East" in ran.out
    assert "short_code  true → false" in ran.out
    assert "order 2 numbers in area code 910" in ran.out
    assert "# 3 declared, 1 there" in ran.out
    assert "order 1 number in area code 919" in ran.out
    assert ran.out.endswith("Plan: 0 to create, 1 to change, 1 to delete, 3 numbers to order.\n")
    assert list(untouched_account.log) == []


def test_what_was_committed_since_is_told(cli: Cli, declare: Declare, commit: Commit) -> None:
    declare(lambda spec: spec["sites"]["Raleigh"].update(description="New"))
    commit()
    assert "No changes." in cli("plan", "--against", "HEAD").out
    assert "description  Test Gateway → New" in cli("plan", "--against", "HEAD~1").out


def test_what_is_no_longer_declared_is_told_to_stay(
    cli: Cli, declare: Declare, commit: Commit
) -> None:
    declare(lambda spec: spec["sites"].update(Durham=spec["sites"]["Raleigh"]))
    commit()
    declare()
    ran = cli("plan", "--against", "HEAD", "--json")
    assert ran.document["summary"]["delete"] == 0
    left = [each for each in ran.document["warnings"] if each["code"] == "no-longer-declared"]
    assert [each["detail"].partition(". ")[0] for each in left] == [
        "site Durham is not in the spec any more"
    ]


@pytest.mark.usefixtures("commit")
def test_a_file_that_was_not_there_is_all_new(cli: Cli) -> None:
    Path("provisioner.yaml").rename("specs.yaml")
    ran = cli("plan", "specs.yaml", "--against", "HEAD")
    assert ran.out.endswith("Plan: 6 to create, 0 to change, 0 to delete, 1 number to order.\n")


def test_folders_and_names_of_any_kind_are_found_from_anywhere(
    cli: Cli, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "specs für Ümläute\n"
    folder.mkdir()
    Path("provisioner.yaml").rename(folder / "a b.yaml")
    (folder / "link.yaml").symlink_to("/etc/passwd")
    (tmp_path / "large.bin").write_bytes(b"\0" * 100)
    git("add", "--all", "--", str(folder / "a b.yaml"))
    commit()
    (folder / "link.yaml").unlink()
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "No changes." in cli("plan", str(folder), "--against", "main").out


def test_another_account_has_nothing_of_it(cli: Cli, declare: Declare, commit: Commit) -> None:
    declare(lambda spec: spec.update(account="1234567"))
    assert "6 to create" in cli("plan", "--against", "HEAD").out


def test_without_an_account_it_works_too(cli: Cli, declare: Declare, commit: Commit) -> None:
    declare(lambda spec: spec.pop("account"))
    commit()
    ran = cli("plan", "--against", "HEAD", "--json")
    assert ran.document["account"] == "unnamed"
    assert ran.document["summary"]["create"] == 0


def test_a_spec_that_was_wrong_is_told_with_its_revision(
    cli: Cli, declare: Declare, commit: Commit
) -> None:
    declare(lambda spec: spec["sites"]["Raleigh"].update(descripton="Test"))
    commit()
    declare()
    ran = cli("plan", "--against", "HEAD")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("HEAD:provisioner.yaml:")
    assert "unknown-key" in ran.err
    assert "provisioner-" not in ran.err


@pytest.mark.usefixtures("commit")
@pytest.mark.parametrize("revision", ["nothing", "--help", "", "HEAD:provisioner.yaml"])
def test_a_revision_that_is_none_is_told(cli: Cli, revision: str) -> None:
    ran = cli("plan", f"--against={revision}")
    assert (ran.code, ran.out) == (1, "")
    assert f"There is no revision {revision!r}" in ran.err
    assert "shallow clone" in ran.err


@pytest.mark.usefixtures("commit")
def test_the_reports_are_written_as_for_an_account(cli: Cli, declare: Declare) -> None:
    declare(lambda spec: spec["sites"]["Raleigh"].update(description="New"))
    cli("plan", "--against", "HEAD", "--markdown", "plan.md")
    assert "**0 to create, 1 to change," in Path("plan.md").read_text()


@pytest.mark.usefixtures("commit")
def test_a_limit_counts_as_for_an_account(cli: Cli, declare: Declare) -> None:
    def change(spec: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]) -> None:
        location = spec["sites"]["Raleigh"]["sippeers"][LOCATION]
        location["numbers"] = [{"area_code": "910", "quantity": 500}]

    declare(change)
    ran = cli("plan", "--against", "HEAD")
    assert (ran.code, ran.out) == (1, "")
    assert "too-many-new-numbers" in ran.err


def test_outside_of_a_repository_git_says_so(cli: Cli, declare: Declare) -> None:
    declare()
    ran = cli("plan", "--against", "HEAD")
    assert ran.code == 1
    assert "not a git repository" in ran.err


@pytest.mark.usefixtures("commit")
def test_a_file_of_another_repository_is_refused(cli: Cli, tmp_path: Path) -> None:
    other = tmp_path.parent / f"{tmp_path.name}-other.yaml"
    other.write_text("version: 1\n")
    ran = cli("plan", "provisioner.yaml", str(other), "--against", "HEAD")
    assert ran.code == 1
    assert "is not in the git repository" in " ".join(ran.err.split())


@pytest.mark.usefixtures("commit")
def test_without_git_it_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ran = cli("plan", "--against", "HEAD")
    assert ran.code == 1
    assert "--against needs git" in ran.err


@pytest.mark.usefixtures("commit")
def test_the_embedded_account_and_a_revision_exclude_each_other(cli: Cli) -> None:
    ran = cli("plan", "--against", "HEAD", "--sandbox")
    assert ran.code == 1
    assert "leave out --sandbox" in ran.err


def test_a_faulty_row_of_then_is_told_with_its_place_there(
    cli: Cli, commit: Commit, declare: Declare
) -> None:
    def of_rows(spec: dict[str, dict[str, object]]) -> None:
        spec["applications"]["${each.name}"] = {
            "for_each": "rows.csv",
            "callback_url": "${each.url}",
        }

    declare(of_rows)
    rows = Path("rows.csv")
    rows.write_text("name,url\nAcme,nowhere\n")
    commit()
    rows.write_text("name,url\nAcme,https://hooks.acme.io/callbacks\n")
    ran = cli("plan", "--against", "HEAD")
    assert ran.code == 1
    assert "Row: HEAD:rows.csv:2:1" in ran.err


def test_another_campaign_is_refused_and_told_without_numbers_that_nobody_knows(
    cli: Cli, commit: Commit, declare: Declare, at_location: AtLocation
) -> None:
    declare(at_location({"campaign": "C1AB2CD"}))
    commit()
    declare(at_location({"campaign": "C2XY3ZW"}))
    ran = cli("plan", "--against", "HEAD")
    assert ran.code == 1
    assert "no. 1 of area_code=910 at Raleigh/Messaging East should be on C2XY3ZW" in " ".join(
        ran.err.split()
    )
