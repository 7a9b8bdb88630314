"""`/tns/{number}` and what is below it: one number of the account's."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Denial
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.markup import (
    BLANK,
    boolean,
    element,
    elements,
    optional,
    restore,
    store,
    timestamp,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import campaigns, inventory
from provisioner.sandbox.numbers.exchanges import place_of
from provisioner.sandbox.numbers.geography import Place
from provisioner.sandbox.numbers.number_settings import speaks_sms
from provisioner.sandbox.numbers.places import show_place, show_vendor


def get_number(call: Call, state: State) -> Answer:
    row = _own(call, state)
    return document(
        element(
            "TelephoneNumberResponse",
            element("TelephoneNumber", call.notation.write(row["number"])),
            element("Status", row["status"]),
            element("LastModifiedDate", timestamp(row["modified"])),
            *_bought(row),
            optional("SiteId", row["site"]),
            element("AccountId", row["account"]),
        )
    )


def get_details(call: Call, state: State) -> Answer:
    row = _own(call, state)
    site = state.row("SELECT id, name FROM sites WHERE id = ?", row["site"])
    peer = state.row("SELECT * FROM sippeers WHERE id = ?", row["peer"])
    details = show_summary(row, call)
    details.extend(_show_location(site, peer))
    details.append(_show_messaging(row, peer, state))
    details.append(element("Features"))
    return document(element("TelephoneNumberResponse", details))


def get_sippeer(call: Call, state: State) -> Answer:
    return _named("SipPeer", "SELECT id, name FROM sippeers WHERE id = ?", "peer", call, state)


def get_site(call: Call, state: State) -> Answer:
    return _named("Site", "SELECT id, name FROM sites WHERE id = ?", "site", call, state)


def get_lata(call: Call, state: State) -> Answer:
    return _about(call, state, ("Lata",))


def get_rate_center(call: Call, state: State) -> Answer:
    return _about(call, state, ("RateCenter", "State"))


def show_summary(row: sqlite3.Row, call: Call, name: str = "TelephoneNumberDetails") -> Element:
    """What lists and details both tell of a number."""
    return restore(write_summary(row, call, name))


def write_summary(row: sqlite3.Row, call: Call, name: str) -> str:
    form = _form(
        name,
        place_of(row["number"]),
        row["status"],
        row["account"],
        row["modified"],
        row["in_service"],
    )
    return form.replace(BLANK, call.notation.write(row["number"]))


@lru_cache(maxsize=1024)
def _form(
    name: str,
    place: Place | None,
    status: str,
    account: str,
    modified: float,
    in_service: float | None,
) -> str:
    """Numbers that were bought together are alike in all of this."""
    shown = element(name, *show_place(place, lata="Lata"), element("FullNumber", BLANK))
    shown.extend(show_vendor())
    shown.append(element("Status", status))
    shown.append(element("AccountId", account))
    shown.append(element("LastModified", timestamp(modified)))
    if in_service is not None:
        shown.append(element("InServiceDate", timestamp(in_service)))
    return store(shown)


def _bought(row: sqlite3.Row) -> list[Element]:
    """A number that is only reserved was never bought."""
    if row["order_id"] is None:
        return []
    return [
        element("OrderCreateDate", timestamp(row["ordered"])),
        element("OrderId", row["order_id"]),
        element("OrderType", "NEW_NUMBER_ORDER"),
        element("InServiceDate", timestamp(row["in_service"])),
    ]


def _show_location(site: sqlite3.Row | None, peer: sqlite3.Row | None) -> list[Element]:
    if site is None or peer is None:
        return []
    services = ["Voice"] if peer["sms"] is None else ["Voice", "Messaging"]
    return [
        element("Site", element("Id", site["id"]), element("Name", site["name"])),
        element(
            "SipPeer",
            element("PeerId", peer["id"]),
            element("PeerName", peer["name"]),
            element("IsDefaultPeer", boolean(peer["is_default"])),
        ),
        elements("ServiceTypes", (element("ServiceType", each) for each in services)),
    ]


def _show_messaging(row: sqlite3.Row, peer: sqlite3.Row | None, state: State) -> Element:
    campaign = campaigns.of_number(row["number"], row["account"], state)
    shown = element("MessagingSettings", element("SmsEnabled", boolean(speaks_sms(row, peer))))
    if campaign is not None:
        done = campaign["status"] == campaigns.REGISTERED_NUMBER
        shown.append(element("CampaignId", campaign["campaign"]))
        shown.extend(element("MessageClass", each) for each in [campaign["message_class"]] if each)
        shown.append(element("CampaignFullyProvisioned", boolean(done)))
    shown.append(element("A2pState", "system_default" if campaign is None else "overridden"))
    return shown


def _about(call: Call, state: State, names: tuple[str, ...]) -> Answer:
    row = _own(call, state)
    known = show_place(place_of(row["number"]), lata="Lata")
    details = elements("TelephoneNumberDetails", (each for each in known if each.tag in names))
    return document(element("TelephoneNumberResponse", details))


def _own(call: Call, state: State) -> sqlite3.Row:
    """The path names no account: it may be any of the caller's."""
    number = call.notation.require(call.parameters["number"], 12512)
    for account in call.accounts:
        row = inventory.find(number, account, state)
        if row is not None:
            return row
    raise Denial(404)


def _named(root: str, statement: str, column: str, call: Call, state: State) -> Answer:
    row = state.row(statement, _own(call, state)[column])
    if row is None:
        raise Denial(404)
    return document(element(root, element("Id", row["id"]), element("Name", row["name"])))
