"""The graph of what is declared: as it was, and with names that mean something to its readers."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.model import Address, DesiredState, Resource
from provisioner.resource_type import Types
from provisioner.spec import load_spec
from provisioner.views.graph import Format, render_graph

Golden = Callable[[str, str], None]

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = {
    "end": "end",
    'say "hi"': "say #34;hi#34;",
    "<b>bold</b> & #35;": "#60;b#62;bold#60;/b#62; #38; #35;35#59;",
    "`code` *a* __b__": "#96;code#96; #42;a#42; #95;#95;b#95;#95;",
    "[x] {y} | a\\b": "#91;x#93; #123;y#125; #124; a#92;b",
    "1. Raleigh": "1#46; Raleigh",
    "12) Raleigh": "12#41; Raleigh",
    "- East": "#45; East",
    "Ümlaut 日本, (Inc.) a-b: 1.2": "Ümlaut 日本, (Inc.) a-b: 1.2",
}


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("name", ["two-sites.yaml", "reseller"])
def test_the_graph_of_an_example_is_as_it_was(
    name: str, form: Format, types: Types, golden: Golden
) -> None:
    environ = {"CALLBACK_PASSWORD": "choose-one"}
    desired = load_spec([EXAMPLES / name], environ, types)
    graph = render_graph(desired, types, form)
    golden(f"views/graph_{Path(name).stem}.{form}", f"{graph}\n")


def site_named(name: str) -> DesiredState:
    site, application = Address("site", (name,)), Address("application", (name,))
    sippeer = Address("sippeer", (name, name))
    link = Resource(Address("messaging_application", sippeer.path), {"application": application})
    declared = (Resource(site), Resource(application), Resource(sippeer), link)
    return DesiredState("9900778", {each.address: each for each in declared})


@pytest.mark.parametrize(("name", "written"), NAMES.items(), ids=NAMES)
def test_a_name_shows_in_mermaid_as_it_is(name: str, written: str, types: Types) -> None:
    head, *lines = render_graph(site_named(name), types, Format.MERMAID).split("\n")
    assert head == "flowchart LR"
    assert lines[0] == f'  n1["{written}<br>application"]'
    assert lines[3:] == ["  n2 --> n3", "  n3 -.-> n1"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_string_of_dot(name: str, types: Types) -> None:
    lines = render_graph(site_named(name), types, Format.DOT).split("\n")
    strings = re.fullmatch(r'  n1 \[label="((?:[^"\\]|\\.)*)"\];', lines[3])
    assert strings
    assert re.sub(r"\\(.)", r"\1", strings[1]) == f"{name}napplication"
    assert lines[-3:] == ["  n2 -> n3;", "  n3 -> n1 [style=dashed];", "}"]


def test_alike_applications_are_one_node_that_their_users_share(types: Types) -> None:
    declared = [Resource(Address("application", (f"App {number}",))) for number in range(20)]
    for number in range(20):
        path = (f"Site {number}", "East")
        application = Address("application", (f"App {number}",))
        declared += [
            Resource(Address("site", path[:1])),
            Resource(Address("sippeer", path)),
            Resource(Address("messaging_application", path), {"application": application}),
        ]
    desired = DesiredState("9900778", {each.address: each for each in declared})
    lines = render_graph(desired, types, Format.MERMAID).split("\n")
    assert lines[1] == '  n1["20 applications"]'
    assert {line.split()[-1] for line in lines if "-.->" in line} == {"n1"}


def test_a_spec_without_anything_is_an_empty_graph(types: Types) -> None:
    assert render_graph(DesiredState("", {}), types, Format.MERMAID) == "flowchart LR"
