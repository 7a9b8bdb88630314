"""What becomes of a message that was accepted: 0, or the error code it fails with.

Codes: vendor error list. It is settled when the message is accepted, with the account as it is
then. Which code belongs to MMS on a location without MMS, and to a number that cannot send or is on
no location, is an assumption. 4476, and that an application which no location has is never heard of
again, were seen by the vendor's command-line client.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.sandbox.calls.lookups import sippeer_by_id
from provisioner.sandbox.calls.markup import restore
from provisioner.sandbox.calls.numbering import E164
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import campaigns, inventory, verifications
from provisioner.sandbox.numbers.number_settings import speaks_sms
from provisioner.sandbox.traffic.message_rules import Draft

_TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}", re.ASCII)
_SMS_SETTINGS = "SipPeerSmsFeatureSettings"
_CARRIES_CAMPAIGN = ("ON", "DefaultOn")
_VERIFIED = "VERIFIED"

EXPIRED = 4360

# What the event of a failure says beside the code (own words; the vendor's vary).
DESCRIPTIONS: Mapping[int, str] = MappingProxyType(
    {
        4303: "malformed to number",
        EXPIRED: "message expired",
        4403: "forbidden from number",
        4431: "forbidden to short code",
        4432: "forbidden to country",
        4433: "forbidden from toll-free number",
        4434: "forbidden to toll-free number",
        4452: "application is not that of the from number",
        4476: "from number is not on a campaign",
        4795: "toll-free number is not verified",
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message comes from: `location` is the sippeer of its number, or None where that
    cannot send; `application` the account's application that it names, or None. `linked` is whether
    any location has that. `registered` is whether the number may send, where a local one needs a
    campaign and a toll-free one its verification."""

    draft: Draft
    location: sqlite3.Row | None
    application: str | None
    linked: bool
    campaign: str | None
    registered: bool


def find_route(draft: Draft, account: str, state: State) -> Route:
    number = E164.read(draft.sender)
    location = None if number is None else location_of(number, account, state)
    application = _application(draft.application, account, state)
    linked = state.row("SELECT 1 FROM sippeers WHERE application = ?", application) is not None
    campaign = None if number is None else _campaign(number, location, account, state)
    registered = not state.settings.registration_required or (
        verifications.find_status(number or "", account, state) == _VERIFIED
        if _is_toll_free(draft.sender)
        else campaign is not None
    )
    return Route(draft, location, application, linked, campaign, registered)


def judge(route: Route, recipient: str, sends: float) -> int:
    """The error code for this recipient of a message that leaves the queue at `sends`."""
    expires = route.draft.expires
    if expires is not None and expires <= sends:
        return EXPIRED
    failing = (code for code, fails in _RULES if fails(route, recipient))
    return next(failing, 0)


def _is_from_nobody(route: Route, _: str) -> bool:
    return route.location is None


def _is_of_another_application(route: Route, _: str) -> bool:
    return (
        route.location is None
        or route.application is None
        or route.location["application"] != route.application
    )


def _needs_mms(route: Route, _: str) -> bool:
    return route.draft.is_mms and (route.location is None or route.location["mms"] is None)


def _comes_from_closed_toll_free(route: Route, _: str) -> bool:
    return _is_toll_free(route.draft.sender) and not _has(route.location, "TollFree")


def _is_not_verified(route: Route, _: str) -> bool:
    return _is_toll_free(route.draft.sender) and not route.registered


def _is_on_no_campaign(route: Route, _: str) -> bool:
    return not _is_toll_free(route.draft.sender) and not route.registered


def _goes_to_closed_toll_free(route: Route, recipient: str) -> bool:
    return _is_toll_free(recipient) and not _has(route.location, "TollFree")


def _goes_to_closed_short_code(route: Route, recipient: str) -> bool:
    return not recipient.startswith("+") and not _has(route.location, "ShortCode")


def _goes_abroad(_: Route, recipient: str) -> bool:
    return recipient.startswith("+") and not recipient.startswith("+1")


def _goes_to_no_number(_: Route, recipient: str) -> bool:
    return recipient.startswith("+1") and E164.read(recipient) is None


# In the order in which the service would find out; the first that applies decides.
_RULES: tuple[tuple[int, Callable[[Route, str], bool]], ...] = (
    (4403, _is_from_nobody),
    (4452, _is_of_another_application),
    (4403, _needs_mms),
    (4433, _comes_from_closed_toll_free),
    (4303, _goes_to_no_number),
    (4432, _goes_abroad),
    (4434, _goes_to_closed_toll_free),
    (4431, _goes_to_closed_short_code),
    (4476, _is_on_no_campaign),
    (4795, _is_not_verified),
)


def location_of(number: str, account: str, state: State) -> sqlite3.Row | None:
    """Where a number is that can send messages."""
    found = inventory.find(number, account, state)
    if found is None or found["peer"] is None:
        return None
    peer = sippeer_by_id(found["peer"], state)
    return peer if speaks_sms(found, peer) else None


def _application(named: str, account: str, state: State) -> str | None:
    try:
        identity = str(uuid.UUID(named))
    except ValueError:
        return None
    row = state.row("SELECT id FROM applications WHERE id = ? AND account = ?", identity, account)
    return None if row is None else str(row["id"])


def _campaign(number: str, location: sqlite3.Row | None, account: str, state: State) -> str | None:
    """The number's own campaign, once it is registered there; without one, that of its location's
    settings. One that the account knows must be usable (assumption)."""
    own = campaigns.of_number(number, account, state)
    if own is None:
        named = _campaign_of_location(location)
    else:
        named = own["campaign"] if own["status"] == campaigns.REGISTERED_NUMBER else None
    known = None if named is None else campaigns.find(named, account, state)
    return named if known is None or known["status"] in campaigns.USABLE else None


def _campaign_of_location(location: sqlite3.Row | None) -> str | None:
    if _setting(location, "A2pLongCode") not in _CARRIES_CAMPAIGN:
        return None
    return _setting(location, "A2pCampaignId") or None


def _has(location: sqlite3.Row | None, flag: str) -> bool:
    return _setting(location, flag) == "true"


def _setting(location: sqlite3.Row | None, name: str) -> str:
    if location is None:
        return ""
    return restore(location["sms"]).findtext(f"{_SMS_SETTINGS}/{name}") or ""


def _is_toll_free(number: str) -> bool:
    return _TOLL_FREE.fullmatch(number) is not None
