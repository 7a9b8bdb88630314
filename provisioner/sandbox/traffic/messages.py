"""`POST /messages`: a message is accepted, queued and, some time later, delivered or not.

The answer says only that the request was well formed (vendor guide). What later events of the
message show is kept as `document`, without the text; that is in the `transcript`. One message has
one delivery a recipient.
"""

from __future__ import annotations

import json
import secrets
import string

from provisioner.sandbox.calls.beta import is_beta
from provisioner.sandbox.calls.exchange import Answer
from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.traffic import transcript
from provisioner.sandbox.traffic.delivery import add_delivery
from provisioner.sandbox.traffic.message_rules import Draft, read_draft
from provisioner.sandbox.traffic.messaging_call import MessagingCall, json_answer
from provisioner.sandbox.traffic.rejections import queue_full
from provisioner.sandbox.traffic.segments import count_segments
from provisioner.sandbox.traffic.verdicts import Route, find_route, judge

_QUEUE_SECONDS = 15 * 60
_ID_MARKS = string.digits + string.ascii_lowercase
_ID_LENGTH = 16


def create_message(call: MessagingCall, state: State) -> Answer:
    now = state.now()
    draft = read_draft(call.body, now=now, national=state.settings.dialect != "v2")
    segments = 1 if draft.is_mms else count_segments(draft.text)
    sends, clears = _enqueue(call.account, segments * len(draft.recipients), state)
    if draft.priority == "high":
        sends = now
    route = find_route(draft, call.account, state)
    received = round(now, 3)  # as it is shown, so that a search by time finds it
    shown = _describe(draft, segments, received)
    _keep(shown, route, call.account, received, clears, state)
    transcript.note(shown, draft.recipients, call.account, state)
    for recipient in draft.recipients:
        add_delivery(
            shown["id"],
            recipient,
            "QUEUED",
            state,
            due=sends,
            settles=sends + state.settings.message_delay,
            verdict=judge(route, recipient, sends),
        )
    if is_beta(state):
        del shown["segmentCount"]
    return json_answer(shown, 202)


def make_id(received: float) -> str:
    """As the vendor's examples have it: the time in milliseconds, and some marks."""
    marks = "".join(secrets.choice(_ID_MARKS) for _ in range(_ID_LENGTH))
    return f"{round(received * 1000)}{marks}"


def _enqueue(account: str, segments: int, state: State) -> tuple[float, float]:
    """When the first segment leaves and when the last has left; the queue empties evenly.

    Every recipient of a group counts (assumption).
    """
    rate = state.settings.segments_per_second
    now = state.now()
    last = state.rows(
        "SELECT clears FROM messages WHERE account = ? AND clears > ? ORDER BY clears DESC LIMIT 1",
        account,
        now,
    )
    free = float(last[0]["clears"]) if last else now
    clears = free + segments / rate
    if round(clears - now, 3) > _QUEUE_SECONDS:
        raise queue_full(rate * 60, rate * _QUEUE_SECONDS)
    return free, clears


def _describe(draft: Draft, segments: int, received: float) -> dict[str, object]:
    """The message as it is answered; what was not sent is not there, but for the text."""
    optional = {
        "media": list(draft.media) or None,
        "tag": draft.tag,
        "priority": draft.priority,
        "expiration": draft.expiration,
    }
    return {
        "id": make_id(received),
        "owner": draft.sender,
        "applicationId": draft.application,
        "time": timestamp(received),
        "segmentCount": segments,
        "direction": "out",
        "to": list(draft.recipients),
        "from": draft.sender,
        "text": draft.text,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _keep(
    shown: dict[str, object],
    route: Route,
    account: str,
    received: float,
    clears: float,
    state: State,
) -> None:
    draft = route.draft
    state.run(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OUTBOUND')",
        shown["id"],
        account,
        route.application,
        draft.sender,
        "mms" if draft.is_mms else "sms",
        shown["segmentCount"],
        len(draft.text),
        len(draft.media),
        len(draft.recipients),
        route.campaign,
        received,
        clears,
        route.linked,
        json.dumps({**shown, "text": ""}),
    )
