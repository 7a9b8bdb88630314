"""`/media`: files for messages, kept for 48 hours, up to 3.75 MB each (vendor guide).

A name may have slashes. A file of the same name is overwritten. Too large a file is a 400, one that
is not there a 404, for DELETE too (both assumptions); MB are a million bytes (assumption).
"""

from __future__ import annotations

import base64
import binascii
import re
import sqlite3
from urllib.parse import quote

from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.traffic.messaging_call import MessagingCall, json_answer
from provisioner.sandbox.traffic.rejections import invalid, not_found, unsupported

MOST_BYTES = 3_750_000
_KEPT_SECONDS = 48 * 3600
_PAGE = 1000
_TOKEN = "continuation-token"  # noqa: S105 -- the name of a header
_UNKNOWN_TYPE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+\s*(;.*)?", re.ASCII)


def put_media(call: MessagingCall, state: State) -> Answer:
    kind = call.headers.get("content-type", _UNKNOWN_TYPE)
    name = call.parameters["media"]
    if not name:
        raise not_found("Media without a name")
    if not _MEDIA_TYPE.fullmatch(kind):
        raise unsupported(kind, "a media type")
    if len(call.body) > MOST_BYTES:
        raise invalid(f"The file is larger than {MOST_BYTES} bytes")
    state.run(
        "INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?)",
        call.account,
        name,
        kind,
        call.headers.get("cache-control"),
        call.body,
        state.now() + _KEPT_SECONDS,
    )
    return Answer(204)


def get_media(call: MessagingCall, state: State) -> Answer:
    row = _find(call, state)
    headers = {"content-type": row["content_type"]}
    if row["cache_control"] is not None:
        headers["cache-control"] = row["cache_control"]
    return Answer(200, row["content"], headers)


def delete_media(call: MessagingCall, state: State) -> Answer:
    row = _find(call, state)
    state.run("DELETE FROM media WHERE account = ? AND name = ?", call.account, row["name"])
    return Answer(204)


def list_media(call: MessagingCall, state: State) -> Answer:
    """By name, 1000 a page; the header `Continuation-Token` of an answer leads to the next."""
    rows = state.rows(
        "SELECT name, length(content) AS size FROM media "
        "WHERE account = ? AND name > ? ORDER BY name LIMIT ?",
        call.account,
        _read_token(call.headers.get(_TOKEN, "")),
        _PAGE + 1,
    )
    page = rows[:_PAGE]
    shown = [
        {
            "content": f"{call.url}/media/{quote(row['name'])}",
            "contentLength": row["size"],
            "mediaName": row["name"],
        }
        for row in page
    ]
    more = {_TOKEN: _write_token(page[-1]["name"])} if len(rows) > _PAGE else {}
    return json_answer(shown, headers=more)


def expire_media(state: State) -> None:
    state.run("DELETE FROM media WHERE expires <= ?", state.now())


def _find(call: MessagingCall, state: State) -> sqlite3.Row:
    name = call.parameters["media"]
    row = state.row("SELECT * FROM media WHERE account = ? AND name = ?", call.account, name)
    if row is None:
        raise not_found(f"Media '{name}'")
    return row


def _write_token(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid("This is no Continuation-Token of an earlier answer") from None
