from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.traffic.media import list_media, put_media
from provisioner.sandbox.traffic.messaging_call import MessagingCall

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

MEDIA = "/api/v2/users/9900778/media"
PICTURE = b"\x89PNG\x00\xff"


def _put(
    account: Account, name: str, content: bytes = PICTURE, kind: str | None = None
) -> httpx.Response:
    headers = {} if kind is None else {"content-type": kind}
    return account.http.put(f"{MEDIA}/{name}", content=content, headers=headers)


def test_a_file_comes_back_as_it_went(open_account: Open) -> None:
    account = open_account()
    headers = {"content-type": "image/png; x=y", "cache-control": "no-cache"}
    put = account.http.put(f"{MEDIA}/14762/0/b w.png", content=PICTURE, headers=headers)
    assert (put.status_code, put.content) == (204, b"")
    (listed,) = account.http.get(MEDIA).json()
    assert listed == {
        "content": f"{account.server.url}{MEDIA}/14762/0/b%20w.png",
        "contentLength": len(PICTURE),
        "mediaName": "14762/0/b w.png",
    }
    got = account.http.get(listed["content"])
    assert (got.status_code, got.content) == (200, PICTURE)
    assert {name: got.headers[name] for name in headers} == headers


def test_a_file_without_a_type_is_bytes(account: Account) -> None:
    _put(account, "plain")
    got = account.http.get(f"{MEDIA}/plain", headers={"accept": "image/png"})
    assert got.headers["content-type"] == "application/octet-stream"
    assert "cache-control" not in got.headers


def test_a_file_is_overwritten(account: Account) -> None:
    _put(account, "again", b"1", kind="text/plain")
    _put(account, "again", b"22", kind="text/csv")
    got = account.http.get(f"{MEDIA}/again")
    assert (got.content, got.headers["content-type"]) == (b"22", "text/csv")


def test_a_file_is_deleted_once(account: Account) -> None:
    _put(account, "gone")
    assert account.http.delete(f"{MEDIA}/gone").status_code == 204
    for method in ("GET", "DELETE"):
        answer = account.http.request(method, f"{MEDIA}/gone")
        assert (answer.status_code, answer.json()["type"]) == (404, "not-found")


def test_a_file_is_kept_for_two_days(open_account: Open) -> None:
    account = open_account()
    _put(account, "old")
    account.clock.advance(48 * 3600 - 1)
    assert account.http.get(f"{MEDIA}/old").status_code == 200
    account.clock.advance(1)
    assert account.http.get(f"{MEDIA}/old").status_code == 404
    assert account.http.get(MEDIA).json() == []


def test_a_file_has_its_limit(account: Account) -> None:
    assert _put(account, "large", bytes(3_750_000)).status_code == 204
    refused = _put(account, "larger", bytes(3_750_001))
    assert (refused.status_code, refused.json()["type"]) == (400, "request-validation")
    assert account.http.get(f"{MEDIA}/larger").status_code == 404


@pytest.mark.parametrize("kind", ["", "png", "image/", "image/p ng"])
def test_a_type_that_is_none_is_refused(account: Account, kind: str) -> None:
    refused = _put(account, "odd", kind=kind)
    assert (refused.status_code, refused.json()["type"]) == (415, "unsupported-content-type")


def test_a_file_needs_a_name(account: Account) -> None:
    assert _put(account, "").status_code == 404


def test_files_are_listed_by_the_thousand() -> None:
    state = State(Settings())
    url = "http://127.0.0.1/api/v2/users/9900778"
    try:
        for n in range(1001):
            named = {"media": f"{n:04}"}
            put_media(MessagingCall(account="9900778", url=url, parameters=named), state)
        first = list_media(MessagingCall(account="9900778", url=url), state)
        token = {"continuation-token": first.headers["continuation-token"]}
        second = list_media(MessagingCall(account="9900778", url=url, headers=token), state)
    finally:
        state.close()
    assert (first.body.count(b"mediaName"), second.body.count(b"mediaName")) == (1000, 1)
    assert b'"1000"' in second.body
    assert "continuation-token" not in second.headers


def test_a_made_up_token_is_refused(account: Account) -> None:
    for token in ("?", "////"):
        refused = account.http.get(MEDIA, headers={"continuation-token": token})
        assert (refused.status_code, refused.json()["type"]) == (400, "request-validation")
