import itertools
import re
from collections.abc import Callable

import pytest
from lxml import etree

from provisioner.model import Address
from provisioner.planning.plan import Action, Plan
from provisioner.resource_type import Types
from provisioner.views.picture import LABEL_LENGTH, clipped, draw
from provisioner.views.topology import Link, Node, topology
from tests.views.conftest import APPLICATION, create, make_plan, unchanged, update

TITLES = ("Sites", "Sippeers", "Applications")

Golden = Callable[[str, str], None]


def drawn(plan: Plan, types: Types) -> str:
    anchors = {change.address: f"c{n}" for n, change in enumerate(plan.changes)}
    return draw(topology(plan, types), TITLES, anchors)


@pytest.mark.parametrize("name", ["quickstart", "everything", "fleet"])
def test_a_picture_is_as_it_was(
    name: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    picture = drawn(request.getfixturevalue(name), types)
    golden(f"views/topology_{name}.svg", re.sub(r"(?=<(?!/))", "\n", picture).lstrip() + "\n")
    assert etree.fromstring(picture).tag == "svg"


def test_a_changed_assignment_is_a_link_that_goes_and_one_that_comes(
    everything: Plan, types: Types
) -> None:
    raleigh = next(each for each in topology(everything, types) if each.label == "Raleigh")
    (sippeer,) = raleigh.children
    assert sippeer.links == (
        Link(Address("application", ("Old",)), Action.DELETE),
        Link(APPLICATION, Action.CREATE),
    )
    assert sippeer.notes == ("~ SMS", "MMS", "+ 3 numbers")


def test_sippeers_that_are_alike_are_one_node(fleet: Plan, types: Types) -> None:
    nodes = {each.label: each for each in topology(fleet, types)}
    assert [child.label for child in nodes["Fleet"].children] == ["Location 000", "399 sippeers"]
    assert [child.label for child in nodes["Depot"].children] == [
        "Bay 000",
        "Bay 001",
        "198 sippeers",
    ]


def test_sites_that_are_alike_down_to_their_sippeers_are_one_node(types: Types) -> None:
    changes = []
    for number in range(20):
        site = f"Tenant {number}"
        changes += [
            create(Address("site", (site,)), {}),
            create(Address("sippeer", (site, f"Main {number}")), {}),
        ]
    changes.append(create(Address("sippeer", ("Tenant 7", "Second")), {}))
    roots = topology(make_plan(*changes), types)
    assert [root.label for root in roots] == ["19 sites", "Tenant 7"]
    assert [child.label for child in roots[0].children] == ["19 sippeers"]
    assert [child.label for child in roots[1].children] == ["Main 7", "Second"]


def test_a_sippeer_whose_features_change_is_marked_as_changed(types: Types) -> None:
    path = ("Raleigh", "East")
    plan = make_plan(
        unchanged(Address("sippeer", path), {}),
        update(Address("sms", path), {"toll_free": (False, True)}),
    )
    (site,) = topology(plan, types)
    assert [node.is_touched for node in (site, *site.children)] == [False, True]
    assert ">~ East<" in drawn(plan, types)


def test_boxes_do_not_overlap(everything: Plan, types: Types) -> None:
    boxes = [
        (int(x), int(y))
        for x, y in re.findall(r'<rect x="(\d+)" y="(\d+)"', drawn(everything, types))
    ]
    assert len(boxes) == len(set(boxes)) == 7
    for column in {x for x, _ in boxes}:
        rows = sorted(y for x, y in boxes if x == column)
        assert all(later - earlier >= 48 for earlier, later in itertools.pairwise(rows))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("short", "short"),
        ("x" * LABEL_LENGTH, "x" * LABEL_LENGTH),
        ("x" * (LABEL_LENGTH + 1), "x" * (LABEL_LENGTH - 1) + "…"),
        ("東" * 16, "東" * 14 + "…"),
    ],
)
def test_long_labels_are_cut_to_their_box(words: str, shown: str) -> None:
    assert clipped(words, LABEL_LENGTH) == shown


def test_a_node_of_one_is_called_by_its_name() -> None:
    node = Node((Address("site", ("Raleigh\n",)),), Action.NO_OP, (), (), ())
    assert node.label == "Raleigh\\n"
