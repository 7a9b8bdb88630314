"""The dialect "beta": the API as the vendor's beta guide of 2018 has it. All else is as in "v1".

- An application has a service type (Messaging-V2 alone), a name, `CallbackUrl` and `CallbackCreds`;
  what came later is neither read nor shown. The guide's answer shows the password; here none does.
- SMS and MMS bodies must name the `ProxyPeerId` 539692. The protocol is HTTP, in the upper-case
  element for SMS and in the lower-case one for MMS; zone 1 is on, the others are off.
- An order must name its `PeerId`.
- Messages go to `/v2/users/{userId}/messages`, where the user is not the account, and only there.
  The list of messages and the media, which the guide does not know, are beside it. The guide's
  token and secret are taken there as well as the account's other credentials.
- The answer to a message has no `segmentCount`. The +1 of a US number may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.markup import child, word
from provisioner.sandbox.memory.state import State

MESSAGING_PATH = "/v2/users"
APPLICATION_FIELDS = ("ServiceType", "AppName", "CallbackUrl", "CallbackCreds")

_PROXY_PEER = "539692"
_SERVICE_TYPE = "Messaging-V2"
_SMS_VALUES = {
    "Protocol": "HTTP",
    "Zone1": "true",
    **{f"Zone{n}": "false" for n in range(2, 6)},
}


def is_beta(state: State) -> bool:
    return state.settings.dialect == "beta"


def narrow_application(given: Mapping[str, str]) -> dict[str, str]:
    """The fields that the guide knows, of those that were sent."""
    service = given.get("ServiceType", _SERVICE_TYPE).strip()
    if service != _SERVICE_TYPE:
        raise Refusal(12801, service)
    return {
        path: value for path, value in given.items() if path.partition("/")[0] in APPLICATION_FIELDS
    }


def check_sms(body: Element) -> None:
    settings = child(body, "SipPeerSmsFeatureSettings")
    for name, value in _SMS_VALUES.items():
        _check(settings, name, value)
    _check(child(body, "HttpSettings"), "ProxyPeerId", _PROXY_PEER)


def check_mms(body: Element) -> None:
    _check(child(body, "MmsSettings"), "protocol", "HTTP")
    _check(body.find("Protocols/HTTP/HttpSettings"), "ProxyPeerId", _PROXY_PEER)


def _check(parent: Element | None, name: str, value: str) -> None:
    said = "" if parent is None else word(parent, name)
    if not said:
        raise Refusal(1003, name)
    if said != value:
        raise Refusal(1008, said, name)
