from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

GRANT = {"grant_type": "client_credentials"}
CLIENT = ("sandbox-client", "sandbox-secret")


def _token(account: Account) -> dict[str, str]:
    answer = account.http.post("/api/v1/oauth2/token", data=GRANT, auth=CLIENT)
    assert answer.status_code == 200
    granted = answer.json()
    assert (granted["token_type"], granted["expires_in"]) == ("bearer", 3600)
    return {"Authorization": f"Bearer {granted['access_token']}"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic c2FuZGJveDp3cm9uZw=="},
        {"Authorization": "Basic ???"},
        {"Authorization": "Bearer made-up"},
        {"Authorization": "Digest x"},
    ],
    ids=["none", "wrong", "not base64", "unknown token", "unknown scheme"],
)
def test_bad_credentials_are_401_without_a_body(account: Account, headers: dict[str, str]) -> None:
    url = f"{account.server.url}/api/accounts/9900778/sites"
    answer = httpx.get(url, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")


def test_another_account_is_403_without_a_body(account: Account) -> None:
    answer = account.get("/api/accounts/1/sites")
    assert (answer.status, answer.body) == (403, b"")


def test_a_token_is_accepted_until_it_expires(account: Account) -> None:
    headers = _token(account)
    url = f"{account.server.url}/api/accounts/9900778/sites"
    account.clock.advance(3599)
    assert httpx.get(url, headers=headers).status_code == 200
    account.clock.advance(1)
    assert httpx.get(url, headers=headers).status_code == 401


def test_a_token_is_only_for_the_client_and_its_one_grant(account: Account) -> None:
    path = "/api/v1/oauth2/token"
    wrong = account.http.post(path, data=GRANT, auth=("sandbox-client", "guess"))
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    other = account.http.post(path, data={"grant_type": "password"}, auth=CLIENT)
    assert other.status_code == 400


@pytest.mark.parametrize("prefix", ["/api", "/api/v1", "/api/v1.0", "/v1.0"])
def test_all_prefixes_lead_to_one_account_and_stay_in_its_links(
    account: Account, prefix: str
) -> None:
    site = account.site().rsplit("/", 1)[1]
    body = "<SipPeer><PeerName>a</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>"
    made = account.post(f"{prefix}/accounts/9900778/sites/{site}/sippeers", body)
    beginning = f"{account.server.url}{prefix}/accounts/9900778/sites/{site}/sippeers/"
    assert made.headers["location"].startswith(beginning)
    assert account.get(f"{prefix}/tns/9193210919").status == 404


def test_what_does_not_exist_is_refused_without_a_body(account: Account) -> None:
    for method, path, status in (("GET", "/nope", 404), ("DELETE", "/sites", 405)):
        answer = account.call(method, path)
        assert (answer.status, answer.body) == (status, b"")


def test_beyond_the_rate_limit_is_429_with_the_time_to_come_back(open_account: Open) -> None:
    account = open_account(rate_limit=2.0)
    assert [account.get("/sites").status for _ in range(3)] == [200, 200, 429]
    refused = account.get("/sites")
    assert refused.body == b""
    assert int(refused.headers["x-ratelimit-reset"]) == account.clock() + 1
    account.clock.advance(1)
    assert account.get("/sites").status == 200


def test_each_kind_of_request_has_a_limit_of_its_own(open_account: Open) -> None:
    account = open_account(rate_limit=1.0)
    site = account.site()
    kinds = {
        "all others": [("POST", "/sites"), ("GET", "/applications"), ("GET", f"{site}/sippeers")],
        "order": [("POST", "/orders")],
        "history": [("GET", "/orders"), ("GET", "/disconnects"), ("GET", "/orders/none")],
        "disconnect": [("POST", "/disconnects")],
        "search": [("GET", "/availableNumbers?areaCode=910&quantity=1")],
        "move": [("POST", "/moveTns"), ("GET", "/moveTns")],
        "subscription": [("GET", "/subscriptions"), ("POST", "/subscriptions")],
        "in service": [("GET", "/inserviceNumbers")],
    }
    account.clock.advance(1)
    for requests in kinds.values():
        refused = [account.call(*each).status == 429 for each in requests]
        assert refused == [False] + [True] * (len(requests) - 1)


def test_answers_are_xml_with_the_documented_header(account: Account) -> None:
    answer = account.get("/sites")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')


def test_names_that_look_like_markup_come_back_as_they_went(account: Account) -> None:
    path = account.site("A &amp; B &lt;C&gt; \u00e9")
    assert account.get(path).text("Site/Name") == "A & B <C> \u00e9"


def test_an_odd_path_is_no_server_error(account: Account) -> None:
    assert account.get("/applications/%00%01").code == (404, "13629")
    assert account.get(f"/sites/{'9' * 40}").code == (404, "12016")
