"""`/tns`: all numbers that the account has, whatever their status; or those that a body lists."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.envelopes import list_error
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import sippeer_of_account, site_by_id
from provisioner.sandbox.calls.markup import element, elements, join
from provisioner.sandbox.calls.paging import link
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers.listings import Listing, Owner, count, read
from provisioner.sandbox.numbers.number_filters import read_filters
from provisioner.sandbox.numbers.telephone_numbers import write_summary

_SIZE, _MOST = 500, 2500
_LONGEST_PAGE = 9  # digits of a page's number; a telephone number has more
_OWNERS: Mapping[str, tuple[Owner, Callable[[str, Call, State], sqlite3.Row | None]]]
_OWNERS = {"siteId": ("site", site_by_id), "sippeerId": ("peer", sippeer_of_account)}
_FILTERS = {
    "npa": "npa",
    "npaNxx": "npanxx",
    "npaNxxX": "npanxxx",
    "city": "city",
    "state": "state",
    "rateCenter": "ratecenter",
    "lata": "lata",
    "tier": "tier",
}
_SERVICES = ("E911", "Voice", "Hosted_E911", "Messaging")
_OUR_SERVICES = ("Voice", "Messaging")
_STATUSES = {
    status.lower(): status
    for status in (
        *("Available", "Inservice", "InAccount", "Disconnected", "Aging", "PortInPendingFoc"),
        *("PortOut", "Reserved", "Removed", "Eliminated", "StatusUnchanged"),
    )
}


def list_numbers(call: Call, state: State) -> Answer:
    """`page` is the number of a page, or the first telephone number on it, as `next` gives it (one
    is seen in the vendor's own command-line tool, the other is documented)."""
    size = call.number("size", default=_SIZE, most=_MOST)
    listing = _choose(call, state)
    rows = _read_page(listing, size, call, state)
    asked = {name: value for name, value in call.query.items() if name not in ("page", "size")}
    query = {"size": str(size), **asked}
    url = f"{call.root}/tns"
    links = element("Links", link("first", url, {"page": "1", **query}))
    if len(rows) > size:
        following = {"page": call.notation.write(rows[size]["number"]), **query}
        links.append(link("next", url, following))
    return document(_wrap(count(listing, state), links, rows[:size], call))


def look_up(call: Call, state: State) -> Answer:
    """POST: what is no number, or none of the account's, is in a list of errors of its own."""
    said = [(each.text or "").strip() for each in call.document("TnList")]
    if not said:
        raise Refusal(15611)
    if len(said) > _MOST:
        raise Refusal(15607)
    read = {each: call.notation.read(each) for each in said}
    rows = state.rows(
        "SELECT * FROM numbers WHERE number IN (SELECT value FROM json_each(?)) "
        "AND +account = ? ORDER BY number",  # the plus: never by way of all of the account's
        json.dumps([number for number in read.values() if number is not None]),
        call.account,
    )
    own = {row["number"] for row in rows}
    invalid = [each for each, number in read.items() if number is None]
    unknown = [each for each, number in read.items() if number is not None and number not in own]
    links = element("Links", element("first", f'Link=<{call.root}/tns>;rel="first";'))
    answer = _wrap(len(rows), links, rows, call)
    errors = [
        _group(code, listed) for code, listed in ((15608, invalid), (15610, unknown)) if listed
    ]
    if errors:
        answer.append(elements("ErrorList", errors))
    return document(answer)


def _read_page(listing: Listing, size: int, call: Call, state: State) -> list[sqlite3.Row]:
    """The numbers of the page that is asked for, and the first of the one after it."""
    page = call.query.get("page", "1")
    if page.isascii() and page.isdecimal() and len(page) <= _LONGEST_PAGE:
        return read(listing, state, most=size + 1, skip=max(int(page) - 1, 0) * size)
    start = call.notation.require(page, 15516)
    return read(listing, state, most=size + 1, start=start)


def _choose(call: Call, state: State) -> Listing:
    owners = [name for name in ("accountId", *_OWNERS) if name in call.query]
    if len(owners) > 1:
        raise Refusal(15507)
    filters = read_filters(call, _FILTERS)
    if "fullNumber" in call.query:
        filters = filters.starting_with(call.notation.require(call.query["fullNumber"], 12512))
    if not _is_ours(call):
        filters = filters.nowhere()
    statuses = _statuses(call)
    for name in owners:
        if name in _OWNERS:
            owner, find = _OWNERS[name]
            found = find(call.query[name], call, state)
            return Listing(owner, -1 if found is None else found["id"], statuses, filters)
    return Listing("account", call.account, statuses, filters)


def _statuses(call: Call) -> list[str]:
    """Those to show: all, where none is named."""
    said = [each.strip() for each in call.query.get("status", "").split(",") if each.strip()]
    for each in said:
        if each.lower() not in _STATUSES:
            raise Refusal(15513, each)
    return [_STATUSES[each.lower()] for each in said] or [*_STATUSES.values()]


def _is_ours(call: Call) -> bool:
    """Whether a number can have what is asked for: none has an emergency service, or a host."""
    service = call.query.get("service", _OUR_SERVICES[0])
    if service not in _SERVICES:
        raise Refusal(15621, service)
    return service in _OUR_SERVICES and "host" not in call.query


def _wrap(total: int, links: Element, rows: list[sqlite3.Row], call: Call) -> Element:
    return element(
        "TelephoneNumbersResponse",
        element("TelephoneNumberCount", total),
        links,
        join("TelephoneNumbers", (write_summary(row, call, "TelephoneNumber") for row in rows)),
    )


def _group(code: int, numbers: list[str]) -> Element:
    error = list_error(code)
    listed = (element("TelephoneNumber", number) for number in numbers)
    error.append(elements("TelephoneNumbers", listed))
    return error
