"""The pages of the guide: their files are written, their commands run, and the output is theirs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Pages whose commands go on running, or run elsewhere, have tests of their own: page -> module.
BY_THEMSELVES = {
    "ci": "test_ci",
    "messages": "test_messages_page",
    "receiving": "test_receiving_page",
}
PAGES = [
    each for each in sorted((ROOT / "docs/guide").glob("*.md")) if each.stem not in BY_THEMSELVES
]
STEP = re.compile(
    r"^`(?P<file>[\w./-]+)`[^\n]*:\n\n```\w*\n(?P<text>.*?)^```"
    r"|^```console\n(?P<console>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


def commands_in(console: str) -> Iterator[tuple[str, str]]:
    """Each command with the output that is shown below it."""
    for part in console.split("$ ")[1:]:
        command, _, output = part.partition("\n")
        yield command, output.rstrip("\n")


def run(command: str, folder: Path) -> str:
    """What a shell prints, standard error included."""
    ours = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80"}
    inherited = {key: text for key, text in os.environ.items() if not key.startswith("BW")}
    done = subprocess.run(
        ["bash", "-c", command],  # noqa: S607 -- the shell that the page is written for
        check=False,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **ours},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout.rstrip("\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    assert shutil.which("bash")
    commands = 0
    for step in STEP.finditer(page.read_text(encoding="utf-8")):
        if step["file"]:
            (tmp_path / step["file"]).write_text(step["text"], encoding="utf-8")
            continue
        for command, output in commands_in(step["console"]):
            assert run(command, tmp_path) == output, command
            commands += 1
    assert commands


def test_the_guide_has_pages() -> None:
    assert "many-customers" in [page.stem for page in PAGES]


@pytest.mark.parametrize(("page", "module"), BY_THEMSELVES.items())
def test_every_other_page_has_a_test_of_its_own(page: str, module: str) -> None:
    assert (ROOT / "docs/guide" / f"{page}.md").exists()
    assert (Path(__file__).parent / f"{module}.py").exists()
