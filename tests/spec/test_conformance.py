"""What is loaded for every spec and what is loaded for faulty ones judge alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.resources import resource_types
from provisioner.spec.conformance import conforms
from provisioner.spec.schema import value_schema

SCHEMA = value_schema(resource_types())
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 5001, "", " ", "1", "true", "x" * 51, "910", [], [1], ["910"]),
    *({}, {"": 1}, {"a": None}, {"name": "a"}, {"area_code": "910"}, [{}], [{"quantity": 1}]),
]


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all that it is made of."""
    if isinstance(schema, dict):
        yield path, schema
        for name, inner in schema.get("properties", {}).items():
            yield from parts(inner, f"{path}.{name}")
        for keyword in ("items", "additionalProperties", "propertyNames", "if", "then", "else"):
            yield from parts(schema.get(keyword), f"{path}.{keyword}")
        for each in schema.get("anyOf", ()):
            yield from parts(each, f"{path}.{each.get('title')}")


PARTS = dict(parts(SCHEMA))
EXAMPLES = [example for part in PARTS.values() for example in part.get("examples", ())]
BLOCK = PARTS[".sites.additionalProperties.sippeers.additionalProperties.numbers.items"]


def blocks() -> Iterator[dict[str, Any]]:
    """Number blocks of one to three keys, each with a value that is right for it."""
    given = {name: part["examples"][0] for name, part in BLOCK["properties"].items()}
    for count in (1, 2, 3):
        for names in combinations(given, count):
            yield {name: given[name] for name in names}


def with_each_fault(example: Any) -> Iterator[Any]:
    """One thing changed anywhere in it: taken away, added or made something else."""
    yield from ODD
    if isinstance(example, dict):
        yield {**example, "unknown": 1}
        for name, value in example.items():
            others = {key: each for key, each in example.items() if key != name}
            yield others
            yield from ({**others, name: each} for each in with_each_fault(value))
    elif isinstance(example, list):
        for each in with_each_fault(example[0]):
            yield [each, *example[1:]]
        yield [*example, *example]


@pytest.mark.parametrize("path", PARTS)
def test_every_part_of_the_schema_is_judged_alike(path: str) -> None:
    schema = PARTS[path]
    judge = Draft202012Validator(schema)
    for value in [*ODD, *EXAMPLES]:
        assert conforms(value, schema) == judge.is_valid(value), value


def test_every_block_is_judged_alike() -> None:
    judge = Draft202012Validator(BLOCK)
    verdicts = {True: 0, False: 0}
    for block in blocks():
        assert conforms(block, BLOCK) == judge.is_valid(block), block
        verdicts[conforms(block, BLOCK)] += 1
    assert min(verdicts.values()) > 10


def test_every_single_fault_is_judged_alike() -> None:
    spec = {"version": 1} | {
        name: part["examples"][0]
        for name, part in SCHEMA["properties"].items()
        if name != "version"
    }
    judge = Draft202012Validator(SCHEMA)
    assert conforms(spec, SCHEMA)
    verdicts = {True: 0, False: 0}
    for value in with_each_fault(spec):
        assert conforms(value, SCHEMA) == judge.is_valid(value), value
        verdicts[conforms(value, SCHEMA)] += 1
    assert min(verdicts.values()) > 50


def test_a_rule_that_nobody_would_look_at_is_an_error() -> None:
    with pytest.raises(KeyError, match="uniqueItems"):
        conforms([1, 1], {"type": "array", "uniqueItems": True})
