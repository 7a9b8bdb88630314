"""The JSON Schema of the spec as it is written, for editors: what the program takes, it takes.

It is the schema of the values, loosened: a text may stand without quotes, so that an editor sees a
number; a reference may stand for anything; what is required may come from the defaults; and
`null` takes a default away. Where a pattern fails, editors that know `patternErrorMessage` say what
is meant instead of showing the pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.resource_type import Types
from provisioner.spec.schema import json_types, value_schema
from provisioner.spec.wording import listed

REFERENCE = r"\$\{"
RULES_FOR_TEXT = ("enum", "pattern", "format", "minLength", "maxLength")
TYPE_NAMES = {
    "boolean": ("true", "false"),
    "integer": ("a whole number",),
    "object": ("a mapping",),
    "array": ("a list",),
}
AS_THEY_ARE = frozenset({"version", "include", "variables", "lint", "for_each", "where"})
"""Keys in which no reference stands, or which say themselves what they take."""


def spec_schema(types: Types) -> dict[str, Any]:
    """The schema of one spec file, JSON Schema 2020-12. Equal types give equal schemas."""
    schema = value_schema(types)
    return schema | {"properties": _each_written(schema["properties"])}


def _written(schema: Mapping[str, Any]) -> dict[str, Any]:
    wanted = json_types(schema)
    loose = dict(schema)
    if "properties" in schema:
        loose["properties"] = _each_written(schema["properties"])
    if "object" in wanted and "boolean" not in wanted:
        for rule in ("required", "else"):
            loose.pop(rule, None)
        for name, inner in loose.get("properties", {}).items():
            if name not in AS_THEY_ARE:
                inner["type"] = _with(inner["type"], "null")
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            loose[part] = _written(schema[part])
    if "propertyNames" in schema:
        a_reference = {"pattern": REFERENCE}
        loose["propertyNames"] = {"anyOf": [schema["propertyNames"], a_reference]}
    if wanted == {"string"}:
        return _text(loose)
    if wanted & {"boolean", "integer", "array"}:
        named = [name for each in TYPE_NAMES if each in wanted for name in TYPE_NAMES[each]]
        return loose | {
            "type": _with(loose["type"], "string"),
            "pattern": REFERENCE,
            "patternErrorMessage": f"It has to be {listed([*named, 'a reference'], 'or')}.",
        }
    return loose


def _each_written(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: inner if name in AS_THEY_ARE else _written(inner)
        for name, inner in properties.items()
    }


def _text(schema: dict[str, Any]) -> dict[str, Any]:
    rules = {key: schema.pop(key) for key in RULES_FOR_TEXT if key in schema}
    schema["type"] = ["string", "number", "boolean"]
    if not rules:
        return schema
    if "pattern" in rules:
        example = next(iter(schema["examples"]))
        rules["patternErrorMessage"] = f"{schema['description']} For example: {example}"
    # Null is no text, so that no rule for texts refuses it; of a choice it has to be one.
    others = ["string", "null"] if "enum" in rules else "string"
    return schema | {"anyOf": [rules, {"type": others, "pattern": REFERENCE}]}


def _with(types: str | list[str], more: str) -> list[str]:
    listed = [types] if isinstance(types, str) else types
    return listed if more in listed else [*listed, more]
