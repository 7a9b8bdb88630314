"""What can be wrong with a spec: the codes, and the constant phrase for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provisioner.errors import Origin, Problem, Severity

SUMMARIES = {
    "account-mismatch": "Two different accounts",
    "bad-encoding": "Not UTF-8",
    "bad-include": "Include that means no file",
    "bad-line": "Line that is no variable",
    "bad-merge": "Nothing to merge",
    "bad-table": "Not a table",
    "bad-variable": "Malformed reference",
    "beyond-documented-length": "Longer than documented",
    "command-failed": "Command failed",
    "command-not-allowed": "Command not allowed",
    "complex-key": "Key that is not text",
    "conflicting-keys": "Keys that exclude each other",
    "constant-key": "One key for many rows",
    "control-character": "Control character",
    "declared-twice": "Declared twice",
    "duplicate-key": "Duplicate key",
    "empty-file": "Empty file",
    "empty-source": "Source without rows",
    "equal-blocks": "Equal number blocks",
    "limit-mismatch": "Two different limits",
    "prune-mismatch": "Two different lists of what is pruned",
    "lint-mismatch": "Two different levels",
    "literal-secret": "Secret written in the file",
    "misplaced-list": "List in the wrong place",
    "misplaced-secret": "Secret in the wrong place",
    "missing-key": "Missing key",
    "multiple-documents": "Several documents in one file",
    "no-keyring": "No keyring",
    "no-spec-files": "No spec files",
    "no-such-file": "No such file",
    "no-table": "Not a table",
    "not-allowed-value": "Value not allowed",
    "null-text": "Nothing where text belongs",
    "number-declared-twice": "Telephone number declared twice",
    "off-beside-on": "Off, but needed",
    "old-name-in-use": "Old name still in use",
    "open-secret-file": "Secret file open to others",
    "out-of-range": "Out of range",
    "placeholder-url": "Placeholder URL",
    "recursive-alias": "Alias inside what it stands for",
    "recursive-include": "File inside itself",
    "same-id": "Two resources with one id",
    "same-name": "Two resources with one name",
    "tab": "Tab",
    "templates-mismatch": "Two different folders of templates",
    "too-deep": "Nested too deeply",
    "too-large": "File too large",
    "too-long": "Too long",
    "too-many-nodes": "Too many values",
    "too-many-sippeers": "More than the vendor advises",
    "too-many-sites": "More than the vendor advises",
    "too-short": "Too short",
    "two-defaults": "More than one of what can be only one",
    "undefined-alias": "Unknown alias",
    "unknown-column": "Unknown column",
    "unknown-key": "Unknown key",
    "unknown-reference": "Unknown reference",
    "unknown-template": "Template of no resource type",
    "unknown-variable": "Unknown variable",
    "unreadable-file": "Unreadable file",
    "unreadable-secret": "Secret cannot be read",
    "unset-variable": "Variable not set",
    "unsupported-tag": "Tag",
    "unused-rows": "Rows without use",
    "unused-variable": "Variable without use",
    "variable-in-key": "Reference in a key",
    "wrong-form": "Wrong form",
    "wrong-type": "Wrong type",
    "yaml-syntax": "Not valid YAML",
}


def error(code: str, detail: str, origin: Origin | None = None) -> Problem:
    return Problem(Severity.ERROR, code, SUMMARIES[code], detail, origin)


def warning(code: str, detail: str, origin: Origin | None = None) -> Problem:
    return Problem(Severity.WARNING, code, SUMMARIES[code], detail, origin)


def in_order(problems: Iterable[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """Each once, by position; files in the order in which they were given, tables after them.

    The same problem is met more than once where an alias repeats the mapping that has it.
    """
    rank = {name: index for index, name in enumerate(files)}

    def position(problem: Problem) -> tuple[int, int, int, tuple[Origin, ...]]:
        origin = problem.origin
        if origin is None:
            return (-1, 0, 0, ())
        return (rank.get(origin.file, len(rank)), origin.line, origin.column, origin.rows)

    return tuple(sorted(dict.fromkeys(problems), key=position))
