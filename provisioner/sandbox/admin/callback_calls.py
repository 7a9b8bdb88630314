"""What the control API does about callbacks and emails, and messages that come in: a row each."""

from __future__ import annotations

import sqlite3

from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Row, text
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.outgoing import callbacks
from provisioner.sandbox.traffic import inbound
from provisioner.sandbox.traffic.inbound import Incoming
from provisioner.sandbox.traffic.message_rules import MOST_RECIPIENTS, read_number, read_url


def _list_callbacks(call: ControlCall, control: Control) -> object:
    rows = _last("callbacks", call, control)
    return {"callbacks": [callbacks.show(row) for row in rows]}


def _clear_callbacks(_: ControlCall, control: Control) -> None:
    """Those that are at their end."""
    callbacks.forget_ended(control.state, most=0)


def _list_emails(call: ControlCall, control: Control) -> object:
    rows = _last("emails", call, control)
    names = ("account", "address", "digest", "subscription", "subject", "text")
    shown = [
        {"time": timestamp(row["time"]), **{name: row[name] for name in names}} for row in rows
    ]
    return {"emails": shown}


def _receive_message(call: ControlCall, control: Control) -> object:
    """To one number or, as a list, to a group."""
    sender, to, words, media = call.take("from", "to", "text", "media")
    incoming = Incoming(
        sender=_number(sender, "from"),
        recipients=tuple(_number(each, "to") for each in _listed(to, "to")),
        text="" if words is None else text(words, "text"),
        media=tuple(_url(each) for each in _listed(media or [], "media")),
    )
    if not 1 <= len(set(incoming.recipients)) == len(incoming.recipients) <= MOST_RECIPIENTS:
        raise ControlError(f"to takes 1 to {MOST_RECIPIENTS} different telephone numbers")
    if not incoming.text and not incoming.media:
        raise ControlError("text or media must be there")
    account = call.account(control)
    received = inbound.receive(incoming, account, control.state)
    if not received:
        raise ControlError(
            f"none of these numbers can receive messages on account {account}", status=404
        )
    return {"messages": received}


def _last(table: str, call: ControlCall, control: Control) -> list[sqlite3.Row]:
    """The last rows, oldest first."""
    rows = control.state.rows(
        f"SELECT * FROM {table} ORDER BY sequence DESC LIMIT ?",  # noqa: S608 -- a table of ours
        call.limit(),
    )
    return rows[::-1]


def _listed(value: object, name: str) -> list[object]:
    if isinstance(value, list):
        return value
    return [text(value, name)]


def _number(value: object, name: str) -> str:
    try:
        return read_number(value, national=True)
    except ValueError as fault:
        raise ControlError(f"{name} {fault}") from None


def _url(value: object) -> str:
    try:
        return read_url(value)
    except ValueError as fault:
        raise ControlError(f"media {fault}") from None


ROWS = (
    Row("GET", "/callbacks", _list_callbacks),
    Row("DELETE", "/callbacks", _clear_callbacks),
    Row("GET", "/emails", _list_emails),
    Row("POST", "/messages", _receive_message),
)
