"""The values that everything speaks about: equal, ordered, frozen, and silent about secrets."""

import copy
import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import Origin
from provisioner.model import Address, DesiredState, Limits, NumberOrder, Resource, Secret

VALUE = "hunter2-hunter2"
SECRET = Secret("CALLBACK_PASSWORD", VALUE)


def test_an_address_is_written_with_its_type() -> None:
    assert str(Address("sippeer", ("Raleigh", "Messaging East"))) == (
        "sippeer Raleigh/Messaging East"
    )


def test_addresses_stand_by_type_then_by_path() -> None:
    in_order = [
        Address("application", ("Z",)),
        Address("site", ("A",)),
        Address("site", ("A", "B")),
        Address("site", ("AA",)),
        Address("sms", ("A",)),
    ]
    assert sorted({*in_order}) == in_order


def test_equal_addresses_are_one_key() -> None:
    assert {Address("site", ("A",)), Address("site", ("A",))} == {Address("site", ("A",))}
    assert Address("site", ("A/B",)) != Address("site", ("A", "B"))


def test_a_secret_is_revealed_on_request_only() -> None:
    assert SECRET.reveal() == VALUE
    assert SECRET.name == "CALLBACK_PASSWORD"


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r} {SECRET!s} {SECRET!a}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031 -- the old way of formatting must not leak either
        "{0} {0.name}".format(SECRET),  # noqa: UP032 -- nor this one
        repr([SECRET, {"password": SECRET}]),
        repr(Resource(Address("application", ("A",)), {"password": SECRET})),
        json.dumps({"password": SECRET}, default=str),
        json.dumps({"password": SECRET}, default=repr),
    ],
    ids=[
        "repr",
        "str",
        "f-string",
        "conversions",
        "percent",
        "format",
        "nested",
        "in a resource",
        "JSON by str",
        "JSON by repr",
    ],
)
def test_no_way_of_writing_a_secret_shows_it(shown: str) -> None:
    assert "hunter2" not in shown
    assert "CALLBACK_PASSWORD" in shown or "(secret)" in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    for holder in (SECRET, [SECRET], {"password": SECRET}):
        with pytest.raises(TypeError, match="a Secret cannot be pickled") as caught:
            pickle.dumps(holder, protocol)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, json.dumps, vars, iter, bytes])
def test_a_secret_is_not_copied_or_taken_apart(duplicate: object) -> None:
    assert callable(duplicate)
    with pytest.raises(TypeError) as caught:
        duplicate(SECRET)
    assert "hunter2" not in str(caught.value)


def test_a_secret_takes_no_attributes() -> None:
    with pytest.raises(AttributeError):
        SECRET.other = 1  # type: ignore[attr-defined]  # that is the point


@given(one=st.text(), other=st.text())
def test_secrets_are_equal_where_their_values_are(one: str, other: str) -> None:
    assert (Secret("A", one) == Secret("B", other)) is (one == other)
    assert (Secret("A", one) != Secret("A", other)) is (one != other)
    assert hash(Secret("A", one)) == hash(Secret("B", one))


def test_a_secret_equals_nothing_but_secrets() -> None:
    assert SECRET != VALUE
    assert SECRET != "(secret)"
    assert len({SECRET, Secret("OTHER", VALUE), VALUE}) == 2


def test_a_resource_is_frozen_and_keeps_its_own_attributes() -> None:
    attributes = {"name": "A"}
    resource = Resource(Address("site", ("A",)), attributes)
    attributes["name"] = "B"
    assert resource.attributes["name"] == "A"
    with pytest.raises(TypeError, match="does not support item assignment"):
        resource.attributes["name"] = "B"  # type: ignore[index]  # that is the point
    with pytest.raises(dataclasses.FrozenInstanceError):
        resource.address = Address("site", ("B",))  # type: ignore[misc]  # that is the point


def test_resources_are_compared_by_value() -> None:
    address = Address("site", ("A",))
    assert Resource(address, {"a": 1, "b": True}) == Resource(address, {"b": True, "a": 1})
    assert Resource(address, {"a": 1}) != Resource(address)


def test_a_desired_state_knows_where_a_field_stands_or_else_its_resource() -> None:
    address, other = Address("site", ("A",)), Address("site", ("B",))
    here, there = Origin("spec.yaml", 3, 5), Origin("spec.yaml", 4, 7)
    state = DesiredState("1", {}, origins={(address, ""): here, (address, "name"): there})
    assert state.origin(address, "name") == there
    assert state.origin(address, "description") == here
    assert state.origin(address) == here
    assert state.origin(other, "name") is None


def test_a_hundred_new_numbers_are_the_limit_unless_another_is_named() -> None:
    assert Limits().new_numbers == 100
    assert DesiredState("1", {}).limits == Limits()


def order(
    status: str, quantity: int | None = 3, numbers: int = 0, gone: int = 0, completed: int = 0
) -> NumberOrder:
    brought = tuple(f"+1910555000{n}" for n in range(numbers + gone))
    return NumberOrder("1", "bwp-0-1", status, quantity, brought[gone:], brought[:gone], completed)


@pytest.mark.parametrize("status", ["COMPLETE", "PARTIAL", "FAILED"])
def test_an_order_at_its_end_brings_nothing_more(status: str) -> None:
    assert not order(status).is_open
    assert order(status).outstanding == 0


@pytest.mark.parametrize("status", ["RECEIVED", "PROCESSING", "BACKORDERED", "", "ANYTHING"])
def test_any_other_order_is_open_and_brings_the_rest(status: str) -> None:
    assert order(status).is_open
    assert order(status).outstanding == 3
    assert order(status, numbers=1, gone=1).outstanding == 1
    assert order(status, numbers=4).outstanding == 0


def test_what_an_order_of_unknown_quantity_will_bring_nobody_knows() -> None:
    assert order("RECEIVED", None).outstanding is None
    assert order("RECEIVED", None, numbers=2).outstanding is None
    assert order("COMPLETE", None, numbers=2).outstanding == 0


def test_complete_without_a_word_on_numbers_is_taken_at_its_word_until_lists_show_them() -> None:
    silent = order("COMPLETE", 3)
    assert (silent.brought, silent.unnamed, silent.outstanding) == (3, 3, 0)
    assert order("COMPLETE", None).outstanding is None
    for quantity in (3, None):
        settled = dataclasses.replace(order("COMPLETE", quantity), settled=True)
        assert (settled.brought, settled.unnamed, settled.outstanding) == (0, 0, 0)
    assert order("FAILED", 3).brought == 0


def test_an_order_may_bring_more_than_it_names() -> None:
    several = order("PROCESSING", 5, numbers=1, gone=1, completed=4)
    assert (several.brought, several.unnamed, several.outstanding) == (4, 2, 1)
    all_named = order("PROCESSING", 5, numbers=2, completed=1)
    assert (all_named.brought, all_named.unnamed, all_named.outstanding) == (2, 0, 3)


def test_back_orders_are_told_apart() -> None:
    assert order("BACKORDERED").is_back_order
    assert not order("RECEIVED").is_back_order


def test_no_run_waits_for_stock_or_for_what_has_ended() -> None:
    statuses = ("RECEIVED", "PROCESSING", "BACKORDERED", "COMPLETE", "PARTIAL", "FAILED")
    assert [each for each in statuses if order(each).is_awaited] == ["RECEIVED", "PROCESSING"]
