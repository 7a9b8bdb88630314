import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model import Address, Resource
from provisioner.planning.plan import Action, AttributeChange, Change, Plan
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.views.entries import FEWEST_ALIKE
from provisioner.views.plan_text import render_plan
from provisioner.views.style import ansi
from tests.views.conftest import delete, make_plan, update

Golden = Callable[[str, str], None]

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_quickstart_reads_well_at_each_width(
    quickstart: Plan, types: Types, golden: Golden, width: int
) -> None:
    golden(f"views/plan_quickstart_{width}.txt", render_plan(quickstart, types, width=width) + "\n")


@pytest.mark.parametrize("width", [80, 120])
def test_each_action_on_each_shape_is_told_in_words(
    everything: Plan, types: Types, golden: Golden, width: int
) -> None:
    golden(f"views/plan_everything_{width}.txt", render_plan(everything, types, width=width) + "\n")


def test_unchanged_and_unmanaged_resources_are_listed_when_asked_for(
    everything: Plan, types: Types, golden: Golden
) -> None:
    text = render_plan(everything, types, width=80, verbose=True)
    golden("views/plan_everything_verbose.txt", f"{text}\n")


def test_what_is_not_in_the_spec_is_listed_with_its_id(nothing_to_do: Plan, types: Types) -> None:
    legacy, old = Address("site", ("Legacy",)), Address("application", ("Old\n",))
    plan = replace(nothing_to_do, unmanaged=(old, legacy), unmanaged_ids={legacy: "500021"})
    lines = render_plan(plan, types, width=80, unmanaged=True).splitlines()
    at = lines.index("    site Legacy (id 500021, not in the spec)")
    assert lines[at - 1] == "    application Old\\n (not in the spec)"
    assert lines[-2].startswith("2 resources in the account are not in the spec")


def test_listed_numbers_are_named_and_moves_are_told_apart_from_orders(
    listed: Plan, types: Types, golden: Golden
) -> None:
    golden("views/plan_listed.txt", render_plan(listed, types, width=80) + "\n")


def test_one_number_of_no_block_is_told_in_the_singular(nothing_to_do: Plan, types: Types) -> None:
    text = render_plan(replace(nothing_to_do, unclaimed=("+18335550001",)), types, width=100)
    assert "1 number is of no block of its location (+18335550001); it stays where it is." in text


def test_2000_changes_that_are_alike_are_told_on_one_screen(
    fleet: Plan, types: Types, golden: Golden
) -> None:
    text = render_plan(fleet, types, width=80)
    golden("views/plan_fleet.txt", f"{text}\n")
    assert len(fleet.changes) > 2000
    assert len(text.splitlines()) < 60
    assert "~ change SMS on 198 sippeers\n      toll_free  false → true" in text


def test_what_was_told_together_is_told_one_by_one_when_asked_for(
    fleet: Plan, types: Types
) -> None:
    text = render_plan(fleet, types, width=80, verbose=True)
    places = re.findall(r"create sippeer Fleet/Location (\d+)", text)
    assert [int(place) for place in places] == list(range(400))
    assert "What is alike" not in text


def test_what_is_alike_in_many_sites_is_told_once_for_all_of_them(types: Types) -> None:
    changes = [
        update(Address("sms", (f"Tenant {n}", "Main")), {"toll_free": (False, True)})
        for n in range(FEWEST_ALIKE)
    ]
    text = render_plan(make_plan(*changes), types, width=80)
    assert "Several sites\n  ~ change SMS on 5 sippeers\n      toll_free  false → true\n" in text
    fewer = render_plan(make_plan(*changes[1:]), types, width=80)
    assert fewer.count("~ change SMS on Tenant") == FEWEST_ALIKE - 1


def test_what_several_sites_have_in_common_comes_before_each_of_them(types: Types) -> None:
    sites = [Address("site", (label,)) for label in "ABCDEF"]
    own = update(sites[0], {"customer_name": ("Old", "New")})
    alike = [update(each, {"description": ("Old", "New")}) for each in sites[1:]]
    text = render_plan(make_plan(own, *alike), types, width=80)
    assert text.index("Several sites\n") < text.index("Site A\n")


def test_what_is_gone_for_good_is_always_named(types: Types) -> None:
    deletes = [delete(Address("site", (f"Old {n}",)), {}) for n in range(30)]
    text = render_plan(make_plan(*deletes), types, width=80)
    assert all(f"- delete site Old {n}\n" in text for n in range(30))
    assert "Old 17 and 20 more." in text.partition("Site")[0]


