"""Numbers of the account: those on a location, and whether one is still the account's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

from lxml import etree

from provisioner.account.client import Client
from provisioner.account.fetching import in_own_words
from provisioner.account.items import read_attributes
from provisioner.account.paths import e164, wire_number
from provisioner.account.xml import Element, first, items, named, text_at, to_bytes
from provisioner.errors import Rejected, Unauthorized
from provisioner.model import Attributes
from provisioner.resource_type import ResourceType

PAGE_SIZE = 5000
MOST_LOOKED_UP = 2500
"""Error 15607 beyond it (vendor interface description)."""
NOT_OF_THE_ACCOUNT = "15610"
_PAGE = re.compile(r"[?&]page=([^&>]+)")
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


async def in_service_on(client: Client, site_path: str) -> frozenset[str]:
    """All E.164 numbers of a site that are in service.

    `page` is 1, then the number that the link to the next page names (vendor interface
    description).
    """
    numbers: set[str] = set()
    page = "1"
    while True:
        answer = await client.get(
            f"{site_path}/inserviceNumbers", {"page": page, "size": PAGE_SIZE}
        )
        if answer.status == HTTPStatus.NO_CONTENT:
            return frozenset(numbers)
        root = named(answer.root, "TNs")
        found = {e164(row.text or "") for row in items(root, "TelephoneNumber")}
        following = _next_page(text_at(root, "Links/next") or "")
        if not following or found <= numbers:
            return frozenset(numbers | found)
        numbers |= found
        page = following


def _next_page(link: str) -> str:
    match = _PAGE.search(link)
    return unquote(match[1]) if match else ""


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
        return Whereabouts(gone=await _says_gone(client, number, error))
    if root is None:
        return Whereabouts(gone=False)
    if _is_gone(root, client):
        return Whereabouts(gone=True)
    return Whereabouts(gone=False, sippeer_id=await place_of(client, number))


async def _says_gone(client: Client, number: str, error: Rejected) -> bool:
    """A 404 without a word may be anybody's, and then the look-up of many numbers decides; one with
    a page of somebody else's says nothing about the number."""
    if error.status != HTTPStatus.NOT_FOUND:
        return False
    if error.root:
        return in_own_words(error)
    return not await present_numbers(client, (number,))


async def place_of(client: Client, number: str) -> str:
    """The id of the sippeer that a number is on; "" where nobody says."""
    try:
        return _id(await _part_of_number(client, number, "sippeers", "SipPeer"))
    except Unauthorized:
        return ""


async def names_of_place(client: Client, number: str) -> tuple[str, str]:
    """The names of the site and the sippeer that a number is on; "?" where nobody says."""
    try:
        site, sippeer = await _parts_of_number(client, number)
    except Unauthorized:
        return "?", "?"
    return _name(site), _name(sippeer)


async def ids_of_place(client: Client, number: str) -> tuple[str, str]:
    """The ids of the site and the sippeer that a number is on; "" where there is none. Raises
    Unauthorized."""
    site, sippeer = await _parts_of_number(client, number)
    return _id(site), _id(sippeer)


async def _parts_of_number(client: Client, number: str) -> tuple[Element | None, Element | None]:
    return await asyncio.gather(
        _part_of_number(client, number, "sites", "Site"),
        _part_of_number(client, number, "sippeers", "SipPeer"),
    )


async def _part_of_number(client: Client, number: str, part: str, element: str) -> Element | None:
    path = f"/tns/{wire_number(number, client.connection.version)}/{part}"
    try:
        root = (await client.get(path)).root
    except Rejected:
        return None
    return None if root is None else first(root, element)


def _id(part: Element | None) -> str:
    return "" if part is None else text_at(part, "Id") or text_at(part, "PeerId") or ""


def _name(part: Element | None) -> str:
    return "?" if part is None else text_at(part, "Name") or text_at(part, "Id") or "?"


async def present_numbers(client: Client, numbers: Sequence[str]) -> tuple[str, ...]:
    """Those of the numbers that the account has. In doubt it has them: then nothing is bought."""
    absent: set[str] = set()
    for answer in await _look_up(client, numbers):
        rows = items(answer, "TelephoneNumber")
        absent |= {e164(text_at(row, "FullNumber") or "") for row in rows if _is_gone(row, client)}
        for error in items(answer, "Error"):
            if text_at(error, "Code") == NOT_OF_THE_ACCOUNT:
                absent |= {e164(each.text or "") for each in items(error, "TelephoneNumber")}
    return tuple(number for number in numbers if number not in absent)


async def number_facts(
    client: Client, numbers: Sequence[str], resource_type: ResourceType
) -> dict[str, Attributes]:
    """What the account says of its numbers, by the rows of their type: city, state and the like."""
    return {
        e164(text_at(row, "FullNumber") or ""): read_attributes(row, resource_type, {})
        for answer in await _look_up(client, numbers)
        for row in items(answer, "TelephoneNumber")
    }


def _is_gone(element: Element, client: Client) -> bool:
    status = (text_at(element, "Status") or "").lower()
    owner = text_at(element, "AccountId")
    return status in GONE_STATUSES or owner not in (None, "", client.connection.account)


async def _look_up(client: Client, numbers: Sequence[str]) -> list[Element]:
    """The answers about a list of numbers; none where the credentials do not open it."""
    answers: list[Element] = []
    for start in range(0, len(numbers), MOST_LOOKED_UP):
        body = etree.Element("TnList")
        for number in numbers[start : start + MOST_LOOKED_UP]:
            etree.SubElement(body, "Tn").text = wire_number(number, client.connection.version)
        try:
            answer = await client.query("/tns", to_bytes(body))
        except (Rejected, Unauthorized):
            return answers
        answers.append(named(answer.root, "TelephoneNumbersResponse"))
    return answers
