"""One template, many rows."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from provisioner.errors import Origin, Problem
from provisioner.model import Address, DesiredState

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

CSV = "name,site,area_code,quantity\nAcme,Raleigh,919,2\nBest,Denver,303,1\nCity,Raleigh,984,1\n"
RESELLER = """\
version: 1
sites:
  Raleigh:
    sippeers:
      ${each.name}:
        for_each: tenants.csv
        sms: true
        numbers:
          - area_code: ${each.area_code}
            quantity: ${each.quantity}
"""


def reseller(csv: str = CSV, spec: str = RESELLER) -> dict[str, str]:
    """The texts of a spec and its table; only the spec is given to be loaded."""
    return {"spec.yaml": spec, "tenants.csv": csv}


def load_reseller(load: Load, *args: str, **more: Any) -> DesiredState:
    return load(reseller(*args), paths=["spec.yaml"], **more)


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin} {each.code}" for each in problems]


def labels(state: DesiredState, type_name: str) -> list[str]:
    return ["/".join(each.path) for each in state.resources if each.type == type_name]


def test_each_row_of_a_table_becomes_a_sippeer_with_its_numbers(load: Load) -> None:
    state = load_reseller(load)
    assert labels(state, "sippeer") == ["Raleigh/Acme", "Raleigh/Best", "Raleigh/City"]
    assert labels(state, "sms") == ["Raleigh/Acme", "Raleigh/Best", "Raleigh/City"]
    numbers = state.resources[Address("numbers", ("Raleigh", "Acme", "area_code=919"))]
    assert numbers.attributes["quantity"] == 2
    assert state.files == ("spec.yaml",)
    assert state.warnings == ()
    assert state.empty_sources == ()


def test_a_position_is_that_in_the_template_and_that_of_the_row(load: Load) -> None:
    state = load_reseller(load)
    best = Address("sippeer", ("Raleigh", "Best"))
    row = (Origin("tenants.csv", 3, 1),)
    assert state.origins[best, ""] == Origin("spec.yaml", 5, 7, row)
    assert str(state.origins[best, ""]) == "spec.yaml:5:7 (row tenants.csv:3:1)"
    block = Address("numbers", (*best.path, "area_code=303"))
    assert state.origins[block, "quantity"] == Origin("spec.yaml", 10, 23, row)


def test_the_digest_knows_the_table(load: Load) -> None:
    first = load_reseller(load).digest
    assert load_reseller(load, CSV.replace("984", "910")).digest != first
    assert load_reseller(load).digest == first


@pytest.mark.parametrize(
    ("source", "label", "expected"),
    [
        ("[Raleigh, Denver]", "${each.value}", ["Raleigh", "Denver"]),
        ("[{a: x, b: 1}, {a: y, b: 2}]", "${each.a}-${each.b}", ["x-1", "y-2"]),
        ("{Raleigh: NC, Denver: CO}", "${each.key} ${each.value}", ["Raleigh NC", "Denver CO"]),
        ("{R: {at: {zip: 02134}}}", "${each.key} ${each.at.zip}", ["R 02134"]),
        ("{R: , D: {zip: ~}}", "${each.key}${each.zip:-0}", ["R0", "D0"]),
        ("[NO, 1.50]", "${each.value}", ["NO", "1.50"]),
        ('["${CITY}", b]', "${each.value}", ["Boston", "b"]),
        ("list.yaml", "${each.value}", ["a", "b"]),
        ("${CITY}/list.yml", "${each.key}", ["c"]),
        ("deep.csv", "${each.full name}", ["Acme, Inc."]),
    ],
)
def test_sources_are_lists_mappings_and_files(
    load: Load, source: str, label: str, expected: list[str]
) -> None:
    texts = {
        "spec.yaml": f"version: 1\nsites:\n  {label}:\n    for_each: {source}\n",
        "list.yaml": "- a\n- b\n",
        "Boston/list.yml": "c: {x: 1}\n",
        "deep.csv": '\ufefffull name , x\r\n"Acme, Inc.", 1\r\n\r\n',
    }
    assert labels(load(texts, paths=["spec.yaml"], CITY="Boston"), "site") == expected


def test_paths_are_relative_to_the_spec(load: Load) -> None:
    texts = {f"deep/{name}": text for name, text in reseller().items()}
    assert len(labels(load(texts, paths=["deep/spec.yaml"]), "sippeer")) == 3


def test_sites_and_the_sippeers_in_them_come_from_one_table(load: Load) -> None:
    spec = """\
