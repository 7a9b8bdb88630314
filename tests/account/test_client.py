from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from provisioner.account.answers import Answer
from provisioner.account.client import Client
from provisioner.account.connection import connection_from
from provisioner.account.xml import name_of
from provisioner.errors import (
    AccountError,
    LostAnswer,
    Rejected,
    SettingsError,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from provisioner.model import Secret
from tests.account.conftest import (
    ACCOUNT,
    DROP,
    HANG,
    Account,
    Answers,
    Asked,
    FakeTime,
    Say,
    Stage,
    in_turn,
    staged,
)

pytestmark = pytest.mark.anyio

SITES = f"/accounts/{ACCOUNT}/sites"
FINE = Say(body="<SitesResponse/>")
PATIENCE = 0.8  # seconds that really pass where a server hangs
CALLS: dict[str, Callable[[Client], Awaitable[Answer]]] = {
    "GET": lambda client: client.get(SITES),
    "PUT": lambda client: client.put(SITES, b"<Site/>"),
    "PATCH": lambda client: client.patch(SITES, b"<Site/>"),
    "DELETE": lambda client: client.delete(SITES),
    "POST": lambda client: client.post(SITES, b"<Site/>"),
}
REPEATABLE = ["GET", "PUT", "PATCH", "DELETE"]


async def ask(answers: Answers, method: str = "GET") -> tuple[Answer, Stage]:
    async with staged(answers) as stage:
        connection = replace(stage.connection(), timeout=PATIENCE)
        async with Client(connection, clock=stage.time.clock) as client:
            return await CALLS[method](client), stage


async def fail(
    expected: type[AccountError], answers: Answers, method: str = "GET"
) -> tuple[AccountError, Stage]:
    async with staged(answers) as stage:
        connection = stage.connection()
        secrets = (*connection.secrets, Secret("X", "callback-pass"))
        connection = replace(connection, timeout=PATIENCE, secrets=secrets)
        async with Client(connection, clock=stage.time.clock) as client:
            with pytest.raises(expected) as caught:
                await CALLS[method](client)
        return caught.value, stage


# What may be repeated


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize(
    "trouble",
    [DROP, HANG, Say(500), Say(503, "<x/>"), Say(body="<SitesResponse/>", cut=5), Say(429)],
    ids=["reset", "timeout", "500", "503", "truncated", "429"],
)
async def test_what_is_safe_to_repeat_is_repeated(trouble: Say, method: str) -> None:
    answer, stage = await ask(in_turn(trouble, trouble, FINE), method)
    assert answer.status == 200
    assert len(stage.asked) == 3
    assert len({each.body for each in stage.asked}) == 1
    assert len(stage.time.slept) == 2


@pytest.mark.parametrize("method", REPEATABLE)
async def test_it_gives_up_after_four_lost_answers(method: str) -> None:
    error, stage = await fail(Unreachable, in_turn(DROP), method)
    assert f"{stage.url} does not answer" in str(error)
    assert "Check BW_API_URL and the network" in str(error)
    assert len(stage.asked) == 4


@pytest.mark.parametrize("method", REPEATABLE)
async def test_it_gives_up_after_four_server_errors_with_the_words_of_the_last(
    method: str,
) -> None:
    body = "<X><ResponseStatus><ErrorCode>13566</ErrorCode><Description>Later</Description></ResponseStatus></X>"  # noqa: E501
    error, stage = await fail(Unreachable, in_turn(Say(500), Say(503, body)), method)
    told = f"The service keeps failing at {method} {SITES}: HTTP 503, error 13566: Later"
    assert str(error) == told
    assert len(stage.asked) == 4


async def test_silence_is_told_with_the_time_that_was_waited() -> None:
    error, _ = await fail(Unreachable, in_turn(HANG))
    assert f"does not answer: nothing came within {PATIENCE:g} s. Check" in str(error)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("status", [400, 401, 403, 409])
@pytest.mark.parametrize("trouble", [DROP, Say(502)], ids=["reset", "502"])
async def test_a_refusal_after_a_lost_answer_may_be_of_a_change_that_was_made(
    method: str, trouble: Say, status: int
) -> None:
    expected = Unauthorized if status in (401, 403) else Rejected
    error, stage = await fail(expected, in_turn(trouble, Say(status)), method)
    assert error.may_have_written
    assert f"HTTP {status}" in str(error)
    assert len(stage.asked) == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("before", [[], [Say(429)]], ids=["first", "pace"])
async def test_a_refusal_alone_changed_nothing(method: str, before: list[Say]) -> None:
    for expected, status in ((Rejected, 400), (Unauthorized, 403)):
        error, _ = await fail(expected, in_turn(*before, Say(status)), method)
        assert not error.may_have_written


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_is_refused_again_was_not_done_the_first_time_either(method: str) -> None:
    error, _ = await fail(Rejected, in_turn(DROP, Say(404)), method)
    assert "HTTP 404" in str(error)


async def test_every_further_try_is_a_warning_with_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, stage = await ask(in_turn(DROP, Say(502), FINE), "PUT")
    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert warnings[0].startswith(f"{stage.url} does not answer: ")
    assert warnings[0].endswith("Trying again (2 of 4).")
    assert f"keeps failing at PUT {SITES}: HTTP 502" in warnings[1]
    assert warnings[1].endswith("Trying again (3 of 4).")


async def test_pauses_grow_and_are_not_all_alike() -> None:
    pauses = []
    for _ in range(10):
        _, stage = await fail(Unreachable, in_turn(DROP))
        pauses.append(stage.time.slept)
    for longest, several in zip((0.5, 1.0, 2.0), zip(*pauses, strict=True), strict=True):
        assert all(longest / 2 <= each <= longest for each in several)
        assert len(set(several)) > 1


@pytest.mark.parametrize("method", [*REPEATABLE, "POST"])
async def test_a_refused_connection_is_tried_again_and_then_told(method: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        environ = {"BW_API_URL": url, "BW_USERNAME": "u", "BW_PASSWORD": "p"}
        time = FakeTime()
        async with Client(connection_from(environ, ACCOUNT), clock=time.clock) as client:
            with pytest.raises(Unreachable, match="does not answer"):
                await CALLS[method](client)
    assert len(time.slept) == 3


# Too many requests


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "1700000007"}, 7.0),
        ({"Retry-After": "3"}, 3.0),
        ({"X-RateLimit-Reset": "1700000007", "Retry-After": "3"}, 7.0),
        ({"X-RateLimit-Reset": "1700000007000"}, 7.0),
        ({"X-RateLimit-Reset": "1600000000"}, 0.5),
        ({"Retry-After": "0"}, 0.5),
        ({"X-RateLimit-Reset": "1800000000"}, 600.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 1.0),
        ({"X-RateLimit-Reset": "1700003607", "Date": "Tue, 14 Nov 2023 23:13:20 GMT"}, 7.0),
        ({}, 1.0),
    ],
    ids=[
        "reset",
        "retry-after",
        "both",
        "milliseconds",
        "past",
        "zero",
        "far",
        "date",
        "another-clock",
        "neither",
    ],
)
async def test_too_many_requests_are_waited_out(
    headers: dict[str, str], seconds: float, method: str
) -> None:
    _, stage = await ask(in_turn(Say(429, headers=headers), FINE), method)
    assert len(stage.asked) == 2
    assert stage.time.slept == [pytest.approx(seconds)]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_too_many_requests_again_and_again_are_waited_out_longer_each_time(
    method: str,
) -> None:
    soon = Say(429, headers={"Retry-After": "0"})
    _, stage = await ask(in_turn(*[soon] * 6, FINE), method)
    assert stage.time.slept == pytest.approx([0.5, 1, 2, 4, 8, 8])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_service_that_only_says_too_many_is_given_up_on(method: str) -> None:
    error, stage = await fail(Unreachable, in_turn(Say(429)), method)
    assert f"kept refusing {method} {SITES}" in str(error)
    assert len(stage.asked) == 30


