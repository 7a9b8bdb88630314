"""`/applications`: where an account's callbacks go, and with which credentials.

An application is kept as flat fields ("InboundCallbackCreds/UserId": "me"). The callback URL has
two old names and the credentials one; whatever is sent, only the inbound and outbound ones are
kept, and the old names are made from them when the application is shown (vendor guide).
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping

from lxml.etree import _Element as Element

from provisioner.sandbox.calls import beta
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.markup import element, elements
from provisioner.sandbox.locations.application_fields import PASSWORD, read_fields, settle_fields
from provisioner.sandbox.memory.state import State

_SHOWN = (
    "ServiceType",
    "AppName",
    "CallbackUrl",
    "MsgCallbackUrl",
    "InboundCallbackUrl",
    "OutboundCallbackUrl",
    "CallInitiatedCallbackUrl",
    "CallInitiatedMethod",
    "CallStatusCallbackUrl",
    "CallStatusMethod",
    "CallbackCreds",
    "InboundCallbackCreds",
    "OutboundCallbackCreds",
    "CallInitiatedFallbackUrl",
    "CallInitiatedFallbackMethod",
    "CallInitiatedFallbackCreds",
    "CallbackTimeout",
    "RequestedCallbackTypes",
)


def list_applications(call: Call, state: State) -> Answer:
    found = state.rows(
        "SELECT id, fields FROM applications WHERE account = ? AND created <= ? ORDER BY sequence",
        call.account,
        state.listed(),
    )
    shown = elements("ApplicationList", (_show(row["id"], _fields(row), state) for row in found))
    return document(element("ApplicationProvisioningResponse", shown))


def create_application(call: Call, state: State) -> Answer:
    fields = settle_fields(_read(call, state), before={}, keep={})
    identity = str(uuid.uuid4())
    state.run(
        "INSERT INTO applications (id, account, created, fields) VALUES (?, ?, ?, ?)",
        identity,
        call.account,
        state.now(),
        json.dumps(fields),
    )
    return _one(identity, fields, state, 201, call.url("applications", identity))


def get_application(call: Call, state: State) -> Answer:
    row = find(call.parameters["application"], call, state)
    return _one(row["id"], _fields(row), state)


def replace_application(call: Call, state: State) -> Answer:
    """PUT: what is left out is cleared, credentials included (vendor guide)."""
    row = find(call.parameters["application"], call, state)
    before = _fields(row)
    kept = {"ServiceType": before["ServiceType"]}
    return _update(call, state, row["id"], before, kept)


def change_application(call: Call, state: State) -> Answer:
    """PATCH: what is left out stays."""
    row = find(call.parameters["application"], call, state)
    before = _fields(row)
    return _update(call, state, row["id"], before, before)


def delete_application(call: Call, state: State) -> Answer:
    row = find(call.parameters["application"], call, state)
    users = _users(row["id"], state)
    if users:
        raise Refusal(12107, ", ".join(f"{user['site_name']}/{user['name']}" for user in users))
    state.run("DELETE FROM applications WHERE id = ?", row["id"])
    return nothing()


def list_associated_sippeers(call: Call, state: State) -> Answer:
    row = find(call.parameters["application"], call, state)
    found = elements(
        "AssociatedSipPeers",
        (
            element(
                "AssociatedSipPeer",
                element("SiteId", user["site"]),
                element("SiteName", user["site_name"]),
                element("PeerId", user["id"]),
                element("PeerName", user["name"]),
            )
            for user in _users(row["id"], state)
        ),
    )
    return document(element("AssociatedSipPeersResponse", found))


def find(identity: str, call: Call, state: State) -> sqlite3.Row:
    """The application of this id on the caller's account, or 13629."""
    row = state.row(
        "SELECT id, fields FROM applications WHERE id = ? AND account = ?", identity, call.account
    )
    if row is None:
        raise Refusal(13629, identity)
    return row


def fields_of(identity: str, state: State) -> Mapping[str, str]:
    """What is kept of an application, passwords included; nothing where it is gone."""
    row = state.row("SELECT fields FROM applications WHERE id = ?", identity)
    return {} if row is None else _fields(row)


def is_for_messaging(row: sqlite3.Row) -> bool:
    return _fields(row)["ServiceType"] == "Messaging-V2"


def _update(
    call: Call, state: State, identity: str, before: Mapping[str, str], keep: Mapping[str, str]
) -> Answer:
    fields = settle_fields(_read(call, state), before=before, keep=keep)
    state.run("UPDATE applications SET fields = ? WHERE id = ?", json.dumps(fields), identity)
    return _one(identity, fields, state)


def _read(call: Call, state: State) -> dict[str, str]:
    given = read_fields(call.document("Application"))
    return beta.narrow_application(given) if beta.is_beta(state) else given


def _users(identity: str, state: State) -> list[sqlite3.Row]:
    return state.rows(
        "SELECT sippeers.id, sippeers.name, site, sites.name AS site_name FROM sippeers "
        "JOIN sites ON sites.id = site WHERE application = ? ORDER BY site, sippeers.id",
        identity,
    )


def _fields(row: sqlite3.Row) -> dict[str, str]:
    fields: dict[str, str] = json.loads(row["fields"])
    return fields


def _one(
    identity: str,
    fields: Mapping[str, str],
    state: State,
    status: int = 200,
    location: str | None = None,
) -> Answer:
    shown = element("ApplicationProvisioningResponse", _show(identity, fields, state))
    return document(shown, status, location)


def _show(identity: str, fields: Mapping[str, str], state: State) -> Element:
    shown = dict(fields)
    if "InboundCallbackUrl" in fields:
        shown["CallbackUrl"] = shown["MsgCallbackUrl"] = fields["InboundCallbackUrl"]
    built = element("Application", element("ApplicationId", identity))
    for name in beta.APPLICATION_FIELDS if beta.is_beta(state) else _SHOWN:
        built.extend(_show_field(name, shown))
    return built


def _show_field(name: str, fields: Mapping[str, str]) -> list[Element]:
    """Passwords are never shown (vendor interface description; the old guide does show them)."""
    if name == "RequestedCallbackTypes" and name in fields:
        return [elements(name, (element("CallbackType", each) for each in fields[name].split()))]
    if name in fields:
        return [element(name, fields[name])]
    parts = [
        element(path.removeprefix(f"{name}/"), value)
        for path, value in fields.items()
        if path.startswith(f"{name}/") and not path.endswith(PASSWORD)
    ]
    return [elements(name, parts)] if parts else []
