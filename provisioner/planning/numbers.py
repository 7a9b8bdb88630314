"""Number blocks: which numbers count for which block, what is missing, and what orders are called.

Everything here touches money. The rules: absence never buys; a number counts for one block only;
what a block's own orders brought counts until the account itself says that it is gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model import Address, Attributes, LiveState, NumberOrder, Resource
from provisioner.resource_type import (
    BlockKind,
    ResourceType,
    Types,
    block_kind,
    parent_address,
)


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
    kind = block_kind(resource_type, block.attributes)
    values = {name: block.attributes[name] for name in kind.fields}
    return order_key(account, site_id, sippeer_id, kind.name, values)


def customer_order_id(key: str, generation: int) -> str:
    """The CustomerOrderId of a block's n-th order; 26 to 29 of the 40 characters it may have."""
    return f"{key}-{generation}"


def next_generation(orders: Iterable[NumberOrder]) -> int:
    """1 + the highest generation among a block's orders."""
    return 1 + max((int(order.customer_order_id.rpartition("-")[2]) for order in orders), default=0)


@dataclass(frozen=True, slots=True)
class BlockCount:
    """The numbers of one block: declared, there, on order, and what is missing."""

    declared: int
    there: int
    in_flight: int

    @property
    def shortfall(self) -> int:
        return max(0, self.declared - self.there - self.in_flight)


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


def claim_numbers(
    blocks: Iterable[Resource],
    numbers: Iterable[str],
    orders: Mapping[Address, tuple[NumberOrder, ...]],
    resource_type: ResourceType,
) -> dict[Address, tuple[str, ...]]:
    """Which of a sippeer's live numbers count for which of its blocks.

    A block's own orders come first, then the longest prefix. Two blocks of one kind and equal
    values are no spec, so nothing depends on the order of the file.
    """
    blocks = sorted(blocks, key=lambda block: block.address)
    bought_for = {
        number: block.address
        for block in blocks
        for order in orders.get(block.address, ())
        for number in order.numbers
    }
    by_prefix = {
        block_kind(resource_type, block.attributes).prefix(block.attributes): block.address
        for block in blocks
    }
    lengths = sorted({len(prefix) for prefix in by_prefix}, reverse=True)
    claimed: dict[Address, list[str]] = {block.address: [] for block in blocks}
    for number in sorted(numbers):
        prefixes = (number[:length] for length in lengths)
        owner = bought_for.get(number) or next(
            (by_prefix[prefix] for prefix in prefixes if prefix in by_prefix), None
        )
        if owner is not None:
            claimed[owner].append(number)
    return {address: tuple(found) for address, found in claimed.items()}


def claim_everywhere(
    blocks: Iterable[Resource], live: LiveState, types: Types
) -> dict[Address, tuple[str, ...]]:
    """`claim_numbers` for the blocks of all sippeers, each among those of its own."""
    by_sippeer: dict[Address | None, list[Resource]] = {}
    for block in blocks:
        by_sippeer.setdefault(parent_address(block.address, types), []).append(block)
    claimed: dict[Address, tuple[str, ...]] = {}
    for sippeer, siblings in by_sippeer.items():
        numbers = live.numbers.get(sippeer, ()) if sippeer else ()
        resource_type = types[siblings[0].address.type]
        claimed |= claim_numbers(siblings, numbers, live.orders, resource_type)
    return claimed


def describe_kind(kind: BlockKind, attributes: Attributes) -> str:
    """The block in words, such as "area code 910"."""
    return kind.described.format(**{name: attributes[name] for name in kind.fields})
