"""What may be in a message: `read_draft` finds all that is wrong with a request at once.

Limits: vendor guides and vendor interface description. Only form is checked before the answer;
whether the message can be delivered shows later (see `verdicts`). Unknown fields are ignored, and
null is as good as nothing (both assumptions).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from provisioner.sandbox.traffic.rejections import FieldError, invalid

MOST_RECIPIENTS = 10
_LONGEST_TEXT = 2048
_LONGEST_URL = 4096
_LONGEST_TAG = 1024
_PRIORITIES = ("default", "high")

T = TypeVar("T")

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_SHORT_CODE = re.compile(r"\d{5,6}", re.ASCII)
_NATIONAL = re.compile(r"[2-9]\d{9}", re.ASCII)
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was accepted; all numbers are E.164, or short codes."""

    application: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    media: tuple[str, ...]
    tag: str | None
    priority: str | None
    expiration: str | None

    @property
    def is_mms(self) -> bool:
        """Anything with media, and any group (vendor guide)."""
        return bool(self.media) or len(self.recipients) > 1

    @property
    def expires(self) -> float | None:
        """The expiration in epoch seconds."""
        return None if self.expiration is None else moment(self.expiration)


def read_draft(body: bytes, *, now: float, national: bool) -> Draft:
    """Raises a 400 that names each field at fault. `national`: a US number may come without +1."""
    form = _Form(_object(body))
    number = partial(read_number, national=national)
    draft = Draft(
        application=form.take("applicationId", _read_word, ""),
        sender=form.take("from", number, ""),
        recipients=form.take("to", partial(_read_recipients, number=number), ()),
        text=form.take("text", partial(_read_text, longest=_LONGEST_TEXT), None) or "",
        media=form.take("media", _read_media, ()),
        tag=form.take("tag", partial(_read_text, longest=_LONGEST_TAG), None),
        priority=form.take("priority", _read_priority, None),
        expiration=form.take("expiration", partial(_read_expiration, now=now), None),
    )
    faults = form.faults or list(_check_together(draft))
    if faults:
        raise invalid("The message cannot be accepted; see fieldErrors", *faults)
    return draft


class _Form:
    """The fields that were sent, and what is wrong with those that were read."""

    def __init__(self, sent: Mapping[str, object]) -> None:
        self._sent = sent
        self.faults: list[FieldError] = []

    def take(self, name: str, read: Callable[[object], T], otherwise: T) -> T:
        try:
            return read(self._sent.get(name))
        except ValueError as fault:
            self.faults.append(FieldError(name, str(fault)))
            return otherwise


def _object(body: bytes) -> dict[str, object]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("The body is not JSON") from None
    if not isinstance(sent, dict):
        raise invalid("The body is not a JSON object")
    return sent


def _check_together(draft: Draft) -> Iterator[FieldError]:
    """What no field shows alone. An MMS takes neither priority nor expiration (vendor interface
    description); "default" passes, as in a group message of the vendor's own samples."""
    if not draft.text and not draft.media:
        yield FieldError("text", "is required without media")
    if draft.is_mms and draft.priority == "high":
        yield FieldError("priority", "cannot be high for an MMS")
    if draft.is_mms and draft.expiration is not None:
        yield FieldError("expiration", "is not for an MMS")


def _read_word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is required, as text")
    return value


def read_number(value: object, *, national: bool) -> str:
    number = _read_word(value).strip()
    if _E164.fullmatch(number) or _SHORT_CODE.fullmatch(number):
        return number
    if national and _NATIONAL.fullmatch(number):
        return f"+1{number}"
    raise ValueError(f"'{number}' is not a telephone number in E.164 format")


def _read_recipients(value: object, *, number: Callable[[object], str]) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not 1 <= len(listed) <= MOST_RECIPIENTS:
        raise ValueError(f"takes 1 to {MOST_RECIPIENTS} telephone numbers")
    numbers = tuple(map(number, listed))
    if len(set(numbers)) < len(numbers):
        raise ValueError("has a telephone number twice")
    return numbers


def _read_text(value: object, *, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"must be text of at most {longest} characters")
    return value


def _read_media(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("must be a list of URLs")  # noqa: TRY004 -- what every reader raises
    return tuple(map(read_url, value))


def read_url(value: object) -> str:
    url = _read_word(value)
    if len(url) > _LONGEST_URL:
        raise ValueError(f"has a URL of more than {_LONGEST_URL} characters")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is not a URL")
    return url


def _read_priority(value: object) -> str | None:
    if value not in (None, *_PRIORITIES):
        raise ValueError(f"must be one of: {', '.join(_PRIORITIES)}")
    return None if value is None else str(value)


def _read_expiration(value: object, *, now: float) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("must be a time as in RFC 3339")
    if moment(value) <= now:
        raise ValueError("must be in the future")
    return value


def moment(text: str) -> float:
    """Epoch seconds of a time as in RFC 3339. Raises ValueError."""
    return datetime.fromisoformat(text.upper()).timestamp()
