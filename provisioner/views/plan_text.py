"""The plan as text: what a reviewer reads before anything happens.

Resources stand as in a tree (applications, then site by site), each with its full address, so
that a line found by a search says where it belongs. Unchanged ones are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.model import Address, Secret
from provisioner.planning.plan import Action, AttributeChange, Change, Plan, Verb
from provisioner.resource_type import Shape, Types
from provisioner.views.arrangement import arranged, paragraph_of
from provisioner.views.layout import paragraphs, wrap
from provisioner.views.problems import problem_lines
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import (
    attributes_of,
    consequence,
    count,
    deed,
    noun,
    printable,
    value_text,
)

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.ORDER: "+",
    Action.NO_OP: " ",
}
STYLES = {
    Action.CREATE: Style.CREATE,
    Action.UPDATE: Style.UPDATE,
    Action.DELETE: Style.DELETE,
    Action.ORDER: Style.BUY,
    Action.NO_OP: Style.QUIET,
}
INDENT = " " * 6
NOTHING_TO_DO = "No changes. The account has everything that the spec declares."
NOTHING_BUT_ORDERS = "No changes. What the account does not have yet is on order."


def render_plan(
    plan: Plan, types: Types, *, width: int, verbose: bool = False, paint: Paint = plain
) -> str:
    """The plan in lines of at most `width` where words allow it. The last line is stable:
    `Plan: 6 to create, 0 to change, 0 to delete, 1 number to order.` or `No changes. ...`."""
    heading = f"Plan for account {plan.account} at {plan.origin}"
    return paragraphs(
        (
            [paint(Style.STRONG, heading)],
            *_change_paragraphs(plan, types, width, verbose, paint),
            *(problem_lines(each, paint=paint, width=width) for each in plan.warnings),
            [*_notes(plan, width, verbose), paint(Style.STRONG, closing_line(plan))],
        )
    )


def closing_line(plan: Plan) -> str:
    if not plan.has_changes:
        return NOTHING_BUT_ORDERS if plan.in_flight or plan.back_ordered else NOTHING_TO_DO
    summary = plan.summary
    return (
        f"Plan: {summary.create} to create, {summary.update} to change, "
        f"{summary.delete} to delete, {count(summary.numbers_to_order, 'number')} to order."
    )


def _change_paragraphs(
    plan: Plan, types: Types, width: int, verbose: bool, paint: Paint
) -> Iterator[list[str]]:
    shown = {
        change.address: change
        for change in plan.changes
        if verbose or change.action is not Action.NO_OP or change.reason
    }
    together: dict[Address, list[Change]] = {}
    for address in arranged(shown, types):
        together.setdefault(paragraph_of(address, types), []).append(shown[address])
    for changes in together.values():
        yield [
            line
            for change in _as_they_run(changes)
            for line in _change_lines(change, types, width, paint)
        ]


def _as_they_run(changes: list[Change]) -> list[Change]:
    """What is taken away goes first, and in reverse: MMS before the SMS that it needs."""
    deletes = [change for change in changes if change.action is Action.DELETE]
    others = [change for change in changes if change.action is not Action.DELETE]
    return [*reversed(deletes), *others]


def _change_lines(change: Change, types: Types, width: int, paint: Paint) -> Iterator[str]:
    first = f"  {SYMBOLS[change.action]} "
    for line in wrap(_headline(change, types), width=width, first=first, rest=INDENT):
        yield paint(STYLES[change.action], line)
    yield from _attribute_lines(_rows(change, types), width)
    for remark in _remarks(change, types):
        for line in wrap(f"# {remark}", width=width, first=INDENT, rest=f"{INDENT}  "):
            yield paint(Style.QUIET, line)


def _headline(change: Change, types: Types) -> str:
    match change.action:
        case Action.NO_OP:
            return f"{noun(change.address, types)} (unchanged)"
        case Action.ORDER:
            return f"{deed(change, Verb.ORDER, types)} (billed)"
        case action:
            return deed(change, Verb(action.value), types)


def _remarks(change: Change, types: Types) -> Iterator[str]:
    if change.action is Action.DELETE:
        yield consequence(change.address, types)
    if change.action is Action.ORDER and (amounts := _amounts(change)):
        yield amounts
    if change.reason:
        yield printable(change.reason)


def _amounts(change: Change) -> str:
    """What is declared and what counts already; nothing where all of it is still to order."""
    amounts = {each.path: each for each in change.attributes}
    quantity, in_flight = amounts["quantity"], amounts.get("in_flight")
    counted = []
    if quantity.before:
        counted.append(f"{value_text(quantity.before)} there")
    if in_flight:
        counted.append(f"{value_text(in_flight.before)} on order already")
    return ", ".join([f"{value_text(quantity.after)} declared", *counted]) if counted else ""


def _rows(change: Change, types: Types) -> list[tuple[str, tuple[str, ...]]]:
    """The attributes to show, in the order of the type's fields: path, and the values to join
    by arrows."""
    if change.action is Action.UPDATE:
        return [(each.path, _before_and_after(each)) for each in change.attributes]
    if change.action is Action.ORDER:
        return _order_options(change, types)
    if change.action is Action.DELETE or types[change.address.type].shape is Shape.LINK:
        return []
    return [
        (each.path, (value_text(each.after),))
        for each in change.attributes
        if not _repeats_label(change, each)
    ]


def _before_and_after(attribute: AttributeChange) -> tuple[str, ...]:
    if isinstance(attribute.after, Secret):
        return (f"{value_text(attribute.after)}, sent again",)
    return value_text(attribute.before), value_text(attribute.after)


def _repeats_label(change: Change, attribute: AttributeChange) -> bool:
    return attribute.path == "name" and attribute.after == change.address.path[-1]


def _order_options(change: Change, types: Types) -> list[tuple[str, tuple[str, ...]]]:
    """What a block says beyond its kind and its quantity, where it is not the usual."""
    attributes = attributes_of(change)
    return [
        (row.name, (value_text(attributes[row.name]),))
        for row in types[change.address.type].spec_fields
        if row.default is not None
        and row.name in attributes
        and attributes[row.name] != row.default
    ]


def _attribute_lines(rows: list[tuple[str, tuple[str, ...]]], width: int) -> Iterator[str]:
    """`key  value` with the values in one column; members of a group below its name."""
    keys = {path: f"{'  ' * path.count('.')}{path.rpartition('.')[2]}" for path, _ in rows}
    size = max(map(len, keys.values()), default=0)
    group = ""
    for path, values in rows:
        if path.rpartition(".")[0] != group:
            group = path.rpartition(".")[0]
            if group:
                yield f"{INDENT}{group}"
        first = f"{INDENT}{keys[path]:{size}}  "
        rest = " " * len(first)
        text = " → ".join(values)
        if len(first) + len(text) <= width or len(values) == 1:
            yield from wrap(text, width=width, first=first, rest=rest)
        else:
            yield from wrap(values[0], width=width, first=first, rest=rest)
            yield from wrap(values[1], width=width, first=f"{rest[:-2]}→ ", rest=rest)


def _notes(plan: Plan, width: int, verbose: bool) -> Iterator[str]:
    summary = plan.summary
    if summary.no_op and not verbose:
        yield f"{count(summary.no_op, 'resource')} unchanged."
    if plan.unmanaged:
        yield from wrap(_unmanaged(summary.unmanaged), width=width)
        if verbose:
            yield from (f"    {printable(str(address))}" for address in plan.unmanaged)
    if plan.in_flight:
        yield from wrap(_on_order(plan.in_flight, "on order already", "waits"), width=width)
    if plan.back_ordered:
        yield from wrap(_on_order(plan.back_ordered, "on back order", "does not wait"), width=width)


def _unmanaged(number: int) -> str:
    if number == 1:
        return "1 resource in the account is not in the spec; it stays as it is."
    return f"{number} resources in the account are not in the spec; they stay as they are."


def _on_order(numbers: int, how: str, apply: str) -> str:
    be, them = ("is", "it") if numbers == 1 else ("are", "them")
    return f"{count(numbers, 'number')} {be} {how}; apply {apply} for {them}."
