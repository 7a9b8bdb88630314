"""`/sites/{site}/sippeers`: locations. Names are unique within a site, one of them is its default.

Voice settings are kept and shown as they came, and mean nothing here.
"""

from __future__ import annotations

import sqlite3

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import (
    default_of,
    sippeer_by_id,
    sippeer_of,
    sippeer_on_site,
    site_of,
)
from provisioner.sandbox.calls.markup import (
    boolean,
    child,
    element,
    elements,
    is_true,
    optional,
    restore,
    store,
    text,
)
from provisioner.sandbox.locations import addresses
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.ordering import changes

_LONGEST = 50
# The vendor's words allow letters and digits only, its examples have spaces and dashes.
_NAME_MARKS = " -_."
_ALWAYS_SHOWN = ("VoiceHosts", "VoiceHostGroups", "TerminationHosts", "OriginationRoutePlan")
_KEPT = (
    "BillingIdentifier",
    *_ALWAYS_SHOWN,
    "Address",
    "FinalDestinationUri",
    "PremiseTrunks",
    "CallingName",
    "SsSendToCustomer",
    "CallVerificationEnabled",
    "PindropEnabled",
)
# What `sipPeerDetails=true` shows of a sippeer (vendor interface description).
_SHOWN_IN_SITE = (
    "PeerId",
    "PeerName",
    "Description",
    "IsDefaultPeer",
    "Address",
    "FinalDestinationUri",
    "PremiseTrunks",
    "CallingName",
    "SsSendToCustomer",
)


def list_sippeers(call: Call, state: State) -> Answer:
    site = site_of(call, state)
    found = state.rows(
        "SELECT * FROM sippeers WHERE site = ? AND created <= ? ORDER BY id",
        site["id"],
        state.listed(),
    )
    return document(element("TNSipPeersResponse", elements("SipPeers", map(_show, found))))


def create_sippeer(call: Call, state: State) -> Answer:
    """The answer has no body: the id is in `Location` alone (vendor guide)."""
    site, identity = _create(call, state)
    return nothing(201, call.url("sites", site, "sippeers", identity))


def create_and_show_sippeer(call: Call, state: State) -> Answer:
    """v2: the vendor's own command-line tool reads the id from the body."""
    site, identity = _create(call, state)
    shown = element("SipPeerResponse", _show(sippeer_by_id(identity, state)))
    return document(shown, 201, call.url("sites", site, "sippeers", identity))


def get_sippeer(call: Call, state: State) -> Answer:
    return document(element("SipPeerResponse", _show(sippeer_of(call, state))))


def replace_sippeer(call: Call, state: State) -> Answer:
    """PUT: what is left out is cleared; a sippeer without IsDefaultPeer is not the default."""
    row = sippeer_of(call, state)
    body = call.document("SipPeer")
    is_default = is_true(body, "IsDefaultPeer", default=False)
    name = _name(body)
    kept = _read(body)
    if row["is_default"] and not is_default:
        raise Refusal(13522)
    _check_unique(name, row["site"], row["id"], state)
    if is_default:
        _clear_default(row["site"], state)
    state.run(
        "UPDATE sippeers SET name = ?, is_default = ?, document = ? WHERE id = ?",
        name,
        is_default,
        store(kept),
        row["id"],
    )
    return get_sippeer(call, state)


def delete_sippeer(call: Call, state: State) -> Answer:
    row = sippeer_on_site(call.parameters["sippeer"], site_of(call, state)["id"], state)
    if row is None:
        raise Refusal(13557, call.parameters["sippeer"])
    if inventory.is_in_use(row["id"], state):
        raise Refusal(13555)
    if row["is_default"] and state.count(
        "SELECT count(*) FROM sippeers WHERE site = ? AND id <> ?", row["site"], row["id"]
    ):
        raise Refusal(13558)
    for feature, code in (("sms", 13613), ("mms", 13622)):
        if row[feature] is not None:
            raise Refusal(code)
    if state.row(
        "SELECT 1 FROM orders WHERE peer = ? AND status IN ('RECEIVED', 'BACKORDERED')", row["id"]
    ) or changes.is_awaited(row["id"], state):
        raise Refusal(13681)
    state.run("DELETE FROM sippeers WHERE id = ?", row["id"])
    return nothing()


