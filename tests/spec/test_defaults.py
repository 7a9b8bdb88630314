"""What is said once for many."""

from collections.abc import Callable

import pytest

from provisioner.errors import Origin, Problem
from provisioner.model import Address, DesiredState
from provisioner.spec import defaults

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

SPEC = """\
version: 1
applications: {App: , Other: }
defaults:
  sites:
    customer_name: BW
    address: {house_number: 1, street_name: MAIN, city: X, state_code: NC, zip: 27601}
  sippeers:
    sms: {toll_free: true, short_code: false}
    mms: true
    application: App
    numbers: [{area_code: 910, quantity: 2}]
  numbers: {partial_allowed: false, quantity: 1}
sites:
  Raleigh:
    sippeers:
      East:
      West:
        sms: true
        mms: false
        application: Other
        numbers: [{area_code: 919}, {area_code: 984, quantity: 5, partial_allowed: true}]
  Denver:
    customer_name: Other
    address: {city: DENVER, state_code: CO}
"""


def attributes(state: DesiredState, type_name: str, *path: str) -> dict[str, object]:
    return dict(state.resources[Address(type_name, path)].attributes)


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin} {each.code}" for each in problems]


def test_what_a_body_does_not_say_comes_from_the_defaults(load: Load) -> None:
    state = load(SPEC)
    assert attributes(state, "site", "Raleigh")["address.street_name"] == "MAIN"
    assert attributes(state, "sms", "Raleigh", "East") == {"toll_free": True, "short_code": False}
    assert Address("mms", ("Raleigh", "East")) in state.resources
    assert attributes(state, "messaging_application", "Raleigh", "East") == {
        "application": Address("application", ("App",))
    }
    block = attributes(state, "numbers", "Raleigh", "East", "area_code=910")
    assert (block["quantity"], block["partial_allowed"]) == (2, False)


def test_what_a_body_says_itself_stands(load: Load) -> None:
    state = load(SPEC)
    assert attributes(state, "sms", "Raleigh", "West") == {"toll_free": True, "short_code": True}
    assert Address("mms", ("Raleigh", "West")) in state.absent
    blocks = [each.path[-1] for each in state.resources if each.path[:2] == ("Raleigh", "West")]
    assert blocks == ["West", "West", "West", "area_code=919", "area_code=984"]
    one = attributes(state, "numbers", "Raleigh", "West", "area_code=919")
    five = attributes(state, "numbers", "Raleigh", "West", "area_code=984")
    assert (one["quantity"], one["partial_allowed"]) == (1, False)
    assert (five["quantity"], five["partial_allowed"]) == (5, True)


def test_a_group_is_completed_key_by_key(load: Load) -> None:
    denver = attributes(load(SPEC), "site", "Denver")
    assert denver["address.city"] == "DENVER"
    assert denver["address.zip"] == "27601"
    assert denver["customer_name"] == "Other"


def test_null_takes_a_default_away(load: Load) -> None:
    text = SPEC.replace("      East:\n", "      East: {application: ~, numbers: ~, sms: null}\n")
    text = text.replace("customer_name: Other", "customer_name: ~")
    state = load(text)
    types = [each.type for each in state.resources if each.path[:2] == ("Raleigh", "East")]
    assert types == ["sippeer", "mms"]
    assert "customer_name" not in attributes(state, "site", "Denver")


def test_null_without_a_default_is_no_text(refuse: Refuse) -> None:
    text = SPEC.replace("    customer_name: Other", "    description: ~")
    assert told(refuse(text)) == ["spec.yaml:23:18 null-text"]


def test_the_defaults_of_one_file_hold_in_all(load: Load) -> None:
    head, tail = SPEC.split("sites:\n  Raleigh")
    state = load({"a.yaml": f"version: 1\nsites:\n  Raleigh{tail}", "b.yaml": head})
    assert Address("mms", ("Raleigh", "East")) in state.resources
    assert state.origins[Address("mms", ("Raleigh", "East")), ""] == Origin("b.yaml", 9, 5)


def test_templates_have_defaults_too(load: Load) -> None:
    text = SPEC.split("  Denver:", maxsplit=1)[0] + (
        "      ${each.value}:\n        for_each: [A, B]\n        description: ${each.value}\n"
    )
    state = load(text)
    assert Address("mms", ("Raleigh", "A")) in state.resources
    assert Address("numbers", ("Raleigh", "B", "area_code=910")) in state.resources


def test_a_variable_in_the_defaults_is_filled_in(load: Load) -> None:
    state = load(SPEC.replace("customer_name: BW", 'customer_name: "${NAME}"'), NAME="Ann")
    assert attributes(state, "site", "Raleigh")["customer_name"] == "Ann"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("mms: true", "mms: maybe", "spec.yaml:9:10 wrong-type"),
        ("mms: true", "mmms: true", "spec.yaml:9:5 unknown-key"),
        ("mms: true", "name: East", "spec.yaml:9:5 unknown-key"),
        ("quantity: 1", "area_code: 1", "spec.yaml:12:37 unknown-key"),
        ("customer_name: BW", "customer_name: ${NOPE}", "spec.yaml:5:20 unset-variable"),
        ("  numbers: {partial", "  number: {partial", "spec.yaml:12:3 unknown-key"),
        ("state_code: NC", "state_code: North", "spec.yaml:6:72 wrong-form"),
    ],
)
def test_a_fault_in_the_defaults_is_told_once_and_there(
    refuse: Refuse, old: str, new: str, expected: str
) -> None:
    problems = refuse(SPEC.replace(old, new, 1))
    assert told(problems)[0] == expected
    assert len({(str(each.origin), each.code) for each in problems}) == len(problems)


def test_defaults_that_are_no_mapping_are_refused(refuse: Refuse) -> None:
    assert told(refuse("version: 1\ndefaults: x\n")) == ["spec.yaml:2:11 wrong-type"]
    assert told(refuse("version: 1\ndefaults: {sites: x}\nsites: {A: }\n")) == [
        "spec.yaml:2:19 wrong-type"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      East:", "      East: text", "spec.yaml:16:13 wrong-type"),
        ("    sippeers:\n      East:", "    sippeers: [a]\n    x:", "spec.yaml:15:15 wrong-type"),
    ],
)
def test_a_body_that_is_no_mapping_has_no_defaults(
    refuse: Refuse, old: str, new: str, expected: str
) -> None:
    assert expected in told(refuse(SPEC.replace(old, new)))


def test_defaults_of_one_kind_in_two_files_are_refused_with_both_places(refuse: Refuse) -> None:
    text = "version: 1\ndefaults:\n  sites: {customer_name: BW}\n"
    (problem,) = refuse({"a.yaml": text, "b.yaml": text})
    assert told((problem,)) == ["b.yaml:3:3 declared-twice"]
    assert "a.yaml:3:3" in problem.detail


def test_defaults_cannot_multiply_without_end(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, "MOST_NODES", 60)
    peers = "".join(f"      P{n}:\n" for n in range(20))
    text = (
        "version: 1\ndefaults:\n  sippeers:\n    sms: {toll_free: true, short_code: true}\n"
        f"sites:\n  S:\n    sippeers:\n{peers}"
    )
    assert told(refuse(text)) == ["spec.yaml:4:5 too-many-nodes"]
