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
        1014: Rule(400, "'{}' is not a valid number"),
        1015: Rule(409, "{} is enabled already"),  # status: assumption
        1016: Rule(404, "{} does not exist"),  # status: assumption
        1019: Rule(400, "Bad request: {}"),
        1022: Rule(400, "'{}' is not a telephone number in E.164"),
        4000: Rule(400, "The area code cannot be searched for: {}"),
        4001: Rule(400, "The rate center cannot be searched for: {}"),
        4002: Rule(400, "The beginning of the number cannot be searched for: {}"),
        4003: Rule(400, "The toll-free vanity word cannot be searched for: {}"),
        4004: Rule(400, "The toll-free wild card cannot be searched for: {}"),
        4005: Rule(400, "The city cannot be searched for: {}"),
        4006: Rule(400, "The state cannot be searched for: {}"),
        4007: Rule(400, "The ZIP code cannot be searched for: {}"),
        4008: Rule(400, "The LATA cannot be searched for: {}"),
        4010: Rule(400, "The search is not supported: {}"),
        4011: Rule(400, "The vanity word cannot be searched for: {}"),
        4016: Rule(400, "'{}' is not a tier: there are 0 to 5"),
        4020: Rule(400, "The order of results is not valid: {}"),
        4021: Rule(400, "The order of results cannot be chosen: {}"),
        4022: Rule(400, "The kind of protected numbers is not valid: {}"),
        5001: Rule(400, "The list of telephone numbers is missing or empty"),
        5002: Rule(400, "The order is not valid: {}"),
        5005: Rule(200, "The telephone number is not available"),
        5006: Rule(200, "The telephone number does not belong to this account"),
        5009: Rule(400, "The quantity must be a number from 1 to 5000"),
        5016: Rule(400, "There is no site with this SiteId"),
        5017: Rule(200, "Only a part of the quantity was available"),
        5018: Rule(200, "None of the quantity was available"),
        5020: Rule(400, "The site has no default sippeer, and the order names none"),
        5022: Rule(400, "SiteId is required"),
        5023: Rule(400, "There is no such sippeer on the site"),
        5040: Rule(400, "Telephone number {} cannot be reserved: there is none"),
        5041: Rule(400, "Telephone number {} cannot be reserved: it is not available"),
        5043: Rule(404, "Reservation {} was not found"),
        5044: Rule(400, "ReservedTn is required"),
        5052: Rule(
            400, "CustomerOrderId takes at most 40 letters, digits, dashes and spaces, and no other"
        ),
        5060: Rule(400, "Only a back-ordered order can be closed"),
        5061: Rule(404, "There is no order with this id"),
        5070: Rule(400, "The telephone number is not valid"),
        5072: Rule(400, "A telephone number is in more than one group"),
        5076: Rule(200, "The telephone number does not belong to this account"),
        5079: Rule(400, "'{}' is not a valid CallingNameDisplay"),
        5081: Rule(400, "'{}' is not a valid NumberFormat"),
        5084: Rule(400, "'{}' is not a valid DisconnectMode; there is: normal"),
        5089: Rule(400, "'{}' is not a valid RPIDFormat"),
        5093: Rule(400, "The telephone number is listed twice"),
        5095: Rule(400, "An order takes at most 5000 telephone numbers"),
        5102: Rule(400, "'{}' is not an attribute of telephone numbers"),
        5107: Rule(400, "'{}' is not a valid value for Protected"),
        5108: Rule(
            400, "'{}' is not a valid value for Protected; there are: TRUE, FALSE, UNCHANGED"
        ),
        5113: Rule(400, "'{}' is not a valid value for Sms"),
        5132: Rule(200, "A campaign needs SMS to be on"),
        5134: Rule(400, "{} does not go with this Action"),
        5138: Rule(400, "'{}' is not a valid Action"),
        5145: Rule(200, "SMS needs the feature on the location first"),
        5198: Rule(400, "Both AreaCode and Quantity are required; missing: {}"),
        5199: Rule(400, "Both TollFreeVanity and Quantity are required; missing: {}"),
        5217: Rule(400, "PartialAllowed must be true or false"),
        5218: Rule(
            400, "The telephone number is being processed by another order"
        ),  # status: assumption
        5224: Rule(400, "The search criteria cannot be empty: {}"),
        5522: Rule(200, "This order cannot wait for more numbers"),
        7309: Rule(400, "SiteId is missing, or there is no such site"),
        7310: Rule(400, "The site has no default sippeer, and the order names none"),
        7311: Rule(400, "The sippeer is on another site"),
        7312: Rule(400, "There is no such sippeer"),
        7314: Rule(400, "An order takes at most {} telephone numbers"),
        7316: Rule(400, "At least one telephone number is required"),
        7318: Rule(
            400, "CustomerOrderId takes at most 40 letters, digits, dashes and spaces, and no other"
        ),
        7325: Rule(400, "Numbers cannot be moved from account '{}'"),
        7339: Rule(400, "Telephone number '{}' is not valid"),
        7360: Rule(400, "A telephone number is listed twice"),
        7518: Rule(200, "The telephone number is not in service on this account"),
        12016: Rule(404, "Site '{}' does not exist"),
        12024: Rule(400, "There is no state '{}'"),
        12031: Rule(400, "The site still has sippeers"),  # status: assumption
        12055: Rule(403, "Campaign management is not enabled on account {}"),
        12107: Rule(409, "The application is in use by: {}"),  # status: assumption
        12112: Rule(409, "The address needs a correction; the closest valid one is recommended"),
        12113: Rule(400, "The street address cannot be verified"),
        12128: Rule(400, "There is no campaign '{}' on this account"),
        12189: Rule(404, "Campaign with id '{}' not found"),
        12192: Rule(400, "Campaign '{}' is not active"),
        12501: Rule(400, "UserId must be that of the caller"),
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
        12987: Rule(400, "'{}' is not a country in three capital letters"),
        13065: Rule(400, "CallbackUrl and MsgCallbackUrl cannot be mixed with the newer URLs"),
        13066: Rule(400, "CallbackCreds cannot be mixed with inbound or outbound credentials"),
        13500: Rule(400, "PeerName is required"),
        13501: Rule(400, "PeerName is longer than 50 characters"),
        13502: Rule(400, "PeerName has characters that are not allowed"),
        13503: Rule(400, "Description is longer than 50 characters"),
        13505: Rule(400, "At least one FullNumber is required"),
        13511: Rule(400, "Telephone number '{}' is listed twice"),
        13512: Rule(400, "'{}' is not a telephone number of ten digits"),
        13513: Rule(400, "CallForward '{}' is not a telephone number of ten digits"),
        13514: Rule(400, "'{}' is not a valid NumberFormat"),
        13516: Rule(400, "'{}' is not a valid RPIDFormat"),
        13518: Rule(400, "Telephone number '{}' is not in service"),
        13520: Rule(400, "Telephone number '{}' is not on this account"),
        13521: Rule(400, "Telephone number '{}' is not on this site"),
        13522: Rule(400, "IsDefaultPeer cannot be false: a default sippeer is needed"),
        13524: Rule(409, "The site has a sippeer named '{}' already"),
        13536: Rule(400, "Telephone number {} is not on account {}, site {}, sippeer {}"),
        13555: Rule(400, "The sippeer still has telephone numbers"),
        13557: Rule(404, "Sippeer '{}' was not found"),
        13558: Rule(400, "The sippeer is the site's default, and there are others"),
        13563: Rule(400, "Sippeer '{}' does not exist in site '{}' of account '{}'"),
        13575: Rule(400, "'{}' is not a valid CallingNameDisplay; there are: true, false"),
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
        13678: Rule(400, "The sippeer does not have the SMS feature"),
        13681: Rule(400, "The sippeer has number orders that are still open"),
        14500: Rule(404, "'{}' is not a type of order that can be subscribed to"),
        14501: Rule(404, "The subscription is not valid: {}"),
        14502: Rule(404, "'{}' is not a valid DigestRequested"),
        14503: Rule(404, "The URL is missing"),
        14504: Rule(404, "PublicKey is not in Base64"),
        14505: Rule(404, "BasicAuthentication needs both Username and Password"),
        14506: Rule(404, "'{}' is not a URL that can be called back"),
        14507: Rule(404, "'{}' is not a type of event that can be subscribed to"),
        14508: Rule(404, "Exactly one of OrderType and EventType is needed"),
        15503: Rule(400, "{}: '{}' is not a date; it is written yyyy-mm-dd"),
        15507: Rule(400, "At most one of accountId, siteId and sippeerId can be given"),
        15508: Rule(400, "{} and {} must be used together"),
        15509: Rule(400, "{} must not be after {}"),
        15510: Rule(400, "'{}' is not an area code"),
        15511: Rule(400, "'{}' is not an area code with an exchange"),
        15512: Rule(400, "'{}' is not the beginning of a telephone number in seven digits"),
        15513: Rule(400, "'{}' is not a status of telephone numbers"),
        15514: Rule(400, "'{}' is not a rate center or city"),
        15516: Rule(400, "'{}' is not a page: neither a number of one nor a telephone number"),
        15518: Rule(400, "'{}' is not a status to search by; there are: {}"),
        15607: Rule(400, "At most 2500 telephone numbers can be looked up at a time"),
        15608: Rule(200, "These are not telephone numbers"),
        15610: Rule(200, "These telephone numbers are not on the account"),
        15611: Rule(400, "A list of telephone numbers is required"),
        15621: Rule(400, "'{}' is not a service"),
        16000: Rule(404, "Subscription {} was not found for account {}"),
        16004: Rule(404, "There is no order {} of type {}"),
        16006: Rule(409, "There are {} subscriptions to all orders of this type already"),
        16008: Rule(409, "There is such a subscription already"),
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
