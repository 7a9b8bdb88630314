"""Numbers of the account: those on a location, and whether one is still the account's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from provisioner.account.client import Client
from provisioner.account.paths import e164, wire_number
from provisioner.account.xml import items, text_at
from provisioner.errors import Rejected, Unauthorized

PAGE_SIZE = 5000
GONE_STATUSES = frozenset(
    {"aging", "available", "disconnected", "disconnect", "released", "notinaccount"}
)


async def numbers_on(client: Client, sippeer_path: str) -> tuple[str, ...]:
    """All E.164 numbers on a location, sorted.

    The list has neither a total nor links: it is read until a page is short (vendor interface
    description), or brings nothing new, should a server not know of pages.
    """
    numbers: set[str] = set()
    page = 1
    while True:
        answer = await client.get(f"{sippeer_path}/tns", {"page": page, "size": PAGE_SIZE})
        rows = [] if answer.root is None else items(answer.root, "FullNumber")
        found = {e164(row.text or "") for row in rows}
        if len(rows) < PAGE_SIZE or found <= numbers:
            return tuple(sorted(numbers | found))
        numbers |= found
        page += 1


async def gone_numbers(client: Client, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers that the account itself says it no longer has."""
    numbers = tuple(numbers)
    states = await asyncio.gather(*(_is_gone(client, number) for number in numbers))
    return frozenset(number for number, gone in zip(numbers, states, strict=True) if gone)


async def _is_gone(client: Client, number: str) -> bool:
    """In doubt a number counts as there: then nothing is bought for it."""
    written = wire_number(number, client.connection.version)
    try:
        answer = await client.get(f"/tns/{written}")
    except Unauthorized:
        return False
    except Rejected as error:
        return error.status == 404
    if answer.root is None:
        return False
    status = (text_at(answer.root, "Status") or "").lower()
    account = text_at(answer.root, "AccountId")
    return status in GONE_STATUSES or account not in (None, "", client.connection.account)
