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
    """`target` is the path with its query. `status` is 0 where nothing was answered. `started` is
    in epoch seconds; `seconds` went by until the answer was ready to leave, or was lost. `fault` is
    the rule that the request fell under, if any.

    Bodies are cut at 64 KiB; they hold what was sent, passwords of callbacks included. Headers, and
    with them the caller's credentials, are not kept.
    """

    method: str
    target: str
    status: int
    request: bytes
    answer: bytes
    started: float = 0.0
    seconds: float = 0.0
    fault: str = ""

    @property
    def size(self) -> int:
        return len(self.target) + len(self.request) + len(self.answer)


class Log(Sequence[Entry]):
    """Reads like a list. Entries are there before the answer leaves the server.

    `total` counts all that there ever were, so that each has a number for good: the last one's is
    `total`, and each before it has one less.
    """

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._size = 0
        self.total = 0

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.total += 1
        self._size += entry.size
        while len(self._entries) > _MOST_ENTRIES or self._size > _MOST_BYTES:
            self._size -= self._entries.popleft().size

    def clear(self) -> None:
        self._entries.clear()
        self._size = 0

    def numbered(self) -> list[tuple[int, Entry]]:
        return [*enumerate(self._entries, start=self.total - len(self) + 1)]

    def get(self, number: int) -> Entry | None:
        """The entry of this number, unless it is forgotten."""
        index = number - 1 - self.total + len(self)
        return self._entries[index] if 0 <= index < len(self) else None

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