def list_products(call: Call, state: State) -> Answer:
    """Of the vendor's products there is only messaging here, where the location has it."""
    has_messaging = sippeer_of(call, state)["sms"] is not None
    products = [element("Product", element("Name", "Messaging"))] if has_messaging else []
    return document(element("SipPeerProductResponse", elements("Products", products)))


def rows_of_account(call: Call, state: State) -> list[sqlite3.Row]:
    """All that lists may show, in the order of their ids."""
    return state.rows(
        "SELECT sippeers.* FROM sippeers JOIN sites ON sites.id = site "
        "WHERE account = ? AND sippeers.created <= ? ORDER BY sippeers.id",
        call.account,
        state.listed(),
    )


def show_in_site(row: sqlite3.Row) -> Element:
    shown = _show(row)
    for part in [part for part in shown if part.tag not in _SHOWN_IN_SITE]:
        shown.remove(part)
    return shown


def show_summary(row: sqlite3.Row) -> Element:
    return element("SipPeer", element("PeerId", row["id"]), element("PeerName", row["name"]))


def _create(call: Call, state: State) -> tuple[int, int]:
    """The site, and the new sippeer on it."""
    site = site_of(call, state)
    body = call.document("SipPeer")
    is_default = is_true(body, "IsDefaultPeer", default=False)
    name = _name(body)
    kept = _read(body)
    if not is_default and default_of(site["id"], state) is None:
        raise Refusal(13522)
    _check_unique(name, site["id"], -1, state)
    if is_default:
        _clear_default(site["id"], state)
    identity = state.run(
        "INSERT INTO sippeers (site, created, name, is_default, document) VALUES (?, ?, ?, ?, ?)",
        site["id"],
        state.now(),
        name,
        is_default,
        store(kept),
    )
    return site["id"], identity


def _clear_default(site: int, state: State) -> None:
    state.run("UPDATE sippeers SET is_default = 0 WHERE site = ?", site)


def _check_unique(name: str, site: int, but: int, state: State) -> None:
    if state.row("SELECT 1 FROM sippeers WHERE site = ? AND name = ? AND id <> ?", site, name, but):
        raise Refusal(13524, name)


def _name(body: Element) -> str:
    name = text(body, "PeerName") or ""
    if not name.strip():
        raise Refusal(13500)
    if len(name) > _LONGEST:
        raise Refusal(13501)
    if not all(mark.isalnum() or mark in _NAME_MARKS for mark in name):
        raise Refusal(13502)
    return name


def _read(body: Element) -> Element:
    """What is kept beside the columns; parts in the order in which they are shown."""
    if len(text(body, "Description") or "") > _LONGEST:
        raise Refusal(13503)
    kept = elements("SipPeer", _present(optional("Description", text(body, "Description"))))
    for name in _KEPT:
        found = child(body, name)
        if name == "CallingName":
            kept.append(_calling_name(found))
        elif found is not None:
            kept.append(addresses.verify(found) if name == "Address" else found)
        elif name in _ALWAYS_SHOWN:
            kept.append(element(name))
    return kept


def _present(part: Element | None) -> list[Element]:
    return [] if part is None else [part]


def _calling_name(sent: Element | None) -> Element:
    """Left out, it means off (vendor interface description)."""
    values = {"Display": False, "Enforced": False}
    if sent is not None:
        for name, code in (("Display", 13581), ("Enforced", 13582)):
            if child(sent, name) is None:
                raise Refusal(code)
            values[name] = is_true(sent, name)
    return elements("CallingName", (element(k, boolean(v)) for k, v in values.items()))


def _show(row: sqlite3.Row) -> Element:
    shown = restore(row["document"])
    at = 1 if child(shown, "Description") is not None else 0
    shown.insert(at, element("IsDefaultPeer", boolean(row["is_default"])))
    shown.insert(0, element("PeerName", row["name"]))
    shown.insert(0, element("PeerId", row["id"]))
    return shown
