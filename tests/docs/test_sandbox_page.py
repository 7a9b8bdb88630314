"""The page about the sandbox shows what the sandbox does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from provisioner.sandbox.admin.control_calls import ROWS
from provisioner.sandbox.failures.callback_kinds import CALLBACK_KINDS
from provisioner.sandbox.failures.fault_kinds import KINDS
from provisioner.sandbox.failures.fault_rules import read_rule
from provisioner.sandbox.failures.faults import SELECTORS
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import DIALECTS, Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/sandbox.md").read_text()
URL = "http://127.0.0.1:8765"
NAMES = {"first": "from", "last": "until"}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def _commands() -> list[tuple[str, str]]:
    """Each command of the page with the output that is shown below it."""
    found = []
    for block in _blocks("console"):
        for part in block.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output.rstrip("\n")))
    return found


CURL = [pair for pair in _commands() if pair[0].startswith("curl ")]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server(Settings(now=lambda: 1_700_000_000.0)) as server:
        yield server.url


def _curl(command: str, url: str) -> str:
    """What curl would print; of its options those that the page uses."""
    words = iter(shlex.split(command)[1:])
    method, body, auth, target = "", None, None, ""
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-d":
                body = next(words)
            case "-u":
                name, _, password = next(words).partition(":")
                auth = (name, password)
            case _:
                target = word.replace(URL, url)
    answer = httpx.request(
        method or ("GET" if body is None else "POST"), target, content=body, auth=auth
    )
    assert answer.status_code < 300, answer.text
    return answer.text.replace(url, URL)


def test_the_page_has_commands() -> None:
    assert len(CURL) > 10


@pytest.mark.parametrize(("command", "output"), CURL, ids=[command for command, _ in CURL])
def test_a_command_prints_what_the_page_shows(command: str, output: str, url: str) -> None:
    assert _curl(command, url) == output


def test_the_sandbox_starts_as_the_page_shows() -> None:
    shown = dict(_commands())["provisioner sandbox"]
    command = [sys.executable, "-m", "provisioner", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        printed = process.stdout.readline()
        process.terminate()
    assert re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8765", printed) == f"{shown}\n"


def test_every_rule_on_the_page_is_one() -> None:
    rules = [rule for block in _blocks("text") for rule in block.splitlines()]
    assert len(rules) > 6
    assert [read_rule(rule).rule for rule in rules] == rules


@pytest.mark.parametrize("kind", sorted({*KINDS, *CALLBACK_KINDS}))
def test_the_page_has_every_kind_of_fault(kind: str) -> None:
    assert re.search(rf"^\|[^|]*`{kind}[`=]", PAGE, re.MULTILINE)


@pytest.mark.parametrize("selector", [*SELECTORS, "seed"])
def test_the_page_has_every_selector(selector: str) -> None:
    assert re.search(rf"^\|[^|]*`{NAMES.get(selector, selector)}=", PAGE, re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_the_page_has_every_call_of_the_control_api(row: object) -> None:
    method, path = (getattr(row, name) for name in ("method", "path"))
    assert re.search(rf"^\|[^|]*`{method} {re.escape(path)}`", PAGE, re.MULTILINE)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_page_has_every_dialect(dialect: str) -> None:
    assert f"| `{dialect}` |" in PAGE
