"""What `sandbox_speed` asks of the list of messages, and how the account gets them before."""

from __future__ import annotations

import json

from benchmarks.sandbox_calls import AREA_CODES, Caller, Place, Request, gets
from provisioner.sandbox.numbers.exchanges import number_at
from provisioner.sandbox.settings import Settings
from provisioner.sandbox.web.sample_bodies import samples

MESSAGES = 12_000
_OF_A_GROUP = 10
_CUSTOMER = "+19195550100"


def fill_with_messages(caller: Caller, place: Place, settings: Settings) -> int:
    """Lets group messages come in, each of which is one for every number that it names."""
    messaging = "products/messaging/features/sms"
    body = samples()["POST", f"/sites/*/sippeers/*/{messaging}"]
    caller.call("POST", f"{place.path}/{messaging}", body)
    group = min(_OF_A_GROUP, place.numbers // len(AREA_CODES))
    own = [f"+1{number_at(AREA_CODES[0], n)}" for n in range(group)]
    said = json.dumps({"from": _CUSTOMER, "to": own, "text": "Hello"})
    times = min(MESSAGES, 30 * place.numbers) // group
    for _ in range(times):
        caller.call("POST", f"/_sandbox/messages?account={settings.account}", said)
    return times * group


def message_lists(settings: Settings) -> dict[str, Request]:
    """Of 100 messages each."""
    path = f"/api/v2/users/{settings.account}/messages"
    own = f"%2B1{number_at(AREA_CODES[0], 7)}"
    late = "fromDateTime=2020-01-01T00:00:00.000Z&pageToken=OTkwMA=="  # from the 9,900th on
    queries = {
        "by direction": "messageDirection=INBOUND",
        "by status": "messageStatus=RECEIVED",
        "by status, none": "messageStatus=FAILED",
        "by sender": f"sourceTn={_CUSTOMER.replace('+', '%2B')}",
        "by recipient": f"destinationTn={own}",
        "by time, a late page": late,
        "by kind, the longest first": "messageType=mms&sort=messageLength:desc",
    }
    return gets({f"messages {name}": f"{path}?{query}" for name, query in queries.items()})
