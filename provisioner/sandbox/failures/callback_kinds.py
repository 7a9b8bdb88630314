"""What a fault makes of a callback: a row each, for rules whose method is `CALLBACK`.

    CALLBACK /message-delivered repeat=2 nth=1
    CALLBACK /message-sending delay=5
    CALLBACK /* lose probability=0.1 seed=7

What stands for the path is the event's type, or that of the order. Only the first attempt of a
callback is matched; without a rule it is sent once, when it is due.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.sandbox.failures.faults import Fault
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.outgoing import callbacks


def _send(_: Fault, __: sqlite3.Row, ___: State) -> None:
    pass


def _repeat(fault: Fault, callback: sqlite3.Row, state: State) -> None:
    callbacks.set_repeats(callback["id"], fault.times, state)


def _delay(fault: Fault, callback: sqlite3.Row, state: State) -> None:
    callbacks.postpone(callback["id"], fault.seconds or 0, state)


def _lose(_: Fault, callback: sqlite3.Row, state: State) -> None:
    callbacks.lose(callback["id"], state)


@dataclass(frozen=True, slots=True)
class CallbackKind:
    """`value` is the field of the fault that a rule's text sets by `kind=VALUE`, and must set where
    it `needs_value`."""

    apply: Callable[[Fault, sqlite3.Row, State], None]
    value: str = ""
    needs_value: bool = False
    needs_the_past: bool = False


CALLBACK_KINDS: Mapping[str, CallbackKind] = MappingProxyType(
    {
        "pass": CallbackKind(_send),
        "repeat": CallbackKind(_repeat, value="times"),
        "delay": CallbackKind(_delay, value="seconds", needs_value=True),
        "lose": CallbackKind(_lose),
    }
)
