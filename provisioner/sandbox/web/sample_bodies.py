"""For each call with a body, a small one that the account accepts: a row each.

They are what the page holds a refused request against. Names in braces stand for what the account
has; a test sends each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provisioner.sandbox.memory.state import State

_SITE = """
<Site>
  <Name>Raleigh</Name>
  <Address>
    <HouseNumber>1600</HouseNumber><StreetName>PENNSYLVANIA</StreetName>
    <City>WASHINGTON</City><StateCode>DC</StateCode><Zip>20006</Zip>
  </Address>
</Site>
"""
_SIPPEER = """
<SipPeer><PeerName>East</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>
"""
_APPLICATION = """
<Application>
  <ServiceType>Messaging-V2</ServiceType>
  <AppName>Server</AppName>
  <InboundCallbackUrl>https://example.com/in</InboundCallbackUrl>
</Application>
"""
_SMS = """
<SipPeerSmsFeature>
  <SipPeerSmsFeatureSettings>
    <TollFree>true</TollFree><ShortCode>true</ShortCode><Protocol>HTTP</Protocol>
    <Zone1>true</Zone1><Zone2>false</Zone2><Zone3>false</Zone3><Zone4>false</Zone4><Zone5>false</Zone5>
  </SipPeerSmsFeatureSettings>
  <HttpSettings><ProxyPeerId>539692</ProxyPeerId></HttpSettings>
</SipPeerSmsFeature>
"""
_MMS = """
<MmsFeature>
  <MmsSettings><protocol>HTTP</protocol></MmsSettings>
  <Protocols><HTTP><HttpSettings><ProxyPeerId>539692</ProxyPeerId></HttpSettings></HTTP></Protocols>
</MmsFeature>
"""
_ASSIGNMENT = """
<ApplicationsSettings>
  <HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>
</ApplicationsSettings>
"""
_ORDER = """
<Order>
  <AreaCodeSearchAndOrderType>
    <AreaCode>910</AreaCode><Quantity>1</Quantity>
  </AreaCodeSearchAndOrderType>
  <SiteId>{site}</SiteId>
  <PeerId>{sippeer}</PeerId>
</Order>
"""
_DISCONNECT = """
<DisconnectTelephoneNumberOrder>
  <DisconnectTelephoneNumberOrderType>
    <TelephoneNumberList><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumberList>
  </DisconnectTelephoneNumberOrderType>
</DisconnectTelephoneNumberOrder>
"""
_MOVE = """
<MoveTnsOrder>
  <SiteId>{site}</SiteId>
  <SipPeerId>{sippeer}</SipPeerId>
  <TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>
</MoveTnsOrder>
"""
_OPTIONS = """
<TnOptionOrder>
  <TnOptionGroups>
    <TnOptionGroup>
      <Sms>on</Sms>
      <TelephoneNumbers><TelephoneNumber>{number}</TelephoneNumber></TelephoneNumbers>
    </TnOptionGroup>
  </TnOptionGroups>
</TnOptionOrder>
"""
_SUBSCRIPTION = """
<Subscription>
  <OrderType>orders</OrderType>
  <CallbackSubscription><URL>https://example.com/orders</URL></CallbackSubscription>
</Subscription>
"""
_MESSAGE = """{{
  "applicationId": "{application}",
  "from": "{own}",
  "to": ["+19195551212"],
  "text": "Hello"
}}"""

_SAMPLES = (
    ("POST", "/applications", _APPLICATION),
    ("PUT", "/applications/*", _APPLICATION),
    ("POST", "/sites", _SITE),
    ("PUT", "/sites/*", _SITE),
    ("POST", "/sites/*/sippeers", _SIPPEER),
    ("PUT", "/sites/*/sippeers/*", _SIPPEER),
    ("POST", "/sites/*/sippeers/*/products/messaging/features/sms", _SMS),
    ("PUT", "/sites/*/sippeers/*/products/messaging/features/sms", _SMS),
    ("POST", "/sites/*/sippeers/*/products/messaging/features/mms", _MMS),
    ("PUT", "/sites/*/sippeers/*/products/messaging/features/mms", _MMS),
    ("PUT", "/sites/*/sippeers/*/products/messaging/applicationSettings", _ASSIGNMENT),
    ("POST", "/orders", _ORDER),
    ("POST", "/disconnects", _DISCONNECT),
    ("POST", "/moveTns", _MOVE),
    ("POST", "/tnoptions", _OPTIONS),
    ("POST", "/subscriptions", _SUBSCRIPTION),
    ("POST", "/messages", _MESSAGE),
)
_ROOT = r"^(?:/api)?(?:/v[0-9.]+)?/(?:accounts|users)/[^/?]+"
_ROWS = tuple(
    (method, re.compile(_ROOT + path.replace("*", "[^/?]+") + r"(?:\?|$)"), body.strip())
    for method, path, body in _SAMPLES
)


def find_sample(method: str, target: str, account: str, state: State) -> str:
    """A body for this call, with ids of the account where it has any; empty where none is known."""
    for known, path, body in _ROWS:
        if known == method and path.search(target):
            return body.format_map(dict(_facts(account, state)))
    return ""


def samples() -> Mapping[tuple[str, str], str]:
    """All of them, by method and path."""
    return {(method, path): body for method, path, body in _SAMPLES}


def _facts(account: str, state: State) -> Iterator[tuple[str, str]]:
    peer = state.row(
        "SELECT sippeers.id, site, application FROM sippeers JOIN sites ON sites.id = site "
        "WHERE account = ? ORDER BY application IS NULL, sippeers.id LIMIT 1",
        account,
    )
    number = state.row(
        "SELECT number FROM numbers WHERE account = ? AND status = 'Inservice' LIMIT 1", account
    )
    yield "site", "13651" if peer is None else str(peer["site"])
    yield "sippeer", "540341" if peer is None else str(peer["id"])
    application = None if peer is None else peer["application"]
    yield "application", application or "11111111-1111-1111-1111-111111111111"
    found = "9195551212" if number is None else str(number["number"])
    yield "number", found
    yield "own", f"+1{found}"
