from collections.abc import Callable

import pytest

from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.drift import render_drift
from tests.views.conftest import SITE, make_plan, update

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", ["everything", "fleet", "nothing_to_do", "empty"])
def test_a_drift_is_as_it_was(
    name: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    text = render_drift(request.getfixturevalue(name), types, width=80)
    golden(f"views/drift_{name}.txt", f"{text}\n")


def test_only_what_moved_is_told(everything: Plan, types: Types) -> None:
    text = render_drift(everything, types, width=80)
    assert "unchanged" not in text
    assert "warning" not in text
    assert text.endswith("\nDrift: 10 resources are not as declared.")


def test_one_is_told_in_the_singular(types: Types) -> None:
    plan = make_plan(update(SITE, {"description": ("found", "declared")}))
    text = render_drift(plan, types, width=80)
    assert "description: found, declared declared" in text
    assert text.endswith("\nDrift: 1 resource is not as declared.")
