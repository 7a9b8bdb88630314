"""Which block a live number counts for, where the kinds of several blocks cover it."""

from collections.abc import Mapping, Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.block_kinds import block_label
from provisioner.model import Address, Attributes, LiveState, NumberOrder, Resource, Value
from provisioner.planning.claims import Claims, claim_everywhere, criteria_of
from provisioner.resource_type import block_kind
from provisioner.resources import resource_types

TYPES = resource_types()
EAST, WEST = Address("sippeer", ("Raleigh", "East")), Address("sippeer", ("Raleigh", "West"))
CARY: Attributes = {"city": "CARY", "state": "NC", "rate_center": "CARY", "lata": "426"}


def block(quantity: int = 1, sippeer: Address = EAST, **values: Value) -> Resource:
    label = block_label(block_kind(TYPES["numbers"], values), values)
    return Resource(Address("numbers", (*sippeer.path, label)), {**values, "quantity": quantity})


def claims(
    blocks: Sequence[Resource],
    numbers: Sequence[str] | Mapping[Address, Sequence[str]],
    orders: Mapping[Address, tuple[NumberOrder, ...]] | None = None,
    facts: Mapping[str, Attributes] | None = None,
) -> Claims:
    on = numbers if isinstance(numbers, Mapping) else {EAST: numbers}
    live = LiveState(
        "9900778",
        "https://dashboard.bandwidth.com",
        {},
        {},
        numbers={sippeer: tuple(each) for sippeer, each in on.items()},
        orders=orders or {},
        facts=facts or {},
    )
    return claim_everywhere(blocks, live, TYPES)


def is_of(block: Resource, number: str, facts: Attributes) -> bool | None:
    return criteria_of(block, TYPES["numbers"]).fit(number, facts)


def by_label(found: Claims) -> dict[str, tuple[str, ...]]:
    return {address.path[-1]: numbers for address, numbers in found.numbers.items()}


# Numbers that their digits tell

WIDE, NARROW, SPELT = (
    block(1, area_code="910"),
    block(1, npa_nxx="910555"),
    block(1, area_code="910", local_vanity="CARS"),
)
LIVE = ("+19105550001", "+19104441001", "+19105552277")


@pytest.mark.parametrize("blocks", list(permutations([WIDE, NARROW, SPELT])))
def test_the_longest_match_claims_a_number_whatever_the_order_of_the_blocks(
    blocks: Sequence[Resource],
) -> None:
    found = claims(blocks, [*LIVE, "+19195550001"])
    assert by_label(found) == {
        "area_code=910": ("+19104441001",),
        "npa_nxx=910555": ("+19105550001",),
        "area_code=910,local_vanity=CARS": ("+19105552277",),
    }
    assert found.unclaimed == {EAST: ("+19195550001",)}


def test_a_block_takes_no_more_than_it_lacks_while_another_does() -> None:
    found = claims([NARROW, block(2, area_code="910")], ["+19105550001", "+19105550002"])
    assert by_label(found) == {
        "npa_nxx=910555": ("+19105550001",),
        "area_code=910": ("+19105550002",),
    }


def test_what_nobody_lacks_is_surplus_of_the_longest_match() -> None:
    found = claims([NARROW, WIDE], [*LIVE, "+19105550009"])
    assert by_label(found) == {
        "npa_nxx=910555": ("+19105550001", "+19105550009", "+19105552277"),
        "area_code=910": ("+19104441001",),
    }
    assert found.unclaimed == {}


def test_a_longer_toll_free_pattern_comes_first() -> None:
    one, decade, every = block(toll_free="833"), block(toll_free="83*"), block(toll_free="8**")
    found = claims([every, decade, one], ["+18335550001", "+18885550001"])
    assert by_label(found) == {
        "toll_free=833": ("+18335550001",),
        "toll_free=83*": (),
        "toll_free=8**": ("+18885550001",),
    }


# Numbers that a block has a title to


