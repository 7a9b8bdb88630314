"""What subscribers are told of orders: by callback, and by email that is written but not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from provisioner.sandbox.calls.markup import timestamp

if TYPE_CHECKING:
    from tests.sandbox.callbacks.conftest import Caller, OpenCaller, Receiver
    from tests.sandbox.conftest import Account


def _subscribe(
    account: Account, url: str, order_type: str = "orders", more: str = "", order: str = ""
) -> str:
    """The new subscription's path."""
    about = f"<OrderType>{order_type}</OrderType>"
    if order:
        about += f"<OrderId>{order}</OrderId>"
    callback = f"<CallbackSubscription><URL>{url}</URL>{more}</CallbackSubscription>"
    made = account.post("/subscriptions", f"<Subscription>{about}{callback}</Subscription>")
    assert made.status == 201
    return f"/subscriptions/{made.id}"


def _told(receiver: Receiver) -> dict[str, Any]:
    """The next notification; its numbers are a list."""
    root = etree.fromstring(receiver.next().body)
    assert root.tag == "Notification"
    told: dict[str, Any] = {str(each.tag): each.text for each in root if not len(each)}
    numbers = root.findall("CompletedTelephoneNumbers/TelephoneNumber")
    return {**told, "numbers": [each.text for each in numbers]}


@pytest.fixture
def slow(open_caller: OpenCaller) -> Caller:
    """An account whose orders take a minute."""
    return open_caller(order_delay=60.0)


def test_a_finished_order_is_told_in_the_documented_shape(slow: Caller, receiver: Receiver) -> None:
    sender = slow.sender
    path = _subscribe(sender.account, receiver.url)
    order = sender.account.order(sender.sippeer, 2, more="<CustomerOrderId>mine</CustomerOrderId>")
    begun = sender.account.clock()
    slow.control.advance(60)
    request = receiver.next()
    assert request.headers["Content-Type"] == "application/xml; charset=utf-8"
    receiver.requests.put(request)
    told = _told(receiver)
    numbers = told.pop("numbers")
    assert told == {
        "SubscriptionId": path.rsplit("/", 1)[1],
        "OrderType": "orders",
        "OrderId": order.id,
        "CustomerOrderId": "mine",
        "Status": "COMPLETE",
        "LastModifiedDate": timestamp(begun + 60),
    }
    assert numbers == sender.account.get(f"/orders/{order.id}").all("FullNumber")
    slow.control.ended(1)
    assert sender.account.get(path).text("Status") == "204 No Content"


def test_numbers_are_written_as_the_subscription_has_it(slow: Caller, receiver: Receiver) -> None:
    sender = slow.sender
    _subscribe(sender.account, receiver.url, more="<NumberFormat>E164</NumberFormat>")
    sender.account.order(sender.sippeer)
    slow.control.advance(60)
    (number,) = _told(receiver)["numbers"]
    assert number.startswith("+1910")


def test_a_notification_is_not_repeated_and_its_answer_is_noted(
    slow: Caller, receiver: Receiver
) -> None:
    sender = slow.sender
    path = _subscribe(sender.account, receiver.url)
    receiver.answer = lambda _: (599, {}, b"")
    sender.account.order(sender.sippeer)
    slow.control.advance(60)
    (told,) = slow.control.ended(1)
    assert (told["outcome"], len(told["attempts"])) == ("given up", 1)
    assert sender.account.get(path).text("Status") == "599"


def test_who_cannot_be_reached_is_noted_in_words(slow: Caller) -> None:
    sender = slow.sender
    path = _subscribe(sender.account, "http://127.0.0.1:81/")
    sender.account.order(sender.sippeer)
    slow.control.advance(60)
    slow.control.ended(1)
    assert "port 81 is not called" in sender.account.get(path).text("Status")


def test_a_subscription_has_credentials_of_its_own(slow: Caller, receiver: Receiver) -> None:
    from tests.sandbox.callbacks.conftest import PASSWORD, USER, challenge

    sender = slow.sender
    basic = f"<Username>{USER}</Username><Password>{PASSWORD}</Password>"
    inner = f"<BasicAuthentication>{basic}</BasicAuthentication>"
    more = f"<CallbackCredentials>{inner}</CallbackCredentials>"
    _subscribe(sender.account, receiver.url, more=more)
    receiver.answer = challenge
    sender.account.order(sender.sippeer)
    slow.control.advance(60)
    (told,) = slow.control.ended(1)
    assert [each["status"] for each in told["attempts"]] == [401, 200]


