"""Nodes to plain values, guided by the schema.

The schema says what a scalar may be: `910` is text for an area code and a number for a quantity.
Only `true`, `false`, null and plain decimals are ever typed. What does not fit stays what it is,
for the validation to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.errors import Origin, Problem
from provisioner.spec.filling import Filled, References
from provisioner.spec.nodes import Listing, Node, Scalar, Table, Unknown
from provisioner.spec.problems import error, warning
from provisioner.spec.schema import json_types
from provisioner.spec.wording import quoted

SCALAR_TYPES = frozenset({"string", "boolean", "integer"})
BOOLEANS = {"true": True, "false": False}
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, and what XML cannot carry (XML 1.0, section 2.2)."""


class Typing:
    """Types a tree by a schema, fills in references, and reports what it finds wrong.

    `faulty` are the ids of the nodes that have been reported, so that no one reports them again;
    the nodes have to live for as long as it is used. `secret_names` say where the secret of a node
    comes from, by the same ids.
    """

    def __init__(self, references: References, problems: list[Problem]) -> None:
        self.faulty: set[int] = set()
        self.secret_names: dict[int, str] = {}
        self._references = references
        self._problems = problems

    def value(self, node: Node, schema: Mapping[str, Any]) -> Any:
        match node:
            case Table():
                return self._mapping(node, schema)
            case Listing():
                items = schema.get("items")
                return [self.value(each, items) for each in node.items] if items else []
            case Scalar():
                return self._scalar(node, schema)
            case Unknown():
                self.faulty.add(id(node))
                return None

    def _mapping(self, node: Table, schema: Mapping[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        of_labels = schema.get("additionalProperties")
        values: dict[str, Any] = {}
        for name, entry in node.entries.items():
            if name in properties:
                values[name] = self.value(entry.value, properties[name])
            elif of_labels:
                self._check_label(entry.key)
                values[name] = self.value(entry.value, of_labels)
            else:
                values[name] = None
        return values

    def _scalar(self, node: Scalar, schema: Mapping[str, Any]) -> Any:
        if node.is_null:
            return None
        wanted = json_types(schema)
        if not SCALAR_TYPES & wanted:
            return node.text
        text = self._filled(node, schema)
        if text is None or "string" in wanted or not (node.plain or "${" in node.text):
            return text
        if "boolean" in wanted:
            return BOOLEANS.get(text, text)
        return int(text) if DECIMAL.fullmatch(text) else text

    def _filled(self, node: Scalar, schema: Mapping[str, Any]) -> str | None:
        """The text with its references filled in, or None where that has been reported."""
        is_secret = bool(schema.get("writeOnly"))
        filled = self._references.fill(node, secret=is_secret)
        if filled.faults or UNWANTED.search(filled.text):
            self.faulty.add(id(node))
            self._problems += text_faults(filled, node.origin)
            return None
        if is_secret and filled.source:
            self.secret_names[id(node)] = filled.source
        if is_secret and not filled.is_covered:
            self._problems.append(_literal_secret(node, schema))
        return filled.text

    def _check_label(self, key: Scalar) -> None:
        if UNWANTED.search(key.text):
            detail = f"The key {quoted(key.text)} holds a control character. Remove it."
            self._problems.append(error("control-character", detail, key.origin))
        if "${" in key.text:
            detail = (
                f"References are not filled in in keys such as {quoted(key.text)}, but for"
                " `${each.NAME}` below a `for_each`."
                " Use a fixed key, and give the name below it as `name: ${...}`."
            )
            self._problems.append(error("variable-in-key", detail, key.origin))


def text_faults(filled: Filled, origin: Origin) -> Iterator[Problem]:
    """What is wrong with a text and has not been told before."""
    for fault in filled.faults:
        if fault.code:
            yield error(fault.code, str(fault), origin)
    if unwanted := UNWANTED.search(filled.text):
        detail = (
            f"The text holds the character U+{ord(unwanted[0]):04X}, which cannot be sent."
            " Write it on one line, without control characters."
        )
        yield error("control-character", detail, origin)


def _literal_secret(node: Scalar, schema: Mapping[str, Any]) -> Problem:
    example = next(iter(schema.get("examples", ())), "${NAME}")
    detail = (
        "Whoever reads the file reads this secret."
        f" Write it as `{example}` and set that variable where the program runs."
    )
    return warning("literal-secret", detail, node.origin)
