"""The account as a LiveState: lists first, joined in memory, and only what is declared.

An item is read alone where the spec declares a field that its row in the list does not carry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from provisioner.account.back_orders import list_back_orders
from provisioner.account.client import Client
from provisioner.account.fetching import get_item, get_rows, inlined_rows
from provisioner.account.identity import Match, match_rows
from provisioner.account.intents import Made
from provisioner.account.inventory import numbers_on
from provisioner.account.items import carries, id_of, name_of_item, read_attributes
from provisioner.account.links import Links
from provisioner.account.number_state import with_number_state
from provisioner.account.paths import fill, path_ids
from provisioner.account.renames import with_rename_candidates
from provisioner.account.users import list_users
from provisioner.account.wanted import Declared, Wanted, by_parent, wanted_types
from provisioner.account.xml import Element
from provisioner.errors import AccountError, Origin, Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, Resource
from provisioner.planning.numbers import block_order_key
from provisioner.resource_type import Kind, ResourceType, Shape, Types, parts_of


async def read_live(
    desired: DesiredState,
    client: Client,
    types: Types,
    *,
    numbers_of: Collection[Address] = (),
    listed: Collection[str] = (),
    whole: Collection[Address] = (),
    settle: float = 30.0,
    made: Collection[Made] = (),
) -> LiveState:
    """Reads what the spec declares, and all that may be pruned. `numbers_of`: more sippeers whose
    numbers are wanted; `listed`: types that are listed wherever there are any, though nothing of
    them is declared, nor what they are part of; `whole`: resources that are wanted with all that
    is part of them.

    `settle` is how long the account's lists may lag, in seconds: what an order brought since then
    counts as there, whatever else the account says. `made` is what was made since then: it is read
    by its ids where a list lacks it.

    Raises AccountError. What is ambiguous becomes a problem of the state, for the planner to
    refuse together with everything else.
    """
    reading = _Reading(
        client,
        types,
        desired,
        wanted_types(desired, types, numbers_of, listed, whole),
        by_parent(desired, types),
        made,
        whole,
        listed,
    )
    try:
        async with asyncio.TaskGroup() as group:
            for resource_type in types.values():
                if resource_type.shape is Shape.NAMED and not resource_type.parent:
                    group.create_task(reading.read_root(resource_type))
        live = await with_number_state(client, desired, reading.result(), types, settle, made)
        return await with_rename_candidates(client, desired, live, types)
    except* AccountError as errors:
        # One reason is enough to stop, and the first is the one that stopped the others.
        raise first_leaf(errors) from None


@contextmanager
def _telling(doing: str, origin: Origin | None = None) -> Iterator[None]:
    """What goes wrong inside says what was tried, and for which line of the files."""
    try:
        yield
    except AccountError as error:
        error.doing, error.origin = doing, origin
        raise


def first_leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@dataclass(slots=True)
class _Reading:
    """One pass over the account; what it finds is collected in its fields."""

    client: Client
    types: Types
    desired: DesiredState
    wanted: Wanted
    declared: Declared
    made: Collection[Made]
    whole: Collection[Address]
    listed: Collection[str]
    users: dict[Address, Mapping[str, str]] = field(default_factory=dict)
    ids: dict[Address, str] = field(default_factory=dict)
    found: dict[Address, tuple[Element, ResourceType]] = field(default_factory=dict)
    numbers: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    order_keys: dict[Address, str] = field(default_factory=dict)
    back_orders: dict[str, str] = field(default_factory=dict)
    asked_back_orders: bool = False
    links: Links = field(init=False)
    known: dict[Address, Resource] = field(default_factory=dict)
    unmanaged: list[Address] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.links = Links(self.client, self.types, self.desired, self.ids)

    def result(self) -> LiveState:
        gone = [
            _pin_gone(address, pin, self.desired)
            for address, pin in self.desired.pins.items()
            if address not in self.ids
        ]
        referred = {server_id: address for address, server_id in self.ids.items()}
        resources = dict(self.known)
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
            order_keys=self.order_keys,
            back_orders=self.back_orders,
            users=self.users,
            unmanaged=tuple(sorted(self.unmanaged)),
            problems=(*gone, *self.problems),
        )

    async def read_root(self, resource_type: ResourceType) -> None:
        if resource_type.name not in self.wanted.get(None, ()):
            return
        with _telling(f"reading the list of {resource_type.section}"):
            rows = await get_rows(self.client, resource_type, {})
        await self._read_named(resource_type, None, rows)

    async def _read_named(
        self, resource_type: ResourceType, parent: Address | None, rows: list[Element]
    ) -> None:
        declared = self.declared.get((parent, resource_type.name), ())
        rows = [*rows, *await self._not_listed_yet(resource_type, parent, rows)]
        match = match_rows(declared, rows, resource_type, self.desired)
        self.problems += match.problems
        strangers = self._note_unmanaged(match, resource_type, parent)
        async with asyncio.TaskGroup() as group:
            for address, row in strangers.items():
                parts = parts_of(resource_type.name, self.types)
                if self._may_go(address, parent):
                    group.create_task(self._read_users(address, resource_type))
                else:
                    parts = tuple(each for each in parts if each.name in self.listed)
                for part in parts:
                    group.create_task(self._read_child(address, part, row))
            for address, row in match.found.items():
                self.ids[address] = id_of(row, resource_type) or ""
                group.create_task(self._read_item(address, row, resource_type))
                if address in self.whole:
                    group.create_task(self._read_users(address, resource_type))
                for name in self.wanted.get(address, ()):
                    group.create_task(self._read_child(address, self.types[name], row))
            self.links.read(resource_type.name)

    async def _not_listed_yet(
        self, resource_type: ResourceType, parent: Address | None, rows: list[Element]
    ) -> list[Element]:
        """What was made a moment ago and is there, although the list lacks it."""
        parents = path_ids(parent, self.ids, self.types) if parent else {}
        listed = {id_of(row, resource_type) for row in rows}
        young = dict.fromkeys(
            server_id
            for each in self.made
            if each.type == resource_type.name and each.parents == parents
            for server_id in each.ids
            if server_id not in listed
        )
        paths = [fill(resource_type.item, {**parents, resource_type.name: each}) for each in young]
        found = await asyncio.gather(
            *(get_item(self.client, path, resource_type) for path in paths)
        )
        return [item for item in found if item is not None]

    def _note_unmanaged(
        self, match: Match, resource_type: ResourceType, parent: Address | None
    ) -> dict[Address, Element]:
        strangers: dict[Address, Element] = {}
        for row in match.unmanaged:
            server_id, name = id_of(row, resource_type) or "", name_of_item(row, resource_type)
            path = parent.path if parent else ()
            address = Address(resource_type.name, (*path, name))
            if address in self.desired.resources or address in self.found:
                address = Address(resource_type.name, (*path, f"{name} (id {server_id})"))
            self.ids[address] = server_id
            self.found[address] = (row, resource_type)
            strangers[address] = row
        self.unmanaged += strangers
        return strangers

    def _may_go(self, address: Address, parent: Address | None) -> bool:
        declared = parent is None or parent in self.desired.resources
        return declared and address.type in self.desired.prune

    async def _read_users(self, address: Address, resource_type: ResourceType) -> None:
        if resource_type.users:
            path = fill(resource_type.users, path_ids(address, self.ids, self.types))
            self.users[address] = await list_users(self.client, path)

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

    async def _read_child(self, parent: Address, resource_type: ResourceType, row: Element) -> None:
        if resource_type.shape is Shape.BLOCKS:
            await self._read_blocks(parent, resource_type)
        elif resource_type.shape in (Shape.FEATURE, Shape.LINK):
            await self._read_part(parent, resource_type)
        elif resource_type.shape is Shape.NAMED:
            rows = inlined_rows(row, resource_type)
            if rows is None:
                ids = path_ids(parent, self.ids, self.types)
                doing = f"reading {resource_type.section} of {parent}"
                with _telling(doing, self.desired.origin(parent)):
                    rows = await get_rows(self.client, resource_type, ids)
            await self._read_named(resource_type, parent, rows)

    async def _read_part(self, parent: Address, resource_type: ResourceType) -> None:
        address = Address(resource_type.name, parent.path)
        link = None if parent in self.whole else await self.links.as_declared(address)
        if link:
            self.known[address] = link
            return
        item = await self._get(address, resource_type)
        if item is None:
            return
        if resource_type.refers:
            self.found[address] = (item, resource_type)
        else:
            # While others are on their way: there may be thousands in the end.
            self.known[address] = Resource(address, read_attributes(item, resource_type, {}))

    async def _get(self, address: Address, resource_type: ResourceType) -> Element | None:
        path = fill(resource_type.item, path_ids(address, self.ids, self.types))
        with _telling(f"reading {address}", self.desired.origin(address)):
            return await get_item(self.client, path, resource_type)

    async def _read_blocks(self, sippeer: Address, resource_type: ResourceType) -> None:
        ids = path_ids(sippeer, self.ids, self.types)
        path = self.client.account_path + fill(self.types[sippeer.type].item, ids)
        blocks = self.declared.get((sippeer, resource_type.name), ())
        for block in blocks:
            self.order_keys[block.address] = block_order_key(
                self.client.connection.account, ids["site"], ids["sippeer"], block, resource_type
            )
        async with asyncio.TaskGroup() as group:
            if blocks and not self.asked_back_orders:
                self.asked_back_orders = True
                group.create_task(self._read_back_orders())
            with _telling(f"reading the numbers of {sippeer}", self.desired.origin(sippeer)):
                self.numbers[sippeer] = await numbers_on(self.client, path)

    async def _read_back_orders(self) -> None:
        self.back_orders = await list_back_orders(self.client)


def _pin_gone(address: Address, pin: str, desired: DesiredState) -> Problem:
    return Problem(
        Severity.ERROR,
        "pinned-id-gone",
        "The pinned id does not exist",
        f"{address} is pinned to id {pin}, and the account has none of that id there. Correct the "
        "`id:`, or remove it to find the resource by name.",
        desired.origin(address),
    )
