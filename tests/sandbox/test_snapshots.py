from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.sandbox.app import create_app
from provisioner.sandbox.memory.schema import VERSION
from provisioner.sandbox.memory.snapshots import (
    SnapshotError,
    load_snapshot,
    read_file,
    take_snapshot,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

OWN = "9900778"


def _snapshot(account: Account) -> dict[str, Any]:
    answer = httpx.get(f"{account.server.url}/_sandbox/snapshot")
    found: dict[str, Any] = answer.json()
    return found


def _load(account: Account, snapshot: dict[str, Any]) -> httpx.Response:
    return httpx.put(f"{account.server.url}/_sandbox/snapshot", json=snapshot)


def _reset(account: Account) -> None:
    assert httpx.post(f"{account.server.url}/_sandbox/reset").status_code == 204


def _fill(account: Account) -> str:
    """A sippeer with two numbers, an application, an open order and a file."""
    sippeer = account.sippeer(account.site())
    account.numbers(sippeer, 2)
    account.sms(sippeer)
    account.assign(sippeer, account.application())
    account.order(sippeer, 1, "919")
    account.http.put("/api/v2/users/9900778/media/a", content=b"\x00\xff")
    return sippeer


PATHS = ("/sites?sipPeerDetails=true", "/orders?page=1&size=9", "/inserviceNumbers", "/api/tns")


def test_a_snapshot_makes_another_sandbox_the_same(open_account: Open) -> None:
    first = open_account()
    sippeer = _fill(first)
    first.settle(first.release(first.get(f"{sippeer}/tns").all("FullNumber")[0]))
    snapshot = _snapshot(first)
    second = open_account()
    second.clock.time = first.clock.time
    _fill(second)
    assert _load(second, json.loads(json.dumps(snapshot))).status_code == 204
    assert _snapshot(second) == snapshot
    for path in (*PATHS, f"{sippeer}/products/messaging/applicationSettings"):
        second_url, first_url = second.server.url.encode(), first.server.url.encode()
        assert second.get(path).body.replace(second_url, first_url) == first.get(path).body, path
    assert second.http.get("/api/v2/users/9900778/media/a").content == b"\x00\xff"
    assert second.numbers(sippeer, 1) == first.numbers(sippeer, 1)
    assert second.site() == first.site()


def test_ids_of_what_is_gone_do_not_come_back(open_account: Open) -> None:
    account = open_account()
    gone = account.site()
    account.delete(gone)
    assert _load(account, _snapshot(account)).status_code == 204
    assert account.site() != gone


def test_open_orders_and_the_advanced_clock_are_in_a_snapshot(open_account: Open) -> None:
    first = open_account(order_delay=60.0)
    order = first.order(first.sippeer(first.site()))
    httpx.post(f"{first.server.url}/_sandbox/clock", json={"seconds": 30})
    second = open_account()
    _load(second, _snapshot(first))
    second.clock.advance(29)
    assert second.get(f"/orders/{order.id}").text("OrderStatus") == "RECEIVED"
    second.clock.advance(1)
    assert second.get(f"/orders/{order.id}").text("OrderStatus") == "COMPLETE"


def test_what_has_expired_is_in_no_snapshot(open_account: Open) -> None:
    account = open_account()
    account.http.put("/api/v2/users/9900778/media/a", content=b"hi")
    assert _snapshot(account)["tables"]["media"] != []
    account.clock.advance(49 * 3600)
    assert _snapshot(account)["tables"]["media"] == []


def test_a_reset_leaves_an_empty_account(open_account: Open) -> None:
    account = open_account()
    first = _fill(account)
    httpx.post(f"{account.server.url}/_sandbox/clock", json={"seconds": 30})
    httpx.post(f"{account.server.url}/_sandbox/orders/hold")
    _reset(account)
    tables = _snapshot(account)["tables"]
    assert {name for name, rows in tables.items() if rows} == {"sqlite_sequence"}
    assert _fill(account) == first


def test_a_token_stays_good_whatever_is_loaded(open_account: Open) -> None:
    account = open_account()
    grant = {"grant_type": "client_credentials"}
    client = (account.settings.client_id, account.settings.client_secret)
    answer = account.http.post("/api/v1/oauth2/token", data=grant, auth=client)
    token = answer.json()["access_token"]
    snapshot = _snapshot(account)
    assert token not in json.dumps(snapshot)
    _reset(account)
    _load(account, snapshot)
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{account.server.url}/api/accounts/{OWN}/sites"
    assert httpx.get(url, headers=headers).status_code == 200


@pytest.fixture
def state() -> Iterator[State]:
    opened = State(Settings())
    with contextlib.closing(opened):
        yield opened


SITE = {
    "id": 1,
    "account": OWN,
    "created": 1.5,
    "name": "A",
    "description": None,
    "document": "<Site/>",
}
SIPPEER = {
    "id": 2,
    "site": 1,
    "created": 1,
    "name": "B",
    "is_default": 1,
    "document": "<SipPeer/>",
    "sms": None,
    "mms": None,
    "application": None,
}
MEDIA = {
    "account": OWN,
    "name": "a",
    "content_type": "b",
    "cache_control": None,
    "expires": 9,
    "content": {"base64": "aGk="},
}


def test_tables_and_columns_may_be_written_by_hand(state: State) -> None:
    tables = {"sippeers": [SIPPEER], "sites": [SITE], "media": [MEDIA]}
    with state.transaction():
        load_snapshot({"sandbox": VERSION, "tables": tables}, state)
        assert take_snapshot(state)["tables"]["media"] == [MEDIA]
    assert state.run("INSERT INTO sites (account) VALUES (?)", OWN) == 13651


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"places": []}, "there is no table places"),
        ({"totals": []}, "there is no table totals"),
        ({"tokens": []}, "there is no table tokens"),
        ({"sites": {}}, "sites is not a list of rows"),
        ({"sites": [SITE, 1]}, "sites[1] must have exactly: id, account"),
        ({"sites": [{"id": 1}]}, "sites[0] must have exactly: id, account"),
        ({"sites": [{**SITE, "colour": "red"}]}, "sites[0] must have exactly"),
        ({"sites": [{**SITE, "id": "one"}]}, "sites[0].id is not integer"),
        ({"sites": [{**SITE, "id": True}]}, "sites[0].id is not integer"),
        ({"sites": [{**SITE, "created": math.nan}]}, "sites[0].created is not real"),
        ({"sites": [{**SITE, "created": -math.inf}]}, "sites[0].created is not real"),
        ({"sites": [{**SITE, "name": []}]}, "sites[0].name is not text"),
        ({"sites": [{**SITE, "id": 10**30}]}, "sites: "),
        ({"sites": [SITE, SITE]}, "sites: UNIQUE"),
        ({"sippeers": [SIPPEER]}, "a row of sippeers belongs to one of sites that is not there"),
        ({"media": [{**MEDIA, "content": {"base64": "?"}}]}, "media[0].content is not blob"),
        ({"media": [{**MEDIA, "content": {"base64": 1}}]}, "media[0].content is not blob"),
        ({"media": [{**MEDIA, "content": "hi"}]}, "media[0].content is not blob"),
        ({"sites": [{**SITE, "account": "2"}]}, "start the sandbox with --account 2"),
        (None, "`tables` is missing"),
    ],
)
def test_a_snapshot_that_cannot_be_loaded_changes_nothing(
    state: State, tables: object, words: str
) -> None:
    with state.transaction():
        load_snapshot({"sandbox": VERSION, "tables": {"media": [MEDIA]}}, state)
    before = take_snapshot(state)
    with pytest.raises(SnapshotError) as refused, state.transaction():
        load_snapshot({"sandbox": VERSION, "tables": tables}, state)
    assert words in str(refused.value)
    assert take_snapshot(state) == before


