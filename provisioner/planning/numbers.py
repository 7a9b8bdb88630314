"""Number blocks: what counts for one, what is missing, and what its orders are called.

Everything here touches money. The rules: absence never buys; a number counts for one block only;
what a block's own orders brought counts until the account itself says that it is gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model import Attributes, NumberOrder, Resource
from provisioner.resource_type import ResourceType, block_kind


def order_key(account: str, site_id: str, sippeer_id: str, kind: str, values: Attributes) -> str:
    """What the CustomerOrderIds of all orders of a block begin with: `bwp-` and 20 hex digits.

    The format is frozen. An order is found again by it, on any machine and by any later version:
    changing it buys the numbers again.
    """
    identity = {
        "account": account,
        "kind": kind,
        "sippeer": sippeer_id,
        "site": site_id,
        "values": {name: str(value) for name, value in values.items()},
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return "bwp-" + hashlib.sha256(canonical.encode()).hexdigest()[:20]


def block_order_key(
    account: str, site_id: str, sippeer_id: str, block: Resource, resource_type: ResourceType
) -> str:
    """`order_key` for a block.

    A block of listed numbers goes by the first of them, for no number is in two blocks: so its
    orders are found again after other numbers have been added to it or taken from it.
    """
    kind = block_kind(resource_type, block.attributes)
    values = {
        name: value[0] if isinstance(value, tuple) else value
        for name, value in kind.values(block.attributes).items()
    }
    return order_key(account, site_id, sippeer_id, kind.name, values)


def customer_order_id(key: str, generation: int) -> str:
    """The CustomerOrderId of a block's n-th order; 26 to 29 of the 40 characters it may have."""
    return f"{key}-{generation}"


def next_generation(orders: Iterable[NumberOrder]) -> int:
    """1 + the highest generation among a block's orders."""
    return 1 + max((int(order.customer_order_id.rpartition("-")[2]) for order in orders), default=0)


@dataclass(frozen=True, slots=True)
class BlockCount:
    """The numbers of one block: declared, there, on order, and to be moved to it."""

    declared: int
    there: int
    in_flight: int
    moving: int = 0

    @property
    def shortfall(self) -> int:
        return max(0, self.declared - self.there - self.in_flight - self.moving)


def numbers_of_block(claimed: Iterable[str], orders: Iterable[NumberOrder]) -> frozenset[str]:
    """The numbers that count for a block: claimed for it, or brought by its orders."""
    return frozenset(claimed).union(*(order.numbers for order in orders))


def count_block(
    block: Resource, claimed: Iterable[str], orders: Iterable[NumberOrder]
) -> BlockCount:
    """What counts for a block: numbers claimed for it, and those of its orders, none twice."""
    orders = tuple(orders)
    declared = int(str(block.attributes["quantity"]))
    there = len(numbers_of_block(claimed, orders)) + sum(order.unnamed for order in orders)
    coming = [order.outstanding for order in orders]
    in_flight = sum(each for each in coming if each is not None)
    if None in coming:
        # An open order that does not say for how many may be for all that is missing.
        in_flight = max(in_flight, declared - there)
    return BlockCount(declared, there, in_flight)


def numbers_outstanding(orders: Iterable[NumberOrder]) -> int:
    """How many numbers are on order. An order that does not say is for one at least."""
    coming = [order.outstanding for order in orders]
    return sum(1 if each is None else each for each in coming)


def describe_kind(resource_type: ResourceType, attributes: Attributes) -> str:
    """The block in words, such as "area code 910, state NC"."""
    told = (
        (row.words, attributes[row.name])
        for row in resource_type.fields
        if row.words and row.name in attributes
    )
    return ", ".join(
        f"{words} {value[0] if isinstance(value, tuple) else value}" for words, value in told
    )
