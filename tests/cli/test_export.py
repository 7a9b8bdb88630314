"""An account that was made by hand becomes a spec, and the spec says what is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenTerminal

VARIABLE = "PRODUCTION_SERVER_CALLBACK_PASSWORD"


@pytest.fixture(autouse=True)
def which_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BW_ACCOUNT_ID", "9900778")
    monkeypatch.setenv(VARIABLE, "callback-password-1")


@pytest.fixture
def filled(cli: Cli, declare: Declare, account: Account) -> Account:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    Path("provisioner.yaml").unlink()
    return account


def names_in(folder: str) -> list[str]:
    return sorted(each.name for each in Path(folder).iterdir())


@pytest.mark.usefixtures("filled")
def test_what_was_exported_plans_to_nothing(cli: Cli) -> None:
    exported = cli("export", "-o", "provisioner.yaml")
    assert (exported.code, exported.out) == (0, "")
    assert (
        "Exported 1 application, 1 site, 1 sippeer, 1 number to provisioner.yaml." in exported.err
    )
    assert f"  export {VARIABLE}=..." in exported.err
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.everything
    assert "No changes." in planned.out


@pytest.mark.usefixtures("filled")
def test_without_a_file_it_is_printed_and_everything_else_is_not(cli: Cli) -> None:
    printed = cli("export").out
    assert printed.startswith(
        "# yaml-language-server: $schema=provisioner.schema.json\nversion: 1\n"
    )
    cli("export", "-o", "spec.yaml")
    assert Path("spec.yaml").read_text() == printed


@pytest.mark.usefixtures("filled")
def test_no_password_is_in_it(cli: Cli) -> None:
    exported = cli("export", "-vv")
    assert f'password: "${{{VARIABLE}}}"' in exported.out
    assert "callback-password-1" not in exported.everything


@pytest.mark.usefixtures("filled")
def test_one_changed_field_is_all_that_a_plan_shows(cli: Cli) -> None:
    cli("export", "-o", "provisioner.yaml")
    spec = Path("provisioner.yaml")
    spec.write_text(spec.read_text().replace("Test Gateway", "Headquarters"))
    planned = cli("plan", "--json").document
    (change,) = (each for each in planned["changes"] if each["action"] != "no-op")
    assert change["address"] == {"type": "site", "path": ["Raleigh"]}
    assert [each["path"] for each in change["attributes"]] == ["description"]


@pytest.mark.usefixtures("filled")
def test_the_folder_of_a_split_export_is_one_spec(cli: Cli) -> None:
    exported = cli("export", "--split", "account")
    assert exported.code == 0, exported.everything
    assert names_in("account") == ["applications.yaml", "raleigh.yaml"]
    assert "No changes." in cli("plan", "account").out


@pytest.mark.usefixtures("filled")
def test_numbers_can_be_listed_instead_of_counted(cli: Cli) -> None:
    assert cli("export", "--exact-numbers", "-o", "provisioner.yaml").code == 0
    text = Path("provisioner.yaml").read_text()
    assert re.search(r'- telephone_numbers:\n +- "\+1910\d{7}"\n', text)
    assert "No changes." in cli("plan").out


@pytest.mark.usefixtures("filled")
def test_a_part_of_the_account_is_a_spec_too(cli: Cli) -> None:
    one = cli("export", "--application", "Production Server")
    assert "applications:" in one.out
    assert "sites:" not in one.out
    site = cli("export", "--site", "Raleigh", "-o", "provisioner.yaml")
    assert site.code == 0, site.everything
    assert "No changes." in cli("plan").out


@pytest.mark.usefixtures("filled")
def test_a_site_that_is_not_there_is_refused_with_a_way_out(cli: Cli) -> None:
    refused = cli("export", "--site", "Raleih")
    assert (refused.code, refused.out) == (1, "")
    assert 'The account has no site "Raleih". Did you mean "Raleigh"?' in refused.err


def test_nothing_is_written_over(untouched_account: Account, cli: Cli) -> None:
    untouched_account.log.clear()
    Path("mine.yaml").write_text("mine")
    Path("folder").mkdir()
    Path("folder/other.yml").write_text("mine")
    for arguments in (("-o", "mine.yaml"), ("--split", "folder")):
        refused = cli("export", *arguments)
        assert refused.code == 1
        assert "there already" in refused.err
        assert "--force" in refused.err
    assert Path("mine.yaml").read_text() == "mine"
    assert names_in("folder") == ["other.yml"]
    assert len(untouched_account.log) == 0, "and nothing is read for it"


@pytest.mark.usefixtures("filled")
def test_with_force_it_is_and_what_else_is_there_is_named(cli: Cli) -> None:
    Path("mine.yaml").write_text("mine")
    assert cli("export", "-o", "mine.yaml", "--force").code == 0
    assert "sites:" in Path("mine.yaml").read_text()
    Path("folder").mkdir()
    Path("folder/other.yml").write_text("mine")
    Path("folder/raleigh.yaml").write_text("mine")
    split = cli("export", "--split", "folder", "--force")
    assert split.code == 0
    assert "Also in folder, and so part of the spec: other.yml." in split.err
    assert "Raleigh:" in Path("folder/raleigh.yaml").read_text()


@pytest.mark.usefixtures("untouched_account")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "nowhere/spec.yaml"), "There is no folder nowhere to write spec.yaml into."),
        (("-o", "a.yaml", "--split", "b"), "Give either --output or --split."),
        (("-o", ".", "--force"), ". is a folder. Name a file in it, or use --split ."),
        (("--split", "a-file"), "a-file is a file. Name a folder, or use --output a-file."),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    cli: Cli, arguments: tuple[str, ...], words: str
) -> None:
    Path("a-file").touch()
    refused = cli("export", *arguments)
    assert refused.code == 1
    assert words in " ".join(refused.err.split())


@pytest.mark.usefixtures("untouched_account")
@pytest.mark.parametrize(
    ("account", "words"),
    [("", "The account is missing: export BW_ACCOUNT_ID."), ("a/b", "which is no account id.")],
)
def test_an_account_has_to_be_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, account: str, words: str
) -> None:
    monkeypatch.setenv("BW_ACCOUNT_ID", account)
    refused = cli("export")
    assert refused.code == 1
    assert words in refused.err


def test_account_and_credentials_may_come_from_a_file(
    cli: Cli, filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {**filled.environ, "BW_ACCOUNT_ID": "9900778"}
    for name in lines:
        monkeypatch.delenv(name)
    Path("production.env").write_text("".join(f"{each}={lines[each]}\n" for each in lines))
    assert cli("export").code == 1
    exported = cli("export", "--env-file", "production.env")
    assert exported.code == 0
    assert "Raleigh:" in exported.out


def test_the_embedded_account_is_exported_without_any_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BW_ACCOUNT_ID")
    exported = cli("export", "--sandbox")
    assert exported.out.endswith('version: 1\naccount: "9900778"\n')
    assert "Exported 0 numbers." in exported.err


def test_what_a_spec_cannot_say_is_left_out_and_told(cli: Cli, account: Account) -> None:
    account.call(
        "POST",
        "/applications",
        f"<Application><ServiceType>Messaging-V2</ServiceType><AppName>{'n' * 60}</AppName>"
        "<CallbackUrl>https://a.example</CallbackUrl></Application>",
    )
    exported = cli("export", "-o", "provisioner.yaml")
    assert exported.code == 0
    assert "its name has 60 characters, and at most 50 are possible" in exported.err
    assert f'# Left out: application "{"n" * 60}" ' in Path("provisioner.yaml").read_text()
    assert "No changes." in cli("plan").out


def test_callbacks_that_go_to_two_places_are_told_apart(
    cli: Cli, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.call(
        "POST",
        "/applications",
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Apart</AppName>"
        "<InboundCallbackUrl>https://a.example</InboundCallbackUrl>"
        "<OutboundCallbackUrl>https://b.example</OutboundCallbackUrl>"
        "<OutboundCallbackCreds><UserId>outbound-user</UserId><Password>secret-1</Password>"
        "</OutboundCallbackCreds><RequestedCallbackTypes><CallbackType>message-failed"
        "</CallbackType></RequestedCallbackTypes></Application>",
    )
    exported = cli("export", "-o", "provisioner.yaml")
    assert exported.code == 0, exported.everything
    assert Path("provisioner.yaml").read_text().partition("Apart:\n")[2] == (
        "    messaging:\n"
        "      inbound:\n"
        "        callback_url: https://a.example\n"
        "      outbound:\n"
        "        callback_url: https://b.example\n"
        "        callback_credentials:\n"
        "          user_id: outbound-user\n"
        '          password: "${APART_OUTBOUND_CALLBACK_PASSWORD}"\n'
        "      requested_callback_types:\n"
        "        - message-failed\n"
    )
    monkeypatch.setenv("APART_OUTBOUND_CALLBACK_PASSWORD", "secret-1")
    assert "No changes." in cli("plan").out


def test_an_account_that_fails_half_way_leaves_nothing(cli: Cli, filled: Account) -> None:
    filled.faults.add(Fault("unauthorized", "GET", r"/features/sms", nth=None))
    exported = cli("export", "-o", "spec.yaml", "--timeout", "1")
    assert exported.code == 1
    assert not Path("spec.yaml").exists()


def test_a_large_account_shows_how_far_it_is(cli: Cli, account: Account) -> None:
    for n in range(100):
        account.call(
            "POST",
            "/applications",
            f"<Application><ServiceType>Messaging-V2</ServiceType><AppName>App {n}</AppName>"
            "<CallbackUrl>https://a.example</CallbackUrl></Application>",
        )
    exported = cli("export", "--parallelism", "64")
    assert exported.code == 0
    told = [line for line in exported.err.splitlines() if line.startswith("Read ")]
    assert told[-1] == "Read 100 of 100 applications, sites and locations."
    assert len(told) == 10


def test_on_a_terminal_the_progress_goes_when_it_is_done(
    filled: Account, terminal: OpenTerminal
) -> None:
    screen = terminal("export", "-o", "spec.yaml", **filled.environ)
    assert screen.finish() == 0
    assert "Read 3 of 3 applications, sites and locations.\r\x1b[K" in screen.shown
    assert "Exported 1 application" in screen.shown
