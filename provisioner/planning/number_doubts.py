"""What is said of numbers that are not where they were expected. A function for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.errors import Problem, Severity
from provisioner.model import DesiredState, LiveState
from provisioner.planning.claims import Claims, listed_numbers
from provisioner.planning.plan import Change

MOST_NAMED = 10


def moves_refused(
    changes: Iterable[Change], claims: Claims, desired: DesiredState
) -> Iterator[Problem]:
    """A number that one block lists and that another would lack on its own location."""
    listed = listed_numbers(desired.resources[change.address] for change in _of_blocks(changes))
    for number, holder in sorted(claims.needed.items()):
        block = listed[number]
        yield Problem(
            Severity.ERROR,
            "number-claimed-elsewhere",
            "Two blocks want one number",
            f"{block} lists {number}, but it is on the location of {holder}, which would be one "
            "short without it. Lower the quantity there, or take the number out of the list.",
            desired.origin(block, number),
        )


def numbers_in_doubt(claims: Claims, desired: DesiredState) -> Iterator[Problem]:
    """Numbers that count for a block because nobody can tell that they are not of it."""
    for block, numbers in sorted(claims.doubtful.items()):
        yield Problem(
            Severity.WARNING,
            "numbers-in-doubt",
            "Numbers of which nobody can tell",
            f"The account does not say whether {named_numbers(numbers)} {_are(numbers)} of "
            f"{block}. Nothing is bought for what may be there already. If not, list them as "
            "`telephone_numbers` in a block of their own.",
            desired.origin(block),
        )


def numbers_nowhere(live: LiveState, desired: DesiredState) -> Iterator[Problem]:
    """Listed numbers that the account has, without saying where."""
    lost = {number for number, place in live.whereabouts.items() if not place}
    for number, block in sorted(listed_numbers(desired.resources.values()).items()):
        if number in lost:
            yield Problem(
                Severity.WARNING,
                "number-nowhere",
                "The account does not say where a number is",
                f"{block} lists {number}, which the account may have already. It is neither "
                "ordered nor moved.",
                desired.origin(block, number),
            )


def back_orders_left(
    changes: Iterable[Change], live: LiveState, desired: DesiredState
) -> Iterator[Problem]:
    """Open back orders that would bring numbers which no block asks for any more."""
    lacking = {
        live.order_keys[change.address]
        for change in _of_blocks(changes)
        if change.address in live.order_keys
        and change.count is not None
        and change.count.there + change.count.moving < change.count.declared
    }
    origins = {key: desired.origin(block) for block, key in live.order_keys.items()}
    for order_id, name in sorted(live.back_orders.items()):
        key = name.rpartition("-")[0]
        if key not in lacking:
            yield Problem(
                Severity.WARNING,
                "back-order-left",
                "A back order that no block asks for",
                f"Order {order_id} waits for numbers that no block asks for any more; what it "
                f"brings is billed. Close it: provisioner release --order {order_id}",
                origins.get(key),
            )


def _of_blocks(changes: Iterable[Change]) -> Iterator[Change]:
    return (change for change in changes if change.count is not None)


def named_numbers(numbers: tuple[str, ...]) -> str:
    shown = ", ".join(numbers[:MOST_NAMED])
    more = len(numbers) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _are(numbers: tuple[str, ...]) -> str:
    return "is" if len(numbers) == 1 else "are"
