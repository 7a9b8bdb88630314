"""Kinds of number blocks, and how a block is called by what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from provisioner.model import Attributes, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind:
    """One kind of number block: its fields and its order type.

    `fields` maps a key of the spec to the element below `element` that carries it. All of them
    are needed, unless the kind `combines`: then any of them make it, and of `one_of` there is one
    at most, and `needs` maps those that mean nothing alone to what they need.
    """

    name: str
    element: str
    fields: Mapping[str, str]
    widened_by: Mapping[str, str] = field(default_factory=dict)
    """Booleans that let an order take other numbers as well: key of the spec -> element, which is
    always sent."""
    never: frozenset[str] = frozenset()
    """Options that a block of this kind cannot have."""
    combines: bool = False
    one_of: frozenset[str] = frozenset()
    needs: Mapping[str, str] = field(default_factory=dict)

    def is_made_of(self, keys: Set[str]) -> bool:
        if not self.combines:
            return self.fields.keys() == keys
        return (
            bool(keys)
            and self.fields.keys() >= keys
            and len(self.one_of & keys) <= 1
            and all(needed in keys for key, needed in self.needs.items() if key in keys)
        )

    def values(self, attributes: Attributes) -> dict[str, Value]:
        """What a block says of its kind."""
        return {name: attributes[name] for name in self.fields if name in attributes}


def block_label(kind: BlockKind, attributes: Attributes) -> str:
    """The last part of a block's address, such as `area_code=910`.

    Quantity and position are no part of it. Of listed numbers the first tells which block it is,
    for no number is in two.
    """
    return ",".join(f"{name}={_short(value)}" for name, value in kind.values(attributes).items())


def _short(value: Value) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return value[0] if len(value) == 1 else f"{value[0]} and {len(value) - 1} more"
