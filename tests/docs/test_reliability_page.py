"""The page about reliability shows what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioner.cli.exits import DONE, ERROR, INTERRUPTED, NOT_ALL_DONE
from provisioner.cli.program import program
from provisioner.errors import Ambiguous, JournalError, LeaseHeld
from provisioner.execution.lease import EXPIRY

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text()
# What is different each time, and what stands for it.
VARYING = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d": "2026-11-20 09:50",
    r":\d\d UTC, took [\d.]+s": ":58 UTC, took 0.3s",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "(id)",
    r"\b[0-9a-f]{64}\b": "(digest)",
    r"\S+@\S+": "(owner)",
    r" +": " ",
}


def alike(text: str) -> list[str]:
    """Without what varies, and without the git commit, which a folder of tests does not have."""
    for pattern, constant in VARYING.items():
        text = re.sub(pattern, constant, text)
    lines = [line.rstrip() for line in text.replace("0cad128 ", "").splitlines()]
    return [line for line in lines if not line.startswith(" commit")]


def shown_after(command: str) -> str:
    blocks = re.findall(r"^```console\n\$ (.*)\n((?:.*\n)*?)```", PAGE, re.MULTILINE)
    (output,) = [output for each, output in blocks if each == command]
    return str(output)


@pytest.fixture
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Applied twice, as the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLBACK_PASSWORD", "choose-one")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "spec.yaml").write_text((ROOT / "examples/quickstart.yaml").read_text())
    run = CliRunner()
    for _ in range(2):
        ended = run.invoke(program, ["apply", "spec.yaml", "--sandbox", "--yes", "--quiet"])
        assert ended.exit_code == DONE, ended.output
    return run


@pytest.mark.parametrize("command", ["provisioner history", "provisioner history 1"])
def test_a_command_prints_what_the_page_shows(applied: CliRunner, command: str) -> None:
    printed = applied.invoke(program, command.split()[1:], catch_exceptions=False).stdout
    assert alike(printed) == alike(shown_after(command))


def test_the_page_names_the_errors_as_they_are_told() -> None:
    for error in (JournalError, LeaseHeld, Ambiguous):
        assert f"| `{error.summary}` |" in PAGE


@pytest.mark.parametrize("code", [DONE, ERROR, NOT_ALL_DONE, INTERRUPTED])
def test_the_page_has_the_exit_codes_of_apply(code: int) -> None:
    assert f"| exit code {code} |" in PAGE


def test_the_page_says_when_a_lease_runs_out() -> None:
    assert f"runs out {EXPIRY:.0f}" in " ".join(PAGE.split())


def test_the_page_says_what_is_left_to_luck() -> None:
    assert "Two machines that order at the very same moment can both buy." in PAGE
