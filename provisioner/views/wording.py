"""Resources, changes and values in words. What a type is called follows from its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioner.model import Address, Attributes, Secret, Value
from provisioner.planning.numbers import describe_kind
from provisioner.planning.plan import (
    Change,
    Verb,
    numbers_named,
    numbers_to_assign,
    numbers_to_order,
)
from provisioner.resource_type import ResourceType, Shape, Types

NOT_SET = "(not set)"
MOST_NUMBERS = 5


@dataclass(frozen=True, slots=True)
class Phrase:
    """A verb as it is told before, while and after it happens; `link` joins thing and place."""

    before: str
    during: str
    after: str
    link: str = "on"


CREATE = Phrase("create", "creating", "created")
UPDATE = Phrase("change", "changing", "changed")
DELETE = Phrase("delete", "deleting", "deleted")
ASSIGN = Phrase("assign", "assigning", "assigned", link="to")

PHRASES: Mapping[tuple[Shape, Verb], Phrase] = {
    (Shape.NAMED, Verb.CREATE): CREATE,
    (Shape.NAMED, Verb.UPDATE): UPDATE,
    (Shape.NAMED, Verb.DELETE): DELETE,
    (Shape.FEATURE, Verb.CREATE): Phrase("enable", "enabling", "enabled"),
    (Shape.FEATURE, Verb.UPDATE): UPDATE,
    (Shape.FEATURE, Verb.DELETE): Phrase("disable", "disabling", "disabled"),
    (Shape.LINK, Verb.CREATE): ASSIGN,
    (Shape.LINK, Verb.UPDATE): ASSIGN,
    (Shape.LINK, Verb.DELETE): Phrase("unassign", "unassigning", "unassigned", link="from"),
    (Shape.BLOCKS, Verb.ORDER): Phrase("order", "ordering", "ordered", link="for"),
    (Shape.BLOCKS, Verb.MOVE): Phrase("move", "moving", "moved", link="to"),
    (Shape.MEMBERSHIP, Verb.ASSIGN): Phrase("assign", "assigning", "assigned", link="at"),
    (Shape.BLOCKS, Verb.RELEASE): Phrase("release", "releasing", "released", link="from"),
    (Shape.BLOCKS, Verb.CLOSE): Phrase("close", "closing", "closed", link="for"),
    (Shape.BLOCKS, Verb.AWAIT): Phrase("wait for", "waiting for", "received", link="for"),
}

CONSEQUENCES: Mapping[Shape, str] = {
    Shape.NAMED: "It is gone for good.",
    Shape.FEATURE: "{title} is switched off for all numbers of the {parent}.",
    Shape.LINK: "The {parent} has no {target} from then on.",
}


def phrase(change: Change, verb: Verb, types: Types) -> Phrase:
    return PHRASES[types[change.address.type].shape, verb]


def deed(change: Change, verb: Verb, types: Types) -> str:
    """What is to be done: "create site Raleigh", "order 2 numbers in area code 910 for ..."."""
    return f"{phrase(change, verb, types).before} {thing(change, verb, types)}"


def thing(change: Change, verb: Verb, types: Types) -> str:
    """What it is done to, with its place: "application Production Server to Raleigh/East"."""
    resource_type = types[change.address.type]
    link = phrase(change, verb, types).link
    match resource_type.shape:
        case Shape.NAMED:
            return noun(change.address, types)
        case Shape.FEATURE:
            return f"{resource_type.title} {link} {place(change.address, types)}"
        case Shape.LINK:
            return f"{target(change, resource_type)} {link} {place(change.address, types)}"
        case Shape.BLOCKS:
            bought = f"{numbers_phrase(change, verb)} {kind_of_numbers(change, verb, types)}"
            return f"{bought} {link} {place(change.address, types)}"
        case Shape.MEMBERSHIP:
            return f"{_assigned(change, verb)} {link} {place(change.address, types)}"


def noun(address: Address, types: Types) -> str:
    """A resource by its address alone: "site Raleigh", "SMS on Raleigh/Messaging East"."""
    resource_type = types[address.type]
    match resource_type.shape:
        case Shape.NAMED:
            return printable(str(address))
        case Shape.FEATURE:
            return f"{resource_type.title} on {place(address, types)}"
        case Shape.LINK:
            return f"{linked_type(resource_type)} assignment on {place(address, types)}"
        case Shape.BLOCKS:
            label = printable(address.path[-1])
            return f"{address.type} ({label}) for {place(address, types)}"
        case Shape.MEMBERSHIP:
            return f"{address.type} {printable(address.path[-1])} at {place(address, types)}"


def deed_on_several(changes: Sequence[Change], verb: Verb, types: Types) -> str:
    """What is to be done to several that are alike: "enable SMS on 198 sippeers"."""
    first = changes[0]
    resource_type = types[first.address.type]
    words = phrase(first, verb, types)
    places = count(len(changes), resource_type.parent)
    match resource_type.shape:
        case Shape.NAMED:
            return f"{words.before} {count(len(changes), resource_type.name)}"
        case Shape.FEATURE:
            return f"{words.before} {resource_type.title} {words.link} {places}"
        case Shape.LINK:
            return f"{words.before} {target(first, resource_type)} {words.link} {places}"
        case Shape.BLOCKS:
            bought = f"{numbers_phrase(first, verb)} {kind_of_numbers(first, verb, types)}"
            return f"{words.before} {bought} {words.link} each of {places}"
        case Shape.MEMBERSHIP:
            return f"{words.before} {_assigned(first, verb)} {words.link} each of {places}"


def noun_of_several(addresses: Sequence[Address], types: Types) -> str:
    """Several resources of one type: "12 sites", "SMS on 12 sippeers"."""
    resource_type = types[addresses[0].type]
    places = count(len(addresses), resource_type.parent)
    match resource_type.shape:
        case Shape.NAMED:
            return count(len(addresses), resource_type.name)
        case Shape.FEATURE:
            return f"{resource_type.title} on {places}"
        case Shape.LINK:
            return f"{linked_type(resource_type)} assignment on {places}"
        case Shape.BLOCKS:
            label = printable(addresses[0].path[-1])
            return f"{addresses[0].type} ({label}) for {places}"
        case Shape.MEMBERSHIP:
            return f"{addresses[0].type} {printable(addresses[0].path[-1])} at {places}"


def place(address: Address, types: Types) -> str:
    """The path of the resource that a feature, a link or a block belongs to."""
    path = address.path[:-1] if types[address.type].has_label else address.path
    return printable("/".join(path))


def location(address: Address, types: Types) -> str:
    """The path of the named resource that a change is about: a sippeer's for its features."""
    is_named = types[address.type].shape is Shape.NAMED
    return printable("/".join(address.path)) if is_named else place(address, types)


