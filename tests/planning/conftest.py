"""Specs and accounts for the planner, each written down in a few lines."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import count, islice
from types import MappingProxyType
from typing import Any, TypeVar

import pytest

from provisioner.digits import KEYPAD
from provisioner.model import (
    Address,
    Attributes,
    DesiredState,
    LiveState,
    NumberOrder,
    Resource,
    Secret,
    Value,
)
from provisioner.planning.claims import listed_numbers
from provisioner.planning.numbers import block_order_key, customer_order_id
from provisioner.planning.plan import Change, Plan, Step, Verb, numbers_to_move
from provisioner.resource_type import (
    Kind,
    ResourceType,
    Shape,
    Types,
    beside,
    parent_address,
)
from provisioner.resources import resource_types
from provisioner.spec import load_spec

ACCOUNT = "9900778"
ORIGIN = "https://dashboard.bandwidth.com"
PASSWORD = "hunter2-hunter2"

Load = Callable[[str], DesiredState]
Describe = Callable[[DesiredState, Mapping[str, Any]], LiveState]
CarryOut = Callable[[Plan, LiveState], LiveState]
See = Callable[[DesiredState, LiveState], LiveState]
State = TypeVar("State", DesiredState, LiveState)


@pytest.fixture(scope="session")
def types() -> Types:
    return resource_types()


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory, types: Types) -> Load:
    """`load(text)`: the desired state of a spec, to which version and account are appended.

    It is read-only, and so are the accounts below: planning must not write into what it is given.
    """
    path = tmp_path_factory.mktemp("spec") / "spec.yaml"

    def load_text(text: str) -> DesiredState:
        path.write_text(f"{text}\nversion: 1\naccount: '{ACCOUNT}'\n", encoding="utf-8")
        return read_only(load_spec([path], {"CALLBACK_PASSWORD": PASSWORD}, types))

    return load_text


@pytest.fixture(scope="session")
def see(types: Types) -> See:
    """`see(desired, live)`: what the reader makes of an account for a spec."""
    return lambda desired, live: seen_for(desired, live, types)


@pytest.fixture(scope="session")
def describe(types: Types) -> Describe:
    """`describe(desired, account)`: the account as nested keys, in the words of the spec.

    Each site, location and application has an `id`; what else it has are its fields and what is
    part of it. Below a location, `numbers` are the live ones, and `orders` those of a block:
    `{area_code=910: [{n: 1, status: COMPLETE, quantity: 1, numbers: [...]}]}`. On top, `facts`,
    `whereabouts`, `back_orders` and `memberships` are those of a LiveState; `BLOCK-1` names a
    block's order.
    """

    def live_state(desired: DesiredState, account: Mapping[str, Any]) -> LiveState:
        description = _Description(types)
        description.read("", (), account)
        live = LiveState(
            ACCOUNT,
            ORIGIN,
            description.resources,
            description.ids,
            description.numbers,
            facts=account.get("facts", {}),
            whereabouts=account.get("whereabouts", {}),
            back_orders=account.get("back_orders", {}),
            memberships=account.get("memberships", {}),
        )
        return description.with_orders(seen_for(desired, live, types))

    return live_state


@pytest.fixture(scope="session")
def carry_out(types: Types) -> CarryOut:
    """`carry_out(plan, live)`: the account afterwards, by the service's rules (asserted)."""
    return lambda plan, live: _Account(live, types).after(plan)


def read_only(state: State) -> State:
    mappings = {
        each.name: MappingProxyType(value)
        for each in fields(state)
        if isinstance(value := getattr(state, each.name), dict)
    }
    return replace(state, **mappings)  # type: ignore[arg-type]  # each as it was, but read-only


