"""`/inserviceNumbers`: the numbers that the account or one of its sites has in service."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.sandbox.calls.dates import read_whole_period
from provisioner.sandbox.calls.errors import Denial, Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import site_of
from provisioner.sandbox.calls.markup import BLANK, element, repeat
from provisioner.sandbox.calls.paging import link
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.numbers.listings import Listing, Owner, count, read
from provisioner.sandbox.numbers.number_filters import read_filters

_MOST = 5000
_SIZE = 300
_OF_ACCOUNT = {
    "areacode": "npa",
    "areaCode": "npa",
    "npanxx": "npanxx",
    "lata": "lata",
    "state": "state",
    "ratecenter": "ratecenter",
}
_OF_SITE = {
    "areaCode": "npa",
    "npaNxx": "npanxx",
    "npaNxxx": "npanxxx",
    "lata": "lata",
    "tier": "tier",
    "rateCenter": "ratecenter",
    "city": "city",
    "state": "state",
}


def list_of_account(call: Call, state: State) -> Answer:
    """`page` is 1, or the first number of the page, as `next` gives it. None at all is 204, and a
    bad parameter 404 (vendor interface description)."""
    if "ratecenter" in call.query and "state" not in call.query:
        raise Refusal(15508, "ratecenter", "state", status=404)
    return _list(call, state, "account", call.account, call.url("inserviceNumbers"), _OF_ACCOUNT)


def list_of_site(call: Call, state: State) -> Answer:
    site = site_of(call, state)["id"]
    url = call.url("sites", site, "inserviceNumbers")
    return _list(call, state, "site", site, url, _OF_SITE)


def count_of_account(call: Call, state: State) -> Answer:
    total = inventory.total("account", call.account, state)
    return document(element("Quantity", element("Count", total)))


def check(call: Call, state: State) -> Answer:
    """200 or 404, both without a body."""
    number = call.notation.require(call.parameters["number"], 12512)
    row = inventory.find(number, call.account, state)
    if row is None or row["status"] != "Inservice":
        raise Denial(404)
    return nothing()


def _list(
    call: Call,
    state: State,
    owner: Owner,
    identity: str | int,
    url: str,
    names: Mapping[str, str],
) -> Answer:
    size = call.number("size", default=_SIZE, most=_MOST)
    page = call.query.get("page", "1")
    try:
        start = "" if page == "1" else call.notation.require(page, 12512)
        period = read_whole_period(call, "startdate", "enddate")
        filters = read_filters(call, names).within(*period)
    except Refusal as refusal:
        refusal.status = 404
        raise
    listing = Listing(owner, identity, filters=filters)
    total = count(listing, state)
    if not total:
        raise Denial(204)
    rows = read(listing, state, most=size + 1, start=start)
    found = [call.notation.write(row["number"]) for row in rows]
    asked = {
        name: call.query[name] for name in (*names, "startdate", "enddate") if name in call.query
    }
    query = {"size": str(size), **asked}
    links = element("Links", link("first", url, {"page": "1", **query}))
    if len(found) > size:
        links.append(link("next", url, {"page": found[size], **query}))
    numbers = repeat("TelephoneNumbers", element("TelephoneNumber", BLANK), found[:size])
    numbers.insert(0, element("Count", len(numbers)))
    return document(element("TNs", element("TotalCount", total), links, numbers))
