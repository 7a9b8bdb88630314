"""How a callback reaches its receiver: the challenge, tries again, repeats and disorder."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.outgoing.callbacks import PATIENCE, SPACING

if TYPE_CHECKING:
    from tests.sandbox.callbacks.conftest import Answer, Caller, OpenCaller, Receiver, Request

MEDIA = ["https://example.com/logo.png"]


def _refuse(_: Request) -> Answer:
    return 503, {}, b"not now"


def _statuses(attempts: list[dict[str, Any]]) -> list[tuple[bool, int]]:
    return [(each["authorized"], each["status"]) for each in attempts]


def test_credentials_are_sent_once_they_are_asked_for(caller: Caller, receiver: Receiver) -> None:
    from tests.sandbox.callbacks.conftest import PASSWORD, USER, challenge

    receiver.answer = challenge
    caller.send()
    first, second = receiver.next(), receiver.next()
    assert first.authorization is None
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert second.authorization == f"Basic {expected}"
    assert first.body == second.body
    (told,) = caller.control.ended(1)
    assert told["outcome"] == "delivered"
    assert _statuses(told["attempts"]) == [(False, 401), (True, 200)]
    assert PASSWORD not in caller.control.call("GET", "/callbacks").text


def test_a_refusal_without_a_challenge_is_not_answered(caller: Caller, receiver: Receiver) -> None:
    receiver.answer = lambda _: (401, {}, b"")
    caller.send()
    assert _statuses(caller.control.tried(1)) == [(False, 401)]
    assert caller.control.callbacks()[0]["outcome"] == "waiting"


def test_an_application_without_credentials_has_none_to_send(
    caller: Caller, receiver: Receiver
) -> None:
    from tests.sandbox.callbacks.conftest import challenge

    receiver.answer = challenge
    account = caller.sender.account
    fields = f"<AppName>Server</AppName><CallbackUrl>{receiver.url}</CallbackUrl>"
    body = f"<Application>{fields}</Application>"
    assert account.put(f"/applications/{caller.sender.application}", body).status == 200
    caller.send()
    assert _statuses(caller.control.tried(1)) == [(False, 401)]


def test_it_is_tried_again_with_growing_spaces_until_it_is_accepted(
    caller: Caller, receiver: Receiver
) -> None:
    from tests.sandbox.callbacks.conftest import accept

    receiver.answer = _refuse
    caller.sender.send()
    for count, wait in enumerate(SPACING, start=1):
        assert len(caller.control.tried(count)) == count
        caller.control.advance(wait - 1)
        assert len(caller.control.callbacks()[0]["attempts"]) == count
        caller.control.advance(1)
    receiver.answer = accept
    caller.control.tried(len(SPACING) + 1)
    caller.control.advance(SPACING[-1])
    (told,) = caller.control.ended(1)
    assert told["outcome"] == "delivered"
    assert [each["status"] for each in told["attempts"]][-2:] == [503, 204]
    assert told["attempts"][0]["answer"] == "not now"
    assert list(SPACING) == sorted(SPACING)


def test_it_is_given_up_after_a_day(caller: Caller, receiver: Receiver) -> None:
    receiver.answer = _refuse
    caller.send()
    caller.control.tried(1)
    caller.control.advance(PATIENCE)
    (told,) = caller.control.ended(1)
    assert (told["outcome"], len(told["attempts"])) == ("given up", 2)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:81/", "port 81 is not called"),
        ("http://127.0.0.1:1/", "port 1 is not called"),
        ("http://192.0.2.1/", ""),
        ("http://a..b/", ""),
    ],
)
def test_who_cannot_be_reached_is_told_of_with_the_reason(
    open_caller: OpenCaller, url: str, error: str
) -> None:
    from tests.sandbox.callbacks.conftest import point

    caller = open_caller(callback_timeout=0.2)
    point(caller.sender, url)
    caller.send()
    (attempt,) = caller.control.tried(1)
    assert attempt["status"] == 0
    assert attempt["error"]
    assert error in attempt["error"]


def test_an_answer_that_takes_too_long_is_none(open_caller: OpenCaller, receiver: Receiver) -> None:
    from threading import Event

    let_go = Event()

    def wait(_: Request) -> Answer:
        let_go.wait()
        return 204, {}, b""

    receiver.answer = wait
    caller = open_caller(callback_timeout=0.1)
    caller.send()
    (attempt,) = caller.control.tried(1)
    let_go.set()
    assert attempt["status"] == 0


def test_of_a_long_answer_the_beginning_is_kept(caller: Caller, receiver: Receiver) -> None:
    receiver.answer = lambda _: (200, {}, b"a" * 100_000)
    caller.send()
    (told,) = caller.control.ended(1)
    assert told["attempts"][0]["answer"] == "a" * 1024


def test_a_rule_repeats_a_callback(caller: Caller, receiver: Receiver) -> None:
    rule = "CALLBACK /message-delivered repeat=2 nth=1"
    caller.control.call("POST", "/faults", rule=rule)
    caller.send(tag="thrice")
    caller.send(tag="once")
    tags = sorted(each["message"]["tag"] for each in receiver.events(4))
    assert tags == ["once", "thrice", "thrice", "thrice"]
    assert [len(each["attempts"]) for each in caller.control.ended(2)] == [3, 1]


def test_a_rule_lets_an_event_overtake_another(caller: Caller, receiver: Receiver) -> None:
    caller.control.call("POST", "/faults", rule="CALLBACK /message-sending delay=5")
    caller.send(media=MEDIA)
    assert receiver.next().event["type"] == "message-delivered"
    caller.control.advance(5)
    assert receiver.next().event["type"] == "message-sending"


def test_a_rule_loses_a_callback(caller: Caller, receiver: Receiver) -> None:
    for rule in ("CALLBACK /message-* pass nth=2", "CALLBACK /** lose"):
        caller.control.call("POST", "/faults", rule=rule)
    caller.send(tag="lost")
    caller.send(tag="heard")
    assert receiver.next().event["message"]["tag"] == "heard"
    told = caller.control.ended(2)
    assert [each["outcome"] for each in told] == ["lost", "delivered"]


def test_a_rule_for_all_requests_is_none_for_callbacks(caller: Caller, receiver: Receiver) -> None:
    caller.control.call("POST", "/faults", rule="* /message-delivered drop-before")
    caller.send()
    assert receiver.next().event["type"] == "message-delivered"


def test_what_is_at_its_end_can_be_forgotten(caller: Caller, receiver: Receiver) -> None:
    caller.send()
    caller.control.ended(1)
    receiver.answer = _refuse
    caller.send()
    caller.control.when(lambda found: len(found) == 2 and bool(found[1]["attempts"]))
    assert caller.control.call("DELETE", "/callbacks").status_code == 204
    (left,) = caller.control.callbacks()
    assert left["outcome"] == "waiting"


def test_what_was_not_accepted_is_tried_again_by_the_next_run(
    open_caller: OpenCaller, receiver: Receiver, tmp_path: Path
) -> None:
    from provisioner.sandbox.server import Server
    from tests.sandbox.callbacks.conftest import accept

    path = tmp_path / "state.db"
    receiver.answer = _refuse
    caller = open_caller(state=path)
    caller.send(tag="kept")
    caller.control.tried(1)
    receiver.next()
    caller.sender.account.server.__exit__(None, None, None)
    receiver.answer = accept
    caller.sender.account.clock.advance(SPACING[0])
    with Server(caller.sender.account.settings, path):
        assert receiver.next().event["message"]["tag"] == "kept"


def test_the_account_may_be_emptied_while_a_callback_is_under_way(
    caller: Caller, receiver: Receiver
) -> None:
    from threading import Event

    let_go = Event()

    def wait(_: Request) -> Answer:
        let_go.wait()
        return 204, {}, b""

    receiver.answer = wait
    caller.send()
    receiver.next()
    assert caller.control.call("POST", "/reset").status_code == 204
    let_go.set()
    assert caller.control.callbacks() == []
