"""The page about receiving shows what the commands print."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from provisioner.messaging.event_tables import TABLES
from provisioner.messaging.forwarding import SPACING

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guide/receiving.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@contextmanager
def _started(command: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A command of the page, on any free port."""
    _, *words = shlex.split(command)
    with subprocess.Popen(
        [sys.executable, "-m", "provisioner", *words, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CALLBACK_PASSWORD": "choose-one"},
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate()


def _commands() -> Iterator[str]:
    for block in _blocks("console"):
        yield from re.findall(r"^\$ (.*)$", block, re.MULTILINE)


def _shape(text: str) -> str:
    """Without ids, times and ports, which differ from run to run."""
    text = re.sub(r"\b\d\d:\d\d:\d\d\b", "TIME", text)
    text = re.sub(r"id [0-9a-z]{29}", "id ID", text)
    return re.sub(r"127\.0\.0\.1:\d+", "HOST", text)


def test_the_walk_through_prints_what_the_page_shows(tmp_path: Path) -> None:
    _, sandbox, _, listen, curl = _commands()
    (spec,) = _blocks("yaml")
    (line,) = _blocks("text")
    with _started(listen, tmp_path_with(tmp_path, spec)) as listening:
        assert listening.stdout is not None
        assert listening.stderr is not None
        ready = listening.stderr.readline()
        assert _shape(ready) in _shape(PAGE)
        (url,) = re.findall(r"http://\S+(?=\sfor)", ready)
        tmp_path_with(tmp_path, spec.replace("http://127.0.0.1:8080", url))
        with _started(f"{sandbox} --json", tmp_path) as account:
            assert account.stdout is not None
            origin = json.loads(account.stdout.readline())["url"]
            *_, body, target = shlex.split(curl)
            httpx.post(target.replace("http://127.0.0.1:8765", origin), content=body)
            assert _shape(listening.stdout.readline()) == _shape(line)


def tmp_path_with(folder: Path, spec: str) -> Path:
    (folder / "receiving.yaml").write_text(spec)
    return folder


def test_the_json_line_on_the_page_has_the_keys_of_a_real_one(tmp_path: Path) -> None:
    shown: dict[str, Any] = json.loads(_blocks("json")[0])
    with _started("provisioner listen --json", tmp_path) as listening:
        assert listening.stdout is not None
        url = json.loads(listening.stdout.readline())["url"]
        httpx.post(url, json=[shown["event"]])
        printed = json.loads(listening.stdout.readline())
    assert list(printed) == list(shown)
    assert printed["event"] == shown["event"]


def test_the_page_has_every_column_that_is_for_users() -> None:
    columns = re.findall(r"(\w+) (?:TEXT|REAL|INTEGER)", TABLES.split("CREATE TABLE")[1])
    for column in {*columns} - {"sequence"}:
        assert f"`{column}`" in PAGE


def test_the_page_tells_the_spaces_between_attempts() -> None:
    *first, last = SPACING
    assert f"{', '.join(map(str, first[:-1]))} and {first[-1]} seconds" in PAGE.replace("\n", " ")
    assert last == 300
    assert "every 5 minutes" in PAGE
