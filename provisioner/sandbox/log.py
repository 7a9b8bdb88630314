"""What was asked and answered, for tests and curious users; newest last, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

_MOST_ENTRIES = 5_000
_LONGEST_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    """`target` is the path with its query. `status` is 0 where nothing was answered.

    Bodies are cut at 64 KiB; they hold what was sent, passwords of callbacks included. Headers, and
    with them the caller's credentials, are not kept.
    """

    method: str
    target: str
    status: int
    request: bytes
    answer: bytes


class Log(Sequence[Entry]):
    """Reads like a list. Entries are there before the answer leaves the server."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) > 2 * _MOST_ENTRIES:
            del self._entries[:_MOST_ENTRIES]

    def clear(self) -> None:
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._entries[index]


def cut(body: bytes) -> bytes:
    return body[:_LONGEST_BODY]
