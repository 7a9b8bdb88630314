"""One call of the messaging API as its handlers see it, and what they answer: JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.memory.state import State

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class MessagingCall:
    """`url` is the caller's own up to the account: `http://host/api/v2/users/9900778`. The names
    of `headers` are in lower case."""

    account: str
    url: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


MessagingHandler = Callable[[MessagingCall, State], Answer]


def json_answer(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(status, json.dumps(content).encode(), {"content-type": JSON, **(headers or {})})
