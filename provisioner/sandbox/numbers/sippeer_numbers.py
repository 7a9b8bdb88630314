"""`/sippeers/{id}/tns` and `/totaltns`: the numbers on a location, and how many a site has."""

from __future__ import annotations

import json
import re
import sqlite3
from functools import lru_cache

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import sippeer_of, site_of
from provisioner.sandbox.calls.markup import (
    BLANK,
    boolean,
    child,
    element,
    is_true,
    join,
    repeat,
    restore,
    store,
    word,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.numbers.listings import Listing, read
from provisioner.sandbox.numbers.number_settings import read_formats, speaks_sms

_LARGEST_PAGE = 5000
_TEN_DIGITS = re.compile(r"\d{10}", re.ASCII)
_SHOWN = ("NumberFormat", "RPIDFormat", "RewriteUser", "CallForward")


def list_on_sippeer(call: Call, state: State) -> Answer:
    """Pages are counted from 1; the last one is the one that is not full."""
    peer = sippeer_of(call, state)
    size = call.number("size", default=_LARGEST_PAGE, most=_LARGEST_PAGE)
    page = call.number("page", default=1, most=999_999)
    bare = call.query.get("includeAttributes", "").lower() == "false"
    listing = Listing("peer", peer["id"])
    found = read(listing, state, most=size, skip=(page - 1) * size)
    write = call.notation.write
    if bare:
        form = element("SipPeerTelephoneNumber", element("FullNumber", BLANK))
        shown = repeat("SipPeerTelephoneNumbers", form, (write(row["number"]) for row in found))
    else:
        forms = ((_form(row["options"], speaks_sms(row, peer)), row["number"]) for row in found)
        filled = (form.replace(BLANK, write(number)) for form, number in forms)
        shown = join("SipPeerTelephoneNumbers", filled)
    return document(element("SipPeerTelephoneNumbersResponse", shown))


def get_on_sippeer(call: Call, state: State) -> Answer:
    row, peer = _find(call, state)
    return document(element("SipPeerTelephoneNumberResponse", _show(row, call, peer)))


def change_on_sippeer(call: Call, state: State) -> Answer:
    """PUT: the settings that are named; no body, or warnings about what changes nothing."""
    row, peer = _find(call, state)
    body = call.document("SipPeerTelephoneNumber")
    settings = {**json.loads(row["options"] or "{}"), **_read(body, call)}
    sms, was_on = row["sms"], speaks_sms(row, peer)
    messaging = child(body, "MessagingSettings")
    if messaging is not None:
        sms = is_true(messaging, "SmsEnabled")
        if sms and peer["sms"] is None:
            raise Refusal(13678)
    state.run(
        "UPDATE numbers SET options = ?, sms = ?, modified = ? WHERE number = ?",
        json.dumps(settings),
        sms,
        state.now(),
        row["number"],
    )
    if messaging is None or not (sms and was_on):
        return nothing()
    warning = element(
        "Warning",
        element("TelephoneNumber", call.notation.write(row["number"])),
        element("Description", "SMS is on already"),
    )
    shown = element("SipPeerTelephoneNumber", element("Warnings", warning))
    return document(element("SipPeerTelephoneNumberResponse", shown))


def count_on_sippeer(call: Call, state: State) -> Answer:
    """Outer and inner element share one name (vendor interface description)."""
    name = "SipPeerTelephoneNumbersCount"
    count = inventory.total("peer", sippeer_of(call, state)["id"], state)
    counts = element(name, element(name, count), element("CnamCount", 0), element("LidbCount", 0))
    return document(element(f"{name}Response", counts))


def count_on_site(call: Call, state: State) -> Answer:
    count = inventory.total("site", site_of(call, state)["id"], state)
    return document(element("SiteTNsResponse", element("SiteTNs", element("TotalCount", count))))


def _find(call: Call, state: State) -> tuple[sqlite3.Row, sqlite3.Row]:
    """The number in the path and its sippeer, or 13536."""
    peer = sippeer_of(call, state)
    number = call.notation.require(call.parameters["number"], 13512)
    row = inventory.find(number, call.account, state)
    if row is None or row["peer"] != peer["id"]:
        raise Refusal(
            13536, call.parameters["number"], call.account, call.parameters["site"], peer["id"]
        )
    return row, peer


def _read(body: Element, call: Call) -> dict[str, str]:
    full_number = word(body, "FullNumber")
    if full_number and full_number != call.parameters["number"]:
        raise Refusal(1008, full_number, "FullNumber")
    read = read_formats(body, {"NumberFormat": 13514, "RPIDFormat": 13516}, ())
    forward = word(body, "CallForward")
    if forward and not _TEN_DIGITS.fullmatch(forward):
        raise Refusal(13513, forward)
    display = word(body, "CallingNameDisplay")
    if display not in ("", "true", "false"):
        raise Refusal(13575, display)
    said = {
        "RewriteUser": word(body, "RewriteUser"),
        "CallForward": forward,
        "CallingNameDisplay": display,
    }
    return read | {name: value for name, value in said.items() if value}


def _show(row: sqlite3.Row, call: Call, peer: sqlite3.Row) -> Element:
    form = _form(row["options"], speaks_sms(row, peer))
    return restore(form.replace(BLANK, call.notation.write(row["number"])))


@lru_cache
def _form(options: str | None, has_sms: bool) -> str:
    settings = json.loads(options or "{}")
    shown = [element(name, settings[name]) for name in _SHOWN if name in settings]
    return store(
        element(
            "SipPeerTelephoneNumber",
            element("FullNumber", BLANK),
            *shown,
            element("CallingNameDisplay", settings.get("CallingNameDisplay", "false")),
            element("MessagingSettings", element("SmsEnabled", boolean(has_sms))),
        )
    )