def test_a_listed_number_counts_for_the_block_that_lists_it() -> None:
    listed = block(1, telephone_numbers=("+19105550001",))
    order = NumberOrder("1", "bwp-0-1", "COMPLETE", 1, ("+19105550001",))
    found = claims([WIDE, NARROW, listed], LIVE[:1], {WIDE.address: (order,)})
    assert by_label(found)["telephone_numbers=+19105550001"] == ("+19105550001",)
    assert by_label(found)["area_code=910"] == by_label(found)["npa_nxx=910555"] == ()


def test_a_block_that_lists_numbers_has_no_others() -> None:
    listed = block(1, telephone_numbers=("+19105550001",))
    found = claims([listed], ["+19105550001", "+19105550002"])
    assert found.numbers == {listed.address: ("+19105550001",)}
    assert found.unclaimed == {EAST: ("+19105550002",)}


def test_the_block_that_bought_a_number_comes_before_the_longest_match() -> None:
    order = NumberOrder("1", "bwp-0-1", "COMPLETE", 1, ("+19105550001",))
    found = by_label(claims([WIDE, NARROW], LIVE[:1], {WIDE.address: (order,)}))
    assert found == {"area_code=910": ("+19105550001",), "npa_nxx=910555": ()}


def test_a_number_that_a_block_elsewhere_bought_counts_there_alone() -> None:
    west = block(1, WEST, area_code="910")
    order = NumberOrder("1", "bwp-0-1", "COMPLETE", 1, ("+19105550001",))
    found = claims([WIDE, west], {EAST: LIVE[:1], WEST: ()}, {west.address: (order,)})
    assert found.numbers == {WIDE.address: (), west.address: ()}
    assert found.unclaimed == {}


def test_a_number_that_is_listed_elsewhere_is_needed_only_where_it_would_lack() -> None:
    west = block(1, WEST, telephone_numbers=("+19105550001",))
    assert claims([WIDE, west], {EAST: LIVE[:1], WEST: ()}).needed == {"+19105550001": WIDE.address}
    assert claims([WIDE, west], {EAST: LIVE[:2], WEST: ()}).needed == {}


def test_orders_in_flight_leave_no_place_for_what_another_block_lacks() -> None:
    coming = NumberOrder("1", "bwp-0-1", "RECEIVED", 1)
    found = by_label(claims([WIDE, NARROW], LIVE[:1], {NARROW.address: (coming,)}))
    assert found == {"area_code=910": ("+19105550001",), "npa_nxx=910555": ()}


# Numbers that the account tells of


def test_places_are_told_by_the_account() -> None:
    city, state, lata = (
        block(city="CARY", state="NC"),
        block(state="VA"),
        block(lata="426"),
    )
    numbers = ("+19195550001", "+19195550002", "+18045550001")
    facts: Mapping[str, Attributes] = {
        numbers[0]: CARY,
        numbers[1]: {**CARY, "city": "RALEIGH"},
        numbers[2]: {"city": "RICHMOND", "state": "VA", "lata": "248"},
    }
    assert by_label(claims([state, lata, city], numbers, facts=facts)) == {
        "city=CARY,state=NC": (numbers[0],),
        "lata=426": (numbers[1],),
        "state=VA": (numbers[2],),
    }


def test_numbers_change_places_where_less_is_bought_by_it() -> None:
    """The area code comes first and could have either, the rate center only one of them."""
    wide, center = block(area_code="919"), block(rate_center="CARY", state="NC")
    facts: Mapping[str, Attributes] = {
        "+19195550001": CARY,
        "+19195550002": {**CARY, "rate_center": "RALEIGH"},
    }
    assert by_label(claims([wide, center], sorted(facts), facts=facts)) == {
        "area_code=919": ("+19195550002",),
        "rate_center=CARY,state=NC": ("+19195550001",),
    }


def test_several_criteria_are_all_to_be_met() -> None:
    both = block(area_code="919", state="NC", rate_center="CARY")
    facts: Mapping[str, Attributes] = {"+19195550001": CARY, "+18285550001": CARY}
    found = claims([both], sorted(facts), facts=facts)
    assert found.numbers[both.address] == ("+19195550001",)
    assert found.unclaimed == {EAST: ("+18285550001",)}


