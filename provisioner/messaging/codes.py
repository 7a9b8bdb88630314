"""The error codes of messages that failed: what each means and what to do about it.

One table for everything that meets them. Meanings follow the vendor's error list; 4476 and 5229
are from the vendor's command-line tool, the advice is ours. The first digits tell who found it: 4
is the message or the account (47 by the carrier), 5 the service (56 the carrier), 9 nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Explanation:
    """Two sentences: `meaning` of the code, and `advice`, the next thing to do."""

    meaning: str
    advice: str


def explain(code: int) -> Explanation:
    """Every code has an explanation: those that no table has are told by their class."""
    if code in CODES:
        return CODES[code]
    return next(
        (each for digits, each in _CLASSES.items() if str(code).startswith(digits)), _UNKNOWN
    )


_RETRY = "Send it again later; if it keeps failing, report the message id to the vendor."
_RECIPIENT = "Check the recipient's number, and take it off the list if it stays unreachable."
_CONTENT = "Change the content: name the sender, avoid shortened links, keep to what was consented."
_MEDIA = "Check that the URL is public and that type and size are allowed, then send it again."
_CAMPAIGN = "Put the number on a registered 10DLC campaign; `provisioner verify` shows its state."
_SPREAD = "Send slower or spread it over more numbers, within what the campaign allows."
_LOCATION = "Check the sippeer's SMS, MMS and application with `provisioner verify`."

CODES: Mapping[int, Explanation] = MappingProxyType(
    {
        4001: Explanation("The service rejected the message.", _CONTENT),
        4301: Explanation("The text has characters in a broken encoding.", "Send it as UTF-8."),
        4302: Explanation("The sender is malformed.", "Write it in E.164: +19195551212."),
        4303: Explanation("The recipient is malformed.", "Write it in E.164: +19195551212."),
        4350: Explanation("The message is malformed for this destination.", _CONTENT),
        4360: Explanation(
            "It expired before it could be sent.", "Allow more time, or send it at a quieter hour."
        ),
        4401: Explanation("No route leads from this sender to the recipient.", _LOCATION),
        4403: Explanation("The sender may not send this message.", _LOCATION),
        4404: Explanation("The recipient may not be sent to.", _RECIPIENT),
        4405: Explanation("The sender's number is not allocated.", "Send from a number of yours."),
        4406: Explanation("The recipient's number is not allocated.", _RECIPIENT),
        4407: Explanation("The sender belongs to no account.", _LOCATION),
        4408: Explanation("The recipient belongs to no account.", _RECIPIENT),
        4409: Explanation("The sender's profile does not allow it.", _LOCATION),
        4410: Explanation("The media could not be fetched.", _MEDIA),
        4411: Explanation("The media is too large.", _MEDIA),
        4412: Explanation("The media is of a type that is not taken.", _MEDIA),
        4420: Explanation("The recipient's carrier could not be found.", _RECIPIENT),
        4421: Explanation("The recipient has no carrier for messages.", _RECIPIENT),
        4431: Explanation(
            "Short codes are not open to this sender.", "Declare `sms: true` on the sippeer."
        ),
        4432: Explanation("The recipient's country is not open to this account.", _RECIPIENT),
        4433: Explanation(
            "Toll-free messages are not open to this sender.",
            "Declare `sms: true` on the sippeer.",
        ),
        4434: Explanation(
            "Toll-free recipients are not open to this sender.",
            "Declare `sms: true` on the sippeer.",
        ),
        4435: Explanation("It has too many recipients.", "Send to at most ten at a time."),
        4451: Explanation(
            "The user id in the path is not valid.",
            "Check the account, and BW_MESSAGING_USER_ID if it is set.",
        ),
        4452: Explanation(
            "The application does not exist or is not the sender's.",
            "Use the application of the sender's sippeer; `provisioner show` prints it.",
        ),
        4470: Explanation("The service takes the message for spam.", _CONTENT),
        4476: Explanation("The sender is on no 10DLC campaign.", _CAMPAIGN),
        4481: Explanation("The sender is on a deny list.", "Ask the vendor's support why."),
        4482: Explanation("The recipient is on a deny list.", _RECIPIENT),
        4492: Explanation("The recipient is an emergency number.", "Take it off the list."),
        4493: Explanation("The sender is not authorised.", _LOCATION),
        4700: Explanation("The carrier's service is not available.", _RETRY),
        4701: Explanation("The carrier's service is denied to this sender.", _RECIPIENT),
        4702: Explanation("The recipient cannot be reached by the carrier.", _RECIPIENT),
        4711: Explanation("The carrier found the media too large.", "Send less than 1 MB in all."),
        4712: Explanation("The carrier does not take this type of media.", _MEDIA),
        4720: Explanation("The carrier does not know the recipient.", _RECIPIENT),
        4721: Explanation("The recipient's number is no longer active.", _RECIPIENT),
        4730: Explanation("The carrier has no route to the recipient.", _RECIPIENT),
        4740: Explanation("The carrier does not accept the sender.", _CAMPAIGN),
        4750: Explanation("The carrier rejected the message.", _CONTENT),
        4751: Explanation("The carrier rejected the message as malformed.", _CONTENT),
        4752: Explanation("The recipient's handset rejected the message.", _RECIPIENT),
        4753: Explanation("The recipient's handset could not take the message.", _RECIPIENT),
        4770: Explanation("The carrier takes the message for spam.", _CONTENT),
        4771: Explanation("The carrier blocks public shortened links.", "Write the link in full."),
        4772: Explanation("The carrier blocks the sender.", "Ask the vendor's support why."),
        4773: Explanation("The sender's campaign is not active.", _CAMPAIGN),
        4774: Explanation(
            "The sender's registration has not reached the carrier.",
            "Wait a day after a number was put on a campaign, then send it again.",
        ),
        4775: Explanation(
            "The recipient has opted out.", "Take it off the list until it sends START."
        ),
        4780: Explanation("The campaign is over T-Mobile's volume of the day.", _SPREAD),
        4781: Explanation("The campaign is over AT&T's volume.", _SPREAD),
        4785: Explanation("The sender is over a carrier's volume.", _SPREAD),
        4790: Explanation("A rule for short codes forbids it.", _CONTENT),
        4791: Explanation("A rule for short codes forbids this recipient.", _RECIPIENT),
        4792: Explanation("A rule for short codes forbids this content.", _CONTENT),
        4793: Explanation("A rule for short codes forbids this sender.", _LOCATION),
        4795: Explanation(
            "The toll-free number is not verified.",
            "Have it verified by the vendor; `provisioner verify` shows its state.",
        ),
        5100: Explanation("The service had a temporary fault.", _RETRY),
        5101: Explanation("The service had a temporary fault.", _RETRY),
        5106: Explanation("All tries to hand it on failed.", _RETRY),
        5111: Explanation("The service had a temporary fault.", _RETRY),
        5201: Explanation("It expired while it was being tried again.", _RETRY),
        5211: Explanation("The service had a temporary fault.", _RETRY),
        5220: Explanation("The service could not store the message.", _RETRY),
        5229: Explanation("The sender's campaign is still being set up.", _CAMPAIGN),
        5231: Explanation("The parts of the message could not be put together.", _RETRY),
        5500: Explanation("The service could not send the message.", _RETRY),
        5501: Explanation("The service could not send the message.", _RETRY),
        5600: Explanation("The carrier's queue is full.", _RETRY),
        5610: Explanation("The carrier failed.", _RETRY),
        5620: Explanation("The carrier failed.", _RETRY),
        5630: Explanation("The carrier failed.", _RETRY),
        5650: Explanation("The carrier failed.", _RETRY),
        5999: Explanation("The service failed for a reason that it does not name.", _RETRY),
        9902: Explanation(
            "No receipt came from the carrier in time (2 hours).",
            "It may have been delivered: ask the recipient before you send it again.",
        ),
        9999: Explanation(
            "The carrier answered with a code that the service does not know.",
            "Report the message id to the vendor if it happens again.",
        ),
    }
)

_CLASSES: Mapping[str, Explanation] = MappingProxyType(
    {
        "47": Explanation("A carrier refused the message.", _CONTENT),
        "4": Explanation("The service refused the message.", _LOCATION),
        "56": Explanation("A carrier failed.", _RETRY),
        "5": Explanation("The service failed.", _RETRY),
    }
)
_UNKNOWN = Explanation(
    "The service gives no meaning for this code.", "Report the message id to the vendor."
)
