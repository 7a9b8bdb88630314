import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from provisioner.model import DesiredState
from provisioner.resources import resource_types
from provisioner.spec import spec_schema

Load = Callable[..., DesiredState]

SIPPEER = "sites: {S: {sippeers: {P: {"
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
        assert schema["examples"], path


def test_every_pattern_says_in_words_what_is_meant() -> None:
    rules = [
        rule
        for path, schema in keys_of(spec_schema(resource_types()))
        for rule in (schema, *schema.get("anyOf", ()))
        if ("pattern" in rule and rule["pattern"] != r"\$\{") or "patternErrorMessage" in rule
    ]
    assert len(rules) > 40
    for rule in rules:
        assert rule["pattern"]
        assert len(rule["patternErrorMessage"]) > 20


def test_a_url_is_known_as_one() -> None:
    keys = dict(keys_of(spec_schema(resource_types())))
    rules, reference = keys[".applications.*.callback_url"]["anyOf"]
    assert rules["format"] == "uri"
    assert "format" not in reference


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


WRITTEN = {
    "numbers-for-texts": "account: 9900778\nsites: {1: {customer_name: 5, id: 500021}}\n",
    "unquoted-block": SIPPEER + "numbers: [{area_code: 910, quantity: 1}]}}}}\n",
    "references": SIPPEER
    + "default: '${D:-true}', sms: '${SMS:-true}', mms: '${var.mms}', application: '${A:-App}',"
    " numbers: [{area_code: '${AREA_CODE:-910}', quantity: '${QUANTITY:-1}'}]}}}}\n"
    "variables: {mms: {type: boolean, default: true}}\napplications: {App: }\n",
    "reference-for-a-short-text": "sites: {S: {address: {house_number: 1, street_name: X, city: Y,"
    " state_code: '${STATE:-NC}', zip: '${ZIP:-27601}', pre_directional: '${DIRECTION:-N}',"
    " address_type: '${ADDRESS_TYPE:-Service}'}}}\n",
    "template": "sites:\n  ${each.a_column_with_a_name_so_long_that_the_key_is_too_long}:\n"
    "    for_each: [{a_column_with_a_name_so_long_that_the_key_is_too_long: A}]\n    where: {}\n",
    "defaults": "defaults: {sites: {address: {house_number: 1, street_name: X, city: Y,"
    " zip: 27601}}, sippeers: {mms: true, application: App}, numbers: {quantity: 2}}\n"
    "applications: {App: }\n"
    "sites: {S: {address: {state_code: NC}, sippeers: {P: {application: , mms: ~,"
    " numbers: [{area_code: 910}]}}}}\n",
    "secrets": "applications: {A: {callback_credentials: {user_id: 123456, password: '${P}'}}}\n",
    "lists": SIPPEER
    + "numbers: '${var.blocks}'}, Q: {numbers: [{telephone_numbers: '${var.exact}'}]}}}}\n"
    "prune: ${var.pruned}\n"
    "variables: {pruned: {type: list, default: [sites]}, exact: {type: list, default: [9195551234]}"
    ", blocks: {type: list, default: [{area_code: 910, quantity: 1}]}}\n",
    "lint": "lint: {literal-secret: off, placeholder-url: error}\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_what_the_program_takes_the_schema_takes(text: str, load: Load) -> None:
    written = f"version: 1\n{text}"
    assert load(written, P="long enough").resources or "lint" in text
    # As editors read YAML, where `off` is a text.
    document = json.loads(json.dumps(yaml.safe_load(written.replace(": off", ": 'off'"))))
    Draft202012Validator(spec_schema(resource_types())).validate(document)


@pytest.mark.parametrize(
    "text",
    [
        SIPPEER + "numbers: [{area_code: '91', quantity: 1}]}}}}\n",
        SIPPEER + "numbers: [{area_code: 910, quantity: many}]}}}}\n",
        SIPPEER + "numbers: [{area_code: 910, quantity: 5001}]}}}}\n",
        SIPPEER + "numbers: many}}}}\n",
        SIPPEER + "numbers: [{telephone_numbers: 9195551234}]}}}}\n",
        SIPPEER + "sms: maybe}}}}\n",
        SIPPEER + "smss: true}}}}\n",
        "sites: {S: {address: {address_type: Sevice}}}\n",
        "sites: {S: {sippeers: {P: {numbers: [{quantity: 1}]}}}}\n",
        "lint: {literal-secrets: off}\n",
        "variables: {a-b: {}}\n",
        "variables: {a: {type: number}}\n",
        "include: a.yaml\n",
        "defaults: {sippeers: {name: X}}\n",
    ],
)
def test_the_schema_still_finds_what_is_wrong(text: str) -> None:
    document = yaml.safe_load(f"version: 1\n{text}")
    assert not Draft202012Validator(spec_schema(resource_types())).is_valid(document)