async def test_refusals_for_pace_do_not_use_up_the_tries() -> None:
    many = [Say(429)] * 10 + [DROP] * 3 + [FINE]
    _, stage = await ask(in_turn(*many))
    assert len(stage.asked) == 14


# POST


@pytest.mark.parametrize(
    "trouble",
    [DROP, HANG, Say(500), Say(503), Say(body="<SitesResponse/>", cut=5)],
    ids=["reset", "timeout", "500", "503", "truncated"],
)
async def test_a_post_that_may_have_been_carried_out_is_never_repeated(trouble: Say) -> None:
    error, stage = await fail(LostAnswer, in_turn(trouble, FINE), "POST")
    assert f"POST {SITES}" in str(error)
    assert len(stage.asked) == 1


async def test_a_post_that_only_asks_is_repeated() -> None:
    async with staged(in_turn(DROP, Say(503), FINE)) as stage, stage.client() as client:
        assert (await client.query("/tns", b"<TnList/>")).status == 200
    assert [each.body for each in stage.asked] == [b"<TnList/>"] * 3


async def test_a_post_with_an_answer_that_cannot_be_decoded_is_lost() -> None:
    garbled = Say(body=b"not gzip", headers={"Content-Encoding": "gzip"})
    error, stage = await fail(LostAnswer, in_turn(garbled), "POST")
    assert len(stage.asked) == 1
    error, stage = await fail(Unreadable, in_turn(garbled), "GET")
    assert len(stage.asked) == 1
    assert "GET" in str(error)


