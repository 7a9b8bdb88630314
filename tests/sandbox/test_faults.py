from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.sandbox.app import create_app
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.faults import Fault
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


def test_an_answer_is_xml_of_something_else(account: Account) -> None:
    account.faults.add(Fault("unrelated"))
    answer = account.get("/sites")
    assert (answer.status, answer.all("Page"), answer.all("Site")) == (200, ["Welcome"], [])


def test_an_answer_is_empty(account: Account) -> None:
    account.faults.add(Fault("empty"))
    answer = account.post("/applications", BODY)
    assert (answer.status, answer.body) == (201, b"")
    assert account.get(f"/applications/{answer.id}").status == 200


@pytest.mark.parametrize(("seconds", "reset"), [(None, 1_700_000_001), (29.5, 1_700_000_030)])
def test_a_limit_is_hit_before_the_work_is_done(
    open_account: Open, seconds: float | None, reset: int
) -> None:
    account = open_account()
    account.faults.add(Fault("rate-limit", method="POST", seconds=seconds))
    refused = account.post("/applications", BODY)
    assert (refused.status, refused.body) == (429, b"")
    assert refused.headers["x-ratelimit-reset"] == str(reset)
    assert account.get("/applications").all("Application") == []


def test_credentials_are_wrong_from_a_moment_on(account: Account) -> None:
    account.faults.add(Fault("unauthorized", nth=None, first=2))
    assert [account.get("/sites").status for _ in range(3)] == [200, 401, 401]
    refused = account.get("/sites")
    assert (refused.body, refused.headers["www-authenticate"]) == (b"", 'Basic realm="numbers"')
    messaging = account.http.get("/api/v2/users/9900778/media")
    assert (messaging.status_code, messaging.json()["type"]) == (401, "unauthorized")


def test_an_answer_is_late_but_the_work_is_done(account: Account) -> None:
    account.faults.add(Fault("delay", seconds=0.05))
    answer = account.http.get("/api/accounts/9900778/sites")
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.05


def _names(account: Account) -> list[str]:
    return account.get("/applications").all("AppName")


def _create(account: Account, name: str) -> str:
    return account.post("/applications", BODY.replace(">A<", f">{name}<")).id


def test_a_list_is_as_it_was_before_the_last_change(open_account: Open) -> None:
    account = open_account()
    account.faults.add(Fault("stale", path="/applications$", nth=None, first=2, method="GET"))
    assert _names(account) == []
    assert _names(account) == []
    first = _create(account, "A")
    _create(account, "B")
    assert _names(account) == ["A"]
    assert account.post("/applications", "<Nonsense/>").status == 400
    assert _names(account) == ["A"]
    account.delete(f"/applications/{first}")
    assert _names(account) == ["A", "B"]
    account.faults.clear()
    assert _names(account) == ["B"]


def test_a_list_is_as_it_was_some_seconds_ago(open_account: Open) -> None:
    account = open_account(order_delay=10.0)
    sippeer = account.sippeer(account.site())
    account.faults.add(Fault("stale", path="/(applications|tns)$", nth=None, seconds=30))
    account.order(sippeer)
    names = []
    for seconds in (20, 20, 30):
        names.append(_names(account))
        _create(account, f"{seconds}")
        account.clock.advance(seconds)
    assert names == [[], [], ["20"]]
    assert _names(account) == ["20", "20", "30"]
    assert len(account.get(f"{sippeer}/tns").all("FullNumber")) == 1


def test_what_happened_by_itself_is_in_the_past_as_well(open_account: Open) -> None:
    account = open_account(order_delay=10.0)
    account.faults.add(Fault("stale", path="/orders/", nth=None, seconds=5))
    order = account.order(account.sippeer(account.site()))
    statuses = []
    for _ in range(4):
        account.clock.advance(4)
        statuses.append(account.get(f"/orders/{order.id}").all("OrderStatus"))
    assert statuses == [[], ["RECEIVED"], ["RECEIVED"], ["COMPLETE"]]


def test_a_token_that_is_newer_than_the_past_opens_it(open_account: Open) -> None:
    account = open_account()
    account.faults.add(Fault("stale", path="/applications", nth=None))
    account.application()
    grant = {"grant_type": "client_credentials"}
    client = (account.settings.client_id, account.settings.client_secret)
    token = account.http.post("/api/v1/oauth2/token", data=grant, auth=client).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    url = f"{account.server.url}/api/accounts/9900778/applications"
    answer = httpx.get(url, headers=headers)
    assert (answer.status_code, "<Application>" in answer.text) == (200, False)


def test_what_is_not_read_is_never_stale(account: Account) -> None:
    account.faults.add(Fault("stale", nth=None))
    made = account.post("/applications", BODY)
    account.faults.clear()
    assert account.get(f"/applications/{made.id}").status == 200


def test_only_so_much_of_the_past_is_kept(open_account: Open) -> None:
    account = open_account()
    account.faults.add(Fault("stale", path="/applications$", method="GET", nth=None, seconds=1000))
    for n in range(110):
        _create(account, str(n))
        account.clock.advance(1)
    assert len(_names(account)) == 11


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
        Faults().add(Fault("explode"))


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
