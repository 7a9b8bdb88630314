"""Whether plain values are as the schema says, and no more than that.

jsonschema says what is wrong with them, but loading it takes as long as everything else that
`validate` needs, and most specs have nothing wrong. A test holds the two to the same judgement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any] | bool
PYTHON_TYPES: Mapping[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": int,
    "boolean": bool,
    "null": type(None),
}


def conforms(value: Any, schema: Schema) -> bool:
    """Values are what values.py makes: no floats, and keys are texts.

    Raises KeyError for a keyword that is not known here, for nobody would look at its rule.
    """
    if isinstance(schema, bool):
        return schema
    return all(
        HOLDS[keyword](value, rule, schema)
        for keyword, rule in schema.items()
        if keyword not in ANNOTATIONS
    )


def _is_typed(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    names = (rule,) if isinstance(rule, str) else rule
    return type(value) in [PYTHON_TYPES[name] for name in names]


def _is_among(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    """To JSON, true is not 1."""
    return any(type(value) is type(each) and value == each for each in rule)


def _fits_range(value: Any, _: Any, schema: Mapping[str, Any]) -> bool:
    if type(value) is not int:
        return True
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _fits_length(value: Any, _: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, str):
        return True
    return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))


def _fits_count(value: Any, _: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    return bool(schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)))


def _fits_pattern(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, str) or re.search(rule, value) is not None


def _has_required(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(name in value for name in rule)


def _has_dependent(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(
        name in value for given, needed in rule.items() if given in value for name in needed
    )


def _has_properties(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(
        conforms(each, rule[name]) for name, each in value.items() if name in rule
    )


def _has_no_others(value: Any, rule: Any, schema: Mapping[str, Any]) -> bool:
    known = schema.get("properties", ())
    return not isinstance(value, dict) or all(
        conforms(each, rule) for name, each in value.items() if name not in known
    )


def _has_keys(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(conforms(name, rule) for name in value)


def _has_items(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not isinstance(value, list) or all(conforms(each, rule) for each in value)


def _is_any(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return any(conforms(value, each) for each in rule)


def _is_not(value: Any, rule: Any, _: Mapping[str, Any]) -> bool:
    return not conforms(value, rule)


def _follows(value: Any, rule: Any, schema: Mapping[str, Any]) -> bool:
    branch = "then" if conforms(value, rule) else "else"
    return conforms(value, schema.get(branch, True))


HOLDS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    "type": _is_typed,
    "enum": _is_among,
    "const": lambda value, rule, schema: _is_among(value, [rule], schema),
    "minimum": _fits_range,
    "maximum": _fits_range,
    "minLength": _fits_length,
    "maxLength": _fits_length,
    "pattern": _fits_pattern,
    "minItems": _fits_count,
    "maxItems": _fits_count,
    "required": _has_required,
    "dependentRequired": _has_dependent,
    "properties": _has_properties,
    "additionalProperties": _has_no_others,
    "propertyNames": _has_keys,
    "items": _has_items,
    "anyOf": _is_any,
    "not": _is_not,
    "if": _follows,
}
"""By keyword; `then` and `else` are looked at by `if`."""
ANNOTATIONS = frozenset(
    {
        *("$schema", "title", "description", "examples", "default", "format", "writeOnly"),
        *("then", "else"),
    }
)