async def test_a_post_refused_for_pace_is_repeated() -> None:
    answer, stage = await ask(in_turn(Say(429), Say(429), Say(201)), "POST")
    assert answer.status == 201
    assert len(stage.asked) == 3


async def test_a_post_whose_connection_was_refused_is_repeated() -> None:
    class Refusing(httpx.AsyncBaseTransport):
        tries = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.tries += 1
            if self.tries < 3:
                raise httpx.ConnectError("refused")
            return httpx.Response(201)

    environ = {"BW_USERNAME": "u", "BW_PASSWORD": "p"}
    wire = Refusing()
    connection = connection_from(environ, ACCOUNT)
    async with Client(connection, clock=FakeTime().clock, transport=wire) as client:
        assert (await client.post(SITES, b"<Site/>")).status == 201
    assert wire.tries == 3


async def test_a_post_may_be_answered_with_prose_and_with_a_location_only() -> None:
    prose = Say(201, "The site has been added.", {"Location": "https://h:443/v1.0/sites/17"})
    answer, _ = await ask(in_turn(prose), "POST")
    assert answer == Answer(201, "https://h:443/v1.0/sites/17", None, garbled=True)


# In flight


@pytest.mark.parametrize("parallelism", [1, 3])
async def test_never_more_requests_are_in_flight_than_allowed(parallelism: int) -> None:
    flying, most, arrived = 0, 0, asyncio.Event()

    async def answer(asked: Asked) -> Say:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        if flying == parallelism:
            arrived.set()
        await arrived.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        flying -= 1
        return FINE

    async with staged(answer) as stage, stage.client(parallelism=parallelism) as client:
        calls = [CALLS[method](client) for method in ("GET", "PUT", "POST") for _ in range(4)]
        await asyncio.gather(*calls)
    assert most == parallelism
    assert len(stage.asked) == 12


async def test_waiting_for_the_pace_takes_no_slot() -> None:
    def answer(asked: Asked) -> Say:
        busy = asked.target.endswith("/orders")
        return Say(429, headers={"Retry-After": "5"}) if busy else FINE

    async with staged(answer) as stage, stage.client(parallelism=1) as client:
        orders = asyncio.create_task(client.get(f"/accounts/{ACCOUNT}/orders"))
        await client.get(SITES)
        with pytest.raises(Unreachable):
            await orders


# Redirects


def sent_on(location: str) -> Say:
    return Say(307, headers={"Location": location})


