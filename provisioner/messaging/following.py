"""Messages are followed until each recipient's copy is delivered or has failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from provisioner.account.client import Client
from provisioner.account.clock import Clock
from provisioner.errors import AccountError
from provisioner.messaging.delivery import Receipt, State, merged, overall, state_of
from provisioner.messaging.message_list import MOST_NUMBERS, search_since
from provisioner.messaging.sending import CLOCK_SKEW

log = logging.getLogger("provisioner.messaging")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0

Receipts = Mapping[str, Mapping[str, Receipt]]
"""By message id, then by recipient."""


class Source(Protocol):
    """Where receipts come from: the list of messages, or callbacks that a listener took."""

    async def receipts_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Receipt]]:
        """What is known now, by message id."""


class MessageList:
    """Receipts from the list of messages, where all from the same senders are asked for at once.

    `since` is when the first of them was sent, in seconds since 1970.
    """

    def __init__(self, client: Client, senders: Collection[str], since: float) -> None:
        self._client = client
        self._senders = sorted(set(senders))
        self._since = since - CLOCK_SKEW

    async def receipts_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Receipt]]:
        found: dict[str, list[Receipt]] = {}
        for start in range(0, len(self._senders), MOST_NUMBERS):
            senders = ",".join(self._senders[start : start + MOST_NUMBERS])
            filters = {"sourceTn": senders, "messageDirection": "OUTBOUND"}
            async for row in search_since(self._client, filters, self._since):
                if row.message_id in ids:
                    receipt = Receipt(
                        row.recipient, state_of(row.status), row.error_code, row.status
                    )
                    found.setdefault(row.message_id, []).append(receipt)
        return found


async def follow(
    sent: Mapping[str, Sequence[str]],
    source: Source,
    clock: Clock,
    *,
    patience: float,
    stop: asyncio.Event,
) -> Receipts:
    """What is known when none is open, after `patience` seconds, or once `stop` is set.

    `sent` are the recipients of each message id. Where the source fails, what was known before is
    the end of it: the messages are sent all the same.
    """
    known = {
        identity: {number: Receipt(number) for number in recipients}
        for identity, recipients in sent.items()
    }
    deadline = clock.monotonic() + patience
    pause = FIRST_PAUSE
    while True:
        ids = {each for each, receipts in known.items() if _is_open(receipts)}
        try:
            news = await source.receipts_of(ids)
        except AccountError as error:
            log.warning("What becomes of them cannot be followed. %s", error)
            return known
        after = {**known, **{each: merged(known[each], news.get(each, ())) for each in ids}}
        pause = FIRST_PAUSE if after != known else min(pause * 1.5, LONGEST_PAUSE)
        known = after
        left = deadline - clock.monotonic()
        if left <= 0 or stop.is_set() or not any(map(_is_open, known.values())):
            return known
        await clock.sleep_unless(stop, min(pause, left))


def _is_open(receipts: Mapping[str, Receipt]) -> bool:
    return overall(receipts.values()) is State.OPEN
