"""Ceilings beyond which a plan is refused, each with the line that would allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.model import Address, DesiredState
from provisioner.planning.plan import Action, Change, numbers_to_order
from provisioner.resource_type import BY_NUMBERS, Shape, Types

DELETES_WITH_PRUNE = 10
FEWEST_LIVE = 10
"""From so many live resources on, the share of changes counts."""


def beyond_limits(
    changes: Iterable[Change], desired: DesiredState, types: Types
) -> Iterator[Problem]:
    changes = tuple(changes)
    yield from _too_many_numbers(changes, desired)
    yield from _too_many_deletes(changes, desired, types)
    yield from _too_large_a_share(changes, desired, types)


def _too_many_numbers(changes: tuple[Change, ...], desired: DesiredState) -> Iterator[Problem]:
    wanted = sum(numbers_to_order(change) for change in changes)
    if wanted > desired.limits.new_numbers:
        largest = max(changes, key=numbers_to_order)
        yield _beyond(
            "too-many-new-numbers",
            "More numbers than the limit allows",
            f"This plan orders {wanted} numbers, {numbers_to_order(largest)} of them for "
            f"{largest.address}, and the limit is {desired.limits.new_numbers}.",
            f"new_numbers: {wanted}",
            largest.address,
            desired,
        )


def _too_many_deletes(
    changes: tuple[Change, ...], desired: DesiredState, types: Types
) -> Iterator[Problem]:
    """What has a name of its own: applications, sites and sippeers."""
    gone = [
        change.address
        for change in changes
        if change.action is Action.DELETE and types[change.address.type].shape is Shape.NAMED
    ]
    limit = desired.limits.deletes
    if limit is None:
        limit = DELETES_WITH_PRUNE if desired.prune else 0
    if len(gone) > limit:
        yield _beyond(
            "too-many-deletes",
            "More deletes than the limit allows",
            f"This plan deletes {len(gone)} for good, {gone[0]} first of all, and the limit is "
            f"{limit}.",
            f"deletes: {len(gone)}",
            gone[0],
            desired,
        )


def _too_large_a_share(
    changes: tuple[Change, ...], desired: DesiredState, types: Types
) -> Iterator[Problem]:
    """Of what is live and that the plan is about; numbers have a limit of their own."""
    live = [
        change
        for change in changes
        if change.before is not None and types[change.address.type].shape not in BY_NUMBERS
    ]
    touched = [each for each in live if each.action in (Action.UPDATE, Action.DELETE)]
    if len(live) < FEWEST_LIVE or 100 * len(touched) <= desired.limits.changes_percent * len(live):
        return
    share = -(-100 * len(touched) // len(live))
    yield _beyond(
        "too-many-changes",
        "A larger share than the limit allows",
        f"This plan changes or deletes {len(touched)} of {len(live)} live resources ({share} %), "
        f"and the limit is {desired.limits.changes_percent} %.",
        f"changes_percent: {share}",
        touched[0].address,
        desired,
    )


def _beyond(
    code: str, summary: str, told: str, line: str, address: Address, desired: DesiredState
) -> Problem:
    return Problem(
        Severity.ERROR,
        code,
        summary,
        f"{told} If that is meant, put this into the spec: `limits: {{{line}}}`, or run this once "
        "with --override-limits and the reason.",
        desired.origin(address),
    )
