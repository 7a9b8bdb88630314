"""Every refusal the account knows: code, HTTP status, words.

Codes are the vendor's (vendor interface description and error list). Where only the code is
documented the status is an assumption and marked so; the words are ours throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class Rule:
    status: int
    words: str


RULES: Mapping[int, Rule] = MappingProxyType(
    {
        1000: Rule(500, "Internal error; try again."),
        1003: Rule(400, "{} is required"),
        1006: Rule(400, "'{}' is out of range for {}: {}"),
        1008: Rule(400, "'{}' is not a valid value for {}"),
        1011: Rule(400, "{} is too long: at most {} characters"),
        1012: Rule(400, "{} is too short: at least {} characters"),
        1015: Rule(409, "{} is enabled already"),  # status: assumption
        1016: Rule(404, "{} does not exist"),  # status: assumption
        1019: Rule(400, "Bad request: {}"),
        4010: Rule(400, "A search parameter is missing: {}"),
        5001: Rule(400, "The list of telephone numbers is missing or empty"),
        5002: Rule(400, "Exactly one order type is needed; found {}"),
        5005: Rule(200, "The telephone number is not available"),
        5006: Rule(200, "The telephone number does not belong to this account"),
        5009: Rule(400, "The quantity must be a number from 1 to 5000"),
        5016: Rule(400, "There is no site with this SiteId"),
        5017: Rule(200, "Only a part of the quantity was available"),
        5018: Rule(200, "None of the quantity was available"),
        5020: Rule(400, "The site has no default sippeer, and the order names none"),
        5022: Rule(400, "SiteId is required"),
        5023: Rule(400, "There is no such sippeer on the site"),
        5052: Rule(
            400, "CustomerOrderId takes at most 40 letters, digits, dashes and spaces, and no other"
        ),
        5060: Rule(400, "Only a back-ordered order can be closed"),
        5061: Rule(404, "There is no order with this id"),
        5070: Rule(400, "The telephone number is not valid"),
        5093: Rule(400, "The telephone number is listed twice"),
        5095: Rule(400, "An order takes at most 5000 telephone numbers"),
        5198: Rule(400, "Both {} are required"),
        5217: Rule(400, "PartialAllowed must be true or false"),
        12016: Rule(404, "Site '{}' does not exist"),
        12024: Rule(400, "There is no state '{}'"),
        12031: Rule(400, "The site still has sippeers"),  # status: assumption
        12107: Rule(409, "The application is in use by: {}"),  # status: assumption
        12112: Rule(409, "The address needs a correction; the closest valid one is recommended"),
        12113: Rule(400, "The street address cannot be verified"),
        12512: Rule(400, "'{}' is not a telephone number"),
        12526: Rule(400, "The name of the site has characters that are not allowed"),
        12529: Rule(400, "The name of the site is longer than 50 characters"),
        12533: Rule(400, "The name of the site is required"),
        12800: Rule(400, "{} has a Password but no UserId"),
        12801: Rule(400, "'{}' is not a service type"),
        12802: Rule(400, "The inbound callback URL is required"),
        12803: Rule(400, "'{}' is not a URL that can be called back"),
        12806: Rule(400, "AppName is required"),
        12960: Rule(400, "CallbackUrl and MsgCallbackUrl must be equal where both are given"),
        12962: Rule(400, "{} does not go with the service type {}"),
        12964: Rule(400, "The service type of an application cannot be changed"),
        12976: Rule(400, "{}: another UserId needs its Password"),
        12977: Rule(400, "{} has a UserId but no Password"),
        13065: Rule(400, "CallbackUrl and MsgCallbackUrl cannot be mixed with the newer URLs"),
        13066: Rule(400, "CallbackCreds cannot be mixed with inbound or outbound credentials"),
        13500: Rule(400, "PeerName is required"),
        13501: Rule(400, "PeerName is longer than 50 characters"),
        13502: Rule(400, "PeerName has characters that are not allowed"),
        13503: Rule(400, "Description is longer than 50 characters"),
        13522: Rule(400, "IsDefaultPeer cannot be false: a default sippeer is needed"),
        13524: Rule(409, "The site has a sippeer named '{}' already"),
        13555: Rule(400, "The sippeer still has telephone numbers"),
        13557: Rule(404, "Sippeer '{}' was not found"),
        13558: Rule(400, "The sippeer is the site's default, and there are others"),
        13563: Rule(400, "Sippeer '{}' does not exist in site '{}' of account '{}'"),
        13581: Rule(400, "CallingName: Display is missing"),
        13582: Rule(400, "CallingName: Enforced is missing"),
        13606: Rule(400, "Messaging takes exactly one protocol"),
        13613: Rule(400, "The sippeer still has the SMS feature"),
        13622: Rule(400, "The sippeer still has the MMS feature"),
        13623: Rule(400, "MMS needs the SMS feature first"),
        13624: Rule(400, "SMS cannot be removed while MMS is on"),
        13628: Rule(400, "HttpMessagingV2AppId must be the id of an application, or REMOVE"),
        13629: Rule(404, "Application with id '{}' not found"),
        13645: Rule(400, "An application needs the protocol HTTP for SMS and MMS first"),
        13648: Rule(400, "The application is not for messaging"),
        13673: Rule(400, "SMS cannot be removed: the sippeer has numbers with messaging"),
        13681: Rule(400, "The sippeer has number orders that are still open"),
        15518: Rule(400, "'{}' is not a status to search by; there are: {}"),
    }
)


class Refusal(Exception):
    """A request that the rules refuse. `facts` fill the words; `details` follow the error itself.

    `status` overrides the rule's where one code is answered in two ways (13629 is 404 for a path
    and 400 for a value in a body).
    """

    def __init__(
        self,
        code: int,
        *facts: object,
        status: int | None = None,
        number: str | None = None,
        details: tuple[Element, ...] = (),
    ) -> None:
        rule = RULES[code]
        self.code = code
        self.status = rule.status if status is None else status
        self.words = rule.words.format(*facts)
        self.number = number
        self.details = details
        super().__init__(f"{code}: {self.words}")


class Denial(Exception):
    """A request turned away with an empty body: 401, 403, 404, 429."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(str(status))
