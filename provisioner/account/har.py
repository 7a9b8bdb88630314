"""Requests and their answers as an HTTP archive (HAR 1.2), which browsers and proxies can show.

No secret is in what comes here: whoever makes an Exchange has taken them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOT_SHOWN = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """`started` is in seconds since 1970, `took` in seconds."""

    started: float
    took: float
    method: str
    url: str
    status: int
    sent: str = ""
    answer: str = ""
    sent_headers: Mapping[str, str] = field(default_factory=dict)
    answer_headers: Mapping[str, str] = field(default_factory=dict)


def har_document(exchanges: Iterable[Exchange], tool_version: str) -> dict[str, Any]:
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "provisioner", "version": tool_version},
            "entries": [_entry(each) for each in exchanges],
        }
    }


def _entry(exchange: Exchange) -> dict[str, Any]:
    """-1 stands for what is not known."""
    took = round(exchange.took * 1000, 1)
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(),
        "time": took,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.sent_headers),
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(urlsplit(exchange.url).query)
            ],
            "headersSize": -1,
            "bodySize": len(exchange.sent.encode()),
            **_posted(exchange),
        },
        "response": {
            "status": exchange.status,
            "statusText": _phrase(exchange.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.answer_headers),
            "content": {
                "size": len(exchange.answer.encode()),
                **_content(exchange.answer, exchange.answer_headers),
            },
            "redirectURL": exchange.answer_headers.get("location", ""),
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    }


def _posted(exchange: Exchange) -> dict[str, Any]:
    if not exchange.sent:
        return {}
    return {"postData": _content(exchange.sent, exchange.sent_headers)}


def _content(text: str, headers: Mapping[str, str]) -> dict[str, str]:
    return {"mimeType": headers.get("content-type", ""), "text": text}


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value}
        for name, value in headers.items()
        if name.lower() not in NOT_SHOWN
    ]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