def target(change: Change, resource_type: ResourceType) -> str:
    """What a link points to (for a delete: pointed to)."""
    attributes = attributes_of(change)
    addresses = [value for value in attributes.values() if isinstance(value, Address)]
    return printable(str(addresses[0])) if addresses else linked_type(resource_type)


def linked_type(resource_type: ResourceType) -> str:
    return next(row.refers_to for row in resource_type.fields if row.refers_to)


def attributes_of(change: Change) -> Attributes:
    resource = change.after or change.before
    return resource.attributes if resource else {}


def numbers_phrase(change: Change, verb: Verb) -> str:
    if verb is Verb.AWAIT:
        return "numbers"
    if verb is Verb.CLOSE:
        return "back order"
    told = numbers_to_order(change) + len(numbers_named(change)) + numbers_to_assign(change)
    return count(told, "number")


def membership(change: Change) -> str:
    """What numbers are put on: "campaign C1"."""
    return printable(f"{change.address.type} {attributes_of(change)[change.address.type]}")


def _assigned(change: Change, verb: Verb) -> str:
    """ "campaign C1 to 3 numbers"."""
    return f"{membership(change)} to {numbers_phrase(change, verb)}"


def kind_of_numbers(change: Change, verb: Verb, types: Types) -> str:
    """ "in area code 910"; of listed numbers, which: of an order only those that it is for."""
    attributes = attributes_of(change)
    listed = attributes.get("telephone_numbers")
    if verb is Verb.CLOSE:
        return printable(str(attributes["order_id"]))
    if verb is Verb.ORDER:
        listed = attributes.get("ordered_numbers", listed)
    if isinstance(listed, tuple):
        return f"({some(listed, MOST_NUMBERS)})"
    return printable(f"in {describe_kind(types[change.address.type], attributes)}")


def consequence(address: Address, types: Types) -> str:
    """What a delete means for whoever uses it."""
    resource_type = types[address.type]
    linked = linked_type(resource_type) if resource_type.shape is Shape.LINK else ""
    return CONSEQUENCES[resource_type.shape].format(
        title=resource_type.title, parent=resource_type.parent, target=linked
    )


def value_text(value: Value | None) -> str:
    match value:
        case None:
            return NOT_SET
        case bool():
            return "true" if value else "false"
        case Secret() | int():
            return str(value)
        case Address():
            return printable("/".join(value.path))
        case tuple():
            return some(value, MOST_NUMBERS)
        case str():
            text = printable(value)
            return f'"{text}"' if text != text.strip() or not text else text


def printable(text: str) -> str:
    """The text with its control characters spelled out: a name in the account must not be able
    to move the cursor or to start a line of its own."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def count(number: int, thing_counted: str) -> str:
    return f"{number} {thing_counted}" if number == 1 else f"{number} {thing_counted}s"


def numbers_so_far(came: int, asked: int | None) -> str:
    """ "2 of 3 numbers", or "2 numbers" where nobody says how many were ordered."""
    return count(came, "number") if asked is None else f"{came} of {count(asked, 'number')}"


def some(texts: Sequence[str], most: int) -> str:
    """The first of the texts, and how many more there are."""
    shown = ", ".join(texts[:most])
    return f"{shown} and {len(texts) - most} more" if len(texts) > most else shown


def duration(elapsed: float) -> str:
    """Elapsed seconds, short: `2.1s`, `3m07s`, `1h02m`."""
    elapsed = round(elapsed, 1)
    if elapsed < 60:
        return f"{elapsed:.1f}s"
    minutes, rest = divmod(int(elapsed), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m"


def seconds(elapsed: float) -> str:
    """The same for sentences: `2.1 s`, `3m07s`."""
    return f"{elapsed:.1f} s" if elapsed < 60 else duration(elapsed)


def whole_seconds(estimated: float) -> str:
    """What nobody knows to the tenth: `13 s`, `3m07s`."""
    return f"{estimated:.0f} s" if estimated < 60 else duration(estimated)
