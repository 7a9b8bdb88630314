"""The example of an adopted account does to the account that it adopts what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioner.cli.program import program

FOLDER = Path(__file__).parents[2] / "examples/adopt-existing"
ADOPTED = str(FOLDER / "provisioner.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, catch_exceptions=False)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The account as it was made by hand."""
    monkeypatch.chdir(tmp_path)
    made = run("apply", str(FOLDER / "by-hand/account.yaml"), "--sandbox", "--yes", "--quiet")
    assert made.exit_code == 0, made.output


def test_it_is_the_export_but_for_the_new_name() -> None:
    exported = run("export", "--site", "Raleigh", "--sandbox").stdout.splitlines()
    spec = Path(ADOPTED).read_text().splitlines()
    shown = [line for line in spec if not line.startswith("#") and "renamed_from" not in line]
    again = [line.replace("Help desk:", "Support:") for line in shown]
    assert again == [line for line in exported if not line.startswith("#")]


def test_it_renames_and_does_nothing_else() -> None:
    planned = run("plan", ADOPTED, "--sandbox").stdout
    assert "name  Support → Help desk" in planned
    assert "Plan: 0 to create, 1 to change, 0 to delete, 0 numbers to order." in planned
    assert "1 resource in the account is not in the spec; it stays as it is." in planned
    assert run("apply", ADOPTED, "--sandbox", "--yes", "--quiet").exit_code == 0
    assert "No changes." in run("plan", ADOPTED, "--sandbox").stdout
