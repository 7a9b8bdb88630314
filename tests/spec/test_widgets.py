"""The reader knows no type by name: made-up ones work from their rows alone."""

from collections.abc import Callable

import pytest

from provisioner.block_kinds import BlockKind
from provisioner.errors import Origin, Problem
from provisioner.model import Address, DesiredState
from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape, Types

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]


def made_up(name: str, section: str, shape: Shape, *rows: Field, **more: object) -> ResourceType:
    return ResourceType(
        name=name,
        section=section,
        shape=shape,
        title=name.title(),
        description=f"A {name}.",
        fields=rows,
        element=name.title(),
        create=Call("POST", f"/{section}"),
        **more,  # type: ignore[arg-type]  # the rest as the caller has it
    )


def kind(*names: str) -> BlockKind:
    fields = {name: name.title() for name in names}
    return BlockKind(name="+".join(names), element="X", fields=fields)


def widget_types() -> Types:
    types = (
        made_up(
            "gadget",
            "gadgets",
            Shape.NAMED,
            Field(name="size.inner.width", kind=Kind.INTEGER, required=True, minimum=1, title="W",
                  description="Width.", example=3),
            Field(name="size.inner.depth", kind=Kind.INTEGER, title="D", description="Depth.",
                  example=4),
            Field(name="twin", kind=Kind.REFERENCE, refers_to="gadget", title="Twin",
                  description="Another gadget.", example="G"),
            Field(name="token", kind=Kind.SECRET, pattern="^[a-z]+$", title="Token",
                  description="A secret."),
            groups={"size": "Size", "size.inner": "Inner size"},
        ),
        made_up(
            "widget",
            "widgets",
            Shape.NAMED,
            Field(name="primary", kind=Kind.BOOLEAN, one_a_parent=True, title="P",
                  description="The first.", example=True),
            parent="gadget",
        ),
        made_up(
            "knob",
            "knob",
            Shape.FEATURE,
            Field(name="turns", kind=Kind.INTEGER, required=True, shorthand=11, title="T",
                  description="Turns.", example=11),
            parent="widget",
        ),
        made_up(
            "strap",
            "strap",
            Shape.LINK,
            Field(name="to", kind=Kind.REFERENCE, refers_to="gadget", required=True, title="To",
                  description="A gadget.", example="G"),
            parent="widget",
            holds=("knob",),
        ),
        made_up(
            "beads",
            "beads",
            Shape.BLOCKS,
            Field(name="city", title="City", description="A city.", example="X"),
            Field(name="state", title="State", description="A state.", example="Y"),
            Field(name="zip", title="Zip", description="A zip.", example="12345"),
            Field(name="shiny", kind=Kind.BOOLEAN, default=True, title="S", description="Shiny.",
                  example=True),
            parent="widget",
            kinds=(kind("city", "state"), kind("state"), kind("zip")),
        ),
    )  # fmt: skip
    return {each.name: each for each in types}


def test_made_up_types_are_read(load: Load) -> None:
    state = load(
        "version: 1\n"
        "gadgets:\n"
        "  G: {size: {inner: {width: 3}}, twin: H}\n"
        "  H:\n"
        "    widgets:\n"
        "      W:\n"
        "        knob: true\n"
        "        strap: G\n"
        "        beads: [{zip: 02134}, {state: NO}, {state: NO, city: X}]\n"
        "      V: {knob: false, primary: true}\n",
        types=widget_types(),
    )
    widget = ("H", "W")
    found = {address: dict(each.attributes) for address, each in state.resources.items()}
    assert found == {
        Address("gadget", ("G",)): {
            "size.inner.width": 3,
            "twin": Address("gadget", ("H",)),
        },
        Address("gadget", ("H",)): {},
        Address("widget", widget): {},
        Address("knob", widget): {"turns": 11},
        Address("strap", widget): {"to": Address("gadget", ("G",))},
        Address("beads", (*widget, "zip=02134")): {"zip": "02134", "shiny": True},
        Address("beads", (*widget, "state=NO")): {"state": "NO", "shiny": True},
        Address("beads", (*widget, "city=X,state=NO")): {
            "city": "X",
            "state": "NO",
            "shiny": True,
        },
        Address("widget", ("H", "V")): {"primary": True},
    }
    assert state.absent == {Address("knob", ("H", "V")), Address("strap", ("H", "V"))}
    assert state.origins[Address("gadget", ("G",)), "size.inner.width"] == Origin(
        "spec.yaml", 3, 29
    )


@pytest.mark.parametrize(
    ("line", "expected", "says"),
    [
        ("G: {size: {inner: {depth: 4}}}", "3:14 missing-key", "`width: 3`"),
        ("G: {size: {inner: {width: 0}}}", "3:29 out-of-range", "at least 1"),
        ("G: {size: 3}", "3:13 wrong-type", "a mapping"),
        ("G: {twin: X}", "3:13 unknown-reference", '"G"'),
        ("G: {token: '${TOKEN}'}", "3:14 wrong-form", "A secret."),
        ("G: {widgets: {W: {knob: {}}}}", "3:21 missing-key", "`turns`"),
        ("G: {widgets: {W: {beads: [{city: X}]}}}", "3:29 missing-key", "`city` with `state`"),
        ("G: {widgets: {W: {beads: [{}]}}}", "3:29 missing-key",
         "`city` with `state`, `state` or `zip`"),
        ("G: {widgets: {W: {beads: [{city: X, zip: 1}]}}}", "3:29 conflicting-keys",
         "`city` and `zip` do not go together"),
        ("G: {widgets: {W: {primary: true}, V: {primary: true}}}", "3:50 two-defaults",
         "`primary: true`"),
        ("G: {widgets: {W: {knob: false, strap: G}}}", "3:21 off-beside-on", "`strap`"),
    ],
)  # fmt: skip
def test_made_up_types_are_held_to_their_rows(
    refuse: Refuse, line: str, expected: str, says: str
) -> None:
    (problem,) = refuse(f"version: 1\ngadgets:\n  {line}\n", types=widget_types(), TOKEN="S3CRET")
    assert problem.origin is not None
    assert f"{problem.origin.line}:{problem.origin.column} {problem.code}" == expected
    assert says in problem.detail
    assert "S3CRET" not in str(problem)
