from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.app import create_app
from provisioner.sandbox.faults import Fault
from provisioner.sandbox.settings import Settings

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

BODY = (
    "<Application><ServiceType>Messaging-V2</ServiceType><AppName>A</AppName>"
    "<CallbackUrl>https://example.com</CallbackUrl></Application>"
)


@pytest.mark.parametrize(
    ("kind", "made"), [("drop-before", 0), ("drop-after", 1), ("hang", 0), ("hang-after", 1)]
)
def test_an_answer_never_comes(open_account: Open, kind: str, made: int) -> None:
    account = open_account()
    account.faults.add(Fault(kind, method="POST", path="/applications$"))
    lost = httpx.RemoteProtocolError if kind.startswith("drop") else httpx.ReadTimeout
    with pytest.raises(lost):
        account.call("POST", "/applications", BODY, timeout=0.1)
    assert account.log[-1].status == 0
    assert len(account.get("/applications").all("Application")) == made


@pytest.mark.parametrize(("kind", "made"), [("status-before", 0), ("status-after", 1)])
def test_an_answer_is_replaced(open_account: Open, kind: str, made: int) -> None:
    account = open_account()
    fault = Fault(kind, method="post", status=503, headers={"Retry-After": "1"}, body=b"busy")
    account.faults.add(fault)
    answer = account.post("/applications", BODY)
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (503, b"busy", "1")
    assert len(account.get("/applications").all("Application")) == made


def test_an_answer_is_garbage(account: Account) -> None:
    account.faults.add(Fault("garbage"))
    answer = account.get("/sites")
    assert (answer.status, answer.headers["content-type"]) == (
        200,
        "application/xml; charset=utf-8",
    )
    assert b"<<<" in answer.body


def test_an_answer_breaks_off_in_its_middle(account: Account) -> None:
    account.faults.add(Fault("truncate"))
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        account.get("/sites")


def test_a_rule_counts_only_what_it_covers(account: Account) -> None:
    account.faults.add(Fault("status-before", method="GET", path=r"/sites\?.*x=1", nth=2))
    paths = ("/sites?x=1", "/sites", "/applications", "/sites?x=1", "/sites?x=1")
    assert [account.get(path).status for path in paths] == [200, 200, 200, 500, 200]


def test_a_rule_without_a_count_holds_until_it_is_cleared(account: Account) -> None:
    account.faults.add(Fault("status-before", nth=None))
    assert [account.get("/sites").status for _ in range(2)] == [500, 500]
    account.faults.clear()
    assert account.get("/sites").status == 200


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="drop-before"):
        Fault("explode")


def test_a_server_that_cannot_close_connections_says_so() -> None:
    app = create_app(Settings())
    app.state.faults.add(Fault("drop-before"))

    async def ask() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.get("/api/accounts/9900778/sites")

    with pytest.raises(RuntimeError, match="close connections"):
        asyncio.run(ask())


def test_the_log_has_what_was_asked_and_answered(account: Account) -> None:
    answer = account.post("/applications?x=%20y", BODY)
    entry = account.log[-1]
    assert (entry.method, entry.status) == ("POST", 201)
    assert entry.target == "/api/accounts/9900778/applications?x=%20y"
    assert (entry.request, entry.answer) == (BODY.encode(), answer.body)
    account.get("/sites")
    assert [each.method for each in account.log[-2:]] == ["POST", "GET"]
