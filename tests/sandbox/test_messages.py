from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State

if TYPE_CHECKING:
    from tests.sandbox.conftest import OpenSender, Sender

OTHER = "+19195551212"
MEDIA = ["https://example.com/logo.png"]
TEN_SEGMENTS = "a" * 1530
LATER = "2099-01-01T00:00:00Z"


def test_a_message_is_accepted_in_the_documented_shape(sender: Sender) -> None:
    answer = sender.send(tag="mine", priority="default", expiration="2099-01-01T00:00:00+02:00")
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    shown = answer.json()
    assert len(shown.pop("id")) == 29
    assert shown == {
        "owner": sender.number,
        "applicationId": sender.application,
        "time": timestamp(sender.account.clock()),
        "segmentCount": 1,
        "direction": "out",
        "to": [OTHER],
        "from": sender.number,
        "text": "Hey",
        "tag": "mine",
        "priority": "default",
        "expiration": "2099-01-01T00:00:00+02:00",
    }


def test_what_was_not_sent_is_not_answered_but_for_the_text(sender: Sender) -> None:
    shown = sender.send(text=None, media=MEDIA).json()
    assert (shown["text"], shown["media"]) == ("", MEDIA)
    assert not {"tag", "priority", "expiration"} & set(shown)


def test_recipients_may_be_one_text_or_a_list(sender: Sender) -> None:
    assert sender.send(to=OTHER).json()["to"] == [OTHER]
    assert sender.send(to=[OTHER]).json()["to"] == [OTHER]
    group = [f"+1919555{n:04}" for n in range(10)]
    assert sender.send(to=group).json()["to"] == group
    kinds = [each["messageType"] for each in sender.deliveries()]
    assert kinds == ["sms", "sms", *["mms"] * 10]


def test_media_and_groups_are_one_segment(sender: Sender) -> None:
    long = "a" * 400
    assert sender.send(text=long).json()["segmentCount"] == 3
    assert sender.send(text=long, media=MEDIA).json()["segmentCount"] == 1
    assert sender.send(text=long, to=[OTHER, "+19195551213"]).json()["segmentCount"] == 1


def test_the_country_code_of_an_american_number_may_be_missing(sender: Sender) -> None:
    shown = sender.send(**{"from": sender.number[2:], "to": ["9195551212"]}).json()
    assert (shown["from"], shown["owner"], shown["to"]) == (sender.number, sender.number, [OTHER])


def test_the_dialect_v2_knows_no_number_without_a_plus(open_sender: OpenSender) -> None:
    refused = open_sender(dialect="v2").send(to="9195551212")
    assert [each["fieldName"] for each in refused.json()["fieldErrors"]] == ["to"]


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "a" * 2048},
        {"media": [f"https://example.com/{'a' * 4076}"]},
        {"tag": "a" * 1024},
        {"text": "", "media": MEDIA},
        {"priority": "high"},
        {"priority": "default", "media": MEDIA},
        {"expiration": LATER},
        {"unheard": "of"},
        {"to": "12345"},
        {"to": "+447700900123"},
    ],
)
def test_what_is_within_the_limits_is_accepted(sender: Sender, changed: dict[str, Any]) -> None:
    assert sender.send(**changed).status_code == 202


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("from", {"from": None}),
        ("from", {"from": "+invalid"}),
        ("from", {"from": 19195551212}),
        ("from", {"from": "19195551212"}),
        ("to", {"to": None}),
        ("to", {"to": []}),
        ("to", {"to": [OTHER, "x"]}),
        ("to", {"to": [OTHER, OTHER]}),
        ("to", {"to": [f"+1919555{n:04}" for n in range(11)]}),
        ("applicationId", {"applicationId": None}),
        ("applicationId", {"applicationId": " "}),
        ("text", {"text": None}),
        ("text", {"text": 1}),
        ("text", {"text": "a" * 2049}),
        ("media", {"media": MEDIA[0]}),
        ("media", {"media": [1]}),
        ("media", {"media": ["logo.png"]}),
        ("media", {"media": ["https://["]}),
        ("media", {"media": [f"https://example.com/{'a' * 4077}"]}),
        ("tag", {"tag": "a" * 1025}),
        ("priority", {"priority": "urgent"}),
        ("priority", {"priority": ["high"]}),
        ("priority", {"priority": "high", "media": MEDIA}),
        ("expiration", {"expiration": "tomorrow"}),
        ("expiration", {"expiration": "2099-13-01T00:00:00Z"}),
        ("expiration", {"expiration": "2099-01-01T00:00:00"}),
        ("expiration", {"expiration": 4070908800}),
        ("expiration", {"expiration": "2023-11-14T22:13:20Z"}),
        ("expiration", {"expiration": "2023-11-14T22:13:60Z"}),
        ("expiration", {"expiration": LATER, "media": MEDIA}),
    ],
)
def test_a_message_is_refused_by_field(sender: Sender, field: str, changed: dict[str, Any]) -> None:
    refused = sender.send(**changed)
    assert refused.status_code == 400
    shown = refused.json()
    assert (shown["type"], [each["fieldName"] for each in shown["fieldErrors"]]) == (
        "request-validation",
        [field],
    )
    assert all(shown["description"] for shown in [shown, *shown["fieldErrors"]])
    assert sender.find(sourceTn=sender.number).json()["totalCount"] == 0


