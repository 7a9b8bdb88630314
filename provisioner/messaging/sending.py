"""One message is sent, once: what was accepted, and what became of an answer that never came.

There is no idempotency key in this API. A lost answer is looked for in the list of messages, which
shows neither text nor tag: sender, recipients and time have to tell.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from provisioner.account.client import Client
from provisioner.errors import LostAnswer, Unreadable
from provisioner.messaging.answers import read_json
from provisioner.messaging.message import Message
from provisioner.messaging.message_list import PATH, Row, search, written_time

HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
CLOCK_SKEW = 60.0
"""Seconds by which our clock and the service's may differ."""
FIRST_LOOK = 0.5
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """`segments` is the service's own count, None where it does not tell (beta guide)."""

    id: str
    segments: int | None = None


class Trace(StrEnum):
    """What the list of messages tells of a message whose answer was lost."""

    FOUND = "found"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Sighting:
    """`ids` is the one message that it must be, or those that it might be."""

    trace: Trace
    ids: tuple[str, ...] = ()


async def send_message(client: Client, message: Message) -> Accepted:
    """Raises LostAnswer where it may have been accepted, and nothing is sent again."""
    body = json.dumps(message.request).encode()
    response = await client.exchange("POST", PATH, body=body, headers=HEADERS)
    try:
        answer = read_json(response, client)
        identity, segments = answer["id"], answer.get("segmentCount")
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        told = f"HTTP {response.status_code} without a message id"
        raise LostAnswer(f"POST {PATH} was answered with {told}") from error
    return Accepted(str(identity), segments if isinstance(segments, int) else None)


async def look_for(
    client: Client,
    message: Message,
    *,
    sent_at: float,
    settle: float,
    known: Collection[str] = (),
) -> Sighting:
    """Looks until it is found, or until the list cannot be lagging any more.

    `sent_at` is when the POST left, `settle` how long lists may lag, both in seconds; `known` are
    ids of other messages.
    """
    pause = FIRST_LOOK
    while True:
        rows = await search(client, _filters(message, sent_at))
        sighting = judge(message, rows, sent_at=sent_at, known=known)
        left = sent_at + settle - client.clock.now()
        if sighting.trace is Trace.FOUND or left <= 0:
            return sighting
        await client.clock.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE)


def _filters(message: Message, sent_at: float) -> dict[str, str]:
    return {
        "sourceTn": message.sender,
        "destinationTn": ",".join(message.recipients),
        "messageDirection": "OUTBOUND",
        "fromDateTime": written_time(sent_at - CLOCK_SKEW),
    }


def judge(
    message: Message, rows: Collection[Row], *, sent_at: float, known: Collection[str] = ()
) -> Sighting:
    """Found is exactly one message that could be it and looks like it; anything less is unclear.

    The beginning of a group in the list counts: the rest may be on its way.
    """
    candidates: dict[str, bool] = {}
    for row in rows:
        if row.message_id not in known and _could_be(message, row, sent_at):
            alike = _looks_like(message, row)
            candidates[row.message_id] = alike and candidates.get(row.message_id, True)
    alike_ids = tuple(identity for identity, alike in candidates.items() if alike)
    if not candidates:
        return Sighting(Trace.ABSENT)
    if len(alike_ids) == 1:
        return Sighting(Trace.FOUND, alike_ids)
    return Sighting(Trace.UNCLEAR, alike_ids or tuple(candidates))


def _could_be(message: Message, row: Row, sent_at: float) -> bool:
    return (
        row.sender == message.sender
        and row.recipient in message.recipients
        and row.recipients in (None, len(message.recipients))
        and (row.received is None or row.received >= sent_at - CLOCK_SKEW)
    )


def _looks_like(message: Message, row: Row) -> bool:
    """Whether length and attachments fit. That the length counts characters is an assumption, so
    that one which does not fit proves nothing."""
    return row.length in (None, len(message.text)) and row.attachments in (
        None,
        len(message.media),
    )
