"""The JSON Schema of the values of a spec, generated from the resource types.

It is strict, and each key has a title, a description and examples, so that an editor can help.
The reader's typing follows it: a value is text, a number or a boolean because the schema says so
(see values.py). It is for values as they are at last, without references, templates and defaults;
what editors get is made of it in written_schema.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.block_kinds import BlockKind
from provisioner.resource_type import Field, Kind, ResourceType, Shape, Types
from provisioner.spec.identity_schema import IDENTITY, LONGEST_LABEL
from provisioner.spec.settings_schema import (
    ACCOUNT,
    FOR_EACH,
    INCLUDE,
    LIMITS,
    LINT,
    TEMPLATES,
    VARIABLES,
    VERSION,
    WHERE,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
JSON_TYPES = {Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer"}


def value_schema(types: Types) -> dict[str, Any]:
    """The schema of one file's values, JSON Schema 2020-12. Its parts are not to be changed."""
    return {
        "$schema": DIALECT,
        "title": "Provisioner spec",
        "description": "What a Bandwidth account should have for messaging.",
        "type": "object",
        "properties": {
            "version": VERSION,
            "account": ACCOUNT,
            "include": INCLUDE,
            "variables": VARIABLES,
            "defaults": _defaults(types),
            **_sections(types, ""),
            "prune": _prune(types),
            "limits": LIMITS,
            "templates": TEMPLATES,
            "lint": LINT,
        },
        "required": ["version"],
        "additionalProperties": False,
    }


def json_types(schema: Mapping[str, Any]) -> frozenset[str]:
    """The JSON types that a value of this schema may have."""
    wanted = schema["type"]
    return frozenset((wanted,) if isinstance(wanted, str) else wanted)


def children(types: Types, parent: str) -> tuple[ResourceType, ...]:
    """The types that are part of this one; of "", those at the top."""
    return tuple(each for each in types.values() if each.parent == parent)


def _sections(types: Types, parent: str) -> dict[str, Any]:
    return {each.section: _section(each, types) for each in children(types, parent)}


def _section(resource_type: ResourceType, types: Types) -> dict[str, Any]:
    told = {"title": resource_type.title, "description": resource_type.description}
    match resource_type.shape:
        case Shape.NAMED:
            return told | _named(resource_type, types)
        case Shape.FEATURE:
            return told | _feature(resource_type)
        case Shape.LINK:
            return told | _link(resource_type)
        case Shape.MEMBERSHIP:
            return _leaf(resource_type.spec_fields[0]) | told
        case Shape.BLOCKS:
            return told | _blocks(resource_type)


def _defaults(types: Types) -> dict[str, Any]:
    """For the types that there may be many of, all that is not their own alone."""
    sections = {
        each.section: _default(each, types)
        for each in types.values()
        if each.shape in (Shape.NAMED, Shape.BLOCKS)
    }
    return {
        "title": "Defaults",
        "description": "What holds for all of a kind that do not say otherwise themselves.",
        "type": "object",
        "properties": sections,
        "additionalProperties": False,
        "examples": [{"sippeers": {"sms": True, "mms": True}}],
    }


def _prune(types: Types) -> dict[str, Any]:
    named = [each.section for each in types.values() if each.shape is Shape.NAMED]
    return {
        "title": "Prune",
        "description": "Of what nothing but the declared may be there: the rest is deleted.",
        "type": "array",
        "items": {
            "title": "Section",
            "description": "Sippeers of declared sites, sites that are empty, or messaging "
            "applications that nothing uses.",
            "type": "string",
            "enum": named,
            "examples": ["sippeers"],
        },
        "examples": [["sippeers", "applications"]],
    }


def _default(resource_type: ResourceType, types: Types) -> dict[str, Any]:
    own = {"name"} | {key for kind in resource_type.kinds for key in kind.fields}
    rows = [row for row in resource_type.spec_fields if row.name not in own]
    body = _object(rows, resource_type.groups, not_required=[row.name for row in rows])
    body["properties"] |= {
        each.section: _section(each, types)
        for each in children(types, resource_type.name)
        if each.shape is not Shape.NAMED
    }
    return {
        "title": f"Defaults: {resource_type.title}",
        "description": f"For each of `{resource_type.section}`; what it says itself stands.",
        "type": "object",
        **body,
        "examples": [_example(rows)],
    }


def _named(resource_type: ResourceType, types: Types) -> dict[str, Any]:
    rows = resource_type.spec_fields
    optional_name = {"name"} & {row.name for row in rows}
    body = _object(rows, resource_type.groups, not_required=optional_name)
    body["properties"] |= IDENTITY | {"for_each": FOR_EACH, "where": WHERE}
    body["properties"] |= _sections(types, resource_type.name)
    name = next((row.example for row in rows if row.name == "name"), resource_type.title)
    return {
        "type": ["object", "null"],
        "propertyNames": {"minLength": 1, "maxLength": LONGEST_LABEL, "pattern": r"\S"},
        "additionalProperties": {
            "title": resource_type.element,
            "description": f"The key is the label, and the name unless `name` is given: {name}.",
            "type": ["object", "null"],
            **body,
            "examples": [_example(rows)],
        },
        "examples": [{name: _example(rows)}],
    }


