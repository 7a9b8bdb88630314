"""Variables that are lists: as rows, as values, and wherever they do not belong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.errors import Problem
from provisioner.model import Address, DesiredState
from provisioner.spec import Inputs
from provisioner.spec.composition import MOST_NODES

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

ROWS = """\
version: 1
variables:
  areas: {type: list, default: [919, 984]}
sites:
  S:
    sippeers:
      P ${each.value}:
        for_each: ${var.areas}
        numbers: [{area_code: "${each.value}", quantity: 1}]
"""
VALUES = """\
version: 1
variables:
  blocks: {type: list}
  exact: {type: list, default: [9195551234]}
sites:
  S:
    sippeers:
      P: {numbers: "${var.blocks}"}
      Q: {numbers: [{telephone_numbers: "${var.exact}"}]}
"""


def locations(state: DesiredState) -> list[str]:
    return [each.path[1] for each in state.resources if each.type == "sippeer"]


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin or 'run'} {each.code}" for each in problems]


@pytest.mark.parametrize(
    ("file", "given", "environ", "expected"),
    [
        ("", "", "", ["P 919", "P 984"]),
        ("", "", "[303]", ["P 303"]),
        ("areas: [910, '911']", "", "[303]", ["P 910", "P 911"]),
        ("areas: [910]", "[720, 721]", "[303]", ["P 720", "P 721"]),
        ("areas:\n- 910\n", "- 720\n- 721", "", ["P 720", "P 721"]),
        ("", "[{value: 720}]", "", ["P 720"]),
    ],
)
def test_a_list_gives_the_rows_of_a_template_from_wherever_it_comes(
    load: Load, file: str, given: str, environ: str, expected: list[str]
) -> None:
    inputs = Inputs({"areas": given} if given else {}, (Path("v.yaml"),) if file else ())
    texts = {"spec.yaml": ROWS, "v.yaml": file}
    variables = {"BWP_VAR_areas": environ} if environ else {}
    state = load(texts, paths=["spec.yaml"], inputs=inputs, **variables)
    assert locations(state) == expected
    assert state.warnings == ()


def test_a_list_is_a_value_wherever_a_list_belongs(load: Load) -> None:
    blocks = "[{area_code: 919, quantity: 2}, {toll_free: 8**, quantity: 1}]"
    state = load(VALUES, inputs=Inputs({"blocks": blocks, "exact": "['9195551235']"}))
    numbers = {
        each.path[1:]: state.resources[each] for each in state.resources if each.type == "numbers"
    }
    assert numbers["P", "area_code=919"].attributes["quantity"] == 2
    assert numbers["P", "toll_free=8**"].attributes["quantity"] == 1
    assert ("Q", "telephone_numbers=+19195551235") in numbers


def test_a_list_may_be_a_default_of_all_and_the_texts_of_a_where(load: Load) -> None:
    state = load(
        ROWS.replace("numbers:", "where: {value: '${var.chosen}'}\n        numbers:").replace(
            "sites:",
            "  chosen: {type: list, default: [984]}\n"
            "  extra: {type: list, default: [{toll_free: 833, quantity: 1}]}\n"
            "defaults: {sippeers: {numbers: '${var.extra}'}}\n"
            "sites:\n  T: {sippeers: {R: {}}}",
        )
    )
    assert locations(state) == ["R", "P 984"]
    assert Address("numbers", ("T", "R", "toll_free=833")) in state.resources


def test_references_in_a_list_of_a_file_are_filled_in_once(load: Load) -> None:
    text = ROWS.replace("[919, 984]", "['${AREA}', '${OTHER:-984}']")
    assert locations(load(text, AREA="910")) == ["P 910", "P 984"]


def test_what_a_filled_in_list_holds_is_a_number_where_one_is_wanted(load: Load) -> None:
    text = VALUES.replace(
        "{type: list}", "{type: list, default: [{area_code: 919, quantity: '${N}'}]}"
    )
    state = load(text, N="3")
    block = state.resources[Address("numbers", ("S", "P", "area_code=919"))]
    assert block.attributes["quantity"] == 3


def test_what_the_command_line_gives_is_data(load: Load) -> None:
    text = ROWS.replace("numbers:", "description: '${each.about}' #")
    given = "[{value: 1, about: '${HOME} ${each.value} $${HOME}'}]"
    state = load(text, inputs=Inputs({"areas": given}), HOME="no")
    described = state.resources[Address("sippeer", ("S", "P 1"))].attributes["description"]
    assert described == "${HOME} ${each.value} $${HOME}"


def test_an_empty_list_is_a_source_without_rows(load: Load) -> None:
    state = load(ROWS, inputs=Inputs({"areas": "[]"}))
    assert told(state.warnings) == ["spec.yaml:8:19 empty-source"]
    assert state.empty_sources


@pytest.mark.parametrize(
    ("text", "given", "expected", "says"),
    [
        (ROWS, "[72]", ["spec.yaml:9:31 (row --var areas:1:2) wrong-form"], "three digits"),
        (ROWS, "[919, 919]", ["spec.yaml:7:7 (row --var areas:1:7) duplicate-key"], "areas:1:2)"),
        (ROWS, "919", ["run wrong-type"], "`--var areas` has to be a list, such as `[a, b]`."),
        (ROWS, "", ["run wrong-type"], "`--var areas` has to be a list"),
        (ROWS, "{a: b}", ["run wrong-type"], "`--var areas` has to be a list"),
        (ROWS, "[919", ["--var areas:2:1 yaml-syntax"], "bracket"),
        (ROWS, "[[919]]", ["--var areas:1:2 wrong-type"], "not a list"),
        (ROWS, "[*a]", ["--var areas:1:2 undefined-alias"], "`*a`"),
        (ROWS.replace("[919, 984]", "919"), None, ["spec.yaml:3:32 wrong-type"], "`[a, b]`"),
        (ROWS.replace("[919, 984]", "~"), None, ["spec.yaml:3:32 wrong-type"], "`[a, b]`"),
        (ROWS.replace(", default: [919, 984]", ""), None, ["spec.yaml:3:3 unset-variable"],
         "`--var areas=...`"),
        (ROWS.replace("919", "'${NOPE}'"), None, ["spec.yaml:3:33 unset-variable"], "NOPE"),
        (ROWS.replace("919", "'${file:x}'"), None, ["spec.yaml:3:33 misplaced-secret"], "file:x"),
        (ROWS.replace("919", "'${each.value}'"), None, ["spec.yaml:3:33 unknown-column"], "below"),
        (ROWS.replace("919", '"a\\tb"'), None, ["spec.yaml:3:33 control-character"], "U+0009"),
        (ROWS.replace("${var.areas}", "x${var.areas}"), None, ["spec.yaml:8:19 misplaced-list"],
         "without anything beside it"),
        (ROWS.replace("${var.areas}", "${var.areas:-x}"), None, ["spec.yaml:8:19 misplaced-list"],
         "`for_each: ${var.areas}`"),
        (ROWS.replace("type: list, ", ""), None,
         ["spec.yaml:3:20 wrong-type"], "one value, or its type `list`"),
        (ROWS + "    description: ${var.areas}\n", None, ["spec.yaml:10:18 wrong-type"],
         "has to be text, not a list"),
        (ROWS + "    description: in ${var.areas}\n", None, ["spec.yaml:10:18 misplaced-list"],
         "and this is a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_list_is_told_once_and_with_its_place(
    refuse: Refuse, text: str, given: str | None, expected: list[str], says: str
) -> None:
    problems = refuse(text, inputs=Inputs({} if given is None else {"areas": given}))
    assert told(problems) == expected
    assert says in problems[0].detail


@pytest.mark.parametrize("exact", ["abc", "[abc", "{a: b}", "[]", "[abc]"])
def test_a_value_that_is_no_such_list_is_told_once(refuse: Refuse, exact: str) -> None:
    problems = refuse(VALUES, inputs=Inputs({"blocks": "[]", "exact": exact}))
    assert len(problems) == 1


def test_an_entry_is_told_with_its_place_in_the_file_of_variables(refuse: Refuse) -> None:
    texts = {"spec.yaml": VALUES, "east.yaml": "blocks: []\nexact:\n- 919555123\n"}
    (problem,) = refuse(texts, paths=["spec.yaml"], inputs=Inputs({}, (Path("east.yaml"),)))
    assert str(problem.origin) == "east.yaml:3:3"
    assert problem.detail.startswith('The entry "919555123" is not of the right form.')


def test_a_list_that_is_repeated_too_often_is_refused(refuse: Refuse) -> None:
    items = f"[{', '.join(['a'] * 10_000)}]"
    uses = "\n".join(f"  - ${{var.big}} # {index}" for index in range(MOST_NODES // 10_000 + 1))
    spec = f"version: 1\nvariables: {{big: {{type: list}}}}\nprune:\n{uses}\n"
    problems = refuse(spec, inputs=Inputs({"big": items}))
    assert "spec.yaml:1:1 too-many-nodes" in told(problems)
