"""Secrets are in no output: of any command, with any flag, in success and failure."""

from __future__ import annotations

import base64
import html
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenAccount, Ran

CALLBACK = "cbk&<w>'\"d-1"
API = "api&<w>'\"d-2"
CLIENT = "cli&<w>'\"d-3"
FLAGS = [(), ("-v",), ("-vv",), ("--json",), ("-vv", "--json")]


def spellings(secret: str, user: str = "") -> set[str]:
    """A secret as it may stand in an output: plain, or as XML, JSON, URLs and headers have it."""
    escaped = {escape(secret), html.escape(secret), html.escape(secret).replace("&#x27;", "&#39;")}
    return {
        secret,
        *escaped,
        *(escape(each) for each in escaped),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        base64.b64encode(f"{user}:{secret}".encode()).decode(),
    }


def assert_hidden(text: str, secrets: Mapping[str, str]) -> None:
    for secret, user in secrets.items():
        found = sorted(each for each in spellings(secret, user) if each in text)
        assert found == [], text


@pytest.fixture(params=["basic", "oauth"])
def secretive(
    request: pytest.FixtureRequest, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> Account:
    account = open_account(password=API, client_secret=CLIENT)
    monkeypatch.setenv("CALLBACK_PASSWORD", CALLBACK)
    monkeypatch.setenv("BW_API_URL", account.server.url)
    if request.param == "basic":
        monkeypatch.setenv("BW_USERNAME", account.settings.username)
        monkeypatch.setenv("BW_PASSWORD", API)
    else:
        monkeypatch.setenv("BW_CLIENT_ID", account.settings.client_id)
        monkeypatch.setenv("BW_CLIENT_SECRET", CLIENT)
    return account


def all_secrets(account: Account) -> dict[str, str]:
    """Each with the user that it goes with; tokens from what the account gave out."""
    tokens = [
        json.loads(entry.answer)["access_token"]
        for entry in account.log
        if entry.target.endswith("/oauth2/token") and entry.status == 200
    ]
    users = {CALLBACK: "callback-user", API: account.settings.username}
    return {**users, CLIENT: account.settings.client_id, **dict.fromkeys(tokens, "")}


def test_what_is_looked_for_would_be_found() -> None:
    for text in (f"<Password>{html.escape(CALLBACK)}</Password>", json.dumps(CALLBACK), CALLBACK):
        with pytest.raises(AssertionError):
            assert_hidden(text, {CALLBACK: "callback-user"})


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_no_command_shows_a_secret(
    cli: Cli,
    declare: Declare,
    secretive: Account,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    flags: tuple[str, ...],
) -> None:
    declare()
    caplog.set_level(logging.DEBUG)
    ran = [
        cli("plan", *flags),
        cli("apply", "--yes", *flags),
        cli("apply", "--yes", "--resend-secrets", *flags),
        cli("show", *flags),
        cli("validate", *[flag for flag in flags if flag == "--json"]),
    ]
    assert [each.code for each in ran] == [0] * 5
    sent = [entry.request for entry in secretive.writes if b"Password" in entry.request]
    assert len(sent) == 2
    secrets = all_secrets(secretive)
    for each in ran:
        assert_hidden(each.everything, secrets)
    assert_hidden(caplog.text, secrets)
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == {"provisioner.yaml", ".gitignore", "journal.sqlite3", "journal.key"}
    assert_hidden(
        (tmp_path / ".provisioner/journal.sqlite3").read_bytes().decode("latin-1"), secrets
    )
    if "-vv" in flags:
        assert "<Password>(secret)</Password>" in ran[1].err


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_no_failure_shows_a_secret(
    cli: Cli, declare: Declare, secretive: Account, flags: tuple[str, ...]
) -> None:
    declare()
    refusing = Fault("status-before", method="POST", path="applications", nth=None, status=400)
    secretive.faults.add(refusing)
    ran = [cli("apply", "--yes", *flags)]
    secretive.faults.clear()
    secretive.faults.add(Fault("garbage", method="GET", nth=None))
    ran.append(cli("plan", *flags))
    secretive.faults.clear()
    secretive.faults.add(Fault("status-before", nth=None, status=401))
    ran.append(cli("show", *flags))
    assert [each.code for each in ran] == [3, 1, 1]
    for each in ran:
        assert_hidden(each.everything, all_secrets(secretive))


@pytest.mark.parametrize("password", ["s&<w>", "s&<w>" * 20], ids=["too short", "too long"])
@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["text", "json"])
def test_a_password_that_is_refused_offline_is_not_shown(
    cli: Cli,
    declare: Declare,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    as_json: tuple[str, ...],
) -> None:
    monkeypatch.setenv("CALLBACK_PASSWORD", password)
    declare()
    ran = cli("validate", *as_json)
    assert ran.code == 1
    assert "`password` has " in ran.everything
    assert_hidden(ran.everything, {password: "callback-user"})


def test_a_password_in_the_file_is_warned_about_and_not_shown(
    cli: Cli, declare: Declare, shared_account: Account
) -> None:
    def change(spec: dict[str, Any]) -> None:
        credentials = spec["applications"]["Production Server"]["callback_credentials"]
        credentials["password"] = CALLBACK

    declare(change)
    ran = cli("plan", "-vv")
    assert ran.code == 0
    assert_hidden(ran.everything, {CALLBACK: "callback-user"})
    assert "literal-secret" in ran.everything


def test_of_the_files_only_the_embedded_accounts_own_holds_the_callback_password(
    cli: Cli, declare: Declare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That file is the account: whoever gives it a password finds it there."""
    monkeypatch.setenv("CALLBACK_PASSWORD", "callback-password-9")
    declare()
    assert cli("apply", "--yes", "--sandbox", "-vv").code == 0
    holding = [
        path.name
        for path in tmp_path.rglob("*")
        if path.is_file() and b"callback-password-9" in path.read_bytes()
    ]
    assert holding == ["sandbox-9900778.sqlite3"]


class Echo(BaseHTTPRequestHandler):
    """An empty account that refuses every write by repeating what was sent."""

    refusal = "{}"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        lists = {"applications": "ApplicationProvisioningResponse", "sites": "SitesResponse"}
        name = self.path.partition("?")[0].rpartition("/")[2]
        self._answer(200, f"<{lists[name]}/>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(400, self.refusal.format(body=body, escaped=escape(body)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
        pass

    def _answer(self, status: int, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


REFUSALS = {
    "as text in an error": "<R><ResponseStatus><ErrorCode>1</ErrorCode>"
    "<Description>bad: {escaped}</Description></ResponseStatus></R>",
    "as the answer": "{body}",
    "as text alone": "You sent {escaped}",
}


@pytest.fixture(params=REFUSALS)
def echo(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    handler = type("Chosen", (Echo,), {"refusal": REFUSALS[request.param]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("BW_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("BW_USERNAME", "user")
        monkeypatch.setenv("BW_PASSWORD", API)
        monkeypatch.setenv("CALLBACK_PASSWORD", CALLBACK)
        yield request.param
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_a_service_that_repeats_what_was_sent_does_not_make_it_appear(
    cli: Cli, declare: Declare, echo: str, flags: tuple[str, ...]
) -> None:
    declare()
    ran: Ran = cli("apply", "--yes", *flags)
    assert ran.code == 1
    assert "HTTP 400" in ran.everything
    if echo == "as text in an error":
        assert "callback-user" in ran.everything
    assert_hidden(ran.everything, {CALLBACK: "callback-user", API: "user"})