def test_all_fields_at_fault_are_named_at_once(sender: Sender) -> None:
    refused = sender.send(**{"from": "", "to": "", "tag": 1, "text": None})
    assert [each["fieldName"] for each in refused.json()["fieldErrors"]] == ["from", "to", "tag"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_not_a_json_object_is_refused(sender: Sender, body: bytes) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}
    refused = sender.account.http.post(f"{sender.path}/messages", content=body, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (400, "request-validation")
    assert "fieldErrors" not in refused.json()


def test_half_a_character_is_no_server_error(sender: Sender) -> None:
    half = "\ud83d"
    body = {"from": sender.number, "to": OTHER, "text": half, "tag": half, "applicationId": half}
    headers = {"content-type": "application/json"}
    answer = sender.account.http.post(
        f"{sender.path}/messages", content=json.dumps(body), headers=headers
    )
    assert (answer.status_code, answer.json()["tag"]) == (202, half)


def test_a_message_is_queued_then_sent_then_delivered(open_sender: OpenSender) -> None:
    sender = open_sender(segments_per_second=10.0)
    clock = sender.account.clock
    sender.send(text=TEN_SEGMENTS)
    last = sender.send().json()["id"]
    steps = []
    for seconds in (0.0, 1.0, 0.2):
        clock.advance(seconds)
        (found,) = sender.find(messageId=last).json()["messages"]
        steps.append(found["messageStatus"])
    assert steps == ["QUEUED", "SENDING", "DELIVERED"]


def test_a_message_of_high_priority_passes_the_queue(open_sender: OpenSender) -> None:
    sender = open_sender(segments_per_second=10.0)
    sender.send(text=TEN_SEGMENTS)
    sender.send()
    sender.send(priority="high")
    sender.account.clock.advance(0.2)
    assert sender.fates() == [("DELIVERED", 0), ("QUEUED", 0), ("DELIVERED", 0)]


def test_the_queue_holds_fifteen_minutes_of_segments(open_sender: OpenSender) -> None:
    sender = open_sender(segments_per_second=1 / 60)
    assert sender.send(text="a" * (14 * 153)).status_code == 400
    assert sender.send(text="a" * (13 * 153)).json()["segmentCount"] == 13
    assert sender.send(to=[OTHER, "+19195551213"]).status_code == 202
    refused = sender.send()
    assert (refused.status_code, refused.json()["type"]) == (429, "max-message-queue-size-exceeded")
    assert "15 minutes" in refused.json()["description"]
    sender.account.clock.advance(60)
    assert sender.send().status_code == 202
    assert sender.send().status_code == 429


def test_nothing_of_the_content_is_kept(sender: Sender) -> None:
    sender.send(text="a secret")
    (found,) = sender.deliveries()
    assert "secret" not in json.dumps(found)
    assert "text" not in found


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (0, {}),
        (0, {"media": MEDIA}),
        (0, {"to": "+18005551212"}),
        (0, {"to": "12345"}),
        (4403, {"from": "+19193210000"}),
        (4403, {"from": "12345"}),
        (4452, {"applicationId": "mine"}),
        (4452, {"applicationId": "299ab22a-d7e6-4cf6-9f4d-2089efc0c031"}),
        (4303, {"to": "+10000000000"}),
        (4432, {"to": "+447700900123"}),
    ],
)
def test_a_message_is_delivered_or_fails(
    sender: Sender, code: int, changed: dict[str, Any]
) -> None:
    assert sender.send(**changed).status_code == 202
    sender.account.clock.advance(10)
    assert sender.fates() == [("FAILED" if code else "DELIVERED", code)]


