"""What is left of a saved plan; most of it is tested on accounts."""

import pytest

from provisioner.model import Address, LiveState, Resource
from provisioner.planning.plan import Action, Change, Plan, Step, Verb
from provisioner.planning.saved import Precondition, SavedPlan, SavedStep
from provisioner.planning.staleness import remaining_plan
from provisioner.resources import resource_types


@pytest.mark.parametrize("verb", [Verb.RELEASE, Verb.CLOSE])
def test_no_saved_plan_gives_numbers_back(verb: Verb) -> None:
    address = Address("numbers", ("Raleigh", "East", "+19195551234, released"))
    change = Change(Action(verb.value), address, None, Resource(address))
    step = Step(verb, change)
    plan = Plan("sandbox", "9900778", (change,), (step,))
    saved = SavedPlan(plan, (SavedStep(step, Precondition()),), {})
    with pytest.raises(ValueError, match="a saved plan gives nothing back"):
        remaining_plan(saved, LiveState("9900778", "sandbox", {}, {}), resource_types())