def seen_for(desired: DesiredState, live: LiveState, types: Types) -> LiveState:
    keys = {}
    for block in desired.resources.values():
        sippeer = parent_address(block.address, types)
        if types[block.address.type].shape is Shape.BLOCKS and sippeer in live.ids:
            keys[block.address] = key_of(block, live.ids, types)
    places = {n: live.ids[sippeer] for sippeer, here in live.numbers.items() for n in here}
    listed = listed_numbers(desired.resources.values())
    homes = {number: parent_address(block, types) for number, block in listed.items()}
    elsewhere = {
        number: places[number]
        for number, sippeer in homes.items()
        if number in places and sippeer is not None and places[number] != live.ids.get(sippeer)
    }
    seen = replace(
        live,
        order_keys=keys,
        whereabouts={
            number: place
            for number, place in {**live.whereabouts, **elsewhere}.items()
            if number in listed
        },
        back_orders={
            order: next(
                (name.replace("BLOCK", key) for key in keys.values() if "BLOCK" in name), name
            )
            for order, name in live.back_orders.items()
        },
        orders={block: orders for block, orders in live.orders.items() if block in keys},
        users=_users(live),
        unmanaged=tuple(sorted(live.ids.keys() - desired.resources.keys())),
    )
    return read_only(seen)


def _users(live: LiveState) -> dict[Address, dict[str, str]]:
    """Who uses an application; an account's own links tell."""
    users: dict[Address, dict[str, str]] = {}
    for resource in live.resources.values():
        sippeer = live.ids.get(Address("sippeer", resource.address.path))
        for value in resource.attributes.values():
            if isinstance(value, Address) and sippeer is not None:
                users.setdefault(value, {})[sippeer] = "/".join(resource.address.path)
    return users


def key_of(block: Resource, ids: Mapping[Address, str], types: Types) -> str:
    site, sippeer = block.address.path[:2]
    return block_order_key(
        ACCOUNT,
        ids[Address("site", (site,))],
        ids[Address("sippeer", (site, sippeer))],
        block,
        types[block.address.type],
    )


@dataclass
class _Description:
    types: Types
    resources: dict[Address, Resource] = field(default_factory=dict)
    ids: dict[Address, str] = field(default_factory=dict)
    numbers: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    orders: dict[Address, list[Mapping[str, Any]]] = field(default_factory=dict)

    def read(self, parent: str, path: tuple[str, ...], body: Mapping[str, Any]) -> set[str]:
        """Takes in what is part of a resource; gives the keys that it knew."""
        children = [each for each in self.types.values() if each.parent == parent]
        for child in children:
            if child.section in body:
                self._read_section(child, path, body[child.section])
        for label, orders in body.get("orders", {}).items():
            self.orders[Address("numbers", (*path, label))] = orders
        return {child.section for child in children} | {"orders"}

    def _read_section(
        self, resource_type: ResourceType, path: tuple[str, ...], section: Any
    ) -> None:
        match resource_type.shape:
            case Shape.NAMED:
                for label, body in section.items():
                    address = Address(resource_type.name, (*path, label))
                    self.ids[address] = body["id"]
                    known = self.read(resource_type.name, address.path, body) | {"id"}
                    own = {key: value for key, value in body.items() if key not in known}
                    self._add(address, {"name": label} | own)
            case Shape.FEATURE:
                own = {} if section is True else section
                fixed = {row.name: row.fixed for row in resource_type.fields if row.fixed}
                self._add(Address(resource_type.name, path), fixed | own)
            case Shape.LINK:
                (row,) = resource_type.fields
                target = Address(row.refers_to, (section,))
                self._add(Address(resource_type.name, path), {row.name: target})
            case Shape.BLOCKS:
                self.numbers[Address(resource_type.parent, path)] = tuple(section)

    def _add(self, address: Address, nested: Mapping[str, Any]) -> None:
        attributes = dict(_flat(nested))
        rows = {row.name: row for row in self.types[address.type].fields}
        for name, value in attributes.items():
            kinds = {Kind.BOOLEAN: bool, Kind.REFERENCE: Address, Kind.CHOICES: tuple}
            expected = kinds.get(rows[name].kind, str)
            assert type(value) is expected, f"{name} of {address} is {value!r}"
        self.resources[address] = Resource(address, attributes)

    def with_orders(self, live: LiveState) -> LiveState:
        assert self.orders.keys() <= live.order_keys.keys(), "orders of a block not in the spec"
        orders = {
            block: tuple(
                NumberOrder(
                    id=f"order-{each['n']}",
                    customer_order_id=customer_order_id(live.order_keys[block], each["n"]),
                    status=each["status"],
                    quantity=each.get("quantity"),
                    numbers=tuple(each.get("numbers", ())),
                    gone=tuple(each.get("gone", ())),
                    completed=each.get("completed", 0),
                    reason=each.get("reason", ""),
                    asked=tuple(each.get("asked", ())),
                )
                for each in described
            )
            for block, described in self.orders.items()
        }
        return read_only(replace(live, orders=orders))


