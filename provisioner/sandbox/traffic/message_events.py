"""What an application hears of its messages: an event for each recipient and each step.

Shapes and descriptions: vendor guide to callbacks. The text is empty but for what comes in; the
`tag` comes back. Who is called is looked up when the event happens, not when the message was sent.
An application that no location has hears nothing (vendor client).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.locations.applications import fields_of
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.outgoing import callbacks
from provisioner.sandbox.outgoing.callbacks import Destination
from provisioner.sandbox.traffic.verdicts import DESCRIPTIONS

_SENDING = "Message is sending to carrier"
_DELIVERED = "ok"
_RECEIVED = "Incoming message received"
_OUT, _IN = "Outbound", "Inbound"


def tell_sending(delivery: sqlite3.Row, state: State) -> None:
    """For MMS only (vendor guide)."""
    if delivery["kind"] == "mms":
        _tell_sender("message-sending", {"description": _SENDING}, delivery, state)


def tell_end(delivery: sqlite3.Row, state: State) -> None:
    code = delivery["verdict"]
    if not code:
        _tell_sender("message-delivered", {"description": _DELIVERED}, delivery, state)
        return
    words = {"description": DESCRIPTIONS[code], "errorCode": code}
    _tell_sender("message-failed", words, delivery, state)


def tell_received(
    message: Mapping[str, object], account: str, application: str, when: float, state: State
) -> None:
    fields = fields_of(application, state)
    words = {"description": _RECEIVED}
    body = _event("message-received", words, str(message["owner"]), message, when)
    _post("message-received", fields, _IN, body, account, when, state)


def _tell_sender(
    kind: str, words: Mapping[str, object], delivery: sqlite3.Row, state: State
) -> None:
    if not delivery["linked"]:
        return
    fields = fields_of(delivery["application"], state)
    if kind not in fields.get("RequestedCallbackTypes", "").split():
        return
    when, message = delivery["due"], json.loads(delivery["document"])
    body = _event(kind, words, delivery["recipient"], message, when)
    _post(kind, fields, _OUT, body, delivery["account"], when, state)


def _event(
    kind: str, words: Mapping[str, object], to: str, message: Mapping[str, object], when: float
) -> str:
    """An array of one event, as always (vendor guide)."""
    event = {"type": kind, "time": timestamp(when), **words, "to": to, "message": message}
    return json.dumps([event])


def _post(
    kind: str,
    fields: Mapping[str, str],
    direction: str,
    body: str,
    account: str,
    when: float,
    state: State,
) -> None:
    url = fields.get(f"{direction}CallbackUrl")
    if url is None:
        return
    credentials = (
        fields.get(f"{direction}CallbackCreds/{name}", "") for name in ("UserId", "Password")
    )
    callbacks.post(kind, Destination(url, *credentials), body, account, when, state)
