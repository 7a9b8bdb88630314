"""The account as a LiveState: lists first, joined in memory, and only what is declared.

An item is read alone where the spec declares a field that its row in the list does not carry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioner.account.client import Client
from provisioner.account.identity import Match, match_rows
from provisioner.account.inventory import gone_numbers, numbers_on
from provisioner.account.items import carries, id_of, name_of_item, read_attributes
from provisioner.account.orders import find_orders
from provisioner.account.paths import fill, path_ids
from provisioner.account.xml import Element, child, first, items
from provisioner.errors import AccountError, Problem, Rejected
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.numbers import block_order_key, claim_numbers, count_block
from provisioner.resource_type import Kind, ResourceType, Shape, Types, parent_address

NOT_FOUND = 404


def is_missing(error: Rejected, resource_type: ResourceType) -> bool:
    """Whether a refusal means "there is none": 404, and for some types a code with 400."""
    return error.status == NOT_FOUND or error.code in resource_type.missing_codes


async def read_live(
    desired: DesiredState,
    client: Client,
    types: Types,
    *,
    numbers_of: Collection[Address] = (),
    settle: float = 30.0,
) -> LiveState:
    """Reads what the spec declares. `numbers_of`: more sippeers whose numbers are wanted.

    `settle` is how long the account's lists may lag, in seconds: what an order brought since then
    counts as there, whatever else the account says.

    Raises AccountError. What is ambiguous becomes a problem of the state, for the planner to
    refuse together with everything else.
    """
    reading = _Reading(
        client,
        types,
        desired,
        _wanted(desired, types, numbers_of),
        _by_parent(desired, types),
        settle,
    )
    try:
        async with asyncio.TaskGroup() as group:
            for resource_type in types.values():
                if resource_type.shape is Shape.NAMED and not resource_type.parent:
                    group.create_task(reading.read_root(resource_type))
    except* AccountError as errors:
        # One reason is enough to stop, and the first is the one that stopped the others.
        raise _first_leaf(errors) from None
    return reading.result()


def _first_leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


Wanted = Mapping[Address | None, frozenset[str]]


def _wanted(desired: DesiredState, types: Types, numbers_of: Collection[Address]) -> Wanted:
    """Which types have to be read below each parent."""
    wanted: dict[Address | None, set[str]] = {}
    for address in (*desired.resources, *desired.absent):
        wanted.setdefault(parent_address(address, types), set()).add(address.type)
    for address in desired.absent:
        holders = {each.name for each in types.values() if address.type in each.holds}
        wanted[parent_address(address, types)] |= holders
    blocks = {each.name for each in types.values() if each.shape is Shape.BLOCKS}
    for address in numbers_of:
        wanted.setdefault(address, set()).update(blocks)
    return {parent: frozenset(names) for parent, names in wanted.items()}


Declared = Mapping[tuple[Address | None, str], Sequence[Resource]]


def _by_parent(desired: DesiredState, types: Types) -> Declared:
    """The declared resources of each type below each parent."""
    declared: dict[tuple[Address | None, str], list[Resource]] = {}
    for resource in desired.resources.values():
        parent = parent_address(resource.address, types)
        declared.setdefault((parent, resource.address.type), []).append(resource)
    return declared


@dataclass(slots=True)
class _Reading:
    """One pass over the account; what it finds is collected in its fields."""

    client: Client
    types: Types
    desired: DesiredState
    wanted: Wanted
    declared: Declared
    settle: float
    ids: dict[Address, str] = field(default_factory=dict)
    found: dict[Address, tuple[Element, ResourceType]] = field(default_factory=dict)
    numbers: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    orders: dict[Address, tuple[NumberOrder, ...]] = field(default_factory=dict)
    order_keys: dict[Address, str] = field(default_factory=dict)
    unmanaged: list[Address] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def result(self) -> LiveState:
        referred = {server_id: address for address, server_id in self.ids.items()}
        resources = {}
        for address, (item, resource_type) in self.found.items():
            attributes = read_attributes(item, resource_type, referred)
            if resource_type.shape is not Shape.LINK or attributes:
                resources[address] = Resource(address, attributes)
        return LiveState(
            account=self.client.connection.account,
            origin=self.client.connection.identity,
            resources=resources,
            ids=self.ids,
            numbers=self.numbers,
            orders=self.orders,
            order_keys=self.order_keys,
            unmanaged=tuple(sorted(self.unmanaged)),
            problems=tuple(self.problems),
        )

    async def read_root(self, resource_type: ResourceType) -> None:
        if resource_type.name not in self.wanted.get(None, ()):
            return
        rows = await self._list(resource_type, None)
        await self._read_named(resource_type, None, rows)

    async def _read_named(
        self, resource_type: ResourceType, parent: Address | None, rows: list[Element]
    ) -> None:
        declared = self.declared.get((parent, resource_type.name), ())
        match = match_rows(declared, rows, resource_type, self.desired)
        self.problems += match.problems
        self._note_unmanaged(match, resource_type, parent)
        inlined = self._inlined_children(resource_type, rows)
        async with asyncio.TaskGroup() as group:
            for address, row in match.found.items():
                self.ids[address] = id_of(row, resource_type) or ""
                group.create_task(self._read_item(address, row, resource_type))
                for name in self.wanted.get(address, ()):
                    group.create_task(self._read_child(address, self.types[name], row, inlined))

    def _note_unmanaged(
        self, match: Match, resource_type: ResourceType, parent: Address | None
    ) -> None:
        for row in match.unmanaged:
            server_id, name = id_of(row, resource_type) or "", name_of_item(row, resource_type)
            path = parent.path if parent else ()
            address = Address(resource_type.name, (*path, name))
            if address in self.desired.resources or address in self.found:
                address = Address(resource_type.name, (*path, f"{name} (id {server_id})"))
            self.ids[address] = server_id
            self.found[address] = (row, resource_type)
            self.unmanaged.append(address)

    def _inlined_children(
        self, resource_type: ResourceType, rows: Iterable[Element]
    ) -> frozenset[str]:
        """The child types that this list carries with it, unless the server ignored the request."""
        return frozenset(
            each.name
            for each in self.types.values()
            if each.parent == resource_type.name
            and each.inlined
            and any(
                child(row, each.inlined) is not None
                or child(row, f"{each.element}Count") is not None
                for row in rows
            )
        )

    async def _read_item(self, address: Address, row: Element, resource_type: ResourceType) -> None:
        """Takes the row of the list, or the item itself where the row does not say enough."""
        declared = self.desired.resources[address].attributes
        told = all(
            carries(row, each)
            for each in resource_type.spec_fields
            if each.name in declared and each.kind is not Kind.SECRET
        )
        item = row if told else await self._get(address, resource_type)
        if item is not None:
            self.found[address] = (item, resource_type)

    async def _read_child(
        self, parent: Address, resource_type: ResourceType, row: Element, inlined: frozenset[str]
    ) -> None:
        if resource_type.shape is Shape.BLOCKS:
            await self._read_blocks(parent, resource_type)
        elif resource_type.shape is not Shape.NAMED:
            address = Address(resource_type.name, parent.path)
            item = await self._get(address, resource_type)
            if item is not None:
                self.found[address] = (item, resource_type)
        else:
            if resource_type.name in inlined:
                container = child(row, resource_type.inlined)
                rows = [] if container is None else items(container, resource_type.element)
            else:
                rows = await self._list(resource_type, parent)
            await self._read_named(resource_type, parent, rows)

    async def _list(self, resource_type: ResourceType, parent: Address | None) -> list[Element]:
        ids = path_ids(parent, self.ids, self.types) if parent else {}
        try:
            answer = await self.client.get(
                self.client.account_path + fill(resource_type.collection, ids)
            )
        except Rejected as error:
            if parent is None or not is_missing(error, resource_type):
                raise
            return []
        return [] if answer.root is None else items(answer.root, resource_type.element)

    async def _get(self, address: Address, resource_type: ResourceType) -> Element | None:
        path = fill(resource_type.item, path_ids(address, self.ids, self.types))
        return await get_item(self.client, path, resource_type)

    async def _read_blocks(self, sippeer: Address, resource_type: ResourceType) -> None:
        ids = path_ids(sippeer, self.ids, self.types)
        path = self.client.account_path + fill(self.types[sippeer.type].item, ids)
        numbers = self.numbers[sippeer] = await numbers_on(self.client, path)
        blocks = self.declared.get((sippeer, resource_type.name), ())
        for block in blocks:
            self.order_keys[block.address] = block_order_key(
                self.client.connection.account, ids["site"], ids["sippeer"], block, resource_type
            )
        claimed = claim_numbers(blocks, numbers, {}, resource_type)
        short = [
            each for each in blocks if count_block(each, claimed[each.address], ()).shortfall > 0
        ]
        found = await asyncio.gather(*(self._orders_of(each, numbers) for each in short))
        self.orders.update(
            {each.address: orders for each, orders in zip(short, found, strict=True)}
        )

    async def _orders_of(
        self, block: Resource, numbers: Collection[str]
    ) -> tuple[NumberOrder, ...]:
        """The block's own orders; what they brought is told apart into there and gone."""
        orders = await find_orders(self.client, self.order_keys[block.address])
        settled = self.client.clock.now() - self.settle
        not_listed = {
            each
            for order in orders
            if order.ended_at is not None and order.ended_at < settled
            for each in order.numbers
        } - set(numbers)
        gone = await gone_numbers(self.client, sorted(not_listed))
        return tuple(
            replace(
                order,
                numbers=tuple(each for each in order.numbers if each not in gone),
                gone=tuple(each for each in order.numbers if each in gone),
            )
            for order in orders
        )


async def get_item(client: Client, path: str, resource_type: ResourceType) -> Element | None:
    """One item's element, or None where there is none."""
    try:
        answer = await client.get(client.account_path + path)
    except Rejected as error:
        if is_missing(error, resource_type):
            return None
        raise
    if answer.root is None:
        return None
    return first(answer.root, resource_type.element, *resource_type.aliases)
