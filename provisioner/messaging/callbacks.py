"""What the service posts to an application: events of messages. Pure.

An event says what became of a message for one recipient, or brings a message that came in. The
service posts an array with one event (vendor guide to callbacks); more of them, or one without an
array, are read as well. Fields that nobody needs here stay in `document`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn


class NotEvents(ValueError):
    """A body that is no event. `str()` says why and shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """`message_id`, `type` and `recipient` tell it apart: the service posts the same event again
    when in doubt, and each recipient of a group has its own under one id (vendor guide).

    `recipient` is the number that the event is about; the message itself may go to more. `text` is
    empty but in messages that came in. `document` is the whole event as JSON, in ASCII.
    """

    type: str
    message_id: str
    recipient: str
    document: str
    sender: str = ""
    description: str = ""
    error_code: int | None = None
    text: str = ""
    media: int = 0
    tag: str = ""


def read_events(body: bytes) -> tuple[Event, ...]:
    """Raises NotEvents."""
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NotEvents("it is not JSON") from None
    return tuple(map(_read, found if isinstance(found, list) else [found]))


def read_event(document: str) -> Event:
    """From an event's own `document`."""
    return _read(json.loads(document))


def _read(found: object) -> Event:
    if not isinstance(found, dict):
        raise NotEvents("an event must be a JSON object")
    document = json.dumps(found, separators=(",", ":"))
    kind = _text(found, "type")
    if not kind:
        raise NotEvents("an event must have a type")
    message = found.get("message")
    if not isinstance(message, dict):
        message = {}
    code, media = found.get("errorCode"), message.get("media")
    return Event(
        type=kind,
        message_id=_text(message, "id") or _fingerprint(document),
        recipient=_text(found, "to"),
        document=document,
        sender=_text(message, "from"),
        description=_text(found, "description"),
        error_code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        text=_text(message, "text"),
        media=len(media) if isinstance(media, list) else 0,
        tag=_text(message, "tag"),
    )


def _text(found: Mapping[str, Any], name: str) -> str:
    """Half a character, which JSON can write, is no text that can be kept."""
    value = found.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _fingerprint(document: str) -> str:
    """What tells an event apart that is of no message: that it says the same."""
    return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def _refuse_constant(name: str) -> NoReturn:
    """NaN and its like are Python's, not JSON's."""
    raise ValueError(name)
