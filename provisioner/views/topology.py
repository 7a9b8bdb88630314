"""How what is declared hangs together: sites with their sippeers, and the applications they use.

Built from the plan's changes, the unchanged ones included. Neighbours that are alike in all but
their names are one node, or a fleet of a thousand would be a picture of nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from provisioner.model import Address, Resource
from provisioner.planning.plan import Action, Change, Plan, numbers_to_move
from provisioner.resource_type import Shape, Types, lineage, parent_address
from provisioner.views.actions import TELLINGS
from provisioner.views.arrangement import arranged, paragraph_of
from provisioner.views.entries import FEWEST_ALIKE
from provisioner.views.wording import count, membership, printable

SYMBOLS = {telling.symbol for telling in TELLINGS.values()} - {" "}


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """To what it belongs, and whether that is new, gone, or as it was (NO_OP)."""

    target: Address
    action: Action


@dataclass(frozen=True, slots=True)
class Node:
    """One named resource, or several alike. `notes` tell of what hangs on it: "+ SMS"."""

    addresses: tuple[Address, ...]
    action: Action
    notes: tuple[str, ...]
    links: tuple[Link, ...]
    children: tuple[Node, ...]

    @property
    def label(self) -> str:
        """Its own name, or how many they are."""
        first = self.addresses[0]
        several = len(self.addresses) > 1
        return count(len(self.addresses), first.type) if several else printable(first.path[-1])

    @property
    def is_touched(self) -> bool:
        return self.action is not Action.NO_OP or any(note[0] in SYMBOLS for note in self.notes)


def topology(plan: Plan, types: Types) -> tuple[Node, ...]:
    """The roots, as a tree is read. Links lead to roots."""
    by_address = {change.address: change for change in plan.changes}
    hanging: dict[Address, list[Change]] = {}
    for address in arranged(by_address, types):
        hanging.setdefault(paragraph_of(address, types), []).append(by_address[address])
    links = {owner: tuple(sorted(_links(changes, types))) for owner, changes in hanging.items()}
    targets = {link.target for several in links.values() for link in several}
    named = {each for owner in hanging for each in lineage(owner, types)} | targets
    below: dict[Address | None, list[Address]] = {}
    for address in arranged(named, types):
        below.setdefault(parent_address(address, types), []).append(address)

    def nodes(parent: Address | None) -> tuple[Node, ...]:
        return _gathered(node_of(address) for address in below.get(parent, ()))

    def node_of(address: Address) -> Node:
        change = by_address.get(address)
        changes = hanging.get(address, ())
        return Node(
            (address,),
            change.action if change else Action.NO_OP,
            tuple(_notes(changes, types)),
            links.get(address, ()),
            nodes(address),
        )

    return nodes(None)


def _notes(changes: Sequence[Change], types: Types) -> Iterator[str]:
    numbers: Counter[str] = Counter()
    for change in changes:
        resource_type = types[change.address.type]
        if resource_type.shape is Shape.FEATURE:
            yield _signed(change, resource_type.title)
        if resource_type.shape is Shape.BLOCKS:
            numbers[_symbol(change)] += _quantity(change)
    for symbol, quantity in numbers.items():
        yield f"{symbol} {count(quantity, 'number')}".strip()
    yield from dict.fromkeys(
        _signed(change, membership(change))
        for change in changes
        if types[change.address.type].shape is Shape.MEMBERSHIP
    )


def _quantity(change: Change) -> int:
    """How many are bought or moved where some are, else how many are declared."""
    body = change.after or change.before
    declared = body.attributes.get("quantity", 0) if body else 0
    return len(numbers_to_move(change)) or int(str(declared))


def _signed(change: Change, words: str) -> str:
    return f"{_symbol(change)} {words}".strip()


def _symbol(change: Change) -> str:
    return TELLINGS[change.action].symbol


def _links(changes: Sequence[Change], types: Types) -> Iterator[Link]:
    links = [each for each in changes if types[each.address.type].shape is Shape.LINK]
    for change in links:
        before, after = (_target(each) for each in (change.before, change.after))
        if before == after and after is not None:
            yield Link(after, Action.NO_OP)
        else:
            if before is not None:
                yield Link(before, Action.DELETE)
            if after is not None:
                yield Link(after, Action.CREATE)


def _target(resource: Resource | None) -> Address | None:
    values = resource.attributes.values() if resource else ()
    return next((each for each in values if isinstance(each, Address)), None)


def _gathered(nodes: Iterable[Node]) -> tuple[Node, ...]:
    alike: dict[Hashable, list[Node]] = {}
    for node in nodes:
        alike.setdefault(_likeness(node), []).append(node)
    gathered: list[Node] = []
    for found in alike.values():
        gathered += [_as_one(found)] if len(found) >= FEWEST_ALIKE else found
    return tuple(gathered)


def _likeness(node: Node) -> Hashable:
    children = tuple((_likeness(child), len(child.addresses)) for child in node.children)
    return node.addresses[0].type, node.action, node.notes, node.links, children


def _as_one(nodes: Sequence[Node]) -> Node:
    """Their children too: the n-th of each are alike."""
    first = nodes[0]
    children = (_as_one(same) for same in zip(*(node.children for node in nodes), strict=True))
    addresses = tuple(address for node in nodes for address in node.addresses)
    return Node(addresses, first.action, first.notes, first.links, tuple(children))
