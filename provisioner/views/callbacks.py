"""Events of messages as lines for people. What strangers wrote is shortened and made harmless."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.messaging.callbacks import Event
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable

LONGEST_TEXT = 20
LONGEST_WORD = 60
STYLES = {
    "message-delivered": Style.CREATE,
    "message-failed": Style.ERROR,
    "message-received": Style.STRONG,
}
TYPE_WIDTH = len("message-delivered")
NUMBER_WIDTH = len("+19195551212")


def event_line(event: Event, time: str, paint: Paint = plain) -> str:
    """Of a text that came in only the beginning is shown: it is somebody's own."""
    style = STYLES.get(event.type, Style.QUIET)
    kind = paint(style, f"{_harmless(event.type, LONGEST_WORD):{TYPE_WIDTH}}")
    recipient = f"{_harmless(event.recipient, LONGEST_WORD):{NUMBER_WIDTH}}"
    return "  ".join([time, kind, recipient, *_details(event)])


def _details(event: Event) -> Iterator[str]:
    if event.sender:
        yield f"from {_harmless(event.sender, LONGEST_WORD)}"
    if event.error_code is not None:
        yield f"{event.error_code} {_harmless(event.description, LONGEST_WORD)}".rstrip()
    if event.text:
        yield f'"{_harmless(event.text, LONGEST_TEXT)}"'
    if event.media:
        yield count(event.media, "attachment")
    if event.tag:
        yield f"tag {_harmless(event.tag, LONGEST_WORD)}"
    yield f"id {_harmless(event.message_id, LONGEST_WORD)}"


def _harmless(text: str, longest: int) -> str:
    """Without what a terminal would obey, and not longer than that."""
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