def test_a_snapshot_of_another_version_is_refused(account: Account) -> None:
    refused = _load(account, {"sandbox": VERSION - 1, "tables": {}})
    assert refused.status_code == 400
    assert f"of this version of the sandbox ({VERSION})" in refused.json()["error"]


@pytest.mark.parametrize(("text", "words"), [("{", "it is not JSON"), ("[]", "no object")])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "seed.json").write_text(text)
    with pytest.raises(SnapshotError, match=words):
        read_file(tmp_path / "seed.json")


def test_a_seed_is_where_a_sandbox_begins_and_what_a_reset_goes_back_to(
    open_account: Open, tmp_path: Path
) -> None:
    first = open_account()
    site = first.site()
    seed = _snapshot(first)
    settings = Settings()
    auth = (settings.username, settings.password)
    with Server(settings, tmp_path / "state.db", seed=seed) as server:
        url = f"{server.url}/api/accounts/{OWN}{site}"
        with httpx.Client(auth=auth) as client:
            assert client.delete(url).status_code == 200
            assert client.get(url).status_code == 404
            assert client.post(f"{server.url}/_sandbox/reset").status_code == 204
            assert client.get(url).status_code == 200
    with pytest.raises(SnapshotError, match="in use already"):
        create_app(settings, tmp_path / "state.db", seed=seed)
    with pytest.raises(SnapshotError, match="in use already"):
        Server(settings, tmp_path / "state.db", seed=seed)
