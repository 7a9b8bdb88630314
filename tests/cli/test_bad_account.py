"""Accounts that cannot be worked with: one clear problem, and nothing is written."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, Ran, Start

CODE = re.compile(r"^error: .* \[([a-z-]+)\]$", re.MULTILINE)
ENTITY = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><SitesResponse>&e;</SitesResponse>'
DOCTYPE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
LAUGHS = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><SitesResponse>&y;</SitesResponse>'


def code(ran: Ran) -> str:
    """The one problem that was told."""
    assert "Traceback" not in ran.err
    (only,) = CODE.findall(ran.err)
    return str(only)


@pytest.fixture(params=[("plan",), ("apply", "--yes"), ("show",)], ids=lambda given: given[0])
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    given: tuple[str, ...] = request.param
    return given


def test_wrong_credentials(
    cli: Cli,
    declare: Declare,
    shared_account: Account,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    declare()
    monkeypatch.setenv("BW_PASSWORD", "wrong-password")
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "unauthorized"
    assert "Check them with BW_USERNAME and BW_PASSWORD." in " ".join(ran.err.split())
    assert shared_account.writes == []


def test_wrong_client_credentials(
    cli: Cli, declare: Declare, shared_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    monkeypatch.setenv("BW_CLIENT_ID", shared_account.settings.client_id)
    monkeypatch.setenv("BW_CLIENT_SECRET", "wrong-secret")
    ran = cli("apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "unauthorized"
    assert "Check BW_CLIENT_ID and BW_CLIENT_SECRET." in " ".join(ran.err.split())
    assert {entry.target for entry in shared_account.log} == {"/api/v1/oauth2/token"}


def test_the_account_of_somebody_else(
    cli: Cli, declare: Declare, shared_account: Account, command: tuple[str, ...]
) -> None:
    declare(lambda spec: spec.update(account="1111111"))
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "unauthorized"
    assert "account 1111111" in " ".join(ran.err.split())
    assert shared_account.writes == []


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Sign in<br></body></html>", b"OK", b"{}", DOCTYPE, ENTITY, LAUGHS],
    ids=["html", "text", "json", "doctype", "external entity", "entities"],
)
def test_an_answer_that_is_not_the_apis(
    cli: Cli, declare: Declare, shared_account: Account, command: tuple[str, ...], body: bytes
) -> None:
    declare()
    shared_account.faults.add(Fault("status-before", nth=None, status=200, body=body))
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "unreadable"
    assert "BW_API_URL" in ran.err or "the API?" in " ".join(ran.err.split())
    assert "root:" not in ran.err
    assert shared_account.writes == []


def test_a_bad_account_as_json(
    cli: Cli, declare: Declare, shared_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    monkeypatch.setenv("BW_PASSWORD", "wrong-password")
    for command in ("plan", "show"):
        ran = cli(command, "--json")
        assert (ran.code, ran.err) == (1, "")
        assert [each["code"] for each in ran.document["problems"]] == ["unauthorized"]
    ran = cli("apply", "--json", "--yes")
    assert (ran.code, ran.err) == (1, "")
    assert [line["type"] for line in ran.lines] == ["problems"]


def test_two_applications_of_one_name_are_refused_and_shown_as_a_problem(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    body = "<AppName>Production Server</AppName><CallbackUrl>https://example.com</CallbackUrl>"
    for _ in range(2):
        body_of_one = f"<ServiceType>Messaging-V2</ServiceType>{body}"
        account.call("POST", "/applications", f"<Application>{body_of_one}</Application>")
    account.log.clear()
    for command in (("plan",), ("apply", "--yes")):
        ran = cli(*command)
        assert (ran.code, ran.out) == (1, "")
        assert "[several-of-one-name]" in ran.err
    assert account.writes == []
    shown = cli("show")
    assert "[several-of-one-name]" in shown.err
    assert "site Raleigh" in shown.out


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a host that accepts connections and never answers."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """The address of a port that nobody listens on."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_host_that_does_not_answer(
    start: Start, declare: Declare, closed: str, silent: str
) -> None:
    """All at once, because each takes its time: a read is tried again before it is given up."""
    declare()
    credentials = {"BW_USERNAME": "user", "BW_PASSWORD": "password"}
    refusing = start("plan", BW_API_URL=closed, **credentials)
    hanging = start("apply", "--yes", "--timeout", "0.2", BW_API_URL=silent, **credentials)
    for process, origin in ((refusing, closed), (hanging, silent)):
        ran = process.finish()
        assert (ran.code, ran.out) == (1, "")
        assert code(ran) == "unreachable"
        assert f"{origin} does not answer" in ran.err
        assert "Check BW_API_URL and the network" in " ".join(ran.err.split())


def test_a_refused_write_says_what_was_done_and_what_was_not(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    refusal = (
        b"<SipPeerResponse><ResponseStatus><ErrorCode>13502</ErrorCode>"
        b"<Description>Bad name</Description></ResponseStatus></SipPeerResponse>"
    )
    account.faults.add(
        Fault("status-before", method="POST", path="sippeers$", status=400, body=refusal)
    )
    ran = cli("apply", "--yes")
    assert ran.code == 3
    assert "Failed\n  create sippeer Raleigh/Messaging East: HTTP 400, error 13502" in ran.out
    assert "because sippeer Raleigh/Messaging East failed:" in ran.out
    assert "Not complete: 2 created," in ran.out
    assert "Run apply again to continue." in ran.out
    again = cli("apply", "--yes")
    assert again.code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_run_of_which_nothing_was_written_exits_with_1(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    account.faults.add(Fault("status-before", method="POST", nth=None, status=400))
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "Not complete: 0 created," in ran.out
    assert account.texts("/sites", "Id") == []
