"""How much of everything is there."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.agenda import is_held
from provisioner.sandbox.memory.state import State

_COUNTED = ("applications", "sites", "messages", "media", "subscriptions", "campaigns")
_BY_STATUS = ("numbers", "orders", "disconnects")


def summarize(state: State) -> Mapping[str, object]:
    return {
        "now": timestamp(state.now()),
        "dialect": state.settings.dialect,
        "orders_held": is_held(state),
        "accounts": {
            login.account: _of_account(login.account, state) for login in state.settings.logins
        },
    }


def _of_account(account: str, state: State) -> Mapping[str, object]:
    counts: dict[str, object] = {
        table: state.count(f"SELECT count(*) FROM {table} WHERE account = ?", account)  # noqa: S608 -- a table of ours
        for table in _COUNTED
    }
    counts["sippeers"] = state.count(
        "SELECT count(*) FROM sippeers JOIN sites ON sites.id = site WHERE account = ?", account
    )
    for table in _BY_STATUS:
        rows = state.rows(
            f"SELECT status, count(*) AS n FROM {table} WHERE account = ? GROUP BY status",  # noqa: S608 -- a table of ours
            account,
        )
        counts[table] = {row["status"]: row["n"] for row in rows}
    return counts
