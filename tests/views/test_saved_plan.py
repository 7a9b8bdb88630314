import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from provisioner.model import DesiredState, LiveState, Secret
from provisioner.planning.plan import Plan
from provisioner.planning.saved import SavedPlan, save_plan
from provisioner.resource_type import Types
from provisioner.views.plan_schema import plan_schema
from provisioner.views.saved_plan import read_saved_plan, saved_plan_document
from tests.views.conftest import PASSWORD
from tests.views.test_schemas import closed

Golden = Callable[[str, str], None]
DESIRED = DesiredState("9900778", {}, files=("examples/quickstart.yaml",), digest="5eba57ea")
WHEN = "2026-01-02T03:04:05Z"


def saved_of(plan: Plan, types: Types) -> SavedPlan:
    ids = {change.address: f"id-{n}" for n, change in enumerate(plan.changes) if change.before}
    return save_plan(plan, LiveState(plan.account, plan.origin, {}, ids), DESIRED, types)


def text_of(saved: SavedPlan) -> str:
    document = saved_plan_document(saved, DESIRED, created_at=WHEN, tool_version="0.1.0")
    return json.dumps(document, indent=2) + "\n"


def secret(name: str, folder: str) -> Secret:
    return Secret(name, PASSWORD)


@pytest.mark.parametrize("name", ["quickstart", "everything", "nothing_to_do", "listed", "empty"])
def test_what_is_saved_is_as_the_schema_says_and_read_as_it_was(
    name: str, request: pytest.FixtureRequest, types: Types
) -> None:
    saved = saved_of(request.getfixturevalue(name), types)
    text = text_of(saved)
    Draft202012Validator(closed(plan_schema())).validate(json.loads(text))
    read = read_saved_plan(text, types, secret)
    assert (read.steps, read.ids, read.files) == (saved.steps, saved.ids, saved.files)
    assert read.plan.steps == saved.plan.steps
    assert PASSWORD not in text


def test_a_saved_quickstart_is_as_it_was(quickstart: Plan, types: Types, golden: Golden) -> None:
    golden("views/saved_quickstart.json", text_of(saved_of(quickstart, types)))
