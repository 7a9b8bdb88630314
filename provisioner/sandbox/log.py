"""What was asked and answered, for tests and curious users; newest last.

Bounded by entries and by what they weigh: a day of large bodies must not fill the memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

_MOST_ENTRIES = 10_000
_MOST_BYTES = 64 * 1024 * 1024
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

    @property
    def size(self) -> int:
        return len(self.target) + len(self.request) + len(self.answer)


class Log(Sequence[Entry]):
    """Reads like a list. Entries are there before the answer leaves the server."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._size = 0

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._size += entry.size
        while len(self._entries) > _MOST_ENTRIES or self._size > _MOST_BYTES:
            self._size -= self._entries.popleft().size

    def clear(self) -> None:
        self._entries.clear()
        self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return [*self._entries][index] if isinstance(index, slice) else self._entries[index]


def cut(body: bytes) -> bytes:
    return body[:_LONGEST_BODY]
