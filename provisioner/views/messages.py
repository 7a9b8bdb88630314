"""What was sent and what became of it, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from provisioner.messaging.codes import explain
from provisioner.messaging.delivery import Receipt, State
from provisioner.messaging.message import Message
from provisioner.messaging.results import Posted, Result
from provisioner.messaging.segments import Segments
from provisioner.views.layout import columns, paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable

STYLES = {State.DELIVERED: Style.CREATE, State.FAILED: Style.ERROR, State.OPEN: Style.WARNING}
MOST_FOREIGN = 10


class ShownSegments(TypedDict):
    count: int
    encoding: str


class ShownReceipt(TypedDict):
    """`state` is delivered, failed or open; `status` the service's own word. The last three are
    null where it has not failed."""

    to: str
    state: str
    status: str | None
    error_code: int | None
    meaning: str | None
    advice: str | None


class ShownResult(TypedDict):
    """`posted` is accepted, refused, unknown, absent or not-sent. `id` is null unless it is known
    for sure; `possible_ids` are those that it may have otherwise."""

    posted: str
    state: str
    id: str | None
    possible_ids: list[str]
    reason: str | None
    request: dict[str, object]
    segments: ShownSegments
    recipients: list[ShownReceipt]


def result_document(result: Result) -> ShownResult:
    known = result.posted is Posted.ACCEPTED
    counted = result.message.segments
    return {
        "posted": result.posted,
        "state": result.state,
        "id": result.ids[0] if known else None,
        "possible_ids": [] if known else list(result.ids),
        "reason": result.reason or None,
        "request": result.message.request,
        "segments": {"count": result.segments or counted.count, "encoding": counted.encoding},
        "recipients": [_receipt(each) for each in result.receipts.values()],
    }


def request_document(url: str, message: Message) -> dict[str, object]:
    """What `--dry-run` shows."""
    counted = message.segments
    return {
        "url": url,
        "request": message.request,
        "segments": {"count": counted.count, "encoding": counted.encoding},
    }


def _receipt(receipt: Receipt) -> ShownReceipt:
    failed = receipt.state is State.FAILED
    explanation = explain(receipt.error_code) if failed else None
    return {
        "to": receipt.recipient,
        "state": receipt.state,
        "status": receipt.word or None,
        "error_code": receipt.error_code if failed else None,
        "meaning": explanation.meaning if explanation else None,
        "advice": explanation.advice if explanation else None,
    }


def render_result(result: Result, *, width: int, paint: Paint = plain) -> str:
    """One message, and a line for each recipient that something is known of."""
    message = result.message
    named = f"Message {result.ids[0]}" if result.posted is Posted.ACCEPTED else "The message"
    head = paint(Style.STRONG, f"{named}: {HEADS[result.posted]}")
    facts = columns(
        [
            ("from", message.sender),
            ("to", ", ".join(message.recipients)),
            ("as", segments_phrase(message.segments)),
            *([("tag", printable(message.tag))] if message.tag else []),
        ],
        indent="  ",
    )
    reason = wrap(printable(result.reason), width=width, first="  ", rest="  ")
    receipts = [
        line
        for each in result.receipts.values()
        for line in _receipt_lines(each, width=width, paint=paint)
    ]
    return paragraphs(([head, *facts], reason, receipts))


HEADS = {
    Posted.ACCEPTED: "accepted",
    Posted.REFUSED: "refused, nothing was sent",
    Posted.UNKNOWN: "nobody knows whether it was accepted",
    Posted.ABSENT: "not accepted",
    Posted.NOT_SENT: "not sent",
}


def _receipt_lines(receipt: Receipt, *, width: int, paint: Paint) -> Iterator[str]:
    told = receipt.state.value
    if receipt.state is State.OPEN and receipt.word:
        told = f"open ({receipt.word})"
    if receipt.state is State.FAILED and receipt.error_code:
        told = f"failed with {receipt.error_code}"
    yield f"  {receipt.recipient}  {paint(STYLES[receipt.state], told)}"
    if receipt.state is State.FAILED:
        explanation = explain(receipt.error_code)
        text = f"{explanation.meaning} {explanation.advice}"
        yield from wrap(text, width=width, first="    ", rest="    ")


def segments_phrase(segments: Segments) -> str:
    """ "2 segments of SMS (UCS-2 because of "ő", 71 places)"."""
    if segments.encoding == "MMS":
        return "MMS"
    why = ""
    if segments.foreign:
        shown = segments.foreign[:MOST_FOREIGN]
        more = "..." if len(segments.foreign) > MOST_FOREIGN else ""
        why = f' because of "{printable(shown)}{more}"'
    places = count(segments.places, "place")
    return f"SMS of {count(segments.count, 'segment')} ({segments.encoding}{why}, {places})"
