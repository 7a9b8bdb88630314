"""The calls that list, count and look up numbers, the account's own and those for sale."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lxml.etree import _Element as Element

from provisioner.sandbox import stock
from provisioner.sandbox.errors import Denial, Refusal
from provisioner.sandbox.exchange import Answer, Call, document, nothing
from provisioner.sandbox.inventory import Owner, status_of, total
from provisioner.sandbox.lookups import sippeer_of, site_of
from provisioner.sandbox.markup import boolean, element, elements, optional, timestamp
from provisioner.sandbox.numbering import is_area_code
from provisioner.sandbox.paging import link
from provisioner.sandbox.state import State

_LARGEST_PAGE = 5000


def list_in_service(call: Call, state: State) -> Answer:
    """`page` is 1, or the first number of the page, as `next` gives it. None at all is 204."""
    return _in_service(call, state, "account", call.account, call.url("inserviceNumbers"))


def list_in_service_on_site(call: Call, state: State) -> Answer:
    site = site_of(call, state)["id"]
    return _in_service(call, state, "site", site, call.url("sites", site, "inserviceNumbers"))


def count_in_service(call: Call, state: State) -> Answer:
    count = total("account", call.account, state)
    return document(element("Quantity", element("Count", count)))


def check_in_service(call: Call, state: State) -> Answer:
    """200 or 404, both without a body."""
    number = call.notation.read(call.parameters["number"])
    if number is None or status_of(number, call.account, state) != "Inservice":
        raise Denial(404)
    return nothing()


def list_on_sippeer(call: Call, state: State) -> Answer:
    """Pages are counted from 1; the last one is the one that is not full."""
    peer = sippeer_of(call, state)
    size = call.number("size", default=_LARGEST_PAGE, most=_LARGEST_PAGE)
    page = call.number("page", default=1, most=999_999)
    bare = call.query.get("includeAttributes", "").lower() == "false"
    found = state.rows(
        "SELECT number FROM numbers WHERE peer = ? AND status = 'Inservice' AND in_service <= ? "
        "ORDER BY number LIMIT ? OFFSET ?",
        peer["id"],
        state.listed(),
        size,
        (page - 1) * size,
    )
    shown = (
        element(
            "SipPeerTelephoneNumber",
            element("FullNumber", call.notation.write(row["number"])),
            *([] if bare else _attributes(peer)),
        )
        for row in found
    )
    return document(
        element("SipPeerTelephoneNumbersResponse", elements("SipPeerTelephoneNumbers", shown))
    )


def count_on_sippeer(call: Call, state: State) -> Answer:
    """Outer and inner element share one name (vendor interface description)."""
    name = "SipPeerTelephoneNumbersCount"
    count = total("peer", sippeer_of(call, state)["id"], state)
    counts = element(name, element(name, count), element("CnamCount", 0), element("LidbCount", 0))
    return document(element(f"{name}Response", counts))


def count_on_site(call: Call, state: State) -> Answer:
    count = total("site", site_of(call, state)["id"], state)
    return document(element("SiteTNsResponse", element("SiteTNs", element("TotalCount", count))))


def get_number(call: Call, state: State) -> Answer:
    row = _own(call, state)
    return document(
        element(
            "TelephoneNumberResponse",
            element("TelephoneNumber", call.notation.write(row["number"])),
            element("Status", row["status"]),
            element("LastModifiedDate", timestamp(row["modified"])),
            element("OrderCreateDate", timestamp(row["ordered"])),
            element("OrderId", row["order_id"]),
            element("OrderType", "NEW_NUMBER_ORDER"),
            element("InServiceDate", timestamp(row["in_service"])),
            optional("SiteId", row["site"]),
            element("AccountId", row["account"]),
        )
    )


def get_sippeer_of_number(call: Call, state: State) -> Answer:
    return _named("SipPeer", "SELECT id, name FROM sippeers WHERE id = ?", "peer", call, state)


def get_site_of_number(call: Call, state: State) -> Answer:
    return _named("Site", "SELECT id, name FROM sites WHERE id = ?", "site", call, state)


def list_available(call: Call, state: State) -> Answer:
    """A hint only: nothing is held for whoever asked."""
    area_code = call.query.get("areaCode")
    if area_code is None:
        raise Refusal(4010, "areaCode")
    if not is_area_code(area_code):
        raise Refusal(1008, area_code, "areaCode")
    quantity = call.number("quantity", default=5000, most=5000)
    found = stock.in_area_code(area_code, quantity, state)
    if not found:
        return document(element("SearchResult"))
    return document(
        element(
            "SearchResult",
            element("ResultCount", len(found)),
            elements("TelephoneNumberList", _written(found, call)),
        )
    )


def _in_service(call: Call, state: State, owner: Owner, identity: str | int, url: str) -> Answer:
    size = call.number("size", default=300, most=_LARGEST_PAGE)
    page = call.query.get("page", "1")
    start = "" if page == "1" else call.notation.read(page)
    area_code = call.query.get("areacode", call.query.get("areaCode", ""))
    if start is None:
        raise Refusal(12512, page)
    chosen = (
        f"FROM numbers WHERE {owner} = ? AND status = 'Inservice' "
        "AND number BETWEEN ? AND ? AND in_service <= ? "
    )
    bounds = (area_code, area_code + "~", state.listed())
    count = state.count(f"SELECT count(*) {chosen}", identity, *bounds)
    if not count:
        raise Denial(204)
    rows = state.rows(
        f"SELECT number {chosen} AND number >= ? ORDER BY number LIMIT ?",
        identity,
        *bounds,
        start,
        size + 1,
    )
    found = [row["number"] for row in rows]
    links = element("Links", link("first", url, {"page": "1", "size": str(size)}))
    if len(found) > size:
        following = {"page": call.notation.write(found[size]), "size": str(size)}
        links.append(link("next", url, following))
    shown = elements("TelephoneNumbers", _written(found[:size], call))
    shown.insert(0, element("Count", len(found[:size])))
    return document(element("TNs", element("TotalCount", count), links, shown))


def _written(numbers: Iterable[str], call: Call) -> Iterable[Element]:
    return (element("TelephoneNumber", call.notation.write(number)) for number in numbers)


def _attributes(peer: sqlite3.Row) -> list[Element]:
    """A number can send messages when its location can (assumption)."""
    enabled = element("SmsEnabled", boolean(peer["sms"] is not None))
    return [element("CallingNameDisplay", "false"), element("MessagingSettings", enabled)]


def _own(call: Call, state: State) -> sqlite3.Row:
    number = call.notation.read(call.parameters["number"])
    if number is None:
        raise Refusal(12512, call.parameters["number"])
    row = state.row("SELECT * FROM numbers WHERE number = ? AND account = ?", number, call.account)
    if row is None:
        raise Denial(404)
    return row


def _named(root: str, statement: str, column: str, call: Call, state: State) -> Answer:
    row = state.row(statement, _own(call, state)[column])
    if row is None:
        raise Denial(404)
    return document(element(root, element("Id", row["id"]), element("Name", row["name"])))
