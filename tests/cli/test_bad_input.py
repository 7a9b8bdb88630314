"""What users get wrong in files and on the command line: told at once, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Ran, Start

COMMANDS = [("validate",), ("plan",), ("apply", "--yes"), ("show",)]
HEAD = re.compile(r"^(?:\S+:\d+:\d+: )?error: .* \[([a-z-]+)\]$", re.MULTILINE)

SPEC = """version: 1
account: "9900778"
sites:
  Raleigh:
    sippeers:
      East:
        sms: true
        numbers:
          - {area_code: "910", quantity: 1}
"""


def bomb() -> str:
    """Aliases of aliases: 10 to the power of 12 values in 13 lines."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(["version: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *levels])


REFUSED = {
    "wrong-type": (SPEC.replace("sms: true", "sms: 1"), "provisioner.yaml:7:14"),
    "unknown-key": (SPEC.replace("sms: true", "smss: true"), "did you mean `sms`?"),
    "missing-key": (SPEC.replace(", quantity: 1", ""), "`quantity`"),
    "duplicate-key": (SPEC.replace("sms: true", "sms: true\n        sms: false"), ":8:9"),
    "wrong-form": (SPEC.replace('"910"', '"091"'), "091"),
    "out-of-range": (SPEC.replace("quantity: 1", "quantity: 0"), "1 to 5000"),
    "out-of-range-5001": (SPEC.replace("quantity: 1", "quantity: 5001"), "1 to 5000"),
    "wrong-type-text": (SPEC[: SPEC.index("  Raleigh")] + "  Raleigh: text\n", "4:12"),
    "empty-file": ("", "version: 1"),
    "empty-file-comment": ("# nothing yet\n", "version: 1"),
    "tab": (SPEC.replace("  Raleigh", "\tRaleigh"), "4:1"),
    "too-many-nodes": (bomb(), "provisioner.yaml"),
    "unset-variable": (SPEC.replace("Raleigh:", "Raleigh:\n    description: ${NOBODY}"), "NOBODY"),
    "account-mismatch": (SPEC.replace("9900778", "1234567"), "BW_ACCOUNT_ID"),
}


def codes(ran: Ran) -> list[str]:
    return HEAD.findall(ran.err)


def words(ran: Ran) -> str:
    """What was told, without the line breaks that the width of the terminal made."""
    return " ".join(ran.err.split())


@pytest.fixture
def refused(cli: Cli, untouched_account: Account) -> Callable[..., Ran]:
    """Runs a command that has to fail with one problem, before a single request."""

    def run(*arguments: str) -> Ran:
        ran = cli(*arguments)
        assert ran.code == 1
        assert ran.out == ""
        assert len(codes(ran)) == 1, ran.err
        assert "Traceback" not in ran.err
        assert len(untouched_account.log) == 0
        return ran

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_file_is_one_problem_and_nothing_is_sent(
    refused: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    command: tuple[str, ...],
) -> None:
    text, told = REFUSED[case]
    (tmp_path / "provisioner.yaml").write_text(text)
    monkeypatch.setenv("BW_ACCOUNT_ID", "9900778")
    ran = refused(*command)
    (code,) = codes(ran)
    assert case.startswith(code)
    assert told in words(ran)


def test_all_problems_of_a_file_are_told_at_once(cli: Cli, tmp_path: Path) -> None:
    text = SPEC.replace("sms: true", "smss: true").replace("quantity: 1", "quantity: 0")
    (tmp_path / "provisioner.yaml").write_text(text)
    ran = cli("plan", "--sandbox")
    assert ran.code == 1
    assert sorted(codes(ran)) == ["out-of-range", "unknown-key"]


