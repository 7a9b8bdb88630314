"""What pipelines read: JUnit, the commands of GitHub, the reports of GitLab."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from provisioner.errors import Origin, Problem, Severity
from provisioner.model import Address, DesiredState
from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.views.github import annotation_lines, notice
from provisioner.views.gitlab import code_quality, plan_counts
from provisioner.views.junit import drift_junit, plan_junit, problems_junit
from provisioner.views.problems import placed
from tests.views.conftest import APPLICATION, create, make_plan

Golden = Callable[[str, str], None]

DESIRED = DesiredState("9900778", {}, origins={(APPLICATION, ""): Origin("specs/a.yaml", 6, 3)})


def suite_of(text: str) -> etree._Element:
    """The one suite of a file, whose counts have to be right."""
    (suite,) = etree.fromstring(text.encode())
    assert suite.get("tests") == str(len(suite.findall("testcase")))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    return suite


@pytest.mark.parametrize("name", ["quickstart", "everything", "nothing_to_do", "empty"])
def test_a_plan_as_junit_is_as_it_was(
    name: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    text = plan_junit(request.getfixturevalue(name), DESIRED, types)
    golden(f"views/plan_{name}.xml", text)
    assert suite_of(text).get("failures") == "0"


def test_of_2000_changes_each_is_a_test(fleet: Plan, types: Types) -> None:
    suite = suite_of(plan_junit(fleet, DESIRED, types))
    assert len(suite) == len(fleet.changes)


def test_a_test_says_where_its_resource_is_declared(quickstart: Plan, types: Types) -> None:
    suite = suite_of(plan_junit(quickstart, DESIRED, types))
    (case,) = suite.findall("testcase[@classname='provisioner.application']")
    assert (case.get("file"), case.get("line")) == ("specs/a.yaml", "6")
    assert "+ create application Production Server" in case.findtext("system-out", "")


def test_a_drift_is_a_failure(everything: Plan, types: Types, golden: Golden) -> None:
    text = drift_junit(everything, DESIRED, types)
    golden("views/drift_everything.xml", text)
    assert suite_of(text).get("failures") == "10"


def test_problems_are_failures_and_warnings_are_not(
    refused: tuple[Problem, ...], golden: Golden
) -> None:
    text = problems_junit("validate", refused, ("examples/quickstart.yaml", "b.yaml"))
    golden("views/problems.xml", text)
    suite = suite_of(text)
    assert suite.get("failures") == "2"
    assert [each.get("name") for each in suite.findall("testcase")][-1] == "b.yaml"


@given(name=st.text(min_size=1), detail=st.text())
def test_whatever_things_are_called_it_is_xml(name: str, detail: str) -> None:
    site = Address("site", (name,))
    change = create(site, {"description": detail}, reason=detail)
    problem = Problem(Severity.WARNING, "code", "Summary", detail, Origin(name, 1, 1))
    text = plan_junit(make_plan(change, warnings=(problem,)), DESIRED, resource_types())
    assert len(suite_of(text)) == 2


def test_annotations_are_as_they_were(refused: tuple[Problem, ...], golden: Golden) -> None:
    golden("views/problems_github.txt", "\n".join(annotation_lines(refused)) + "\n")


def test_errors_come_before_warnings_as_github_shows_ten_of_a_kind(
    refused: tuple[Problem, ...],
) -> None:
    told = [line.split(" ")[0] for line in annotation_lines(reversed(refused))]
    assert told == ["::error", "::error", "::warning"]


def test_the_counts_are_a_notice(quickstart: Plan) -> None:
    assert notice(quickstart) == (
        "::notice title=Plan for account 9900778 at https%3A//dashboard.bandwidth.com"
        "::6 to create, 0 to change, 0 to delete, 1 number to order."
    )


@given(st.text(), st.text())
def test_no_name_can_begin_a_command_of_its_own(file: str, detail: str) -> None:
    problem = Problem(Severity.ERROR, "code", "Summary", detail, Origin(file, 1, 2))
    (line,) = annotation_lines([problem])
    assert "\n" not in line
    assert "\r" not in line
    properties, _, _ = line.removeprefix("::error ").partition("::")
    assert [each.partition("=")[0] for each in properties.split(",")] == [
        "title", "file", "line", "col",
    ]  # fmt: skip


def test_gitlab_counts_an_order_among_what_is_added(quickstart: Plan, everything: Plan) -> None:
    assert plan_counts(quickstart) == {"create": 7, "update": 0, "delete": 0}
    assert plan_counts(everything) == {"create": 1, "update": 5, "delete": 4}


def test_code_quality_is_as_it_was(refused: tuple[Problem, ...], golden: Golden) -> None:
    found = code_quality(placed(refused, ("./specs/a.yaml",)))
    golden("views/problems_gitlab.json", json.dumps(found, indent=2) + "\n")
    assert len({each["fingerprint"] for each in found}) == len(refused)
    assert code_quality(refused[1:2]) == []
