"""The trees of all answers, in XML and in JSON, kept as they agree with the vendor's sources.

Where those disagree with each other, or we with them, docs/sandbox.md has a row.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from provisioner.sandbox.numbers import campaigns, verifications
from provisioner.sandbox.routes import ROUTES, V1_ROUTES, V2_ROUTES

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from tests.sandbox.conftest import Account, Open

# A route, without the account, and below it the tree: `Name(Child Child(...))`, each child once.
# Nothing below it stands for an answer without a body.
TABLE = Path(__file__).with_name("shapes.txt")
ACCOUNT = "/accounts/{account}"
ROWS = {
    f"{row.method} {row.path}".replace(ACCOUNT, ""): row
    for row in (*ROUTES, *V1_ROUTES, *V2_ROUTES)
}
PATTERNS = [
    (row.method, re.compile(r"/api(/v2)?" + re.sub(r"\{\w+\}", "[^/]+", row.path)), name)
    for name, row in sorted(ROWS.items(), key=lambda item: item[0].count("{"))
]


def _read_table() -> dict[str, str]:
    shapes: dict[str, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if not line.startswith(" "):
            shapes[line] = []
        else:
            shapes[list(shapes)[-1]].append(line.strip())
    return {route: " ".join(lines) for route, lines in shapes.items()}


def _join(name: str, merged: list[Element]) -> str:
    """The tree of elements of one name, as if they were one."""
    children: dict[str, list[Element]] = {}
    for each in merged:
        for part in each:
            children.setdefault(str(part.tag), []).append(part)
    inner = " ".join(_join(child, parts) for child, parts in children.items())
    return f"{name}({inner})" if inner else name


def _join_members(found: object) -> str:
    """The same of JSON; what is in a list is one."""
    if isinstance(found, list):
        found = {name: value for each in found for name, value in each.items()}
    if not isinstance(found, dict):
        return ""
    trees = ((name, _join_members(value)) for name, value in found.items())
    return " ".join(f"{name}({inner})" if inner else name for name, inner in trees)


def _shape(answer: bytes) -> str:
    if answer.startswith(b"{"):
        return _join_members(json.loads(answer))
    root = etree.fromstring(answer) if answer else None
    return "" if root is None else _join(root.tag, [root])


def _route(method: str, target: str) -> str:
    path = target.partition("?")[0]
    found = (name for verb, form, name in PATTERNS if verb == method and form.fullmatch(path))
    return next(found)


def _number(number: str) -> str:
    return f"<TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>"


def _set_up(account: Account, site: str, first: str, second: str) -> str:
    """Settings for the sippeers; the id of the application of the first."""
    account.put(site, account.get(site).body.decode().split("SiteResponse>")[1][:-2])
    account.put(second, "<SipPeer><PeerName>North</PeerName></SipPeer>")
    account.sms(first, A2pLongCode="ON", A2pCampaignId="C1", A2pMessageClass="A")
    account.sms(first, "PUT")
    account.mms(first)
    account.mms(first, "PUT")
    application = account.application()
    path = f"/applications/{application}"
    fields = (
        "<ServiceType>Messaging-V2</ServiceType><AppName>A</AppName>"
        "<CallbackUrl>https://example.com</CallbackUrl><CallbackCreds><UserId>user-1</UserId>"
        "<Password>secret-1</Password></CallbackCreds>"
    )
    account.put(path, f"<Application>{fields}</Application>")
    account.call("PATCH", path, "<Application><AppName>B</AppName></Application>")
    account.assign(first, application)
    return application


def _use_everything(account: Account) -> None:
    site = account.site()
    first, second = account.sippeer(site), account.sippeer(site, "West", default=False)
    site_id, second_id = site.rsplit("/", 1)[1], second.rsplit("/", 1)[1]
    application = _set_up(account, site, first, second)
    own = account.settings.account
    order = account.order(first, 3, more="<CustomerOrderId>mine</CustomerOrderId>")
    numbers = account.settle(order).all("FullNumber")
    with account.state().transaction():
        campaigns.set_campaign(own, "C1", account.state(), status="ACTIVE", fields={})
        campaigns.set_number(own, numbers[0], "C1", account.state())
        verifications.set_verification(own, "8005551212", "VERIFIED", account.state())
    placed = f"/orders/{order.id}"
    account.put(placed, "<Order><Name>mine</Name></Order>")
    note = "<UserId>sandbox</UserId><Description>Mine</Description>"
    account.post(f"{placed}/notes", f"<Note>{note}</Note>")
    settings = "<NumberFormat>10digit</NumberFormat>"
    one = f"{first}/tns/{numbers[0]}"
    account.put(one, f"<SipPeerTelephoneNumber>{settings}</SipPeerTelephoneNumber>")
    moved = f"<FullNumber>{numbers[2]}</FullNumber>"
    account.post(f"{first}/movetns", f"<SipPeerTelephoneNumbers>{moved}</SipPeerTelephoneNumbers>")
    destination = f"<SiteId>{site_id}</SiteId><SipPeerId>{second_id}</SipPeerId>"
    move = account.post(
        "/moveTns", f"<MoveTnsOrder>{destination}{_number(numbers[2])}</MoveTnsOrder>"
    )
    group = f"<TnOptionGroup><Sms>on</Sms>{_number(numbers[1])}</TnOptionGroup>"
    options = account.post(
        "/tnoptions",
        f"<TnOptionOrder><TnOptionGroups>{group}</TnOptionGroups></TnOptionOrder>",
    )
    account.clock.advance(1)
    free = account.search("areaCode=919&quantity=1")[0]
    held = account.post(
        "/tnreservation", f"<Reservation><ReservedTn>{free}</ReservedTn></Reservation>"
    )
    callback = "<CallbackSubscription><URL>https://a.example</URL></CallbackSubscription>"
    inner = "<Email>me@a.example</Email><DigestRequested>DAILY</DigestRequested>"
    mail = f"<EmailSubscription>{inner}</EmailSubscription>"
    by_mail = f"<Subscription><OrderType>orders</OrderType>{mail}</Subscription>"
    account.post("/subscriptions", by_mail)
    about = f"<Subscription><OrderType>orders</OrderType>{callback}</Subscription>"
    subscription = account.post("/subscriptions", about)
    account.put(f"/subscriptions/{subscription.id}", about)
    release = account.release(numbers[2])
    account.settle(release)
    account.post("/api/tns", f"<TnList><Tn>{numbers[0]}</Tn></TnList>")
    account.get("/availableNumbers?areaCode=919&quantity=1&enableTNDetail=true")
    within = f"{site}/orders/{order.id}"
    lookups = f"/api/tns/{numbers[0]}"
    for path in (
        *("/applications", f"/applications/{application}"),
        f"/applications/{application}/associatedsippeers",
        *("/sites?tnCounts=true&sipPeerDetails=true", f"{site}/totaltns"),
        *(f"{site}/inserviceNumbers", f"{site}/sippeers", first, f"{first}/tns"),
        *(f"{first}/totaltns", one, f"{first}/products"),
        *(f"{first}/products/messaging/features/{name}" for name in ("sms", "mms")),
        f"{first}/products/messaging/applicationSettings",
        *("/orders?page=1&size=9", "/orders/totals", placed, f"{within}", f"{within}/tns"),
        *(f"{placed}/{name}" for name in ("tns", "areaCodes", "npaNxx", "totals", "history")),
        *(f"{placed}/notes", f"{site}/orders?page=1&size=9", "/disconnects?page=1&size=9"),
        f"/disconnects/{release.id}",
        *("/inserviceNumbers", "/inserviceNumbers/totals", f"/inserviceNumbers/{numbers[0]}"),
        *(f"/tnreservation/{held.id}", "/moveTns", f"/moveTns/{move.id}"),
        f"/moveTns/{move.id}/history",
        *("/tnoptions", f"/tnoptions/{options.id}", f"/tnoptions/{options.id}/history"),
        *("/subscriptions", f"/subscriptions/{subscription.id}", "/api/tns", lookups),
        *(f"{lookups}/{name}" for name in ("tndetails", "sippeers", "sites", "lata")),
        f"{lookups}/ratecenter",
        *(f"/campaignManagement/10dlc/campaigns{rest}" for rest in ("", "/C1", "/C1/tn")),
    ):
        assert account.get(path).status == 200, path
    for path in (
        *("/tendlc/campaigns", "/tendlc/campaigns/C1/phoneNumbers", "/tendlc/phoneNumbers"),
        "/phoneNumbers/+18005551212/tollFreeVerification",
    ):
        assert account.speaking("v2").get(path).status == 200, path
    account.assign(first, "REMOVE")
    account.settle(account.release(*numbers[:2]))
    for gone in (
        *(f"{first}/products/messaging/features/{name}" for name in ("mms", "sms")),
        *(f"/tnreservation/{held.id}", f"/subscriptions/{subscription.id}"),
        *(f"/applications/{application}", second, first, site),
    ):
        assert account.delete(gone).status == 200, gone


def test_every_answer_has_its_shape(open_account: Open) -> None:
    account = open_account()
    _use_everything(account)
    found: dict[str, str] = {}
    for entry in account.log:
        name = _route(entry.method, entry.target)
        assert entry.status < 300, entry
        found[name] = _shape(entry.answer)
    assert found == _read_table()
    assert found.keys() == ROWS.keys()
