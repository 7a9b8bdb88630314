"""What the JSON Schemas of the plan and of the events have in common, and are made with."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.views.documents import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION: Document = {
    "description": "Major and minor version of this format.",
    "type": "string",
    "pattern": r"^1\.[0-9]+$",
}


def objects(
    required: Mapping[str, object], optional: Mapping[str, object] | None = None, told: str = ""
) -> Document:
    """An object with these members, others allowed."""
    described: Document = {"description": told} if told else {}
    return {
        **described,
        "type": "object",
        "required": [*required],
        "properties": {**required, **(optional or {})},
    }


def reference(name: str) -> Document:
    return {"$ref": f"#/$defs/{name}"}


def list_of(items: Document) -> Document:
    return {"type": "array", "items": items}


def text(told: str, **more: object) -> Document:
    return {"description": told, "type": "string", **more}


def boolean(told: str) -> Document:
    return {"description": told, "type": "boolean"}


POSITION: Document = {"description": "From 1.", "type": ["integer", "null"], "minimum": 1}
SHARED: Document = {
    "address": objects(
        {
            "type": {"type": "string", "examples": ["sippeer"]},
            "path": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "examples": [["Raleigh", "Messaging East"]],
            },
        },
        told="A resource: its type, and the labels from the root down to it.",
    ),
    "count": {"type": "integer", "minimum": 0},
    "problem": objects(
        {
            "severity": {"enum": ["error", "warning"]},
            "code": text("Stable and short, such as `unknown-key`.", minLength=1),
            "summary": {"type": "string"},
            "detail": {"type": "string"},
            "file": {"type": ["string", "null"]},
            "line": POSITION,
            "column": POSITION,
        },
        {
            "row": objects(
                {
                    "file": {"type": "string"},
                    "line": {"type": "integer", "minimum": 1},
                    "column": {"type": "integer", "minimum": 1},
                },
                told="Where a template of the spec was filled in from rows: the row.",
            )
        },
    ),
}