def test_an_error_that_the_service_finds_itself_is_never_sending(sender: Sender) -> None:
    sender.send(applicationId="mine")
    sender.send()
    sender.account.clock.advance(0.1)
    assert sender.fates() == [("FAILED", 4452), ("SENDING", 0)]


def test_the_application_must_be_that_of_the_numbers_location(sender: Sender) -> None:
    sender.send(applicationId=sender.account.application())
    sender.account.put(
        f"{sender.sippeer}/products/messaging/applicationSettings",
        "<ApplicationsSettings>REMOVE</ApplicationsSettings>",
    )
    sender.send()
    sender.account.clock.advance(1)
    assert sender.fates() == [("FAILED", 4452)] * 2


def test_mms_needs_mms_on_the_location(sender: Sender) -> None:
    sender.account.delete(f"{sender.sippeer}/products/messaging/features/mms")
    sender.send()
    sender.send(media=MEDIA)
    sender.account.clock.advance(1)
    assert sender.fates() == [("DELIVERED", 0), ("FAILED", 4403)]


def test_toll_free_and_short_codes_need_to_be_on(sender: Sender) -> None:
    sender.account.sms(sender.sippeer, "PUT", TollFree="false", ShortCode="false")
    sender.send(to="+18005551212")
    sender.send(to="12345")
    sender.send(to=["+18005551212", OTHER])
    sender.account.clock.advance(1)
    assert sender.fates() == [
        ("FAILED", 4434),
        ("FAILED", 4431),
        ("FAILED", 4434),
        ("DELIVERED", 0),
    ]


def test_where_registration_is_required_a_local_number_needs_a_campaign(
    open_sender: OpenSender,
) -> None:
    sender = open_sender(registration_required=True)
    sender.send()
    sender.account.sms(sender.sippeer, "PUT", A2pLongCode="ON", A2pCampaignId="CA3XKE1")
    sender.send()
    sender.account.sms(sender.sippeer, "PUT", A2pLongCode="OFF", A2pCampaignId="CA3XKE1")
    sender.send()
    sender.account.clock.advance(10)
    assert sender.fates() == [("FAILED", 4476), ("DELIVERED", 0), ("FAILED", 4476)]


def test_a_toll_free_number_has_rules_of_its_own(open_sender: OpenSender, tmp_path: Path) -> None:
    for name, required, toll_free, code in (
        ("verified", False, "true", 0),
        ("unverified", True, "true", 4795),
        ("closed", False, "false", 4433),
    ):
        sender = open_sender(tmp_path / name, registration_required=required)
        sender.account.sms(sender.sippeer, "PUT", TollFree=toll_free)
        _rename(sender, "8005551212", tmp_path / name)
        sender.send(**{"from": "+18005551212"})
        sender.account.clock.advance(1)
        assert sender.fates() == [("FAILED" if code else "DELIVERED", code)]


def _rename(sender: Sender, number: str, path: Path) -> None:
    """Makes the sender's number another one, which the account could not buy."""
    state = State(sender.account.settings, path)
    try:
        state.run("UPDATE numbers SET number = ? WHERE number = ?", number, sender.number[2:])
    finally:
        state.close()


def test_a_message_that_waits_too_long_expires(open_sender: OpenSender) -> None:
    sender = open_sender(segments_per_second=5.0)
    sender.send(text=TEN_SEGMENTS)
    sender.send(expiration="2023-11-14T22:13:22.000Z")
    sender.send(expiration="2023-11-14T22:14:00.000Z")
    sender.account.clock.advance(10)
    assert sender.fates()[-2:] == [("FAILED", 4360), ("DELIVERED", 0)]


def test_a_number_that_was_released_sends_no_more(sender: Sender) -> None:
    sender.account.settle(sender.account.release(sender.number[2:]))
    sender.send()
    sender.account.clock.advance(1)
    assert sender.fates() == [("FAILED", 4403)]


def test_what_later_events_need_is_kept_with_the_message(
    open_sender: OpenSender, tmp_path: Path
) -> None:
    path = tmp_path / "state.db"
    sender = open_sender(path)
    sent = sender.send(tag="mine").json()
    sender.send(applicationId=sender.account.application())
    state = State(sender.account.settings, path)
    try:
        linked, unlinked = state.rows(
            "SELECT linked, document FROM messages ORDER BY received, clears"
        )
    finally:
        state.close()
    assert json.loads(linked["document"]) == {**sent, "text": ""}
    assert (linked["linked"], unlinked["linked"]) == (1, 0)
