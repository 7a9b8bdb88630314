"""Messages as conversations, each with every attempt to tell of it, and what else was told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from provisioner.sandbox.admin.control_call import Control, ControlCall, Row
from provisioner.sandbox.calls.log_view import hide_secrets
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.outgoing import callbacks


def _list_conversations(call: ControlCall, control: Control) -> object:
    """The one in which something was said last comes first."""
    account, state = call.account(control), control.state
    rows = state.rows(
        "SELECT thread, count(*) AS messages, max(sequence) AS last FROM transcript "
        "WHERE account = ? GROUP BY thread ORDER BY last DESC LIMIT ? OFFSET ?",
        account,
        call.limit(),
        call.offset(),
    )
    return {
        "total": state.count(
            "SELECT count(DISTINCT thread) FROM transcript WHERE account = ?", account
        ),
        "rows": [_show_conversation(row, state) for row in rows],
    }


def _list_messages(call: ControlCall, control: Control) -> object:
    """Of one conversation, newest first."""
    account, state = call.account(control), control.state
    thread = call.query.get("thread", "")
    rows = state.rows(
        "SELECT * FROM transcript JOIN messages ON messages.id = message "
        "WHERE transcript.account = ? AND thread = ? ORDER BY sequence DESC LIMIT ? OFFSET ?",
        account,
        thread,
        call.limit(),
        call.offset(),
    )
    told = callbacks.find_about((row["message"] for row in rows), state)
    return {
        "total": state.count(
            "SELECT count(*) FROM transcript WHERE account = ? AND thread = ?", account, thread
        ),
        "rows": [_show_message(row, told.get(row["message"], ()), state) for row in rows],
    }


def _list_told(call: ControlCall, control: Control) -> object:
    """Callbacks of all kinds, newest first."""
    rows = control.state.rows(
        "SELECT * FROM callbacks ORDER BY sequence DESC LIMIT ? OFFSET ?",
        call.limit(),
        call.offset(),
    )
    return {
        "total": control.state.count("SELECT count(*) FROM callbacks"),
        "rows": [callbacks.show(row) for row in rows],
    }


def _show_conversation(row: sqlite3.Row, state: State) -> Mapping[str, object]:
    (last,) = state.rows(
        "SELECT text, direction, received, attachments FROM transcript "
        "JOIN messages ON messages.id = message WHERE sequence = ?",
        row["last"],
    )
    owner, *others = row["thread"].split()
    return {
        "thread": row["thread"],
        "owner": owner,
        "others": others,
        "messages": row["messages"],
        "text": last["text"],
        "attachments": last["attachments"],
        "direction": last["direction"],
        "time": timestamp(last["received"]),
    }


def _show_message(
    row: sqlite3.Row, told: Iterable[sqlite3.Row], state: State
) -> Mapping[str, object]:
    message = json.loads(row["document"])
    deliveries = state.rows(
        "SELECT recipient, status, error_code FROM deliveries WHERE message = ? ORDER BY sequence",
        row["message"],
    )
    return {
        **message,
        "text": row["text"],
        "media": [hide_secrets(url) for url in message.get("media", [])],
        "kind": row["kind"],
        "deliveries": [
            {"to": each["recipient"], "status": each["status"], "error": each["error_code"]}
            for each in deliveries
        ],
        "callbacks": [callbacks.show(each) for each in told],
    }


ROWS = (
    Row("GET", "/conversations", _list_conversations),
    Row("GET", "/messages", _list_messages),
    Row("GET", "/callbacks", _list_told),
)
