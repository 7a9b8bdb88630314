from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.calls.log import Entry, Log
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from tests.sandbox.conftest import STREET

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open


def test_a_second_run_sees_what_the_first_one_made(open_account: Open, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    settings = Settings(order_delay=0)
    with Server(settings, state) as server:
        auth = (settings.username, settings.password)
        with httpx.Client(base_url=server.url, auth=auth) as client:
            body = (
                "<Application><ServiceType>Messaging-V2</ServiceType><AppName>A</AppName>"
                "<CallbackUrl>https://example.com</CallbackUrl></Application>"
            )
            client.post("/api/accounts/9900778/applications", content=body)
    account = open_account(state)
    assert account.get("/applications").all("AppName") == ["A"]


def test_an_open_order_is_settled_by_the_next_run(open_account: Open, tmp_path: Path) -> None:
    first = open_account(tmp_path / "state.db")
    sippeer = first.sippeer(first.site())
    order = first.order(sippeer)
    second = open_account(tmp_path / "state.db")
    second.clock.advance(10)
    assert second.get(f"/orders/{order.id}").text("OrderStatus") == "COMPLETE"
    assert first.get(f"{sippeer}/tns").all("FullNumber") == second.get(f"{sippeer}/tns").all(
        "FullNumber"
    )


def test_accounts_in_one_file_do_not_see_each_other(open_account: Open, tmp_path: Path) -> None:
    first = open_account(tmp_path / "state.db")
    second = open_account(tmp_path / "state.db", account="1000001")
    site = first.site()
    number = first.numbers(first.sippeer(site), 1)[0]
    assert second.get("/sites").all("Site") == []
    assert second.get(site).status == 404
    assert second.get(f"/api/tns/{number}").status == 404
    assert second.numbers(second.sippeer(second.site()), 1) != [number]


def test_lists_may_lag_while_items_do_not(open_account: Open) -> None:
    account = open_account(list_lag=5.0)
    site = account.site()
    sippeer = account.sippeer(site)
    application = account.application()
    order = account.order(sippeer)
    number = account.settle(order).text("FullNumber")
    listed = f"<TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>"
    group = f"<TnOptionGroups><TnOptionGroup>{listed}</TnOptionGroup></TnOptionGroups>"
    options = account.post("/tnoptions", f"<TnOptionOrder>{group}</TnOptionOrder>")
    place = f"<SiteId>{site.rsplit('/', 1)[1]}</SiteId>"
    move = account.post("/moveTns", f"<MoveTnsOrder>{place}{listed}</MoveTnsOrder>")
    callback = "<CallbackSubscription><URL>http://a.example</URL></CallbackSubscription>"
    about = f"<OrderType>orders</OrderType>{callback}"
    subscription = account.post("/subscriptions", f"<Subscription>{about}</Subscription>")
    release = account.release("2125550100")
    assert account.get(f"/applications/{application}").status == 200
    assert account.get(sippeer).status == 200
    for made in (options, move, subscription, release):
        assert account.get(made.headers["location"].partition("9900778")[2]).status == 200
    lists = {
        "/applications": "Application",
        "/sites": "Site",
        f"{site}/sippeers": "SipPeer",
        "/orders?page=1&size=5": "orderId",
        f"{site}/orders?page=1&size=5": "orderId",
        "/disconnects": "OrderId",
        "/tnoptions": "OrderId",
        "/moveTns": "OrderId",
        "/subscriptions": "SubscriptionId",
        f"{sippeer}/tns": "FullNumber",
        "/api/tns": "FullNumber",
        "/inserviceNumbers": "TelephoneNumber",
        "/sites?sipPeerDetails=true": "PeerId",
    }
    assert not any(_shown(account, path, name) for path, name in lists.items())
    account.clock.advance(5)
    assert all(_shown(account, path, name) for path, name in lists.items())


def _shown(account: Account, path: str, name: str) -> list[str]:
    listed = account.get(path)
    return listed.all(name) if listed.body else []


def test_latency_is_waited_for(open_account: Open) -> None:
    account = open_account(latency=0.05)
    answer = account.http.get("/api/accounts/9900778/sites")
    assert answer.elapsed.total_seconds() >= 0.05


def test_a_client_that_leaves_in_the_middle_of_its_body_changes_nothing(
    open_account: Open,
) -> None:
    account = open_account()
    host, port = account.server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"POST /api/accounts/9900778/sites HTTP/1.1\r\nHost: x\r\n")
        client.sendall(b"Content-Length: 100\r\n\r\n<Site>")
    assert account.get("/sites").all("Site") == []
    assert [entry.method for entry in account.log] == ["GET"]


def test_a_taken_port_is_an_os_error() -> None:
    with Server(Settings()) as server, pytest.raises(OSError, match="in use"):
        Server(Settings(), port=int(server.url.rsplit(":", 1)[1]))


def test_a_state_file_of_another_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with contextlib.closing(sqlite3.connect(file)) as old:
        old.execute("CREATE TABLE numbers (number TEXT)")
    with pytest.raises(OSError, match="another version") as refused:
        Server(Settings(), file)
    assert refused.value.filename == str(file)


def test_a_state_file_of_another_account_is_refused(tmp_path: Path) -> None:
    """It would open as an empty account, and the other one would seem lost."""
    file = tmp_path / "state.db"
    settings = Settings(account="1")
    auth = (settings.username, settings.password)
    with Server(settings, file) as server:
        body = f"<Site><Name>A</Name><Address>{STREET}</Address></Site>"
        url = f"{server.url}/api/accounts/1/sites"
        assert httpx.post(url, content=body, auth=auth).status_code == 201
    with pytest.raises(OSError, match=r"it has the account 1, .* with --account 1") as refused:
        Server(Settings(account="2"), file)
    assert refused.value.filename == str(file)
    both = Settings(account="2", accounts=(replace(settings.logins[0], account="1"),))
    with Server(both, file) as server:
        found = httpx.get(f"{server.url}/api/accounts/1/sites", auth=auth)
        assert "<Name>A</Name>" in found.text


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match="v1-prose"):
        Settings(dialect="v9")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "provisioner", "sandbox", "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert httpx.get(f"{url}/api/accounts/9900778/sites").status_code == 401
        process.send_signal(number)
        assert process.stdout.read() == ""
    assert process.returncode == 0


def test_the_log_forgets_the_oldest() -> None:
    log = Log()
    for n in range(10_001):
        log.add(Entry("GET", str(n), 200, b"", b""))
    assert len(log) == 10_000
    assert (log[0].target, log[-1].target) == ("1", "10000")
    assert [entry.target for entry in log[-2:]] == ["9999", "10000"]


def test_the_log_forgets_what_weighs_too_much() -> None:
    log, heavy = Log(), bytes(65_536)
    for n in range(1000):
        log.add(Entry("POST", str(n), 200, heavy, heavy))
    assert sum(len(entry.request) + len(entry.answer) for entry in log) <= 64 * 1024 * 1024
    assert len(log) > 500
    assert log[-1].target == "999"
    log.clear()
    log.add(Entry("GET", "/", 200, b"", b""))
    assert len(log) == 1
