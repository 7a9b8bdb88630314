"""The account's list of messages: a row for each recipient, without text or tag, for 14 days.

Vendor interface description; that times need milliseconds was seen by the vendor's command-line
tool.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provisioner.account.client import Client
from provisioner.errors import Unreadable
from provisioner.messaging.answers import read_json

PATH = "/messages"
PAGE_SIZE = 1000
MOST_ROWS = 10_000
"""What one search can reach (vendor interface description)."""
MOST_NUMBERS = 10
"""How many a filter takes (vendor interface description)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient of one message. `received` is in seconds since 1970; None is not told.
    `length` and `attachments` are those of the message; `recipients` how many it went to."""

    message_id: str
    sender: str
    recipient: str
    status: str
    error_code: int
    received: float | None
    length: int | None
    attachments: int | None
    recipients: int | None


async def search(client: Client, filters: Mapping[str, str]) -> tuple[Row, ...]:
    """All rows, newest first unless `sort` says otherwise, as far as one search reaches.

    At least one filter is needed.
    """
    found: list[Row] = []
    params: dict[str, str | int] = {**filters, "limit": PAGE_SIZE}
    while len(found) < MOST_ROWS:
        answer = read_json(await client.exchange("GET", PATH, params=params), client)
        page, token = _read_page(answer)
        found += page
        if not token or not page:
            break
        params["pageToken"] = token
    return tuple(found)


async def search_since(
    client: Client, filters: Mapping[str, str], since: float
) -> AsyncGenerator[Row]:
    """All rows from a time on, oldest first, however many: one search after the other."""
    seen: set[tuple[str, str]] = set()
    filters = {**filters, "sort": "receiveTime:asc"}
    while True:
        rows = await search(client, {**filters, "fromDateTime": written_time(since)})
        fresh = [row for row in rows if (row.message_id, row.recipient) not in seen]
        for row in fresh:
            yield row
        seen |= {(row.message_id, row.recipient) for row in fresh}
        times = [row.received for row in rows if row.received is not None]
        if len(rows) < MOST_ROWS or not fresh or not times:
            return
        since = max(times)


def written_time(seconds: float) -> str:
    """A time as filters want it."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _read_page(answer: Any) -> tuple[list[Row], str]:
    """Raises Unreadable for what is not that list: it must not pass for an empty one, because
    what is not in the list gets sent."""
    try:
        rows = [_read_row(each) for each in answer["messages"]]
        token = answer.get("pageInfo", {}).get("nextPageToken") or ""
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreadable("The answer is not a list of messages.") from None
    return rows, str(token)


def _read_row(row: Mapping[str, Any]) -> Row:
    received = row.get("receiveTime")
    return Row(
        message_id=str(row["messageId"]),
        sender=str(row.get("sourceTn", "")),
        recipient=str(row.get("destinationTn", "")),
        status=str(row.get("messageStatus", "")).upper(),
        error_code=int(row.get("errorCode") or 0),
        received=None if not received else datetime.fromisoformat(str(received)).timestamp(),
        length=_count(row, "messageLength"),
        attachments=_count(row, "attachmentCount"),
        recipients=_count(row, "recipientCount"),
    )


def _count(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return None if value is None else int(value)
