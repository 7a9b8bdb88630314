"""What can be wrong with a spec: the codes, and the constant phrase for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provisioner.errors import Origin, Problem, Severity

SUMMARIES = {
    "account-mismatch": "Two different accounts",
    "bad-encoding": "Not UTF-8",
    "bad-merge": "Nothing to merge",
    "bad-variable": "Malformed variable",
    "beyond-documented-length": "Longer than documented",
    "complex-key": "Key that is not text",
    "conflicting-keys": "Keys that exclude each other",
    "control-character": "Control character",
    "declared-twice": "Declared twice",
    "duplicate-key": "Duplicate key",
    "empty-file": "Empty file",
    "equal-blocks": "Equal number blocks",
    "limit-mismatch": "Two different limits",
    "literal-secret": "Secret written in the file",
    "missing-key": "Missing key",
    "multiple-documents": "Several documents in one file",
    "no-spec-files": "No spec files",
    "no-such-file": "No such file",
    "not-allowed-value": "Value not allowed",
    "null-text": "Nothing where text belongs",
    "off-beside-on": "Off, but needed",
    "out-of-range": "Out of range",
    "recursive-alias": "Alias inside what it stands for",
    "same-id": "Two resources with one id",
    "same-name": "Two resources with one name",
    "tab": "Tab",
    "too-deep": "Nested too deeply",
    "too-large": "File too large",
    "too-long": "Too long",
    "too-many-nodes": "Too many values",
    "too-short": "Too short",
    "two-defaults": "More than one of what can be only one",
    "undefined-alias": "Unknown alias",
    "unknown-key": "Unknown key",
    "unknown-reference": "Unknown reference",
    "unreadable-file": "Unreadable file",
    "unset-variable": "Variable not set",
    "unsupported-tag": "Tag",
    "variable-in-key": "Variable in a key",
    "wrong-form": "Wrong form",
    "wrong-type": "Wrong type",
    "yaml-syntax": "Not valid YAML",
}


def error(code: str, detail: str, origin: Origin | None = None) -> Problem:
    return Problem(Severity.ERROR, code, SUMMARIES[code], detail, origin)


def warning(code: str, detail: str, origin: Origin | None = None) -> Problem:
    return Problem(Severity.WARNING, code, SUMMARIES[code], detail, origin)


def in_order(problems: Iterable[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """Each once, by position; files in the order in which they were given.

    The same problem is met more than once where an alias repeats the mapping that has it.
    """
    rank = {name: index for index, name in enumerate(files)}

    def position(problem: Problem) -> tuple[int, int, int]:
        if problem.origin is None:
            return (-1, 0, 0)
        return (rank[problem.origin.file], problem.origin.line, problem.origin.column)

    return tuple(sorted(dict.fromkeys(problems), key=position))
