"""Failures on order: which requests fail, and how.

    faults.add(Fault("drop-after", method="POST", path=r"/orders$"))          # the first one only
    faults.add(Fault("status-before", path=r"/sites", nth=None, status=503))  # every one

How: see `fault_kinds`. The same as text: see `fault_rules`.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from provisioner.sandbox.callback_kinds import CALLBACK, CALLBACK_KINDS, CallbackKind
from provisioner.sandbox.fault_kinds import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule. `path` is a regular expression searched for in the path with its query.

    Of the requests that match, counted from 1, those fail for which all that is given holds: the
    `nth`, the multiples of `every`, from the `first` on, up to the `last`, and by `probability`
    with random numbers that begin at `seed`. `status`, `seconds`, `headers` and `body` are for the
    kinds that make use of them, `times` for callbacks. `rule` is the text that it was read from, if
    it was. A fault whose method is CALLBACK is for what the account itself sends: see
    `callback_kinds`.
    """

    kind: str
    method: str | None = None
    path: str = ""
    nth: int | None = 1
    every: int | None = None
    first: int | None = None
    last: int | None = None
    probability: float | None = None
    seed: int = 0
    status: int = 500
    seconds: float | None = None
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    rule: str = ""

    def __post_init__(self) -> None:
        kinds = kinds_for(self.method)
        if self.kind not in kinds:
            message = f"unknown kind of fault {self.kind!r}; there are: {', '.join(kinds)}"
            raise ValueError(message)

    def covers(self, method: str, target: str) -> bool:
        is_any = self.method is None and method != CALLBACK
        same_method = is_any or (self.method or "").upper() == method
        return same_method and re.search(self.path, target) is not None


def kinds_for(method: str | None) -> Mapping[str, Kind | CallbackKind]:
    return CALLBACK_KINDS if (method or "").upper() == CALLBACK else KINDS


# Field of a fault -> whether a request is chosen: by what the fault says, the request's number and
# its random number from 0 to 1.
SELECTORS: Mapping[str, Callable[[Any, int, float], bool]] = MappingProxyType(
    {
        "nth": lambda nth, number, _: number == nth,
        "every": lambda every, number, _: number % every == 0,
        "first": lambda first, number, _: number >= first,
        "last": lambda last, number, _: number <= last,
        "probability": lambda probability, _, drawn: drawn < probability,
    }
)


class Faults:
    """The rules in force. The first rule that fires for a request decides; all that match count it.
    `changes` counts how often rules came or went.

    Rules may be added while requests run (tests and the server live in different threads).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Counted] = []
        self.changes = 0

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(_Counted(fault))
            self.changes += 1

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
            self.changes += 1

    def in_force(self) -> list[tuple[Fault, int]]:
        """Each rule with how many requests it has counted."""
        with self._lock:
            return [(rule.fault, rule.seen) for rule in self._rules]

    def need_the_past(self) -> bool:
        """Whether any rule may ask for an answer that is out of date."""
        rules = (rule for rule, _ in self.in_force())
        return any(kinds_for(rule.method)[rule.kind].needs_the_past for rule in rules)

    def match(self, method: str, target: str) -> Fault | None:
        """The fault for this request. Every call counts as one request."""
        with self._lock:
            fired = [rule.fault for rule in self._rules if rule.fires(method, target)]
        return fired[0] if fired else None


class _Counted:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self._random = random.Random(fault.seed)  # noqa: S311 -- repeatable on purpose

    def fires(self, method: str, target: str) -> bool:
        if not self.fault.covers(method, target):
            return False
        self.seen += 1
        drawn = self._random.random()
        given = ((getattr(self.fault, name), holds) for name, holds in SELECTORS.items())
        return all(said is None or holds(said, self.seen, drawn) for said, holds in given)