async def test_a_get_is_sent_on_within_the_same_host_with_its_credentials() -> None:
    def answer(asked: Asked) -> Say:
        return FINE if asked.target == "/api/else?page=2" else sent_on("/api/else?page=2")

    async with staged(answer) as stage, stage.client() as client:
        answered = await client.get(SITES)
    assert answered.root is not None
    assert [each.target for each in stage.asked] == [f"/api{SITES}", "/api/else?page=2"]
    first, second = (each.headers["authorization"] for each in stage.asked)
    assert first == second


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:{other}",
        "http://localhost:{same}",
        "https://127.0.0.1:{same}",
        "//127.0.0.1:{other}",
    ],
    ids=["port", "host", "scheme", "relative"],
)
async def test_nothing_is_learnt_from_another_host(origin: str) -> None:
    async with staged(in_turn(FINE)) as elsewhere:
        other = elsewhere.url.rpartition(":")[2]

        def answer(asked: Asked) -> Say:
            return sent_on(f"{there()}/api/sites")

        def there() -> str:
            return origin.format(other=other, same=stage.url.rpartition(":")[2])

        async with staged(answer) as stage, stage.client() as client:
            with pytest.raises(Unreadable) as caught:
                await client.get(SITES)
    named = there() if "://" in there() else f"http:{there()}"
    assert str(caught.value) == (
        f"{stage.url} sends us on to {named}. If that is the API, set BW_API_URL to it."
    )
    assert elsewhere.asked == []
    assert len(stage.asked) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
async def test_nothing_that_changes_the_account_follows_a_redirect(method: str) -> None:
    there = Say(308, headers={"Location": "/elsewhere"})
    error, stage = await fail(Unreadable, in_turn(there, FINE), method)
    assert "HTTP 308" in str(error)
    assert len(stage.asked) == 1


async def test_redirects_in_a_circle_are_told() -> None:
    error, stage = await fail(Unreadable, in_turn(sent_on(f"/api{SITES}")))
    assert "was answered with HTTP 307" in str(error)
    assert len(stage.asked) == 6


# Bodies

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    "<l>&d;</l>"
)


@pytest.mark.parametrize(
    "body",
    [
        "hello",
        "<html><body><p>hello</body></html>",
        '{"sites": []}',
        "<Sites>",
        "<Sites>&nbsp;</Sites>",
        "<!DOCTYPE html><html/>",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        LAUGHS,
        b"\x00\x01\x02",
    ],
    ids=[
        "text",
        "html",
        "json",
        "open",
        "entity",
        "doctype",
        "system",
        "file",
        "laughs",
        "bytes",
    ],
)
async def test_what_is_not_plain_xml_is_told_with_the_host_to_check(body: str | bytes) -> None:
    error, stage = await fail(Unreadable, in_turn(Say(body=body)))
    assert f"Is {stage.url} the API?" in str(error)
    assert "root:" not in str(error)
    assert len(stage.asked) == 1


@pytest.mark.parametrize("method", list(CALLS))
@pytest.mark.parametrize("body", ["", " \n "], ids=["none", "blank"])
async def test_an_answer_may_be_empty(body: str, method: str) -> None:
    answer, _ = await ask(in_turn(Say(body=body)), method)
    assert answer.root is None


async def test_a_huge_answer_is_read() -> None:
    rows = "<Site><Id>1</Id></Site>" * 200_000
    answer, _ = await ask(in_turn(Say(body=f"<SitesResponse>{rows}</SitesResponse>")))
    assert answer.root is not None
    assert len(answer.root) == 200_000


