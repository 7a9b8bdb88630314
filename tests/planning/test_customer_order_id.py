"""The name under which an order is found again. It is frozen: see the first test."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model import Address, NumberOrder, Resource, Value
from provisioner.planning.numbers import (
    block_order_key,
    customer_order_id,
    next_generation,
    order_key,
)
from provisioner.resource_type import Types, block_kind

SIPPEER = ("Raleigh", "East")


def block(**attributes: str | int | bool) -> Resource:
    label = f"area_code={attributes['area_code']}"
    return Resource(Address("numbers", (*SIPPEER, label)), attributes)


def test_the_customer_order_id_of_a_block_never_changes(types: Types) -> None:
    # These texts must never be edited. They are in the accounts of our users, on orders that were
    # paid for. A version that derives another text for the same block does not find its orders
    # again, takes their numbers for missing and buys them a second time.
    key = block_order_key(
        "9900778", "13651", "540341", block(area_code="910", quantity=1), types["numbers"]
    )
    assert customer_order_id(key, 1) == "bwp-c8b8f042db3032108f49-1"
    assert customer_order_id(key, 12) == "bwp-c8b8f042db3032108f49-12"
    several = order_key(
        "9900778", "13651", "540341", "rate_center", {"rate_center": "CARY", "state": "NC"}
    )
    assert several == "bwp-c7f12889faabb80cb946"


FROZEN: list[tuple[dict[str, Value], str]] = [
    ({"area_code": "910"}, "bwp-c8b8f042db3032108f49"),
    ({"npa_nxx": "919439"}, "bwp-f51def117877ec3e5d67"),
    ({"rate_center": "CARY", "state": "NC"}, "bwp-c7f12889faabb80cb946"),
    ({"city": "CHAPEL HILL", "state": "NC"}, "bwp-a98f27479d3d546232b4"),
    ({"state": "NC"}, "bwp-e3fb75478c4e0596f8ed"),
    ({"zip": "27606"}, "bwp-9fe857434211be0033b4"),
    ({"lata": "426"}, "bwp-e9548de9b1d10c914888"),
    ({"toll_free": "8**"}, "bwp-fc8e1e1ed3ed19e1cea9"),
    ({"toll_free_vanity": "NEWCARS"}, "bwp-c7f39c9cdf0f5afe39e0"),
    ({"area_code": "617", "local_vanity": "NEWCARS"}, "bwp-02387b4b0ab53b4358ad"),
    ({"area_code": "919", "state": "NC", "zip": "27606"}, "bwp-370d9837783182a1cce4"),
    ({"telephone_numbers": ("+19195551234", "+19195551235")}, "bwp-3120043fbba413406172"),
]


@pytest.mark.parametrize(("values", "key"), FROZEN, ids=[",".join(values) for values, _ in FROZEN])
def test_the_key_of_no_kind_of_block_ever_changes(
    values: dict[str, Value], key: str, types: Types
) -> None:
    # As above: never edit these.
    asked = Resource(Address("numbers", (*SIPPEER, "x")), {**values, "quantity": 1})
    assert block_order_key("9900778", "13651", "540341", asked, types["numbers"]) == key


def test_every_kind_of_block_has_its_key_frozen(types: Types) -> None:
    frozen = {block_kind(types["numbers"], values).name for values, _ in FROZEN}
    assert frozen == {kind.name for kind in types["numbers"].kinds}


def test_a_list_of_numbers_is_known_by_its_first(types: Types) -> None:
    """What is added to it or taken from it leaves its orders to be found again."""

    def key(*numbers: str) -> str:
        listed = Resource(Address("numbers", (*SIPPEER, "x")), {"telephone_numbers": numbers})
        return block_order_key("1", "2", "3", listed, types["numbers"])

    assert key("+19195551234") == key("+19195551234", "+19195551235", "+19195551236")
    assert key("+19195551234", "+19195551235") != key("+19195551235")


def test_quantity_options_name_and_position_are_no_part_of_it(types: Types) -> None:
    plain = block(area_code="910", quantity=1)
    other = block(quantity=500, name="Support", back_order=True, area_code="910")
    assert block_order_key("1", "2", "3", plain, types["numbers"]) == block_order_key(
        "1", "2", "3", other, types["numbers"]
    )


def test_the_order_of_the_keys_is_no_part_of_it() -> None:
    values = {"rate_center": "CARY", "state": "NC"}
    turned = dict(reversed(values.items()))
    assert list(turned) != list(values)
    assert order_key("1", "2", "3", "rate_center", values) == order_key(
        "1", "2", "3", "rate_center", turned
    )


def test_everything_else_is_part_of_it() -> None:
    same = order_key("1", "2", "3", "area_code", {"area_code": "910"})
    others = {
        order_key("9", "2", "3", "area_code", {"area_code": "910"}),
        order_key("1", "9", "3", "area_code", {"area_code": "910"}),
        order_key("1", "2", "9", "area_code", {"area_code": "910"}),
        order_key("1", "3", "2", "area_code", {"area_code": "910"}),
        order_key("1", "2", "3", "npa_nxx", {"area_code": "910"}),
        order_key("1", "2", "3", "area_code", {"npa_nxx": "910"}),
        order_key("1", "2", "3", "area_code", {"area_code": "919"}),
    }
    assert len(others | {same}) == 8


@given(
    account=st.text(),
    site=st.text(),
    sippeer=st.text(),
    kind=st.text(),
    values=st.dictionaries(st.text(), st.text() | st.integers() | st.booleans()),
    generation=st.integers(1, 10**15 - 1),
)
def test_it_is_what_the_service_takes(
    account: str,
    site: str,
    sippeer: str,
    kind: str,
    values: dict[str, str | int | bool],
    generation: int,
) -> None:
    """At most 40 letters, digits, dashes and spaces (error 5052)."""
    found = customer_order_id(order_key(account, site, sippeer, kind, values), generation)
    assert re.fullmatch(r"bwp-[0-9a-f]{20}-[1-9][0-9]*", found)
    assert len(found) <= 40


@pytest.mark.parametrize(
    ("generations", "following"),
    [((), 1), ((1,), 2), ((1, 1), 2), ((9, 10, 2), 11), ((3,), 4)],
    ids=["none", "one", "two of one id", "by number, not by text", "a gap"],
)
def test_the_next_order_follows_the_highest_found(
    generations: tuple[int, ...], following: int
) -> None:
    key = order_key("1", "2", "3", "area_code", {"area_code": "910"})
    orders = [
        NumberOrder(f"id-{n}", customer_order_id(key, generation), "FAILED", 1)
        for n, generation in enumerate(generations)
    ]
    assert next_generation(orders) == following
