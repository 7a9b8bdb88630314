from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

ORDERS = "<OrderType>orders</OrderType>"
EMAIL = (
    "<EmailSubscription><Email>a@b.c</Email><DigestRequested>NONE</DigestRequested>"
    "</EmailSubscription>"
)


def _subscription(*parts: str) -> str:
    return f"<Subscription>{''.join(parts)}</Subscription>"


def _callback(url: str = "https://example.com/in", more: str = "") -> str:
    return f"<CallbackSubscription><URL>{url}</URL>{more}</CallbackSubscription>"


def _basic(user: str, password: str) -> str:
    names = f"<Username>{user}</Username><Password>{password}</Password>"
    basic = f"<BasicAuthentication>{names}</BasicAuthentication>"
    return f"<CallbackCredentials>{basic}<PublicKey>a2V5</PublicKey></CallbackCredentials>"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_callback_is_shown_without_its_password(open_account: Open, version: str) -> None:
    account = open_account().speaking(version)
    more = f"<Expiry>12000</Expiry>{_basic('me', 's3cure')}<NumberFormat>E164</NumberFormat>"
    made = account.post("/subscriptions", _subscription(ORDERS, _callback(more=more)))
    assert (made.status, made.body) == (201, b"")
    account.clock.advance(2000)
    shown = account.get(f"/subscriptions/{made.id}")
    assert shown.names("Subscriptions/Subscription/CallbackSubscription") == [
        *("URL", "Expiry", "Status", "CallbackCredentials", "NumberFormat")
    ]
    assert shown.text("SubscriptionId") == made.id
    assert (shown.text("Expiry"), shown.text("Status")) == ("10000", "READY")
    assert (shown.text("Username"), shown.text("PublicKey")) == ("me", "a2V5")
    assert b"s3cure" not in shown.body
    assert account.get("/subscriptions").body == shown.body


def test_a_callback_lasts_a_day_where_it_does_not_say(open_account: Open) -> None:
    account = open_account()
    made = account.post("/subscriptions", _subscription(ORDERS, _callback('"http://host:8080/x"')))
    shown = account.get(f"/subscriptions/{made.id}")
    assert (shown.text("URL"), shown.text("Expiry")) == ("http://host:8080/x", "86400")
    assert (shown.all("CallbackCredentials"), shown.text("NumberFormat")) == ([], "LEGACY")
    account.clock.advance(86_399)
    assert account.get(f"/subscriptions/{made.id}").text("Expiry") == "1"
    account.clock.advance(1)
    assert account.get(f"/subscriptions/{made.id}").code == (404, "16000")
    assert account.get("/subscriptions").names("Subscriptions") == []


def test_an_email_is_for_one_order_or_for_events(account: Account, sippeer: str) -> None:
    order = f"<OrderId>{account.order(sippeer).id}</OrderId>"
    own = account.post("/subscriptions", _subscription(ORDERS, order, EMAIL))
    shown = account.get(f"/subscriptions/{own.id}")
    assert (shown.text("Email"), shown.text("DigestRequested")) == ("a@b.c", "NONE")
    assert order in shown.body.decode()
    event = "<EventType>MESSAGING_LOST</EventType>"
    lost = account.post("/subscriptions", _subscription(event, EMAIL))
    assert account.get(f"/subscriptions/{lost.id}").text("EventType") == "MESSAGING_LOST"
    for made in (own, lost):
        assert account.delete(f"/subscriptions/{made.id}").status == 200
        assert account.delete(f"/subscriptions/{made.id}").code == (404, "16000")


def test_a_put_replaces_the_whole_subscription(account: Account) -> None:
    made = account.post("/subscriptions", _subscription(ORDERS, _callback("http://a.example")))
    path = f"/subscriptions/{made.id}"
    other = _callback("http://b.example", "<Expiry>90000</Expiry>")
    put = account.put(path, _subscription("<OrderType>disconnects</OrderType>", other))
    assert (put.status, put.text("Subscription/OrderType")) == (200, "disconnects")
    account.clock.advance(86_400)
    assert account.get(path).text("Expiry") == "3600"
    assert account.put(path, _subscription(ORDERS)).code == (400, "14501")
    assert account.put("/subscriptions/nope", _subscription()).code == (404, "16000")
    account.delete(path)


def test_one_target_can_subscribe_once_and_ten_to_all_orders(open_account: Open) -> None:
    account = open_account()
    for n in range(10):
        body = _subscription(ORDERS, _callback(f"http://host{n}.example"))
        assert account.post("/subscriptions", body).status == 201
        assert account.post("/subscriptions", body).code == (409, "16008")
    more = _subscription(ORDERS, _callback("http://host.example"))
    assert account.post("/subscriptions", more).code == (409, "16006")
    other = _subscription("<OrderType>tnoptions</OrderType>", _callback("http://host0.example"))
    made = account.post("/subscriptions", other)
    assert made.status == 201
    taken = _subscription(ORDERS, _callback("http://host0.example"))
    assert account.put(f"/subscriptions/{made.id}", taken).code == (409, "16008")


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("14508", (EMAIL,)),
        ("14508", (ORDERS, "<EventType>MESSAGING_LOST</EventType>", EMAIL)),
        ("14500", ("<OrderType>lunches</OrderType>", EMAIL)),
        ("14507", ("<EventType>LUNCH</EventType>", EMAIL)),
        ("14501", (ORDERS,)),
        ("14501", (ORDERS, EMAIL, _callback())),
        ("14501", (ORDERS, EMAIL.replace("a@b.c", "nobody"))),
        ("14502", (ORDERS, EMAIL.replace("NONE", "HOURLY"))),
        ("14503", (ORDERS, _callback(""))),
        ("14506", (ORDERS, _callback("ftp://example.com"))),
        ("14506", (ORDERS, _callback("http://[bad"))),
        ("14501", (ORDERS, _callback(more="<Expiry>0</Expiry>"))),
        ("14501", (ORDERS, _callback(more="<NumberFormat>ROMAN</NumberFormat>"))),
        ("14505", (ORDERS, _callback(more=_basic("me", "")))),
        ("14504", (ORDERS, _callback(more=_basic("me", "pw").replace("a2V5", "%")))),
        ("1011", (ORDERS, _callback(more=_basic("x" * 101, "pw")))),
        ("16004", (ORDERS, "<OrderId>nope</OrderId>", EMAIL)),
        ("16004", ("<OrderType>portins</OrderType>", "<OrderId>x</OrderId>", EMAIL)),
    ],
)
def test_a_subscription_is_refused_with_404(
    account: Account, code: str, parts: tuple[str, ...]
) -> None:
    assert account.post("/subscriptions", _subscription(*parts)).code == (404, code)


def test_credentials_may_be_a_key_alone(account: Account) -> None:
    key = "<CallbackCredentials><PublicKey>a2V5</PublicKey></CallbackCredentials>"
    url = "http://key.example"
    made = account.post("/subscriptions", _subscription(ORDERS, _callback(url, key)))
    shown = account.get(f"/subscriptions/{made.id}")
    assert shown.names("Subscriptions/Subscription/CallbackSubscription/CallbackCredentials") == [
        "PublicKey"
    ]
    account.delete(f"/subscriptions/{made.id}")
