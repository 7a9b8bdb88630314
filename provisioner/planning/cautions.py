"""What a plan warns of. Each function yields the warnings of one rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.model import DesiredState, LiveState
from provisioner.planning.plan import Action, Change
from provisioner.resource_type import Kind, Types


def secrets_not_compared(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, types: Types
) -> Iterator[Problem]:
    """A standing warning for each secret of which nobody can tell whether it changed."""
    for change in changes:
        if change.after is None or change.action is Action.CREATE:
            continue
        sent = {attribute.path for attribute in change.attributes}
        for row in types[change.address.type].spec_fields:
            is_known = (change.address, row.name) in live.as_sent
            if row.kind is not Kind.SECRET or row.name in sent or is_known:
                continue
            if row.name in desired.resources[change.address].attributes:
                yield Problem(
                    Severity.WARNING,
                    "secret-not-compared",
                    "A secret cannot be compared",
                    f"The account never tells {row.name} of {change.address}. If you changed it, "
                    "run again with --resend-secrets.",
                    desired.origin(change.address, row.name),
                )


def groups_left_out(
    changes: Iterable[Change], desired: DesiredState, types: Types
) -> Iterator[Problem]:
    for change in changes:
        if change.action is not Action.CREATE:
            continue
        for group, consequence in types[change.address.type].expected.items():
            if not any(name.startswith(f"{group}.") for name in change.body.attributes):
                yield Problem(
                    Severity.WARNING,
                    "may-be-refused",
                    "The account may refuse this",
                    f"{change.address} is declared without `{group}`. {consequence}",
                    desired.origin(change.address),
                )
