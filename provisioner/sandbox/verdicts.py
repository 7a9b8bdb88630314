"""What becomes of a message that was accepted: 0, or the error code it fails with.

Codes: vendor error list. It is settled when the message is accepted, with the account as it is
then. Which code belongs to MMS on a location without MMS, and to a number that is on no location,
is an assumption. 4476, and that an application which no location has is never heard of again, were
seen by the vendor's command-line client. No toll-free number is verified.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from provisioner.sandbox.markup import restore
from provisioner.sandbox.message_rules import Draft
from provisioner.sandbox.numbering import Notation
from provisioner.sandbox.state import State

_E164 = Notation(prefix="+1")
_TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}", re.ASCII)
_SMS_SETTINGS = "SipPeerSmsFeatureSettings"
_CARRIES_CAMPAIGN = ("ON", "DefaultOn")

EXPIRED = 4360


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message comes from: `location` is the sippeer that its number is on, `application`
    the account's application that it names, or None. `linked` is whether any location has that."""

    draft: Draft
    location: sqlite3.Row | None
    application: str | None
    linked: bool
    campaign: str | None
    must_be_registered: bool


def find_route(draft: Draft, account: str, state: State) -> Route:
    location = _location(draft.sender, account, state)
    application = _application(draft.application, account, state)
    linked = state.row("SELECT 1 FROM sippeers WHERE application = ?", application) is not None
    must = state.settings.registration_required
    return Route(draft, location, application, linked, _campaign(location), must)


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
    return route.must_be_registered and _is_toll_free(route.draft.sender)


def _is_on_no_campaign(route: Route, _: str) -> bool:
    return (
        route.must_be_registered
        and not _is_toll_free(route.draft.sender)
        and route.campaign is None
    )


def _goes_to_closed_toll_free(route: Route, recipient: str) -> bool:
    return _is_toll_free(recipient) and not _has(route.location, "TollFree")


def _goes_to_closed_short_code(route: Route, recipient: str) -> bool:
    return not recipient.startswith("+") and not _has(route.location, "ShortCode")


def _goes_abroad(_: Route, recipient: str) -> bool:
    return recipient.startswith("+") and not recipient.startswith("+1")


def _goes_to_no_number(_: Route, recipient: str) -> bool:
    return recipient.startswith("+1") and _E164.read(recipient) is None


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


def _location(sender: str, account: str, state: State) -> sqlite3.Row | None:
    return state.row(
        "SELECT sippeers.* FROM numbers JOIN sippeers ON sippeers.id = peer "
        "WHERE number = ? AND account = ? AND status = 'Inservice'",
        _E164.read(sender),
        account,
    )


def _application(named: str, account: str, state: State) -> str | None:
    try:
        identity = str(uuid.UUID(named))
    except ValueError:
        return None
    row = state.row("SELECT id FROM applications WHERE id = ? AND account = ?", identity, account)
    return None if row is None else str(row["id"])


def _campaign(location: sqlite3.Row | None) -> str | None:
    """The campaign that the location's settings put all of its numbers on."""
    if _setting(location, "A2pLongCode") not in _CARRIES_CAMPAIGN:
        return None
    return _setting(location, "A2pCampaignId") or None


def _has(location: sqlite3.Row | None, flag: str) -> bool:
    return _setting(location, flag) == "true"


def _setting(location: sqlite3.Row | None, name: str) -> str:
    if location is None or location["sms"] is None:
        return ""
    return restore(location["sms"]).findtext(f"{_SMS_SETTINGS}/{name}") or ""


def _is_toll_free(number: str) -> bool:
    return _TOLL_FREE.fullmatch(number) is not None
