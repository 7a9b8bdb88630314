"""The error codes of the numbers API: what to do about each. One table for everything that meets
them.

Codes and what they mean are from the vendor's error list and the vendor interface description; the
advice is ours. The service uses some codes for more than one thing, so that its own words always
stand before the advice. A code that is not here has none: a wrong way out is worse than no way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

_AGAIN = "Run again later; if it stays so, report it to the vendor with the time."
_ROLE = "Give the credentials a role for this, or use those of the right account."
_SUPPORT = "Ask the vendor to enable this for the account, or take it out of the spec."
_ORDER_FIELDS = "Correct what the block searches by, or choose another kind of block."
_LATER_PLAN = "Plan again: the account was changed meanwhile."
_CALLBACK_NAMES = (
    "Take the older names of its callback URLs off the application by hand, then run again."
)
_PASSWORD = "Declare `user_id` and `password` together, and run with --resend-secrets."  # noqa: S105 -- advice
_CAMPAIGN = "Correct the campaign's id, or have it registered with the vendor."
_DIFFERENT_NUMBERS = "Choose another area, or `back_order: true` where the order may wait."

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "1000": _AGAIN,
        "1001": _ROLE,
        "1003": "Declare what it names; of a site that is its `address`.",
        "1005": _ROLE,
        "1006": "Correct the value; `provisioner validate` knows the documented limits.",
        "1008": "Correct the value: it is not of the form that the service wants.",
        "1009": "Choose another value: something else has this one.",
        "1010": _AGAIN,
        "1011": "Make the value longer.",
        "1012": "Make the value shorter.",
        "1015": _LATER_PLAN,
        "1016": _LATER_PLAN,
        "1022": "Set BW_API_VERSION to the version that the account has.",
        "5005": _DIFFERENT_NUMBERS,
        "5006": _LATER_PLAN,
        "5007": "Order fewer at a time, or ask the vendor to raise the account's capacity.",
        "5009": "Declare a `quantity` within what the service sells at once.",
        "5012": _AGAIN,
        "5016": _LATER_PLAN,
        "5018": _DIFFERENT_NUMBERS,
        "5019": "Wait for the order that is under way, then run again.",
        "5020": "Declare `default: true` on one sippeer of the site.",
        "5022": _LATER_PLAN,
        "5023": _LATER_PLAN,
        "5041": _DIFFERENT_NUMBERS,
        "5051": _ROLE,
        "5060": "Only an order that waits for stock can be closed: wait for its end.",
        "5061": "Correct the order's id: `provisioner show` lists those that are open.",
        "5093": "A number stands twice in the order: list it once.",
        "5095": "Order fewer numbers at a time.",
        "5132": "Declare `sms: true` on the location: a campaign needs it.",
        "5183": _SUPPORT,
        "5198": _ORDER_FIELDS,
        "5199": _ORDER_FIELDS,
        "5215": "Declare a `quantity` within what the service sells at once.",
        "5217": "Leave `partial_allowed` out for this kind of block.",
        "5218": "Wait for the other order of that number, then run again.",
        "12016": _LATER_PLAN,
        "12031": "It still has locations: delete those first.",
        "12054": "The service has locked it: ask the vendor to unlock it.",
        "12059": "A billing id is assigned to it: have the vendor take that away.",
        "12103": _SUPPORT,
        "12107": "A location still uses it: give that another application, or none, first.",
        "12112": "Correct the address: suffix, direction and ZIP code are the usual slips.",
        "12113": "Check the address: the service does not know it.",
        "12128": _CAMPAIGN,
        "12130": _SUPPORT,
        "12145": _SUPPORT,
        "12150": _SUPPORT,
        "12189": _CAMPAIGN,
        "12192": "Wait until the vendor has made the campaign active, then run again.",
        "12526": "Choose a name of letters, digits and spaces.",
        "12529": "Choose a shorter name.",
        "12533": "Declare a name.",
        "12800": _PASSWORD,
        "12801": "The account may not make messaging applications; ask the vendor.",
        "12802": "Declare `callback_url`.",
        "12803": "Declare a full URL, such as https://example.com/callbacks.",
        "12806": "Declare a name.",
        "12960": _CALLBACK_NAMES,
        "12964": "Choose another name: an application of another kind has this one.",
        "12974": "Declare a full URL, such as https://example.com/callbacks.",
        "12976": _PASSWORD,
        "12977": _PASSWORD,
        "13065": _CALLBACK_NAMES,
        "13066": _CALLBACK_NAMES,
        "13500": "Declare a name.",
        "13501": "Choose a shorter name: 50 characters at most.",
        "13502": "Choose a name of letters, digits and spaces.",
        "13503": "Choose a shorter description: 50 characters at most.",
        "13522": "Declare `default: true` on one sippeer of the site.",
        "13524": "Choose another name, or pin the one that is there with `id:`.",
        "13555": "Numbers are on it, or on their way to it: release or move them, and wait until "
        "ports are done.",
        "13557": _LATER_PLAN,
        "13558": "It is the default of its site, and others are there: make another the default.",
        "13563": _LATER_PLAN,
        "13566": _AGAIN,
        "13606": "The location has another protocol; ask the vendor to change it to HTTP.",
        "13607": _SUPPORT,
        "13609": _SUPPORT,
        "13613": "SMS is on: declare `sms: false` on it first.",
        "13622": "MMS is on: declare `mms: false` on it first.",
        "13623": "Declare `sms: true` beside `mms: true`.",
        "13624": "Declare `mms: false` as well.",
        "13628": "Pin the application with `id:`, or correct its name.",
        "13629": _LATER_PLAN,
        "13644": "The location has another protocol; ask the vendor to change it to HTTP.",
        "13645": "Declare `sms: true` on the location, with HTTP as its protocol.",
        "13648": "Assign a messaging application, not one for voice.",
        "13652": "Voice over HTTP is set up on it: take that away at the vendor first.",
        "13673": "Move or release its numbers first: `provisioner show` lists them.",
        "13679": "Another location uses it as its proxy: have the vendor change that.",
        "13681": "Orders for it are open: wait for them, or close back orders with "
        "`provisioner release --order`.",
    }
)

BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        402: "The account cannot pay: ask whoever owns it.",
        404: _LATER_PLAN,
    }
)
"""Where the service names no code that is known."""

NOT_SAID = "The service does not say why; -vv shows what was sent."

_CODE = re.compile(r"(?:^|; )(\d{4,5})\b")


def advice_on(codes: Iterable[str | None], status: int | None = None) -> str:
    """What to do, a sentence for each kind of way out; "" where nobody knows."""
    known = dict.fromkeys(ADVICE[code] for code in codes if code and code in ADVICE)
    return " ".join(known) or BY_STATUS.get(status or 0, "")


def advice_in(reason: str) -> str:
    """The same, on what an order says of its errors: `5018 No numbers; 5005 Taken`."""
    return advice_on(_CODE.findall(reason))
