"""What it is compared with: a script that knows what to do and does only that.

The same requests as the program's, in the same order of dependencies, with as many in flight. No
spec, no plan, no XML parser, no retries. `traffic.py` sees to it that the requests are the same:
where the program's change, this script has to follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import httpx

from benchmarks.account import Account
from benchmarks.specs import (
    APPLICATION,
    AREA_CODE,
    CALLBACK_PASSWORD,
    CALLBACK_URL,
    CALLBACK_USER,
    SITE,
    Spec,
)


class Response(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


Call = Callable[..., Coroutine[Any, Any, Response]]
Calls = Callable[[Account, int], AbstractAsyncContextManager[Call]]

NEW_APPLICATION = (
    f"<Application><ServiceType>Messaging-V2</ServiceType><AppName>{APPLICATION}</AppName>"
    f"<CallbackUrl>{CALLBACK_URL}</CallbackUrl><CallbackCreds><UserId>{CALLBACK_USER}</UserId>"
    f"<Password>{CALLBACK_PASSWORD}</Password></CallbackCreds></Application>"
)
NEW_SITE = (
    f"<Site><Name>{SITE}</Name><Address><HouseNumber>1600</HouseNumber>"
    "<StreetName>PENNSYLVANIA</StreetName><City>WASHINGTON</City><StateCode>DC</StateCode>"
    "<Zip>20006</Zip><Country>US</Country><AddressType>Service</AddressType></Address></Site>"
)
NEW_SIPPEER = (
    "<SipPeer><PeerName>{name}</PeerName><IsDefaultPeer>{default}</IsDefaultPeer></SipPeer>"
)
SMS_ON = (
    "<SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true</TollFree>"
    "<ShortCode>true</ShortCode><Protocol>HTTP</Protocol><Zone1>true</Zone1><Zone2>false</Zone2>"
    "<Zone3>false</Zone3><Zone4>false</Zone4><Zone5>false</Zone5></SipPeerSmsFeatureSettings>"
    "<HttpSettings/></SipPeerSmsFeature>"
)
MMS_ON = (
    "<MmsFeature><MmsSettings><Protocol>HTTP</Protocol></MmsSettings><Protocols><HTTP>"
    "<HttpSettings/></HTTP></Protocols></MmsFeature>"
)
ASSIGNMENT = (
    "<ApplicationsSettings><HttpMessagingV2AppId>{application}</HttpMessagingV2AppId>"
    "</ApplicationsSettings>"
)
NEW_ORDER = (
    "<Order><CustomerOrderId>{key}</CustomerOrderId>"
    f"<Name>area code {AREA_CODE}</Name><BackOrderRequested>false</BackOrderRequested>"
    "<PartialAllowed>true</PartialAllowed>"
    f"<AreaCodeSearchAndOrderType><AreaCode>{AREA_CODE}</AreaCode>"
    "<Quantity>1</Quantity></AreaCodeSearchAndOrderType><SiteId>{site}</SiteId>"
    "<PeerId>{sippeer}</PeerId></Order>"
)


@contextlib.asynccontextmanager
async def httpx_calls(account: Account, parallelism: int) -> AsyncIterator[Call]:
    slots = asyncio.Semaphore(parallelism)
    async with httpx.AsyncClient(
        base_url=f"{account.url}/api/accounts/{account.id}",
        auth=(account.username, account.password),
        limits=httpx.Limits(max_connections=parallelism, max_keepalive_connections=parallelism),
        trust_env=False,
    ) as http:

        async def call(method: str, path: str, body: str | None = None) -> httpx.Response:
            headers = None if body is None else {"Content-Type": "application/xml; charset=utf-8"}
            async with slots:
                response = await http.request(method, path, content=body, headers=headers)
            return response.raise_for_status()

        yield call


async def provision(calls: Calls, account: Account, spec: Spec, parallelism: int) -> None:
    async with calls(account, parallelism) as call, asyncio.TaskGroup() as group:
        await asyncio.gather(
            call("GET", "/applications"), call("GET", "/sites?sipPeerDetails=true")
        )
        application = group.create_task(_create_application(call))
        site = _found("<Id>", await call("POST", "/sites", NEW_SITE))
        default, *others = spec.sippeers
        sippeer = await _create_sippeer(call, site, default, "true")
        group.create_task(_equip(call, site, sippeer, application))
        for name in others:
            group.create_task(_create_and_equip(call, site, name, application))


async def _create_application(call: Call) -> str:
    return _found("<ApplicationId>", await call("POST", "/applications", NEW_APPLICATION))


async def _create_sippeer(call: Call, site: str, name: str, default: str) -> str:
    body = NEW_SIPPEER.format(name=name, default=default)
    answer = await call("POST", f"/sites/{site}/sippeers", body)
    return answer.headers["Location"].rpartition("/")[2]


async def _create_and_equip(
    call: Call, site: str, name: str, application: asyncio.Task[str]
) -> None:
    await _equip(call, site, await _create_sippeer(call, site, name, "false"), application)


async def _equip(call: Call, site: str, sippeer: str, application: asyncio.Task[str]) -> None:
    messaging = f"/sites/{site}/sippeers/{sippeer}/products/messaging"
    await call("POST", f"{messaging}/features/sms", SMS_ON)
    await call("POST", f"{messaging}/features/mms", MMS_ON)
    assignment = ASSIGNMENT.format(application=await application)
    await call("PUT", f"{messaging}/applicationSettings", assignment)
    await _order(call, site, sippeer)


async def _order(call: Call, site: str, sippeer: str) -> None:
    """Ordered, looked up under its key, and followed to its end, which is there at once."""
    key = f"bwp-{sippeer:0>20}-1"
    placed = await call("POST", "/orders", NEW_ORDER.format(key=key, site=site, sippeer=sippeer))
    await call("GET", f"/orders?page=1&size=300&customerOrderId={key}")
    order = _found("<id>", placed)
    await call("GET", f"/orders/{order}")


async def read(calls: Calls, account: Account, parallelism: int) -> None:
    async with calls(account, parallelism) as call, asyncio.TaskGroup() as group:
        application = group.create_task(call("GET", "/applications"))
        sites = await call("GET", "/sites?sipPeerDetails=true")
        site = _found("<Id>", sites)
        group.create_task(call("GET", f"/sites/{site}"))
        group.create_task(call("GET", "/orders?page=1&size=300&status=BACKORDERED"))
        sippeers = re.findall(r"<PeerId>([^<]+)<", sites.text)
        parts = ["features/sms", "features/mms"]
        if len(sippeers) == 1:
            parts.append("applicationSettings")
        else:
            server_id = _found("<ApplicationId>", await application)
            group.create_task(call("GET", f"/applications/{server_id}/associatedsippeers"))
        for sippeer in sippeers:
            path = f"/sites/{site}/sippeers/{sippeer}"
            for part in parts:
                group.create_task(call("GET", f"{path}/products/messaging/{part}"))
            group.create_task(call("GET", f"{path}/tns?page=1&size=5000"))


def _found(tag: str, answer: Response) -> str:
    return answer.text.partition(tag)[2].partition("<")[0]
