"""The planner's case files: a spec, an account, and the plan that comes of them.

`make golden` rewrites the `expect` of every case: read the difference before it is committed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.errors import Origin, PlanRefused, Problem, Severity
from provisioner.model import Address, DesiredState, LiveState, Resource, Secret, Value
from provisioner.planning import Action, Change, Plan, make_plan
from provisioner.resource_type import Types

CASES = Path(__file__).parent.parent / "cases" / "planner"

Load = Callable[[str], DesiredState]
Describe = Callable[[DesiredState, Mapping[str, Any]], LiveState]
CarryOut = Callable[[Plan, LiveState], LiveState]
See = Callable[[DesiredState, LiveState], LiveState]
Case = Mapping[str, Any]


ALL_CASES = [
    pytest.param(path, case, id=f"{path.stem}: {case['case']}")
    for path in sorted(CASES.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def told_in_advance(case: Case) -> dict[str, Any]:
    """What a case says beyond its spec: the account, in the words of the spec."""
    unknown = case.keys() - {"case", "spec", "live", "problems", "resend_secrets", "expect"}
    assert not unknown, f"no case has {', '.join(unknown)}"
    return dict(case.get("live", {}))


def problems_of(case: Case) -> tuple[Problem, ...]:
    """What the reader found unclear, as `severity code`."""
    told = (each.split() for each in case.get("problems", ()))
    return tuple(Problem(Severity(severity), code, code, code) for severity, code in told)


@pytest.fixture
def inputs(load: Load, describe: Describe) -> Callable[[Case], tuple[DesiredState, LiveState]]:
    def both(case: Case) -> tuple[DesiredState, LiveState]:
        desired = load(case["spec"])
        desired = replace(desired, resend_secrets=case.get("resend_secrets", False))
        live = describe(desired, told_in_advance(case))
        return desired, replace(live, problems=problems_of(case))

    return both


Inputs = Callable[[Case], tuple[DesiredState, LiveState]]


@pytest.mark.parametrize(("path", "case"), ALL_CASES)
def test_the_plan_is_as_the_case_says(
    path: Path,
    case: Case,
    inputs: Inputs,
    types: Types,
    pytestconfig: pytest.Config,
    golden: object,  # asked for so that `--golden` runs this test
) -> None:
    desired, live = inputs(case)
    try:
        found = render_plan(make_plan(desired, live, types), live)
    except PlanRefused as refused:
        found = render_refusal(refused)
    if pytestconfig.getoption("--golden"):
        rewrite(path, case["case"], found)
    else:
        assert found == case["expect"]


@pytest.mark.parametrize(("path", "case"), ALL_CASES)
def test_after_an_apply_the_plan_is_empty(
    path: Path, case: Case, inputs: Inputs, types: Types, carry_out: CarryOut, see: See
) -> None:
    desired, live = inputs(case)
    try:
        plan = make_plan(desired, live, types)
    except PlanRefused:
        assert case["expect"].startswith("refused\n")
        return
    after = see(desired, carry_out(plan, live))
    again = make_plan(desired, after, types)
    changed = {each.address for each in again.changes if each.action is not Action.NO_OP}
    resent = {each.address for each in plan.changes if desired.resend_secrets}
    # Nothing comes of orders that are awaited here.
    later = {each.address for each in plan.changes if plan.in_flight and each.count is None}
    assert changed <= resent | later


def render_plan(plan: Plan, live: LiveState) -> str:
    lines = [line for change in plan.changes for line in _change_lines(change, live)]
    if plan.steps:
        lines.append("steps")
    for step in plan.steps:
        waits = f" after {', '.join(map(str, step.waits_for))}" if step.waits_for else ""
        lines.append(f"  {step.verb} {step.address}{waits}")
    lines += [f"unmanaged {address}" for address in plan.unmanaged]
    lines += [f"{each.severity} {each.code}{_position(each.origin)}" for each in plan.warnings]
    if plan.unclaimed:
        lines.append(f"unclaimed {' '.join(plan.unclaimed)}")
    if plan.in_flight or plan.back_ordered:
        lines.append(f"in flight {plan.in_flight}, back-ordered {plan.back_ordered}")
    return "\n".join(lines) + "\n"


def _change_lines(change: Change, live: LiveState) -> Iterator[str]:
    yield f"{change.action} {change.address}"
    if change.action is not Action.CREATE:
        for each in change.attributes:
            yield f"  {each.path}: {_text(each.before)} -> {_text(each.after)}"
    if change.action is not Action.NO_OP and change.after is not None:
        yield f"  sends {_body(change.after, live)}"
    numbers = change.count
    if numbers is not None and (numbers.in_flight or numbers.moving):
        yield f"  has {numbers.there}, {numbers.in_flight} coming, {numbers.moving} moving"
    if change.reason:
        yield f"  because {change.reason}"


def _body(resource: Resource, live: LiveState) -> str:
    texts = {name: _text(value) for name, value in resource.attributes.items()}
    key = live.order_keys.get(resource.address)
    if key and "customer_order_id" in texts:
        texts["customer_order_id"] = texts["customer_order_id"].replace(key, "KEY")
    return ", ".join(f"{name}={text}" for name, text in texts.items())


def _text(value: Value | None) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Secret():
            return f"secret {value.name}"
        case tuple():
            return " ".join(value)
        case Address() | int() | None:
            return str(value)
        case str():
            return value if value and value == value.strip() else repr(value)


def render_refusal(refused: PlanRefused) -> str:
    told = [f"  {each.code}{_position(each.origin)}\n" for each in refused.problems]
    return "refused\n" + "".join(told)


def _position(origin: Origin | None) -> str:
    return f" {origin.line}:{origin.column}" if origin else ""


def rewrite(path: Path, name: str, found: str) -> None:
    """Puts a new text in the place of a case's `expect: |`."""
    source = path.read_text(encoding="utf-8")
    root = yaml.compose(source)
    for node in root.value if root else ():
        values = {key.value: value for key, value in node.value}
        if values["case"].value == name:
            expect = values["expect"]
            block = "".join(f"    {line}\n" for line in found.splitlines())
            before, after = source[: expect.start_mark.index], source[expect.end_mark.index :]
            separator = "\n" if after else ""
            path.write_text(f"{before}|\n{block}{separator}{after}", encoding="utf-8", newline="\n")
