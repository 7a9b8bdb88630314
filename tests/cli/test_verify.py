"""`verify`: every finding that it can make, with the way out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from xml.etree.ElementTree import parse

import httpx
import pytest
from lxml import etree

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import (
    CALLBACK_PASSWORD,
    Account,
    Cli,
    Declare,
    OpenAccount,
    lead_to,
)

APPLICATION = "application Production Server"
LOCATION = "sippeer Raleigh/Messaging East"
Found = dict[tuple[str, str], tuple[str, str]]


@pytest.fixture
def hooked(declare: Declare) -> Callable[[str], None]:
    """Declares the spec with another callback URL."""

    def write(url: str) -> None:
        declare(lambda spec: spec["applications"]["Production Server"].update(callback_url=url))

    return write


@pytest.fixture
def applied(account: Account, cli: Cli, hooked: Callable[[str], None]) -> Account:
    """An account that is ready, but for the campaign of its number."""
    hooked("https://hooks.acme.io/callbacks")
    assert cli("apply", "--yes", "--quiet").code == 0
    return account


def control(account: Account, method: str, path: str, body: Mapping[str, Any]) -> None:
    url = f"{account.server.url}/_sandbox{path}"
    httpx.request(method, url, json=body).raise_for_status()


def number_of(account: Account) -> str:
    return account.text(f"{account.sippeer}/tns", "FullNumber")


def register(account: Account, **status: str) -> None:
    control(account, "PUT", "/campaigns/C1AB2CD", {"status": status.pop("campaign", "ACTIVE")})
    body = {"campaign": "C1AB2CD", **status}
    control(account, "PUT", f"/campaignNumbers/{number_of(account)}", body)


def verified(cli: Cli, *options: str, code: int) -> Found:
    ran = cli("verify", "--json", *options)
    assert ran.code == code, ran.everything
    document = ran.document
    assert document["ready"] == (code == 0)
    for each in document["findings"]:
        assert each["level"] == "ok" or each["way_out"], each
    return {
        (each["subject"], each["check"]): (each["level"], each["told"])
        for each in document["findings"]
    }


def test_an_account_that_is_ready_has_nothing_but_good_findings(applied: Account, cli: Cli) -> None:
    register(applied)
    found = verified(cli, code=0)
    assert {level for level, _ in found.values()} == {"ok"}
    assert [*found] == [
        ("credentials", "messaging"),
        (APPLICATION, "callback URL"),
        (LOCATION, "SMS"),
        (LOCATION, "MMS"),
        (LOCATION, "application"),
        (LOCATION, "numbers"),
        (LOCATION, "10DLC campaign"),
    ]
    assert found[LOCATION, "application"][1] == "Assigned: Production Server."
    assert [entry.method for entry in applied.log[-12:]] == ["GET"] * 12
    assert cli("verify").out.splitlines()[-1] == "Ready."


def test_before_apply_everything_is_missing(account: Account, cli: Cli, declare: Declare) -> None:
    declare()
    found = verified(cli, code=1)
    assert found[APPLICATION, "existence"] == ("error", "It is not in the account.")
    assert found[LOCATION, "existence"][0] == "error"


@pytest.mark.parametrize(
    ("url", "level", "words"),
    [
        ("https://example.com/callbacks", "error", "is a placeholder"),
        ("https://10.1.2.3/callbacks", "error", "is not a public host"),
        ("http://hooks.acme.io/callbacks", "warning", "is plain http"),
    ],
)
def test_a_callback_url_that_is_no_good_is_told(
    url: str,
    level: str,
    words: str,
    account: Account,
    cli: Cli,
    hooked: Callable[[str], None],
) -> None:
    hooked(url)
    cli("apply", "--yes", "--quiet")
    register(account)
    found = verified(cli, code=int(level == "error"))
    assert found[APPLICATION, "callback URL"][0] == level
    assert words in found[APPLICATION, "callback URL"][1]


def test_directions_that_differ_are_told_apart(applied: Account, cli: Cli) -> None:
    applied.call(
        "PATCH",
        applied.application,
        "<Application><InboundCallbackUrl>https://hooks.acme.io/in</InboundCallbackUrl>"
        "<OutboundCallbackUrl>https://example.com/out</OutboundCallbackUrl></Application>",
    )
    register(applied)
    found = verified(cli, code=1)
    assert found[APPLICATION, "inbound callback URL"][0] == "ok"
    assert found[APPLICATION, "outbound callback URL"][0] == "error"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"status": "PROCESSING"}, "is PROCESSING on campaign C1AB2CD, which is ACTIVE"),
        ({"status": "FAILURE"}, "is FAILURE on campaign C1AB2CD"),
        ({"campaign": "EXPIRED"}, "is SUCCESS on campaign C1AB2CD, which is EXPIRED"),
    ],
    ids=str,
)
def test_a_number_whose_campaign_is_not_ready_is_told(
    status: dict[str, str], words: str, applied: Account, cli: Cli
) -> None:
    register(applied, **status)
    level, told = verified(cli, code=1)[LOCATION, "10DLC campaign"]
    assert level == "error"
    assert words in told


def test_a_number_on_no_campaign_is_told(applied: Account, cli: Cli) -> None:
    level, told = verified(cli, code=1)[LOCATION, "10DLC campaign"]
    assert (level, told) == (
        "error",
        f"On no campaign: +1{number_of(applied)}. Messages to US carriers fail with 4476.",
    )


def test_the_campaign_of_the_location_counts_for_its_numbers(applied: Account, cli: Cli) -> None:
    control(applied, "PUT", "/campaigns/C1AB2CD", {})
    path = f"{applied.messaging}/features/sms"
    answer = applied.call("GET", path)
    assert answer is not None
    feature = answer.find("SipPeerSmsFeature")
    assert feature is not None
    for name, text in (("A2pLongCode", "DefaultOn"), ("A2pCampaignId", "C1AB2CD")):
        etree.SubElement(feature[0], name).text = text
    applied.call("PUT", path, etree.tostring(feature, encoding="unicode"))
    assert verified(cli, code=0)[LOCATION, "10DLC campaign"][0] == "ok"


def test_where_campaigns_cannot_be_seen_it_is_unknown_and_no_failure(
    open_account: OpenAccount,
    cli: Cli,
    hooked: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead_to(open_account(campaign_management=False), monkeypatch)
    hooked("https://hooks.acme.io/callbacks")
    cli("apply", "--yes", "--quiet")
    level, told = verified(cli, code=0)[LOCATION, "10DLC campaign"]
    assert (level, "HTTP 403" in told) == ("unknown", True)
    assert cli("verify").out.splitlines()[-1] == "Ready, with 1 unknown."


@pytest.mark.parametrize(("registered", "level"), [(True, "ok"), (False, "error")])
def test_where_the_newer_calls_are_not_known_the_older_tell_of_campaigns(
    applied: Account, cli: Cli, registered: bool, level: str
) -> None:
    control(applied, "PUT", "/campaigns/C1AB2CD", {})
    if registered:
        register_local(applied)
    applied.faults.add(Fault("status-before", method="GET", path="/tendlc/", status=404))
    found = verified(cli, code=int(not registered))
    assert found[LOCATION, "10DLC campaign"][0] == level


def test_where_the_newer_calls_are_not_known_no_verification_is_missed(
    applied: Account, cli: Cli
) -> None:
    order_toll_free(applied)
    register_local(applied)
    for path in ("/tendlc/", "/tollFreeVerification"):
        applied.faults.add(Fault("status-before", method="GET", path=path, nth=None, status=404))
    assert verified(cli, code=0)[LOCATION, "toll-free verification"][0] == "unknown"


@pytest.mark.parametrize(
    ("status", "level"),
    [(None, "error"), ("PENDING", "error"), ("REJECTED", "error"), ("VERIFIED", "ok")],
)
def test_a_toll_free_number_must_be_verified(
    status: str | None, level: str, applied: Account, cli: Cli
) -> None:
    order_toll_free(applied)
    register_local(applied)
    (number,) = [each for each in numbers_of(applied) if each.startswith("8")]
    if status:
        control(applied, "PUT", f"/tollFreeVerifications/{number}", {"status": status})
    found = verified(cli, code=int(level == "error"))
    assert found[LOCATION, "toll-free verification"][0] == level
    if level == "error":
        told = found[LOCATION, "toll-free verification"][1]
        assert f"+1{number} ({status or 'none'})" in told
        assert "4795" in told


def order_toll_free(account: Account) -> None:
    _, _, site, _, peer = account.sippeer.split("/")
    account.call(
        "POST",
        "/orders",
        f"<Order><SiteId>{site}</SiteId><PeerId>{peer}</PeerId><TollFreeWildCharSearchAndOrderType>"
        "<TollFreeWildCardPattern>8**</TollFreeWildCardPattern><Quantity>1</Quantity>"
        "</TollFreeWildCharSearchAndOrderType></Order>",
    )


def numbers_of(account: Account) -> list[str]:
    return account.texts(f"{account.sippeer}/tns", "FullNumber")


def register_local(account: Account) -> None:
    control(account, "PUT", "/campaigns/C1AB2CD", {})
    for number in numbers_of(account):
        control(account, "PUT", f"/campaignNumbers/{number}", {"campaign": "C1AB2CD"})


@pytest.mark.parametrize(
    ("keys", "check", "level"),
    [
        ({"sms": {"toll_free": True, "short_code": False}}, "SMS", "warning"),
        ({"mms": None}, "MMS", "warning"),
        ({"mms": False}, "MMS", "ok"),
        ({"application": None}, "application", "error"),
        ({"numbers": None}, "numbers", "warning"),
    ],
    ids=str,
)
def test_what_a_location_lacks_is_told(
    keys: dict[str, Any],
    check: str,
    level: str,
    account: Account,
    cli: Cli,
    declare: Declare,
    at_location: Any,
) -> None:
    def change(spec: dict[str, Any]) -> None:
        at_location(keys)(spec)
        spec["applications"]["Production Server"]["callback_url"] = "https://hooks.acme.io/x"

    declare(change)
    assert cli("apply", "--yes", "--quiet").code == 0
    if "numbers" not in keys:
        register(account)
    assert verified(cli, code=int(level == "error"))[LOCATION, check][0] == level


def test_a_location_without_sms_cannot_send_unless_that_is_declared(
    account: Account, cli: Cli, declare: Declare, at_location: Any
) -> None:
    without = {"mms": None, "application": None, "numbers": None}
    declare(at_location({"sms": None, **without}))
    cli("apply", "--yes", "--quiet")
    found = verified(cli, code=1)
    assert found[LOCATION, "SMS"] == ("error", "SMS is off: no message leaves or arrives.")
    declare(at_location({"sms": False, **without}))
    found = verified(cli, code=1)  # the placeholder of the callback URL
    assert found[LOCATION, "SMS"] == ("ok", "Off, as the spec declares.")


def test_an_assignment_that_is_not_the_declared_one_is_told(applied: Account, cli: Cli) -> None:
    register(applied)
    applied.call(
        "POST",
        "/applications",
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Other</AppName>"
        "<CallbackUrl>https://hooks.acme.io/x</CallbackUrl></Application>",
    )
    ids = applied.texts("/applications", "ApplicationId")
    names = applied.texts("/applications", "AppName")
    other = ids[names.index("Other")]
    linked = f"<HttpMessagingV2AppId>{other}</HttpMessagingV2AppId>"
    applied.call(
        "PUT",
        f"{applied.messaging}/applicationSettings",
        f"<ApplicationsSettings>{linked}</ApplicationsSettings>",
    )
    level, told = verified(cli, code=1)[LOCATION, "application"]
    assert (level, told) == ("error", "Other is assigned, not the one that the spec declares.")


def test_credentials_that_cannot_send_are_told(applied: Account, cli: Cli) -> None:
    register(applied)
    applied.faults.add(Fault("unauthorized", method="GET", path="/messages", nth=None, first=1))
    level, told = verified(cli, code=1)["credentials", "messaging"]
    assert (level, "HTTP 401" in told) == ("error", True)


@pytest.mark.parametrize(
    ("path", "check"),
    [("/inserviceNumbers", "numbers"), ("/features/mms", "location")],
)
def test_what_may_not_be_seen_is_unknown(path: str, check: str, applied: Account, cli: Cli) -> None:
    register(applied)
    applied.faults.add(
        Fault("status-before", method="GET", path=path, nth=None, first=1, status=403)
    )
    assert verified(cli, code=0)[LOCATION, check][0] == "unknown"


def test_numbers_that_are_not_in_service_are_told(applied: Account, cli: Cli) -> None:
    register(applied)
    applied.faults.add(
        Fault(
            "status-before", method="GET", path="/inserviceNumbers", nth=None, first=1, status=204
        )
    )
    assert verified(cli, code=1)[LOCATION, "numbers"][0] == "error"


def test_junit_has_a_case_for_each_finding(applied: Account, cli: Cli) -> None:
    findings = verified(cli, "--junit", "verify.xml", code=1)
    suite = parse("verify.xml").getroot()[0]  # noqa: S314 -- written by us a moment ago
    assert len(suite) == len(findings)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(findings)), "1")
    (failed,) = [case for case in suite if case.find("failure") is not None]
    assert failed.get("name") == f"{LOCATION}: 10DLC campaign"


class Hook(BaseHTTPRequestHandler):
    """A callback server that answers as its class attributes say."""

    statuses: ClassVar[list[int]]
    challenge: ClassVar[str]
    asked: ClassVar[list[tuple[str, bytes, str | None]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.asked.append((self.path, body, self.headers.get("authorization")))
        self.send_response(self.statuses.pop(0))
        if self.challenge:
            self.send_header("WWW-Authenticate", self.challenge)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's
        pass


@pytest.fixture
def hook() -> Iterator[tuple[type[Hook], str]]:
    class ThisHook(Hook):
        pass

    ThisHook.statuses, ThisHook.challenge, ThisHook.asked = [], "", []
    server = HTTPServer(("127.0.0.1", 0), ThisHook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ThisHook, f"http://127.0.0.1:{server.server_port}/callbacks"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("statuses", "challenge", "level", "words"),
    [
        ([204], "", "ok", "answers 204"),
        ([401, 200], 'Basic realm="x"', "ok", "answers 200"),
        ([401], "", "error", "401 without WWW-Authenticate: Basic"),
        ([401, 401], 'Basic realm="x"', "error", "answers 401"),
        ([500], "", "error", "answers 500: the service takes only 2xx"),
        ([302], "", "error", "answers 302"),
    ],
    ids=str,
)
def test_a_probe_calls_as_the_service_does(
    statuses: list[int],
    challenge: str,
    level: str,
    words: str,
    account: Account,
    cli: Cli,
    hook: tuple[type[Hook], str],
    hooked: Callable[[str], None],
) -> None:
    served, url = hook
    served.statuses, served.challenge = [*statuses], challenge
    hooked(url)
    cli("apply", "--yes", "--quiet")
    register(account)
    found = verified(cli, code=0)
    assert served.asked == []
    found = verified(cli, "--probe", code=int(level == "error"))
    assert found[APPLICATION, "callback URL"][0] == level
    assert words in found[APPLICATION, "callback URL"][1]
    assert [body for _, body, _ in served.asked] == [b"[]"] * len(statuses)
    assert served.asked[0][2] is None
    if len(statuses) > 1:
        user = httpx.BasicAuth("callback-user", CALLBACK_PASSWORD)
        expected = next(user.auth_flow(httpx.Request("POST", url))).headers["authorization"]
        assert served.asked[1][2] == expected


def test_a_probe_tells_of_a_server_that_is_not_there(
    account: Account, cli: Cli, hooked: Callable[[str], None]
) -> None:
    hooked("http://127.0.0.1:9/callbacks")
    cli("apply", "--yes", "--quiet")
    register(account)
    level, told = verified(cli, "--probe", code=1)[APPLICATION, "callback URL"]
    assert (level, "does not answer" in told) == ("error", True)


def test_a_probe_tells_of_credentials_that_the_spec_lacks(
    account: Account, cli: Cli, declare: Declare, hook: tuple[type[Hook], str]
) -> None:
    served, url = hook
    served.statuses, served.challenge = [401], 'Basic realm="x"'

    def change(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"] = {"callback_url": url}

    declare(change)
    cli("apply", "--yes", "--quiet")
    register(account)
    _, told = verified(cli, "--probe", code=1)[APPLICATION, "callback URL"]
    assert "the spec declares no `callback_credentials`" in told


def test_a_probe_carries_the_credentials_of_its_direction(
    account: Account, cli: Cli, declare: Declare, hook: tuple[type[Hook], str]
) -> None:
    served, url = hook
    served.statuses, served.challenge = [401, 204], 'Basic realm="x"'
    credentials = {"user_id": "outbound-user", "password": "${CALLBACK_PASSWORD}"}

    def change(spec: dict[str, Any]) -> None:
        spec["applications"]["Production Server"] = {
            "messaging": {
                "inbound": {"callback_url": "https://hooks.acme.invalid/in"},
                "outbound": {"callback_url": url, "callback_credentials": credentials},
            }
        }

    declare(change)
    cli("apply", "--yes", "--quiet")
    register(account)
    found = verified(cli, "--probe", code=1)
    assert found[APPLICATION, "outbound callback URL"] == ("ok", f"{url} answers 204.")
    assert found[APPLICATION, "inbound callback URL"][0] == "error"


def test_two_of_one_name_stop_it(applied: Account, cli: Cli) -> None:
    body = (
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Production Server</AppName>"
        "<CallbackUrl>https://hooks.acme.io/x</CallbackUrl></Application>"
    )
    applied.call("POST", "/applications", body)
    ran = cli("verify", "--json")
    assert ran.code == 1
    assert ran.document["complete"] is False


def test_apply_ends_with_what_the_spec_alone_tells(
    account: Account, cli: Cli, declare: Declare
) -> None:
    declare()
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert "warning: Callbacks will not arrive [callback-unreachable]" in ran.err
    assert cli("apply", "--yes").err == ""  # nothing was done, nothing is said
