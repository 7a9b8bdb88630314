"""A failure on order: which requests fail, and the name of how.

    Fault("drop-after", method="POST", path=r"/orders$")          # the first one only
    Fault("status-before", path=r"/sites", nth=None, status=503)  # every one

How: see `fault_kinds`. The same as text: see `fault_rules`. Those in force: see `armed_faults`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

CALLBACK = "CALLBACK"


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

    def covers(self, method: str, target: str) -> bool:
        is_any = self.method is None and method != CALLBACK
        same_method = is_any or (self.method or "").upper() == method
        return same_method and re.search(self.path, target) is not None


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
