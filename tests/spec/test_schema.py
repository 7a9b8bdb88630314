import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from provisioner.resources import resource_types
from provisioner.spec import spec_schema

SCHEMA = Path(__file__).parents[2] / "schemas" / "spec.schema.json"


def keys_of(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a spec may have, with its schema."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{path}.{name}", inner
        yield from keys_of(inner, f"{path}.{name}")
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            yield f"{path}.*", schema[part]
            yield from keys_of(schema[part], f"{path}.*")


def test_the_schema_in_the_repository_is_current() -> None:
    current = json.dumps(spec_schema(resource_types()), indent=2) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == current, "run `make schemas`"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(spec_schema(resource_types()))


def test_the_schema_is_new_each_time_and_always_the_same() -> None:
    first, second = spec_schema(resource_types()), spec_schema(resource_types())
    assert first == second
    first.clear()
    assert second


def test_every_key_is_explained() -> None:
    keys = dict(keys_of(spec_schema(resource_types())))
    assert ".sites.*.sippeers.*.numbers.*.area_code" in keys
    assert ".applications.*.callback_credentials.password" in keys
    for path, schema in keys.items():
        assert schema["title"], path
        assert schema["description"], path


def test_every_mapping_is_strict() -> None:
    keys = [*keys_of(spec_schema(resource_types())), ("", spec_schema(resource_types()))]
    open_ones = [
        path
        for path, schema in keys
        if "properties" in schema and schema.get("additionalProperties") is not False
    ]
    assert open_ones == []


def test_the_examples_are_valid() -> None:
    for path, schema in keys_of(spec_schema(resource_types())):
        for example in schema.get("examples", ()):
            Draft202012Validator(schema).validate(example)
            assert example != {}, path
