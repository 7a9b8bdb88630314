"""What the page in the browser asks for: the account, what happened on it, and its own files."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.sandbox.calls.log import Entry
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Login, Settings
from provisioner.sandbox.web.browser import VIEWS
from provisioner.sandbox.web.sample_bodies import find_sample, samples

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, OpenSender, Sender

CREDENTIALS = "<UserId>desk-user</UserId><Password>never-shown</Password>"
FILES = sorted(each.name for each in (files("provisioner.sandbox.web") / "page").iterdir())


def _ask(account: Account, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    """Without any credentials."""
    return httpx.request(method, f"{account.server.url}{path}", timeout=5, **more)


def _view(account: Account, path: str, **query: Any) -> Any:
    answer = _ask(account, f"/_sandbox/view{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _with_credentials(account: Account) -> str:
    names = f"<CallbackCreds>{CREDENTIALS}</CallbackCreds>"
    kind = "<ServiceType>Messaging-V2</ServiceType><AppName>Desk</AppName>"
    url = "<InboundCallbackUrl>https://me:url-secret@example.com/in</InboundCallbackUrl>"
    made = account.post("/applications", f"<Application>{kind}{url}{names}</Application>")
    assert made.status == 201
    return made.id


# The page's files


@pytest.mark.parametrize("name", FILES)
def test_each_file_of_the_page_is_served_with_its_policy(account: Account, name: str) -> None:
    answer = _ask(account, f"/_sandbox/page/{name}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (files("provisioner.sandbox.web") / "page" / name).read_bytes()


def test_the_page_is_at_the_root_and_everything_in_it_is_below_100_kb(account: Account) -> None:
    assert _ask(account, "/").text == _ask(account, "/_sandbox/page/index.html").text
    sizes = [len(_ask(account, f"/_sandbox/page/{name}").content) for name in FILES]
    assert 0 < sum(sizes) < 100_000


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    for name in FILES:
        text = (files("provisioner.sandbox.web") / "page" / name).read_text()
        found = re.findall(r"(?:https?:)?//[a-z][\w.-]+\.\w+", text)
        assert set(found) <= {"http://www.w3.org"}, name
        assert "innerHTML" not in text


@pytest.mark.parametrize("name", ["nope.js", "..%2fapp.py", "%2e%2e", "page.py", ".", "a.zip"])
def test_nothing_but_the_page_is_served_from_its_folder(account: Account, name: str) -> None:
    assert _ask(account, f"/_sandbox/page/{name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/_sandbox/page/main.js", "/_sandbox/events", "/_sandbox/har"]
    + [f"/_sandbox/view{row.path}" for row in VIEWS],
)
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_a_foreign_page_sees_nothing(account: Account, path: str, headers: dict[str, str]) -> None:
    assert _ask(account, path, headers=headers).status_code == 403


def test_a_foreign_page_sends_no_message(sender: Sender) -> None:
    body = {"applicationId": sender.application, "from": sender.number, "to": "+19195551212"}
    headers = {"Origin": "https://evil.example"}
    before = len(sender.account.log)
    answer = _ask(sender.account, "/_sandbox/send", "POST", headers=headers, json=body)
    assert answer.status_code == 403
    assert len(sender.account.log) == before


def test_the_page_knows_neither_faults_nor_latency_and_is_not_in_the_log(
    open_account: Open,
) -> None:
    account = open_account(latency=30.0)
    rule = {"rule": "* /** drop-before"}
    assert _ask(account, "/_sandbox/faults", "POST", json=rule).status_code == 204
    assert _ask(account, "/").status_code == 200
    assert len(account.log) == 0


# The account


def test_the_tree_has_applications_sites_and_locations(sender: Sender) -> None:
    account = sender.account
    tree = _view(account, "/account")
    peer_id = int(sender.sippeer.rsplit("/", 1)[1])
    (peer,) = [peer for site in tree["sites"] for peer in site["sippeers"] if peer["id"] == peer_id]
    assert (peer["application"], peer["default"]) == (sender.application, True)
    assert (peer["sms"]["Protocol"], peer["mms"]["protocol"]) == ("HTTP", "HTTP")
    assert peer["numbers"] == {"Inservice": 1}
    assert sender.application in [each["id"] for each in tree["applications"]]
    numbers = _view(account, "/numbers", sippeer=peer_id)
    assert numbers["total"] == 1
    assert f"+1{numbers['rows'][0]['number']}" == sender.number


def test_numbers_come_in_pages(account: Account, sippeer: str) -> None:
    bought = account.numbers(sippeer, 7)
    peer = sippeer.rsplit("/", 1)[1]
    pages = [_view(account, "/numbers", sippeer=peer, offset=n, limit=3) for n in (0, 3, 6, 9)]
    assert [each["total"] for each in pages] == [7] * 4
    assert [row["number"] for each in pages for row in each["rows"]] == sorted(bought)


def test_numbers_are_found_by_some_of_their_digits(account: Account, sippeer: str) -> None:
    bought = sorted(account.numbers(sippeer, 7))
    peer = int(sippeer.rsplit("/", 1)[1])
    wanted = bought[3]
    (row,) = _view(account, "/numbers", contains=wanted[2:])["rows"]
    assert (row["number"], row["sippeer"]) == (wanted, peer)
    assert _view(account, "/numbers", contains="2125550100") == {"total": 0, "rows": []}


@pytest.mark.parametrize("query", [{"offset": "-1"}, {"offset": "x"}, {"limit": "1001"}])
def test_a_page_of_rows_must_be_one(account: Account, query: dict[str, str]) -> None:
    assert _ask(account, "/_sandbox/view/numbers", params=query).status_code == 400


def test_no_view_shows_a_password(open_account: Open) -> None:
    account = open_account()
    application = _with_credentials(account)
    shown = [_ask(account, f"/_sandbox/view{row.path}").text for row in VIEWS]
    number = _view(account, "/requests")["rows"][0]["number"]
    shown += [
        json.dumps(_view(account, f"/requests/{number}")),
        _ask(account, "/_sandbox/har").text,
    ]
    everything = "".join(shown)
    assert application in everything
    assert "desk-user" in everything
    for secret in ("never-shown", "url-secret", account.settings.password):
        assert secret not in everything, secret


def test_each_account_has_its_own_tree(open_account: Open) -> None:
    other = Login("1000001", "second", "pw-2", "client-2", "secret-2")
    account = open_account(accounts=(other,))
    account.site()
    paths = ("/account?account=9900778", "/account?account=1000001")
    first, second = (_ask(account, f"/_sandbox/view{path}").json() for path in paths)
    assert first["accounts"] == second["accounts"] == ["9900778", "1000001"]
    assert (len(first["sites"]), len(second["sites"])) == (1, 0)
    assert _ask(account, "/_sandbox/view/account?account=7").status_code == 400


def test_the_stock_says_what_is_taken(open_account: Open) -> None:
    account = open_account(stock=10)
    account.numbers(account.sippeer(account.site()), 3)
    rows = {row["code"]: row for row in _view(account, "/stock")["rows"]}
    assert rows["910"] == {"code": "910", "size": 10, "taken": 3}
    assert rows["919"] == {"code": "919", "size": 10, "taken": 0}


# Orders


def test_orders_of_all_kinds_are_in_one_list_newest_first(open_account: Open) -> None:
    account = open_account()
    site = account.site()
    sippeer, other = account.sippeer(site), account.sippeer(site, "West", default=False)
    account.sms(sippeer)
    kept, given = account.numbers(sippeer, 2)
    account.clock.advance(10)
    account.release(given)
    account.clock.advance(10)
    _, _, site_id, _, peer_id = other.split("/")
    where = f"<SiteId>{site_id}</SiteId><SipPeerId>{peer_id}</SipPeerId>"
    listed = f"<TelephoneNumbers><TelephoneNumber>{kept}</TelephoneNumber></TelephoneNumbers>"
    account.post("/moveTns", f"<MoveTnsOrder>{where}{listed}</MoveTnsOrder>")
    shown = _view(account, "/orders")
    assert shown["total"] == 3
    assert [(row["kind"], row["quantity"]) for row in shown["rows"]] == [
        *(("move", 1), ("release", 1), ("order", 2))
    ]
    order = _view(account, f"/orders/{shown['rows'][2]['id']}")
    assert [step["status"] for step in order["history"]] == ["RECEIVED", "COMPLETE"]
    assert sorted(order["numbers"]["completed"]) == sorted([kept, given])
    released = _view(account, f"/orders/{shown['rows'][1]['id']}")
    assert released["numbers"]["completed"] == [given]
    moved = _view(account, f"/orders/{shown['rows'][0]['id']}")
    assert moved["numbers"]["asked"] == [kept]
    assert _ask(account, "/_sandbox/view/orders/nope").status_code == 404


def test_an_order_says_when_it_is_due_until_it_is_done(account: Account, sippeer: str) -> None:
    order = account.order(sippeer).id
    assert _view(account, f"/orders/{order}")["due"]
    account.clock.advance(account.settings.order_delay)
    assert _view(account, f"/orders/{order}")["due"] is None


# Messages


def test_a_conversation_is_one_whoever_wrote(open_sender: OpenSender) -> None:
    sender = open_sender()
    account = sender.account
    sender.send(text="Hello there", to="+19195551212")
    account.clock.advance(1)
    incoming = {"from": "+19195551212", "to": sender.number, "text": "Hello back"}
    _ask(account, "/_sandbox/messages", "POST", json=incoming)
    (conversation,) = _view(account, "/conversations")["rows"]
    assert (conversation["messages"], conversation["text"]) == (2, "Hello back")
    assert (conversation["owner"], conversation["others"]) == (sender.number, ["+19195551212"])
    shown = _view(account, "/messages", thread=conversation["thread"])
    assert [row["text"] for row in shown["rows"]] == ["Hello back", "Hello there"]
    assert [each["status"] for row in shown["rows"] for each in row["deliveries"]] == [
        *("RECEIVED", "DELIVERED")
    ]


def test_a_group_is_a_conversation_of_its_own(open_sender: OpenSender) -> None:
    sender = open_sender()
    for to in ("+19195551212", ["+19195551213", "+19195551212"], ["+19195551212", "+19195551213"]):
        sender.send(to=to)
    rows = _view(sender.account, "/conversations")["rows"]
    assert [(row["others"], row["messages"]) for row in rows] == [
        (["+19195551212", "+19195551213"], 2),
        (["+19195551212"], 1),
    ]


def test_a_message_has_the_callbacks_that_tell_of_it(open_sender: OpenSender) -> None:
    sender = open_sender(callbacks=True, order_delay=0.0)
    account = sender.account
    sender.send(text="one")
    sender.send(text="two")
    account.clock.advance(5)
    (conversation,) = _view(account, "/conversations")["rows"]
    rows = _view(account, "/messages", thread=conversation["thread"])["rows"]
    assert [[each["type"] for each in row["callbacks"]] for row in rows] == [
        *(["message-delivered"], ["message-delivered"])
    ]
    for row in rows:
        (callback,) = row["callbacks"]
        assert row["id"] in callback["body"]
    assert _view(account, "/callbacks")["total"] == 2


def test_what_was_said_goes_with_its_message(open_sender: OpenSender) -> None:
    sender = open_sender()
    sender.send(text="gone in a while")
    sender.account.clock.advance(15 * 24 * 3600)
    assert _view(sender.account, "/conversations")["total"] == 0


# Sending


def test_the_page_sends_as_an_application_does(sender: Sender) -> None:
    account = sender.account
    body = {"applicationId": sender.application, "from": sender.number, "text": "Hello"}
    answer = _ask(account, "/_sandbox/send", "POST", json={**body, "to": ["+19195551212"]})
    assert answer.json()["status"] == 202
    assert json.loads(answer.json()["answer"])["from"] == sender.number
    assert (account.log[-1].method, account.log[-1].status) == ("POST", 202)
    refused = _ask(account, "/_sandbox/send", "POST", json=body).json()
    assert refused["status"] == 400
    assert "fieldErrors" in refused["answer"]
    assert _ask(account, "/_sandbox/send", "POST", content=b"[").status_code == 400


def test_what_the_page_sends_can_be_lost(sender: Sender) -> None:
    account = sender.account
    for kind in ("drop-before", "drop-after", "truncate"):
        rule = {"rule": f"POST /messages {kind}"}
        _ask(account, "/_sandbox/faults", "POST", json=rule)
        answer = _ask(account, "/_sandbox/send", "POST", json={"from": sender.number}).json()
        assert answer["status"] == (400 if kind == "truncate" else 0)
        assert account.log[-1].fault == rule["rule"]
        account.faults.clear()


def test_the_beta_dialect_is_sent_to_where_it_listens(open_account: Open) -> None:
    account = open_account(dialect="beta", user_id="u-1")
    assert _ask(account, "/_sandbox/send", "POST", json={}).json()["status"] == 400
    assert account.log[-1].target == "/v2/users/u-1/messages"


# Requests


def test_requests_have_numbers_that_stay_theirs(account: Account) -> None:
    account.log.clear()
    account.get("/sites")
    account.get("/nope")
    newer, older = _view(account, "/requests")["rows"]
    assert (older["target"], newer["status"]) == ("/api/accounts/9900778/sites", 404)
    account.get("/applications")
    same = _view(account, f"/requests/{older['number']}")
    assert same["answer"].endswith("</SitesResponse>")
    account.log.clear()
    assert _ask(account, f"/_sandbox/view/requests/{older['number']}").status_code == 404
    assert _ask(account, "/_sandbox/view/requests/x").status_code == 404


def test_requests_can_be_sought(account: Account) -> None:
    account.log.clear()
    for path in ("/sites", "/applications", "/nope"):
        account.get(path)
    assert [row["status"] for row in _view(account, "/requests", refused="1")["rows"]] == [404]
    assert _view(account, "/requests", contains="APPLIC")["total"] == 1
    pages = [_view(account, "/requests", limit=2, offset=n)["rows"] for n in (0, 2, 4)]
    assert [len(rows) for rows in pages] == [2, 1, 0]


def test_the_log_says_when_a_request_began_and_how_long_it_took() -> None:
    ticks = iter(range(1_700_000_000, 1_800_000_000))
    with Server(Settings(now=lambda: float(next(ticks)))) as server:
        httpx.get(f"{server.url}/api/accounts/9900778/sites")
        (row,) = httpx.get(f"{server.url}/_sandbox/view/requests").json()["rows"]
    assert row["started"] >= 1_700_000_000
    assert row["seconds"] >= 1


def test_a_refused_request_is_explained(account: Account, site: str) -> None:
    account.post(f"{site}/sippeers", "<SipPeer><Description>&lt;x></Description></SipPeer>")
    (row, *_) = _view(account, "/requests")["rows"]
    shown = _view(account, f"/requests/{row['number']}")
    assert shown["refusal"]["code"] == shown["code"] == "13500"
    assert shown["refusal"]["words"] == "PeerName is required"
    assert "<PeerName>" in shown["wanted"]
    account.get("/sites")
    (row, *_) = _view(account, "/requests")["rows"]
    fine = _view(account, f"/requests/{row['number']}")
    assert (fine["refusal"], fine["wanted"]) == (None, "")


def test_a_refused_message_names_its_fields(sender: Sender) -> None:
    sender.send(to=None)
    (row, *_) = _view(sender.account, "/requests")["rows"]
    shown = _view(sender.account, f"/requests/{row['number']}")
    assert shown["refusal"]["fields"] == ["to"]
    assert json.loads(shown["wanted"])["applicationId"]


def test_a_refusal_in_no_known_shape_is_shown_without_words(account: Account) -> None:
    for body in (b"", b"{", b"Not found"):
        account.log.add(Entry("GET", "/x", 500, b"", body))
        shown = _view(account, f"/requests/{account.log.total}")
        assert shown["refusal"] == {"code": "", "words": "", "fields": []}


@pytest.mark.parametrize("sample", samples(), ids=" ".join)
def test_each_sample_body_is_accepted(open_sender: OpenSender, sample: tuple[str, str]) -> None:
    """On an account that has what the call is about, and has not yet what it makes."""
    sender = open_sender()
    account, (method, path) = sender.account, sample
    _, _, site, _, peer = sender.sippeer.split("/")
    ids = iter((site, peer) if path.startswith("/sites") else (sender.application,))
    target = re.sub(r"\*", lambda _: next(ids), path)
    features = f"{sender.sippeer}/products/messaging/features"
    if method == "POST" and path.endswith(("/sms", "/mms")):
        account.delete(f"{features}/mms")
    if method == "POST" and path.endswith("/sms"):
        number = sender.number.removeprefix("+1")
        account.settle(account.release(number))
        account.delete(f"{features}/sms")
    if sample == ("POST", "/sites/*/sippeers"):
        target = f"{account.site('Other')}/sippeers"
    root = f"{sender.path if path == '/messages' else '/api/accounts/9900778'}"
    body = find_sample(method, f"{root}{target}?x=1", "9900778", account.state())
    kind = {"content-type": "application/json"} if path == "/messages" else {}
    answer = account.http.request(method, f"{root}{target}", content=body, headers=kind)
    assert answer.is_success, answer.text


def test_an_empty_account_has_samples_too() -> None:
    state = State(Settings())
    for method, path in samples():
        target = f"/api/accounts/9900778{path.replace('*', '1')}"
        assert find_sample(method, target, "9900778", state), path
    assert find_sample("PATCH", "/api/accounts/9900778/sites", "9900778", state) == ""
    state.close()


# The archive and the spec


def test_the_traffic_is_an_http_archive(account: Account) -> None:
    account.log.clear()
    account.get("/sites?page=1&size=")
    account.post("/applications", "<Application>")
    answer = _ask(account, "/_sandbox/har")
    assert 'filename="sandbox.web.har"' in answer.headers["content-disposition"]
    log = answer.json()["log"]
    assert log["version"] == "1.2"
    first, second = log["entries"]
    assert first["startedDateTime"] == timestamp(account.clock.time)
    assert first["request"]["queryString"] == [
        {"name": "page", "value": "1"},
        {"name": "size", "value": ""},
    ]
    assert first["request"]["url"].startswith(f"{account.server.url}/api/accounts/")
    assert "postData" not in first["request"]
    assert second["request"]["postData"]["mimeType"] == "application/xml"
    assert (second["response"]["status"], second["response"]["statusText"]) == (400, "Bad Request")


def test_a_fault_is_in_the_archive(account: Account) -> None:
    account.log.clear()
    account.log.add(Entry("GET", "/x", 0, b"", b"", fault="GET /x drop-before"))
    (entry,) = _ask(account, "/_sandbox/har").json()["log"]["entries"]
    assert (entry["comment"], entry["response"]["status"]) == ("GET /x drop-before", 0)


def test_the_account_is_a_spec_where_somebody_can_write_one() -> None:
    asked: list[tuple[str, str]] = []

    def export(origin: str, account: str) -> str:
        asked.append((origin, account))
        return f"account: {account}  # {httpx.get(f'{origin}/_sandbox/clock').status_code}\n"

    settings = Settings(now=lambda: 1_700_000_000.0)
    with Server(settings, export=export) as server:
        assert httpx.get(f"{server.url}/_sandbox/view/account").json()["can_export"] is True
        answer = httpx.get(f"{server.url}/_sandbox/spec")
        assert answer.text == "account: 9900778  # 200\n"
        assert 'filename="9900778.yaml"' in answer.headers["content-disposition"]
        assert asked == [(server.url, "9900778")]
        assert httpx.get(f"{server.url}/_sandbox/spec?account=1").status_code == 400


def test_there_is_no_spec_where_nobody_can_write_one(account: Account) -> None:
    assert _ask(account, "/_sandbox/spec").status_code == 404
    assert _view(account, "/account")["can_export"] is False
