"""Finding what a path or a body names; what is of another account does not exist."""

from __future__ import annotations

import sqlite3

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Call
from provisioner.sandbox.memory.state import State, numeric_id


def site_by_id(identity: str, call: Call, state: State) -> sqlite3.Row | None:
    return state.row(
        "SELECT * FROM sites WHERE id = ? AND account = ?", numeric_id(identity), call.account
    )


def site_of(call: Call, state: State) -> sqlite3.Row:
    """The site in the path, or 404/12016."""
    row = site_by_id(call.parameters["site"], call, state)
    if row is None:
        raise Refusal(12016, call.parameters["site"])
    return row


def sippeer_on_site(identity: str, site: int, state: State) -> sqlite3.Row | None:
    return state.row("SELECT * FROM sippeers WHERE id = ? AND site = ?", numeric_id(identity), site)


def sippeer_of(call: Call, state: State) -> sqlite3.Row:
    """The sippeer in the path; a missing one is 400/13563 (vendor interface description)."""
    row = sippeer_on_site(call.parameters["sippeer"], site_of(call, state)["id"], state)
    if row is None:
        named = call.parameters
        raise Refusal(13563, named["sippeer"], named["site"], call.account)
    return row


def sippeer_of_account(identity: str, call: Call, state: State) -> sqlite3.Row | None:
    return state.row(
        "SELECT sippeers.* FROM sippeers JOIN sites ON sites.id = site "
        "WHERE sippeers.id = ? AND account = ?",
        numeric_id(identity),
        call.account,
    )


def order_of(call: Call, state: State) -> sqlite3.Row:
    """The order in the path, or 404/5061; below a site, only one of that site."""
    row = state.row(
        "SELECT * FROM orders WHERE id = ? AND account = ?",
        call.parameters["order"],
        call.account,
    )
    if row is None:
        raise Refusal(5061)
    if "site" in call.parameters and row["site"] != site_of(call, state)["id"]:
        raise Refusal(5061)
    return row


def sippeer_by_id(identity: int, state: State) -> sqlite3.Row:
    """One that is known to exist."""
    return state.rows("SELECT * FROM sippeers WHERE id = ?", identity)[0]


def default_of(site: int, state: State) -> sqlite3.Row | None:
    """The default sippeer of a site."""
    return state.row("SELECT * FROM sippeers WHERE site = ? AND is_default", site)
