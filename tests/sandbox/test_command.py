"""`provisioner sandbox` as users and scripts start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from provisioner.cli.program import program
from provisioner.sandbox.memory.schema import VERSION

if TYPE_CHECKING:
    from tests.sandbox.conftest import Open

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "provisioner", "sandbox", "--port", "0"]
# The last is loaded by Python's own start, where setuptools is installed.
LIBRARIES = {
    *("anyio", "click", "h11", "lxml", "provisioner", "starlette", "uvicorn"),
    *("idna", "sniffio", "typing_extensions", "_distutils_hack"),
}
# What the measuring of coverage sets in subprocesses, where it loads itself.
MEASURING = {"COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"}


@contextmanager
def _started(*options: str) -> Iterator[str]:
    """The ready line of a running sandbox."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline()
        finally:
            process.terminate()


def test_the_browser_is_opened_at_the_sandbox(tmp_path: Path) -> None:
    """Whatever the browser is: here one that writes down where it was sent, and stays open."""
    seen = tmp_path / "seen"
    os.mkfifo(seen)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\nread line\n')
    browser.chmod(0o700)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": f"{browser} %s"}
    command = [*COMMAND, "--open", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert seen.read_text().strip() == url
        assert "<title>Sandbox</title>" in httpx.get(url).text
        process.terminate()


def test_where_there_is_no_browser_the_address_is_told() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": "false %s"}
    environment = {name: value for name, value in environment.items() if name != "DISPLAY"}
    with subprocess.Popen(
        [*COMMAND, "--open", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PATH": ""},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = json.loads(process.stdout.readline())["url"]
        told = process.stderr.readline()
        process.terminate()
    assert told == f"There is no browser to open: go to {url} yourself.\n"


def _refused(*options: str) -> str:
    run = CliRunner().invoke(program, ["sandbox", "--port", "0", *options])
    assert run.exit_code in (1, 2)
    return run.stderr


def test_it_loads_nothing_that_it_does_not_need() -> None:
    """Loading modules is what takes the time until the ready line. Each of these libraries was
    chosen for what the sandbox does with it."""
    code = (
        "import atexit, json, sys; from provisioner.cli import main;"
        "atexit.register(lambda: print(json.dumps([*filter(sys.modules.get, sys.modules)])));"
        "main()"
    )
    environment = {name: value for name, value in os.environ.items() if name not in MEASURING}
    command = [sys.executable, "-c", code, *COMMAND[3:], "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "ready"
        process.terminate()
        loaded = [name.split(".") for name in json.loads(process.stdout.readline())]
    libraries = {library for library, *_ in loaded} & packages_distributions().keys()
    assert libraries - LIBRARIES == set()
    assert {"lxml", "starlette", "uvicorn"} <= libraries
    assert {part for library, *rest in loaded for part in rest[:1] if library == "provisioner"} == {
        *("cli", "errors", "sandbox")
    }


def test_the_ready_line_is_for_people() -> None:
    with _started("--account", "A-1", "--account", "b_2") as line:
        assert line.startswith("Sandbox ready at http://127.0.0.1:")
        assert "account A-1, b_2, user sandbox, password sandbox-password" in line


def test_the_ready_line_is_for_scripts() -> None:
    with _started("--json", "--account", "1") as line:
        shown: dict[str, Any] = json.loads(line)
        url = shown.pop("url")
        assert shown == {
            "event": "ready",
            "account": "1",
            "username": "sandbox",
            "password": "sandbox-password",
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "messaging_token": "sandbox-token",
            "messaging_secret": "sandbox-messaging",
            "accounts": ["1"],
        }
        auth = (shown["messaging_token"], shown["messaging_secret"])
        assert httpx.get(f"{url}/api/v2/users/1/media", auth=auth).status_code == 200


def test_options_become_the_account() -> None:
    options = [
        *("--account", "1", "--account", "2", "--dialect", "v1-prose", "--stock", "2"),
        *("--stock", "910=3", "--fault", "GET /sites status=503 nth=1"),
        *("--fault", "* /orders hang", "--json"),
    ]
    with _started(*options) as line:
        url = json.loads(line)["url"]
        api = httpx.Client(base_url=f"{url}/api/accounts", auth=("sandbox", "sandbox-password"))
        with api:
            assert [api.get("/1/sites").status_code for _ in range(2)] == [503, 200]
            assert api.get("/2/sites").status_code == 200
            found = [
                api.get(f"/1/availableNumbers?areaCode={code}&quantity=9").text.count("<Tele")
                for code in ("910", "919")
            ]
            assert found == [3 + 1, 2 + 1]
        control = httpx.get(f"{url}/_sandbox/").json()
        assert (control["dialect"], control["faults"]) == ("v1-prose", 2)


def test_a_seed_is_loaded(open_account: Open, tmp_path: Path) -> None:
    account = open_account()
    site = account.site("Seeded")
    seed = tmp_path / "seed.json"
    seed.write_bytes(httpx.get(f"{account.server.url}/_sandbox/snapshot").content)
    with _started("--seed", str(seed), "--json") as line:
        url = f"{json.loads(line)['url']}/api/accounts/9900778{site}"
        assert "Seeded" in httpx.get(url, auth=("sandbox", "sandbox-password")).text
    assert "start the sandbox with --account 9900778" in _refused(
        "--seed", str(seed), "--account", "1"
    )


SEED = """
version: 1
account: "1"
sites:
  Raleigh:
    address: {house_number: 1, street_name: X, city: Y, state_code: NC, zip: 27601}
    sippeers:
      East: {sms: true, numbers: [{area_code: 910, quantity: %s}]}
"""


def test_a_spec_is_a_seed_too(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED % 150)
    with _started("--seed", str(seed), "--json", "--dialect", "beta", "--order-delay", "9") as line:
        url = f"{json.loads(line)['url']}/api/accounts/9900778/inserviceNumbers/totals"
        totals = httpx.get(url, auth=("sandbox", "sandbox-password")).text
    assert "<Count>150</Count>" in totals, "more than a plan may order where that is billed"


def test_a_seed_of_another_account_is_warned_about(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED % 1)
    for account, told in (("9900778", True), ("1", False)):
        with _started("--seed", str(seed), "--json", "--account", account) as line:
            assert json.loads(line)["account"] == account
        assert ("start with --account 1." in " ".join(capfd.readouterr().err.split())) == told


def test_a_spec_that_cannot_be_applied_is_no_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED % 5)
    told = " ".join(_refused("--seed", str(seed), "--stock", "910=3").split())
    assert "The seed cannot be applied. numbers Raleigh/East/area_code=910: order " in told
    seed.write_text("version: 2")
    assert "seed.yaml:1:10: error:" in _refused("--seed", str(seed))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--account", "a/b"], "'a/b' must be of letters, digits, - and _."),
        (["--account", ""], "'' must be of letters"),
        (["--account", "1", "--account", "1"], "an account is there twice"),
        (["--dialect", "v9"], "'v9' is not one of 'v1', 'v1-prose', 'v2', 'beta'"),
        (["--stock", "many"], "'many' must be a number, or as in 910=5."),
        (["--stock", "910=-1"], "'910=-1' must be a number"),
        (["--stock", "911=1"], "there is no area code 911."),
        (["--fault", "GET /sites explode"], "there is no kind 'explode'"),
        (["--seed", "nowhere.json"], "nowhere.json: No such file or directory."),
        (["--rate-limit", "0"], "--rate-limit"),
        (["--order-delay", "inf"], "'inf' is not a finite number."),
        (["--latency-ms", "nan"], "nan"),
    ],
)
def test_a_bad_option_is_refused(options: list[str], words: str) -> None:
    assert words in " ".join(_refused(*options).split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it is not JSON"),
        ("version: 1", "it is not JSON"),
        ("{}", f"not a snapshot of this version of the sandbox ({VERSION})"),
    ],
)
def test_a_bad_seed_is_refused(tmp_path: Path, text: str, words: str) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(text)
    assert words in " ".join(_refused("--seed", str(seed)).split())


def test_a_state_file_of_another_account_is_no_fault_of_the_seed(tmp_path: Path) -> None:
    state, seed = tmp_path / "state.sqlite3", tmp_path / "seed.yaml"
    seed.write_text(SEED % 1)
    with _started("--state", str(state), "--seed", str(seed), "--account", "1", "--json") as line:
        assert json.loads(line)["account"] == "1"
    told = " ".join(_refused("--state", str(state)).split())
    assert "state.sqlite3: it has the account 1, which is not served here" in told
    assert "start the sandbox with --account 1." in told
    assert "--seed" not in told


def test_the_state_file_is_for_its_owner_only(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    with _started("--state", str(state), "--json") as line:
        url = f"{json.loads(line)['url']}/api/accounts/9900778/sites"
        assert httpx.get(url, auth=("sandbox", "sandbox-password")).status_code == 200
        modes = {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()}
    assert modes
    assert set(modes.values()) == {"0o600"}, modes
