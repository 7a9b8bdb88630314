"""Many messages: each line of a file once, at a pace, across stops and kills.

What an earlier run left unsettled is settled first: the list of messages shows it, or it was not
sent, or nobody can tell, and then it is told and not sent again. That the list does not show a
message counts only after the time by which lists may lag, and only where the list does show the
last one that is known to have been accepted: an empty list may be one that tells nothing.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field, replace

from provisioner.account.client import Client
from provisioner.account.reader import first_leaf
from provisioner.errors import AccountError, LostAnswer, Rejected
from provisioner.messaging.message import Message
from provisioner.messaging.message_list import search
from provisioner.messaging.outbox import LineKey, Outbox, Status
from provisioner.messaging.rate import Rate
from provisioner.messaging.results import Posted, Result
from provisioner.messaging.sending import CLOCK_SKEW, Trace, look_for, send_message

MOST_LOST = 3
"""Lost answers in a row after which the service counts as failing."""
LISTED_SECONDS = 14 * 24 * 3600
"""How long the list of messages reaches back (vendor interface description)."""

UNTOLD = (
    "Its answer was lost, and the list of messages does not settle whether it was accepted. It is "
    "not sent again."
)
MEANWHILE = "Its turn never came. Run again to go on."
AGAIN = "Its answer was lost, and it was not accepted. Run again to send it."


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a file, in the place that it has there."""

    key: LineKey
    message: Message


