"""A part of a plan, as --target and --exclude choose it.

The whole is planned and checked as ever; then some of it is left out. What a target needs comes
along, and what needs something excluded is left out with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from provisioner.errors import Problem, Severity
from provisioner.model import Address, Selection
from provisioner.planning.plan import Action, Change, Step, Verb
from provisioner.resource_type import Shape, Types, lineage

EXAMPLE = "`sippeer Raleigh/East`, `Raleigh/*` or `sms *`"


@dataclass(frozen=True, slots=True)
class Part:
    """`left_out` are the resources that would change and do not."""

    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    left_out: tuple[Address, ...]
    problems: tuple[Problem, ...]


def choose(
    changes: Iterable[Change], steps: Iterable[Step], selection: Selection, types: Types
) -> Part:
    changes, steps = tuple(changes), tuple(steps)
    addresses = [change.address for change in changes]
    if not selection:
        return Part(changes, steps, (), ())
    needs = _needs(steps, types)
    chosen = {
        each
        for each in addresses
        if not selection.targets or _matches(each, selection.targets, types)
    }
    brought = _closure(chosen, needs)
    excluded = {each for each in addresses if _matches(each, selection.excludes, types)}
    needing: dict[Address, set[Address]] = {}
    for address, earlier in needs.items():
        for each in earlier:
            needing.setdefault(each, set()).add(address)
    dropped = {*excluded, *_closure(excluded, needing)}
    kept = (chosen | brought.keys()) - dropped
    return Part(
        tuple(_told(change, brought) for change in changes if change.address in kept),
        tuple(_step(step, kept, brought) for step in steps if step.address in kept),
        tuple(
            change.address
            for change in changes
            if change.address not in kept and change.action is not Action.NO_OP
        ),
        tuple(_unknown(selection, addresses, types)),
    )


def _needs(steps: Iterable[Step], types: Types) -> dict[Address, set[Address]]:
    """What each waits for, but for changes of what it is part of or refers to: that is there, and
    as good before as after."""
    steps = tuple(steps)
    changing = {
        step.address
        for step in steps
        if step.verb is Verb.UPDATE and types[step.address.type].shape is Shape.NAMED
    }
    needs: dict[Address, set[Address]] = {}
    for step in steps:
        # Of the same type it is what takes over from it, such as a new default location.
        needs.setdefault(step.address, set()).update(
            each
            for each in step.waits_for
            if each not in changing or each.type == step.address.type
        )
    return needs


def _closure(
    start: Iterable[Address], edges: Mapping[Address, Iterable[Address]]
) -> dict[Address, Address]:
    """Everything that edges lead to from the start, each with where it was come from."""
    found: dict[Address, Address] = {}
    known = {*start}
    left = sorted(known)
    while left:
        address = left.pop()
        for other in sorted(edges.get(address, ())):
            if other not in known:
                known.add(other)
                found[other] = address
                left.append(other)
    return found


def _told(change: Change, brought: Mapping[Address, Address]) -> Change:
    if change.address not in brought:
        return change
    reason = f"comes along, because {brought[change.address]} waits for it"
    return replace(change, reason="; ".join(each for each in (change.reason, reason) if each))


def _step(step: Step, kept: set[Address], brought: Mapping[Address, Address]) -> Step:
    waits_for = tuple(each for each in step.waits_for if each in kept)
    return replace(step, change=_told(step.change, brought), waits_for=waits_for)


def _matches(address: Address, patterns: Iterable[str], types: Types) -> bool:
    """Whether a pattern fits a resource or something that it is part of: `TYPE PATH` or `PATH`.

    A name may hold what means something in a pattern.
    """
    names = [name for each in lineage(address, types) for name in (str(each), "/".join(each.path))]
    return any(
        name == pattern or fnmatchcase(name, pattern) for pattern in patterns for name in names
    )


def _unknown(selection: Selection, addresses: Iterable[Address], types: Types) -> Iterator[Problem]:
    addresses = tuple(addresses)
    for option, patterns in (("--target", selection.targets), ("--exclude", selection.excludes)):
        for pattern in patterns:
            if not any(_matches(each, (pattern,), types) for each in addresses):
                yield Problem(
                    Severity.ERROR,
                    "no-such-target",
                    "Nothing has this address",
                    f"{option} {pattern!r} fits nothing that the spec declares. Write it as plans "
                    f"do, such as {EXAMPLE}.",
                )
