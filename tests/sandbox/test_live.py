"""What an open page hears: server-sent events that say what has changed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.failures.fault_rules import read_rule
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open


class _Stream:
    """The events of one listener, as they come."""

    def __init__(self, account: Account, last: str = "") -> None:
        headers = {"Last-Event-ID": last} if last else {}
        self._http = httpx.Client(timeout=5)
        self._opened = self._http.stream(
            "GET", f"{account.server.url}/_sandbox/events", headers=headers
        )
        self._lines = self._opened.__enter__().iter_lines()
        self.id = ""

    def next(self) -> list[str]:
        for line in self._lines:
            if line.startswith("id: "):
                self.id = line[4:]
            if line.startswith("data: "):
                found: list[str] = json.loads(line[6:])
                return found
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        self._opened.__exit__(None, None, None)
        self._http.close()


def test_who_listens_hears_what_has_changed(open_account: Open) -> None:
    account = open_account()
    stream = _Stream(account)
    assert stream.next() == ["account", "requests", "faults"]
    account.get("/sites")
    assert "requests" in stream.next()
    account.faults.add(read_rule("GET /sites delay=0"))
    assert stream.next() == ["faults"]
    stream.close()


def test_who_comes_back_hears_of_what_has_changed_meanwhile_and_of_nothing_else(
    open_account: Open,
) -> None:
    account = open_account()
    stream = _Stream(account)
    stream.next()
    stream.close()
    account.get("/sites")
    again = _Stream(account, stream.id)
    assert again.next() == ["requests"]
    again.close()
    account.site()
    third = _Stream(account, again.id)
    assert third.next() == ["account", "requests"]
    third.close()


@pytest.mark.parametrize("last", ["x", "a-1-2-3", "----"])
def test_who_comes_from_another_sandbox_hears_of_everything(account: Account, last: str) -> None:
    stream = _Stream(account, last)
    assert stream.next() == ["account", "requests", "faults"]
    stream.close()


def test_an_order_goes_on_while_a_page_is_open(open_account: Open) -> None:
    account = open_account()
    sippeer = account.sippeer(account.site())
    account.order(sippeer)
    stream = _Stream(account)
    stream.next()
    account.clock.advance(1)
    assert stream.next() == ["account"]
    row = account.state().row("SELECT status FROM orders")
    assert row is not None
    assert row["status"] == "COMPLETE"
    stream.close()


def test_only_so_many_pages_are_kept_live(open_account: Open) -> None:
    account = open_account()
    streams = [_Stream(account) for _ in range(16)]
    for each in streams:
        each.next()
    assert httpx.get(f"{account.server.url}/_sandbox/events").status_code == 503
    for each in streams:
        each.close()


def test_an_open_page_does_not_keep_the_sandbox_from_stopping() -> None:
    """Its stream is ended, not broken off."""
    with ExitStack() as stack:
        server = stack.enter_context(Server(Settings()))
        page = httpx.stream("GET", f"{server.url}/_sandbox/events")
        lines = page.__enter__().iter_lines()
        assert next(lines) == "retry: 1000"
        stack.close()
        assert all(not line or line.startswith(("id:", "data:")) for line in lines)
        page.__exit__(None, None, None)
