"""The account as the page draws it: a tree, and the numbers of one location at a time.

Passwords are not in it: of credentials, the user alone is named.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from provisioner.sandbox.admin.control_call import Control, ControlCall, Row
from provisioner.sandbox.calls.log_view import hide_secrets
from provisioner.sandbox.calls.markup import restore, timestamp
from provisioner.sandbox.locations.applications import fields_of
from provisioner.sandbox.memory.state import State, numeric_id
from provisioner.sandbox.numbers.geography import AREA_CODES, TOLL_FREE
from provisioner.sandbox.numbers.stock import size_of


def _show_account(call: ControlCall, control: Control) -> object:
    account, state = call.account(control), control.state
    counts = _count_numbers(state)
    peers: dict[int, list[Mapping[str, object]]] = {}
    for row in state.rows("SELECT * FROM sippeers ORDER BY site, id"):
        shown = {**_show_sippeer(row), "numbers": counts.get(row["id"], {})}
        peers.setdefault(row["site"], []).append(shown)
    return {
        "account": account,
        "can_export": control.export is not None,
        "accounts": [login.account for login in state.settings.logins],
        "applications": [
            _show_application(row["id"], state)
            for row in state.rows(
                "SELECT id FROM applications WHERE account = ? ORDER BY sequence", account
            )
        ],
        "sites": [
            {**_show_site(row), "sippeers": peers.get(row["id"], [])}
            for row in state.rows("SELECT * FROM sites WHERE account = ? ORDER BY id", account)
        ],
    }


def _list_numbers(call: ControlCall, control: Control) -> object:
    """Of one location, by status; or, where `contains` says some digits, all that have them."""
    query, state = call.query, control.state
    source = "FROM numbers WHERE peer = ?"
    values: tuple[object, ...] = (numeric_id(query.get("sippeer", "")),)
    if "contains" in query:
        source = "FROM numbers WHERE account = ? AND instr(number, ?) > 0"
        values = (call.account(control), query["contains"])
    found = state.rows(
        f"SELECT * {source} ORDER BY status, number LIMIT ? OFFSET ?",
        *values,
        call.limit(),
        call.offset(),
    )
    total = state.count(f"SELECT count(*) {source}", *values)
    return {"total": total, "rows": [_show_number(row) for row in found]}


def _list_stock(_: ControlCall, control: Control) -> object:
    """Area codes of the table, and any other that was given some."""
    state = control.state
    taken = {
        row["code"]: row["n"]
        for row in state.rows(
            "SELECT substr(number, 1, 3) AS code, count(*) AS n FROM numbers GROUP BY code"
        )
    }
    changed = {row["area_code"] for row in state.rows("SELECT area_code FROM stock")}
    codes = sorted({*AREA_CODES, *TOLL_FREE, *taken, *changed})
    return {
        "rows": [
            {"code": code, "size": size_of(code, state), "taken": taken.get(code, 0)}
            for code in codes
        ]
    }


def _count_numbers(state: State) -> Mapping[int, Mapping[str, int]]:
    """By location and status."""
    counts: dict[int, dict[str, int]] = {}
    for row in state.rows(
        "SELECT peer, status, count(*) AS n FROM numbers WHERE peer IS NOT NULL "
        "GROUP BY peer, status"
    ):
        counts.setdefault(row["peer"], {})[row["status"]] = row["n"]
    return counts


def _show_application(identity: str, state: State) -> Mapping[str, object]:
    fields = fields_of(identity, state)
    return {
        "id": identity,
        "name": fields.get("AppName", ""),
        "service": fields.get("ServiceType", ""),
        "fields": {
            name: hide_secrets(value)
            for name, value in sorted(fields.items())
            if "Password" not in name and name not in ("AppName", "ServiceType")
        },
        "has_password": any("Password" in name for name in fields),
    }


def _show_number(row: sqlite3.Row) -> Mapping[str, object]:
    return {
        "number": row["number"],
        "status": row["status"],
        "sippeer": row["peer"],
        "order": row["order_id"],
        "ordered": timestamp(row["ordered"]) if row["ordered"] else None,
        "sms": row["sms"] is None or bool(row["sms"]),
    }


def _show_site(row: sqlite3.Row) -> Mapping[str, object]:
    address = restore(row["document"]).find("Address")
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"] or "",
        "address": {} if address is None else {str(each.tag): each.text for each in address},
    }


def _show_sippeer(row: sqlite3.Row) -> Mapping[str, object]:
    return {
        "id": row["id"],
        "name": row["name"],
        "default": bool(row["is_default"]),
        "sms": _texts(row["sms"], "SipPeerSmsFeatureSettings"),
        "mms": _texts(row["mms"], "MmsSettings"),
        "application": row["application"],
    }


def _texts(document: str | None, name: str) -> Mapping[str, str | None] | None:
    """The settings of a feature, or None where it is off."""
    found = None if document is None else restore(document).find(name)
    return None if found is None else {str(each.tag): each.text for each in found}


ROWS = (
    Row("GET", "/account", _show_account),
    Row("GET", "/numbers", _list_numbers),
    Row("GET", "/stock", _list_stock),
)
