"""Everything that an account has, whether or not a spec declares it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from provisioner.account.client import Client
from provisioner.account.fetching import get_item, get_rows, inlined_rows
from provisioner.account.identity import rows_by_id
from provisioner.account.inventory import numbers_on
from provisioner.account.items import carries, name_of_item, read_attributes
from provisioner.account.memberships import all_memberships
from provisioner.account.paths import fill, path_ids
from provisioner.account.reader import first_leaf
from provisioner.account.xml import Element
from provisioner.errors import AccountError
from provisioner.model import Address, LiveState, Resource
from provisioner.resource_type import Kind, ResourceType, Shape, Types, parts_of

Told = Callable[[int, int], object]
"""Is called with how many resources with a name were read so far, and how many are known of."""


async def survey(
    client: Client, types: Types, *, told: Told, only: Mapping[str, Collection[str]]
) -> LiveState:
    """The whole account. Of the types in `only`, just the resources of these names; the others are
    `unmanaged`.

    A resource's address is made of live names, with the id behind a name that is not the only one
    of its kind. Its `name` is exactly the live one, the space around it included. Raises
    AccountError.
    """
    surveying = _Survey(client, types, told, only)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(surveying.read_parts("", None, None))
            group.create_task(surveying.read_memberships())
    except* AccountError as errors:
        # One reason is enough to stop, and the first is the one that stopped the others.
        raise first_leaf(errors) from None
    return surveying.result()


@dataclass(slots=True)
class _Survey:
    client: Client
    types: Types
    told: Told
    only: Mapping[str, Collection[str]]
    ids: dict[Address, str] = field(default_factory=dict)
    found: dict[Address, tuple[Element, ResourceType]] = field(default_factory=dict)
    numbers: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    memberships: Mapping[str, str] = field(default_factory=dict)
    unwanted: list[Address] = field(default_factory=list)
    known: int = 0
    read: int = 0

    def result(self) -> LiveState:
        referred = {server_id: address for address, server_id in self.ids.items()}
        resources = {}
        for address, (item, resource_type) in self.found.items():
            attributes = read_attributes(item, resource_type, referred)
            if resource_type.shape is Shape.NAMED:
                attributes["name"] = name_of_item(item, resource_type)
            if resource_type.shape is not Shape.LINK or attributes:
                resources[address] = Resource(address, attributes)
        return LiveState(
            account=self.client.connection.account,
            origin=self.client.connection.identity,
            resources=resources,
            ids=self.ids,
            numbers=self.numbers,
            memberships=self.memberships,
            unmanaged=tuple(sorted(self.unwanted)),
        )

    async def read_parts(self, type_name: str, parent: Address | None, row: Element | None) -> None:
        """Reads what is part of a resource, whose row in its list is given.

        What the service takes only beside something else is not asked for where that is missing.
        """
        parts = parts_of(type_name, self.types)
        async with asyncio.TaskGroup() as group:
            for part in parts:
                if part.shape is Shape.NAMED:
                    group.create_task(self._read_named(part, parent, row))
                elif part.shape is Shape.BLOCKS and parent is not None:
                    group.create_task(self._read_numbers(parent))
            path = parent.path if parent else ()
            for part in parts:
                if part.shape in (Shape.FEATURE, Shape.LINK) and all(
                    Address(needed, path) in self.found for needed in part.needs
                ):
                    await self._keep_item(Address(part.name, path), part)

    async def _read_named(
        self, resource_type: ResourceType, parent: Address | None, row: Element | None
    ) -> None:
        rows = None if row is None else inlined_rows(row, resource_type)
        if rows is None:
            ids = path_ids(parent, self.ids, self.types) if parent else {}
            rows = await get_rows(self.client, resource_type, ids)
        wanted = self.only.get(resource_type.name)
        async with asyncio.TaskGroup() as group:
            for server_id, each in rows_by_id(rows, resource_type).items():
                name = name_of_item(each, resource_type)
                address = self._address(resource_type, parent, name, server_id)
                self.ids[address] = server_id
                if wanted is None or name in wanted:
                    self.known += 1
                    group.create_task(self._read_one(address, each, resource_type))
                else:
                    self.unwanted.append(address)

    def _address(
        self, resource_type: ResourceType, parent: Address | None, name: str, server_id: str
    ) -> Address:
        path = parent.path if parent else ()
        address = Address(resource_type.name, (*path, name))
        while address in self.ids:
            address = Address(address.type, (*path, f"{address.path[-1]} (id {server_id})"))
        return address

    async def _read_one(self, address: Address, row: Element, resource_type: ResourceType) -> None:
        """Takes the row of the list, or the item itself where the row does not say enough."""
        self.found[address] = (row, resource_type)
        async with asyncio.TaskGroup() as group:
            if not all(
                carries(row, each)
                for each in resource_type.spec_fields
                if each.kind is not Kind.SECRET
            ):
                group.create_task(self._keep_item(address, resource_type))
            group.create_task(self.read_parts(resource_type.name, address, row))
        self.read += 1
        self.told(self.read, self.known)

    async def _keep_item(self, address: Address, resource_type: ResourceType) -> None:
        path = fill(resource_type.item, path_ids(address, self.ids, self.types))
        item = await get_item(self.client, path, resource_type)
        if item is not None:
            self.found[address] = (item, resource_type)

    async def read_memberships(self) -> None:
        if any(each.shape is Shape.MEMBERSHIP for each in self.types.values()):
            self.memberships = await all_memberships(self.client)

    async def _read_numbers(self, holder: Address) -> None:
        ids = path_ids(holder, self.ids, self.types)
        path = self.client.account_path + fill(self.types[holder.type].item, ids)
        self.numbers[holder] = await numbers_on(self.client, path)
