"""The only way for a request that changes something: announced before, recorded after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from provisioner.account.answers import Answer
from provisioner.account.client import Client
from provisioner.account.intents import Intent, Intents, Outcome, Result
from provisioner.account.paths import id_from_location
from provisioner.account.xml import first, text_at
from provisioner.errors import AccountError, JournalError, LostAnswer


class Sending:
    """The requests of one intent. It is announced anew before each try, at the last moment.

    `outcome` is for the user to set; DONE where it is not.
    """

    def __init__(self, client: Client, intents: Intents, intent: Intent) -> None:
        self.outcome = Outcome(Result.DONE)
        self._client = client.announcing(self._announce)
        self._intents = intents
        self._intent = intent
        self._number: int | None = None
        self._recorded: Awaitable[object] | None = None

    async def post(self, path: str, body: bytes) -> Answer:
        return await self._client.post(path, body)

    async def put(self, path: str, body: bytes) -> Answer:
        return await self._client.put(path, body)

    async def patch(self, path: str, body: bytes) -> Answer:
        return await self._client.patch(path, body)

    async def delete(self, path: str) -> Answer:
        return await self._client.delete(path)

    def record(self) -> None:
        """To be called once, at the end. Of what was never announced there is nothing to tell."""
        if self._number is not None:
            self._recorded = self._intents.record(self._number, self.outcome)

    async def confirm(self) -> None:
        """Returns once its record would survive a crash. Raises JournalError where it would not."""
        if self._recorded is None:
            return
        try:
            await self._recorded
        except JournalError as error:
            ids = f" Its id is {', '.join(self.outcome.ids)}." if self.outcome.ids else ""
            told = JournalError(f"It was sent, and what came of it is not recorded.{ids} {error}")
            told.may_have_written = self.outcome.result is not Result.REFUSED
            raise told from None

    async def _announce(self) -> None:
        try:
            self._number = await self._intents.announce(self._intent, self._number)
        except JournalError as error:
            error.may_have_written = self._number is not None
            raise


async def place_order(
    sending: Sending, path: str, body: bytes, element: str = "Order", id_element: str = "id"
) -> str:
    """Posts an order of any kind: its id, which is in the answer's `element`, else in `Location`.

    Raises LostAnswer where it may have been placed and nobody says so.
    """
    answer = await sending.post(path, body)
    order = None if answer.root is None else first(answer.root, element)
    in_body = None if order is None else text_at(order, id_element)
    order_id = in_body or id_from_location(answer.location)
    if order_id is None:
        raise LostAnswer(f"the answer to POST {path} names no order")
    return order_id


@asynccontextmanager
async def sending(client: Client, intents: Intents, intent: Intent) -> AsyncIterator[Sending]:
    """Records what came of it at the end, without waiting for the disk: what is announced later
    waits for both. Whatever is no AccountError leaves the intent open, for the next run to find
    out."""
    sent = Sending(client, intents, intent)
    try:
        yield sent
    except AccountError as error:
        result = Result.UNKNOWN if error.may_have_written else Result.REFUSED
        sent.outcome = Outcome(result, error=str(error))
        sent.record()
        raise
    sent.record()
