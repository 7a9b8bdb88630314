"""The page about messages tells a story: its commands are run one after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioner.cli.program import program
from provisioner.messaging.message_file import NAMES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guide/messages.md").read_text()
LEFT_OUT = "..."
CHANGING = (
    (r"\b\d{13}[0-9a-z]{16}\b", "(message id)"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "(id)"),
    (r"\bbwp-[0-9a-f]{20}\b", "(tag)"),
    (r" in \d+\.\d s \(\d+ calls, \d+\.\d s on the network\)\.", " in (time)."),
)


def steps() -> list[tuple[str, list[str]]]:
    """Each command of the story with the lines that are shown below it."""
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    parted = [block.removeprefix("$ provisioner ").partition("\n") for block in blocks]
    return [(command, output.splitlines()) for command, _, output in parted]


def told_apart_from_chance(line: str) -> str:
    for pattern, word in CHANGING:
        line = re.sub(pattern, word, line)
    return line


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def test_the_story_is_told_in_five_commands_as_it_happens() -> None:
    assert len(steps()) == 5
    codes = []
    for command, shown in steps():
        ran = CliRunner().invoke(program, shlex.split(command))
        codes.append(ran.exit_code)
        printed = [told_apart_from_chance(line) for line in ran.stdout.splitlines()]
        expected = [told_apart_from_chance(line) for line in shown]
        if expected[0] == LEFT_OUT:
            expected = expected[1:]
            printed = printed[-len(expected) :]
        assert printed == expected, command
    assert codes == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_every_name_of_a_file(name: str) -> None:
    assert f"`{name}`" in PAGE
