"""Requests and answers as the page shows them, and what was wrong with one that was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Row
from provisioner.sandbox.calls.log import Entry
from provisioner.sandbox.calls.log_view import hide_secrets, show_body
from provisioner.sandbox.web.blame import find_named
from provisioner.sandbox.web.sample_bodies import find_sample

_CODE = re.compile(r"<(?:ErrorCode|Code)>(\d+)</")
_WORDS = re.compile(r"<Description>(.*?)</Description>", re.DOTALL)
_ACCOUNT = re.compile(r"/(?:accounts|users)/([^/?]+)")


def _list_requests(call: ControlCall, control: Control) -> object:
    """Newest first. `contains` is looked for in method, path and status; `refused` leaves only
    those that were not answered well."""
    contains, refused = call.query.get("contains", "").lower(), "refused" in call.query
    found = [
        (number, entry)
        for number, entry in control.log.numbered()
        if (not refused or _is_refused(entry))
        and (not contains or contains in f"{entry.method} {entry.target} {entry.status}".lower())
    ]
    end = len(found) - call.offset()
    page = found[max(end - call.limit(), 0) : max(end, 0)]
    return {
        "total": len(found),
        "rows": [_show_line(number, entry) for number, entry in reversed(page)],
    }


def _get_request(call: ControlCall, control: Control) -> object:
    said = call.parameters["number"]
    entry = control.log.get(int(said)) if said.isascii() and said.isdecimal() else None
    if entry is None:
        raise ControlError(f"there is no request {said}, or it is forgotten", status=404)
    refusal = _explain(entry) if _is_refused(entry) else None
    account = _ACCOUNT.search(entry.target)
    wanted = ""
    if refusal is not None:
        named = call.account(control) if account is None else account[1]
        wanted = find_sample(entry.method, entry.target, named, control.state)
    return {
        **_show_line(int(said), entry),
        "request": show_body(entry.request),
        "answer": show_body(entry.answer),
        "refusal": refusal,
        "wanted": wanted,
    }


def _is_refused(entry: Entry) -> bool:
    return not 100 <= entry.status < 400


def _show_line(number: int, entry: Entry) -> Mapping[str, object]:
    return {
        "number": number,
        "method": entry.method,
        "target": hide_secrets(entry.target),
        "status": entry.status,
        "started": entry.started,
        "seconds": entry.seconds,
        "fault": entry.fault,
        "size": len(entry.answer),
        **({"code": _read_refusal(entry)["code"]} if _is_refused(entry) else {}),
    }


def _explain(entry: Entry) -> Mapping[str, object]:
    """The code and the words with which it was refused, empty where the answer has none, and the
    elements or fields that it names."""
    refusal = _read_refusal(entry)
    fields = refusal["fields"] or find_named(show_body(entry.request), str(refusal["words"]))
    return {**refusal, "fields": fields}


def _read_refusal(entry: Entry) -> Mapping[str, object]:
    text = show_body(entry.answer)
    if not text.startswith("{"):
        code, words = _CODE.search(text), _WORDS.search(text)
        return {
            "code": code[1] if code else "",
            "words": _unescape(words[1]) if words else "",
            "fields": [],
        }
    try:
        answer = json.loads(text)
    except ValueError:
        return {"code": "", "words": "", "fields": []}
    fields = answer.get("fieldErrors", [])
    faults = [f"{each.get('fieldName')}: {each.get('description')}" for each in fields]
    described = [str(answer[name]) for name in ("description", "message") if name in answer]
    return {
        "code": str(answer.get("type", "")),
        "words": "; ".join([*described, *faults]),
        "fields": [each.get("fieldName") for each in fields],
    }


def _unescape(text: str) -> str:
    for escaped, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(escaped, plain)
    return text


ROWS = (
    Row("GET", "/requests", _list_requests),
    Row("GET", "/requests/{number}", _get_request),
)
