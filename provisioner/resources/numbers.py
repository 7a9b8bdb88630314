"""Number blocks: how many numbers of which kind a location should have.

A block is not created once but converged to: the numbers that are there count, orders in flight
count, and only the shortfall is ordered.
"""

from __future__ import annotations

from provisioner.model import Attributes
from provisioner.resource_type import BlockKind, Call, Field, Kind, ResourceType, Shape


def area_code_prefix(values: Attributes) -> str:
    return f"+1{values['area_code']}"


TYPE = ResourceType(
    name="numbers",
    section="numbers",
    shape=Shape.BLOCKS,
    parent="sippeer",
    title="Numbers",
    description="How many numbers of which kind the location should have.",
    after=("messaging_application",),
    holds=("sms",),
    element="Order",
    create=Call("POST", "/orders"),
    parent_missing_codes=frozenset({"5016", "5023"}),
    kinds=(
        BlockKind(
            name="area_code",
            element="AreaCodeSearchAndOrderType",
            fields={"area_code": "AreaCode"},
            prefix=area_code_prefix,
            described="area code {area_code}",
        ),
    ),
    fields=(
        Field(
            name="area_code",
            title="Area code",
            description="Any numbers of this area code: three digits, the first from 2 to 9.",
            pattern=r"^[2-9][0-9]{2}$",
            example="910",
        ),
        Field(
            name="quantity",
            kind=Kind.INTEGER,
            required=True,
            minimum=1,
            maximum=5000,
            title="Quantity",
            description="How many numbers of this kind the location should have.",
            example=1,
        ),
        Field(
            name="partial_allowed",
            kind=Kind.BOOLEAN,
            default=True,
            title="Partial orders",
            description="Whether an order may be filled in part where stock is short.",
            example=True,
        ),
        Field(
            name="back_order",
            kind=Kind.BOOLEAN,
            default=False,
            title="Back order",
            description="Whether what is not in stock stays on order until it is.",
            example=False,
        ),
        Field(
            name="name",
            min_length=1,
            max_length=50,
            title="Order name",
            description="The Name that the block's orders carry in the account.",
            example="Support lines",
        ),
    ),
)
