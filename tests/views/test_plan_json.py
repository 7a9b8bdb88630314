import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState, Secret
from provisioner.planning.plan import Plan
from provisioner.views.documents import value_document
from provisioner.views.plan_json import plan_document
from provisioner.views.saved_plan_schema import SAVED_MEMBERS

Golden = Callable[[str, str], None]

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text(encoding="utf-8")
)
DESIRED = DesiredState(
    "9900778", {}, files=("examples/quickstart.yaml",), digest="5eba57ea", warnings=()
)


def document_of(plan: Plan) -> dict[str, Any]:
    """The document as a program gets it."""
    document = plan_document(plan, DESIRED, created_at="2026-01-02T03:04:05Z", tool_version="0.1.0")
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


def members_without_schema(
    value: object, schema: dict[str, Any], where: str = "$"
) -> Iterator[str]:
    """Keys of the document that the schema does not name; it allows them, for later versions."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        candidates = [schema, *(SCHEMA["$defs"]["address"] for _ in schema.get("anyOf", ()))]
        known = {key: sub for each in candidates for key, sub in each.get("properties", {}).items()}
        for key, member in value.items():
            if key not in known:
                yield f"{where}.{key}"
            else:
                yield from members_without_schema(member, known[key], f"{where}.{key}")
    elif isinstance(value, list):
        for member in value:
            yield from members_without_schema(member, schema.get("items", {}), f"{where}[]")


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["quickstart", "everything", "nothing_to_do", "large", "listed"])
def test_a_plan_is_as_the_schema_says(name: str, request: pytest.FixtureRequest) -> None:
    document = document_of(request.getfixturevalue(name))
    Draft202012Validator(SCHEMA).validate(document)
    assert list(members_without_schema(document, SCHEMA)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format_version",), "2.0"),
        (("origin",), "dashboard.bandwidth.com"),
        (("complete",), None),
        (("summary", "create"), -1),
        (("changes", 0, "action"), "replace"),
        (("changes", 0, "address", "path"), []),
        (("changes", 0, "attributes", 0, "sensitive"), True),
        (("warnings", 0, "severity"), "note"),
        (("warnings", 0, "line"), 0),
    ],
    ids=str,
)
def test_the_schema_refuses_what_a_plan_never_has(
    quickstart: Plan, path: tuple[str | int, ...], value: object
) -> None:
    document = document_of(quickstart)
    assert Draft202012Validator(SCHEMA).is_valid(document)
    part: Any = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_every_member_of_the_schema_is_required_but_for_the_values_of_a_secret() -> None:
    for name, schema in {"$": SCHEMA, **SCHEMA["$defs"]}.items():
        optional = {
            "attribute": {"before", "after"},
            "change": {"numbers"},
            "problem": {"row"},
            "$": {"type", *SAVED_MEMBERS},
        }.get(name, set())
        assert set(schema.get("properties", {})) - set(schema.get("required", ())) == optional


def test_the_quickstart_is_as_it_was(quickstart: Plan, golden: Golden) -> None:
    golden("views/plan_quickstart.json", json.dumps(document_of(quickstart), indent=2) + "\n")


def test_a_block_tells_its_numbers_and_a_move_from_where_to_where(
    listed: Plan, golden: Golden
) -> None:
    golden("views/plan_listed.json", json.dumps(document_of(listed), indent=2) + "\n")


def test_everything_is_as_it_was(everything: Plan, golden: Golden) -> None:
    golden("views/plan_everything.json", json.dumps(document_of(everything), indent=2) + "\n")


def test_a_secret_has_neither_a_value_nor_a_mask(quickstart: Plan) -> None:
    attributes = document_of(quickstart)["changes"][0]["attributes"]
    assert {"path": "callback_credentials.password", "sensitive": True} in attributes


def test_a_secret_cannot_be_made_a_value_of_a_document() -> None:
    with pytest.raises(TypeError, match="Secret"):
        value_document(Secret("NAME", "value"))


def test_a_reference_is_an_address() -> None:
    assert value_document(Address("application", ("A",))) == {"type": "application", "path": ["A"]}


def test_a_warning_without_a_position_has_nulls(nothing_to_do: Plan) -> None:
    problem = Problem(Severity.WARNING, "code", "Summary", "Detail.")
    plan = Plan("https://host", "1", (), (), warnings=(problem,))
    document = document_of(plan)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["warnings"] == [
        {
            "severity": "warning",
            "code": "code",
            "summary": "Summary",
            "detail": "Detail.",
            "file": None,
            "line": None,
            "column": None,
        }
    ]


@pytest.mark.parametrize("name", ["nothing_to_do", "empty"])
def test_a_plan_without_changes_is_as_it_was(
    name: str, golden: Golden, request: pytest.FixtureRequest
) -> None:
    document = document_of(request.getfixturevalue(name))
    golden(f"views/plan_{name}.json", json.dumps(document, indent=2) + "\n")
