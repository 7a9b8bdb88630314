"""How a resource type is declared: once, as rows.

From these rows come the JSON Schema, the reader, the comparison and the order of the steps. Only
the Jinja template beside a type's module repeats the element names, and a test renders each body
and reads it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from graphlib import TopologicalSorter

from provisioner.block_kinds import BlockKind
from provisioner.model import Address, Attributes, Value


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBERS = "numbers"
    """A list of telephone numbers; in memory a sorted tuple of E.164 texts."""
    CHOICES = "choices"
    """A list of some of the field's `choices`; in memory a sorted tuple, on the wire an element
    that holds one of its own for each."""
    REFERENCE = "reference"
    """The label of another resource in the spec, an Address in memory, an id on the wire."""
    SECRET = "secret"  # noqa: S105 -- a kind, not a value
    """Sent, never read back, never compared, never shown."""


class Shape(StrEnum):
    """How resources of a type stand in the spec, and what their being there means."""

    NAMED = "named"
    """A mapping of labels; the account finds them by name and gives them ids."""
    FEATURE = "feature"
    """`true`, `false` or settings; at most one a parent, without an id of its own."""
    LINK = "link"
    """The label of another resource; at most one a parent."""
    BLOCKS = "blocks"
    """A list of numbers to have; the account converges towards them by orders."""
    MEMBERSHIP = "membership"
    """The id of something that the numbers of the parent are put on, by orders. A number block may
    name another by a key of the type's name."""


BY_NUMBERS = (Shape.BLOCKS, Shape.MEMBERSHIP)
"""What becomes of these follows from the numbers that are there."""


