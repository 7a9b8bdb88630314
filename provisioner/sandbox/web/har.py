"""The log as an HTTP Archive (HAR 1.2), which browsers' tools and many others read.

Bodies are as the log shows them, without passwords; headers are not kept, so that the archive has
none but the type of each body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from provisioner.sandbox.calls.log import Entry
from provisioner.sandbox.calls.log_view import hide_secrets, show_body
from provisioner.sandbox.calls.markup import timestamp

_KNOWN = set(HTTPStatus)
_UNKNOWN = -1


def make_har(entries: Iterable[Entry], origin: str) -> Mapping[str, object]:
    """`origin` is the sandbox's own, as in http://127.0.0.1:8765."""
    creator = {"name": "provisioner sandbox", "version": "1"}
    return {
        "log": {
            "version": "1.2",
            "creator": creator,
            "entries": [_show(entry, origin) for entry in entries],
        }
    }


def _show(entry: Entry, origin: str) -> Mapping[str, object]:
    milliseconds = round(entry.seconds * 1000, 3)
    return {
        "startedDateTime": timestamp(entry.started),
        "time": milliseconds,
        "request": _show_request(entry, origin),
        "response": _show_response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **({"comment": entry.fault} if entry.fault else {}),
    }


def _show_request(entry: Entry, origin: str) -> Mapping[str, object]:
    target = hide_secrets(entry.target)
    query = parse_qsl(urlsplit(target).query, keep_blank_values=True)
    shown = show_body(entry.request)
    body = {"postData": {"mimeType": _type_of(shown), "text": shown}} if shown else {}
    return {
        "method": entry.method,
        "url": f"{origin}{target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "Content-Type", "value": _type_of(shown)}] if shown else [],
        "queryString": [{"name": name, "value": value} for name, value in query],
        **body,
        "headersSize": _UNKNOWN,
        "bodySize": len(entry.request),
    }


def _show_response(entry: Entry) -> Mapping[str, object]:
    shown = show_body(entry.answer)
    return {
        "status": entry.status,
        "statusText": HTTPStatus(entry.status).phrase if entry.status in _KNOWN else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": len(entry.answer), "mimeType": _type_of(shown), "text": shown},
        "redirectURL": "",
        "headersSize": _UNKNOWN,
        "bodySize": len(entry.answer),
    }


def _type_of(body: str) -> str:
    kinds = {"<": "application/xml", "{": "application/json", "[": "application/json"}
    return kinds.get(body.lstrip()[:1], "text/plain" if body else "x-unknown")
