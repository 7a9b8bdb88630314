"""An account in which everything is as the spec of `write_spec` says, without a server.

Its answers are strings made on the spot, so that what is measured is the program and not an
account of its size. `spent` is the CPU that they took, in seconds.
"""

from __future__ import annotations

import asyncio
import time

import httpx

from benchmarks.specs import APPLICATION, AREA_CODE, CALLBACK_URL, CALLBACK_USER, SITE

ACCOUNT = "9900778"
APPLICATION_ID, SITE_ID, FIRST_SIPPEER = "93de2206-9669-4e07-948d-329f4b722ee2", "13651", 540341
NUMBERS_EACH = 20

_APPLICATIONS = (
    "<ApplicationProvisioningResponse><ApplicationList><Application><ApplicationId>"
    f"{APPLICATION_ID}</ApplicationId><ServiceType>Messaging-V2</ServiceType><AppName>"
    f"{APPLICATION}</AppName><CallbackUrl>{CALLBACK_URL}</CallbackUrl><CallbackCreds><UserId>"
    f"{CALLBACK_USER}</UserId></CallbackCreds></Application></ApplicationList>"
    "</ApplicationProvisioningResponse>"
)
_SITE_ITEM = (
    f"<SiteResponse><Site><Id>{SITE_ID}</Id><Name>{SITE}</Name><Address><HouseNumber>1600"
    "</HouseNumber><StreetName>PENNSYLVANIA</StreetName><City>WASHINGTON</City><StateCode>DC"
    "</StateCode><Zip>20006</Zip><Country>United States</Country><AddressType>Service"
    "</AddressType></Address></Site></SiteResponse>"
)
_PARTS = {
    "sms": (
        "<SipPeerSmsFeatureResponse><SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true"
        "</TollFree><ShortCode>true</ShortCode><Protocol>HTTP</Protocol></SipPeerSmsFeatureSettings>"
        "</SipPeerSmsFeature></SipPeerSmsFeatureResponse>"
    ),
    "mms": (
        "<MmsFeatureResponse><MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings>"
        "</MmsFeature></MmsFeatureResponse>"
    ),
    "applicationSettings": (
        "<ApplicationsSettingsResponse><ApplicationsSettings><HttpMessagingV2AppId>"
        f"{APPLICATION_ID}</HttpMessagingV2AppId></ApplicationsSettings>"
        "</ApplicationsSettingsResponse>"
    ),
    "orders": "<ResponseSelectWrapper><ListOrderIdUserIdDate/></ResponseSelectWrapper>",
    "applications": _APPLICATIONS,
    SITE_ID: _SITE_ITEM,
}


class Settled(httpx.AsyncBaseTransport):
    """`latency` is in seconds."""

    def __init__(self, size: int, latency: float = 0.0) -> None:
        self.spent = 0.0
        self._size = size
        self._latency = latency

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began = time.process_time()
        response = httpx.Response(200, content=self._answer(request.url.path).encode())
        self.spent += time.process_time() - began
        if self._latency:
            await asyncio.sleep(self._latency)
        return response

    def _answer(self, path: str) -> str:
        *_, kind = parts = path.split("/")
        if kind == "sites":
            return self._sites()
        if kind == "associatedsippeers":
            return self._users()
        return self._numbers(int(parts[-2])) if kind == "tns" else _PARTS[kind]

    def _sites(self) -> str:
        rows = "".join(
            f"<SipPeer><PeerId>{FIRST_SIPPEER + n}</PeerId><PeerName>Location {n + 1}</PeerName>"
            f"<IsDefaultPeer>{str(n == 0).lower()}</IsDefaultPeer></SipPeer>"
            for n in range(self._size)
        )
        return (
            f"<SitesResponse><Sites><Site><Id>{SITE_ID}</Id><Name>{SITE}</Name><SipPeers>{rows}"
            "</SipPeers></Site></Sites></SitesResponse>"
        )

    def _users(self) -> str:
        rows = "".join(
            f"<AssociatedSipPeer><SiteId>{SITE_ID}</SiteId><SiteName>{SITE}</SiteName>"
            f"<PeerId>{FIRST_SIPPEER + n}</PeerId><PeerName>Location {n + 1}</PeerName>"
            "</AssociatedSipPeer>"
            for n in range(self._size)
        )
        return (
            f"<AssociatedSipPeersResponse><AssociatedSipPeers>{rows}</AssociatedSipPeers>"
            "</AssociatedSipPeersResponse>"
        )

    def _numbers(self, sippeer: int) -> str:
        first = (sippeer - FIRST_SIPPEER) * NUMBERS_EACH
        rows = "".join(
            f"<SipPeerTelephoneNumber><FullNumber>{AREA_CODE}{first + n:07}</FullNumber>"
            "</SipPeerTelephoneNumber>"
            for n in range(NUMBERS_EACH)
        )
        return (
            "<SipPeerTelephoneNumbersResponse><SipPeerTelephoneNumbers>"
            f"{rows}</SipPeerTelephoneNumbers></SipPeerTelephoneNumbersResponse>"
        )
