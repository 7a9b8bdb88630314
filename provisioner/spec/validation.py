"""Plain values against the schema: every fault as a Problem, at its place in the file.

jsonschema finds the faults; the words are ours, made of what stands in the file. What a variable
holds is never repeated, and of a secret nothing but its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from provisioner.errors import Problem
from provisioner.spec.conformance import conforms
from provisioner.spec.nodes import Listing, Node, Scalar, Table, place_of
from provisioner.spec.problems import error
from provisioner.spec.schema import json_types
from provisioner.spec.templates import text_for_row
from provisioner.spec.wording import closest, key_quoted, listed, quoted

TYPE_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "string": "text",
}
MOST_SUGGESTIONS = 20
"""A mapping with more unknown keys than this is not a matter of spelling."""
BOOLEAN_WORDS = dict.fromkeys(("true", "yes", "on", "y", "1"), "true") | dict.fromkeys(
    ("false", "no", "off", "n", "0"), "false"
)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What jsonschema found: the keyword of `schema` that failed, at a node and its key."""

    keyword: str
    schema: Mapping[str, Any]
    value: Any
    node: Node
    key: Scalar | None
    at_top: bool = False

    @property
    def rule(self) -> Any:
        return self.schema[self.keyword]

    @property
    def subject(self) -> str:
        if self.key:
            return key_quoted(self.key.text)
        return "What stands here" if self.at_top else "The entry"


def schema_problems(
    schema: Mapping[str, Any], values: Any, root: Node, faulty: set[int]
) -> Iterator[Problem]:
    """What the schema refuses. Nodes whose ids are in `faulty` have been reported already."""
    if conforms(values, schema):
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- it takes long to load

    seen: set[tuple[object, ...]] = set()
    for found in Draft202012Validator(schema).iter_errors(values):
        path = tuple(found.absolute_path)
        node, key = place_of(root, path)
        if id(node) in faulty:
            continue
        fault = _Fault(
            str(found.validator),
            cast("Mapping[str, Any]", found.schema),
            found.instance,
            node,
            key,
            at_top=not path,
        )
        if "propertyNames" in found.absolute_schema_path:
            yield _label_problem(fault)
        elif fault.keyword == "additionalProperties":
            yield from _unknown_keys(fault)
        else:
            # Missing keys are told together, and of a value only the first fault is.
            about = (*path, fault.keyword) if fault.keyword == "anyOf" else path
            if about not in seen:
                seen.add(about)
                yield TOLD[fault.keyword](fault)


def _label_problem(fault: _Fault) -> Problem:
    label = str(fault.value)
    origin = _table(fault.node).entries[label].key.origin
    if "description" in fault.schema:
        detail = f"The key {quoted(label)} is not of the right form. {fault.schema['description']}"
        return error("wrong-form", detail, origin)
    if fault.keyword != "maxLength":
        return error("too-short", "A key cannot be empty. Write the name here.", origin)
    detail = (
        f"The key {quoted(label)} has {len(label)} characters, and at most {fault.rule} are"
        " possible. Shorten it."
    )
    return error("too-long", detail, origin)


def _table(node: Node) -> Table:
    return cast("Table", node)  # only where jsonschema saw an object


def _unknown_keys(fault: _Fault) -> Iterator[Problem]:
    known = list(fault.schema["properties"])
    possible = f"possible here: {listed([key_quoted(each) for each in known], 'and')}."
    unknown = [entry.key for name, entry in _table(fault.node).entries.items() if name not in known]
    for index, key in enumerate(unknown):
        meant = closest(key.text, known) if index < MOST_SUGGESTIONS else None
        way_out = f"did you mean {key_quoted(meant)}?" if meant else possible
        detail = f"{key_quoted(key.text)} is not a key of this place; {way_out}"
        yield error("unknown-key", detail, key.origin)


def _missing_keys(fault: _Fault) -> Problem:
    missing = [name for name in fault.rule if name not in fault.value]
    properties = fault.schema["properties"]
    lines = [key_quoted(f"{name}: {_first_example(properties[name])}") for name in missing]
    owner = "The file" if fault.at_top else "The block"
    if fault.key:
        owner = key_quoted(fault.key.text)
    detail = (
        f"{owner} needs {listed([key_quoted(name) for name in missing], 'and')}."
        f" Add, for example, {listed(lines, 'and')}."
    )
    return error("missing-key", detail, (fault.key or fault.node).origin)


def _first_example(schema: Mapping[str, Any]) -> str:
    example = next(iter(schema.get("examples", ())), "...")
    return str(example).lower() if isinstance(example, bool) else str(example)


def _block_kind_problem(fault: _Fault) -> Problem:
    kinds = [list(kind["required"]) for kind in fault.rule if "required" in kind]
    together = next((kind for kind in fault.rule if "dependentRequired" in kind), None)
    keys = dict.fromkeys(key for kind in kinds for key in kind)
    given = [key for key in keys if key in fault.value]
    possible = [kind for kind in kinds if set(given) <= set(kind)]
    if not possible and together and _can_be_combined(given, together):
        needs = together["dependentRequired"]
        missing = {key_quoted(each) for key in given for each in needs.get(key, ())}
        have = listed([key_quoted(name) for name in given], "and")
        detail = f"{have} need {listed(sorted(missing), 'and')} beside them."
        return error("missing-key", detail, fault.node.origin)
    choices = [" with ".join(key_quoted(name) for name in kind) for kind in possible or kinds]
    if possible:
        detail = f"The block does not say which numbers. It needs {listed(choices, 'or')}."
        return error("missing-key", detail, fault.node.origin)
    conflicting = listed([key_quoted(name) for name in given], "and")
    detail = f"{conflicting} do not go together. A block has just one of {listed(choices, 'or')}"
    if together:
        combined = [key_quoted(key) for each in together["anyOf"] for key in each["required"]]
        only_one = [key_quoted(key) for key in together["not"]["required"]]
        detail += f", or several of {listed(combined, 'and')} ({listed(only_one, 'or')}, not both)"
    return error("conflicting-keys", f"{detail}.", fault.node.origin)


