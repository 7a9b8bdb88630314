"""The control API: everything that only the sandbox's own user can do to an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.sandbox.admin.control_calls import ROWS
from provisioner.sandbox.settings import Login

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, OpenSender

SECOND = Login("1000001", "second", "pw-2", "client-2", "secret-2")
CAMPAIGNS = "/campaignManagement/10dlc/campaigns"


def _call(account: Account, method: str, path: str, **body: Any) -> httpx.Response:
    """Without any credentials."""
    url = f"{account.server.url}/_sandbox{path}"
    return httpx.request(method, url, json=body or None)


def _done(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.content) == (204, b"")


def _refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_only_this_machine_may_call(account: Account) -> None:
    url = f"{account.server.url}/_sandbox/clock"
    port = account.server.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]", f"localhost:{port}"):
        assert httpx.get(url, headers={"Host": host}).status_code == 200
    assert httpx.get(url, headers={"Origin": f"http://localhost:{port}"}).status_code == 200
    foreign = [{"Host": host} for host in ("evil.example", f"evil.example:{port}", "10.0.0.1")]
    foreign += [{"Host": host} for host in ("", "[", "127.0.0.1.evil.example", "localhost@evil")]
    foreign += [{"Origin": origin} for origin in ("https://evil.example", "null")]
    for headers in foreign:
        refused = httpx.get(url, headers=headers)
        assert _refused(refused) == (403, "this is for programs on this machine only"), headers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_no_call_changes_anything_for_a_foreign_page(account: Account, row: Any) -> None:
    before = _call(account, "GET", "/").json()
    path = row.path.replace("{", "").replace("}", "")
    headers = {"Origin": "https://evil.example"}
    refused = httpx.request(row.method, f"{account.server.url}/_sandbox{path}", headers=headers)
    assert refused.status_code == 403
    assert _call(account, "GET", "/").json() == before


def test_control_calls_are_neither_logged_nor_delayed_nor_failed(open_account: Open) -> None:
    account = open_account(latency=30.0)
    assert _done(_call(account, "POST", "/faults", rule="* /** drop-before"))
    assert _call(account, "GET", "/").json()["faults"] == 1
    assert len(account.log) == 0


def test_an_unknown_call_names_those_that_there_are(account: Account) -> None:
    for method, path, status in (("GET", "/nope", 404), ("PUT", "/reset", 405)):
        found, words = _refused(_call(account, method, path))
        assert found == status
        assert "POST /_sandbox/reset" in words


@pytest.mark.parametrize(
    ("body", "words"), [(b"[", "not JSON"), (b"[1]", "not a JSON object"), (b"[" * 10**5, "JSON")]
)
def test_a_body_must_be_an_object(account: Account, body: bytes, words: str) -> None:
    answer = httpx.put(f"{account.server.url}/_sandbox/stock/910", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_the_summary_says_how_much_is_there(open_account: Open) -> None:
    account = open_account(accounts=(SECOND,))
    sippeer = account.sippeer(account.site())
    account.settle(account.release(*account.numbers(sippeer, 2)[:1]))
    account.order(sippeer)
    shown = _call(account, "GET", "/").json()
    first, second = shown.pop("accounts").items()
    assert first == (
        "9900778",
        {
            "applications": 0,
            "sites": 1,
            "messages": 0,
            "media": 0,
            "subscriptions": 0,
            "campaigns": 0,
            "sippeers": 1,
            "numbers": {"Aging": 1, "Inservice": 1},
            "orders": {"COMPLETE": 1, "RECEIVED": 1},
            "disconnects": {"COMPLETE": 1},
        },
    )
    assert second[0] == "1000001"
    assert shown == {
        "now": "2023-11-14T22:13:20.400Z",
        "dialect": "v1",
        "orders_held": False,
        "faults": 0,
        "requests": 7,
    }


def test_faults_are_added_listed_and_cleared(account: Account) -> None:
    rule = "GET /sites status=503 from=2"
    assert _done(_call(account, "POST", "/faults", rule=rule))
    assert [account.get("/sites").status for _ in range(2)] == [200, 503]
    listed = _call(account, "GET", "/faults").json()
    assert listed == {"faults": [{"rule": rule, "matched": 2}]}
    assert _done(_call(account, "DELETE", "/faults"))
    assert account.get("/sites").status == 200
    assert _call(account, "GET", "/faults").json() == {"faults": []}


def test_a_bad_fault_is_refused(account: Account) -> None:
    refused = _refused(_call(account, "POST", "/faults", rule="GET /sites explode"))
    assert refused[0] == 400
    assert "no kind 'explode'" in refused[1]
    assert _refused(_call(account, "POST", "/faults", rule=1)) == (400, "rule must be a text")
    words = _refused(_call(account, "POST", "/faults", text="x"))[1]
    assert words == "there is no 'text' in this body; there are: rule"


def test_requests_are_listed_without_passwords(account: Account) -> None:
    secret = "secret & word"
    creds = f"<UserId>user-1</UserId><Password>{secret.replace('&', '&amp;')}</Password>"
    body = (
        "<Application><ServiceType>Messaging-V2</ServiceType><AppName>A</AppName><CallbackUrl>"
        f"https://a.example</CallbackUrl><CallbackCreds>{creds}</CallbackCreds></Application>"
    )
    account.post("/applications", body)
    grant = {"grant_type": "client_credentials"}
    client = (account.settings.client_id, account.settings.client_secret)
    token = account.http.post("/api/v1/oauth2/token", data=grant, auth=client).json()
    account.http.put("/api/v2/users/9900778/media/a", content=b"\x89PNG\r\n\x00")
    answer = _call(account, "GET", "/requests?limit=3")
    made, granted, media = answer.json()["requests"]
    assert (made["method"], made["status"]) == ("POST", 201)
    assert made["target"] == "/api/accounts/9900778/applications"
    assert "<Password>(hidden)</Password></CallbackCreds>" in made["request"]
    assert "<AppName>A</AppName>" in made["answer"]
    assert '"access_token": "(hidden)"' in granted["answer"]
    assert media["request"] == "(7 bytes that are no text)"
    assert token["access_token"] not in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        "<Password>s3cret",
        "<Password><![CDATA[s3cret]]></Password>",
        "<Password>a<b/>s3cret</Password>",
        '<Password kind="x">s3cret</Password>',
        "<n:Password>s3cret</n:Password>",
        "<Password\n>s3cret</Password >",
        '{"password": "a\\"s3cret"}',
        '{"clientSecret":"s3cret"}',
    ],
)
def test_a_password_hides_in_no_way_of_writing(account: Account, body: str) -> None:
    account.post("/applications", f"{body}")
    account.call("POST", "/applications", body.encode("utf-16"))  # type: ignore[arg-type]
    answer = _call(account, "GET", "/requests?limit=2")
    assert "(hidden)" in answer.text
    assert "3cret" not in answer.text.replace("\\u0000", "")


def test_the_list_of_requests_is_bounded_and_can_be_cleared(account: Account) -> None:
    for n in range(3):
        account.get(f"/sites?x={n}")
    listed = _call(account, "GET", "/requests?limit=2").json()["requests"]
    assert [each["target"][-1] for each in listed] == ["1", "2"]
    for limit in ("0", "1001", "x", ""):
        assert _call(account, "GET", f"/requests?limit={limit}").status_code == 400
    assert _done(_call(account, "DELETE", "/requests"))
    assert _call(account, "GET", "/requests").json() == {"requests": []}


def test_stock_is_set_and_back_orders_are_filled(open_account: Open) -> None:
    account = open_account(stock=1)
    wish = "<BackOrderRequested>true</BackOrderRequested>"
    order = account.order(account.sippeer(account.site()), 3, more=wish)
    assert account.settle(order).text("OrderStatus") == "BACKORDERED"
    assert _done(_call(account, "PUT", "/stock/910", size=3))
    assert account.get(f"/orders/{order.id}").text("OrderStatus") == "COMPLETE"


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/stock/911", {"size": 1}, "there is no area code '911'"),
        ("/stock/910", {"size": -1}, "whole number from 0 on"),
        ("/stock/910", {"size": True}, "whole number from 0 on"),
        ("/stock/910", {"count": 1}, "no 'count'"),
        ("/campaigns/C1", {"fields": "x"}, "object of texts"),
        ("/campaigns/C1", {"fields": {"a b": "x"}}, "object of texts"),
        ("/campaigns/C1", {"fields": {"Usecase": 1}}, "object of texts"),
        ("/campaigns/C1", {"status": 1}, "status must be a text"),
        ("/campaigns/C1?account=1", {"status": "ACTIVE"}, "no account '1'; there are: 9900778"),
        ("/tollFreeVerifications/800", {"status": "VERIFIED"}, "'800' is not a telephone number"),
        ("/tollFreeVerifications/8005551212", {"status": ""}, "status must be a text"),
    ],
)
def test_what_makes_no_sense_is_refused(
    account: Account, path: str, body: dict[str, Any], words: str
) -> None:
    status, said = _refused(_call(account, "PUT", path, **body))
    assert status == 400
    assert words in said


def test_the_clock_can_be_advanced(open_account: Open) -> None:
    account = open_account(order_delay=3600.0)
    order = account.order(account.sippeer(account.site()))
    assert account.get(f"/orders/{order.id}").text("OrderStatus") == "RECEIVED"
    advanced = _call(account, "POST", "/clock", seconds=3600).json()
    assert advanced == {"now": account.clock() + 3600, "ahead": 3600}
    assert account.get(f"/orders/{order.id}").text("OrderStatus") == "COMPLETE"
    assert _call(account, "POST", "/clock", seconds=0.5).json()["ahead"] == 3600.5
    assert _call(account, "GET", "/clock").json()["ahead"] == 3600.5


@pytest.mark.parametrize("seconds", [-1, 10**9, "1", True, None])
def test_the_clock_goes_neither_back_nor_too_far(account: Account, seconds: object) -> None:
    assert _call(account, "POST", "/clock", seconds=seconds).status_code == 400


def test_the_clock_stays_within_a_century(open_account: Open) -> None:
    account = open_account()
    decade = 10 * 365 * 24 * 3600
    answers = [_call(account, "POST", "/clock", seconds=decade).status_code for _ in range(11)]
    assert answers == [200] * 10 + [400]
    assert account.get(account.site()).status == 200


def test_orders_can_be_held_and_released(open_account: Open) -> None:
    account = open_account()
    sippeer = account.sippeer(account.site())
    bought = account.numbers(sippeer, 2)
    assert _done(_call(account, "POST", "/orders/hold"))
    assert _call(account, "GET", "/").json()["orders_held"] is True
    order, release = account.order(sippeer), account.release(bought[0])
    account.clock.advance(100)
    assert account.get(f"/orders/{order.id}").text("OrderStatus") == "RECEIVED"
    assert account.get(f"/disconnects/{release.id}").text("OrderStatus") == "RECEIVED"
    assert _done(_call(account, "POST", "/orders/release"))
    done = account.get(f"/orders/{order.id}")
    assert done.text("OrderStatus") == "COMPLETE"
    assert done.text("OrderCompleteDate") == "2023-11-14T22:15:00.200Z"
    assert account.get(f"/disconnects/{release.id}").text("OrderStatus") == "COMPLETE"
    assert account.settle(account.order(sippeer)).text("OrderStatus") == "COMPLETE"


def test_campaigns_and_their_numbers_are_set(open_account: Open) -> None:
    account = open_account(accounts=(SECOND,))
    assert _done(_call(account, "PUT", "/campaigns/C1", fields={"Usecase": "2FA"}))
    assert _done(_call(account, "PUT", "/campaigns/C1?account=1000001", status="EXPIRED"))
    shown = account.get(f"{CAMPAIGNS}/C1")
    assert (shown.text("Status"), shown.text("Usecase")) == ("ACTIVE", "2FA")
    number = "/campaignNumbers/+19193210919"
    assert _done(_call(account, "PUT", number, campaign="C1", messageClass="A"))
    listed = account.speaking("v2").get("/tendlc/phoneNumbers").body
    assert json.loads(listed)["data"] == [
        {"phoneNumber": "+19193210919", "campaignId": "C1", "status": "SUCCESS"}
    ]
    missing = _call(account, "PUT", number, campaign="C2")
    assert _refused(missing) == (404, "there is no campaign 'C2' on account 9900778")
    assert _done(_call(account, "DELETE", "/campaignNumbers/9193210919"))
    assert json.loads(account.speaking("v2").get("/tendlc/phoneNumbers").body) == {"data": []}
    assert _done(_call(account, "DELETE", "/campaigns/C1"))
    assert account.get(f"{CAMPAIGNS}/C1").status == 404


def test_a_registered_number_can_send_where_registration_is_required(
    open_sender: OpenSender,
) -> None:
    sender = open_sender(registration_required=True)
    account, number = sender.account, f"/campaignNumbers/{sender.number}"
    for status in (None, "PROCESSING", "SUCCESS"):
        if status is not None:
            _call(account, "PUT", "/campaigns/C1")
            _call(account, "PUT", number, campaign="C1", status=status)
        sender.send()
    _call(account, "PUT", "/campaigns/C1", status="SUSPENDED")
    sender.send()
    account.clock.advance(10)
    delivered, failed = ("DELIVERED", 0), ("FAILED", 4476)
    assert sender.fates() == [failed, failed, delivered, failed]
    assert [each["campaignId"] for each in sender.deliveries()] == [None, None, "C1", None]


def test_a_verified_toll_free_number_can_send_where_registration_is_required(
    open_sender: OpenSender,
) -> None:
    sender = open_sender(registration_required=True)
    account = sender.account
    number = account.search("tollFreeWildCardPattern=8**&quantity=1")[0]
    account.buy(sender.sippeer, [number])
    for status in ("PENDING", "VERIFIED"):
        assert _done(_call(account, "PUT", f"/tollFreeVerifications/{number}", status=status))
        sender.send(**{"from": f"+1{number}"})
    account.clock.advance(10)
    assert sender.fates() == [("FAILED", 4795), ("DELIVERED", 0)]
