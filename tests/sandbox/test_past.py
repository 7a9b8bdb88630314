"""How much of what was is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.fault_rules import read_rule

if TYPE_CHECKING:
    from tests.sandbox.conftest import Open


def test_a_large_account_is_remembered_less_often(
    open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies there are in any case: as it is, and as it was before the last change."""
    monkeypatch.setattr("provisioner.sandbox.memory.past._MOST_BYTES", 1)
    account = open_account()
    account.server.app.state.faults.add(read_rule("GET /sites stale"))
    for name in ("One", "Two", "Three"):
        account.site(name)
    assert account.get("/sites").all("Sites/Site/Name") == ["One", "Two"]


def test_what_does_not_change_the_account_is_no_change(open_account: Open) -> None:
    """The answer before the last change is that before the second site."""
    account = open_account()
    account.http.post("/_sandbox/faults", json={"rule": "GET /sites stale"})
    for name in ("One", "Two"):
        account.site(name)
    grant = {"grant_type": "client_credentials"}
    client = (account.settings.client_id, account.settings.client_secret)
    for made in (
        account.http.post("/api/v1/oauth2/token", data=grant, auth=client),
        account.http.head("/api/accounts/9900778/applications"),
        account.http.post("/_sandbox/faults", json={"rule": "GET /orders hang"}),
        account.http.delete("/_sandbox/requests"),
        account.http.get("/_sandbox/snapshot"),
    ):
        assert made.is_success
    assert account.put("/sites/1", "<Site/>").status == 404
    assert account.get("/sites").all("Sites/Site/Name") == ["One"]
    account.http.post("/_sandbox/clock", json={"seconds": 1})
    assert account.get("/sites").all("Sites/Site/Name") == ["One", "Two"]


def test_nothing_is_remembered_once_nobody_asks(open_account: Open) -> None:
    account = open_account()
    rule = {"rule": "GET /sites stale"}
    account.http.post("/_sandbox/faults", json=rule)
    account.site("One")
    account.http.delete("/_sandbox/faults")
    account.http.post("/_sandbox/faults", json=rule)
    assert account.get("/sites").all("Sites/Site/Name") == ["One"]
