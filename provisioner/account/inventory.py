"""Numbers of the account: those on a location, and whether one is still the account's."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from provisioner.account.client import Client
from provisioner.account.paths import e164, wire_number
from provisioner.account.xml import first, items, named, text_at
from provisioner.errors import Rejected, Unauthorized

PAGE_SIZE = 5000
NOT_FOUND_ROOTS = ("telephonenumberresponse", "telephonenumbersresponse", "errorresponse")
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
        if answer.status == HTTPStatus.NO_CONTENT:
            return tuple(sorted(numbers))
        rows = items(named(answer.root, "SipPeerTelephoneNumbersResponse"), "FullNumber")
        found = {e164(row.text or "") for row in rows}
        if len(rows) < PAGE_SIZE or found <= numbers:
            return tuple(sorted(numbers | found))
        numbers |= found
        page += 1


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Of one number: whether the account says that it is gone, else where it is, "" for unknown."""

    gone: bool
    sippeer_id: str = ""


async def find_number(client: Client, number: str) -> Whereabouts:
    """In doubt a number counts as there: then nothing is bought for it."""
    path = f"/tns/{wire_number(number, client.connection.version)}"
    try:
        root = (await client.get(path)).root
    except Unauthorized:
        return Whereabouts(gone=False)
    except Rejected as error:
        # A 404 with a page of someone else's says nothing about the number.
        own = error.api_code is not None or error.root in ("", *NOT_FOUND_ROOTS)
        return Whereabouts(gone=error.status == HTTPStatus.NOT_FOUND and own)
    if root is None:
        return Whereabouts(gone=False)
    status = (text_at(root, "Status") or "").lower()
    account = text_at(root, "AccountId")
    if status in GONE_STATUSES or account not in (None, "", client.connection.account):
        return Whereabouts(gone=True)
    try:
        root = (await client.get(f"{path}/sippeers")).root
    except (Rejected, Unauthorized):
        return Whereabouts(gone=False)
    sippeer = None if root is None else first(root, "SipPeer")
    place = None if sippeer is None else text_at(sippeer, "Id") or text_at(sippeer, "PeerId")
    return Whereabouts(gone=False, sippeer_id=place or "")