@pytest.mark.parametrize(
    "asked",
    [
        block(zip="27511"),
        block(city="CARY", state="NC"),
        block(npa_nxx="919444", local_calling_area=True),
    ],
    ids=lambda each: each.address.path[-1],
)
def test_in_doubt_a_number_counts_and_is_named(asked: Resource) -> None:
    found = claims([asked], ["+19195550001", "+19195550002"])
    assert found.numbers[asked.address] == found.doubtful[asked.address] == ("+19195550001",)
    assert found.certain(asked.address) == ()
    assert found.unclaimed == {EAST: ("+19195550002",)}


def test_what_is_sure_comes_before_what_is_in_doubt() -> None:
    order = NumberOrder("1", "bwp-0-1", "COMPLETE", 1, ("+19195550001",))
    near = block(zip="27511")
    found = claims([near], ["+19195550001", "+19195550002"], {near.address: (order,)})
    assert (found.numbers[near.address], found.doubtful) == (("+19195550001",), {})


def test_a_toll_free_number_is_no_doubt_of_a_place() -> None:
    found = claims([block(zip="27511"), block(state="NC")], ["+18335550001"])
    assert (found.doubtful, found.unclaimed) == ({}, {EAST: ("+18335550001",)})


def test_a_narrow_block_does_not_doubt_the_area_around() -> None:
    asked = block(npa_nxx="919444")
    assert is_of(asked, "+19195550001", {}) is False


# Whatever there is

NUMBERS = [f"+1{code}{exchange}000{n}" for code in ("910", "919") for exchange in (444, 555)
           for n in range(3)]  # fmt: skip
PLACES: list[Attributes] = [{}, CARY, {**CARY, "rate_center": "RALEIGH"}]
KINDS: list[dict[str, Value]] = [
    {"area_code": "910"},
    {"area_code": "919"},
    {"npa_nxx": "910444"},
    {"npa_nxx": "919555"},
    {"state": "NC"},
    {"rate_center": "CARY", "state": "NC"},
    {"area_code": "919", "state": "NC"},
    {"zip": "27511"},
]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Resource], list[str], dict[str, Attributes]]:
    kinds = draw(st.lists(st.sampled_from(KINDS), unique_by=str, min_size=1))
    blocks = [block(draw(st.integers(1, 4)), EAST, **values) for values in kinds]
    numbers = draw(st.lists(st.sampled_from(NUMBERS), unique=True))
    return blocks, numbers, {number: draw(st.sampled_from(PLACES)) for number in numbers}


@given(world=worlds())
def test_every_number_counts_once_or_not_at_all_whatever_the_order(
    world: tuple[list[Resource], list[str], dict[str, Attributes]],
) -> None:
    blocks, numbers, facts = world
    found = claims(blocks, numbers, facts=facts)
    claimed = [number for each in found.numbers.values() for number in each]
    left = [number for each in found.unclaimed.values() for number in each]
    assert sorted([*claimed, *left]) == sorted(numbers)
    assert claims(blocks[::-1], numbers[::-1], facts=facts) == found
    for each in blocks:
        for number in found.certain(each.address):
            assert is_of(each, number, facts[number])


@given(world=worlds())
def test_no_other_way_of_handing_them_out_would_buy_less(
    world: tuple[list[Resource], list[str], dict[str, Attributes]],
) -> None:
    """Compared with the largest matching, found by trying every place for every number."""
    blocks, numbers, facts = world
    found = claims(blocks, numbers, facts=facts)
    wanted = {each.address: int(str(each.attributes["quantity"])) for each in blocks}
    met = sum(min(len(found.certain(each)), wanted[each]) for each in wanted)
    fits = [
        [each.address for each in blocks if is_of(each, number, facts[number])]
        for number in numbers
    ]
    assert met == largest_matching(fits, wanted)


def largest_matching(fits: list[list[Address]], wanted: Mapping[Address, int]) -> int:
    reached = {tuple(sorted(wanted.items())): 0}
    for options in fits:
        following = dict(reached)
        for left, met in reached.items():
            for option in options:
                rest = dict(left)
                if rest[option]:
                    rest[option] -= 1
                    key = tuple(sorted(rest.items()))
                    following[key] = max(following.get(key, 0), met + 1)
        reached = following
    return max(reached.values())
