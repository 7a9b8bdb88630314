"""What is read from the bodies of callbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.messaging.callbacks import NotEvents, read_event, read_events

DELIVERED: dict[str, Any] = {
    "type": "message-delivered",
    "time": "2025-01-06T15:43:35.502180Z",
    "description": "ok",
    "to": "+12345678902",
    "message": {
        "id": "14762070468292kw2fuqty55yp2b2",
        "owner": "+12345678901",
        "to": ["+12345678902", "+12345678903"],
        "from": "+12345678901",
        "text": "",
        "direction": "out",
        "tag": "mine",
    },
}


def _body(*events: object) -> bytes:
    return json.dumps(events).encode()


def test_an_event_is_read_with_what_tells_it_apart() -> None:
    (event,) = read_events(_body(DELIVERED))
    assert (event.message_id, event.type, event.recipient) == (
        "14762070468292kw2fuqty55yp2b2",
        "message-delivered",
        "+12345678902",
    )
    assert (event.sender, event.description, event.tag) == ("+12345678901", "ok", "mine")
    assert (event.error_code, event.text, event.media) == (None, "", 0)


def test_what_nobody_needs_stays_in_the_document() -> None:
    told = {**DELIVERED, "carrierName": "A carrier"}
    (event,) = read_events(_body(told))
    assert json.loads(event.document) == told
    assert read_event(event.document) == event


def test_an_array_may_have_many_events_and_one_may_come_without() -> None:
    failed = {**DELIVERED, "type": "message-failed", "errorCode": 4432}
    assert [each.error_code for each in read_events(_body(DELIVERED, failed))] == [None, 4432]
    assert read_events(json.dumps(DELIVERED).encode()) == read_events(_body(DELIVERED))
    assert read_events(b"[]") == ()


def test_a_message_that_came_in_has_its_text_and_counts_its_attachments() -> None:
    message = {"id": "a", "from": "+1", "text": "Hey", "media": ["http://a/1", "http://a/2"]}
    (event,) = read_events(_body({"type": "message-received", "to": "+2", "message": message}))
    assert (event.text, event.media, event.sender) == ("Hey", 2, "+1")


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "message-read"},
        {"type": "x", "message": None},
        {"type": "x", "message": "text", "to": ["+1"]},
        {"type": "x", "to": 1, "errorCode": "4432", "message": {"id": 1, "media": "a"}},
        {"type": "x", "errorCode": True},
    ],
)
def test_an_event_of_no_message_is_told_apart_by_what_it_says(strange: dict[str, Any]) -> None:
    (event,), (again,) = read_events(_body(strange)), read_events(_body(strange))
    (other,) = read_events(_body({**strange, "time": "later"}))
    assert event == again
    assert event.message_id.startswith("sha256:")
    assert other.message_id != event.message_id
    assert (event.recipient, event.error_code) == ("", None)


def test_half_a_character_can_be_kept() -> None:
    body = b'{"type": "message-received", "to": "+1", "message": {"id": "a", "text": "\\ud83d"}}'
    (event,) = read_events(body)
    assert event.text == "?"
    assert "\\ud83d" in event.document
    assert event.document.isascii()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 10_000, "not JSON"),
        (b'{"type": NaN}', "not JSON"),
        (b"1", "JSON object"),
        (b'["a"]', "JSON object"),
        (b"{}", "have a type"),
        (b'{"type": ""}', "have a type"),
        (b'{"type": 1}', "have a type"),
    ],
)
def test_what_is_no_event_is_refused_without_showing_it(body: bytes, words: str) -> None:
    with pytest.raises(NotEvents, match=words):
        read_events(body)
