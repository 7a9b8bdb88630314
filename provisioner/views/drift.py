"""What in the account is not as declared, and nothing else: for a look that somebody else takes."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.planning.plan import Action, Plan
from provisioner.resource_type import Types
from provisioner.views.actions import TELLINGS
from provisioner.views.entries import Entry, entries_of, told_together, worth_telling
from provisioner.views.layout import paragraphs, wrap
from provisioner.views.plan_text import INDENT
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, noun, noun_of_several, printable, some

PLACES_NAMED = 5


def render_drift(plan: Plan, types: Types, *, width: int, paint: Paint = plain) -> str:
    """The last line is stable: `Drift: 3 resources are not as declared.` or `No drift.`"""
    moved = [change for change in worth_telling(plan) if change.action is not Action.NO_OP]
    heading = f"Drift in account {plan.account} at {printable(plan.origin)}"
    lines = [
        line
        for entry in told_together(entries_of(moved, types), types)
        for line in _entry_lines(entry, types, width, paint)
    ]
    be = "is" if len(moved) == 1 else "are"
    closing = (
        f"Drift: {count(len(moved), 'resource')} {be} not as declared." if moved else "No drift."
    )
    return paragraphs(([paint(Style.STRONG, heading)], lines, [paint(Style.STRONG, closing)]))


def _entry_lines(entry: Entry, types: Types, width: int, paint: Paint) -> Iterator[str]:
    telling = TELLINGS[entry.action]
    first = f"  {telling.symbol} "
    sentence = f"{_noun(entry, types)}: {telling.found}"
    for line in wrap(sentence, width=width, first=first, rest=INDENT):
        yield paint(telling.style, line)
    for detail in _details(entry):
        yield from wrap(detail, width=width, first=INDENT, rest=f"{INDENT}  ")


def _noun(entry: Entry, types: Types) -> str:
    if len(entry.addresses) > 1:
        return noun_of_several(entry.addresses, types)
    return noun(entry.addresses[0], types)


def _details(entry: Entry) -> Iterator[str]:
    if entry.action is Action.UPDATE:
        for row in entry.rows:
            found = "" if row.before is None else f"{row.before}, "
            yield f"{row.path}: {found}declared {row.after}"
    if entry.action is Action.ORDER:
        yield entry.headline
        yield from entry.remarks
    if entry.places:
        yield some(entry.places, PLACES_NAMED)
