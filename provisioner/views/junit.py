"""JUnit XML, which every pipeline shows: a test for each resource and for each problem.

Of a plan no change is a failure: it is what the plan is for. Of a drift each change is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from provisioner.errors import Origin, Problem, Severity
from provisioner.model import DesiredState
from provisioner.planning.plan import Action, Plan
from provisioner.resource_type import Types
from provisioner.views.entries import Entry, entries_of
from provisioner.views.plan_text import entry_lines
from provisioner.views.problems import detail_lines
from provisioner.views.wording import noun, printable

WIDTH = 100
Tell = Callable[[Element, Entry], None]


def plan_junit(plan: Plan, desired: DesiredState, types: Types) -> str:
    return _junit_of("plan", plan, desired, types, _told)


def drift_junit(plan: Plan, desired: DesiredState, types: Types) -> str:
    return _junit_of("drift", plan, desired, types, _failed)


def problems_junit(name: str, problems: Iterable[Problem], files: Sequence[str]) -> str:
    """Files without an error pass."""
    problems = tuple(problems)
    suite = Element("testsuite", name=f"provisioner {name}")
    _add_problems(suite, problems)
    faulty = {each.origin.file for each in problems if each.origin and _is_error(each)}
    for file in files:
        if file not in faulty:
            _case(suite, "spec", file, Origin(file, 1, 1))
    return rendered(suite)


def _junit_of(name: str, plan: Plan, desired: DesiredState, types: Types, tell: Tell) -> str:
    suite = Element("testsuite", name=printable(f"provisioner {name} of account {plan.account}"))
    _add_problems(suite, plan.warnings)
    for entry in entries_of(plan.changes, types):
        address = entry.addresses[0]
        case = _case(suite, address.type, noun(address, types), desired.origin(address))
        if entry.action is not Action.NO_OP:
            tell(case, entry)
    return rendered(suite)


def _told(case: Element, entry: Entry) -> None:
    SubElement(case, "system-out").text = _text(entry)


def _failed(case: Element, entry: Entry) -> None:
    failure = SubElement(case, "failure", type=entry.action.value, message=entry.headline)
    failure.text = _text(entry)


def _text(entry: Entry) -> str:
    return "\n".join(line[2:] for line in entry_lines(entry, WIDTH))


def _add_problems(suite: Element, problems: Iterable[Problem]) -> None:
    for problem in problems:
        where = f" at {problem.origin}" if problem.origin else ""
        name = f"{problem.summary} [{problem.code}]{where}"
        case = _case(suite, problem.severity.value, name, problem.origin)
        text = "\n".join(line[4:] for line in detail_lines(problem.detail, width=WIDTH))
        if _is_error(problem):
            failure = SubElement(case, "failure", type=problem.code, message=problem.summary)
            failure.text = text
        else:
            SubElement(case, "system-out").text = text


def _is_error(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


def _case(suite: Element, kind: str, name: str, origin: Origin | None) -> Element:
    case = SubElement(suite, "testcase", classname=f"provisioner.{kind}", name=printable(name))
    if origin:
        case.set("file", printable(origin.file))
        case.set("line", str(origin.line))
    return case


def rendered(suite: Element) -> str:
    """The document around a suite, with its counts."""
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
