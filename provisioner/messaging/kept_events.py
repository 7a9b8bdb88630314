"""What callbacks told, read from the file in which `provisioner listen` keeps them.

The listener goes on writing meanwhile; here nothing is written.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.messaging.callbacks import Event, read_event
from provisioner.messaging.delivery import Receipt, State
from provisioner.messaging.event_tables import VERSION, documents_of

STATES = {"message-delivered": State.DELIVERED, "message-failed": State.FAILED}


class KeptEvents:
    """Receipts from callbacks. Raises SettingsError where the file is not one of events."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as connection:
            try:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
            except sqlite3.Error as error:
                raise SettingsError(f"{path} cannot be read: {error}.") from None
        if version != VERSION:
            raise SettingsError(f"{path} is not a file in which `provisioner listen` keeps events.")

    async def receipts_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Receipt]]:
        """A file that cannot be read for a moment tells nothing new."""
        try:
            events = await asyncio.to_thread(self._events, ids)
        except sqlite3.OperationalError:
            return {}
        found: dict[str, list[Receipt]] = {}
        for event in events:
            found.setdefault(event.message_id, []).append(_receipt(event))
        return found

    def _events(self, ids: Collection[str]) -> list[Event]:
        with closing(self._connect()) as connection:
            return [read_event(each) for each in documents_of(ids, connection)]

    def _connect(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error:
            raise SettingsError(
                f"{self._path} is not there. Start `provisioner listen` first, with this --store."
            ) from None


def _receipt(event: Event) -> Receipt:
    state = STATES.get(event.type, State.OPEN)
    return Receipt(event.recipient, state, event.error_code or 0, event.type)
