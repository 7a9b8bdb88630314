"""The log as a stranger may see it: bodies as text, without passwords and tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provisioner.sandbox.calls.log import Entry

_HIDDEN = "(hidden)"
# A body that was cut may end in the middle of a password.
_ELEMENT = re.compile(
    r"(<(?:[\w.-]+:)?Password\b[^>]*>).*?(?=</(?:[\w.-]+:)?Password\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_MEMBER = re.compile(
    r'("(?:\w*password|\w*secret|access_token)"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE
)
_FORM = re.compile(r"(\b\w*(?:password|secret)=)[^&\s\"<]+", re.IGNORECASE)
_IN_URL = re.compile(r"(://[^/\s:@\"<]*:)[^/\s@\"<]+(?=@)")


def show_entries(entries: Iterable[Entry]) -> list[dict[str, object]]:
    return [
        {
            "method": entry.method,
            "target": hide_secrets(entry.target),
            "status": entry.status,
            "request": show_body(entry.request),
            "answer": show_body(entry.answer),
        }
        for entry in entries
    ]


def show_body(body: bytes) -> str:
    """Text in UTF-8; of anything else, which could hide a password, the length alone."""
    text = body.decode("utf-8", "replace")
    if "\0" in text or "\ufffd" in text[:-1]:
        return f"({len(body)} bytes that are no text)"
    return hide_secrets(text)


def hide_secrets(text: str) -> str:
    for pattern in (_ELEMENT, _MEMBER, _FORM, _IN_URL):
        text = pattern.sub(rf"\g<1>{_HIDDEN}", text)
    return text
