"""Messages reach the account once, whatever happens to the answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from provisioner.account.client import Client
from provisioner.errors import LostAnswer, Rejected, Unauthorized, Unreadable
from provisioner.messaging.answers import read_json
from provisioner.messaging.message import Message
from provisioner.messaging.message_list import Row, search, search_since
from provisioner.messaging.sending import (
    HEADERS,
    Sighting,
    Trace,
    judge,
    look_for,
    send_message,
)
from tests.account.conftest import Asked, Open, Say, in_turn, staged
from tests.messaging.conftest import ONE, OTHER, Postbox, messaging, open_postbox, staged_client

pytestmark = pytest.mark.anyio

LOGO = "https://dev.bandwidth.com/images/bandwidth-logo.png"
OTHER_LOGO = "https://dev.bandwidth.com/images/github_logo.png"
COMMON = {
    "from": "+12345678901",
    "text": "Hey, check this out!",
    "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
    "tag": "test message",
}
# The five examples of the vendor's guide to sending: what is new in the request of each.
EXAMPLES: dict[str, dict[str, Any]] = {
    "single": {"to": [ONE]},
    "picture": {"to": [ONE], "media": [LOGO]},
    "pictures": {"to": [ONE], "media": [LOGO, OTHER_LOGO]},
    "group": {"to": [ONE, OTHER]},
    "picture-to-group": {"to": [ONE, OTHER], "media": [LOGO]},
}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_of_the_guide_is_sent_and_answered_as_the_guide_shows(
    name: str, postbox: Postbox
) -> None:
    example = COMMON | EXAMPLES[name]
    message = Message(
        sender=example["from"],
        recipients=tuple(example["to"]),
        application=example["applicationId"],
        text=example["text"],
        media=tuple(example.get("media", ())),
        tag=example["tag"],
    )
    async with postbox.client() as client:
        accepted = await send_message(client, message)
    (posted,) = postbox.posted
    assert posted == example
    answer = json.loads(postbox.account.log[-1].answer)
    assert answer == {
        **example,
        "id": accepted.id,
        "time": answer["time"],
        "owner": example["from"],
        "direction": "out",
        "segmentCount": 1,
    }
    assert accepted.segments == 1


async def test_the_path_and_user_of_the_oldest_guide_are_followed(open_account: Open) -> None:
    account = open_account(dialect="beta", user_id="u-abc123")
    connection = messaging(f"{account.server.url}/v2", BW_MESSAGING_USER_ID="u-abc123")
    async with Client(connection, clock=account.time.clock) as client:
        accepted = await send_message(client, MESSAGE)
    assert accepted.id
    assert accepted.segments is None
    assert account.log[-1].target == "/v2/users/u-abc123/messages"


@pytest.mark.parametrize("kind", ["drop-after", "truncate", "garbage", "empty"])
async def test_a_lost_answer_is_found_in_the_list_and_nothing_is_sent_again(
    kind: str, postbox: Postbox
) -> None:
    postbox.account.fail(kind, "POST", "/messages")
    sent_at = postbox.time()
    async with postbox.client() as client:
        message = postbox.message(ONE, OTHER)
        with pytest.raises(LostAnswer):
            await send_message(client, message)
        sighting = await look_for(client, message, sent_at=sent_at, settle=30)
    (identity,) = {row["messageId"] for row in postbox.listed()}
    assert sighting == Sighting(Trace.FOUND, (identity,))
    assert len(postbox.posted) == 1


async def test_what_never_arrived_is_absent_once_lists_cannot_lag_any_more(
    postbox: Postbox,
) -> None:
    postbox.account.fail("drop-before", "POST", "/messages")
    sent_at = postbox.time()
    async with postbox.client() as client:
        with pytest.raises(LostAnswer):
            await send_message(client, postbox.message())
        sighting = await look_for(client, postbox.message(), sent_at=sent_at, settle=30)
    assert sighting == Sighting(Trace.ABSENT)
    assert postbox.time() >= sent_at + 30


async def test_a_list_that_lags_is_waited_for(open_account: Open) -> None:
    postbox = await open_postbox(open_account(list_lag=12.0))
    postbox.account.fail("drop-after", "POST", "/messages")
    sent_at = postbox.time()
    async with postbox.client() as client:
        with pytest.raises(LostAnswer):
            await send_message(client, postbox.message())
        sighting = await look_for(client, postbox.message(), sent_at=sent_at, settle=30)
    assert sighting.trace is Trace.FOUND
    assert sent_at + 12 <= postbox.time() < sent_at + 30


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_error_leaves_it_open_and_nothing_is_sent_again(
    status: int, postbox: Postbox
) -> None:
    postbox.account.fail("status-after", "POST", "/messages", status=status)
    async with postbox.client() as client:
        with pytest.raises(LostAnswer, match=f"HTTP {status}"):
            await send_message(client, postbox.message())
    assert len(postbox.posted) == 1


async def test_too_many_requests_are_waited_out(postbox: Postbox) -> None:
    postbox.account.fail("rate-limit", "POST", "/messages", nth=None, last=2, seconds=3)
    async with postbox.client() as client:
        await send_message(client, postbox.message())
        assert client.traffic.refused == 2
    assert len(postbox.listed()) == 1


async def test_a_full_queue_is_waited_out(open_account: Open) -> None:
    postbox = await open_postbox(open_account(segments_per_second=1.0))
    text = "a" * 1530
    async with postbox.client() as client:
        for _ in range(91):
            await send_message(client, postbox.message(text=text))
        assert client.traffic.refused > 0
    assert len(postbox.listed()) == 91


NUMBER = "+19105550000"
ROW = Row("m1", NUMBER, ONE, "QUEUED", 0, 1000.0, 20, 0, 1)
MESSAGE = Message(NUMBER, (ONE,), "app", text="Hey, check this out!")


@pytest.mark.parametrize(
    ("rows", "trace", "ids"),
    [
        ([], Trace.ABSENT, ()),
        ([ROW], Trace.FOUND, ("m1",)),
        (
            [{"length": None, "attachments": None, "recipients": None, "received": None}],
            Trace.FOUND,
            ("m1",),
        ),
        ([{"length": 7}], Trace.UNCLEAR, ("m1",)),
        ([{"attachments": 1}], Trace.UNCLEAR, ("m1",)),
        ([{}, {"message_id": "m2"}], Trace.UNCLEAR, ("m1", "m2")),
        ([{}, {"message_id": "m2", "length": 7}], Trace.FOUND, ("m1",)),
        ([{}, {"recipient": OTHER, "length": 7}], Trace.FOUND, ("m1",)),
        ([{"message_id": "known"}], Trace.ABSENT, ()),
        ([{"sender": "+19105550001"}], Trace.ABSENT, ()),
        ([{"recipient": OTHER}], Trace.ABSENT, ()),
        ([{"recipients": 2}], Trace.ABSENT, ()),
        ([{"received": 930.0}], Trace.ABSENT, ()),
        ([{"received": 950.0}], Trace.FOUND, ("m1",)),
    ],
)
def test_only_one_that_looks_like_it_counts_as_found(
    rows: list[Any], trace: Trace, ids: tuple[str, ...]
) -> None:
    shown = [replace(ROW, **each) if isinstance(each, dict) else each for each in rows]
    assert judge(MESSAGE, shown, sent_at=1000.0, known={"known"}) == Sighting(trace, ids)


async def test_the_beginning_of_a_group_in_the_list_counts() -> None:
    group = Message(NUMBER, (ONE, OTHER), "app", text="Hey, check this out!")
    row = Row("m1", NUMBER, OTHER, "QUEUED", 0, 1000.0, 20, 0, 2)
    assert judge(group, [row], sent_at=1000.0).trace is Trace.FOUND


async def test_a_refusal_names_the_fields_and_nothing_was_sent(postbox: Postbox) -> None:
    async with postbox.client() as client:
        with pytest.raises(Rejected) as caught:
            await send_message(client, postbox.message(ONE, ONE))
    assert caught.value.status == 400
    assert caught.value.api_code == "request-validation"
    assert "to: has a telephone number twice" in str(caught.value)
    assert postbox.listed() == []


@pytest.mark.parametrize("status", [401, 403])
async def test_wrong_credentials_are_told_with_the_variables_to_check(status: int) -> None:
    body = json.dumps({"type": "unauthorized", "description": "No: api-pass-word-1"})
    async with staged(in_turn(Say(status, body))) as stage, staged_client(stage) as client:
        with pytest.raises(Unauthorized) as caught:
            await send_message(client, MESSAGE)
    assert f"HTTP {status}" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Say(200, "<html>"), Unreadable),
        (Say(200, "{}"), Unreadable),
        (Say(200, '{"messages": [{}]}'), Unreadable),
        (Say(200, '{"messages": [{"messageId": 1, "receiveTime": "x"}]}'), Unreadable),
        (Say(204), Unreadable),
        (Say(302, headers={"Location": "https://login.example/"}), Unreadable),
        (Say(404, '{"status": 404, "error": "Not Found", "path": "/x"}'), Rejected),
        (Say(400, "nonsense"), Rejected),
        (Say(400, "[]"), Rejected),
    ],
    ids=str,
)
async def test_what_is_no_list_never_passes_for_an_empty_one(
    answer: Say, error: type[Exception]
) -> None:
    async with staged(in_turn(answer)) as stage, staged_client(stage) as client:
        with pytest.raises(error):
            await search(client, {"messageId": "x"})


async def test_all_pages_of_a_list_are_read() -> None:
    def page(asked: Asked) -> Say:
        first = "pageToken" not in asked.target
        row = {"messageId": "m1" if first else "m2", "errorCode": None}
        info = {"nextPageToken": "more" if first else ""}
        return Say(200, json.dumps({"messages": [row], "pageInfo": info}))

    async with staged(page) as stage, staged_client(stage) as client:
        rows = await search(client, {"sourceTn": "+1910"})
    assert [row.message_id for row in rows] == ["m1", "m2"]
    assert "sourceTn=%2B1910" in stage.asked[0].target


async def test_a_list_beyond_the_reach_of_one_search_is_read_by_several(
    monkeypatch: pytest.MonkeyPatch, postbox: Postbox
) -> None:
    monkeypatch.setattr("provisioner.messaging.message_list.MOST_ROWS", 4)
    monkeypatch.setattr("provisioner.messaging.message_list.PAGE_SIZE", 2)
    async with postbox.client() as client:
        ids = []
        for _ in range(11):
            ids.append((await send_message(client, postbox.message())).id)
            postbox.time.advance(1)
        since = search_since(client, {"sourceTn": postbox.number}, postbox.time() - 600)
        assert [row.message_id async for row in since] == ids


async def test_a_success_without_json_is_unreadable() -> None:
    async with staged(in_turn(Say(302))) as stage, staged_client(stage) as client:
        response = await client.exchange("POST", "/messages", body=b"{}", headers=HEADERS)
        with pytest.raises(Unreadable, match="HTTP 302"):
            read_json(response, client)
