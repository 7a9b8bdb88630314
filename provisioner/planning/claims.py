"""Which live number counts for which block. One number, one block.

Telephone numbers that a block lists are its own, and so is what a block's orders brought. Of the
rest each block takes what it lacks, the longest match first; where two blocks could both have a
number, it goes so that as little as possible has to be bought. What is left over counts as surplus
of the first block that it is of, or for none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model import Address, Attributes, LiveState, Resource
from provisioner.planning.numbers import count_block
from provisioner.resource_type import ResourceType, Types, block_kind, parent_address

Numbers = tuple[str, ...]
Matches = Callable[[str, str], bool | None]


@dataclass(frozen=True, slots=True)
class Claims:
    """What counts for whom: numbers by block, and by sippeer that has blocks those of none.

    `doubtful` are those among a block's numbers of which nobody can tell whether they are of it:
    they are counted so that nothing is bought for them. `needed` are telephone numbers that a
    block somewhere else lists, and that this one would lack.
    """

    numbers: Mapping[Address, Numbers]
    doubtful: Mapping[Address, Numbers]
    unclaimed: Mapping[Address, Numbers]
    needed: Mapping[str, Address]

    def certain(self, block: Address) -> Numbers:
        doubtful = self.doubtful.get(block, ())
        return tuple(each for each in self.numbers[block] if each not in doubtful)


def claim_everywhere(blocks: Iterable[Resource], live: LiveState, types: Types) -> Claims:
    """The claims of all blocks on all sippeers whose numbers were read."""
    blocks = tuple(blocks)
    listed = listed_numbers(blocks)
    bought = {
        number: block.address
        for block in sorted(blocks, key=lambda each: each.address)
        for order in live.orders.get(block.address, ())
        for number in order.numbers
    }
    owners = {**bought, **listed}
    siblings: dict[Address, list[Resource]] = {sippeer: [] for sippeer in live.numbers}
    for block in blocks:
        sippeer = parent_address(block.address, types)
        if sippeer is not None:
            siblings.setdefault(sippeer, []).append(block)
    found = [
        _claim_on(here, live.numbers.get(sippeer, ()), owners, live, types, listed)
        for sippeer, here in siblings.items()
    ]
    return Claims(
        numbers={block: held for each in found for block, held in each.numbers().items()},
        doubtful={block: tuple(held) for each in found for block, held in each.doubtful.items()},
        unclaimed={
            sippeer: tuple(each.unclaimed)
            for sippeer, each in zip(siblings, found, strict=True)
            if siblings[sippeer] and each.unclaimed
        },
        needed={number: block for each in found for number, block in each.needed.items()},
    )


def listed_numbers(blocks: Iterable[Resource]) -> dict[str, Address]:
    """The telephone numbers that blocks ask for by name, and the block of each."""
    return {
        number: block.address
        for block in blocks
        for value in block.attributes.values()
        if isinstance(value, tuple)
        for number in value
    }


@dataclass(frozen=True, slots=True)
class Criteria:
    """What makes a number one of a block's.

    `fields` are name, value and what their digits tell of numbers; `widened` says that numbers
    from around will do as well. A block that lists its numbers has nothing but `listed`.
    """

    fields: tuple[tuple[str, str, Matches | None], ...]
    widened: bool
    listed: frozenset[str]

    def fit(self, number: str, facts: Attributes) -> bool | None:
        """Whether a number is of the block; None where nobody can tell.

        `facts` are what the account says of the number: its city, state, rate center and LATA.
        """
        if self.listed:
            return number in self.listed
        told: set[bool | None] = set()
        for name, value, matches in self.fields:
            by_digits = None if matches is None else matches(number, value)
            fact = facts.get(name)
            told.add(fact == value if by_digits is None and fact else by_digits)
        if told == {True}:
            return True
        return False if False in told and not self.widened else None


def criteria_of(block: Resource, resource_type: ResourceType) -> Criteria:
    kind = block_kind(resource_type, block.attributes)
    values = kind.values(block.attributes)
    return Criteria(
        tuple(
            (name, str(value), resource_type.field_named(name).matches)
            for name, value in values.items()
        ),
        any(block.attributes.get(name) is True for name in kind.widened_by),
        frozenset(n for value in values.values() if isinstance(value, tuple) for n in value),
    )


def _claim_on(
    blocks: Sequence[Resource],
    numbers: Iterable[str],
    owners: Mapping[str, Address],
    live: LiveState,
    types: Types,
    listed: Collection[str],
) -> _Seating:
    """Hands out the numbers of one sippeer. Those that a block elsewhere owns count there."""
    ranked = sorted(blocks, key=lambda block: _rank(block, types))
    own: dict[Address, list[str]] = {block.address: [] for block in ranked}
    free: list[str] = []
    leaving: list[str] = []
    for number in sorted(numbers):
        owner = owners.get(number)
        if owner in own:
            own[owner].append(number)
        elif owner is None:
            free.append(number)
        elif number in listed:
            leaving.append(number)
    seating = _Seating(own, _rooms(ranked, own, live))
    criteria = {each.address: criteria_of(each, types[each.address.type]) for each in ranked}
    fitting = {number: _fitting(criteria, number, live) for number in (*free, *leaving)}
    left = [number for number in free if seating.seat(number, fitting[number].sure) is None]
    for number in leaving:
        holder = seating.seat(number, fitting[number].sure)
        if holder is not None:
            seating.needed[number] = holder
    for number in left:
        seating.add_rest(number, fitting[number])
    return seating


def _rank(block: Resource, types: Types) -> tuple[int, int, Address]:
    """The kinds in their order, then the longest match, then the canonical order of blocks."""
    resource_type = types[block.address.type]
    kind = block_kind(resource_type, block.attributes)
    values = kind.values(block.attributes).values()
    length = sum(len(str(value).rstrip("*")) for value in values)
    return resource_type.kinds.index(kind), -length, block.address


def _rooms(
    blocks: Iterable[Resource], own: Mapping[Address, Sequence[str]], live: LiveState
) -> dict[Address, int]:
    return {
        block.address: count_block(
            block, own[block.address], live.orders.get(block.address, ())
        ).shortfall
        for block in blocks
        if not listed_numbers([block])
    }


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The blocks that a number is of, and those of which nobody can tell; the first comes first."""

    sure: tuple[Address, ...]
    unsure: tuple[Address, ...]


