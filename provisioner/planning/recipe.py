"""A plan as the HTTP calls that it comes to: for people to read and to hand on, never to be run by
this program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioner.model import Address
from provisioner.planning.plan import Step

MARK = re.compile(r"bwpblank\d{5,}x")


class Unknown(StrEnum):
    """What a call needs and only the run itself will know, or nobody may read here."""

    ID = "id"
    ORDER_ID = "order id"
    CUSTOMER_ORDER_ID = "CustomerOrderId"
    NUMBERS = "telephone numbers"
    SECRET = "secret"  # noqa: S105 -- a kind, not a value


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to be filled in. `address` is whose id it is; `name` where a secret comes from."""

    kind: Unknown
    address: Address
    name: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` begins below the API's root, query included; `body` is XML, "" for none.

    `purpose` is why it is made. `gives` is the mark of the blank that its answer fills in, and
    `repeated` tells that it is made until an order is at its end.
    """

    step: Step
    method: str
    path: str
    body: str = ""
    purpose: str = ""
    gives: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """`origin` is the API's scheme, host and port, and `root` the path above all others.

    `blanks` are by the mark that stands for each in paths and bodies. `by_token` tells that calls
    carry a token for their credentials, and not user name and password.
    """

    account: str
    origin: str
    root: str
    calls: tuple[Call, ...]
    blanks: Mapping[str, Blank]
    by_token: bool = False


def mark_of(number: int) -> str:
    """What stands in a blank's place until a view fills it in: nothing that a spec would say."""
    return f"bwpblank{number:05}x"


def marks_in(*texts: str) -> Iterator[str]:
    for text in texts:
        yield from MARK.findall(text)


def fill_in(text: str, shown: Callable[[str], str]) -> str:
    """The text with what is shown for each mark."""
    return MARK.sub(lambda found: shown(found[0]), text)
