"""Which block a live number counts for, where the kinds of several blocks cover it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from provisioner.model import Address, Attributes, NumberOrder, Resource
from provisioner.planning.numbers import claim_numbers
from provisioner.resource_type import BlockKind, ResourceType, Types

SIPPEER = ("Raleigh", "East")


def exchange_prefix(values: Attributes) -> str:
    return f"+1{values['exchange']}"


@pytest.fixture(scope="session")
def numbers(types: Types) -> ResourceType:
    """Number blocks with one kind more than the service's area codes."""
    exchange = BlockKind(
        name="exchange",
        element="X",
        fields={"exchange": "Exchange"},
        prefix=exchange_prefix,
        described="exchange {exchange}",
    )
    return replace(types["numbers"], kinds=(*types["numbers"].kinds, exchange))


def block(**values: str) -> Resource:
    ((name, value),) = values.items()
    return Resource(Address("numbers", (*SIPPEER, f"{name}={value}")), values)


WIDE, NARROW, NARROWER = (
    block(area_code="910"),
    block(exchange="910555"),
    block(exchange="9105550"),
)
LIVE = ("+19105550001", "+19105551001", "+19104441001", "+19195550001")


def claims(
    blocks: Sequence[Resource],
    numbers: ResourceType,
    orders: Mapping[Address, tuple[NumberOrder, ...]] | None = None,
) -> dict[str, tuple[str, ...]]:
    claimed = claim_numbers(blocks, LIVE, orders or {}, numbers)
    return {address.path[-1]: found for address, found in claimed.items()}


@pytest.mark.parametrize("blocks", list(permutations([WIDE, NARROW, NARROWER])))
def test_the_longest_prefix_claims_a_number_whatever_the_order_of_the_blocks(
    blocks: Sequence[Resource], numbers: ResourceType
) -> None:
    assert claims(blocks, numbers) == {
        "area_code=910": ("+19104441001",),
        "exchange=910555": ("+19105551001",),
        "exchange=9105550": ("+19105550001",),
    }


def test_what_the_longer_prefix_leaves_is_the_shorter_ones(numbers: ResourceType) -> None:
    assert claims([WIDE], numbers)["area_code=910"] == tuple(sorted(LIVE[:3]))
    assert claims([WIDE, NARROW], numbers)["area_code=910"] == ("+19104441001",)


def test_the_block_that_bought_a_number_comes_before_the_longest_prefix(
    numbers: ResourceType,
) -> None:
    order = NumberOrder("1", "bwp-0-1", "COMPLETE", 1, ("+19105550001",))
    found = claims([WIDE, NARROW, NARROWER], numbers, {WIDE.address: (order,)})
    assert found["area_code=910"] == ("+19104441001", "+19105550001")
    assert found["exchange=9105550"] == ()
