"""The frozen values that everything else speaks about."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

from provisioner.errors import Origin, Problem
from provisioner.lint import Level


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Names one resource: its type and the labels from the root down to it.

    >>> str(Address("sippeer", ("Raleigh", "Messaging East")))
    'sippeer Raleigh/Messaging East'
    """

    type: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type} {'/'.join(self.path)}"


class Secret:
    """A value that must not be shown. `name` says where it came from and may be shown.

    Only `reveal()` gives the value; `repr`, `str` and format do not, and pickling, copying to
    JSON and the like fail rather than leak.
    """

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def __str__(self) -> str:
        return "(secret)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(hashlib.sha256(self._value.encode()).digest())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")


Value = str | bool | int | tuple[str, ...] | Address | Secret
Attributes = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, desired or live: the same type on both sides, so that like meets like.

    `attributes` are flat: a group's member is written `address.house_number`. On the desired side
    they are what the spec declares and nothing else; on the live side, what could be read.
    """

    address: Address
    attributes: Attributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings beyond which a plan is refused.

    `deletes` counts applications, sites and sippeers; None stands for the usual, which depends on
    whether anything is pruned. `changes_percent` is the share of live resources.
    """

    new_numbers: int = 100
    deletes: int | None = None
    changes_percent: int = 50


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns of addresses: what alone is to be done, and what is not. False where there are
    none."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.targets or self.excludes)


NO_LIMITS = Limits(new_numbers=1_000_000, deletes=1_000_000, changes_percent=100)


@dataclass(frozen=True, slots=True)
class BodyTemplate:
    """A template that a spec brings along for the bodies of one resource type."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What the files say. Everything in it is in the order of the files.

    `absent` holds what is declared to be off (`mms: false`); `pins` the live ids given by `id:`;
    `former_names` the names given by `renamed_from:`; `new` what is said to be no rename;
    `origins` the position of a resource (field path "") and of each of its fields.
    `resend_secrets` asks for write-only values to be sent again, as if they had changed.
    `levels` says of warnings, by code, how seriously to take them. `empty_sources` are the places
    of each `for_each` that had no rows: what it stood for before must not pass for removed.
    `templates` are the spec's own, by resource type. `prune` are the types of which nothing but
    what is declared may be there; `selection` is the part that is meant this time.
    """

    account: str
    resources: Mapping[Address, Resource]
    absent: frozenset[Address] = frozenset()
    pins: Mapping[Address, str] = field(default_factory=dict)
    former_names: Mapping[Address, str] = field(default_factory=dict)
    new: frozenset[Address] = frozenset()
    limits: Limits = Limits()
    origins: Mapping[tuple[Address, str], Origin] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    digest: str = ""
    warnings: tuple[Problem, ...] = ()
    resend_secrets: bool = False
    levels: Mapping[str, Level] = field(default_factory=dict)
    empty_sources: tuple[Origin, ...] = ()
    templates: Mapping[str, BodyTemplate] = field(default_factory=dict)
    prune: frozenset[str] = frozenset()
    selection: Selection = Selection()

    def origin(self, address: Address, field_name: str = "") -> Origin | None:
        """Where a field stands in the files, or else its resource."""
        return self.origins.get((address, field_name)) or self.origins.get((address, ""))


@dataclass(frozen=True, slots=True)
class NumberOrder:
    """A number order that this program placed for a block, as the account tells of it.

    `status` is the service's word (RECEIVED, COMPLETE, ...); `quantity` is what was ordered, None
    where nobody says. `numbers` are the E.164 numbers that it completed and that the account has
    not said to be gone since, `gone` the others; `completed` is how many the service says it
    completed, which may be more than it names. `reason` is what it says about a shortfall;
    `ended_at` is in seconds since 1970, None where nobody says; `settled` that it ended so long
    ago that lists show what came of it. `asked` are the numbers that it is for, where it names
    them.
    """

    id: str
    customer_order_id: str
    status: str
    quantity: int | None
    numbers: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    completed: int = 0
    reason: str = ""
    ended_at: float | None = None
    settled: bool = False
    asked: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Not at its end. A status that is not known counts as open: waiting buys nothing twice."""
        return self.status not in ("COMPLETE", "PARTIAL", "FAILED")

    @property
    def is_back_order(self) -> bool:
        return self.status == "BACKORDERED"

    @property
    def is_awaited(self) -> bool:
        """Open, and not for stock: that may take weeks, and no run waits for it."""
        return self.is_open and not self.is_back_order

    @property
    def brought(self) -> int:
        """How many numbers came of it, whether or not they are still there.

        Until lists can be relied on, what it says of itself counts too, and COMPLETE without a
        word on numbers is taken at its word.
        """
        named = len(self.numbers) + len(self.gone)
        if self.settled:
            return named
        if self.status == "COMPLETE" and not named and not self.completed:
            return self.quantity or 0
        return max(self.completed, named)

    @property
    def unnamed(self) -> int:
        """How many of the numbers that it brought nobody names. In doubt they are there."""
        return self.brought - len(self.numbers) - len(self.gone)

    @property
    def outstanding(self) -> int | None:
        """How many numbers may still come of it, or show; None where nobody says."""
        if self.quantity is None:
            silent = self.status == "COMPLETE" and not self.settled and not self.brought
            return None if self.is_open or silent else 0
        return max(0, self.quantity - self.brought) if self.is_open else 0


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the account has, of what the files declare.

    `ids` are the server's ids. `numbers` are the E.164 numbers on each sippeer that was asked
    for them. `orders` are the orders found for a block, `order_keys` the part of their
    CustomerOrderId that all orders of a block share; a block on a sippeer that does not exist
    yet has none. `facts` are what the account says of a number (its city, state, rate center and
    LATA), where that was asked. `whereabouts` are the telephone numbers that a block lists and the
    account has, though not on the list of the block's sippeer: the id of the sippeer that has the
    number, "" where nobody says. `back_orders` are the open ones on declared sippeers: order id
    -> CustomerOrderId. `as_sent` tells of secrets, by address and field, whether the declared value
    is the one that this program sent last; one that is not in it nobody can tell of. `users` are
    the sippeers that an application is assigned to, where that was asked: id -> "Site/Sippeer".
    `memberships` are the ids of what numbers are on already (a 10DLC campaign), by number, of those
    that the files want on one.
    """

    account: str
    origin: str
    resources: Mapping[Address, Resource]
    ids: Mapping[Address, str]
    numbers: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    orders: Mapping[Address, tuple[NumberOrder, ...]] = field(default_factory=dict)
    order_keys: Mapping[Address, str] = field(default_factory=dict)
    facts: Mapping[str, Attributes] = field(default_factory=dict)
    whereabouts: Mapping[str, str] = field(default_factory=dict)
    back_orders: Mapping[str, str] = field(default_factory=dict)
    as_sent: Mapping[tuple[Address, str], bool] = field(default_factory=dict)
    users: Mapping[Address, Mapping[str, str]] = field(default_factory=dict)
    memberships: Mapping[str, str] = field(default_factory=dict)
    unmanaged: tuple[Address, ...] = ()
    problems: tuple[Problem, ...] = ()
