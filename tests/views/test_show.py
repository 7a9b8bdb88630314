import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.resource_type import Types
from provisioner.views.show import ShownResource, render_show, show_document
from provisioner.views.style import ansi

Golden = Callable[[str, str], None]

APPLICATION = Address("application", ("Production Server",))
SITE = Address("site", ("Raleigh",))
EAST = Address("sippeer", ("Raleigh", "Messaging East"))
SMS = Address("sms", EAST.path)
MMS = Address("mms", EAST.path)
ASSIGNMENT = Address("messaging_application", EAST.path)
LOCAL = Address("numbers", (*EAST.path, "area_code=910"))
OTHER = Address("numbers", (*EAST.path, "area_code=919"))
WEST = Address("sippeer", ("Raleigh", "West"))


def block(address: Address, area_code: str, quantity: int) -> Resource:
    return Resource(address, {"area_code": area_code, "quantity": quantity})


@pytest.fixture
def desired() -> DesiredState:
    named = [Resource(each) for each in (APPLICATION, SITE, EAST, SMS, ASSIGNMENT, WEST)]
    resources = [*named, block(LOCAL, "910", 2), block(OTHER, "919", 3)]
    return DesiredState(
        "9900778", {each.address: each for each in resources}, absent=frozenset({MMS})
    )


@pytest.fixture
def live() -> LiveState:
    there = (APPLICATION, SITE, EAST, SMS)
    return LiveState(
        "9900778",
        "https://dashboard.bandwidth.com",
        {each: Resource(each) for each in there},
        {
            APPLICATION: "d775585a-ed5b-4a49-8b96-f68c0a993ebe",
            SITE: "461534",
            EAST: "540341",
        },
        {EAST: ("+19105550101", "+19105550102", "+19195550101", "+13035550100")},
        {
            LOCAL: (NumberOrder("47955555", "bwp-1-1", "COMPLETE", 1, ("+19105550102",)),),
            OTHER: (
                NumberOrder("11111111", "bwp-2-1", "RECEIVED", 2, ("+19195550102",)),
                NumberOrder("22222222", "bwp-2-2", "FAILED", 1),
            ),
        },
    )


def shown(desired: DesiredState, live: LiveState, types: Types) -> dict[Address, ShownResource]:
    return {
        Address(each["address"]["type"], tuple(each["address"]["path"])): each
        for each in show_document(desired, live, types)["resources"]
    }


def test_what_is_there_is_shown_as_a_tree(
    desired: DesiredState, live: LiveState, types: Types, golden: Golden
) -> None:
    text = render_show(show_document(desired, live, types), width=80)
    golden("views/show.txt", f"{text}\n")


def test_what_is_there_is_shown_to_programs(
    desired: DesiredState, live: LiveState, types: Types, golden: Golden
) -> None:
    document = show_document(desired, live, types)
    golden("views/show.json", json.dumps(document, indent=2) + "\n")


def test_a_block_counts_its_numbers_and_those_of_its_orders(
    desired: DesiredState, live: LiveState, types: Types
) -> None:
    found = shown(desired, live, types)
    assert found[LOCAL]["numbers"] == ["+19105550101", "+19105550102"]
    assert found[LOCAL]["exists"]
    assert found[OTHER]["numbers"] == ["+19195550101", "+19195550102"]
    assert not found[OTHER]["exists"]


def test_only_orders_that_are_open_are_shown(
    desired: DesiredState, live: LiveState, types: Types
) -> None:
    found = shown(desired, live, types)
    assert found[LOCAL]["orders"] == []
    assert [order["id"] for order in found[OTHER]["orders"]] == ["11111111"]


def test_what_is_declared_absent_is_left_out(
    desired: DesiredState, live: LiveState, types: Types
) -> None:
    declared = replace(desired, resources={**desired.resources, MMS: Resource(MMS)})
    assert MMS not in shown(declared, live, types)
    assert MMS in shown(replace(declared, absent=frozenset()), live, types)


def test_of_many_numbers_50_are_listed_and_all_are_in_the_document(
    desired: DesiredState, live: LiveState, types: Types
) -> None:
    numbers = tuple(f"+1303555{number:04}" for number in range(60))
    document = show_document(desired, replace(live, numbers={EAST: numbers}), types)
    text = render_show(document, width=80)
    assert "+13035550049\n    and 10 more\n" in text
    assert "+13035550050" not in text
    assert "+13035550059" in json.dumps(document)


def test_what_is_not_there_stands_out(desired: DesiredState, live: LiveState, types: Types) -> None:
    text = render_show(show_document(desired, live, types), width=80, paint=ansi)
    assert "\x1b[1;33m  sippeer West" in text


def test_an_empty_spec_shows_just_where_it_looked(live: LiveState, types: Types) -> None:
    document = show_document(DesiredState("9900778", {}), live, types)
    assert render_show(document, width=80) == ("Account 9900778 at https://dashboard.bandwidth.com")
