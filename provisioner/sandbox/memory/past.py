"""What the account was earlier, for answers that are out of date.

A copy is kept after every change, but only while a rule asks for it: copies cost memory. What
happened by itself in between is settled in the copy, up to the moment that is asked about.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from starlette.types import ASGIApp

from provisioner.sandbox.memory.state import State

_MOST_COPIES = 100
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Copy:
    made: float
    state: State


class Past:
    """`is_wanted` says whether anybody may ask; `build` makes an application over a state."""

    def __init__(
        self, state: State, build: Callable[[State], ASGIApp], is_wanted: Callable[[], bool]
    ) -> None:
        self._state = state
        self._build = build
        self._is_wanted = is_wanted
        self._copies: deque[_Copy] = deque()

    def begin(self) -> None:
        """To be called around each request: keeps the first copy, or none if nobody may ask."""
        if not self._is_wanted():
            self.forget()
        elif not self._copies:
            self.remember()

    def remember(self) -> None:
        """To be called after each change."""
        if not self._is_wanted():
            self.forget()
            return
        self._copies.append(_Copy(self._state.now(), self._copy(self._state)))
        while len(self._copies) > self._most():
            self._copies.popleft().state.close()

    def _most(self) -> int:
        """As many copies as memory is meant for, and two in any case: now and before."""
        pages = self._state.count("PRAGMA page_count") * self._state.count("PRAGMA page_size")
        return max(2, min(_MOST_COPIES, _MOST_BYTES // max(1, pages)))

    def forget(self) -> None:
        while self._copies:
            self._copies.pop().state.close()

    @contextmanager
    def app(self, seconds: float | None) -> Iterator[ASGIApp]:
        """The account so many seconds ago, or before its last change.

        Before the oldest copy there is no memory: it is the account as it was then.
        """
        self.begin()
        copy, moment = self._before_last_change() if seconds is None else self._ago(seconds)
        state = self._copy(copy.state, moment)
        try:
            with state.transaction():
                # Tokens granted since open the past, too.
                for row in self._state.rows("SELECT * FROM tokens"):
                    state.run("INSERT OR IGNORE INTO tokens VALUES (?, ?, ?)", *row)
            yield self._build(state)
        finally:
            state.close()

    def _before_last_change(self) -> tuple[_Copy, float]:
        if len(self._copies) == 1:
            return self._copies[0], self._state.now()
        return self._copies[-2], self._copies[-1].made

    def _ago(self, seconds: float) -> tuple[_Copy, float]:
        moment = self._state.now() - seconds
        known = [copy for copy in self._copies if copy.made <= moment]
        return (known[-1], moment) if known else (self._copies[0], self._copies[0].made)

    def _copy(self, state: State, moment: float | None = None) -> State:
        at = self._state.now() if moment is None else moment
        settings = replace(self._state.settings, now=lambda: at, rate_limit=None)
        return state.copy(settings)
