"""What a run's calls came to: how many, how many refused, and where their time went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Seconds in which at least one of those who use it was at it."""

    monotonic: Callable[[], float]
    total: float = 0.0
    _users: int = 0
    _since: float = 0.0

    @property
    def seconds(self) -> float:
        """Up to now, also while somebody is at it."""
        return self.total + (self.monotonic() - self._since if self._users else 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        if not self._users:
            self._since = self.monotonic()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self.total += self.monotonic() - self._since


@dataclass(slots=True)
class Traffic:
    """`calls` are requests that left, `refused` those of them that were too many for the service.

    `held_back` runs while calls wait for its pace, `on_wire` while any is on its way. `holds` are
    the kinds of call that were refused, and until when (`monotonic`) none of them leaves.
    """

    monotonic: Callable[[], float]
    calls: int = 0
    refused: int = 0
    holds: dict[str, float] = field(default_factory=dict)
    held_back: Stopwatch = field(init=False)
    on_wire: Stopwatch = field(init=False)

    def __post_init__(self) -> None:
        self.held_back = Stopwatch(self.monotonic)
        self.on_wire = Stopwatch(self.monotonic)

    def held_now(self) -> dict[str, float]:
        """The kinds of call that have to wait, and for how many more seconds."""
        now = self.monotonic()
        return {kind: until - now for kind, until in self.holds.items() if until > now}
