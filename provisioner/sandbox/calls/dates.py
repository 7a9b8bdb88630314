"""Days in queries."""

from __future__ import annotations

from datetime import UTC, datetime

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Call

DAY = 24 * 3600.0
_FORMATS = ("%Y-%m-%d", "%y-%m-%d")


def read_period(call: Call, first: str, last: str) -> tuple[float | None, float | None]:
    """The times from which on and before which; a parameter that is not there gives None.

    Days are those of UTC (assumption), both of them inside the period, and written yy-mm-dd or
    yyyy-mm-dd (vendor interface description has both).
    """
    start, end = _start_of(call, first), _start_of(call, last)
    if start is not None and end is not None and end < start:
        raise Refusal(15509, first, last)
    return start, None if end is None else end + DAY


def read_whole_period(call: Call, first: str, last: str) -> tuple[float | None, float | None]:
    """The same where one end alone is refused."""
    if (first in call.query) != (last in call.query):
        raise Refusal(15508, first, last)
    return read_period(call, first, last)


def _start_of(call: Call, name: str) -> float | None:
    said = call.query.get(name)
    if said is None:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    raise Refusal(15503, name, said)
