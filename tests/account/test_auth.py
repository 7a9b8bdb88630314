from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import replace

import pytest

from provisioner.account.client import Client
from provisioner.errors import Rejected, Unauthorized, Unreachable, Unreadable
from tests.account.conftest import ACCOUNT, DROP, HANG, Account, Answers, Asked, Say, staged

pytestmark = pytest.mark.anyio

CLIENT = {"BW_CLIENT_ID": "sandbox-client", "BW_CLIENT_SECRET": "sandbox-secret"}
SITES = f"/accounts/{ACCOUNT}/sites"
TOKEN_PATH = "/api/v1/oauth2/token"
NOTHING_THERE = Say(body="<SitesResponse/>")


def with_tokens(account: Account, **variables: str) -> Client:
    return Client(account.connection(**{**CLIENT, **variables}), clock=account.time.clock)


def tokens_asked(account: Account) -> int:
    return sum(each.target == TOKEN_PATH for each in account.log)


def granting(*tokens: Say, then: Say = NOTHING_THERE) -> Answers:
    """A stage that gives these tokens in turn, the last one again and again."""
    left = list(tokens)

    def answer(asked: Asked) -> Say:
        if asked.target != TOKEN_PATH:
            return then
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def token(text: object, **more: object) -> Say:
    return Say(body=json.dumps({"access_token": text, **more}))


async def test_basic_credentials_go_with_every_request() -> None:
    async with staged(lambda _: NOTHING_THERE) as stage, stage.client() as client:
        await client.get(SITES)
        await client.put(SITES, b"<Site/>")
    expected = base64.b64encode(b"user-name:api-pass-word-1").decode()
    assert {each.headers["authorization"] for each in stage.asked} == {f"Basic {expected}"}


async def test_wrong_basic_credentials_are_told_with_the_variables_to_check(
    account: Account,
) -> None:
    connection = account.connection(BW_PASSWORD="not-this-one")
    async with Client(connection, clock=account.time.clock) as client:
        with pytest.raises(Unauthorized, match="BW_USERNAME and BW_PASSWORD") as caught:
            await client.get(SITES)
    assert "not-this-one" not in str(caught.value)


async def test_one_token_serves_many_requests_at_once(account: Account) -> None:
    async with with_tokens(account) as client:
        await asyncio.gather(*(client.get(SITES) for _ in range(20)))
    assert tokens_asked(account) == 1
    assert len(account.sent("GET", "/sites")) == 20


async def test_a_token_is_asked_for_as_the_vendor_describes_it() -> None:
    mine = {"BW_CLIENT_ID": "my-id", "BW_CLIENT_SECRET": "my-secret"}
    async with staged(granting(token("tok-1"))) as stage, stage.client(mine) as client:
        await client.get(SITES)
    asked, used = stage.asked
    assert (asked.method, asked.target) == ("POST", TOKEN_PATH)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body == b"grant_type=client_credentials"
    basic = base64.b64encode(b"my-id:my-secret").decode()
    assert asked.headers["authorization"] == f"Basic {basic}"
    assert used.headers["authorization"] == "Bearer tok-1"


@pytest.mark.parametrize("seconds", [3539, 3541])
async def test_a_token_is_renewed_a_minute_before_its_end(account: Account, seconds: int) -> None:
    async with with_tokens(account) as client:
        await client.get(SITES)
        account.time.advance(seconds)
        await client.get(SITES)
    assert tokens_asked(account) == (2 if seconds > 3540 else 1)
    assert all(each.status == 200 for each in account.log)


async def test_a_token_of_unsaid_lifetime_is_kept_for_an_hour() -> None:
    async with staged(granting(token("tok-1"))) as stage, stage.client(CLIENT) as client:
        for seconds in (0, 3539, 2):
            stage.time.advance(seconds)
            await client.get(SITES)
    assert [each.target for each in stage.asked].count(TOKEN_PATH) == 2


async def test_a_token_that_is_refused_is_renewed_once_and_the_request_repeated() -> None:
    def answer(asked: Asked) -> Say:
        if asked.target == TOKEN_PATH:
            tokens.append(f"tok-{len(tokens) + 1}")
            return token(tokens[-1])
        return NOTHING_THERE if asked.headers["authorization"] == "Bearer tok-2" else Say(401)

    tokens: list[str] = []
    async with staged(answer) as stage, stage.client(CLIENT) as client:
        await asyncio.gather(*(client.get(SITES) for _ in range(5)))
        await client.post(SITES, b"<Site/>")
    assert len(tokens) == 2


async def test_a_token_that_is_refused_again_is_told() -> None:
    answers = granting(token("tok-1"), token("tok-2"), then=Say(401))
    async with staged(answers) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Unauthorized, match="BW_CLIENT_ID and BW_CLIENT_SECRET"):
            await client.get(SITES)
    assert len(stage.asked) == 4


@pytest.mark.parametrize(
    "answer",
    [
        Say(body="<html>hello</html>"),
        Say(body=b"\xff\xfe"),
        Say(body=b"plain", headers={"Content-Encoding": "gzip"}),
        Say(body="[]"),
        Say(body='"tok"'),
        Say(body="{}"),
        Say(status=204),
        token(None),
        token(""),
        token(17),
        token("tok\r\nX-Evil: 1"),
        token("tök"),
        token("tok", expires_in=None),
        token("tok", expires_in="soon"),
        Say(status=302, headers={"Location": "https://elsewhere.example/"}),
    ],
    ids=range(15),
)
async def test_garbage_is_no_token(answer: Say) -> None:
    async with staged(granting(answer)) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Unreadable, match=r"gave no access token .* BW_TOKEN_URL") as caught:
            await client.post(SITES, b"<Site/>")
    assert "tok\r" not in str(caught.value)
    assert not caught.value.may_have_written
    assert len(stage.asked) == 1, "nothing is sent without a token"


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_refused_client_credentials_are_told(status: int) -> None:
    async with staged(granting(Say(status=status))) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Unauthorized, match=f"HTTP {status}.*BW_CLIENT_SECRET"):
            await client.get(SITES)
    assert len(stage.asked) == 1


