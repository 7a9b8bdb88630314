"""Waiting out the time in which lists may lag behind what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from provisioner.account.clock import Clock
from provisioner.errors import LostAnswer, Rejected, Unauthorized, Unreachable, Unreadable

LOOK_FIRST, LOOK_GROWTH, LOOK_LONGEST = 0.5, 2.0, 8.0

Found = TypeVar("Found")


async def look_until_settled(
    look: Callable[[], Awaitable[Found | None]], settle: float, clock: Clock
) -> Found | None:
    """What `look` finds, looked for again with growing pauses until `settle` seconds have gone."""
    deadline = clock.monotonic() + settle
    delay = LOOK_FIRST
    while True:
        found = await look()
        remaining = deadline - clock.monotonic()
        if found is not None or remaining <= 0:
            return found
        await clock.sleep(min(delay, remaining))
        delay = min(delay * LOOK_GROWTH, LOOK_LONGEST)


async def look_for_lost(
    look: Callable[[], Awaitable[Found | None]], settle: float, clock: Clock, what: str
) -> Found | None:
    """`look_until_settled` after an answer was lost; `what` may have been done then.

    Raises LostAnswer where it cannot be looked for: that a look was refused does not mean that
    nothing was done before.
    """
    try:
        return await look_until_settled(look, settle, clock)
    except (Rejected, Unauthorized, Unreachable, Unreadable) as error:
        raise LostAnswer(f"{what}, and it could not be looked for: {error}") from None