@dataclass(slots=True)
class Batch:
    """One run over a file.

    `results` are those of lines that are settled, by their key; `failure` is why it gave up, after
    what was under way was finished.
    """

    lines: Sequence[Line]
    outbox: Outbox
    client: Client
    rate: Rate
    settle: float
    stop: asyncio.Event
    parallelism: int = 16
    results: dict[LineKey, Result] = field(default_factory=dict)
    failure: AccountError | None = None
    _lost_in_a_row: int = 0

    async def send(self) -> AsyncGenerator[Result]:
        """A result each time that a line is settled by this run.

        Raises sqlite3.DatabaseError where the outbox cannot be written any more.
        """
        done: asyncio.Queue[Result | None] = asyncio.Queue()
        task = asyncio.create_task(self._run(done))
        task.add_done_callback(lambda _: done.put_nowait(None))
        try:
            while (result := await done.get()) is not None:
                yield result
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def all_results(self) -> list[Result]:
        """One for each line, in their order; what was never reached is among them."""
        return [
            self.results.get(line.key) or Result(line.message, Posted.NOT_SENT, reason=MEANWHILE)
            for line in self.lines
        ]

    async def _run(self, done: asyncio.Queue[Result | None]) -> None:
        self._take_over_accepted()
        for result in await self._settle_intents():
            if result.posted is not Posted.ABSENT:  # which is sent now
                done.put_nowait(result)
        await self._send_rest(done)
        if not self.stop.is_set():
            for result in await self._settle_intents():
                done.put_nowait(result)
        self._tell_unsettled()

    def _take_over_accepted(self) -> None:
        entries = self.outbox.entries()
        for line in self.lines:
            entry = entries.get(line.key)
            if entry is not None and entry.status is Status.ACCEPTED:
                self.results[line.key] = Result(
                    line.message, Posted.ACCEPTED, (entry.message_id,), earlier=True
                )

    async def _settle_intents(self) -> list[Result]:
        """Looks for every line that may have been sent. Those that stay unclear are not in it."""
        entries = self.outbox.entries()
        open_lines = [
            line
            for line in self.lines
            if line.key in entries and entries[line.key].status is Status.INTENT
        ]
        settled = []
        for line in open_lines:
            entry = entries[line.key]
            result = await self._settle(line, entry.sender, entry.sent_at)
            if result is not None:
                self.results[line.key] = result
                settled.append(result)
        return settled

    async def _settle(self, line: Line, sender: str, sent_at: float) -> Result | None:
        message = replace(line.message, sender=sender)
        known = self.outbox.ids_since(sent_at - CLOCK_SKEW)
        try:
            sighting = await look_for(
                self.client, message, sent_at=sent_at, settle=self.settle, known=known
            )
            believed = sighting.trace is Trace.ABSENT and await self._list_can_be_believed(sent_at)
        except AccountError:
            return None  # no such list, or none that can be had now
        if sighting.trace is Trace.FOUND:
            self.outbox.accept(line.key, sighting.ids[0])
            return Result(message, Posted.ACCEPTED, sighting.ids)
        if believed:
            self.outbox.withdraw(line.key)
            return Result(message, Posted.ABSENT, reason=AGAIN)
        self.results[line.key] = Result(message, Posted.UNKNOWN, sighting.ids, reason=UNTOLD)
        return None

    async def _list_can_be_believed(self, sent_at: float) -> bool:
        now = self.client.clock.now()
        last = self.outbox.last_accepted()
        if last is None or now - min(sent_at, last[1]) > LISTED_SECONDS:
            return False
        return bool(await search(self.client, {"messageId": last[0]}))

    async def _send_rest(self, done: asyncio.Queue[Result | None]) -> None:
        """What was refused or never sent before is tried; what this run found absent too, since
        it was an earlier run that lost it."""
        entries = self.outbox.entries()
        free = [
            line
            for line in self.lines
            if line.key not in entries or entries[line.key].status is Status.ABSENT
        ]
        by_sender: dict[str, list[Line]] = {}
        for line in free:
            by_sender.setdefault(line.message.sender, []).append(line)
        slots = asyncio.Semaphore(self.parallelism)
        try:
            async with asyncio.TaskGroup() as group:
                for lines in by_sender.values():
                    group.create_task(self._send_lines(lines, slots, group, done))
        except* sqlite3.DatabaseError as errors:
            # Without its outbox nothing more is sent. One reason is enough.
            raise first_leaf(errors) from None

    async def _send_lines(
        self,
        lines: Iterable[Line],
        slots: asyncio.Semaphore,
        group: asyncio.TaskGroup,
        done: asyncio.Queue[Result | None],
    ) -> None:
        for line in lines:
            segments = line.message.segments.count * len(line.message.recipients)
            if not await self.rate.turn(line.message.sender, segments, self.stop):
                return
            await slots.acquire()
            if self.stop.is_set():
                slots.release()
                return
            task = group.create_task(self._send_line(line, done))
            task.add_done_callback(lambda _: slots.release())

    async def _send_line(self, line: Line, done: asyncio.Queue[Result | None]) -> None:
        self.outbox.intend(line.key, line.message.sender, self.client.clock.now())
        refused_before = self.client.traffic.refused
        try:
            accepted = await send_message(self.client, line.message)
        except LostAnswer as error:
            self._lost_in_a_row += 1
            if self._lost_in_a_row >= MOST_LOST:
                self._give_up(error)
            return
        except AccountError as error:
            # Every other error says that the message was not accepted.
            self.outbox.withdraw(line.key)
            if isinstance(error, Rejected):
                result = Result(line.message, Posted.REFUSED, reason=str(error))
            else:
                self._give_up(error)
                result = Result(line.message, Posted.NOT_SENT, reason=str(error))
        else:
            self.outbox.accept(line.key, accepted.id)
            result = Result(line.message, Posted.ACCEPTED, (accepted.id,), accepted.segments)
            self._lost_in_a_row = 0
        if self.client.traffic.refused > refused_before:
            self.rate.refused()
        elif result.posted is Posted.ACCEPTED:
            self.rate.accepted()
        self.results[line.key] = result
        done.put_nowait(result)

    def _give_up(self, error: AccountError) -> None:
        self.failure = self.failure or error
        self.stop.set()

    def _tell_unsettled(self) -> None:
        entries = self.outbox.entries()
        for line in self.lines:
            entry = entries.get(line.key)
            if entry is not None and entry.status is Status.INTENT:
                self.results.setdefault(
                    line.key, Result(line.message, Posted.UNKNOWN, reason=UNTOLD)
                )
