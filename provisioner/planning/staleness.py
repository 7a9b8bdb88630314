"""What is left of a saved plan to do, and what forbids it: the account as it is now against what
the plan saw. Pure; all reasons at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from provisioner.errors import Origin, PlanRefused, Problem, Severity
from provisioner.model import Address, LiveState, NumberOrder, Resource, Secret, Value
from provisioner.planning.compare import differences, same
from provisioner.planning.memberships import numbers_meant
from provisioner.planning.numbers import customer_order_id, numbers_outstanding
from provisioner.planning.plan import (
    Action,
    AttributeChange,
    Plan,
    Step,
    Verb,
    named_to_assign,
    numbers_to_move,
)
from provisioner.planning.saved import SavedPlan, SavedStep, blocks_on, uninvolved
from provisioner.resource_type import Types, lineage, parent_address

PIN_GONE = "pinned-id-gone"


class Stale(Exception):
    """What is other than the plan saw it, as a clause: "description is now A, and was B"."""


def remaining_plan(saved: SavedPlan, live: LiveState, types: Types) -> Plan:
    """The plan without what is done already.

    `live` is the account as it is now, of all that the plan touches. Raises PlanRefused with
    everything that is neither as the plan saw it nor as it was to become.
    """
    # Whether a pinned one is gone is asked of each step, for a delete may have removed it.
    problems = [
        each for each in live.problems if each.severity is Severity.ERROR and each.code != PIN_GONE
    ]
    problems += _gone(saved, live, types)
    left: dict[tuple[Verb, Address], Step] = {}
    for each in saved.steps:
        try:
            step = _left_of(each, saved, live, types, {address for _, address in left})
        except Stale as stale:
            problems.append(_stale(each.address, str(stale), each.step.origin))
        else:
            if step is not None:
                left.setdefault((step.verb, step.address), step)
    if problems:
        raise PlanRefused(problems)
    addresses = {address for _, address in left}
    steps = tuple(
        replace(step, waits_for=tuple(each for each in step.waits_for if each in addresses))
        for step in left.values()
    )
    changes = {step.address: step.change for step in steps}
    return replace(
        saved.plan,
        changes=tuple(changes[each] for each in sorted(changes)),
        steps=steps,
        in_flight=numbers_outstanding(
            order
            for step in steps
            if step.verb is Verb.AWAIT
            for order in live.orders[step.address]
            if order.is_awaited
        ),
    )


def _gone(saved: SavedPlan, live: LiveState, types: Types) -> Iterator[Problem]:
    """What a step is part of or refers to, and does not find. What is deleted with all that is
    below it may be gone."""
    needed: set[Value] = set()
    for each in saved.steps:
        if each.step.verb is not Verb.DELETE:
            after = each.step.change.after
            needed.update(lineage(each.address, types), after.attributes.values() if after else ())
    for address, server_id in saved.ids.items():
        if address in needed and live.ids.get(address) != server_id:
            yield _stale(address, f"the one of id {server_id} is gone")


def _left_of(
    saved_step: SavedStep,
    saved: SavedPlan,
    live: LiveState,
    types: Types,
    ahead: Collection[Address],
) -> Step | None:
    """The step, or what is left of it; None where it is done. Raises Stale. Something is left to do
    of those `ahead` of it."""
    step = saved_step.step
    left: Step | None = None
    match step.verb:
        case Verb.CREATE:
            left = None if _is_made(step, live, types) else step
        case Verb.UPDATE:
            left = None if _is_changed(saved_step, live, types) else step
        case Verb.DELETE:
            left = None if _is_deleted(saved_step, saved, live) else step
        case Verb.MOVE:
            left = _left_to_move(saved_step, live, types)
        case Verb.ORDER:
            left = _left_to_order(saved_step, saved, live, types)
        case Verb.AWAIT:
            left = _left_to_await(step, live.orders.get(step.address, ()))
        case Verb.ASSIGN:
            left = _left_to_assign(step, saved, live, types, ahead)
        case Verb.RELEASE | Verb.CLOSE:
            raise ValueError(f"a saved plan gives nothing back, such as {step.address}")
    return left


def _is_made(step: Step, live: LiveState, types: Types) -> bool:
    now = live.resources.get(step.address)
    if now is None:
        return False
    found = differences(step.change.body, now, types[step.address.type])
    if found:
        told = "; ".join(
            f"{each.path} is {_shown(each.before)}, not {_shown(each.after)}" for each in found
        )
        raise Stale(f"it was not there, and is now, otherwise than planned: {told}")
    return True


def _is_changed(saved_step: SavedStep, live: LiveState, types: Types) -> bool:
    change = saved_step.step.change
    now = _still_there(saved_step, live)
    done = True
    for each in change.attributes:
        if isinstance(each.after, Secret):
            continue
        row = types[change.address.type].field_named(each.path)
        value = now.attributes.get(each.path)
        if each.after is not None and same(row, value, each.after):
            continue
        if (value or None) != (each.before or None):
            raise Stale(f"{each.path} is now {_shown(value)}, and was {_shown(each.before)}")
        done = False
    return done


def _still_there(saved_step: SavedStep, live: LiveState) -> Resource:
    now = live.resources.get(saved_step.address)
    if now is None or live.ids.get(saved_step.address, "") != saved_step.precondition.id:
        raise Stale("it is gone")
    return now


def _is_deleted(saved_step: SavedStep, saved: SavedPlan, live: LiveState) -> bool:
    before = saved_step.step.change.before
    if live.resources.get(saved_step.address) is None:
        return True
    now = _still_there(saved_step, live).attributes
    for path, value in before.attributes.items() if before else ():
        if now.get(path) != value:
            raise Stale(f"{path} is now {_shown(now.get(path))}, and was {_shown(value)}")
    numbers = set(live.numbers.get(saved_step.address, ())) - saved.moved
    if numbers:
        raise Stale(f"it has {len(numbers)} number{'s' if len(numbers) > 1 else ''} by now")
    return False


def _left_to_move(saved_step: SavedStep, live: LiveState, types: Types) -> Step | None:
    step = saved_step.step
    sippeer = parent_address(step.address, types)
    there = set(live.numbers.get(sippeer, ())) if sippeer else set()
    left = tuple(each for each in numbers_to_move(step.change) if each not in there)
    for number in left:
        if live.whereabouts.get(number) != saved_step.precondition.places.get(number):
            raise Stale(f"{number} is no longer where it was")
    if not left:
        return None
    body = Resource(step.address, {**step.change.body.attributes, "telephone_numbers": left})
    return replace(step, change=replace(step.change, after=body))


def _left_to_order(
    saved_step: SavedStep, saved: SavedPlan, live: LiveState, types: Types
) -> Step | None:
    step, seen = saved_step.step, saved_step.precondition
    sippeer = parent_address(step.address, types)
    if sippeer is None or sippeer not in live.ids:
        return step
    body = step.change.body
    wanted = body.attributes.get("customer_order_id")
    if wanted is None:
        wanted = customer_order_id(live.order_keys[step.address], 1)
        body = Resource(step.address, {**body.attributes, "customer_order_id": wanted})
    orders = live.orders.get(step.address, ())
    own = tuple(order for order in orders if order.customer_order_id == wanted)
    if own:
        return _left_to_await(step, own)
    if {order.id for order in orders} != set(seen.orders):
        raise Stale("other orders were placed for it")
    steps = [each.step for each in saved.steps]
    now = uninvolved(sippeer, live, blocks_on(sippeer, steps, types), saved.moved)
    if seen.numbers is not None and now != seen.numbers:
        raise Stale(
            f"the numbers on {sippeer} are others: {now.count} now that the plan has nothing to "
            f"do with, and {seen.numbers.count} then"
        )
    listed = body.attributes.get("ordered_numbers")
    taken = [each for each in live.whereabouts if isinstance(listed, tuple) and each in listed]
    if taken:
        raise Stale(f"the account has {', '.join(taken)} by now")
    return replace(step, change=replace(step.change, after=body))


def _left_to_assign(
    step: Step, saved: SavedPlan, live: LiveState, types: Types, ahead: Collection[Address]
) -> Step | None:
    attributes = step.change.body.attributes
    if any(isinstance(each, Address) and each in ahead for each in attributes.values()):
        return step
    sippeer, wanted = parent_address(step.address, types), attributes[step.address.type]
    there = {*(live.numbers.get(sippeer, ()) if sippeer else ()), *saved.moved}
    meant = numbers_meant(step.change, live.orders, types)
    left = tuple(each for each in meant if live.memberships.get(each) != wanted)
    for number in left:
        if other := live.memberships.get(number):
            raise Stale(f"{number} is on {other} by now")
        # A list may lag behind what an order has just brought.
        if named_to_assign(step.change) and number not in there:
            raise Stale(f"{number} is no longer there")
    if not left:
        return None
    found = (AttributeChange("telephone_numbers", None, left),)
    body = Resource(step.address, {step.address.type: wanted, "telephone_numbers": left})
    return replace(step, change=replace(step.change, after=body, attributes=found))


def _left_to_await(step: Step, orders: Iterable[NumberOrder]) -> Step | None:
    """Nothing is ordered any more: only what was is waited for."""
    if not any(order.is_awaited for order in orders):
        return None
    change = replace(step.change, action=Action.NO_OP, attributes=())
    return replace(step, verb=Verb.AWAIT, change=change)


def _stale(address: Address, told: str, origin: Origin | None = None) -> Problem:
    return Problem(
        Severity.ERROR,
        "stale-plan",
        "The account was changed since the plan",
        f"{address}: {told}. Nothing was sent. Plan again to see the difference.",
        origin,
    )


def _shown(value: Value | None) -> str:
    if value in (None, ""):
        return "not set"
    return repr(value) if isinstance(value, str) else str(value)
