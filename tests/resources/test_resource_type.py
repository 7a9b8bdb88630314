"""What can be asked of a resource type and of an address."""

import pytest

from provisioner.block_kinds import block_label
from provisioner.model import Address, Attributes
from provisioner.resource_type import beside, block_kind, first_given, lineage, parent_address
from provisioner.resources import resource_types

TYPES = resource_types()
SITE = Address("site", ("Raleigh",))
SIPPEER = Address("sippeer", ("Raleigh", "East"))
SMS = Address("sms", SIPPEER.path)
BLOCK = Address("numbers", (*SIPPEER.path, "area_code=910"))


@pytest.mark.parametrize(
    ("address", "line"),
    [(SITE, (SITE,)), (SMS, (SMS, SIPPEER, SITE)), (BLOCK, (BLOCK, SIPPEER, SITE))],
    ids=str,
)
def test_a_resource_is_part_of_its_parents(address: Address, line: tuple[Address, ...]) -> None:
    assert lineage(address, TYPES) == line
    assert parent_address(address, TYPES) == (line[1] if len(line) > 1 else None)


@pytest.mark.parametrize("address", [SMS, BLOCK], ids=str)
def test_features_of_one_location_stand_beside_each_other(address: Address) -> None:
    assert beside(address, "mms", TYPES) == Address("mms", SIPPEER.path)


def test_only_what_has_a_label_of_its_own_ends_with_one() -> None:
    assert {name for name, each in TYPES.items() if each.has_label} == {
        "application",
        "site",
        "sippeer",
        "numbers",
        "campaign",
    }


def test_only_applications_are_updated_in_part() -> None:
    assert {name for name, each in TYPES.items() if each.updates_in_part} == {"application"}


def test_a_field_is_found_by_name_and_knows_its_group() -> None:
    city = TYPES["site"].field_named("address.city")
    assert (city.name, city.group) == ("address.city", "address")
    assert TYPES["site"].field_named("name").group == ""


def test_fixed_values_are_not_for_the_spec() -> None:
    assert [row.name for row in TYPES["sms"].fields] == ["toll_free", "short_code", "protocol"]
    assert [row.name for row in TYPES["sms"].spec_fields] == ["toll_free", "short_code"]


def test_a_block_is_labelled_by_kind_and_values_only() -> None:
    attributes: Attributes = {"quantity": 2, "name": "Support", "area_code": "910"}
    kind = block_kind(TYPES["numbers"], attributes)
    assert kind.name == "area_code"
    assert block_label(kind, attributes) == "area_code=910"


def test_an_empty_text_is_given_and_none_is_not() -> None:
    assert first_given([None, "", "a"]) == ""
    assert first_given([None]) is None
