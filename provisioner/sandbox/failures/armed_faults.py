"""The faults in force, and which of them a request meets."""

from __future__ import annotations

import random
import threading

from provisioner.sandbox.failures.fault_kinds import kinds_for
from provisioner.sandbox.failures.faults import SELECTORS, Fault


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
        """Raises ValueError where there is no such kind."""
        kinds = kinds_for(fault.method)
        if fault.kind not in kinds:
            message = f"unknown kind of fault {fault.kind!r}; there are: {', '.join(kinds)}"
            raise ValueError(message)
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