def test_orders_that_get_less_are_told_as_what_they_are(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(order_delay=60.0, stock=3)
    account, sippeer = caller.sender.account, caller.sender.sippeer
    _subscribe(account, receiver.url)
    back_order = "<BackOrderRequested>true</BackOrderRequested>"
    for quantity, more in ((4, ""), (1, "<PartialAllowed>false</PartialAllowed>"), (1, back_order)):
        account.order(sippeer, quantity, code="919", more=more)
    caller.control.advance(60)
    assert {_told(receiver)["Status"] for _ in range(3)} == {"PARTIAL", "FAILED", "BACKORDERED"}


def test_a_back_order_that_is_closed_is_told_with_what_it_got(
    open_caller: OpenCaller, receiver: Receiver
) -> None:
    caller = open_caller(order_delay=60.0, stock=3)
    account, sippeer = caller.sender.account, caller.sender.sippeer
    waiting = "<BackOrderRequested>true</BackOrderRequested>"
    order = account.order(sippeer, 4, code="919", more=waiting)
    caller.control.advance(60)
    _subscribe(account, receiver.url, order=order.id)
    close = "<Order><CustomerOrderId>late</CustomerOrderId><CloseOrder>true</CloseOrder></Order>"
    assert account.put(f"/orders/{order.id}", close).status == 200
    told = _told(receiver)
    assert (told["Status"], told["CustomerOrderId"], len(told["numbers"])) == ("PARTIAL", "late", 3)


def test_releases_and_options_are_told_too(slow: Caller, receiver: Receiver) -> None:
    account, number = slow.sender.account, slow.sender.number[2:]
    for order_type in ("disconnects", "tnoptions"):
        _subscribe(account, receiver.url, order_type)
    listed = f"<TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>"
    group = f"<TnOptionGroup><Sms>on</Sms>{listed}</TnOptionGroup>"
    body = f"<TnOptionOrder><TnOptionGroups>{group}</TnOptionGroups></TnOptionOrder>"
    assert account.post("/tnoptions", body).status == 201
    slow.control.advance(60)
    options = [_told(receiver) for _ in range(3)]
    assert {each["Status"] for each in options} == {"RECEIVED", "PROCESSING", "COMPLETE"}
    assert {each["OrderType"] for each in options} == {"tnoptions"}
    account.release(number)
    slow.control.advance(60)
    told = _told(receiver)
    assert (told["OrderType"], told["Status"]) == ("disconnects", "COMPLETE")
    assert told["numbers"] == [number]


def test_only_the_order_that_was_asked_about_is_told(slow: Caller, receiver: Receiver) -> None:
    account, sippeer = slow.sender.account, slow.sender.sippeer
    account.order(sippeer)
    second = account.order(sippeer)
    _subscribe(account, receiver.url, order=second.id)
    slow.control.advance(60)
    assert _told(receiver)["OrderId"] == second.id
    assert len(slow.control.callbacks()) == 1


def test_after_its_time_a_subscription_is_told_nothing(slow: Caller, receiver: Receiver) -> None:
    account = slow.sender.account
    _subscribe(account, receiver.url, more="<Expiry>30</Expiry>")
    account.order(slow.sender.sippeer)
    slow.control.advance(60)
    assert slow.control.callbacks() == []


def test_an_email_is_written_down(slow: Caller) -> None:
    account = slow.sender.account
    email = "<Email>a@b.c</Email><DigestRequested>NONE</DigestRequested>"
    body = f"<OrderType>orders</OrderType><EmailSubscription>{email}</EmailSubscription>"
    made = account.post("/subscriptions", f"<Subscription>{body}</Subscription>")
    order = account.order(slow.sender.sippeer)
    begun = account.clock()
    slow.control.advance(60)
    (written,) = slow.control.call("GET", "/emails").json()["emails"]
    (number,) = account.get(f"/orders/{order.id}").all("FullNumber")
    subject = f"orders {order.id}: COMPLETE"
    assert written == {
        "time": timestamp(begun + 60),
        "account": "9900778",
        "address": "a@b.c",
        "digest": "NONE",
        "subscription": made.id,
        "subject": subject,
        "text": f"{subject}. Numbers: {number}.",
    }


def test_a_page_of_callbacks_can_be_asked_for(slow: Caller) -> None:
    for path in ("/callbacks", "/emails"):
        assert slow.control.call("GET", f"{path}?limit=1").status_code == 200
        refused = slow.control.call("GET", f"{path}?limit=1001")
        assert refused.json()["error"] == "limit must be a number from 1 to 1000"
