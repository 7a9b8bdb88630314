"""What a fault makes of a request: a row each.

"before" means that the account never saw the request; "after" that the work is done, and only its
answer is lost or replaced.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.types import Scope

from provisioner.sandbox.calls.exchange import XML, Answer
from provisioner.sandbox.calls.wire import Wire
from provisioner.sandbox.failures.callback_kinds import CALLBACK_KINDS, CallbackKind
from provisioner.sandbox.failures.faults import CALLBACK, Fault
from provisioner.sandbox.service import Service

Work = Callable[[Fault, Service, Scope, bytes], Awaitable[Answer]]
Alter = Callable[[Fault, Answer, float], Answer]
Deliver = Callable[[Wire, Answer], Awaitable[None]]

_NO_ANSWER = Answer(0)
_RESET_SECONDS = 1.0
_GARBAGE = b"<<<\x00 garbage &"
_UNRELATED = b'<?xml version="1.0"?>\n<Unrelated><Page>Welcome</Page></Unrelated>'


async def _skip(_: Fault, __: Service, ___: Scope, ____: bytes) -> Answer:
    return _NO_ANSWER


async def _work(_: Fault, service: Service, scope: Scope, body: bytes) -> Answer:
    return await service.answer(scope, body)


async def _work_slowly(fault: Fault, service: Service, scope: Scope, body: bytes) -> Answer:
    answer = await service.answer(scope, body)
    await asyncio.sleep(fault.seconds or 0)
    return answer


async def _work_unsigned(_: Fault, service: Service, scope: Scope, body: bytes) -> Answer:
    """Without its credentials, so that every part of the account answers in its own way."""
    headers = [each for each in scope["headers"] if each[0] != b"authorization"]
    return await service.answer({**scope, "headers": headers}, body)


async def _work_in_the_past(fault: Fault, service: Service, scope: Scope, body: bytes) -> Answer:
    if scope["method"] != "GET":
        return await service.answer(scope, body)
    return await service.answer_as_of(fault.seconds, scope, body)


def _keep(_: Fault, answer: Answer, __: float) -> Answer:
    return answer


def _lose(_: Fault, __: Answer, ___: float) -> Answer:
    return _NO_ANSWER


def _replace(fault: Fault, _: Answer, __: float) -> Answer:
    return Answer(fault.status, fault.body, fault.headers)


def _limit(fault: Fault, _: Answer, now: float) -> Answer:
    """As the account's own limit answers (`pace`)."""
    seconds = _RESET_SECONDS if fault.seconds is None else fault.seconds
    reset = str(math.ceil(now + seconds))
    return Answer(429, headers={"x-ratelimit-reset": reset, "connection": "close"})


def _garble(fault: Fault, answer: Answer, _: float) -> Answer:
    """Status and headers stay, but what claims to be XML is not."""
    return Answer(answer.status, fault.body or _GARBAGE, answer.headers)


def _mistake(_: Fault, answer: Answer, __: float) -> Answer:
    """XML, but not of this API: what a proxy or a portal might say."""
    return Answer(answer.status, _UNRELATED, {**answer.headers, "content-type": XML})


def _empty(_: Fault, answer: Answer, __: float) -> Answer:
    return Answer(answer.status, b"", answer.headers)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a request is worked on, what becomes of the answer, and how that leaves.

    `value` is the field of the fault that a rule's text sets by `kind=VALUE`, and must set where
    it `needs_value`. What needs the past is for GET alone; other methods pass."""

    work: Work = _work
    alter: Alter = _keep
    deliver: Deliver = Wire.reply
    value: str = ""
    needs_value: bool = False
    needs_the_past: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "pass": Kind(),
        "drop-before": Kind(work=_skip, alter=_lose, deliver=Wire.drop),
        "drop-after": Kind(alter=_lose, deliver=Wire.drop),
        "hang": Kind(work=_skip, alter=_lose, deliver=Wire.hang),
        "hang-after": Kind(alter=_lose, deliver=Wire.hang),
        "status-before": Kind(work=_skip, alter=_replace, value="status"),
        "status-after": Kind(alter=_replace, value="status"),
        "rate-limit": Kind(work=_skip, alter=_limit, value="seconds"),
        "unauthorized": Kind(work=_work_unsigned),
        "delay": Kind(work=_work_slowly, value="seconds", needs_value=True),
        "stale": Kind(work=_work_in_the_past, value="seconds", needs_the_past=True),
        "truncate": Kind(deliver=Wire.reply_in_part),
        "garbage": Kind(alter=_garble),
        "unrelated": Kind(alter=_mistake),
        "empty": Kind(alter=_empty),
    }
)


def kinds_for(method: str | None) -> Mapping[str, Kind | CallbackKind]:
    return CALLBACK_KINDS if (method or "").upper() == CALLBACK else KINDS
