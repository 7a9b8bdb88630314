"""A plan to be carried out later, perhaps elsewhere: its steps, and what they take for granted.

What stands here is all that a later run needs. It neither reads the spec again nor plans anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.errors import PlanRefused, Problem, Severity
from provisioner.model import (
    Address,
    BodyTemplate,
    DesiredState,
    LiveState,
    NumberOrder,
    Resource,
    Secret,
)
from provisioner.planning.plan import Action, Change, Plan, Step, Verb, numbers_to_move
from provisioner.resource_type import BY_NUMBERS, Shape, Types, lineage, parent_address


@dataclass(frozen=True, slots=True)
class NumbersSeen:
    """The numbers of a location, without naming them: those that no step of the plan has to do
    with, so that what the plan itself brings or takes away does not make it stale."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Precondition:
    """What the plan saw of what a step touches, beside the attributes in its change.

    `id` is the server's, "" for what was not there or has none. Of a number block `numbers` are
    those of its location and `orders` the ids of its own orders. `places` are the numbers to move
    and the ids of the sippeers that they were on.
    """

    id: str = ""
    numbers: NumbersSeen | None = None
    orders: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedStep:
    step: Step
    precondition: Precondition

    @property
    def address(self) -> Address:
        return self.step.address


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """`ids` are of what the steps refer to or are part of, and do not make themselves.

    `files` and `spec_digest` tell which spec it was made of, `templates` are those that it brought
    along. `overridden_because` is why it goes beyond the spec's limits; "" where it does not.
    """

    plan: Plan
    steps: tuple[SavedStep, ...]
    ids: Mapping[Address, str]
    files: tuple[str, ...] = ()
    spec_digest: str = ""
    templates: Mapping[str, BodyTemplate] = field(default_factory=dict)
    overridden_because: str = ""

    def having(self, *verbs: Verb) -> Iterator[SavedStep]:
        return (each for each in self.steps if each.step.verb in verbs)

    @property
    def moved(self) -> frozenset[str]:
        """The numbers that its steps move."""
        moves = self.having(Verb.MOVE)
        return frozenset(number for each in moves for number in numbers_to_move(each.step.change))


def save_plan(
    plan: Plan,
    live: LiveState,
    desired: DesiredState,
    types: Types,
    overridden_because: str = "",
) -> SavedPlan:
    """The plan with what it saw. Raises PlanRefused where a replay could not be told apart from a
    first apply."""
    unsure = [each for each in plan.changes if _sends_secrets_alone(each)]
    if unsure:
        raise PlanRefused(_not_savable(each, desired) for each in unsure)
    steps = tuple(SavedStep(step, _seen(step, plan, live, types)) for step in plan.steps)
    return SavedPlan(
        plan,
        steps,
        _ids(plan, live, types),
        desired.files,
        desired.digest,
        desired.templates,
        overridden_because,
    )


def uninvolved(
    sippeer: Address, live: LiveState, blocks: Iterable[Address], moved: frozenset[str]
) -> NumbersSeen:
    """The numbers of a location but for those of the blocks' own orders, and those moved."""
    own = {
        number
        for block in blocks
        for order in live.orders.get(block, ())
        for number in _brought(order)
    }
    left = sorted(set(live.numbers.get(sippeer, ())) - own - moved)
    return NumbersSeen(len(left), hashlib.sha256(" ".join(left).encode()).hexdigest())


def blocks_on(sippeer: Address, steps: Iterable[Step], types: Types) -> tuple[Address, ...]:
    """The number blocks of a location that the steps order for."""
    return tuple(
        step.address
        for step in steps
        if step.verb is Verb.ORDER and parent_address(step.address, types) == sippeer
    )


def _brought(order: NumberOrder) -> tuple[str, ...]:
    return (*order.numbers, *order.gone)


def _sends_secrets_alone(change: Change) -> bool:
    return change.action is Action.UPDATE and all(
        isinstance(each.after, Secret) for each in change.attributes
    )


def _not_savable(change: Change, desired: DesiredState) -> Problem:
    return Problem(
        Severity.ERROR,
        "not-savable",
        "This plan cannot be saved",
        f"Of {change.address} only a secret would be sent, and the account does not tell whether "
        "that was done. A saved plan must do nothing when it is applied again: apply the spec "
        "itself.",
        desired.origin(change.address),
    )


def _seen(step: Step, plan: Plan, live: LiveState, types: Types) -> Precondition:
    address = step.address
    if step.verb is Verb.MOVE:
        places = {
            number: live.whereabouts.get(number) or _id_of_origin(step.change, live)
            for number in numbers_to_move(step.change)
        }
        return Precondition(places=places)
    if step.verb is Verb.ORDER:
        sippeer = parent_address(address, types)
        orders = tuple(sorted(order.id for order in live.orders.get(address, ())))
        if sippeer is None:
            return Precondition(orders=orders)
        moved = frozenset(each for change in plan.changes for each in numbers_to_move(change))
        blocks = blocks_on(sippeer, plan.steps, types)
        return Precondition(numbers=uninvolved(sippeer, live, blocks, moved), orders=orders)
    return Precondition(id=live.ids.get(address, ""))


def _id_of_origin(change: Change, live: LiveState) -> str:
    origins = [each.before for each in change.attributes if isinstance(each.before, Address)]
    return live.ids.get(origins[0], "") if origins else ""


def _ids(plan: Plan, live: LiveState, types: Types) -> Mapping[Address, str]:
    touched: set[Address] = set()
    for step in plan.steps:
        touched.update(lineage(step.address, types)[1:])
        for resource in (step.change.before, step.change.after):
            touched.update(_references(resource))
        touched.update(
            each.before for each in step.change.attributes if isinstance(each.before, Address)
        )
    own = {step.address for step in plan.steps}
    return {each: live.ids[each] for each in sorted(touched - own) if each in live.ids}


def _references(resource: Resource | None) -> Iterator[Address]:
    values = resource.attributes.values() if resource else ()
    return (each for each in values if isinstance(each, Address))


def touched_state(saved: SavedPlan, types: Types) -> DesiredState:
    """What has to be read to carry the plan out, as if a spec declared just that.

    Nothing of it is a rename: of what had another name the plan knows the id. What follows from
    numbers is not in it: what a later run has to know of that is not what a plan needs.
    """
    resources = {address: Resource(address, {}) for address in saved.ids}
    pins = dict(saved.ids)
    for each in saved.steps:
        change = each.step.change
        told = change.after or change.before
        if types[each.address.type].shape not in BY_NUMBERS and told is not None:
            resources[each.address] = Resource(each.address, told.attributes)
            if each.precondition.id and types[each.address.type].shape is Shape.NAMED:
                pins[each.address] = each.precondition.id
    return DesiredState(
        account=saved.plan.account,
        resources=resources,
        pins=pins,
        new=frozenset(resources),
        origins={(each.address, ""): each.step.origin for each in saved.steps if each.step.origin},
        files=saved.files,
        digest=saved.spec_digest,
        templates=saved.templates,
    )
