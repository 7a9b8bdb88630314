"""How messaging is reached, and how it refuses those who may not or ask for what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Sender

MESSAGES = "/api/v2/users/9900778/messages"
SEARCH = {"messageDirection": "OUTBOUND"}


def _shape(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    shown = answer.json()
    assert set(shown) == {"type", "description"}
    return answer.status_code, shown["type"]


@pytest.mark.parametrize(
    "auth",
    [("sandbox", "sandbox-password"), ("sandbox-token", "sandbox-messaging")],
    ids=["as for the numbers API", "token and secret of its own"],
)
def test_messaging_is_open_to(account: Account, auth: tuple[str, str]) -> None:
    answer = httpx.get(f"{account.server.url}{MESSAGES}", params=SEARCH, auth=auth)
    assert answer.status_code == 200


def test_the_token_and_secret_of_messaging_do_not_open_the_numbers_api(account: Account) -> None:
    url = f"{account.server.url}/api/accounts/9900778/sites"
    assert httpx.get(url, auth=("sandbox-token", "sandbox-messaging")).status_code == 401


@pytest.mark.parametrize("auth", [None, ("sandbox", "wrong"), ("", "")])
def test_bad_credentials_are_401(account: Account, auth: tuple[str, str] | None) -> None:
    answer = httpx.get(f"{account.server.url}{MESSAGES}", params=SEARCH, auth=auth)
    assert _shape(answer) == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_another_account_is_403(account: Account) -> None:
    assert _shape(account.http.get("/api/v2/users/1/messages", params=SEARCH)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", f"{MESSAGES}/happy", 404, "Not Found"),
        ("GET", f"{MESSAGES}/", 404, "Not Found"),
        ("DELETE", MESSAGES, 405, "Method Not Allowed"),
    ],
)
def test_what_does_not_exist_is_said_in_a_shape_of_its_own(
    account: Account, method: str, path: str, status: int, error: str
) -> None:
    answer = account.http.request(method, path)
    assert answer.status_code == status
    shown = answer.json()
    assert shown.pop("timestamp").endswith("Z")
    assert shown == {"status": status, "error": error, "message": error, "path": path}


def test_answers_are_json_or_nothing(account: Account) -> None:
    for accept in ("application/json", "text/html, application/*;q=0.5"):
        answer = account.http.get(MESSAGES, params=SEARCH, headers={"accept": accept})
        assert answer.status_code == 200
    refused = account.http.get(MESSAGES, params=SEARCH, headers={"accept": "application/xml"})
    assert _shape(refused) == (406, "not-acceptable")


def test_a_message_is_json_or_nothing(sender: Sender) -> None:
    body = f'{{"from":"{sender.number}","to":"12345","text":"a","applicationId":"b"}}'
    for kind in ("application/json", "application/json;charset=UTF-8"):
        answer = sender.account.http.post(MESSAGES, content=body, headers={"content-type": kind})
        assert answer.status_code == 202
    headers = {"content-type": "text/plain;charset=UTF-8"}
    refused = sender.account.http.post(MESSAGES, content=body, headers=headers)
    assert _shape(refused) == (415, "unsupported-content-type")


def test_the_old_path_is_for_the_beta_alone(account: Account) -> None:
    assert account.http.get("/v2/users/9900778/messages", params=SEARCH).status_code == 404