def _can_be_combined(given: list[str], together: Mapping[str, Any]) -> bool:
    possible = {key for each in together["anyOf"] for key in each["required"]}
    return set(given) <= possible and not set(together["not"]["required"]) <= set(given)


def _surplus_keys(fault: _Fault) -> Problem:
    (surplus,) = fault.rule["required"]
    detail = f"Leave {key_quoted(surplus)} out: it is how many numbers are listed."
    return error("conflicting-keys", detail, _table(fault.node).entries[surplus].key.origin)


def _wrong_count(fault: _Fault) -> Problem:
    lowest, highest = fault.schema["minItems"], fault.schema["maxItems"]
    detail = f"{fault.subject} has to hold {lowest} to {highest} entries, not {len(fault.value)}."
    return error("out-of-range", detail, fault.node.origin)


def _wrong_type(fault: _Fault) -> Problem:
    wanted = json_types(fault.schema)
    if isinstance(fault.node, Scalar) and fault.node.is_null and wanted == {"string"}:
        detail = f'{fault.subject} has no value. Write "" for an empty text, or remove the line.'
        return error("null-text", detail, fault.node.origin)
    names = [name for each, name in TYPE_NAMES.items() if each in wanted]
    detail = f"{fault.subject} has to be {listed(names, 'or')}, not {_found(fault.node, wanted)}."
    return error("wrong-type", detail + _typing_hint(fault.node, wanted), fault.node.origin)


def _found(node: Node, wanted: frozenset[str]) -> str:
    if isinstance(node, Table):
        return "a mapping"
    if isinstance(node, Listing):
        return "a list"
    if not isinstance(node, Scalar) or node.is_null:
        return "nothing"
    # A text where a mapping belongs may be a password that lost its key.
    return "text" if wanted <= {"object", "array", "null"} else _shown(node)


def _typing_hint(node: Node, wanted: frozenset[str]) -> str:
    if not isinstance(node, Scalar) or "${" in node.text:
        return ""
    if "boolean" in wanted and (word := BOOLEAN_WORDS.get(node.text.lower())):
        return f" Write {key_quoted(word)}" + ("." if node.plain else ", without quotes.")
    if "integer" in wanted and node.text.isdecimal():
        return " Write it without quotes and leading zeros."
    return ""


def _shown(node: Node) -> str:
    """The value as it stands in the file, or its row: variables by their names."""
    scalar = cast("Scalar", node)  # only scalars have values that can be quoted
    text = text_for_row(scalar.text, scalar.row) if scalar.row else scalar.text
    has_reference = "${" in text.replace("$${", "")
    return f"the value of {quoted(text)}" if has_reference else quoted(text)


def _not_allowed(fault: _Fault) -> Problem:
    allowed = [fault.rule] if fault.keyword == "const" else fault.rule
    names = [str(each) for each in allowed]
    detail = f"{fault.subject} has to be {listed(names, 'or')}, not {_shown(fault.node)}."
    if meant := closest(str(fault.value), names):
        detail += f" Did you mean {key_quoted(meant)}?"
    return error("not-allowed-value", detail, fault.node.origin)


def _out_of_range(fault: _Fault) -> Problem:
    lowest, highest = fault.schema.get("minimum"), fault.schema.get("maximum")
    span = f"at least {lowest}" if highest is None else f"from {lowest} to {highest}"
    detail = f"{fault.subject} has to be {span}, not {_shown(fault.node)}."
    return error("out-of-range", detail, fault.node.origin)


def _wrong_length(fault: _Fault) -> Problem:
    limit, actual = fault.rule, len(str(fault.value))
    too_long = fault.keyword == "maxLength"
    span = f"at most {limit}" if too_long else f"at least {limit}"
    value = "" if fault.schema.get("writeOnly") else f" {_shown(fault.node)}"
    detail = (
        f"{fault.subject}{value} has {actual} character{'' if actual == 1 else 's'};"
        f" {span} {'are possible' if too_long else 'are needed'}."
    )
    return error("too-long" if too_long else "too-short", detail, fault.node.origin)


def _wrong_form(fault: _Fault) -> Problem:
    schema = fault.schema
    value = "" if schema.get("writeOnly") else f" {_shown(fault.node)}"
    detail = f"{fault.subject}{value} is not of the right form. {schema['description']}"
    if "examples" in schema:
        detail += f" For example: {_first_example(schema)}"
    return error("wrong-form", detail, fault.node.origin)


TOLD: Mapping[str, Callable[[_Fault], Problem]] = {
    "type": _wrong_type,
    "const": _not_allowed,
    "enum": _not_allowed,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _wrong_length,
    "maxLength": _wrong_length,
    "pattern": _wrong_form,
    "minItems": _wrong_count,
    "maxItems": _wrong_count,
    "required": _missing_keys,
    "anyOf": _block_kind_problem,
    "not": _surplus_keys,
}
"""By keyword; the schema uses no others that can fail."""
