"""Work that is counted and not timed, for tests that have to say the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Count:
    called = 0


@contextmanager
def functions_counted() -> Iterator[Count]:
    """How many functions, Python's own as well, are called meanwhile."""
    found = Count()

    def count(_frame: object, event: str, _argument: object) -> None:
        found.called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        yield found
    finally:
        sys.setprofile(None)
