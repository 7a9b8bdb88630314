"""`GET /messages`: a row for each recipient of each message of the last 14 days, without content.

At least one filter is needed (vendor interface description); what pages and sorts is none. Dates
need milliseconds (vendor client). Newest first unless told otherwise (assumption). A page token is
a position, so a list that grows at its beginning moves under it.
"""

from __future__ import annotations

import base64
import binascii
import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import urlencode

from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.traffic.message_rules import moment
from provisioner.sandbox.traffic.messaging_call import MessagingCall, json_answer
from provisioner.sandbox.traffic.rejections import FieldError, invalid

_STATUSES = (
    "RECEIVED",
    "QUEUED",
    "SENDING",
    "SENT",
    "FAILED",
    "DELIVERED",
    "ACCEPTED",
    "UNDELIVERED",
)
_MOST_NUMBERS = 10
_SHORTEST_NUMBER = 5
_DEFAULT_LIMIT = 100
_MOST_RESULTS = 10_000
_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_ORDERS = ("asc", "desc")

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "messageId": "message",
        "accountId": "account",
        "sourceTn": "sender",
        "destinationTn": "recipient",
        "messageStatus": "status",
        "messageDirection": "direction",
        "messageType": "kind",
        "segmentCount": "segments",
        "errorCode": "error_code",
        "receiveTime": "received",
        "carrierName": "NULL",
        "messageSize": "NULL",
        "messageLength": "length",
        "attachmentCount": "attachments",
        "recipientCount": "recipients",
        "campaignClass": "NULL",
        "campaignId": "campaign",
    }
)

# A part of the WHERE clause and the values in it.
_Condition = tuple[str, tuple[object, ...]]


def list_messages(call: MessagingCall, state: State) -> Answer:
    query = call.query
    where, values = _where(call, state)
    limit = _integer(query, "limit", _DEFAULT_LIMIT, least=1)
    start = _position(query.get("pageToken", ""))
    if limit + start > _MOST_RESULTS:
        raise _refuse("limit", f"reaches past the {_MOST_RESULTS} results that can be had")
    source = f"FROM deliveries WHERE {where}"
    total = state.count(f"SELECT count(*) {source}", *values)
    columns = ", ".join(f'{column} AS "{name}"' for name, column in _COLUMNS.items())
    order = _order(query)
    # Which they are is found in the index alone; only they are read.
    page = f"SELECT sequence {source} ORDER BY {order} LIMIT ? OFFSET ?"
    rows = state.rows(
        f"SELECT {columns} FROM deliveries WHERE sequence IN ({page}) ORDER BY {order}",  # noqa: S608 -- names and conditions of ours
        *values,
        limit,
        start,
    )
    counted = min(total, _MOST_RESULTS) if _is_limited(query) else total
    before = _token(max(start - limit, 0)) if start else ""
    after = _token(start + limit) if start + limit < total else ""
    page_info = {
        "prevPage": _link(call, before),
        "nextPage": _link(call, after),
        "prevPageToken": before,
        "nextPageToken": after,
    }
    shown = [_show(row) for row in rows]
    return json_answer({"totalCount": counted, "pageInfo": page_info, "messages": shown})


def _show(row: sqlite3.Row) -> dict[str, object]:
    return {**dict(row), "receiveTime": timestamp(row["receiveTime"])}


def _where(call: MessagingCall, state: State) -> _Condition:
    conditions = [
        read(name, call.query[name]) for name, read in _FILTERS.items() if name in call.query
    ]
    if not conditions:
        raise invalid(f"At least one filter is needed: {', '.join(_FILTERS)}")
    conditions += [("account = ?", (call.account,)), ("received <= ?", (state.listed(),))]
    values = (value for _, values in conditions for value in values)
    return " AND ".join(condition for condition, _ in conditions), tuple(values)


def _refuse(name: str, words: str) -> Exception:
    return invalid("The search cannot be carried out; see fieldErrors", FieldError(name, words))


def _equal(name: str, said: str) -> _Condition:
    return f"{_COLUMNS[name]} = ?", (said,)


def _one_of(name: str, said: str, *, known: tuple[str, ...]) -> _Condition:
    if said not in known:
        raise _refuse(name, f"must be one of: {', '.join(known)}")
    return _equal(name, said)


def _numbers(name: str, said: str) -> _Condition:
    """Full numbers with commas between, or the beginning of one.

    An unescaped + of a query is a space, and in the vendor's own samples it is not escaped.
    """
    numbers = [f"+{each.strip()}" if each.startswith(" ") else each for each in said.split(",")]
    if len(numbers) > _MOST_NUMBERS or any(len(each) < _SHORTEST_NUMBER for each in numbers):
        raise _refuse(
            name, f"takes at most {_MOST_NUMBERS} numbers of {_SHORTEST_NUMBER} characters or more"
        )
    if len(numbers) == 1:
        return f"substr({_COLUMNS[name]}, 1, ?) = ?", (len(numbers[0]), numbers[0])
    return f"{_COLUMNS[name]} IN ({', '.join('?' * len(numbers))})", tuple(numbers)


def _code(name: str, said: str) -> _Condition:
    return f"{_COLUMNS[name]} = ?", (_integer({name: said}, name, 0, least=0),)


def _time(name: str, said: str, *, comparison: str) -> _Condition:
    if not _MILLISECONDS.fullmatch(said):
        raise _refuse(name, "must be a time like 2022-09-14T18:20:16.000Z")
    try:
        return f"received {comparison} ?", (moment(said),)
    except ValueError as fault:
        raise _refuse(name, str(fault)) from None


_FILTERS: Mapping[str, Callable[[str, str], _Condition]] = MappingProxyType(
    {
        "messageId": _equal,
        "sourceTn": _numbers,
        "destinationTn": _numbers,
        "messageStatus": partial(_one_of, known=_STATUSES),
        "messageDirection": partial(_one_of, known=("INBOUND", "OUTBOUND")),
        "carrierName": _equal,
        "messageType": partial(_one_of, known=("sms", "mms")),
        "errorCode": _code,
        "fromDateTime": partial(_time, comparison=">="),
        "toDateTime": partial(_time, comparison="<="),
        "campaignId": _equal,
    }
)


def _order(query: Mapping[str, str]) -> str:
    name, _, order = query.get("sort", "receiveTime:desc").partition(":")
    if name not in _COLUMNS or order not in _ORDERS:
        raise _refuse("sort", f"takes a field and asc or desc, with a colon: {', '.join(_COLUMNS)}")
    return f"{_COLUMNS[name]} {order}, sequence {order}"


def _is_limited(query: Mapping[str, str]) -> bool:
    said = query.get("limitTotalCount", "false").lower()
    if said not in ("true", "false"):
        raise _refuse("limitTotalCount", "must be true or false")
    return said == "true"


def _integer(query: Mapping[str, str], name: str, otherwise: int, *, least: int) -> int:
    said = query.get(name, str(otherwise))
    if not (said.isascii() and said.isdecimal() and len(said) < 9 and int(said) >= least):
        raise _refuse(name, f"must be a whole number from {least} on")
    return int(said)


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _position(token: str) -> int:
    try:
        said = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _refuse("pageToken", "is not one that a page gave") from None
    return _integer({"pageToken": said} if token else {}, "pageToken", 0, least=0)


def _link(call: MessagingCall, token: str) -> str:
    if not token:
        return ""
    return f"{call.url}/messages?{urlencode({**call.query, 'pageToken': token})}"