def _fitting(blocks: Mapping[Address, Criteria], number: str, live: LiveState) -> _Fitting:
    facts = live.facts.get(number, {})
    told = [(block, criteria.fit(number, facts)) for block, criteria in blocks.items()]
    return _Fitting(
        tuple(address for address, fits in told if fits),
        tuple(address for address, fits in told if fits is None),
    )


@dataclass(slots=True)
class _Seating:
    """Numbers in the places that blocks have for them.

    Numbers that fit the same blocks are kept together: any of them may make room for another.
    """

    own: dict[Address, list[str]]
    room: dict[Address, int]
    seated: dict[Address, dict[tuple[Address, ...], list[str]]] = field(default_factory=dict)
    surplus: dict[Address, list[str]] = field(default_factory=dict)
    doubtful: dict[Address, list[str]] = field(default_factory=dict)
    unclaimed: list[str] = field(default_factory=list)
    needed: dict[str, Address] = field(default_factory=dict)

    def seat(self, number: str, blocks: tuple[Address, ...]) -> Address | None:
        """The block that has a place for the number, if need be after others have moved on."""
        return self._seat(number, blocks, set())

    def _seat(
        self, number: str, blocks: tuple[Address, ...], tried: set[Address]
    ) -> Address | None:
        place = next((block for block in blocks if self.room[block] > 0), None)
        if place is not None:
            self.room[place] -= 1
        else:
            place = next((block for block in blocks if self._make_room(block, tried)), None)
        if place is not None:
            self.seated.setdefault(place, {}).setdefault(blocks, []).append(number)
        return place

    def _make_room(self, block: Address, tried: set[Address]) -> bool:
        if block in tried:
            return False
        tried.add(block)
        for blocks, held in self.seated.get(block, {}).items():
            if held and self._seat(held[-1], blocks, tried):
                held.pop()
                return True
        return False

    def add_rest(self, number: str, fitting: _Fitting) -> None:
        """Finds what a number that is not needed for sure counts for, if anything."""
        doubted = next((block for block in fitting.unsure if self.room[block] > 0), None)
        if doubted is not None:
            self.room[doubted] -= 1
            self.doubtful.setdefault(doubted, []).append(number)
        elif fitting.sure:
            self.surplus.setdefault(fitting.sure[0], []).append(number)
        else:
            self.unclaimed.append(number)

    def numbers(self) -> dict[Address, Numbers]:
        return {
            block: tuple(
                sorted(
                    (
                        *own,
                        *(n for held in self.seated.get(block, {}).values() for n in held),
                        *self.surplus.get(block, ()),
                        *self.doubtful.get(block, ()),
                    )
                )
            )
            for block, own in self.own.items()
        }
