"""`provisioner init`: from nothing to a spec that applies."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import CALLBACK_PASSWORD, ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenAccount, OpenTerminal, Start

WRITTEN = [
    *("provisioner.yaml", "provisioner.schema.json", ".github/workflows/messaging.yml"),
    ".gitignore",
]
EXPORTED_PASSWORD = "PRODUCTION_SERVER_CALLBACK_PASSWORD"
PIPELINES = [".github/workflows/messaging.yml", ".gitlab-ci.yml"]
ANSWERS = {
    "Account id (empty: from BW_ACCOUNT_ID)": ["9900778"],
    "Its name [Production Server]": [""],
    "URL for all events": ["messages.acme.io", "https://messages.acme.io/in"],
    "User that callbacks name (empty: none)": ["callback-user"],
    "Its name [Main]": ["Raleigh: ${X}", "Raleigh: #1"],
    "House number": ["", "1600"],
    "Street": ["PENNSYLVANIA"],
    "City": ["WASHINGTON"],
    "State, two letters": ["Carolina", "DC"],
    "ZIP code": ["20006"],
    "Its name [Messaging]": ["East"],
    "Area code of its numbers (empty: none yet)": ["191", "910"],
    "How many, each of them billed [1]": ["0", "many", "2"],
}


def answer(asked: OpenTerminal, *arguments: str) -> str:
    running = asked("init", *arguments)
    for question, answers in ANSWERS.items():
        for each in answers:
            running.wait_for(f"{question}: ")
            running.shown = ""
            running.type(f"{each}\n")
    assert running.finish() == 0
    return running.shown


def applies_and_plans_to_nothing(cli: Cli) -> None:
    applied = cli("apply", "--sandbox", "--yes", "--quiet")
    assert applied.code == 0, applied.everything
    planned = cli("plan", "--sandbox", "--detailed-exitcode")
    assert planned.code == 0, planned.everything


def test_the_example_applies_and_then_plans_to_nothing(cli: Cli) -> None:
    ran = cli("init", "--minimal")
    assert (ran.code, ran.out) == (0, "".join(f"Wrote {path}\n" for path in WRITTEN))
    assert "provisioner plan --sandbox" in ran.err
    applies_and_plans_to_nothing(cli)


def test_what_was_answered_applies_and_then_plans_to_nothing(
    cli: Cli, terminal: OpenTerminal
) -> None:
    shown = answer(terminal)
    assert "export CALLBACK_PASSWORD=..." in shown
    spec = yaml.safe_load(Path("provisioner.yaml").read_text())
    site = spec["sites"]["Raleigh: #1"]
    assert site["address"]["house_number"] == "1600"
    assert site["sippeers"]["East"]["numbers"] == [{"area_code": "910", "quantity": 2}]
    assert (
        spec["applications"]["Production Server"]["callback_url"] == "https://messages.acme.io/in"
    )
    applies_and_plans_to_nothing(cli)


@pytest.mark.parametrize(
    ("before", "answer", "says"),
    [
        (3, "ab", "has 2 characters; at least 6 are needed"),
        (1, "x" * 51, "has 51 characters; at most 50 are possible"),
        (1, "Server ${HOME}", "`Its name` cannot hold `${`"),
        (2, "acme.io", "For example: https://"),
        (0, "99 00", "`Account id`"),
    ],
)
def test_an_answer_that_the_spec_would_not_take_is_refused_with_the_reason(
    before: int, answer: str, says: str, terminal: OpenTerminal
) -> None:
    asked = terminal("init", COLUMNS="200")
    questions = [(question, answers[-1]) for question, answers in ANSWERS.items()]
    for question, good in questions[:before]:
        asked.wait_for(f"{question}: ")
        asked.shown = ""
        asked.type(f"{good}\n")
    asked.wait_for(": ")
    asked.shown = ""
    asked.type(f"{answer}\n")
    asked.wait_for("Error: ")
    asked.wait_for(says)


def test_the_account_of_the_environment_is_offered(terminal: OpenTerminal) -> None:
    asked = terminal("init", BW_ACCOUNT_ID="1234567")
    asked.wait_for("Account id (empty: from BW_ACCOUNT_ID) [1234567]: ")


def test_ctrl_c_leaves_nothing_behind(terminal: OpenTerminal, tmp_path: Path) -> None:
    asked = terminal("init")
    asked.wait_for("Account id")
    asked.wait_until_asleep()
    asked.send(signal.SIGINT)
    assert asked.finish() == 130
    assert [*tmp_path.iterdir()] == []


def test_who_has_no_spec_is_told_of_it(cli: Cli) -> None:
    assert "`provisioner init` writes one" in cli("plan").err
    assert "`provisioner init`" not in cli("plan", "other.yaml").err


def test_without_a_terminal_nobody_is_asked(cli: Cli, tmp_path: Path) -> None:
    refused = cli("init")
    assert (refused.code, refused.out) == (1, "")
    assert "Add --minimal" in refused.err
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("path", WRITTEN[:-1])
def test_nothing_is_written_over(path: str, cli: Cli, tmp_path: Path) -> None:
    there = tmp_path / path
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine")
    refused = cli("init", "--minimal")
    assert refused.code == 1
    assert f"{path} is there already" in refused.err
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [there]
    assert there.read_text() == "mine"


def test_where_a_folder_cannot_be_made_nothing_is_written(cli: Cli, tmp_path: Path) -> None:
    Path(".github").write_text("a file")
    refused = cli("init", "--minimal")
    assert refused.code == 1
    assert ".github" in refused.err
    assert [*tmp_path.iterdir()] == [tmp_path / ".github"]


@pytest.fixture
def filled(
    cli: Cli, declare: Declare, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Account:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    Path("provisioner.yaml").unlink()
    Path(".provisioner/.gitignore").unlink()
    monkeypatch.setenv("BW_ACCOUNT_ID", account.settings.account)
    return account


@pytest.mark.usefixtures("filled")
def test_what_the_account_has_plans_to_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = cli("init", "--from-account")
    assert (ran.code, ran.out) == (0, "".join(f"Wrote {path}\n" for path in WRITTEN))
    assert "Exported 1 application, 1 site, 1 sippeer, 1 number to provisioner.yaml." in ran.err
    assert f"  export {EXPORTED_PASSWORD}=...\n" in ran.err
    monkeypatch.setenv(EXPORTED_PASSWORD, CALLBACK_PASSWORD)
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.everything


@pytest.mark.usefixtures("filled")
def test_the_spec_of_an_account_is_the_one_that_export_prints(cli: Cli) -> None:
    assert cli("init", "--from-account", "--ci", "none").code == 0
    spec = Path("provisioner.yaml").read_text()
    assert spec == cli("export").out
    assert spec.startswith("# yaml-language-server: $schema=provisioner.schema.json\n")
    assert Path("provisioner.schema.json").exists()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("ci", "path", "asks"),
    [
        ("github", PIPELINES[0], f"{EXPORTED_PASSWORD}: ${{{{ secrets.{EXPORTED_PASSWORD} }}}}"),
        ("gitlab", PIPELINES[1], f"BW_CLIENT_SECRET, {EXPORTED_PASSWORD}.\n"),
    ],
)
def test_the_pipeline_of_an_account_asks_for_its_passwords(
    ci: str, path: str, asks: str, cli: Cli
) -> None:
    assert cli("init", "--from-account", "--ci", ci).code == 0
    pipeline = Path(path).read_text()
    assert asks in pipeline
    assert " CALLBACK_PASSWORD" not in pipeline


@pytest.mark.usefixtures("filled")
def test_the_way_to_the_account_may_come_from_a_file(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BW_ACCOUNT_ID")
    Path("east.env").write_text("BW_ACCOUNT_ID=9900778\n")
    assert cli("init", "east", "--from-account", "--env-file", "east.env").code == 0
    exported = cli("export", "--env-file", "east.env")
    assert exported.out == Path("east/provisioner.yaml").read_text()


def test_the_embedded_account_is_one_as_well(cli: Cli) -> None:
    cli("init", "first", "--minimal", "--ci", "none")
    assert cli("apply", "first", "--sandbox", "--yes", "--quiet").code == 0
    ran = cli("init", "second", "--from-account", "--sandbox")
    hint = "provisioner plan second/provisioner.yaml --sandbox"
    assert f"  {hint}  " in ran.err
    assert "No changes." in cli(*hint.split()[1:]).out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from-account",), "The account is missing: export BW_ACCOUNT_ID."),
        (("--from-account", "--minimal"), "either --minimal or --from-account"),
        (("--minimal", "--sandbox"), "leave out --sandbox"),
    ],
)
def test_an_account_that_cannot_be_meant_is_refused(
    arguments: tuple[str, ...], complaint: str, cli: Cli, tmp_path: Path
) -> None:
    refused = cli("init", "there", *arguments)
    assert (refused.code, refused.out) == (1, "")
    assert complaint in " ".join(refused.err.split())
    assert [*tmp_path.iterdir()] == []


def test_an_account_that_cannot_be_read_leaves_nothing_behind(
    cli: Cli, shared_account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BW_ACCOUNT_ID", shared_account.settings.account)
    monkeypatch.setenv("BW_PASSWORD", "somebody-elses")
    refused = cli("init", "there", "--from-account")
    assert (refused.code, refused.out) == (1, "")
    assert "somebody-elses" not in refused.err
    assert [*tmp_path.iterdir()] == []


def test_ctrl_c_while_the_account_is_read_leaves_nothing_behind(
    start: Start, open_account: OpenAccount, tmp_path: Path
) -> None:
    slow = open_account()
    slow.faults.add(Fault("hang", path=r"/sites", nth=None))
    running = start("init", "--from-account", "-v", BW_ACCOUNT_ID="9900778", **slow.environ)
    running.wait_for_told("/applications -> 200")
    running.send(signal.SIGINT)
    assert running.finish().code == 130
    assert [*tmp_path.iterdir()] == []


def test_a_gitignore_that_is_there_stays_and_what_it_lacks_is_told(cli: Cli) -> None:
    Path(".gitignore").write_text(".env\n")
    ran = cli("init", "--minimal")
    assert ran.code == 0
    assert "Add to .gitignore: .provisioner/\n" in ran.err
    assert Path(".gitignore").read_text() == ".env\n"


@pytest.mark.parametrize(
    ("ci", "path"),
    [("github", ".github/workflows/messaging.yml"), ("gitlab", ".gitlab-ci.yml"), ("none", "")],
)
def test_the_pipeline_is_the_one_that_is_handed_out(ci: str, path: str, cli: Cli) -> None:
    ran = cli("init", "there", "--minimal", "--ci", ci)
    assert ran.code == 0
    assert "cd there\n" in ran.err
    found = [each for each in PIPELINES if Path("there", each).exists()]
    assert found == ([path] if path else [])
    if path:
        example = (ROOT / "examples/ci" / f"{ci}.yml").read_text()
        of_this_spec = example.replace("pecs: specs", "pecs: provisioner.yaml")
        of_this_spec = of_this_spec.replace("SPECS: specs", "SPECS: provisioner.yaml")
        assert Path("there", path).read_text() == of_this_spec != example
        assert "messaging-$" in of_this_spec, "one apply at a time for an account"


def test_the_pipelines_in_the_package_are_those_of_the_examples() -> None:
    packaged = sorted((ROOT / "provisioner/cli/pipelines").iterdir())
    assert [each.name for each in packaged] == ["github.yml", "gitlab.yml"]
    for each in packaged:
        assert each.read_text() == (ROOT / "examples/ci" / each.name).read_text()
