"""The planner knows no type by name: made-up ones are planned from their rows alone."""

import pytest

from provisioner.errors import PlanRefused
from provisioner.model import Address, DesiredState, LiveState, Resource, Value
from provisioner.planning import Action, Plan, Verb, make_plan
from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape, Types


def made_up(name: str, shape: Shape, *rows: Field, **more: object) -> ResourceType:
    path = f"/{name}s"
    return ResourceType(
        name=name,
        section=f"{name}s",
        shape=shape,
        title=name.title(),
        description=f"A {name}.",
        fields=rows,
        element=name.title(),
        create=Call("POST", path),
        update=Call("PUT", path),
        delete=Call("DELETE", path),
        **more,  # type: ignore[arg-type]  # the rest as the caller has it
    )


TYPES: Types = {
    each.name: each
    for each in (
        made_up(
            "gadget",
            Shape.NAMED,
            Field(name="name"),
            Field(name="primary", kind=Kind.BOOLEAN, one_a_parent=True),
        ),
        made_up(
            "widget",
            Shape.NAMED,
            Field(name="name"),
            Field(name="twin", kind=Kind.REFERENCE, refers_to="gadget"),
            Field(name="size", kind=Kind.INTEGER),
            Field(name="colour", normalise=str.casefold, needed_to_create=True),
            parent="gadget",
        ),
        made_up("knob", Shape.FEATURE, Field(name="turns", kind=Kind.INTEGER), parent="widget"),
        made_up("lamp", Shape.FEATURE, parent="widget", after=("knob",), holds=("knob",)),
        made_up("shade", Shape.FEATURE, parent="widget", after=("lamp",), needs=("lamp",)),
    )
}


def gadget(label: str, **attributes: Value) -> Resource:
    return Resource(Address("gadget", (label,)), {"name": label, **attributes})


def widget(*path: str, **attributes: Value) -> Resource:
    return Resource(Address("widget", path), {"name": path[-1], "colour": "red", **attributes})


def plan(
    *desired: Resource, live: tuple[Resource, ...] = (), absent: tuple[Address, ...] = ()
) -> Plan:
    return make_plan(
        DesiredState("1", {each.address: each for each in desired}, frozenset(absent)),
        LiveState("1", "https://example.com", {each.address: each for each in live}, {}),
        TYPES,
    )


def test_a_widget_waits_for_its_parent_and_for_what_it_refers_to() -> None:
    left, right = gadget("Left", primary=True), gadget("Right", primary=False)
    wheel = widget("Left", "Wheel", twin=right.address, size=3)
    found = plan(wheel, right, left)
    steps = {step.address: step.waits_for for step in found.steps}
    assert list(steps) == [left.address, right.address, wheel.address]
    assert steps == {
        left.address: (),
        right.address: (left.address,),
        wheel.address: (left.address, right.address),
    }


def test_a_widget_is_compared_by_its_rows() -> None:
    there = widget("Left", "Wheel", size=3, colour="RED", twin=Address("gadget", ("Old",)))
    left = gadget("Left", primary=True)
    same = widget("Left", "Wheel", size=3)
    assert not plan(left, same, live=(left, there)).has_changes

    other = widget("Left", "Wheel", size=4, colour="blue", twin=left.address)
    (change,) = (
        each
        for each in plan(left, other, live=(left, there)).changes
        if each.action is not Action.NO_OP
    )
    assert change.action is Action.UPDATE
    assert [(each.path, each.before, each.after) for each in change.attributes] == [
        ("twin", Address("gadget", ("Old",)), left.address),
        ("size", 3, 4),
        ("colour", "RED", "blue"),
    ]


def test_the_first_gadget_of_the_account_is_made_its_primary() -> None:
    (first, second) = plan(gadget("B"), gadget("A")).steps
    assert (first.address.path, second.address.path) == (("B",), ("A",))
    assert first.change.body.attributes["primary"] is True
    assert first.change.reason.startswith("primary: true, because the first gadget of ")
    with pytest.raises(PlanRefused) as refused:
        plan(gadget("A", primary=False))
    (problem,) = refused.value.problems
    assert problem.detail.startswith("The account needs one gadget with `primary: true`.")


def test_a_widget_that_lacks_what_it_needs_is_refused() -> None:
    bare = Resource(Address("widget", ("Left", "Wheel")), {"name": "Wheel"})
    with pytest.raises(PlanRefused) as refused:
        plan(gadget("Left", primary=True), bare)
    (problem,) = refused.value.problems
    assert (problem.code, problem.origin) == ("needed-to-create", None)


def test_what_needs_another_beside_it_is_refused_without_it() -> None:
    left, wheel = gadget("Left", primary=True), widget("Left", "Wheel")
    lamp, shade = (Resource(Address(name, ("Left", "Wheel"))) for name in ("lamp", "shade"))
    with pytest.raises(PlanRefused) as refused:
        plan(left, wheel, shade)
    (problem,) = refused.value.problems
    assert problem.code == "needs-another"
    assert problem.detail.endswith("needs lamp on the same location. Declare `lamps: true`.")
    assert plan(left, wheel, shade, live=(lamp,)).steps
    assert [each.address for each in plan(left, wheel, shade, lamp).steps][-2:] == [
        lamp.address,
        shade.address,
    ]


def test_what_holds_a_feature_is_switched_off_before_it() -> None:
    left, wheel = gadget("Left", primary=True), widget("Left", "Wheel")
    knob = Resource(Address("knob", ("Left", "Wheel")), {"turns": 11})
    lamp = Resource(Address("lamp", ("Left", "Wheel")))
    live = (left, wheel, knob, lamp)
    with pytest.raises(PlanRefused) as refused:
        plan(left, wheel, live=live, absent=(knob.address,))
    (problem,) = refused.value.problems
    assert "Declare `lamps: false`." in problem.detail

    found = plan(left, wheel, live=live, absent=(knob.address, lamp.address))
    assert [(step.verb, step.address, step.waits_for) for step in found.steps] == [
        (Verb.DELETE, lamp.address, ()),
        (Verb.DELETE, knob.address, (lamp.address,)),
    ]
