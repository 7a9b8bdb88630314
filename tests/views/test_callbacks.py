"""Events as lines for people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.messaging.callbacks import Event, read_events
from provisioner.views.callbacks import event_line
from provisioner.views.style import ansi

NUMBERS = "+19195551212  from +19195550000"


def event(**changed: Any) -> Event:
    message = {"id": "147", "from": "+19195550000", **changed.pop("message", {})}
    told = {"type": "message-delivered", "to": "+19195551212", "message": message, **changed}
    (read,) = read_events(json.dumps(told).encode())
    return read


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            event(description="ok", message={"tag": "mine"}),
            "message-delivered  +19195551212  from +19195550000  tag mine  id 147",
        ),
        (
            event(type="message-failed", errorCode=4432, description="forbidden to country"),
            "message-failed     +19195551212  from +19195550000  4432 forbidden to country  id 147",
        ),
        (
            event(type="message-failed", errorCode=4432),
            "message-failed     +19195551212  from +19195550000  4432  id 147",
        ),
        (
            event(type="message-received", message={"text": "a" * 21, "media": ["http://a"]}),
            f'message-received   {NUMBERS}  "{"a" * 19}…"  1 attachment  id 147',
        ),
        (
            event(type="message-received", message={"text": "a" * 20, "media": ["a", "b"]}),
            f'message-received   {NUMBERS}  "{"a" * 20}"  2 attachments  id 147',
        ),
    ],
    ids=["delivered", "failed", "without-words", "long-text", "short-text"],
)
def test_a_line_says_what_happened_to_whom(told: Event, line: str) -> None:
    assert event_line(told, "12:00:00") == f"12:00:00  {line}"


def test_what_a_terminal_would_obey_is_spelled_out() -> None:
    evil = "\x1b[2J\n\u202e"
    message = {"id": evil, "from": evil, "tag": evil, "text": evil}
    line = event_line(event(type=evil, to=evil, errorCode=1, description=evil, message=message), "")
    assert line.isprintable()


def test_colour_tells_ends_apart() -> None:
    lines = {event_line(event(type=kind), "", ansi)[:9] for kind in ("message-delivered", "x")}
    assert len(lines) == 2
