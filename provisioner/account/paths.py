"""Paths and numbers as the API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from provisioner.model import Address
from provisioner.resource_type import Types, lineage

Ids = Mapping[Address, str]
"""The server's ids by address."""

NATIONAL_LENGTH = 10


def path_ids(address: Address, ids: Ids, types: Types) -> dict[str, str]:
    """The ids of a resource and of what it is part of, by type, as far as they are known."""
    return {each.type: ids[each] for each in lineage(address, types) if each in ids}


def fill(path: str, ids: Mapping[str, str]) -> str:
    """`/sites/{site}` with ids put in."""
    return path.format(**{name: quote(each, safe="") for name, each in ids.items()})


def id_from_location(location: str) -> str | None:
    """The last segment, which is the id; before it, real answers carry `:443` and `/v1.0/`."""
    return urlsplit(location).path.rstrip("/").rpartition("/")[2] or None


def e164(number: str) -> str:
    """A number as the service writes it (v1: ten digits, v2: E.164), as E.164."""
    digits = number.strip()
    return f"+1{digits}" if len(digits) == NATIONAL_LENGTH and digits.isdigit() else digits


def wire_number(number: str, version: str) -> str:
    """An E.164 number as the service wants it."""
    return number.removeprefix("+1") if version == "v1" else number
