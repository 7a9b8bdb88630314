"""One site, its sippeers in several files."""

from collections.abc import Callable

import pytest

from provisioner.errors import Origin, Problem
from provisioner.model import Address, DesiredState

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

SITE = """\
version: 1
sites:
  Raleigh:
    description: Head office
    sippeers:
      House: {default: true}
"""
ACME = "version: 1\nsites:\n  Raleigh:\n    sippeers:\n      Acme: {sms: true}\n"
BEST = "version: 1\nsites:\n  Raleigh:\n    sippeers:\n      Best:\n"
MANY = (
    "version: 1\nsites:\n  Raleigh:\n    sippeers:\n      ${each.value}:\n"
    "        for_each: [%s]\n        sms: true\n"
)


def labels(state: DesiredState, type_name: str = "sippeer") -> list[str]:
    return ["/".join(each.path) for each in state.resources if each.type == type_name]


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin} {each.code}" for each in problems]


@pytest.mark.parametrize("names", [("0", "1", "2"), ("2", "0", "1"), ("1", "2", "0")])
def test_sippeers_of_other_files_are_added_in_whatever_order_they_come(
    load: Load, names: tuple[str, ...]
) -> None:
    texts = dict(zip(names, (SITE, ACME, BEST), strict=True))
    state = load({f"{name}.yaml": texts[name] for name in sorted(texts)})
    assert sorted(labels(state)) == ["Raleigh/Acme", "Raleigh/Best", "Raleigh/House"]
    assert labels(state, "site") == ["Raleigh"]
    site = state.resources[Address("site", ("Raleigh",))]
    assert site.attributes["description"] == "Head office"
    acme = Address("sippeer", ("Raleigh", "Acme"))
    assert state.origins[acme, ""] == Origin(f"{names[1]}.yaml", 5, 7)


def test_where_all_only_add_the_first_declares_the_site(load: Load) -> None:
    state = load({"a.yaml": ACME, "b.yaml": BEST})
    assert labels(state) == ["Raleigh/Acme", "Raleigh/Best"]
    assert state.origins[Address("site", ("Raleigh",)), ""] == Origin("a.yaml", 3, 3)


@pytest.mark.parametrize("body", ["", " {description: x}", " {sippeers: }"])
def test_a_site_without_sippeers_of_its_own_takes_those_of_others(load: Load, body: str) -> None:
    state = load({"a.yaml": f"version: 1\nsites:\n  Raleigh:{body}\n", "b.yaml": ACME})
    assert labels(state) == ["Raleigh/Acme"]


def test_templates_of_several_files_fill_one_site(load: Load) -> None:
    state = load({"a.yaml": SITE, "b.yaml": MANY % "A, B", "c.yaml": MANY % "C"})
    assert labels(state) == ["Raleigh/House", "Raleigh/A", "Raleigh/B", "Raleigh/C"]


def test_rows_of_two_files_with_one_label_are_refused_with_both_places(refuse: Refuse) -> None:
    (problem,) = refuse({"a.yaml": MANY % "A, B", "b.yaml": MANY % "B"})
    assert told((problem,)) == ["b.yaml:5:7 (row b.yaml:6:20) duplicate-key"]
    assert "a.yaml:5:7 (row a.yaml:6:23)" in problem.detail


def test_defaults_hold_for_what_is_added(load: Load) -> None:
    defaults = "version: 1\ndefaults: {sites: {customer_name: BW}, sippeers: {mms: true}}\n"
    state = load({"a.yaml": ACME, "b.yaml": SITE, "c.yaml": defaults})
    assert labels(state, "mms") == ["Raleigh/House", "Raleigh/Acme"]


def test_a_sippeer_of_two_files_is_refused_with_both_places(refuse: Refuse) -> None:
    (problem,) = refuse({"a.yaml": SITE, "b.yaml": ACME, "c.yaml": ACME})
    assert told((problem,)) == ["c.yaml:5:7 declared-twice"]
    assert "b.yaml:5:7" in problem.detail


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (SITE, "b.yaml:3:3 declared-twice"),
        (ACME + "    description: x\n", "b.yaml:3:3 declared-twice"),
        ("version: 1\nsites:\n  Raleigh:\n", "b.yaml:3:3 declared-twice"),
        ("version: 1\nsites:\n  Raleigh:\n    sippeers: x\n", "b.yaml:4:15 wrong-type"),
    ],
)
def test_a_body_that_says_something_of_the_site_itself_is_no_addition(
    refuse: Refuse, other: str, expected: str
) -> None:
    assert expected in told(refuse({"a.yaml": SITE, "b.yaml": other}))


def test_what_is_added_to_no_mapping_is_told_there(refuse: Refuse) -> None:
    texts = {"a.yaml": "version: 1\nsites: {Raleigh: text}\n", "b.yaml": ACME}
    assert told(refuse(texts)) == ["a.yaml:2:18 wrong-type"]
