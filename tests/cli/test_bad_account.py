"""Accounts that cannot be worked with: one clear problem, and nothing is written."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, Ran, Start

CODE = re.compile(r"^(?:\S+:\d+:\d+: )?error: .* \[([a-z-]+)\]$", re.MULTILINE)
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
    cli: Cli, declare: Declare, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    monkeypatch.setenv("BW_CLIENT_ID", account.settings.client_id)
    monkeypatch.setenv("BW_CLIENT_SECRET", "wrong-secret")
    ran = cli("apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "unauthorized"
    assert "Check BW_CLIENT_ID and BW_CLIENT_SECRET." in " ".join(ran.err.split())
    assert {entry.target for entry in account.log} == {"/api/v1/oauth2/token"}


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
    assert [line["type"] for line in ran.lines] == ["version", "problems"]


def test_two_applications_of_one_name_are_refused_by_every_command(
    cli: Cli, declare: Declare, account: Account, command: tuple[str, ...]
) -> None:
    declare()
    for url in ("https://example.com/old", "https://example.com/new"):
        body = f"<AppName>Production Server</AppName><CallbackUrl>{url}</CallbackUrl>"
        account.call(
            "POST",
            "/applications",
            f"<Application><ServiceType>Messaging-V2</ServiceType>{body}</Application>",
        )
    account.log.clear()
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "several-of-one-name"
    told = " ".join(ran.err.split())
    ids = account.texts("/applications", "ApplicationId")
    for server_id, url in zip(ids, ("old", "new"), strict=True):
        pin = rf'`id: "{server_id}"` \(callback_url: https://example.com/{url}\)'
        assert re.search(pin, told)
    assert account.writes == []
    as_json = cli(*command, "--json")
    problems = as_json.lines[-1] if command[0] == "apply" else as_json.document
    assert (as_json.code, as_json.err, problems["complete"]) == (1, "", False)
    assert [each["code"] for each in problems["problems"]] == ["several-of-one-name"]


def test_a_refused_read_is_told_with_the_services_own_words(
    cli: Cli, declare: Declare, shared_account: Account, command: tuple[str, ...]
) -> None:
    declare()
    body = (
        b"<SitesResponse><ResponseStatus><ErrorCode>1001</ErrorCode>"
        b"<Description>No such parameter</Description></ResponseStatus></SitesResponse>"
    )
    shared_account.faults.add(
        Fault("status-before", path="/sites", nth=None, status=400, body=body)
    )
    ran = cli(*command)
    assert (ran.code, ran.out) == (1, "")
    assert code(ran) == "rejected"
    assert "HTTP 400, error 1001: No such parameter" in " ".join(ran.err.split())


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "json"])
def test_what_is_tried_again_is_told_on_standard_error(
    cli: Cli, declare: Declare, shared_account: Account, flags: tuple[str, ...]
) -> None:
    declare()
    shared_account.faults.add(Fault("status-before", method="GET", path="/sites", status=503))
    ran = cli("plan", *flags)
    assert ran.code == 0
    (told,) = ran.err.splitlines()
    assert "The service keeps failing at GET /accounts/9900778/sites" in told
    assert "HTTP 503" in told
    assert told.endswith("Trying again (2 of 4).")
    assert "Trying again" not in ran.out
    if flags:
        assert ran.document["complete"] is True


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
    told = " ".join(ran.out.partition("\nFailed\n")[2].split())
    assert re.match(r"provisioner.yaml:\d+:\d+: create sippeer Raleigh/Messaging East: ", told)
    assert "HTTP 400, error 13502: Bad name. Choose a name of letters, digits and spaces." in told
    assert "because sippeer Raleigh/Messaging East failed:" in ran.out
    assert "Not complete: 2 created," in ran.out
    assert "Run it again to continue." in ran.out
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


def test_a_refused_read_says_what_was_read_and_where_that_is_declared(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    body = (
        b"<SipPeerResponse><ResponseStatus><ErrorCode>13566</ErrorCode>"
        b"<Description>Not now</Description></ResponseStatus></SipPeerResponse>"
    )
    account.faults.add(
        Fault("status-before", method="GET", path="/tns", status=400, nth=None, body=body)
    )
    ran = cli("plan")
    told = " ".join(ran.err.split())
    assert ran.code == 1
    assert re.match(r"provisioner.yaml:\d+:\d+: error: The account refused \[rejected\] ", told)
    assert "Reading the numbers of sippeer Raleigh/Messaging East: HTTP 400, error 13566" in told
    assert "Not now. Run again later;" in told