async def test_the_sandbox_refuses_wrong_client_credentials(account: Account) -> None:
    async with with_tokens(account, BW_CLIENT_SECRET="not-this-one") as client:
        with pytest.raises(Unauthorized, match="refused the client credentials"):
            await client.get(SITES)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_token_server_is_asked_again_even_for_a_post(status: int) -> None:
    answers = granting(Say(status), Say(status), token("tok"))
    async with staged(answers) as stage, stage.client(CLIENT) as client:
        await client.post(SITES, b"<Site/>")
    assert [each.target for each in stage.asked].count(TOKEN_PATH) == 3
    assert len(stage.asked) == 4


async def test_a_token_server_that_stays_busy_is_told() -> None:
    async with staged(granting(Say(status=503))) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Unreachable, match=r"gave no access token \(HTTP 503\)"):
            await client.post(SITES, b"<Site/>")


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_token_server_that_says_nothing_does_not_hold_up_forever(method: str) -> None:
    async with staged(granting(HANG)) as stage:
        connection = replace(stage.connection(**CLIENT), timeout=0.1)
        async with asyncio.timeout(10), Client(connection, clock=stage.time.clock) as client:
            with pytest.raises(Unreachable, match=r"gave no access token in time") as caught:
                await (client.get(SITES) if method == "get" else client.post(SITES, b"<Site/>"))
    assert {each.target for each in stage.asked} == {TOKEN_PATH}
    if method == "post":
        assert not caught.value.may_have_written, "nothing was sent"


async def test_a_change_that_may_have_been_made_is_in_doubt_though_its_next_try_had_no_token() -> (
    None
):
    def answer(asked: Asked) -> Say:
        if asked.target == TOKEN_PATH:
            return tokens.pop(0)
        return DROP

    tokens = [token("tok-1", expires_in=61), Say(401)]
    async with staged(answer) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Unauthorized) as caught:
            await client.put(SITES, b"<Site/>")
    assert caught.value.may_have_written


async def test_what_waits_for_its_token_has_not_been_announced() -> None:
    announced: list[int] = []

    async def announce() -> None:
        announced.append(len(stage.asked))

    async with staged(granting(token("tok"))) as stage, stage.client(CLIENT) as client:
        await client.announcing(announce).post(SITES, b"<Site/>")
    assert announced == [1], "after the token, before the request"


async def test_a_token_server_that_hangs_up_is_asked_again_even_for_a_post() -> None:
    answers = granting(DROP, DROP, token("tok"))
    async with staged(answers) as stage, stage.client(CLIENT) as client:
        await client.post(SITES, b"<Site/>")
    assert [each.target for each in stage.asked].count(TOKEN_PATH) == 3
    assert len(stage.asked) == 4


async def test_parallel_refusals_with_one_connection_do_not_block_each_other() -> None:
    answers = granting(token("tok-1"), token("tok-2"), then=Say(401))
    async with (
        asyncio.timeout(10),
        staged(answers) as stage,
        stage.client(CLIENT, parallelism=1) as client,
    ):
        ends = await asyncio.gather(*(client.get(SITES) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in ends] == [Unauthorized] * 3


async def test_a_token_that_the_service_repeats_is_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor are those before it, nor the header that asked for them."""
    caplog.set_level(logging.DEBUG)
    basic = base64.b64encode(b"sandbox-client:sandbox-secret").decode()
    words = f"tok-one and tok-two&amp;more of {basic} with sandbox-secret"
    refusal = f"<R><Error><Code>1</Code><Description>{words}</Description></Error></R>"

    def answer(asked: Asked) -> Say:
        if asked.target == TOKEN_PATH:
            return token(left.pop(0))
        old = asked.headers["authorization"] == "Bearer tok-one"
        return Say(401 if old else 400, refusal)

    left = ["tok-one", "tok-two&more"]
    async with staged(answer) as stage, stage.client(CLIENT) as client:
        with pytest.raises(Rejected) as caught:
            await client.get(SITES)
    shown = "(secret) and (secret) of (secret) with (secret)"
    assert str(caught.value) == f"HTTP 400, error 1: {shown}"
    logged = [each.getMessage() for each in caplog.records]
    assert any(shown in each for each in logged)
    assert not any("tok-" in each or basic in each for each in logged)


async def test_no_secret_and_no_token_is_in_any_log(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with with_tokens(account) as client:
        await client.get(SITES)
    async with account.client() as client:
        await client.get(SITES)
    given = json.loads(account.log[0].answer)["access_token"]
    assert len(caplog.records) > 3
    logged = "\n".join(f"{each.getMessage()} {each.args!r}" for each in caplog.records)
    assert "/sites" in logged
    basic = base64.b64encode(b"sandbox:sandbox-password").decode()
    oauth = base64.b64encode(b"sandbox-client:sandbox-secret").decode()
    for secret in (given, "sandbox-secret", "sandbox-password", basic, oauth):
        assert secret not in logged
