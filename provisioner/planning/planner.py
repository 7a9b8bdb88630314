"""Desired state × live state → plan. A pure function; all refusals at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from itertools import chain

from provisioner.errors import PlanRefused, Problem, Severity
from provisioner.lint import judge
from provisioner.model import (
    Address,
    BodyTemplate,
    DesiredState,
    LiveState,
    Resource,
    Secret,
)
from provisioner.planning.cautions import groups_left_out, secrets_not_compared
from provisioner.planning.claims import claim_everywhere
from provisioner.planning.compare import differences, update_body
from provisioner.planning.exclusive import choose_holders
from provisioner.planning.limits import beyond_limits
from provisioner.planning.memberships import (
    memberships_refused,
    plan_memberships,
    waits_for_moves,
)
from provisioner.planning.number_doubts import (
    back_orders_left,
    moves_refused,
    numbers_in_doubt,
    numbers_nowhere,
)
from provisioner.planning.numbers import numbers_outstanding
from provisioner.planning.ordering import Edges, order_steps
from provisioner.planning.plan import Action, Change, Plan, Step, Verb
from provisioner.planning.pruning import prune
from provisioner.planning.quantities import plan_blocks
from provisioner.planning.refusals import (
    fixed_values_differ,
    held_features,
    missing_to_create,
    needs_unmet,
)
from provisioner.planning.renames import guessed_renames
from provisioner.planning.secrets import secrets_changed, secrets_in
from provisioner.planning.targeting import choose
from provisioner.resource_type import BY_NUMBERS, Shape, Types

VERBS = {
    Action.CREATE: Verb.CREATE,
    Action.UPDATE: Verb.UPDATE,
    Action.DELETE: Verb.DELETE,
    Action.ORDER: Verb.ORDER,
    Action.MOVE: Verb.MOVE,
    Action.RELEASE: Verb.RELEASE,
    Action.CLOSE: Verb.CLOSE,
    Action.ASSIGN: Verb.ASSIGN,
}


def make_plan(desired: DesiredState, live: LiveState, types: Types) -> Plan:
    """What has to happen so that the account is as declared.

    Raises PlanRefused with every reason for which carrying on would not be safe.
    """
    choices = choose_holders(desired, live, types)
    resources = choices.resources.values()
    blocks = [each for each in resources if types[each.address.type].shape is Shape.BLOCKS]
    others = [each for each in resources if types[each.address.type].shape not in BY_NUMBERS]
    claims = claim_everywhere(blocks, live, types)
    for_blocks = tuple(plan_blocks(blocks, claims, live, types))
    declared = (
        *(_plan_resource(each, desired, live, types, choices.reasons) for each in others),
        *for_blocks,
        *plan_memberships(resources, for_blocks, claims, live, types),
        *(_plan_absence(each, live) for each in desired.absent if each in live.resources),
    )
    removal = prune(desired, live, declared, types)
    changes = sorted((*declared, *removal.changes), key=lambda change: change.address)

    waits = _joined(choices.waits, removal.waits, waits_for_moves(changes))
    steps = _steps(changes, waits, live, types)
    part = choose(changes, steps, desired.selection, types)
    unclear = [each for each in live.problems if each.severity is Severity.ERROR]
    # What is unclear would pass for missing.
    guessed = () if unclear else tuple(guessed_renames(changes, desired, live, types))
    warned = (
        *(each for each in live.problems if each.severity is Severity.WARNING),
        *guessed,
        *secrets_not_compared(changes, desired, live, types),
        *groups_left_out(changes, desired, types),
        *numbers_in_doubt(claims, desired),
        *numbers_nowhere(live, desired),
        *back_orders_left(changes, live, desired),
        *removal.staying,
    )
    warnings = tuple(judge(warned, desired.levels))
    problems = [
        *unclear,
        *choices.problems,
        *fixed_values_differ(changes, desired, live, types),
        *(missing_to_create(changes, desired, types) if not unclear else ()),
        *needs_unmet(changes, desired, live, types),
        *held_features(desired, live, types),
        *moves_refused(changes, claims, desired),
        *memberships_refused(changes, live, desired),
        *removal.problems,
        *part.problems,
        *beyond_limits(part.changes, desired, types),
        *(each for each in warnings if each.severity is Severity.ERROR),
    ]
    if problems:
        raise PlanRefused(sorted(problems, key=_place))

    orders = tuple(chain.from_iterable(live.orders.values()))
    return Plan(
        origin=live.origin,
        account=live.account,
        changes=part.changes,
        steps=tuple(replace(each, origin=desired.origin(each.address)) for each in part.steps),
        left_out=part.left_out,
        unmanaged=tuple(each for each in live.unmanaged if each not in removal.going),
        unmanaged_ids={
            each: live.ids[each]
            for each in live.unmanaged
            if each in live.ids and each not in removal.going
        },
        warnings=(*desired.warnings, *warnings),
        in_flight=numbers_outstanding(each for each in orders if each.is_awaited),
        back_ordered=numbers_outstanding(each for each in orders if each.is_back_order),
        digest=plan_digest(live.origin, live.account, part.changes, desired.templates),
        unclaimed=tuple(number for each in claims.unclaimed.values() for number in each),
    )


def _steps(
    changes: Iterable[Change], waits: Edges, live: LiveState, types: Types
) -> tuple[Step, ...]:
    """What is to be done in its order, then waiting for what an earlier run ordered."""
    changes = tuple(changes)
    awaited = {
        address
        for address, orders in live.orders.items()
        if any(order.is_awaited for order in orders)
    }
    drafts = [
        (VERBS[change.action], change) for change in changes if change.action is not Action.NO_OP
    ]
    waiting = [(Verb.AWAIT, change) for change in changes if change.address in awaited]
    steps = order_steps(drafts, waits, types)
    return (
        *(step for step in steps if step.verb is not Verb.ASSIGN),
        *order_steps(waiting, {}, types),
        *(_awaiting(step, awaited) for step in steps if step.verb is Verb.ASSIGN),
    )


def _joined(*several: Edges) -> Edges:
    return {
        address: frozenset().union(*(each.get(address, ()) for each in several))
        for address in {*chain.from_iterable(several)}
    }


def _place(problem: Problem) -> tuple[str, int, int]:
    """Sorts by position; what has none comes first."""
    origin = problem.origin
    return (origin.file, origin.line, origin.column) if origin else ("", 0, 0)


def _plan_resource(
    declared: Resource,
    desired: DesiredState,
    live: LiveState,
    types: Types,
    reasons: Mapping[Address, str],
) -> Change:
    reason = reasons.get(declared.address, "")
    address, resource_type = declared.address, types[declared.address.type]
    before = live.resources.get(address)
    changed = secrets_changed(declared, live, resource_type)
    secrets = secrets_in(declared, resource_type) if desired.resend_secrets else changed
    found = differences(declared, before, resource_type, secrets)
    if before is None:
        return Change(Action.CREATE, address, None, declared, found, reason)
    if not found:
        return Change(Action.NO_OP, address, before, declared)
    if changed:
        reason = f"{' and '.join(changed)} changed since last sent"
    return Change(
        Action.UPDATE, address, before, update_body(declared, found, resource_type), found, reason
    )


def _awaiting(step: Step, awaited: Set[Address]) -> Step:
    """Waits as well for orders that an earlier run placed."""
    named = {each for each in step.change.body.attributes.values() if isinstance(each, Address)}
    return replace(step, waits_for=tuple(sorted({*step.waits_for, *(named & awaited)})))


def _plan_absence(address: Address, live: LiveState) -> Change:
    return Change(Action.DELETE, address, live.resources[address], None)


def plan_digest(
    origin: str,
    account: str,
    changes: Iterable[Change],
    templates: Mapping[str, BodyTemplate],
) -> str:
    """Names a plan: sha256 over what it would do where, and by which templates of the spec's own;
    of what goes, as it is. Secrets go in by name only."""
    content = [
        {
            "action": change.action,
            "address": [change.address.type, *change.address.path],
            "after": {} if change.after is None else _plain(change.after),
            "gone": _plain(change.before) if change.before and not change.after else {},
            "attributes": [
                [each.path, _text(each.before), _text(each.after)] for each in change.attributes
            ],
        }
        for change in changes
        if change.action is not Action.NO_OP
    ]
    texts = {name: each.text for name, each in templates.items()}
    canonical = json.dumps([origin, account, content, texts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(resource: Resource) -> dict[str, str]:
    return {name: _text(value) for name, value in resource.attributes.items()}


def _text(value: object) -> str:
    return f"secret {value.name}" if isinstance(value, Secret) else str(value)
