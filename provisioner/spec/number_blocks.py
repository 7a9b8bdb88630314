"""Live numbers as the blocks of a spec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from provisioner.resource_type import ResourceType
from provisioner.spec.fitness import misfit
from provisioner.spec.writing import Flow, Listing

CODE = slice(2, 5)
"""Of an E.164 number, what comes after +1."""
BY_CODE = ("toll_free", "area_code")
"""The kinds that a number's first digits decide; toll-free codes are no area codes."""
BY_NAME = "telephone_numbers"


Block = Flow | Listing
Blocks = Callable[[Iterable[str], ResourceType], list[Block]]
"""What the E.164 numbers of a location are in a spec; those that `has_code` refuses are not."""


def counted_blocks(numbers: Iterable[str], resource_type: ResourceType) -> list[Block]:
    """How many there are of each code, in the order of the codes."""
    kinds = {each: _kind_of(each, resource_type) for each in numbers}
    counts = Counter((number[CODE], kind) for number, kind in kinds.items() if kind)
    most = resource_type.field_named("quantity").maximum or 0
    return [
        {kind: code, "quantity": min(count, most)} for (code, kind), count in sorted(counts.items())
    ]


def listed_blocks(numbers: Iterable[str], resource_type: ResourceType) -> list[Block]:
    """Just these numbers, in as few blocks as can be."""
    listed = sorted(each for each in numbers if has_code(each, resource_type))
    most = resource_type.field_named(BY_NAME).maximum or 1
    return [Listing(BY_NAME, listed[start : start + most]) for start in range(0, len(listed), most)]


def has_code(number: str, resource_type: ResourceType) -> bool:
    return _kind_of(number, resource_type) != ""


def _kind_of(number: str, resource_type: ResourceType) -> str:
    """The key of the block that counts this number, or ""."""
    code = number[CODE]
    rows = [resource_type.field_named(name) for name in BY_CODE]
    return next(
        (
            row.name
            for row in rows
            if not misfit(row, code) and row.matches and row.matches(number, code)
        ),
        "",
    )
