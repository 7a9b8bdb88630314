"""Failures on order: which requests fail, and how.

    faults.add(Fault("drop-after", method="POST", path=r"/orders$"))          # the first one only
    faults.add(Fault("status-before", path=r"/sites", nth=None, status=503))  # every one

Kinds: see `KINDS`. "before" means that the account never saw the request; "after" that the work is
done, and only its answer is lost or replaced.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from provisioner.sandbox.exchange import Answer
from provisioner.sandbox.wire import Wire

NO_ANSWER = Answer(0)


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule. `path` is a regular expression searched for in the path with its query.

    `nth` counts the requests that match, from 1; None means every one. `status`, `headers` and
    `body` are for the kinds that answer with them.
    """

    kind: str
    method: str | None = None
    path: str = ""
    nth: int | None = 1
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            message = f"unknown kind of fault {self.kind!r}; there are: {', '.join(KINDS)}"
            raise ValueError(message)

    def covers(self, method: str, target: str) -> bool:
        same_method = self.method is None or self.method.upper() == method
        return same_method and re.search(self.path, target) is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """What becomes of a request: whether the work is done, what of the answer is left, and how
    that leaves."""

    works: bool
    alter: Callable[[Fault, Answer], Answer]
    deliver: Callable[[Wire, Answer], Awaitable[None]]


def _lose(fault: Fault, answer: Answer) -> Answer:  # noqa: ARG001 -- one signature for all
    return NO_ANSWER


def _keep(fault: Fault, answer: Answer) -> Answer:  # noqa: ARG001 -- one signature for all
    return answer


def _replace(fault: Fault, answer: Answer) -> Answer:  # noqa: ARG001 -- one signature for all
    return Answer(fault.status, fault.body, fault.headers)


def _garble(fault: Fault, answer: Answer) -> Answer:
    """Status and headers stay, but what claims to be XML is not."""
    return Answer(answer.status, fault.body or b"<<<\x00 garbage &", answer.headers)


NO_FAULT = Kind(works=True, alter=_keep, deliver=Wire.reply)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "drop-before": Kind(works=False, alter=_lose, deliver=Wire.drop),
        "drop-after": Kind(works=True, alter=_lose, deliver=Wire.drop),
        "hang": Kind(works=False, alter=_lose, deliver=Wire.hang),
        "hang-after": Kind(works=True, alter=_lose, deliver=Wire.hang),
        "status-before": Kind(works=False, alter=_replace, deliver=Wire.reply),
        "status-after": Kind(works=True, alter=_replace, deliver=Wire.reply),
        "garbage": Kind(works=True, alter=_garble, deliver=Wire.reply),
        "truncate": Kind(works=True, alter=_keep, deliver=Wire.reply_in_part),
    }
)


class Faults:
    """The rules in force. The first rule that fires for a request decides; all that match count it.

    Rules may be added while requests run (tests and the server live in different threads).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Counted] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(_Counted(fault))

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def match(self, method: str, target: str) -> Fault | None:
        """The fault for this request. Every call counts as one request."""
        with self._lock:
            fired = [rule.fault for rule in self._rules if rule.fires(method, target)]
        return fired[0] if fired else None


@dataclass(slots=True)
class _Counted:
    fault: Fault
    seen: int = 0

    def fires(self, method: str, target: str) -> bool:
        if not self.fault.covers(method, target):
            return False
        self.seen += 1
        return self.fault.nth in (None, self.seen)
