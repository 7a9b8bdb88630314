"""What the sandbox's page offers to download: its account as a spec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Cli, Declare, Start


def test_the_spec_of_a_sandbox_plans_to_nothing_there(
    start: Start, cli: Cli, declare: Declare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = start("sandbox", "--port", "0", "--json", "--seed", str(declare()))
    ready = json.loads(sandbox.line())
    answer = httpx.get(f"{ready['url']}/_sandbox/spec")
    assert answer.headers["content-disposition"].endswith('9900778.yaml"')
    spec = tmp_path / "offered.yaml"
    spec.write_text(answer.text)
    assert "Messaging East" in answer.text
    monkeypatch.setenv("BW_API_URL", ready["url"])
    monkeypatch.setenv("BW_USERNAME", ready["username"])
    monkeypatch.setenv("BW_PASSWORD", ready["password"])
    monkeypatch.setenv("PRODUCTION_SERVER_CALLBACK_PASSWORD", "any-password")
    ran = cli("plan", str(spec), "--detailed-exitcode")
    assert ran.code == 0, ran.everything


def test_an_account_that_cannot_be_read_is_told(start: Start) -> None:
    sandbox = start("sandbox", "--port", "0", "--json", "--fault", "GET /** unauthorized")
    url = json.loads(sandbox.line())["url"]
    answer = httpx.get(f"{url}/_sandbox/spec")
    assert answer.status_code == 502
    assert "could not be read" in answer.json()["error"]
