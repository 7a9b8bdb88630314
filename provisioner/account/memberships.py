"""Numbers on 10DLC campaigns: which are on which."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provisioner.account.client import Client
from provisioner.account.paths import e164, wire_number
from provisioner.account.xml import first, items, named, text_at
from provisioner.errors import Rejected, Unauthorized

PAGE_SIZE = 250
NO_SUCH_CAMPAIGN = "12189"  # vendor error list


@dataclass(frozen=True, slots=True)
class Memberships:
    """`campaigns` are those of the numbers that are on one; `unknown` the campaigns of which the
    account says that it has none."""

    campaigns: Mapping[str, str]
    unknown: frozenset[str] = frozenset()


async def read_memberships(
    client: Client, campaigns: Collection[str], wanted: Mapping[str, str]
) -> Memberships:
    """`campaigns` are those that are declared; `wanted` is the one that each number should be on.

    The numbers of the campaigns are listed, and only those that are not among them are asked for
    one by one. Where the account shows no campaigns, that is every number.
    """
    ordered = sorted(campaigns)
    listed = await asyncio.gather(*(_numbers_on(client, each) for each in ordered))
    on = dict(zip(ordered, listed, strict=True))
    found = {number: at for number, at in wanted.items() if number in (on[at] or ())}
    left = sorted(wanted.keys() - found.keys())
    others = await asyncio.gather(*(_campaign_of(client, each) for each in left))
    return Memberships(
        found | {number: at for number, at in zip(left, others, strict=True) if at},
        frozenset(each for each, numbers in on.items() if numbers is None),
    )


async def _numbers_on(client: Client, campaign: str) -> frozenset[str] | None:
    """Those that the account lists; none where it lists none, and each is asked for then. Version 2
    of the API has the list in another form. None where there is no such campaign."""
    try:
        return await numbers_on_campaign(client, campaign)
    except Rejected as error:
        return None if error.api_code == NO_SUCH_CAMPAIGN else frozenset()
    except Unauthorized:
        return frozenset()


async def all_memberships(client: Client) -> dict[str, str]:
    """The campaign of each number of the account that is on one, as far as the account tells."""
    try:
        campaigns = await list_campaigns(client)
        listed = await asyncio.gather(*(numbers_on_campaign(client, each) for each in campaigns))
    except (Rejected, Unauthorized):
        return {}
    return {
        number: campaign
        for campaign, numbers in zip(campaigns, listed, strict=True)
        for number in numbers
    }


async def list_campaigns(client: Client) -> dict[str, str]:
    """Campaign -> status. `client` speaks v1. Pages are counted from 0 (vendor interface
    description)."""
    path = f"{client.account_path}/campaignManagement/10dlc/campaigns"
    statuses: dict[str, str] = {}
    page = 0
    while True:
        root = (await client.get(path, {"page": page, "size": PAGE_SIZE})).root
        rows = [] if root is None else items(named(root, "CampaignsResponse"), "Campaign")
        found = {
            text_at(row, "CampaignId") or "": (text_at(row, "Status") or "").upper() for row in rows
        }
        if not found.keys() - statuses.keys():
            return statuses
        statuses |= found
        page += 1


async def numbers_on_campaign(client: Client, campaign: str) -> frozenset[str]:
    """`client` speaks v1. Pages are counted from 0 (vendor interface description)."""
    path = f"{client.account_path}/campaignManagement/10dlc/campaigns/{campaign}/tn"
    numbers: set[str] = set()
    page = 0
    while True:
        answer = await client.get(path, {"page": page, "size": PAGE_SIZE})
        if answer.root is None:
            return frozenset(numbers)
        rows = items(named(answer.root, "CampaignTnsResponse"), "TelephoneNumber")
        found = {e164(row.text or "") for row in rows} - numbers
        numbers |= found
        if not found or len(numbers) >= int(text_at(answer.root, "TotalCount") or 0):
            return frozenset(numbers)
        page += 1


async def _campaign_of(client: Client, number: str) -> str:
    """ "" for none, or where nobody says."""
    path = f"/tns/{wire_number(number, client.connection.version)}/tndetails"
    try:
        root = (await client.get(path)).root
    except (Rejected, Unauthorized):
        return ""
    settings = None if root is None else first(root, "MessagingSettings")
    return "" if settings is None else text_at(settings, "CampaignId") or ""
