"""What the account has of resources that a declared one, which is not there, may once have been.

Read only where more than a create would follow: what was only renamed would have its numbers bought
again, or be deleted under its old name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provisioner.account.client import Client
from provisioner.account.fetching import get_item, get_rows
from provisioner.account.identity import rows_by_id
from provisioner.account.inventory import numbers_on
from provisioner.account.items import name_of_item, read_attributes
from provisioner.account.orders import find_orders
from provisioner.account.paths import fill, path_ids
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.numbers import block_order_key
from provisioner.planning.renames import candidates, may_be_renamed
from provisioner.resource_type import ResourceType, Shape, Types, lineage, parts_of


async def with_rename_candidates(
    client: Client, desired: DesiredState, live: LiveState, types: Types
) -> LiveState:
    """The state with what tells whether a candidate is the same thing: its own values, the names of
    what is part of it, its numbers, and its orders for the very blocks that are declared.

    Orders are looked up only where there are no numbers: they stand for numbers to come.
    """
    buying = {
        above
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
        for above in lineage(each.address, types)[1:]
    }
    missing = [
        each
        for each in may_be_renamed(desired, live, types)
        if each in buying or each.type in desired.prune
    ]
    look = _Look(client, desired, live, types)
    async with asyncio.TaskGroup() as group:
        for candidate in {each for address in missing for each in candidates(address, live, types)}:
            group.create_task(look.at(candidate, missing))
    return replace(
        live,
        resources={**live.resources, **look.resources},
        numbers={**live.numbers, **look.numbers},
        orders={**live.orders, **look.orders},
    )


@dataclass(slots=True)
class _Look:
    client: Client
    desired: DesiredState
    live: LiveState
    types: Types
    resources: dict[Address, Resource] = field(default_factory=dict)
    numbers: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    orders: dict[Address, tuple[NumberOrder, ...]] = field(default_factory=dict)

    async def at(self, candidate: Address, missing: list[Address]) -> None:
        resource_type = self.types[candidate.type]
        ids = path_ids(candidate, self.live.ids, self.types)
        item = await get_item(self.client, fill(resource_type.item, ids), resource_type)
        if item is not None:
            attributes = read_attributes(item, resource_type, {})
            self.resources[candidate] = Resource(candidate, attributes)
        for part in parts_of(candidate.type, self.types):
            if part.shape is Shape.NAMED:
                await self._read_names(candidate, part, ids)
            elif part.shape is Shape.BLOCKS:
                path = self.client.account_path + fill(resource_type.item, ids)
                self.numbers[candidate] = await numbers_on(self.client, path)
                if not self.numbers[candidate]:
                    await self._read_orders(candidate, missing, part, ids)

    async def _read_names(
        self, candidate: Address, part: ResourceType, ids: Mapping[str, str]
    ) -> None:
        rows = await get_rows(self.client, part, ids)
        for row in rows_by_id(rows, part).values():
            address = Address(part.name, (*candidate.path, name_of_item(row, part)))
            self.resources[address] = Resource(address, read_attributes(row, part, {}))

    async def _read_orders(
        self, candidate: Address, missing: list[Address], part: ResourceType, ids: Mapping[str, str]
    ) -> None:
        account = self.client.connection.account
        for block in self.desired.resources.values():
            if (
                block.address.type == part.name
                and Address(candidate.type, block.address.path[:-1]) in missing
            ):
                key = block_order_key(account, ids["site"], ids["sippeer"], block, part)
                address = Address(part.name, (*candidate.path, block.address.path[-1]))
                self.orders[address] = await find_orders(self.client, key)
