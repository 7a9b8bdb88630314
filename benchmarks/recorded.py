"""The bare loop's requests as a list, for tools that are given lists: Newman and Ansible.

The script runs against nobody. What it would find in an answer is a name in double braces, which
both tools fill in with what they found in the real one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchmarks import bare
from benchmarks.account import Account
from benchmarks.bare import Call
from benchmarks.specs import Spec

_CREATED = re.compile(r"/(?:applications|orders|sites|sites/[^/]+/sippeers)")


@dataclass(frozen=True, slots=True)
class Found:
    """Names for what matches in an answer, the first for the first match and so on. `header` is
    where to look, "" for the body. The pattern means the same in Python and JavaScript."""

    names: Sequence[str]
    pattern: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """`path` is below the account's."""

    method: str
    path: str
    body: str | None = None
    found: tuple[Found, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def provisioning(account: Account, spec: Spec) -> list[Recorded]:
    recording = _Recording()
    asyncio.run(bare.provision(recording.calls, account, spec, 1))
    return recording.requests


def reading(account: Account, spec: Spec) -> list[Recorded]:
    """Of an account that has all of the spec."""
    recording = _Recording(tuple(f"sippeer_{n + 1}" for n in range(len(spec.sippeers))))
    asyncio.run(bare.read(recording.calls, account, 1))
    return recording.requests


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Recording:
    """`there` are names for the sippeers that the account's sites have."""

    there: tuple[str, ...] = ()
    requests: list[Recorded] = field(default_factory=list)

    @asynccontextmanager
    async def calls(self, _account: Account, _parallelism: int) -> AsyncIterator[Call]:
        async def call(method: str, path: str, body: str | None = None) -> _Answer:
            found = self._found(method, path)
            self.requests.append(Recorded(method, path, body, found))
            texts = [
                each.pattern.replace(r"([^<]+)", f"{{{{{name}}}}}")
                for each in found
                if not each.header
                for name in each.names
            ]
            headers = {each.header: f"/{{{{{each.names[0]}}}}}" for each in found if each.header}
            return _Answer("".join(texts), headers)

        yield call

    def _found(self, method: str, path: str) -> tuple[Found, ...]:
        if path.startswith("/sites?") and self.there:
            return (Found(["site"], "<Id>([^<]+)<"), Found(self.there, "<PeerId>([^<]+)<"))
        if (method, path) == ("GET", "/applications") and self.there:
            return (Found(["application"], "<ApplicationId>([^<]+)<"),)
        if method != "POST" or not _CREATED.fullmatch(path):
            return ()
        kind = path.rpartition("/")[2]
        if kind == "sippeers":
            return (Found([self._numbered("sippeer", path)], "([^/]+)$", "Location"),)
        if kind == "orders":
            return (Found([self._numbered("order", path)], "<id>([^<]+)<"),)
        tag, name = ("Id", "site") if kind == "sites" else ("ApplicationId", "application")
        return (Found([name], f"<{tag}>([^<]+)<"),)

    def _numbered(self, name: str, path: str) -> str:
        """Called before the request is among the others."""
        earlier = sum((each.method, each.path) == ("POST", path) for each in self.requests)
        return f"{name}_{earlier + 1}"
