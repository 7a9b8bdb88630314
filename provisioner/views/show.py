"""What is there for a spec: ids, numbers and open orders, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning.claims import claim_everywhere
from provisioner.planning.memberships import wanted_numbers
from provisioner.planning.numbers import numbers_of_block
from provisioner.resource_type import Shape, Types, lineage
from provisioner.views.arrangement import arranged
from provisioner.views.layout import columns, listing, paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, numbers_so_far, printable


class ShownAddress(TypedDict):
    type: str
    path: list[str]


class ShownOrder(TypedDict):
    """An order that is not at its end; `numbers` are those that it has brought so far."""

    id: str
    customer_order_id: str
    status: str
    quantity: int | None
    numbers: list[str]


class ShownResource(TypedDict):
    """`quantity` is how many numbers a block declares, or should be on a campaign, null for what is
    neither; these exist when there are as many. `refers_to` is the application of an assignment,
    as it is live. `depth` counts the resources that this one is part of."""

    address: ShownAddress
    depth: int
    id: str | None
    exists: bool
    refers_to: ShownAddress | None
    quantity: int | None
    numbers: list[str]
    orders: list[ShownOrder]


class ShowDocument(TypedDict):
    account: str
    origin: str
    resources: list[ShownResource]


def show_document(desired: DesiredState, live: LiveState, types: Types) -> ShowDocument:
    """Everything that the spec declares to be there, as in a tree. A location has all numbers
    that are on it, a block those that count for it, a campaign those that are on it already."""
    wanted = wanted_numbers(desired.resources.values(), live, types)
    on = {
        membership: tuple(n for n in numbers if live.memberships.get(n) == membership.path[-1])
        for membership, numbers in wanted.items()
    }
    counted = on | _claimed_numbers(desired, live, types)
    quantities = {address: len(numbers) for address, numbers in wanted.items()} | {
        address: int(str(each.attributes["quantity"]))
        for address, each in desired.resources.items()
        if types[address.type].shape is Shape.BLOCKS
    }
    return {
        "account": live.account,
        "origin": live.origin,
        "resources": [
            _resource(address, live, types, counted, quantities)
            for address in arranged({*desired.resources, *wanted}, types)
            if address not in desired.absent
        ],
    }


def _resource(
    address: Address,
    live: LiveState,
    types: Types,
    counted: Mapping[Address, tuple[str, ...]],
    quantities: Mapping[Address, int],
) -> ShownResource:
    quantity = quantities.get(address)
    numbers = counted[address] if address in counted else live.numbers.get(address, ())
    return {
        "address": _address(address),
        "depth": len(lineage(address, types)) - 1,
        "id": live.ids.get(address),
        "exists": address in live.resources if quantity is None else len(numbers) >= quantity,
        "refers_to": _reference(live.resources.get(address)),
        "quantity": quantity,
        "numbers": list(numbers),
        "orders": [_order(order) for order in live.orders.get(address, ()) if order.is_open],
    }


def _order(order: NumberOrder) -> ShownOrder:
    return {
        "id": order.id,
        "customer_order_id": order.customer_order_id,
        "status": order.status,
        "quantity": order.quantity,
        "numbers": list(order.numbers),
    }


def _claimed_numbers(
    desired: DesiredState, live: LiveState, types: Types
) -> dict[Address, tuple[str, ...]]:
    """The numbers of each block: those on its location that it claims, and those of its orders."""
    blocks = [
        each
        for each in desired.resources.values()
        if types[each.address.type].shape is Shape.BLOCKS
    ]
    return {
        address: tuple(sorted(numbers_of_block(claimed, live.orders.get(address, ()))))
        for address, claimed in claim_everywhere(blocks, live, types).numbers.items()
    }


def _reference(live: Resource | None) -> ShownAddress | None:
    values = () if live is None else live.attributes.values()
    refers_to = next((each for each in values if isinstance(each, Address)), None)
    return None if refers_to is None else _address(refers_to)


def _address(address: Address) -> ShownAddress:
    return {"type": address.type, "path": list(address.path)}


def render_show(document: ShowDocument, *, width: int, paint: Paint = plain) -> str:
    """The document as a tree: one line a resource, below it numbers and open orders."""
    heading = f"Account {document['account']} at {document['origin']}"
    resources = document["resources"]
    names = columns([(_name(each), _state(each)) for each in resources])
    blocks: list[list[str]] = []
    for resource, name in zip(resources, names, strict=True):
        if resource["depth"] == 0:
            blocks.append([])
        blocks[-1].append(name if resource["exists"] else paint(Style.WARNING, name))
        blocks[-1] += _details(resource, width)
    return paragraphs(([paint(Style.STRONG, heading)], *blocks))


def _name(resource: ShownResource) -> str:
    address = resource["address"]
    has_label = len(address["path"]) > resource["depth"]
    words = f"{address['type']} {address['path'][-1]}" if has_label else address["type"]
    return f"{'  ' * resource['depth']}{printable(words)}"


def _state(resource: ShownResource) -> str:
    if resource["quantity"] is not None:
        return f"{len(resource['numbers'])} of {count(resource['quantity'], 'number')}"
    if not resource["exists"]:
        return "not there"
    if resource["refers_to"] is not None:
        return printable(resource["refers_to"]["path"][-1])
    return printable(resource["id"] or "on")


def _details(resource: ShownResource, width: int) -> Iterator[str]:
    indent = "  " * (resource["depth"] + 1)
    numbers = resource["numbers"]
    if numbers and resource["quantity"] is None:
        yield from listing(numbers, width=width, indent=indent)
    for order in resource["orders"]:
        came = numbers_so_far(len(order["numbers"]), order["quantity"])
        text = f"order {order['id']}: {order['status']}, {came} ({order['customer_order_id']})"
        yield from wrap(printable(text), width=width, first=indent, rest=f"{indent}  ")