def first_given(texts: Sequence[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a resource type.

    `name` is its key in the spec; a dot makes it a member of a group. `elements` are the places
    in the item's XML that carry it, as paths below the item's element; where there are several,
    `read` makes one text (or None for "not there") of the texts found. `legacy` are older names
    of the same thing: read as well, but not carried along through an update. `fixed` marks a
    value that is not the spec's to choose: a live one that differs stops the plan.
    """

    name: str
    elements: tuple[str, ...] = ()
    legacy: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    title: str = ""
    description: str = ""
    example: str | bool | int | None = None

    required: bool = False
    """Whoever writes its group, or its resource where it is in none, has to write it."""
    needed_to_create: bool = False
    """May be left out where the resource exists already."""
    min_length: int = 0
    max_length: int | None = None
    documented_length: int | None = None
    """A shorter limit that older guides name: beyond it, a warning."""
    pattern: str | None = None
    format: str | None = None
    """That of JSON Schema, for editors: what is refused, `pattern` says."""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    default: Value | None = None
    instead: tuple[str, ...] = ()
    """Fields that say the same in parts, and never stand beside it. Where it is needed to create,
    the first of them will do."""

    read: Callable[[Sequence[str | None]], str | None] = first_given
    is_mixed: Callable[[str], bool] | None = None
    """Whether what `read` made of several texts stands for values that differ. A spec has one, and
    `instead` for those."""
    normalise: Callable[[str], str] = str.strip
    refers_to: str = ""
    fixed: str | None = None
    shorthand: Value | None = None
    """Its value where the spec says just `true` of a feature."""
    one_a_parent: bool = False
    """A boolean that is true for exactly one resource below each parent."""
    words: str = ""
    """Of number blocks: what stands before its value in sentences, such as "area code"."""
    matches: Callable[[str, str], bool | None] | None = None
    """Of number blocks: whether an E.164 number (the first argument) is of a value, as far as its
    digits tell; None where they do not, and what the account tells of it in `elements` may. Of
    memberships: whether it can be on one."""

    @property
    def group(self) -> str:
        """The key of the group it is a member of, or ""."""
        return self.name.rpartition(".")[0]

    @property
    def in_spec(self) -> bool:
        return self.fixed is None


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the API: method, and path below `/accounts/{account}`.

    `{site}` and the like stand for the ids of the resource and of those it is part of.
    """

    method: str
    path: str


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A resource type: its place in the spec, its fields, its calls and its place in the order.

    `section` is its key in the spec, below the parent's body (or at the top). Of the types of the
    same parent, `after` are those whose steps come first, `needs` those without which the service
    takes none of this type, `holds` those that cannot be switched off while one of this type is
    live. `element` is the item's XML element (`aliases` its other spellings), `id_elements` where
    its id stands. `inlined` is where a list of the parents carries these as well, if the service
    puts them there.
    """

    name: str
    section: str
    shape: Shape
    title: str
    description: str
    fields: tuple[Field, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()

    element: str
    aliases: tuple[str, ...] = ()
    id_elements: tuple[str, ...] = ()
    collection: str = ""
    list_answer: str = ""
    """The root element of an answer to `collection`: anything else is not the list."""
    item: str = ""
    inlined: str = ""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Rows of a list that are of this type: element -> the values that it may have."""
    create: Call
    update: Call | None = None
    replace: Call | None = None
    """Where the service knows no PATCH: the whole object."""
    delete: Call | None = None
    not_sent: tuple[str, ...] = ()
    """What the service adds to an item and does not take back."""
    exists_codes: frozenset[str] = frozenset()
    """Error codes of a refused create that mean "it is there already"."""
    missing_codes: frozenset[str] = frozenset()
    """Error codes that mean "there is none", beside HTTP 404."""
    in_use_codes: frozenset[str] = frozenset()
    """Error codes of a refused removal that mean "something is still on it, or uses it"."""
    users: str = ""
    """Path of the list of the locations that use one, if there is such."""
    parent_missing_codes: frozenset[str] = frozenset()
    """Error codes of a refused create that mean "I do not know what it is part of"."""
    kinds: tuple[BlockKind, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    """Groups that may be left out, but not everywhere: group -> what happens without it."""
    guideline: int | None = None
    """How many of these the vendor advises at most for an account: beyond it, a warning."""

    def field_named(self, name: str) -> Field:
        return next(row for row in self.fields if row.name == name)

    @cached_property
    def spec_fields(self) -> tuple[Field, ...]:
        return tuple(row for row in self.fields if row.in_spec)

    @cached_property
    def refers(self) -> bool:
        """Whether any of its fields is a reference to another resource."""
        return any(row.kind is Kind.REFERENCE for row in self.fields)

    @cached_property
    def kind_keys(self) -> frozenset[str]:
        """The keys of the spec that make the kind of a number block."""
        return frozenset(name for kind in self.kinds for name in kind.fields)

    @property
    def updates_in_part(self) -> bool:
        """Whether an update sends only what changed (PATCH) and not the whole object (PUT)."""
        return self.update is not None and self.update.method == "PATCH"

    def takes(self, number: str) -> bool:
        """Of memberships: whether an E.164 number can be on one at all."""
        (row,) = self.spec_fields
        return row.matches is None or row.matches(number, "") is not False

    @property
    def has_label(self) -> bool:
        """Whether an address of this type ends with a label of its own."""
        return self.shape in (Shape.NAMED, Shape.BLOCKS, Shape.MEMBERSHIP)


Types = Mapping[str, ResourceType]


def parent_address(address: Address, types: Types) -> Address | None:
    """The resource that this one is part of, or None at the root."""
    resource_type = types[address.type]
    if not resource_type.parent:
        return None
    path = address.path[:-1] if resource_type.has_label else address.path
    return Address(resource_type.parent, path)


def lineage(address: Address, types: Types) -> tuple[Address, ...]:
    """The resource and everything it is part of, itself first."""
    found = [address]
    while (parent := parent_address(found[-1], types)) is not None:
        found.append(parent)
    return tuple(found)


def beside(address: Address, other_type: str, types: Types) -> Address:
    """The address of the one resource of a feature or link type below the same parent."""
    resource_type = types[address.type]
    path = address.path[:-1] if resource_type.has_label else address.path
    return Address(other_type, path)


def parts_of(name: str, types: Types) -> tuple[ResourceType, ...]:
    """The types that are part of this one (of "", the roots), in the order of their steps."""
    parts = {each.name: each for each in types.values() if each.parent == name}
    earlier = {part: sorted(parts.keys() & set(each.after)) for part, each in parts.items()}
    return tuple(parts[part] for part in TopologicalSorter(earlier).static_order())


def find_block_kind(resource_type: ResourceType, attributes: Attributes) -> BlockKind | None:
    """The kind of a number block, or None where its keys make none.

    A kind that takes just these keys comes before one that combines any.
    """
    keys = resource_type.kind_keys & attributes.keys()
    possible = [kind for kind in resource_type.kinds if kind.is_made_of(keys)]
    return min(possible, key=lambda kind: kind.combines, default=None)


def block_kind(resource_type: ResourceType, attributes: Attributes) -> BlockKind:
    """The kind of a number block. Raises ValueError where its keys make none."""
    kind = find_block_kind(resource_type, attributes)
    if kind is None:
        raise ValueError(f"{', '.join(attributes)} make no kind of {resource_type.name}")
    return kind
