"""The script that the vendor's guide amounts to: its calls, one after the other.

    python -m benchmarks.script URL ACCOUNT USERNAME PASSWORD

`docs/reliability.md` compares what it leaves behind when something goes wrong and it is run again.
"""

from __future__ import annotations

import re
import sys
import time

import httpx

from benchmarks.bare import MMS_ON, SMS_ON

POLL = 0.05
TIMEOUT = 2.0

CREATE_APPLICATION = (
    "<Application><ServiceType>Messaging-V2</ServiceType><AppName>Production Server</AppName>"
    "<CallbackUrl>https://yourSecureSite.com/callbacks</CallbackUrl></Application>"
)
CREATE_SITE = (
    "<Site><Name>Raleigh</Name><Address><HouseNumber>1600</HouseNumber>"
    "<StreetName>PENNSYLVANIA</StreetName><City>WASHINGTON</City><StateCode>DC</StateCode>"
    "<Zip>20006</Zip></Address></Site>"
)
CREATE_SIPPEER = (
    "<SipPeer><PeerName>Bandwidth Messaging 2 test2</PeerName><IsDefaultPeer>true</IsDefaultPeer>"
    "</SipPeer>"
)
ASSIGN = (
    "<ApplicationsSettings><HttpMessagingV2AppId>{}</HttpMessagingV2AppId></ApplicationsSettings>"
)
ORDER = (
    "<Order><AreaCodeSearchAndOrderType><AreaCode>910</AreaCode><Quantity>1</Quantity>"
    "</AreaCodeSearchAndOrderType><SiteId>{}</SiteId><PeerId>{}</PeerId></Order>"
)


def provision(http: httpx.Client) -> None:
    """Raises whatever goes wrong."""

    def send(method: str, path: str, body: str | None = None) -> httpx.Response:
        answer = http.request(method, path, content=body)
        answer.raise_for_status()
        return answer

    def create(path: str, body: str) -> str:
        return send("POST", path, body).headers["location"].rsplit("/", 1)[1]

    application = create("/applications", CREATE_APPLICATION)
    site = create("/sites", CREATE_SITE)
    peer = create(f"/sites/{site}/sippeers", CREATE_SIPPEER)
    messaging = f"/sites/{site}/sippeers/{peer}/products/messaging"
    send("POST", f"{messaging}/features/sms", SMS_ON)
    send("POST", f"{messaging}/features/mms", MMS_ON)
    send("PUT", f"{messaging}/applicationSettings", ASSIGN.format(application))
    order = create("/orders", ORDER.format(site, peer))
    while "COMPLETE" not in re.findall(
        "<OrderStatus>(.*)</OrderStatus>", send("GET", f"/orders/{order}").text
    ):
        time.sleep(POLL)


if __name__ == "__main__":
    url, account, username, password = sys.argv[1:]
    with httpx.Client(
        base_url=f"{url}/api/accounts/{account}",
        auth=(username, password),
        headers={"Content-Type": "application/xml"},
        timeout=TIMEOUT,
    ) as client:
        provision(client)
