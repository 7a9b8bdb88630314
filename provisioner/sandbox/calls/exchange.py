"""One call as handlers see it and what they make of it: no sockets, no framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from provisioner.sandbox.calls import markup
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.numbering import NATIONAL, Notation
from provisioner.sandbox.memory.state import State

XML = "application/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """`root` is what comes before `/accounts` in the caller's own URLs: `http://host/api`.
    `accounts` are all that the caller may see, `account` is the one that the call is about."""

    account: str
    user: str
    root: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    notation: Notation = NATIONAL
    accounts: tuple[str, ...] = ()

    def document(self, *roots: str) -> Element:
        """The body, which must be XML with one of these roots (1019)."""
        found = markup.parse(self.body)
        if found.tag not in roots:
            raise Refusal(1019, f"the root element is {found.tag}, not {' or '.join(roots)}")
        return found

    def url(self, *path: object) -> str:
        """An absolute URL below the account."""
        return "/".join([f"{self.root}/accounts/{self.account}", *map(str, path)])

    def number(self, name: str, *, default: int | None, most: int, least: int = 1) -> int:
        """A query parameter from `least` to `most` (1006), required (1003) unless it has a
        default."""
        said = self.query.get(name)
        if said is None:
            if default is None:
                raise Refusal(1003, name)
            return default
        if not (said.isdecimal() and least <= int(said[:9]) <= most and len(said) <= 9):
            raise Refusal(1006, said, name, f"{least} to {most}")
        return int(said)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def data(content: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(content).encode(), {"content-type": JSON})


Handler = Callable[[Call, State], Answer]


def document(root: Element, status: int = 200, location: str | None = None) -> Answer:
    headers = {"content-type": XML}
    if location is not None:
        headers["location"] = location
    return Answer(status, markup.render(root), headers)


def nothing(status: int = 200, location: str | None = None) -> Answer:
    return Answer(status, headers={} if location is None else {"location": location})