# Refusals


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (
            409,
            (
                "<SipPeerResponse><ResponseStatus><ErrorCode>13524</ErrorCode>"
                "<Description>There is one</Description></ResponseStatus></SipPeerResponse>"
            ),
            "13524",
            "HTTP 409, error 13524: There is one",
        ),
        (
            400,
            (
                "<OrderResponse><ErrorList>"
                "<Error><Code>5016</Code><Description>No site</Description>"
                "</Error><Error><Code>5023</Code><Description>No peer</Description></Error>"
                "</ErrorList><Order/></OrderResponse>"
            ),
            "5016",
            "HTTP 400, error 5016: No site; error 5023: No peer",
        ),
        (
            400,
            "<Errors><Code>7000</Code><Description>Wrong</Description></Errors>",
            "7000",
            "HTTP 400, error 7000: Wrong",
        ),
        (
            400,
            (
                "<MoveTnsResponse><Errors><Error><Code>5017</Code><Description>Wrong</Description>"
                "<TelephoneNumbers/></Error></Errors></MoveTnsResponse>"
            ),
            "5017",
            "HTTP 400, error 5017: Wrong",
        ),
        (
            400,
            (
                "<SearchResult><Error><Code>4010</Code><Description>Say more</Description></Error>"
                "</SearchResult>"
            ),
            "4010",
            "HTTP 400, error 4010: Say more",
        ),
        (
            400,
            "<Answer><resultCode>17</resultCode><resultMessage>No</resultMessage></Answer>",
            "17",
            "HTTP 400, error 17: No",
        ),
        (
            404,
            (
                "<ErrorResponse><ResponseStatus><Description>Nothing there</Description>"
                "</ResponseStatus></ErrorResponse>"
            ),
            None,
            "HTTP 404, Nothing there",
        ),
        (404, "", None, f"HTTP 404 to GET /api{SITES}"),
        (400, "<html>", None, f"HTTP 400 to GET /api{SITES}"),
        (
            400,
            (
                "<x><responseStatus><errorCode>12</errorCode><description>a</description>"
                "</responseStatus><error><code>12</code><description>a</description></error></x>"
            ),
            "12",
            "HTTP 400, error 12: a",
        ),
    ],
    ids=["A", "B", "C", "C-list", "D", "E", "F", "G", "garbage", "lower-case-and-twice"],
)
async def test_every_shape_of_error_gives_its_code_and_words(
    status: int, body: str, code: str | None, message: str
) -> None:
    error, stage = await fail(Rejected, in_turn(Say(status, body)))
    assert isinstance(error, Rejected)
    assert (error.status, error.api_code, str(error)) == (status, code, message)
    assert len(stage.asked) == 1, "a refusal is not repeated"


@pytest.mark.parametrize(
    "body",
    [
        "<R><ResponseStatus><ErrorCode>1003</ErrorCode><Description>x</Description></ResponseStatus></R>",
        "<R><resultCode>1003</resultCode><resultMessage>x</resultMessage></R>",
    ],
    ids=["A", "E"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_error_inside_a_success_is_a_refusal(body: str, method: str) -> None:
    error, _ = await fail(Rejected, in_turn(Say(body=body)), method)
    assert str(error) == "HTTP 200, error 1003: x"


@pytest.mark.parametrize(
    "body",
    [
        "<R><resultCode>0</resultCode></R>",
        "<R><ResponseStatus><Description>fine</Description></ResponseStatus></R>",
        "<OrderResponse><ErrorList><Error><Code>5018</Code></Error></ErrorList></OrderResponse>",
    ],
    ids=["result-0", "no-code", "order"],
)
async def test_not_everything_that_looks_like_an_error_is_one(body: str) -> None:
    answer, _ = await ask(in_turn(Say(body=body)))
    assert answer.status == 200


async def test_a_missing_role_is_told_apart_from_wrong_credentials() -> None:
    told, _ = await fail(Unauthorized, in_turn(Say(403)))
    assert f"access to account {ACCOUNT} (HTTP 403)" in str(told)
    body = "<R><Error><Code>1001</Code><Description>denied</Description></Error></R>"
    told, _ = await fail(Unauthorized, in_turn(Say(401, body)))
    assert "refused the credentials (HTTP 401)" in str(told)
    assert "It says: error 1001: denied" in str(told)


async def test_secrets_that_the_service_repeats_are_not_shown() -> None:
    words = "callback-pass is too short, api-pass-word-1 is wrong"
    body = f"<R><Error><Code>1</Code><Description>{words}</Description></Error></R>"
    for status in (400, 401, 503):
        error, _ = await fail(AccountError, in_turn(Say(status, body)))
        assert "(secret) is too short, (secret) is wrong" in str(error)


async def test_a_header_that_the_service_repeats_is_not_shown() -> None:
    def answer(asked: Asked) -> Say:
        words = f"bad header: {asked.headers['authorization']}"
        return Say(400, f"<R><Error><Code>1</Code><Description>{words}</Description></Error></R>")

    error, stage = await fail(Rejected, answer)
    assert str(error) == "HTTP 400, error 1: bad header: Basic (secret)"
    assert len(stage.asked[0].headers["authorization"]) > 10


# What the environment says


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "gopher://user:s3cret-word@proxy.example"),
        ("ALL_PROXY", "http://user:s3cret-word@[::1"),
        ("SSL_CERT_FILE", "/nowhere/s3cret-word.pem"),
    ],
)
def test_a_proxy_or_certificate_that_cannot_be_used_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    connection = connection_from({"BW_USERNAME": "u", "BW_PASSWORD": "p"}, ACCOUNT)
    with pytest.raises(SettingsError) as caught:
        Client(connection)
    assert name in str(caught.value)
    assert "s3cret-word" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_proxy_is_for_the_way_out_and_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example")
    environ = {"BW_API_URL": "http://127.0.0.1:1", "BW_USERNAME": "u", "BW_PASSWORD": "p"}
    assert Client(connection_from(environ, ACCOUNT)).connection.on_this_machine