def test_a_file_of_50_mb_is_refused(refused: Callable[..., Ran], tmp_path: Path) -> None:
    with (tmp_path / "provisioner.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert codes(refused("plan")) == ["too-large"]


def test_a_file_that_is_not_there(refused: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "production.yaml").write_text(SPEC)
    ran = refused("apply", "prodction.yaml", "--yes")
    assert codes(ran) == ["no-such-file"]
    assert "Did you mean production.yaml?" in words(ran)


def test_no_file_at_all(refused: Callable[..., Ran]) -> None:
    ran = refused("plan")
    assert codes(ran) == ["no-such-file"]
    assert "There is no file provisioner.yaml." in words(ran)


def test_a_folder_without_specs(refused: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    ran = refused("plan", "specs")
    assert codes(ran) == ["no-spec-files"]


def test_a_bad_file_as_json_is_one_document(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC.replace("quantity: 1", "quantity: 0"))
    for command, verdict in (("validate", "valid"), ("plan", "complete"), ("show", "complete")):
        ran = cli(command, "--json")
        assert (ran.code, ran.err) == (1, "")
        assert ran.document[verdict] is False
        (problem,) = ran.document["problems"]
        assert (problem["code"], problem["line"]) == ("out-of-range", 9)


def test_a_bad_file_ends_the_json_lines_of_an_apply(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC.replace("quantity: 1", "quantity: 0"))
    ran = cli("apply", "--json", "--yes")
    assert (ran.code, ran.err) == (1, "")
    _, line = ran.lines
    assert line["type"] == "problems"
    assert [each["code"] for each in line["problems"]] == ["out-of-range"]


@pytest.mark.parametrize("variables", [{}, {"BW_USERNAME": "only"}, {"BW_CLIENT_ID": "only"}])
def test_missing_credentials_are_named(
    refused: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC)
    for name in ("BW_USERNAME", "BW_PASSWORD"):
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = refused("plan")
    assert codes(ran) == ["settings"]
    assert "export BW_CLIENT_ID and BW_CLIENT_SECRET, or BW_USERNAME and BW_PASSWORD" in words(ran)
    assert "--sandbox" in ran.err
    for name in variables:
        assert f"Only {name} is set" in words(ran)


def test_a_missing_account_is_named(refused: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC.replace('account: "9900778"\n', ""))
    ran = refused("plan")
    assert codes(ran) == ["settings"]
    assert "BW_ACCOUNT_ID" in ran.err


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BW_API_URL", "http://example.com", "--allow-insecure-http"),
        ("BW_API_URL", "https://example.com/api", "only scheme, host and port"),
        ("BW_API_URL", "example.com", "an address such as"),
        ("BW_API_VERSION", "v3", "it can be v1 or v2"),
        ("BW_ACCOUNT_ID", "../9", "no account id"),
    ],
)
def test_settings_that_cannot_be(
    refused: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    told: str,
) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC.replace('account: "9900778"\n', ""))
    monkeypatch.setenv("BW_ACCOUNT_ID", "9900778")
    monkeypatch.setenv(variable, value)
    assert told in words(refused("plan"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("plan", "--nope"), "No such option '--nope'"),
        (("aply",), "No such command 'aply'. `provisioner --help` lists them."),
        (("plan", "--parallelism", "0"), "--parallelism"),
        (("apply", "--order-timeout", "soon"), "'soon' is not a valid float"),
        (("sandbox", "--dialect", "v9"), "'v9' is not one of 'v1', 'v1-prose'"),
    ],
)
def test_a_usage_error_exits_with_1_because_nothing_was_written(
    cli: Cli, untouched_account: Account, arguments: tuple[str, ...], told: str
) -> None:
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err
    assert len(untouched_account.log) == 0


def test_help_lists_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert (ran.code, ran.err) == (0, "")
    for command in ("validate", "plan", "apply", "show", "schema", "sandbox"):
        assert re.search(rf"^  {command} +[A-Z].*\.$", ran.out, re.MULTILINE)
        assert cli(command, "--help").code == 0


def test_a_plan_beyond_the_limit_is_refused_with_the_line_that_would_allow_it(
    cli: Cli, shared_account: Account, tmp_path: Path
) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC.replace("quantity: 1", "quantity: 101"))
    for command in (("plan",), ("apply", "--yes")):
        ran = cli(*command)
        assert (ran.code, ran.out) == (1, "")
        assert codes(ran) == ["too-many-new-numbers"]
        assert "limits: {new_numbers: 101}" in words(ran)
    assert shared_account.writes == []
    (tmp_path / "provisioner.yaml").write_text(
        SPEC.replace("quantity: 1", "quantity: 101") + "limits: {new_numbers: 101}\n"
    )
    assert cli("plan").code == 0


def test_the_embedded_account_says_so_when_its_file_is_broken(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC)
    (tmp_path / ".provisioner").mkdir()
    (tmp_path / ".provisioner" / "sandbox-9900778.sqlite3").write_text("not a database\n" * 100)
    ran = cli("plan", "--sandbox")
    assert (ran.code, ran.out) == (1, "")
    assert codes(ran) == ["system"]
    assert ".provisioner/sandbox-9900778.sqlite3: file is not a database." in words(ran)


def test_the_embedded_account_says_so_when_it_cannot_make_its_folder(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "provisioner.yaml").write_text(SPEC)
    (tmp_path / ".provisioner").write_text("in the way")
    ran = cli("plan", "--sandbox", "--json")
    assert (ran.code, ran.err) == (1, "")
    (problem,) = ran.document["problems"]
    assert problem["detail"] == ".provisioner: File exists."


def test_a_sandbox_says_so_when_it_cannot_keep_its_state(cli: Cli) -> None:
    ran = cli("sandbox", "--port", "0", "--state", "nowhere/state.sqlite3")
    assert (ran.code, ran.out) == (1, "")
    assert "nowhere/state.sqlite3: No such file or directory." in words(ran)


def test_a_sandbox_says_so_when_its_port_is_taken(start: Start, shared_account: Account) -> None:
    port = shared_account.server.url.rpartition(":")[2]
    ran = start("sandbox", "--port", port).finish()
    assert (ran.code, ran.out) == (1, "")
    assert "Address already in use" in ran.err
    assert "Traceback" not in ran.err