version: 1
sites:
  ${each.key}:
    for_each: {Raleigh: NC, Denver: CO}
    description: In ${each.value}
    sippeers:
      House: {default: true}
      ${each.name}:
        for_each: tenants.csv
        where: {site: "${each.key}"}
        description: ${each.area_code}
"""
    state = load_reseller(load, CSV, spec)
    assert labels(state, "sippeer") == [
        "Raleigh/House", "Raleigh/Acme", "Raleigh/City", "Denver/House", "Denver/Best",
    ]  # fmt: skip
    assert state.resources[Address("site", ("Denver",))].attributes["description"] == "In CO"
    best = state.resources[Address("sippeer", ("Denver", "Best"))]
    assert best.attributes["description"] == "303"
    assert state.warnings == ()


def test_keys_below_a_template_have_columns_too(load: Load) -> None:
    spec = RESELLER.replace(
        "  Raleigh:\n", "  ${each.name}:\n    for_each: [{name: A}, {name: B}]\n"
    )
    spec = spec.replace("        for_each: tenants.csv\n", "").split("        numbers")[0]
    spec = spec.replace("${each.name}:\n        sms", "${each.name} East:\n        sms")
    assert labels(load(spec), "sippeer") == ["A/A East", "B/B East"]


def test_what_a_table_holds_is_never_filled_in_itself(load: Load) -> None:
    spec = RESELLER.replace("sms: true", "description: $${each.name} ${each.quantity}")
    spec = spec.split("        numbers")[0]
    csv = "name,quantity\nAcme,${HOME}$${x}\n"
    state = load_reseller(load, csv, spec, HOME="secret place")
    (acme,) = [each for each in state.resources.values() if each.address.type == "sippeer"]
    assert acme.attributes["description"] == "${each.name} ${HOME}$${x}"


def test_applications_may_be_templates(load: Load) -> None:
    spec = (
        "version: 1\napplications:\n  ${each.value}:\n    for_each: [A, B]\n"
        "    callback_url: https://a.b/${each.value}\n"
    )
    assert labels(load(spec), "application") == ["A", "B"]


def test_a_fault_of_the_template_is_told_once_and_one_of_a_row_with_the_row(
    refuse: Refuse,
) -> None:
    spec = RESELLER.replace("sms: true", "sms: maybe")
    csv = CSV.replace("984,1", "9,1").replace("303,1", "303,none")
    problems = refuse(reseller(csv, spec), paths=["spec.yaml"])
    assert told(problems) == [
        "spec.yaml:7:14 wrong-type",
        "spec.yaml:9:24 (row tenants.csv:4:1) wrong-form",
        "spec.yaml:10:23 (row tenants.csv:3:1) wrong-type",
    ]
    assert '"none"' in problems[2].detail


def test_rows_with_one_label_are_refused_with_both_places(refuse: Refuse) -> None:
    problems = refuse(reseller(CSV + "Acme,Denver,720,1\n"), paths=["spec.yaml"])
    assert told(problems) == ["spec.yaml:5:7 (row tenants.csv:5:1) duplicate-key"]
    assert "spec.yaml:5:7 (row tenants.csv:2:1)" in problems[0].detail


def test_a_row_with_the_label_of_a_handwritten_sippeer_is_refused(refuse: Refuse) -> None:
    spec = RESELLER.replace("    sippeers:\n", "    sippeers:\n      Best: {default: true}\n")
    problems = refuse(reseller(CSV, spec), paths=["spec.yaml"])
    assert told(problems) == ["spec.yaml:6:7 (row tenants.csv:3:1) duplicate-key"]
    assert "the first is at spec.yaml:5:7." in problems[0].detail


@pytest.mark.parametrize(
    ("change", "expected", "says"),
    [
        ({"each.name": "each.nmae"}, "spec.yaml:5:7 unknown-column", "Did you mean `name`?"),
        ({"${each.name}": "Acme"}, "spec.yaml:5:7 constant-key", "`${each.name}`"),
        ({"each.quantity": "each.key"}, "spec.yaml:10:23 unknown-column", "`site`"),
        ({"tenants.csv": "tenant.csv"}, "spec.yaml:6:19 no-such-file",
         "Did you mean tenants.csv?"),
        ({"tenants.csv": "tenants.txt"}, "spec.yaml:6:19 no-table", ".csv, .yaml and .yml"),
        ({"tenants.csv": "~"}, "spec.yaml:6:19 wrong-type", "a list"),
        ({"tenants.csv": "${NOPE}.csv"}, "spec.yaml:6:19 unset-variable", "export NOPE"),
        ({"tenants.csv": "[[a]]"}, "spec.yaml:6:20 wrong-type", "not a list"),
        ({"tenants.csv": "[{name: A, area_code: 910, quantity: 1}, {name: B}]"},
         "spec.yaml:9:24 (row spec.yaml:6:60) unknown-column", "not in this row"),
        ({"tenants.csv": "tenants.csv\n        where: {sit: Raleigh}"},
         "spec.yaml:7:17 unknown-column", "Did you mean `site`?"),
        ({"tenants.csv": "tenants.csv\n        where: Raleigh"}, "spec.yaml:7:16 wrong-type",
         "{site: Raleigh}"),
        ({"tenants.csv": "tenants.csv\n        where: {site: {a: b}}"},
         "spec.yaml:7:23 wrong-type", "a list of texts"),
        ({"tenants.csv": "tenants.csv\n        where: {site: '${each.x}'}"},
         "spec.yaml:7:23 unknown-column", "only below a `for_each`"),
        ({"for_each: tenants.csv": "where: {site: Raleigh}"}, "spec.yaml:6:9 missing-key",
         "`for_each`"),
        ({"${each.area_code}": "${file:code.txt}"}, "spec.yaml:9:24 misplaced-secret", "password"),
        ({"      ${each.name}": "      West:\n        sms: ${each.name}\n      ${each.name}"},
         "spec.yaml:6:14 unknown-column", "only below a `for_each`"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_filled_in_is_refused_where_it_stands(
    refuse: Refuse, change: Mapping[str, str], expected: str, says: str
) -> None:
    spec = RESELLER
    for old, new in change.items():
        spec = spec.replace(old, new)
    problems = refuse(reseller(CSV, spec), paths=["spec.yaml"])
    (first,) = [each for each in problems if f"{each.origin} {each.code}" == expected]
    assert says in first.detail


@pytest.mark.parametrize(
    ("csv", "expected", "says"),
    [
        ("", "tenants.csv:1:1 bad-table", "name the columns"),
        ("\n", "tenants.csv:1:1 bad-table", "name the columns"),
        ("name,,x\n", "tenants.csv:1:1 bad-table", "no name"),
        ("name,x,name\n", "tenants.csv:1:1 bad-table", '"name" stands there twice'),
        ("name;area_code\nA;1\n", "tenants.csv:1:1 bad-table", "commas"),
        ("name,x\n\nA,1\nB\n", "tenants.csv:4:1 bad-table", "has 1 cell, and"),
        ('name,x\n"A\nB",1\nC,1,2\n', "tenants.csv:4:1 bad-table", "has 3 cells, and"),
        ('name,x\n"A"B,1\n', "tenants.csv:2:1 bad-table", "quotes"),
        ('name,x\nA,1\n"B,1\nC,1\n', "tenants.csv:3:1 bad-table", "unexpected end of data"),
        ('"name,x\nA,1\n', "tenants.csv:1:1 bad-table", "unexpected end of data"),
        ("name,x\n\x01,1\n", "tenants.csv:2:1 control-character", "U+0001"),
    ],
)
def test_a_broken_table_is_refused_at_its_line(
    refuse: Refuse, csv: str, expected: str, says: str
) -> None:
    problems = refuse(reseller(csv), paths=["spec.yaml"])
    assert told(problems) == [expected]
    assert says in problems[0].detail


def test_an_empty_label_is_refused_with_its_row(refuse: Refuse) -> None:
    problems = refuse(reseller(CSV.replace("Best", " ")), paths=["spec.yaml"])
    assert told(problems) == ["spec.yaml:5:7 (row tenants.csv:3:1) too-short"]


def test_a_source_without_rows_is_remembered_and_warned_of(load: Load) -> None:
    state = load_reseller(load, CSV.splitlines()[0] + "\n")
    assert state.empty_sources == (Origin("spec.yaml", 6, 19),)
    assert told(state.warnings) == ["spec.yaml:6:19 empty-source"]
    assert labels(state, "sippeer") == []
    assert load("version: 1\nsites:\n  ${each.value}:\n    for_each: []\n").empty_sources


def test_a_where_that_matches_nothing_is_an_empty_source(load: Load) -> None:
    spec = RESELLER.replace("tenants.csv", "tenants.csv\n        where: {site: [Ralegh]}")
    state = load_reseller(load, CSV, spec)
    assert state.empty_sources
    assert [each.code for each in state.warnings] == ["empty-source", "unused-rows"]


def test_rows_that_no_where_lets_through_are_told(load: Load) -> None:
    spec = RESELLER.replace("tenants.csv", "tenants.csv\n        where: {site: [Raleigh, x]}")
    (warning,) = load_reseller(load, CSV, spec).warnings
    assert str(warning.origin) == "tenants.csv:3:1"
    assert "1 of the 3 rows of tenants.csv: line 3." in warning.detail


def test_keys_that_become_equal_are_refused(refuse: Refuse) -> None:
    spec = (
        "version: 1\nsites:\n  ${each.a}:\n    for_each: [{a: x, b: x}]\n    sippeers:\n"
        "      ${each.a}: {default: true}\n      ${each.b}: {description: other}\n"
    )
    problems = refuse(spec)
    assert told(problems) == ["spec.yaml:7:7 (row spec.yaml:4:16) duplicate-key"]
    assert "spec.yaml:6:7 (row spec.yaml:4:16)" in problems[0].detail


def test_templates_cannot_multiply_without_end(refuse: Refuse) -> None:
    rows = ", ".join(map(str, range(1100)))
    spec = (
        f"version: 1\nsites:\n  ${{each.value}}:\n    for_each: [{rows}]\n    sippeers:\n"
        f"      ${{each.value}}:\n        for_each: [{rows}]\n        sms: true\n"
    )
    problems = refuse(spec)
    assert {each.code for each in problems} == {"too-many-nodes"}


def test_references_to_what_a_faulty_template_would_have_made_are_not_told(
    refuse: Refuse,
) -> None:
    spec = (
        "version: 1\napplications:\n  ${each.value}:\n    for_each: nowhere.csv\n"
        "sites: {A: {sippeers: {B: {application: App}}}}\n"
    )
    assert told(refuse(spec)) == ["spec.yaml:4:15 no-such-file"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("${each.value} ${HOME}", ["spec.yaml:3:3 (row spec.yaml:4:16) variable-in-key"]),
        ("${each.value} $${x}", ["spec.yaml:3:3 (row spec.yaml:4:16) variable-in-key"]),
        ("${each.value} ${", ["spec.yaml:3:3 (row spec.yaml:4:16) variable-in-key"]),
        ("${HOME}", ["spec.yaml:3:3 constant-key"]),
    ],
)
def test_only_columns_are_filled_in_in_keys(refuse: Refuse, key: str, expected: list[str]) -> None:
    spec = f"version: 1\nsites:\n  {key}:\n    for_each: [a]\n"
    found = told(refuse(spec, HOME="x"))
    assert [each for each in found if "beyond" not in each] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text", "list.yaml:1:1 wrong-type"),
        ("- [a]\n", "list.yaml:1:3 wrong-type"),
        ("- *a\n", "list.yaml:1:3 undefined-alias"),
        ("a: b: c\n", "list.yaml:1:5 yaml-syntax"),
        ("a: 1\na: 2\n", "list.yaml:2:1 duplicate-key"),
    ],
)
def test_a_yaml_file_without_rows_in_it_is_refused(
    refuse: Refuse, text: str, expected: str
) -> None:
    spec = "version: 1\nsites:\n  ${each.value}:\n    for_each: list.yaml\n"
    assert told(refuse({"spec.yaml": spec, "list.yaml": text}, paths=["spec.yaml"])) == [expected]


def test_an_empty_yaml_file_is_an_empty_source(load: Load) -> None:
    spec = "version: 1\nsites:\n  ${each.value}:\n    for_each: list.yaml\n"
    state = load({"spec.yaml": spec, "list.yaml": "# nobody\n"}, paths=["spec.yaml"])
    assert state.empty_sources


def test_a_malformed_reference_in_a_template_is_told_for_its_row(refuse: Refuse) -> None:
    spec = (
        "version: 1\nsites:\n  ${each.value}:\n    for_each: [a, *nope]\n"
        "    description: ${each.value} ${\n"
    )
    assert told(refuse(spec)) == [
        "spec.yaml:4:19 undefined-alias",
        "spec.yaml:5:18 (row spec.yaml:4:16) bad-variable",
    ]


def test_lists_in_a_row_are_no_columns(refuse: Refuse) -> None:
    spec = (
        "version: 1\nsites:\n  ${each.name}:\n    for_each: [{name: a, codes: [1, 2]}]\n"
        "    description: ${each.codes}\n"
    )
    assert told(refuse(spec)) == ["spec.yaml:5:18 unknown-column"]


def test_each_template_inside_has_its_own_rows(load: Load) -> None:
    spec = (
        "version: 1\nsites:\n  ${each.value}:\n    for_each: [A, B]\n    sippeers:\n"
        "      L${each.value}:\n        for_each: [1, 2]\n        description: d${each.value}\n"
        '      ${each.x}:\n        for_each: [{x: "of ${each.value}"}]\n'
    )
    state = load(spec)
    assert labels(state, "sippeer") == [
        "A/L1", "A/L2", "A/of A", "B/L1", "B/L2", "B/of B",
    ]  # fmt: skip


WITH_OUTER = """\
version: 1
sites:
  ${each.key}:
    for_each: {Raleigh: {state: NC, code: "919"}, Denver: {state: CO, code: "303"}}
    description: ${each.state}
    sippeers:
      ${each.name}:
        for_each: [{name: Acme}, {name: Best, code: "910"}]
        description: ${each.name} of ${each.outer.key}, ${each.outer.state}
        numbers: [{area_code: "${each.outer.code}", quantity: 1}]
"""


def test_a_template_inside_sees_the_row_outside_under_its_own_name(load: Load) -> None:
    state = load(WITH_OUTER)
    assert {
        "/".join(each.path): resource.attributes["description"]
        for each, resource in state.resources.items()
        if each.type == "sippeer"
    } == {
        "Raleigh/Acme": "Acme of Raleigh, NC",
        "Raleigh/Best": "Best of Raleigh, NC",
        "Denver/Acme": "Acme of Denver, CO",
        "Denver/Best": "Best of Denver, CO",
    }
    assert Address("numbers", ("Denver", "Best", "area_code=303")) in state.resources


def test_a_column_that_is_not_in_the_row_outside_is_an_error(refuse: Refuse) -> None:
    (problem, *_) = refuse(WITH_OUTER.replace("each.outer.state", "each.outer.stat"))
    assert problem.code == "unknown-column"
    assert "Did you mean `outer.state`?" in problem.detail


def test_without_a_row_outside_there_is_no_outer(refuse: Refuse) -> None:
    spec = RESELLER.replace("${each.area_code}", "${each.outer.area_code}")
    (problem,) = refuse(reseller(spec=spec), paths=["spec.yaml"])
    assert problem.code == "unknown-column"
