"""What a plan tells of each change, in words: the part that all its views have in common.

An entry is one change, or many that differ in their place alone. Entries stand in sections: the
applications, then site by site.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from provisioner.model import Address, Secret, Value
from provisioner.planning.numbers import BlockCount
from provisioner.planning.plan import (
    Action,
    AttributeChange,
    Change,
    Plan,
    Verb,
    numbers_to_order,
)
from provisioner.resource_type import Shape, Types, lineage
from provisioner.views.arrangement import arranged, paragraph_of, type_ranks
from provisioner.views.wording import (
    attributes_of,
    consequence,
    count,
    deed,
    deed_on_several,
    location,
    noun,
    noun_of_several,
    printable,
    value_text,
)

GOING = (Action.RELEASE, Action.CLOSE, Action.DELETE)
FEWEST_ALIKE = 5
"""From so many on, changes that differ in their place alone are told together."""


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute. None: nothing is told of that side, as of a secret's."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """`remarks` say why and with what effect, `kept` are attributes that stay as they are,
    `places` where it happens if that is at several."""

    changes: tuple[Change, ...]
    headline: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    kept: tuple[Row, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        return self.changes[0].action

    @property
    def addresses(self) -> tuple[Address, ...]:
        return tuple(change.address for change in self.changes)


@dataclass(frozen=True, slots=True)
class Section:
    """`paragraphs` are entries about one named resource each, or about many."""

    title: str
    paragraphs: tuple[tuple[Entry, ...], ...]

    @property
    def entries(self) -> Iterator[Entry]:
        return (entry for paragraph in self.paragraphs for entry in paragraph)


def entries_of(changes: Iterable[Change], types: Types) -> list[Entry]:
    """An entry for each change, as a tree is read."""
    by_address = {change.address: change for change in changes}
    return [entry_of(by_address[address], types) for address in arranged(by_address, types)]


def worth_telling(plan: Plan) -> list[Change]:
    """What changes, and what does not for a reason."""
    return [change for change in plan.changes if change.action is not Action.NO_OP or change.reason]


def entry_of(change: Change, types: Types) -> Entry:
    return Entry(
        (change,),
        _headline(change, types),
        tuple(_rows(change, types)),
        tuple(_remarks(change, types)),
        tuple(_kept(change, types)),
    )


def told_together(entries: Sequence[Entry], types: Types) -> list[Entry]:
    """Those alike as one: first within a section, then what is left over all of them."""

    def in_its_section(entry: Entry) -> Hashable:
        return section_title(entry.changes[0].address, types), _likeness(entry, types)

    def anywhere(entry: Entry) -> Hashable:
        return _likeness(entry, types)

    within = _merged(entries, in_its_section, types)
    return _merged(within, anywhere, types)


def in_sections(entries: Iterable[Entry], types: Types) -> list[Section]:
    """The entries by section, each paragraph in the order in which its changes are made.

    What is told of several roots comes before the roots of that type.
    """
    ranks = type_ranks(types)
    found: dict[str, dict[Address | None, list[Entry]]] = {}
    places: dict[str, tuple[int, bool]] = {}
    for entry in entries:
        titles = {section_title(address, types) for address in entry.addresses}
        of_one = len(titles) == 1
        title = titles.pop() if of_one else _title_of_several(entry, types)
        address = paragraph_of(entry.addresses[0], types) if len(entry.changes) == 1 else None
        found.setdefault(title, {}).setdefault(address, []).append(entry)
        places[title] = (ranks[lineage(entry.addresses[0], types)[-1].type], of_one)
    return [
        Section(title, tuple(_ordered(found[title], types)))
        for title in sorted(found, key=places.__getitem__)
    ]


def section_title(address: Address, types: Types) -> str:
    """A root that others are part of has a section of its own, the rest one for their type."""
    root = lineage(address, types)[-1]
    if any(each.parent == root.type for each in types.values()):
        return printable(f"{root.type.capitalize()} {root.path[0]}")
    return types[root.type].title


def _title_of_several(entry: Entry, types: Types) -> str:
    return f"Several {lineage(entry.addresses[0], types)[-1].type}s"


def _ordered(
    paragraphs: dict[Address | None, list[Entry]], types: Types
) -> Iterator[tuple[Entry, ...]]:
    """The section's root first, then what is told of many, then one resource after the other."""
    ranks = type_ranks(types)
    for address in sorted(paragraphs, key=_rank_of_paragraph):
        entries = paragraphs[address]
        if address is None:
            entries.sort(key=lambda entry: ranks[entry.addresses[0].type])
        yield tuple(_as_they_run(entries))


def _rank_of_paragraph(address: Address | None) -> int:
    if address is None:
        return 1
    return 0 if len(address.path) == 1 else 2


def _as_they_run(entries: list[Entry]) -> list[Entry]:
    """What is taken away goes first, and in reverse: numbers, then MMS before the SMS it needs."""
    going = [entry for entry in entries if entry.action in GOING]
    others = [entry for entry in entries if entry.action not in GOING]
    return [*reversed(going), *others]


