"""The parts that every JSON document is made of."""

from __future__ import annotations

from provisioner.errors import Problem
from provisioner.model import Address, Secret, Value
from provisioner.planning.plan import AttributeChange

Document = dict[str, object]

EVENTS_VERSION = "1.0"
"""Of the stream that `apply --json` prints. Minor versions add, major ones break."""


def address_document(address: Address) -> Document:
    return {"type": address.type, "path": list(address.path)}


def value_document(value: Value | None) -> object:
    """Raises TypeError for a Secret: a secret is left out, there is nothing to write for it."""
    if isinstance(value, Secret):
        raise TypeError("a Secret has no place in a document")
    if isinstance(value, tuple):
        return list(value)
    return address_document(value) if isinstance(value, Address) else value


def problem_document(problem: Problem) -> Document:
    """`row` is there only where a template was filled in from the row of a list or a file."""
    origin = problem.origin
    document: Document = {
        "severity": problem.severity.value,
        "code": problem.code,
        "summary": problem.summary,
        "detail": problem.detail,
        "file": origin.file if origin else None,
        "line": origin.line if origin else None,
        "column": origin.column if origin else None,
    }
    for row in origin.rows if origin else ():
        document["row"] = {"file": row.file, "line": row.line, "column": row.column}
    return document


def attribute_document(attribute: AttributeChange) -> Document:
    """A secret is absent, not masked: neither key is there."""
    if isinstance(attribute.before, Secret) or isinstance(attribute.after, Secret):
        return {"path": attribute.path, "sensitive": True}
    return {
        "path": attribute.path,
        "before": value_document(attribute.before),
        "after": value_document(attribute.after),
        "sensitive": False,
    }
