"""Declared links that one list answers for: that of who uses the resource they lead to."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import cast

from provisioner.account.client import Client
from provisioner.account.paths import fill, path_ids
from provisioner.account.users import list_users
from provisioner.errors import Rejected, Unauthorized
from provisioner.model import Address, DesiredState, Resource
from provisioner.resource_type import Shape, Types, parent_address

FEWEST = 2
"""How many links have to lead to a resource for its list to be asked for."""


class Links:
    """Says of a link only that it is as declared, and in doubt nothing: then the link itself has to
    be read, which is the authority.

    `ids` is filled in by the reader; `read` tells when it has all of a type.
    """

    def __init__(
        self, client: Client, types: Types, desired: DesiredState, ids: Mapping[Address, str]
    ) -> None:
        self._client = client
        self._types = types
        self._declared = {
            address: each
            for address, each in desired.resources.items()
            if types[address.type].shape is Shape.LINK
        }
        self._leading_to = Counter(map(self._target, self._declared.values()))
        self._looked_for = desired.resources.keys()
        self._ids = ids
        self._listed: dict[Address, Mapping[str, str]] = {}
        self._asking: defaultdict[Address, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._read: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def read(self, type_name: str) -> None:
        self._read[type_name].set()

    async def as_declared(self, address: Address) -> Resource | None:
        """The link as the spec has it, where the account's list says that it is so."""
        link = self._declared.get(address)
        user = parent_address(address, self._types)
        if link is None or user is None:
            return None
        target = self._target(link)
        if self._leading_to[target] < FEWEST or target not in self._looked_for:
            return None
        await self._read[target.type].wait()
        return link if self._ids[user] in await self._users_of(target) else None

    async def _users_of(self, target: Address) -> Mapping[str, str]:
        async with self._asking[target]:
            if target not in self._listed:
                self._listed[target] = await self._list(target)
        return self._listed[target]

    async def _list(self, target: Address) -> Mapping[str, str]:
        users = self._types[target.type].users
        if not users or target not in self._ids:
            return {}
        try:
            return await list_users(
                self._client, fill(users, path_ids(target, self._ids, self._types))
            )
        except (Rejected, Unauthorized):
            return {}

    def _target(self, link: Resource) -> Address:
        (row,) = self._types[link.address.type].spec_fields
        return cast("Address", link.attributes[row.name])  # a link is a reference and nothing else
