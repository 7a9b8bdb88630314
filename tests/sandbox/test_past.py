"""How much of what was is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.fault_rules import read_rule

if TYPE_CHECKING:
    from tests.sandbox.conftest import Open


def test_a_large_account_is_remembered_less_often(
    open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies there are in any case: as it is, and as it was before the last change."""
    monkeypatch.setattr("provisioner.sandbox.past._MOST_BYTES", 1)
    account = open_account()
    account.server.app.state.faults.add(read_rule("GET /sites stale"))
    for name in ("One", "Two", "Three"):
        account.site(name)
    assert account.get("/sites").all("Sites/Site/Name") == ["One", "Two"]
