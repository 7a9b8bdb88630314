"""What may be in a subscription. Facts: vendor interface description and error list."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.markup import child, word

_ORDER_TYPES = (
    *("portins", "portouts", "orders", "disconnects", "importToAccounts", "dldas", "lsrorders"),
    *("e911s", "tnoptions", "externalTns", "lidbs", "bulkPortins", "importtnorders"),
    *("removeImportedTnOrders", "csrs", "emergencyEndpointGroup", "emergencyNotificationGroup"),
    "tollFreePortingValidations",
)
_EVENT_TYPES = ("MESSAGING_LOST",)
_DIGESTS = ("NONE", "DAILY")
_NUMBER_FORMATS = ("LEGACY", "E164")
_DEFAULT_EXPIRY = 86_400
_LONGEST_USERNAME = 100


@dataclass(frozen=True, slots=True)
class Fields:
    """What is not there is the empty text. Either `email` or `url` is there; `expiry` is in
    seconds, and emails have none."""

    order_type: str
    event_type: str
    order_id: str
    email: str = ""
    digest: str = ""
    url: str = ""
    expiry: int | None = None
    user: str = ""
    password: str = ""
    public_key: str = ""
    number_format: str = ""


def read_fields(body: Element) -> Fields:
    order_type, event_type = word(body, "OrderType"), word(body, "EventType")
    if bool(order_type) == bool(event_type):
        raise Refusal(14508)
    if order_type and order_type not in _ORDER_TYPES:
        raise Refusal(14500, order_type)
    if event_type and event_type not in _EVENT_TYPES:
        raise Refusal(14507, event_type)
    email, callback = child(body, "EmailSubscription"), child(body, "CallbackSubscription")
    about = (order_type, event_type, word(body, "OrderId"))
    if email is not None and callback is None:
        return _read_email(email, about)
    if callback is not None and email is None:
        return _read_callback(callback, about)
    raise Refusal(14501, "one of EmailSubscription and CallbackSubscription is needed")


def _read_email(email: Element, about: tuple[str, str, str]) -> Fields:
    address, digest = word(email, "Email"), word(email, "DigestRequested")
    name, at, host = address.partition("@")
    if not (name and at and host):
        raise Refusal(14501, "Email is not an address")
    if digest not in _DIGESTS:
        raise Refusal(14502, digest)
    return Fields(*about, email=address, digest=digest)


def _read_callback(callback: Element, about: tuple[str, str, str]) -> Fields:
    # The vendor's own examples have the URL in quotation marks.
    url = word(callback, "URL").strip('"')
    if not url:
        raise Refusal(14503)
    if not _is_url(url):
        raise Refusal(14506, url)
    expiry = word(callback, "Expiry") or str(_DEFAULT_EXPIRY)
    if not (expiry.isascii() and expiry.isdecimal() and int(expiry) > 0):
        raise Refusal(14501, f"'{expiry}' is not an Expiry in seconds")
    number_format = word(callback, "NumberFormat") or _NUMBER_FORMATS[0]
    if number_format not in _NUMBER_FORMATS:
        raise Refusal(14501, f"'{number_format}' is not a NumberFormat")
    user, password, key = _read_credentials(child(callback, "CallbackCredentials"))
    return Fields(
        *about,
        url=url,
        expiry=int(expiry),
        user=user,
        password=password,
        public_key=key,
        number_format=number_format,
    )


def _read_credentials(credentials: Element | None) -> tuple[str, str, str]:
    if credentials is None:
        return "", "", ""
    user, password, key = "", "", word(credentials, "PublicKey")
    basic = child(credentials, "BasicAuthentication")
    if basic is not None:
        user, password = word(basic, "Username"), word(basic, "Password")
        if not user or not password:
            raise Refusal(14505)
        if len(user) > _LONGEST_USERNAME:
            raise Refusal(1011, "Username", _LONGEST_USERNAME, status=404)
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error:
        raise Refusal(14504) from None
    return user, password, key


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