# What is shown of it

PASSWORDS = (
    b"<A><Password>one-secret</Password><x:password a='b'>two-secret</x:password>"
    b"<Password><![CDATA[three<secret]]></Password><CallbackPassword>four-secret"
)


async def test_verbose_logs_show_each_request_and_very_verbose_ones_the_bodies(
    caplog: pytest.LogCaptureFixture, account: Account
) -> None:
    caplog.set_level(logging.DEBUG, "provisioner.account")
    async with account.client() as client:
        await client.get(SITES)
        with pytest.raises(AccountError):
            await client.post(f"/accounts/{ACCOUNT}/applications", PASSWORDS)
    logged = [each for each in caplog.records if each.name == "provisioner.account"]
    brief = [each.getMessage() for each in logged if each.levelno == logging.INFO]
    assert [each.partition(" in ")[0] for each in brief] == [
        f"GET {account.server.url}/api{SITES} -> 200",
        f"POST {account.server.url}/api/accounts/{ACCOUNT}/applications -> 400",
    ]
    full = "\n".join(each.getMessage() for each in logged if each.levelno == logging.DEBUG)
    assert "<SitesResponse>" in full
    assert "<Password>(secret)</Password>" in full
    assert "secret</" not in full.replace("(secret)</", "")
    assert "four-secret" not in full


async def test_a_log_line_has_the_whole_address_with_its_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "provisioner.account")
    async with staged(in_turn(FINE)) as stage, stage.client() as client:
        await client.get(SITES, {"page": 1, "customerOrderId": "bwp-1"})
    assert f"GET {stage.url}/api{SITES}?page=1&customerOrderId=bwp-1 -> 200 in " in caplog.text


async def test_a_refusal_for_pace_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "provisioner.account")
    await ask(in_turn(Say(429), FINE))
    assert "sites read: too many requests, going on in 1.0 s" in caplog.text


async def test_the_vendor_sees_who_is_calling_and_gets_xml() -> None:
    _, stage = await ask(in_turn(FINE), "PUT")
    headers = stage.asked[0].headers
    assert headers["user-agent"] == "bandwidth-provisioner"
    assert headers["content-type"] == "application/xml; charset=utf-8"
    _, stage = await ask(in_turn(FINE), "GET")
    assert "content-type" not in stage.asked[0].headers


async def test_a_query_is_added_to_the_path() -> None:
    async with staged(in_turn(FINE)) as stage, stage.client() as client:
        assert client.account_path == f"/accounts/{ACCOUNT}"
        answer = await client.get(SITES, {"page": 1, "customerOrderId": "a b"})
    assert answer.root is not None
    assert name_of(answer.root) == "sitesresponse"
    assert stage.asked[0].target == f"/api{SITES}?page=1&customerOrderId=a+b"
