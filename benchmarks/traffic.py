"""Whether two accounts were asked the same things, all that differs by nature left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.sandbox.calls.log import Entry

_ID = re.compile(
    r"bwp-[0-9a-f]+-\d+"  # a CustomerOrderId
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an application or an order
    r"|\b\d{5,}\b"  # an account, a site or a sippeer
)
_BETWEEN_ELEMENTS = re.compile(r"(?:^<\?xml[^>]*>)?\s*(<[^>]*>)\s*")


class DifferentTraffic(Exception):
    """The two did not do the same, so their times cannot be compared."""


def require_same(ours: Iterable[Entry], others: Iterable[Entry], name: str) -> None:
    """Raises DifferentTraffic, naming the requests that only one of them made."""
    by_us, by_them = Counter(map(_shape, ours)), Counter(map(_shape, others))
    if by_us != by_them:
        lines = [*_told("provisioner", by_us - by_them), *_told(name, by_them - by_us)]
        raise DifferentTraffic(
            "The requests are no longer those that the program makes; benchmarks/bare.py has to "
            "follow.\n" + "\n".join(lines)
        )


def _shape(entry: Entry) -> str:
    body = _BETWEEN_ELEMENTS.sub(r"\1", entry.request.decode())
    return _ID.sub("*", f"{entry.method} {entry.target} {body}").rstrip()


def _told(who: str, shapes: Counter[str]) -> Iterator[str]:
    for shape, times in shapes.items():
        yield f"  only the {who}, {times} times: {shape}"
