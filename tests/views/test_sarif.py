"""SARIF by the rules of the standard (OASIS SARIF 2.1.0), as far as we use it.

Each rule names the section it is from. The schema that the standard comes with is not copied.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provisioner.errors import Origin, Problem, Severity
from provisioner.planning.plan import Plan
from provisioner.views.problems import placed
from provisioner.views.sarif import sarif_document

Golden = Callable[[str, str], None]

URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*")
SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
MEMBERS = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "columnKind", "results"},
    "driver": {"name", "semanticVersion", "rules"},
    "rule": {"id", "shortDescription", "defaultConfiguration"},
    "result": {"ruleId", "ruleIndex", "level", "message", "locations"},
}


def faults(log: Any) -> Iterator[str]:
    """What the standard does not allow, and members that none of these rules looks at."""
    yield from unknown(log, "log")
    if log["version"] != "2.1.0":
        yield "3.13.2 version"
    for run in log["runs"]:
        yield from unknown(run, "run")
        yield from faults_of_driver(run["tool"]["driver"])
        if run["columnKind"] not in {"utf16CodeUnits", "unicodeCodePoints"}:
            yield "3.14.17 columnKind"
        for result in run["results"]:
            yield from faults_of_result(result, run["tool"]["driver"]["rules"])


def unknown(part: dict[str, Any], name: str) -> Iterator[str]:
    yield from (f"{name}: unknown member {key}" for key in part.keys() - MEMBERS[name])


def faults_of_driver(driver: Any) -> Iterator[str]:
    yield from unknown(driver, "driver")
    if not driver["name"]:
        yield "3.19.8 name"
    if not SEMANTIC_VERSION.fullmatch(driver["semanticVersion"]):
        yield "3.19.12 semanticVersion"
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids):
        yield "3.19.23 rules: unique"
    for rule in driver["rules"]:
        yield from unknown(rule, "rule")
        if not rule["shortDescription"]["text"]:
            yield "3.49.9 shortDescription"
        if rule["defaultConfiguration"]["level"] not in {"none", "note", "warning", "error"}:
            yield "3.50.3 level"


def faults_of_result(result: Any, rules: Any) -> Iterator[str]:
    yield from unknown(result, "result")
    if not 0 <= result["ruleIndex"] < len(rules):
        yield "3.27.6 ruleIndex: range"
    elif rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield "3.27.6 ruleIndex: the rule of ruleId"
    if result["level"] not in {"none", "note", "warning", "error"}:
        yield "3.27.10 level"
    if not result["message"]["text"]:
        yield "3.11.8 text"
    for location in result.get("locations", ()):
        place = location["physicalLocation"]
        artifact, region = place["artifactLocation"], place["region"]
        if not URI_REFERENCE.fullmatch(artifact["uri"]):
            yield "3.4.3 uri"
        if "uriBaseId" in artifact and artifact["uri"].startswith(("/", "file:", "../")):
            yield "3.4.4 uriBaseId: a relative reference"
        if region["startLine"] < 1 or region["startColumn"] < 1:
            yield "3.30.5 startLine, startColumn: from 1"


def document(problems: tuple[Problem, ...]) -> Any:
    return json.loads(json.dumps(sarif_document(problems, tool_version="0.1.0")))


def at(file: str) -> Problem:
    return Problem(Severity.ERROR, "unknown-key", "Unknown key", "Detail.", Origin(file, 3, 5))


def test_problems_are_as_they_were(refused: tuple[Problem, ...], golden: Golden) -> None:
    found = document(placed(refused, ("examples/quickstart.yaml",)))
    golden("views/problems.sarif", json.dumps(found, indent=2) + "\n")
    assert list(faults(found)) == []
    assert all(result["locations"] for result in found["runs"][0]["results"])


def test_the_warnings_of_a_plan_keep_the_rules(everything: Plan) -> None:
    found = document(everything.warnings)
    assert list(faults(found)) == []
    assert [rule["id"] for rule in found["runs"][0]["tool"]["driver"]["rules"]] == ["long-name"]
    assert len(found["runs"][0]["results"]) == 2


def test_nothing_wrong_is_a_run_without_results() -> None:
    found = document(())
    assert list(faults(found)) == []
    assert found["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("specs/fleet.yaml", "specs/fleet.yaml"),
        ("./specs/fleet.yaml", "specs/fleet.yaml"),
        ("my specs/100%.yaml", "my%20specs/100%25.yaml"),
        ("Zürich.yaml", "Z%C3%BCrich.yaml"),
    ],
)
def test_a_relative_path_starts_at_the_root_of_the_repository(file: str, uri: str) -> None:
    found = document((at(file),))
    assert list(faults(found)) == []
    (location,) = found["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5},
    }


def test_an_absolute_path_has_no_base() -> None:
    found = document((at("/srv/specs/a.yaml"),))
    assert list(faults(found)) == []
    (location,) = found["runs"][0]["results"][0]["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///srv/specs/a.yaml"}


def test_a_problem_of_no_file_is_placed_in_the_first_or_left_out() -> None:
    problem = Problem(Severity.ERROR, "unreachable", "No answer", "Detail.")
    (found,) = placed([problem], ("a.yaml", "b.yaml"))
    assert found.origin == Origin("a.yaml", 1, 1)
    assert placed([problem], ()) == ()
    assert list(faults(document((problem,)))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "columnKind"), "bytes"),
        (("runs", 0, "tool", "driver", "semanticVersion"), "one"),
        (("runs", 0, "results", 0, "ruleIndex"), 7),
        (("runs", 0, "results", 0, "level"), "major"),
        (("runs", 0, "results", 0, "fingerprint"), "x"),
        (
            (
                "runs",
                0,
                "results",
                0,
                "locations",
                0,
                "physicalLocation",
                "artifactLocation",
                "uri",
            ),
            "a b",
        ),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
    ],
    ids=str,
)
def test_the_rules_find_what_is_not_allowed(path: tuple[str | int, ...], value: object) -> None:
    found = document((at("a.yaml"),))
    part = found
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert len(list(faults(found))) == 1
