"""Messages that come in, which nobody but the sandbox's own user can bring about.

Every recipient that is a number of the account has a message and an event of its own (vendor
guide); the others of a group are only named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioner.sandbox.calls.markup import timestamp
from provisioner.sandbox.calls.numbering import E164
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.traffic import transcript
from provisioner.sandbox.traffic.delivery import add_delivery
from provisioner.sandbox.traffic.message_events import tell_received
from provisioner.sandbox.traffic.messages import make_id
from provisioner.sandbox.traffic.segments import count_segments
from provisioner.sandbox.traffic.verdicts import location_of


@dataclass(frozen=True, slots=True)
class Incoming:
    """Numbers are E.164; the sender may be a short code."""

    sender: str
    recipients: tuple[str, ...]
    text: str = ""
    media: tuple[str, ...] = ()

    @property
    def is_mms(self) -> bool:
        return bool(self.media) or len(self.recipients) > 1


def receive(incoming: Incoming, account: str, state: State) -> Sequence[Mapping[str, object]]:
    """The message of each number that can receive it; `application` is whom it was told, or None
    where its location has none, and nobody hears of it."""
    received = []
    for owner in incoming.recipients:
        number = E164.read(owner)
        location = None if number is None else location_of(number, account, state)
        if location is not None:
            identity = _receive(incoming, owner, account, location["application"], state)
            told = {"owner": owner, "application": location["application"]}
            received.append({"id": identity, **told})
    return received


def _receive(
    incoming: Incoming, owner: str, account: str, application: str | None, state: State
) -> str:
    now = round(state.now(), 3)
    message = _describe(incoming, owner, application, now)
    state.run(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, ?, ?, 'INBOUND')",
        message["id"],
        account,
        application,
        incoming.sender,
        "mms" if incoming.is_mms else "sms",
        message["segmentCount"],
        len(incoming.text),
        len(incoming.media),
        len(incoming.recipients),
        now,
        application is not None,
        json.dumps({**message, "text": ""}),
    )
    add_delivery(message["id"], owner, "RECEIVED", state)
    others = (incoming.sender, *(each for each in incoming.recipients if each != owner))
    transcript.note(message, others, account, state)
    if application is not None:
        tell_received(message, account, application, now, state)
    return str(message["id"])


def _describe(
    incoming: Incoming, owner: str, application: str | None, now: float
) -> Mapping[str, object]:
    return {
        "id": make_id(now),
        "owner": owner,
        "applicationId": application,
        "time": timestamp(now),
        "segmentCount": 1 if incoming.is_mms else count_segments(incoming.text),
        "direction": "in",
        "to": list(incoming.recipients),
        "from": incoming.sender,
        "text": incoming.text,
        **({"media": list(incoming.media)} if incoming.media else {}),
    }
