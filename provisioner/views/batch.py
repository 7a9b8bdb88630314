"""What came of many messages, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from provisioner.messaging.codes import explain
from provisioner.messaging.delivery import Receipt, State
from provisioner.messaging.message import Message
from provisioner.messaging.results import Posted, Result
from provisioner.views.layout import MOST_LISTED, paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable


class ResultRow(TypedDict):
    """One line of a file of messages. `line` counts messages from 1; `error_codes` are those of
    recipients that failed, with spaces between."""

    line: int
    posted: str
    state: str
    id: str
    sender: str
    to: str
    tag: str
    error_codes: str
    reason: str


class BatchDocument(TypedDict):
    """Counts of messages by what is known of their requests, and of copies by their ends."""

    type: str
    messages: int
    sent_before: int
    posted: dict[str, int]
    recipients: dict[str, int]


class ForecastDocument(TypedDict):
    """What `--dry-run` shows; `seconds` is how long it takes at the chosen pace."""

    to_send: int
    sent_before: int
    recipients: int
    segments: int
    seconds: float


def result_row(line: int, result: Result) -> ResultRow:
    codes = {each.error_code for each in result.receipts.values() if each.error_code}
    return {
        "line": line,
        "posted": result.posted,
        "state": result.state,
        "id": " ".join(result.ids),
        "sender": result.message.sender,
        "to": " ".join(result.message.recipients),
        "tag": result.message.tag,
        "error_codes": " ".join(map(str, sorted(codes))),
        "reason": result.reason,
    }


def batch_document(results: Sequence[Result]) -> BatchDocument:
    receipts = [receipt for each in results for receipt in each.receipts.values()]
    return {
        "type": "summary",
        "messages": len(results),
        "sent_before": sum(each.earlier for each in results),
        "posted": {str(key): number for key, number in _posted(results).items()},
        "recipients": {str(key): number for key, number in _states(receipts).items()},
    }


def forecast_document(
    waiting: Sequence[Message], sent_before: int, per_second: float
) -> ForecastDocument:
    by_sender: Counter[str] = Counter()
    for message in waiting:
        by_sender[message.sender] += message.segments.count * len(message.recipients)
    return {
        "to_send": len(waiting),
        "sent_before": sent_before,
        "recipients": sum(len(message.recipients) for message in waiting),
        "segments": by_sender.total(),
        "seconds": round(max(by_sender.values(), default=0) / per_second, 3),
    }


def counts_line(counted: Mapping[Posted, int]) -> str:
    """ "120 accepted, 2 refused"."""
    return ", ".join(f"{counted[kind]} {WORDS[kind]}" for kind in Posted if counted.get(kind))


WORDS = {
    Posted.ACCEPTED: "accepted",
    Posted.REFUSED: "refused",
    Posted.UNKNOWN: "unknown",
    Posted.ABSENT: "lost on the way",
    Posted.NOT_SENT: "not sent",
}


def render_batch(results: Sequence[Result], *, width: int, paint: Paint = plain) -> str:
    """The counts, then each line that needs somebody to look at it."""
    posted = _posted(results)
    heads = [f"{count(number, 'message')} {WORDS[kind]}" for kind, number in posted.items()]
    earlier = sum(each.earlier for each in results)
    if earlier:
        heads[0] += f", {earlier} of them by earlier runs; --again sends all of them anew"
    receipts = [receipt for each in results for receipt in each.receipts.values()]
    told = ", ".join(f"{number} {state}" for state, number in _states(receipts).items())
    ends = [f"Copies: {told}."] if told else []
    noted = [
        line
        for number, result in enumerate(results, start=1)
        for line in _notes(number, result, width, paint)
    ]
    return paragraphs(
        (
            [paint(Style.STRONG, f"{head}.") for head in heads] + ends,
            noted[:MOST_LISTED],
            _rest(noted),
        )
    )


def _notes(number: int, result: Result, width: int, paint: Paint) -> Iterator[str]:
    where = f"message {number} to {', '.join(result.message.recipients)}"
    if result.posted not in (Posted.ACCEPTED, Posted.NOT_SENT):
        head = paint(Style.WARNING, f"{where}: {WORDS[result.posted]}")
        reason = wrap(printable(result.reason), width=width, first="    ", rest="    ")
        yield "\n".join([f"  {head}", *reason])
    for receipt in result.receipts.values():
        if receipt.state is State.FAILED:
            explanation = explain(receipt.error_code)
            head = paint(Style.ERROR, f"{receipt.recipient} failed with {receipt.error_code}")
            text = f"{explanation.meaning} {explanation.advice}"
            lines = wrap(text, width=width, first="    ", rest="    ")
            yield "\n".join([f"  message {number}: {head}", *lines])


def _rest(noted: Sequence[str]) -> list[str]:
    more = len(noted) - MOST_LISTED
    return [f"  and {more} more; --results writes them all"] if more > 0 else []


def _posted(results: Sequence[Result]) -> Counter[Posted]:
    counted = Counter(each.posted for each in results)
    return Counter({kind: counted[kind] for kind in Posted if counted[kind]})


def _states(receipts: Sequence[Receipt]) -> dict[State, int]:
    counted = Counter(each.state for each in receipts)
    return {state: counted[state] for state in State if counted[state]}
