"""The plan: what is going to happen, as data. `apply` carries out the very one that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.errors import Origin, Problem
from provisioner.model import Address, Resource, Value
from provisioner.planning.numbers import BlockCount


class Action(StrEnum):
    """What happens to one resource. No "replace": nothing here can be re-created safely."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ORDER = "order"
    MOVE = "move"
    ASSIGN = "assign"
    RELEASE = "release"
    CLOSE = "close"
    NO_OP = "no-op"


class Verb(StrEnum):
    """What a step does. AWAIT follows orders to their end that an earlier run placed."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ORDER = "order"
    MOVE = "move"
    ASSIGN = "assign"
    RELEASE = "release"
    CLOSE = "close"
    AWAIT = "await"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute, before and after. None: not there. A Secret stands for a value not shown."""

    path: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource.

    `after` is what is declared and will be sent (None for a delete); for an order its `quantity`
    is the number of numbers to buy, and `ordered_numbers` which, where the block lists them. A
    whole-object update sends the live item with it laid over. `attributes` of a number block are
    `quantity` (there now, declared) and, where orders of it are open, `in_flight` (numbers on
    order now, and after the plan). A move has an address of its own beside its block's, and
    `telephone_numbers`; so has a release, and `release_order` where one is under way already.
    Closing a back order has its `order_id`. An assignment has `telephone_numbers` that are there,
    or the `quantity` of those that come by the orders that it waits for. `count` are a number
    block's numbers. `reason` explains; nothing is ever decided by it.
    """

    action: Action
    address: Address
    before: Resource | None = None
    after: Resource | None = None
    attributes: tuple[AttributeChange, ...] = ()
    reason: str = ""
    count: BlockCount | None = None

    @property
    def body(self) -> Resource:
        """What is sent. Raises ValueError for a change that sends nothing."""
        if self.after is None:
            raise ValueError(f"the {self.action} of {self.address} sends nothing")
        return self.after


@dataclass(frozen=True, slots=True)
class Step:
    """A change to be carried out, and the resources whose steps have to be done before it.

    `origin` is where the files declare it; plans do not differ by that.
    """

    verb: Verb
    change: Change
    waits_for: tuple[Address, ...] = ()
    origin: Origin | None = field(default=None, compare=False)

    @property
    def address(self) -> Address:
        return self.change.address


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a plan. `order` counts blocks, `numbers_to_order` numbers; `unclaimed_numbers`
    are on declared sippeers and of no block."""

    create: int
    update: int
    delete: int
    order: int
    numbers_to_order: int
    numbers_to_move: int
    numbers_to_assign: int
    numbers_to_release: int
    orders_to_close: int
    no_op: int
    unmanaged: int
    unclaimed_numbers: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`changes` by address, unchanged resources included; `steps` in an order that can be run.

    `origin` is scheme, host and port of the API. `in_flight` counts the numbers of orders that
    were placed before and are awaited, `back_ordered` those of orders that are not. `digest`
    names the plan: equal plans, equal digests; no secret goes into it. `unclaimed` are the live
    numbers on declared sippeers that no block asks for, `unmanaged_ids` the server's ids of what
    is `unmanaged`. `left_out` is what would change, and was not chosen.
    """

    origin: str
    account: str
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    unmanaged: tuple[Address, ...] = ()
    warnings: tuple[Problem, ...] = ()
    in_flight: int = 0
    digest: str = ""
    back_ordered: int = 0
    unclaimed: tuple[str, ...] = ()
    unmanaged_ids: Mapping[Address, str] = field(default_factory=dict)
    left_out: tuple[Address, ...] = ()

    @property
    def has_changes(self) -> bool:
        return any(change.action is not Action.NO_OP for change in self.changes)

    @property
    def summary(self) -> Summary:
        count = dict.fromkeys(Action, 0)
        for change in self.changes:
            count[change.action] += 1
        return Summary(
            create=count[Action.CREATE],
            update=count[Action.UPDATE],
            delete=count[Action.DELETE],
            order=count[Action.ORDER],
            numbers_to_order=sum(numbers_to_order(change) for change in self.changes),
            numbers_to_move=sum(len(numbers_to_move(change)) for change in self.changes),
            numbers_to_assign=sum(numbers_to_assign(change) for change in self.changes),
            numbers_to_release=sum(len(numbers_to_release(change)) for change in self.changes),
            orders_to_close=count[Action.CLOSE],
            no_op=count[Action.NO_OP],
            unmanaged=len(self.unmanaged),
            unclaimed_numbers=len(self.unclaimed),
        )


def numbers_to_order(change: Change) -> int:
    """How many numbers this change buys."""
    if change.action is not Action.ORDER:
        return 0
    return int(str(change.body.attributes["quantity"]))


def numbers_to_move(change: Change) -> tuple[str, ...]:
    """The telephone numbers that this change moves."""
    return _named_numbers(change, Action.MOVE)


def numbers_to_release(change: Change) -> tuple[str, ...]:
    """The telephone numbers that this change gives back."""
    return _named_numbers(change, Action.RELEASE)


def _named_numbers(change: Change, action: Action) -> tuple[str, ...]:
    if change.action is not action:
        return ()
    named = change.body.attributes.get("telephone_numbers")
    return named if isinstance(named, tuple) else ()


def numbers_named(change: Change) -> tuple[str, ...]:
    """The telephone numbers that this change is about, where it is about some and no others."""
    return numbers_to_move(change) or numbers_to_release(change)


def numbers_to_assign(change: Change) -> int:
    """How many numbers this change puts on something, those included that are still to come."""
    if change.action is not Action.ASSIGN:
        return 0
    known = named_to_assign(change)
    return len(known) if known else int(str(change.body.attributes["quantity"]))


def named_to_assign(change: Change) -> tuple[str, ...]:
    """The telephone numbers that this change puts on something; none where they are to come."""
    return _named_numbers(change, Action.ASSIGN)
