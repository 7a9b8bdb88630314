"""Several accounts in one sandbox: each is opened by its own credentials and sees only its own."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.settings import Login, Settings

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

SECOND = Login("1000001", "second", "pw-2", "client-2", "secret-2", "token-2", "messaging-2")
# The same user as of the second account, another client.
THIRD = Login("1000002", "second", "pw-2", "client-3", "secret-3")
FIRST_USER = ("sandbox", "sandbox-password")
SECOND_USER = ("second", "pw-2")
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def many(open_account: Open) -> Account:
    return open_account(accounts=(SECOND, THIRD))


def _sites(account: Account, number: str, auth: tuple[str, str]) -> httpx.Response:
    return httpx.get(f"{account.server.url}/api/accounts/{number}/sites", auth=auth)


def _token(account: Account, auth: tuple[str, str]) -> str:
    url = f"{account.server.url}/api/v1/oauth2/token"
    granted: str = httpx.post(url, data=GRANT, auth=auth).json()["access_token"]
    return granted


def test_an_account_is_opened_by_its_own_credentials(many: Account) -> None:
    for auth, opened in ((FIRST_USER, ["9900778"]), (SECOND_USER, ["1000001", "1000002"])):
        for number in ("9900778", "1000001", "1000002", "1"):
            answer = _sites(many, number, auth)
            assert answer.status_code == (200 if number in opened else 403)
            assert answer.content or answer.status_code == 403


def test_an_account_sees_only_its_own(many: Account) -> None:
    site = many.site()
    assert "<Id>" not in _sites(many, "1000001", SECOND_USER).text
    url = f"{many.server.url}/api/accounts/1000001{site}"
    assert httpx.get(url, auth=SECOND_USER).status_code == 404
    number = many.numbers(many.sippeer(site), 1)[0]
    assert many.get(f"/api/tns/{number}").status == 200
    elsewhere = f"{many.server.url}/api/tns/{number}"
    assert httpx.get(elsewhere, auth=SECOND_USER).status_code == 404


def test_messages_and_media_stay_in_their_account(many: Account) -> None:
    first, second = (f"{many.server.url}/api/v2/users/{n}" for n in ("9900778", "1000001"))
    body = {"from": "12345", "to": "12345", "text": "a", "applicationId": "b"}
    assert httpx.post(f"{first}/messages", json=body, auth=FIRST_USER).status_code == 202
    httpx.put(f"{first}/media/a", content=b"1", auth=FIRST_USER)
    query = {"messageDirection": "OUTBOUND"}
    for url, auth, count in ((first, FIRST_USER, 1), (second, SECOND_USER, 0)):
        listed = httpx.get(f"{url}/messages", params=query, auth=auth).json()
        assert listed["totalCount"] == count
        assert len(httpx.get(f"{url}/media", auth=auth).json()) == count
    assert httpx.get(f"{second}/media/a", auth=SECOND_USER).status_code == 404
    refused = httpx.get(f"{first}/media/a", auth=SECOND_USER)
    assert (refused.status_code, refused.json()["type"]) == (403, "forbidden")


def test_each_account_has_its_own_queue(open_account: Open) -> None:
    account = open_account(accounts=(SECOND,), segments_per_second=1 / 900)
    body = {"from": "12345", "to": "12345", "text": "a", "applicationId": "b"}
    answers = [
        httpx.post(f"{account.server.url}/api/v2/users/{n}/messages", json=body, auth=auth)
        for n, auth in (("9900778", FIRST_USER), ("9900778", FIRST_USER), ("1000001", SECOND_USER))
    ]
    assert [answer.status_code for answer in answers] == [202, 429, 202]


def test_a_token_names_the_accounts_that_it_opens(many: Account) -> None:
    token = _token(many, ("client-3", "secret-3"))
    claims = token.split(".")[1]
    named = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert named["accounts"] == ["1000002"]
    headers = {"Authorization": f"Bearer {token}"}
    for number, status in (("1000002", 200), ("1000001", 403), ("9900778", 403)):
        url = f"{many.server.url}/api/accounts/{number}/sites"
        assert httpx.get(url, headers=headers).status_code == status
        listed = httpx.get(f"{many.server.url}/api/v2/users/{number}/media", headers=headers)
        assert listed.status_code == status


def test_the_token_and_secret_of_messaging_are_for_their_account(many: Account) -> None:
    auth = ("token-2", "messaging-2")
    for number, status in (("1000001", 200), ("1000002", 403), ("9900778", 403)):
        url = f"{many.server.url}/api/v2/users/{number}/media"
        assert httpx.get(url, auth=auth).status_code == status


def test_an_account_is_there_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Settings(account="1000001", accounts=(SECOND,))
