"""What an application is told of its messages, as a receiver on loopback hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.calls.markup import timestamp

if TYPE_CHECKING:
    from tests.sandbox.callbacks.conftest import Caller, OpenCaller, Receiver

MEDIA = ["https://example.com/logo.png"]
FRIENDS = ["+19195551212", "+19195551213"]


def _brief(event: dict[str, Any]) -> tuple[str, str, int | None]:
    return event["type"], event["to"], event.get("errorCode")


def test_a_delivered_message_is_told_in_the_documented_shape(
    caller: Caller, receiver: Receiver
) -> None:
    sent = caller.send(tag="mine").json()
    request = receiver.next()
    assert request.path == "/callbacks"
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.headers["User-Agent"] == "BandwidthAPI/v2"
    assert request.event == {
        "type": "message-delivered",
        "time": sent["time"],
        "description": "ok",
        "to": "+19195551212",
        "message": {**sent, "text": ""},
    }
    assert sent["tag"] == "mine"


def test_a_picture_is_told_of_twice_and_a_text_once(caller: Caller, receiver: Receiver) -> None:
    caller.send(media=MEDIA)
    picture = receiver.events(2)
    caller.send()
    assert receiver.next().event["type"] == "message-delivered"
    assert sorted(each["type"] for each in picture) == ["message-delivered", "message-sending"]
    assert {each["message"]["media"][0] for each in picture} == set(MEDIA)
    assert len(caller.control.callbacks()) == 3


def test_every_recipient_of_a_group_has_events_of_its_own(
    caller: Caller, receiver: Receiver
) -> None:
    sent = caller.send(to=[*FRIENDS, "+447700900123"]).json()
    events = receiver.events(5)
    assert {_brief(each) for each in events} == {
        *(("message-sending", to, None) for to in FRIENDS),
        *(("message-delivered", to, None) for to in FRIENDS),
        ("message-failed", "+447700900123", 4432),
    }
    assert {each["message"]["id"] for each in events} == {sent["id"]}
    assert all(each["message"]["to"] == sent["to"] for each in events)


def test_a_number_on_no_campaign_is_told_as_4476(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(registration_required=True)
    caller.send()
    event = receiver.next().event
    assert _brief(event) == ("message-failed", "+19195551212", 4476)
    assert event["description"] == "from number is not on a campaign"


def test_an_unverified_toll_free_number_is_told_as_4795(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(registration_required=True)
    account = caller.sender.account
    (number,) = account.search("tollFreeWildCardPattern=85*&quantity=1")
    account.buy(caller.sender.sippeer, [number])
    caller.send(**{"from": f"+1{number}"})
    assert _brief(receiver.next().event) == ("message-failed", "+19195551212", 4795)


def test_a_number_of_another_application_is_told_as_4452(
    caller: Caller, receiver: Receiver
) -> None:
    account = caller.sender.account
    other = account.sippeer(account.site("Durham"))
    account.sms(other)
    account.assign(other, caller.sender.application)
    account.assign(caller.sender.sippeer, account.application())
    caller.send()
    assert _brief(receiver.next().event) == ("message-failed", "+19195551212", 4452)


@pytest.mark.parametrize("application", ["unlinked", "unknown"])
def test_after_an_application_that_no_location_has_there_is_silence(
    caller: Caller, receiver: Receiver, application: str
) -> None:
    named = caller.sender.account.application() if application == "unlinked" else "mine"
    assert caller.send(applicationId=named).status_code == 202
    caller.send(tag="heard")
    assert receiver.next().event["message"]["tag"] == "heard"
    assert len(caller.control.ended(1)) == 1


def test_only_what_the_application_asked_for_is_told(caller: Caller, receiver: Receiver) -> None:
    from tests.sandbox.callbacks.conftest import point

    asked = "<CallbackType>message-failed</CallbackType>"
    wanted = f"<RequestedCallbackTypes>{asked}</RequestedCallbackTypes>"
    point(caller.sender, receiver.url, wanted)
    caller.send(to=FRIENDS)
    caller.send(to="+447700900123")
    assert receiver.next().event["type"] == "message-failed"
    assert len(caller.control.callbacks()) == 1


def test_events_happen_when_the_message_takes_its_steps(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(message_delay=60.0)
    caller.sender.send(media=MEDIA)
    first = receiver.next().event
    assert first["type"] == "message-sending"
    assert len(caller.control.callbacks()) == 1
    caller.control.advance(100)
    last = receiver.next().event
    assert last["type"] == "message-delivered"
    begun = caller.sender.account.clock()
    assert [first["time"], last["time"]] == [timestamp(begun), timestamp(begun + 60)]


def test_nobody_is_told_anything_where_callbacks_are_off(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(callbacks=False)
    caller.sender.send()
    assert caller.sender.fates() == [("DELIVERED", 0)]
    assert caller.control.callbacks() == []


def test_a_message_comes_in_for_the_application_of_the_numbers_location(
    caller: Caller, receiver: Receiver
) -> None:
    sender = caller.sender
    fields = {"from": "+19195551212", "to": sender.number, "text": "Hello"}
    (told,) = caller.control.call("POST", "/messages", **fields).json()["messages"]
    assert (told["owner"], told["application"]) == (sender.number, sender.application)
    event = receiver.next().event
    assert event == {
        "type": "message-received",
        "time": timestamp(sender.account.clock()),
        "description": "Incoming message received",
        "to": sender.number,
        "message": {
            "id": told["id"],
            "owner": sender.number,
            "applicationId": sender.application,
            "time": timestamp(sender.account.clock()),
            "segmentCount": 1,
            "direction": "in",
            "to": [sender.number],
            "from": "+19195551212",
            "text": "Hello",
        },
    }
    (listed,) = sender.find(messageDirection="INBOUND").json()["messages"]
    assert (listed["messageId"], listed["messageStatus"]) == (told["id"], "RECEIVED")
    assert (listed["sourceTn"], listed["destinationTn"]) == ("+19195551212", sender.number)


def test_each_own_recipient_of_a_group_has_a_message_of_its_own(
    caller: Caller, receiver: Receiver
) -> None:
    sender = caller.sender
    second = f"+1{sender.account.numbers(sender.sippeer, 1)[0]}"
    group = [sender.number, second, "+19195550000"]
    fields = {"from": "+19195551212", "to": group, "media": MEDIA}
    told = caller.control.call("POST", "/messages", **fields).json()["messages"]
    events = receiver.events(2)
    assert {each["owner"] for each in told} == {sender.number, second}
    assert {each["message"]["id"] for each in events} == {each["id"] for each in told}
    assert {each["message"]["owner"] for each in events} == {sender.number, second}
    for event in events:
        assert event["to"] == event["message"]["owner"]
        assert (event["message"]["to"], event["message"]["media"]) == (group, MEDIA)
        assert event["message"]["text"] == ""


def test_a_message_for_a_location_without_an_application_is_told_to_nobody(
    caller: Caller,
) -> None:
    sender = caller.sender
    path = f"{sender.sippeer}/products/messaging/applicationSettings"
    sender.account.put(path, "<ApplicationsSettings>REMOVE</ApplicationsSettings>")
    fields = {"from": "+19195551212", "to": sender.number, "text": "Hello"}
    (told,) = caller.control.call("POST", "/messages", **fields).json()["messages"]
    assert told["application"] is None
    assert caller.control.callbacks() == []


@pytest.mark.parametrize(
    ("status", "words", "changed"),
    [
        (404, "none of these numbers", {"to": "+19195550000"}),
        (400, "from 'x' is not", {"from": "x"}),
        (400, "to must be a text", {"to": None}),
        (400, "1 to 10 different", {"to": []}),
        (400, "1 to 10 different", {"to": ["+19195550000", "+19195550000"]}),
        (400, "media 'x' is not", {"media": ["x"]}),
        (400, "text or media", {"text": None}),
        (400, "text must be a text", {"text": 1}),
        (400, "no 'unheard'", {"unheard": "of"}),
    ],
)
def test_a_message_that_cannot_come_in_is_refused(
    caller: Caller, status: int, words: str, changed: dict[str, Any]
) -> None:
    fields = {"from": "+19195551212", "to": caller.sender.number, "text": "Hello", **changed}
    refused = caller.control.call("POST", "/messages", **fields)
    assert refused.status_code == status
    assert words in refused.json()["error"]
