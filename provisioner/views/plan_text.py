"""The plan as text: what a reviewer reads before anything happens.

Each line has its resource's full address, so that a line found by a search says where it belongs.
Many alike are told as one, unless everything is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.actions import TELLINGS
from provisioner.views.entries import (
    Entry,
    Row,
    entries_of,
    in_sections,
    told_together,
    worth_telling,
)
from provisioner.views.layout import paragraphs, wrap
from provisioner.views.problems import problem_blocks
from provisioner.views.stakes import counts, gone_for_good, purchases
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable, some

INDENT = " " * 6
ALIKE = "What is alike is told once; --verbose tells each by itself."
PLACES_NAMED = 2
DELETES_NAMED = 10
KINDS_NAMED = 10
UNCLAIMED_NAMED = 5


def render_plan(
    plan: Plan,
    types: Types,
    *,
    width: int,
    verbose: bool = False,
    unmanaged: bool = False,
    paint: Paint = plain,
) -> str:
    """The plan in lines of at most `width` where words allow it. The last line is stable:
    `Plan: 6 to create, 0 to change, 0 to delete, 1 number to order.` or `No changes. ...`.

    `verbose` tells each resource by itself, `unmanaged` those that are not in the spec.
    """
    if verbose:
        entries = entries_of(plan.changes, types)
    else:
        entries = told_together(entries_of(worth_telling(plan), types), types)
    return paragraphs(
        (
            [
                paint(Style.STRONG, heading(plan)),
                *summary_lines(plan, types, width, paint),
            ],
            *_section_paragraphs(entries, types, width, verbose, paint),
            *problem_blocks(plan.warnings, paint=paint, width=width),
            [
                *([ALIKE] if any(entry.places for entry in entries) else ()),
                *(_unmanaged_lines(plan) if verbose or unmanaged else ()),
                *_notes(plan, width, verbose),
                paint(Style.STRONG, closing_line(plan)),
            ],
        )
    )


def heading(plan: Plan) -> str:
    return f"Plan for account {plan.account} at {printable(plan.origin)}"


def closing_line(plan: Plan) -> str:
    return f"Plan: {counts(plan)}." if plan.has_changes else f"{counts(plan)}."


def summary_lines(plan: Plan, types: Types, width: int, paint: Paint) -> Iterator[str]:
    """How much, what is bought and what is gone for good; nothing where nothing changes."""
    if plan.has_changes:
        yield from wrap(f"{counts(plan)}.", width=width)
    bought = purchases(plan, types)
    if bought:
        number = plan.summary.numbers_to_order
        kinds = [f"{each.numbers} {each.kind}" for each in bought]
        be = "is" if number == 1 else "are"
        sentence = f"Buys {count(number, 'number')}, which {be} billed: {some(kinds, KINDS_NAMED)}."
        for line in wrap(sentence, width=width):
            yield paint(Style.BUY, line)
    if plan.summary.numbers_to_release:
        released = count(plan.summary.numbers_to_release, "number")
        for line in wrap(f"Releases {released}: nobody can get one back.", width=width):
            yield paint(Style.DELETE, line)
    gone = [printable(str(address)) for address in gone_for_good(plan, types)]
    if gone:
        for line in wrap(f"Deletes for good: {some(gone, DELETES_NAMED)}.", width=width):
            yield paint(Style.DELETE, line)


def _section_paragraphs(
    entries: Sequence[Entry], types: Types, width: int, verbose: bool, paint: Paint
) -> Iterator[list[str]]:
    for section in in_sections(entries, types):
        title = [paint(Style.STRONG, line) for line in wrap(section.title, width=width, rest="  ")]
        for paragraph in section.paragraphs:
            lines = [
                line for entry in paragraph for line in entry_lines(entry, width, paint, verbose)
            ]
            yield [*title, *lines]
            title = []


def entry_lines(
    entry: Entry, width: int, paint: Paint = plain, verbose: bool = False
) -> Iterator[str]:
    telling = TELLINGS[entry.action]
    first = f"  {telling.symbol} "
    for line in wrap(entry.headline, width=width, first=first, rest=INDENT):
        yield paint(telling.style, line)
    yield from _attribute_lines((*entry.rows, *(entry.kept if verbose else ())), width)
    for remark in _remarks(entry, verbose):
        for line in wrap(f"# {remark}", width=width, first=INDENT, rest=f"{INDENT}  "):
            yield paint(Style.QUIET, line)


def _remarks(entry: Entry, verbose: bool) -> Iterator[str]:
    if entry.kept and entry.rows and not verbose:
        yield f"{count(len(entry.kept), 'other attribute')} unchanged"
    yield from entry.remarks
    if entry.places:
        yield some(entry.places, PLACES_NAMED)


def _attribute_lines(rows: Sequence[Row], width: int) -> Iterator[str]:
    """`key  value` with the values in one column; members of a group below its name."""
    keys = {
        row.path: f"{'  ' if '.' in row.path else ''}{row.path.rpartition('.')[2]}" for row in rows
    }
    size = max(map(len, keys.values()), default=0)
    group = ""
    for row in rows:
        if row.path.rpartition(".")[0] != group:
            group = row.path.rpartition(".")[0]
            if group:
                yield f"{INDENT}{group}"
        first = f"{INDENT}{keys[row.path]:{size}}  "
        rest = " " * len(first)
        values = [each for each in (row.before, row.after) if each is not None]
        text = " → ".join(values)
        if len(first) + len(text) <= width or len(values) == 1:
            yield from wrap(text, width=width, first=first, rest=rest)
        else:
            yield from wrap(values[0], width=width, first=first, rest=rest)
            yield from wrap(values[1], width=width, first=f"{rest[:-2]}→ ", rest=rest)


def _unmanaged_lines(plan: Plan) -> Iterator[str]:
    for address in plan.unmanaged:
        server_id = plan.unmanaged_ids.get(address)
        named = f"id {server_id}, " if server_id else ""
        yield f"    {printable(f'{address} ({named}not in the spec)')}"


def _notes(plan: Plan, width: int, verbose: bool) -> Iterator[str]:
    for line in notes(plan, verbose=verbose):
        yield from wrap(line, width=width)


def notes(plan: Plan, *, verbose: bool = False) -> Iterator[str]:
    """What is not part of what changes, a sentence each."""
    summary = plan.summary
    if summary.no_op and not verbose:
        yield f"{count(summary.no_op, 'resource')} unchanged."
    if plan.left_out:
        left = count(len(plan.left_out), "more change")
        be = "is" if len(plan.left_out) == 1 else "are"
        yield f"{left} {be} left out by --target or --exclude."
    if plan.unmanaged:
        yield _unmanaged(summary.unmanaged)
    if plan.unclaimed:
        yield _unclaimed(plan.unclaimed)
    if plan.in_flight:
        yield _on_order(plan.in_flight, "on order already", "waits")
    if plan.back_ordered:
        yield _on_order(plan.back_ordered, "on back order", "does not wait")


def _unmanaged(number: int) -> str:
    if number == 1:
        return "1 resource in the account is not in the spec; it stays as it is."
    return f"{number} resources in the account are not in the spec; they stay as they are."


def _unclaimed(numbers: tuple[str, ...]) -> str:
    named = some(numbers, UNCLAIMED_NAMED)
    if len(numbers) == 1:
        return f"1 number is of no block of its location ({named}); it stays where it is."
    return f"{len(numbers)} numbers are of no block of their location ({named}); they stay."


def _on_order(numbers: int, how: str, apply: str) -> str:
    be, them = ("is", "it") if numbers == 1 else ("are", "them")
    return f"{count(numbers, 'number')} {be} {how}; apply {apply} for {them}."