def _merged(
    entries: Sequence[Entry], likeness: Callable[[Entry], Hashable], types: Types
) -> list[Entry]:
    alike: dict[Hashable, list[Entry]] = {}
    for entry in entries:
        alike.setdefault(likeness(entry), []).append(entry)
    merged: dict[Hashable, Entry] = {
        key: _as_one(found, types)
        for key, found in alike.items()
        if len(found) >= FEWEST_ALIKE and not _stands_alone(found[0], types)
    }
    told: list[Entry] = []
    for entry in entries:
        key = likeness(entry)
        if key not in merged:
            told.append(entry)
        elif alike[key][0] is entry:
            told.append(merged[key])
    return told


def _stands_alone(entry: Entry, types: Types) -> bool:
    """What is gone for good is named one by one, and what was merged is merged."""
    is_gone = entry.action is Action.DELETE and _shape(entry, types) is Shape.NAMED
    return is_gone or len(entry.changes) > 1


def _likeness(entry: Entry, types: Types) -> Hashable:
    if len(entry.changes) > 1:
        return entry.addresses
    return _headline_of_several(entry.changes, types), entry.rows, entry.remarks


def _as_one(entries: Sequence[Entry], types: Types) -> Entry:
    changes = tuple(change for entry in entries for change in entry.changes)
    first, remarks = entries[0], list(entries[0].remarks)
    if first.action is Action.ORDER:
        remarks.insert(0, f"{count(sum(map(numbers_to_order, changes)), 'number')} in all")
    return Entry(
        changes,
        _headline_of_several(changes, types),
        first.rows,
        tuple(remarks),
        places=tuple(location(change.address, types) for change in changes),
    )


def _shape(entry: Entry, types: Types) -> Shape:
    return types[entry.changes[0].address.type].shape


def _headline(change: Change, types: Types) -> str:
    match change.action:
        case Action.NO_OP:
            return f"{noun(change.address, types)} (unchanged)"
        case Action.ORDER:
            return f"{deed(change, Verb.ORDER, types)} (billed)"
        case action:
            return deed(change, Verb(action.value), types)


def _headline_of_several(changes: Sequence[Change], types: Types) -> str:
    match changes[0].action:
        case Action.NO_OP:
            return f"{noun_of_several([each.address for each in changes], types)} (unchanged)"
        case Action.ORDER:
            return f"{deed_on_several(changes, Verb.ORDER, types)} (billed)"
        case action:
            return deed_on_several(changes, Verb(action.value), types)


def _remarks(change: Change, types: Types) -> Iterator[str]:
    if change.action is Action.DELETE:
        yield consequence(change.address, types)
    if change.count is not None and (amounts := _amounts(change.count)):
        yield amounts
    if change.reason:
        yield printable(change.reason)


def _amounts(numbers: BlockCount) -> str:
    """What is declared and what counts already; nothing where all of it is still to order."""
    counted = {
        "there": numbers.there,
        "on order already": numbers.in_flight,
        "to move here": numbers.moving,
    }
    told = [f"{number} {words}" for words, number in counted.items() if number]
    return ", ".join([f"{numbers.declared} declared", *told]) if told else ""


def _rows(change: Change, types: Types) -> Iterator[Row]:
    """The attributes that differ, in the order of the type's fields."""
    is_link = types[change.address.type].shape is Shape.LINK
    if change.action is Action.UPDATE:
        yield from map(_difference, change.attributes)
    elif change.action is Action.ORDER:
        yield from _order_options(change, types)
    elif change.action is Action.CREATE and not is_link:
        for each in change.attributes:
            if not _repeats_label(change, each.path, each.after):
                yield Row(each.path, None, value_text(each.after))


def _difference(attribute: AttributeChange) -> Row:
    if isinstance(attribute.after, Secret):
        return Row(attribute.path, None, f"{value_text(attribute.after)}, sent again")
    return Row(attribute.path, value_text(attribute.before), value_text(attribute.after))


def _order_options(change: Change, types: Types) -> Iterator[Row]:
    """What a block says beyond its kind and its quantity, where it is not the usual."""
    attributes = attributes_of(change)
    for row in types[change.address.type].spec_fields:
        value = attributes.get(row.name)
        if row.default is not None and value is not None and value != row.default:
            yield Row(row.name, None, value_text(value))


def _kept(change: Change, types: Types) -> Iterator[Row]:
    """What an update leaves as it is, and all that an unchanged resource declares."""
    resource_type = types[change.address.type]
    if resource_type.shape is Shape.BLOCKS or change.action not in (Action.UPDATE, Action.NO_OP):
        return
    resource = change.after if change.action is Action.NO_OP else change.before
    changed = {each.path for each in change.attributes}
    for row in resource_type.spec_fields:
        value = resource.attributes.get(row.name) if resource else None
        is_told = row.name in changed or _repeats_label(change, row.name, value)
        if value is not None and not is_told:
            yield Row(row.name, None, value_text(value))


def _repeats_label(change: Change, path: str, value: Value | None) -> bool:
    return path == "name" and value == change.address.path[-1]
