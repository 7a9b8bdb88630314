"""What happens by itself as time goes on: everything on the agenda that has come due.

There is no timer. Before each request everything due by the clock is settled, in the order and
with the time at which it came due, so that the result does not depend on who asks when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from provisioner.sandbox.memory.agenda import take_next
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory, reservations
from provisioner.sandbox.ordering import (
    changes,
    disconnects,
    fulfilment,
    moves,
    number_options,
    subscriptions,
)
from provisioner.sandbox.traffic.delivery import settle_messages
from provisioner.sandbox.traffic.media import expire_media

_KINDS: Mapping[str, Callable[[str, float, State], None]] = MappingProxyType(
    {
        "order": fulfilment.carry_out,
        "disconnect": disconnects.carry_out,
        "aging": inventory.end_aging,
        "reservation": reservations.expire,
        "restock": lambda _, when, state: fulfilment.fill_back_orders(when, state),
        "processing": changes.begin,
        changes.MOVE: moves.carry_out,
        changes.OPTION: number_options.carry_out,
        "subscription": subscriptions.expire,
    }
)

# What an order of any kind does on its way to its end.
ORDERS = ("order", "disconnect", "processing", changes.MOVE, changes.OPTION)


def settle_all(state: State) -> None:
    """Numbers, messages and media; whoever looks at numbers alone need not settle the others."""
    with state.transaction():
        settle_due(state)
        settle_messages(state)
        expire_media(state)


def settle_due(state: State) -> None:
    now = state.now()
    while (event := take_next(now, state)) is not None:
        _KINDS[event.kind](event.subject, event.due, state)