def _feature(resource_type: ResourceType) -> dict[str, Any]:
    rows = resource_type.spec_fields
    if not rows:
        return {"type": "boolean", "examples": [True, False]}
    return {
        "type": ["boolean", "object"],
        **_object(rows, resource_type.groups),
        "examples": [True, False, _example(rows)],
    }


def _link(resource_type: ResourceType) -> dict[str, Any]:
    (row,) = resource_type.spec_fields
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_LABEL,
        "examples": [row.example],
    }


def _blocks(resource_type: ResourceType) -> dict[str, Any]:
    rows = resource_type.spec_fields
    kind_keys = list(dict.fromkeys(key for kind in resource_type.kinds for key in kind.fields))
    first = next(row.name for row in rows if row.name in kind_keys)
    example = {row.name: row.example for row in rows if row.required or row.name == first}
    return {
        "type": ["array", "null"],
        "items": {
            "title": "Block",
            "description": "Numbers of one kind.",
            "type": "object",
            **_block(rows),
            "anyOf": [_block_kind(kind, kind_keys) for kind in resource_type.kinds],
            "examples": [example],
        },
        "examples": [[example]],
    }


def _block(rows: tuple[Field, ...]) -> dict[str, Any]:
    """What is required is not, and not even possible, beside numbers that are listed."""
    lists = [row.name for row in rows if row.kind is Kind.NUMBERS]
    if not lists:
        return _object(rows, {})
    counted = {row.name: _leaf(row) for row in rows if row.required}
    return {
        **_object(rows, {}, not_required=counted),
        "if": {"required": lists},
        "then": {"not": {"required": list(counted)}},
        "else": {"required": list(counted), "properties": counted},
    }


def _block_kind(kind: BlockKind, all_keys: Iterable[str]) -> dict[str, Any]:
    excluded = {key: False for key in all_keys if key not in kind.fields}
    keys: dict[str, Any] = {"required": list(kind.fields)}
    if kind.combines:
        keys = {
            "anyOf": [{"required": [key]} for key in kind.fields],
            "dependentRequired": {key: [needed] for key, needed in kind.needs.items()},
            "not": {"required": sorted(kind.one_of)},
        }
    return {"title": kind.name} | keys | ({"properties": excluded} if excluded else {})


def _object(
    rows: Iterable[Field],
    groups: Mapping[str, str],
    *,
    not_required: Iterable[str] = (),
    inside: str = "",
) -> dict[str, Any]:
    """An object of these rows, whose names have `inside` in front, groups being objects in it."""
    members: dict[str, list[Field]] = {}
    for row in rows:
        members.setdefault(row.name.removeprefix(inside).partition(".")[0], []).append(row)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for key, inner in members.items():
        name = inside + key
        if inner[0].name == name:
            properties[key] = _leaf(inner[0])
            required += [key] if inner[0].required and name not in not_required else []
            continue
        properties[key] = {
            "title": groups[name],
            "description": f"{groups[name]}.",
            "type": "object",
            **_object(inner, groups, not_required=not_required, inside=f"{name}."),
            "examples": [_example(inner, f"{name}.")],
        }
    return {"properties": properties, "additionalProperties": False} | (
        {"required": required} if required else {}
    )


def _leaf(row: Field) -> dict[str, Any]:
    """The order of the keywords is the order in which a value's faults are looked for."""
    if row.kind in (Kind.NUMBERS, Kind.CHOICES):
        return _listed_leaf(row)
    rules = {
        "type": JSON_TYPES.get(row.kind, "string"),
        "enum": list(row.choices) or None,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "minLength": row.min_length or None,
        "maxLength": row.max_length,
        "pattern": row.pattern,
        "format": row.format,
        "writeOnly": row.kind is Kind.SECRET or None,
        "default": row.default,
        "examples": None if row.example is None else [row.example],
    }
    told = {"title": row.title, "description": row.description}
    return told | {key: rule for key, rule in rules.items() if rule is not None}


def _listed_leaf(row: Field) -> dict[str, Any]:
    told = {"title": row.title, "description": row.description}
    one = {"pattern": row.pattern} if row.pattern else {"enum": list(row.choices)}
    return {
        **told,
        "type": "array",
        "minItems": 1,
        "maxItems": row.maximum or len(row.choices),
        "items": {**told, "type": "string", **one, "examples": [row.example]},
        "examples": [[row.example]],
    }


def _example(rows: Iterable[Field], inside: str = "") -> dict[str, Any]:
    """The rows' examples; of groups, only what they need to have, and of groups in them nothing."""
    example: dict[str, Any] = {}
    for row in rows:
        *groups, key = row.name.removeprefix(inside).split(".")
        if row.example is None or row.name == "name" or len(groups) > 1:
            continue
        if groups and not row.required:
            continue
        place = example
        for group in groups:
            place = place.setdefault(group, {})
        place[key] = [row.example] if row.kind is Kind.CHOICES else row.example
    return example
