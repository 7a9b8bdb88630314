"""When what the account has to tell goes out, beside the answers that the server gives.

What is under way is known to memory alone: after a crash it is posted again, so that whoever is
called may hear things twice, but never too little.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.callback_kinds import CALLBACK_KINDS
from provisioner.sandbox.failures.faults import CALLBACK
from provisioner.sandbox.memory.agenda import next_due
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.ordering import notifications
from provisioner.sandbox.outgoing import callbacks
from provisioner.sandbox.outgoing.callbacks import Attempt
from provisioner.sandbox.settlement import settle_due
from provisioner.sandbox.traffic import delivery

_MOST_UNDER_WAY = 64
_SHORTEST_WAIT, _LONGEST_WAIT = 0.02, 3600.0

Post = Callable[[sqlite3.Row], Awaitable[Sequence[Attempt]]]


@contextlib.asynccontextmanager
async def run_courier(state: State, faults: Faults) -> AsyncIterator[None]:
    """While it lasts, what comes due is posted, where the settings say so."""
    if not state.settings.callbacks:
        yield
        return
    courier = asyncio.create_task(_Courier(state, faults).run())
    try:
        yield
    finally:
        courier.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await courier


class _Courier:
    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._stirred = asyncio.Event()
        self._under_way: set[str] = set()

    async def run(self) -> None:
        self._state.watch = self._stirred.set
        while not self._find_due():
            await self._rest()
        from provisioner.sandbox.outgoing.posting import open_poster  # noqa: PLC0415 -- its library is large, and most sandboxes post nothing

        async with open_poster(self._state) as post, asyncio.TaskGroup() as tasks:
            while True:
                for row in self._find_due():
                    self._under_way.add(row["id"])
                    tasks.create_task(self._deliver(row, post))
                await self._rest()

    def _find_due(self) -> list[sqlite3.Row]:
        state = self._state
        with state.transaction():
            settle_due(state)
            delivery.settle_messages(state)
            for row in callbacks.find_new(state):
                self._let_fail(row)
            callbacks.forget_ended(state)
            found = callbacks.find_due(_MOST_UNDER_WAY, self._under_way, state)
        self._stirred.clear()
        return found

    def _let_fail(self, row: sqlite3.Row) -> None:
        callbacks.set_repeats(row["id"], 0, self._state)
        fault = self._faults.match(CALLBACK, f"/{row['type']}")
        if fault is not None:
            CALLBACK_KINDS[fault.kind].apply(fault, row, self._state)

    async def _rest(self) -> None:
        """Until something is written, or comes due by itself."""
        state = self._state
        moments = [callbacks.next_due(state), delivery.next_due(state)]
        if notifications.wants_any(state):
            moments.append(next_due(state))
        first = min((each for each in moments if each is not None), default=None)
        wait = _LONGEST_WAIT if first is None else first - state.now()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)):
                await self._stirred.wait()

    async def _deliver(self, row: sqlite3.Row, post: Post) -> None:
        attempts = await post(row)
        self._under_way.discard(row["id"])
        with self._state.transaction():
            callbacks.record(row["id"], attempts, self._state)
            if row["subscription"]:
                answer = attempts[-1].status_line
                notifications.note_answer(row["subscription"], answer, self._state)
