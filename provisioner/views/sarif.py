"""Problems as SARIF 2.1.0 (OASIS standard), which code scanning shows at their lines."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.errors import Origin, Problem, Severity
from provisioner.views.documents import Document

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
"""What a path in a URI may hold as it is (RFC 3986, section 2.3)."""


def sarif_document(problems: Iterable[Problem], *, tool_version: str) -> Document:
    """GitHub refuses a file with a result that has no place: hand in problems that have one."""
    problems = tuple(problems)
    rules = {problem.code: problem for problem in problems}
    numbers = {code: index for index, code in enumerate(rules)}
    run: Document = {
        "tool": {
            "driver": {
                "name": "provisioner",
                "semanticVersion": tool_version,
                "rules": [_rule(each) for each in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, numbers[each.code]) for each in problems],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(problem: Problem) -> Document:
    return {
        "id": problem.code,
        "shortDescription": {"text": problem.summary},
        "defaultConfiguration": {"level": LEVELS[problem.severity]},
    }


def _result(problem: Problem, rule: int) -> Document:
    result: Document = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": LEVELS[problem.severity],
        "message": {"text": f"{problem.summary}: {problem.detail}"},
    }
    if problem.origin:
        result["locations"] = [{"physicalLocation": _place(problem.origin)}]
    return result


def _place(origin: Origin) -> Document:
    return {
        "artifactLocation": _artifact(origin.file),
        "region": {"startLine": origin.line, "startColumn": origin.column},
    }


def _artifact(file: str) -> Document:
    """Relative paths start at the root of the repository, in which pipelines run."""
    path = "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in file.encode())
    if path.startswith("/"):
        return {"uri": f"file://{path}"}
    return {"uri": path.removeprefix("./"), "uriBaseId": "%SRCROOT%"}