def test_unchanged_attributes_are_counted_and_shown_when_asked_for(types: Types) -> None:
    site = Address("site", ("Durham",))
    before = Resource(site, {"name": "Durham", "description": "old", "customer_name": "BW"})
    after = Resource(site, {"description": "new"})
    attributes = (AttributeChange("description", "old", "new"),)
    plan = make_plan(Change(Action.UPDATE, site, before, after, attributes))
    assert "      # 1 other attribute unchanged\n" in render_plan(plan, types, width=80)
    verbose = render_plan(plan, types, width=80, verbose=True)
    assert "      description    old → new\n      customer_name  BW\n" in verbose
    assert "unchanged" not in verbose


def test_the_counts_and_what_is_billed_come_first(everything: Plan, types: Types) -> None:
    assert render_plan(everything, types, width=80).splitlines()[1:4] == [
        "0 to create, 5 to change, 4 to delete, 3 numbers to order.",
        "Buys 3 numbers, which are billed: 3 in area code 910.",
        "Deletes for good: site Empty.",
    ]


def test_a_plan_without_changes_says_so_in_its_last_line(
    nothing_to_do: Plan, types: Types, golden: Golden
) -> None:
    golden("views/plan_nothing_to_do.txt", render_plan(nothing_to_do, types, width=80) + "\n")


def test_an_empty_plan_is_no_changes(empty: Plan, types: Types, golden: Golden) -> None:
    golden("views/plan_empty.txt", render_plan(empty, types, width=80) + "\n")


def test_the_last_line_counts_numbers_in_the_singular_and_the_plural(
    quickstart: Plan, everything: Plan, types: Types
) -> None:
    assert render_plan(quickstart, types, width=80).splitlines()[-1] == (
        "Plan: 6 to create, 0 to change, 0 to delete, 1 number to order."
    )
    assert render_plan(everything, types, width=80).splitlines()[-1] == (
        "Plan: 0 to create, 5 to change, 4 to delete, 3 numbers to order."
    )


def test_numbers_on_order_are_told_even_where_nothing_changes(
    nothing_to_do: Plan, types: Types
) -> None:
    waiting = replace(nothing_to_do, in_flight=2)
    assert render_plan(waiting, types, width=80).splitlines()[-2:] == [
        "2 numbers are on order already; apply waits for them.",
        "No changes. What the account does not have yet is on order.",
    ]


def test_back_orders_are_not_waited_for(nothing_to_do: Plan, types: Types) -> None:
    text = render_plan(replace(nothing_to_do, back_ordered=1), types, width=100)
    assert "1 number is on back order; apply does not wait for it." in text


def test_one_unmanaged_resource_is_told_in_the_singular(nothing_to_do: Plan, types: Types) -> None:
    plan = replace(nothing_to_do, unmanaged=(Address("site", ("Legacy",)),))
    text = render_plan(plan, types, width=80)
    assert "1 resource in the account is not in the spec; it stays as it is." in text


def test_colour_adds_nothing_but_escape_codes(everything: Plan, types: Types) -> None:
    coloured = render_plan(everything, types, width=80, paint=ansi)
    assert coloured != render_plan(everything, types, width=80)
    assert ESCAPES.sub("", coloured) == render_plan(everything, types, width=80)


def test_an_assignment_whose_target_is_not_known_names_its_type(types: Types) -> None:
    address = Address("messaging_application", ("Raleigh", "East"))
    change = Change(Action.DELETE, address, Resource(address, {}), None)
    text = render_plan(Plan("https://host", "1", (change,), ()), types, width=80)
    assert "- unassign application from Raleigh/East" in text


@given(label=st.text(min_size=1), value=st.text(), width=st.integers(20, 200))
def test_no_name_or_value_can_leave_its_line(label: str, value: str, width: int) -> None:
    address = Address("site", (label,))
    attribute = AttributeChange("description", None, value)
    resource = Resource(address, {"description": value})
    change = Change(Action.CREATE, address, None, resource, (attribute,), reason=value)
    plan = Plan("https://host", "1", (change,), ())
    text = render_plan(plan, resource_types(), width=width)
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.split("\n")[-1].startswith("Plan: 1 to create")


@given(
    words=st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=40),
    width=st.integers(60, 160),
)
def test_lines_fit_the_width_wherever_words_allow_it(words: list[str], width: int) -> None:
    address = Address("site", (" ".join(words[:10]),))
    text = " ".join(words)
    changes = (AttributeChange("description", text, f"{text} more"),)
    resource = Resource(address, {"description": f"{text} more"})
    change = Change(Action.UPDATE, address, resource, resource, changes, reason=text)
    plan = Plan("https://host", "1", (change,), (), in_flight=1)
    lines = render_plan(plan, resource_types(), width=width).splitlines()
    assert max(len(line) for line in lines[:-1]) <= width
