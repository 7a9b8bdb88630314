"""`/sites`: sub-accounts. Names need not be unique (assumption: no code for it is documented)."""

from __future__ import annotations

import copy

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import site_of
from provisioner.sandbox.calls.markup import child, element, optional, restore, store, text, word
from provisioner.sandbox.locations import addresses, sippeers
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory

_LONGEST_NAME = 50
_TRUNKING_TYPES = ("Seats", "Premise", "Cloud")
_TRUNKING_CATEGORIES = ("UC250", "UC500", "UC1000")


def list_sites(call: Call, state: State) -> Answer:
    """Rows have no address; `summary` beats `sipPeerDetails` (vendor interface description)."""
    details = sippeers.show_in_site if _asked(call, "sipPeerDetails") else None
    details = sippeers.show_summary if _asked(call, "summary") else details
    peers: dict[int, list[Element]] = {}
    if details is not None:
        for peer in sippeers.rows_of_account(call, state):
            peers.setdefault(peer["site"], []).append(details(peer))
    totals = inventory.totals_by_site(call.account, state) if _asked(call, "tnCounts") else None
    listed = element("Sites")
    for row in state.rows(
        "SELECT * FROM sites WHERE account = ? AND created <= ? ORDER BY id",
        call.account,
        state.listed(),
    ):
        site = element(
            "Site",
            element("Id", row["id"]),
            element("Name", row["name"]),
            optional("Description", row["description"]),
        )
        if details is not None:
            own = peers.get(row["id"], [])
            site.extend([element("SipPeerCount", len(own)), element("SipPeers", *own)])
        if totals is not None:
            site.append(element("TotalTnCount", totals.get(row["id"], 0)))
        listed.append(site)
    return document(element("SitesResponse", listed))


def create_site(call: Call, state: State) -> Answer:
    """In the dialect "v1-prose" the answer names no id at all, as in the vendor guide."""
    site = _read(call.document("Site"))
    identity = state.run(
        "INSERT INTO sites (account, created, name, description, document) VALUES (?, ?, ?, ?, ?)",
        call.account,
        state.now(),
        text(site, "Name"),
        text(site, "Description"),
        store(site),
    )
    if state.settings.dialect == "v1-prose":
        prose = b"The site has been added to the account."
        return Answer(201, prose, {"content-type": "text/plain; charset=utf-8"})
    return document(_show(identity, site), 201, call.url("sites", identity))


def get_site(call: Call, state: State) -> Answer:
    row = site_of(call, state)
    return document(_show(row["id"], restore(row["document"])))


def replace_site(call: Call, state: State) -> Answer:
    row = site_of(call, state)
    site = _read(call.document("Site"))
    state.run(
        "UPDATE sites SET name = ?, description = ?, document = ? WHERE id = ?",
        text(site, "Name"),
        text(site, "Description"),
        store(site),
        row["id"],
    )
    return document(_show(row["id"], site))


def delete_site(call: Call, state: State) -> Answer:
    row = site_of(call, state)
    if state.count("SELECT count(*) FROM sippeers WHERE site = ?", row["id"]):
        raise Refusal(12031)
    state.run("DELETE FROM sites WHERE id = ?", row["id"])
    return nothing()


def _asked(call: Call, name: str) -> bool:
    return call.query.get(name, "").lower() == "true"


def _read(body: Element) -> Element:
    """The site as it is kept: documented elements only, in a fixed order."""
    name = text(body, "Name") or ""
    if not name.strip():
        raise Refusal(12533)
    if len(name) > _LONGEST_NAME:
        raise Refusal(12529)
    if not name.isprintable():
        raise Refusal(12526)
    address = child(body, "Address")
    if address is None:
        raise Refusal(1003, "Address")
    return element(
        "Site",
        element("Name", name),
        optional("Description", text(body, "Description")),
        optional("CustomerName", _limited(body, 50, "CustomerName")),
        optional(
            "CustomerProvidedID", _limited(body, 10, "CustomerProvidedID", "CustomerProvidedId")
        ),
        addresses.verify(address, copy.deepcopy(body)),
        _trunking(body),
    )


def _limited(body: Element, longest: int, *names: str) -> str | None:
    said = text(body, *names)
    if said and len(said) > longest:
        raise Refusal(1011, names[0], longest)
    return said


def _trunking(body: Element) -> Element | None:
    found = child(body, "UcTrunkingConfiguration")
    if found is None:
        return None
    kind, category = word(found, "Type"), word(found, "UsageCategory")
    for name, said, known in (
        ("Type", kind, _TRUNKING_TYPES),
        ("UsageCategory", category, _TRUNKING_CATEGORIES),
    ):
        if said not in known:
            raise Refusal(1008, said, name)
    return element(
        "UcTrunkingConfiguration", element("Type", kind), element("UsageCategory", category)
    )


def _show(identity: int, site: Element) -> Element:
    site.insert(0, element("Id", identity))
    return element("SiteResponse", site)