def _flat(nested: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, Value]]:
    for key, value in nested.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{inside}{key}.")
        else:
            yield inside + key, tuple(value) if isinstance(value, list) else value


@dataclass
class _Account:
    """An account that carries out a plan step by step and refuses what the service would refuse."""

    live: LiveState
    types: Types
    resources: dict[Address, Resource] = field(init=False)
    ids: dict[Address, str] = field(init=False)
    numbers: dict[Address, tuple[str, ...]] = field(init=False)
    orders: dict[Address, tuple[NumberOrder, ...]] = field(init=False)
    facts: dict[str, Attributes] = field(init=False)
    memberships: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.resources = dict(self.live.resources)
        self.ids = dict(self.live.ids)
        self.numbers = dict(self.live.numbers)
        self.orders = dict(self.live.orders)
        self.facts = dict(self.live.facts)
        self.memberships = dict(self.live.memberships)

    def after(self, plan: Plan) -> LiveState:
        for step in plan.steps:
            self._take(step)
        return replace(
            self.live,
            resources=self.resources,
            ids=self.ids,
            numbers=self.numbers,
            orders=self.orders,
            order_keys={},
            facts=self.facts,
            whereabouts={n: place for n, place in self.live.whereabouts.items() if not place},
            back_orders={},
            memberships=self.memberships,
        )

    def _take(self, step: Step) -> None:
        change = step.change
        match step.verb:
            case Verb.CREATE:
                self._create(change)
            case Verb.UPDATE:
                self._put(change)
            case Verb.DELETE:
                self._delete(change.address)
            case Verb.ORDER:
                self._order(change)
            case Verb.MOVE:
                self._move(change)
            case Verb.ASSIGN:
                self._assign(change)
            case Verb.AWAIT:
                assert any(order.is_open for order in self.orders[change.address])

    def _create(self, change: Change) -> None:
        address = change.address
        assert address not in self.resources
        parent = parent_address(address, self.types)
        assert parent is None or parent in self.resources, "its parent has to be there"
        if address.type in ("mms", "messaging_application"):
            sms = beside(address, "sms", self.types)
            assert sms in self.resources, "SMS first: errors 13623, 13645"
        if address.type == "sippeer" and not self._siblings(address):
            assert change.body.attributes["default"] is True, "error 13522"
        if self.types[address.type].shape is Shape.NAMED:
            self.ids[address] = f"id-of-{'-'.join(address.path)}"
        self._put(change)

    def _put(self, change: Change) -> None:
        address = change.address
        before = self.resources.get(address, Resource(address)).attributes
        sent = change.body.attributes
        for value in sent.values():
            assert not isinstance(value, Address) or value in self.resources, "error 13629"
        if sent.get("default") is False and address.type == "sippeer":
            others = [each for each in self._siblings(address) if each.attributes.get("default")]
            assert others, "the last default is never taken away"
        if sent.get("default") is True:
            for each in self._siblings(address):
                attributes = {**each.attributes, "default": False}
                self.resources[each.address] = Resource(each.address, attributes)
        rows = self.types[address.type].fields
        fixed = {row.name: row.fixed for row in rows if row.fixed}
        told = {name: value for name, value in sent.items() if not isinstance(value, Secret)}
        self.resources[address] = Resource(address, {**before, **fixed, **told})

    def _delete(self, address: Address) -> None:
        if address.type == "sms":
            for held_by in ("mms", "messaging_application"):
                holder = beside(address, held_by, self.types)
                assert holder not in self.resources, "MMS and the assignment first: error 13624"
            assert not self.numbers.get(Address("sippeer", address.path)), "error 13673"
        inside = [each for each in self.resources if parent_address(each, self.types) == address]
        assert not inside, "errors 12031, 13613, 13622"
        assert not self.numbers.get(address), "error 13555"
        used = [each for each in self.resources.values() if address in each.attributes.values()]
        assert not used, "error 12107"
        if address.type == "sippeer" and self.resources[address].attributes.get("default"):
            assert not self._siblings(address), "error 13558"
        del self.resources[address]
        self.ids.pop(address, None)

    def _order(self, change: Change) -> None:
        block = change.body
        sippeer = Address("sippeer", block.address.path[:-1])
        assert sippeer in self.resources, "its location has to be there"
        key = key_of(block, self.ids, self.types)
        expected = change.body.attributes.get("customer_order_id", customer_order_id(key, 1))
        ordered = self.orders.get(block.address, ())
        assert expected not in {order.customer_order_id for order in ordered}, "bought twice"
        quantity = int(str(block.attributes["quantity"]))
        taken = {number for each in self.numbers.values() for number in each}
        taken |= {n for each in self.orders.values() for order in each for n in order.numbers}
        listed = block.attributes.get("ordered_numbers")
        if isinstance(listed, tuple):
            assert not taken & set(listed), "error 5005"
            bought = listed
        else:
            bought = tuple(islice((n for n in self._stock(block) if n not in taken), quantity))
        assert len(bought) == quantity
        self.numbers[sippeer] = (*self.numbers.get(sippeer, ()), *bought)
        done = NumberOrder("new-order", str(expected), "COMPLETE", quantity, bought)
        self.orders[block.address] = (*ordered, done)

    def _stock(self, block: Resource) -> Iterator[str]:
        """Numbers that a block asks for; of places, the account tells afterwards."""
        asked = block.attributes
        rows = [row.name for row in self.types["numbers"].fields if row.elements]
        told = {name: asked[name] for name in rows if name in asked}
        beginning = str(asked.get("npa_nxx", asked.get("area_code", "828"))).ljust(6, "5")
        toll_free = "toll_free" in asked or "toll_free_vanity" in asked
        if toll_free:
            beginning = str(asked.get("toll_free", "8**")).replace("8**", "833").replace("*", "8")
        word = str(asked.get("local_vanity", asked.get("toll_free_vanity", ""))).translate(KEYPAD)
        for n in count():
            number = f"+1{beginning[:3]}{word}"
            if not word:
                number = f"+1{beginning.ljust(6, '5')}"
            number += str(n).zfill(12 - len(number))
            if told:
                self.facts[number] = told
            yield number

    def _move(self, change: Change) -> None:
        moved = numbers_to_move(change)
        for sippeer, numbers in self.numbers.items():
            self.numbers[sippeer] = tuple(each for each in numbers if each not in moved)
        sippeer = Address("sippeer", change.address.path[:-1])
        assert sippeer in self.resources, "its location has to be there"
        self.numbers[sippeer] = (*self.numbers.get(sippeer, ()), *moved)

    def _assign(self, change: Change) -> None:
        """Toll-free numbers on a location are not looked at: that is the plan's to see to."""
        known = change.body.attributes.get("telephone_numbers")
        here = self.numbers.get(Address("sippeer", change.address.path[:-1]), ())
        assert not isinstance(known, tuple) or set(known) <= set(here), "error 5076"
        campaign = str(change.body.attributes["campaign"])
        new = [each for each in here if each not in self.memberships]
        self.memberships |= dict.fromkeys(known if isinstance(known, tuple) else new, campaign)

    def _siblings(self, address: Address) -> list[Resource]:
        parent = parent_address(address, self.types)
        return [
            each
            for each in self.resources.values()
            if each.address.type == address.type
            and each.address != address
            and parent_address(each.address, self.types) == parent
        ]
