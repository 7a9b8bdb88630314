"""What carriers in the US ask for: local numbers on a campaign (10DLC), toll-free ones verified.

The calls of v2 and their answers were seen by the vendor's command-line tool; v1 tells of campaigns
in XML, and nothing of toll-free numbers. An account without the product, or credentials without the
role, get 403: then nobody can tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from provisioner.account.client import Client
from provisioner.account.memberships import list_campaigns, numbers_on_campaign
from provisioner.errors import Rejected, Unauthorized, Unreadable
from provisioner.messaging.answers import read_json

PAGE_SIZE = 250
USABLE_CAMPAIGNS = frozenset({"ACTIVE", "REGISTERED"})
REGISTERED_NUMBER = "SUCCESS"
VERIFIED = "VERIFIED"
NO_VERIFICATION = "none"


@dataclass(frozen=True, slots=True)
class Membership:
    """A number's place on a campaign, and how far either has come, in the service's words."""

    campaign: str
    number_status: str
    campaign_status: str

    @property
    def is_usable(self) -> bool:
        return self.number_status == REGISTERED_NUMBER and self.campaign_status in USABLE_CAMPAIGNS


@dataclass(frozen=True, slots=True)
class Campaigns:
    """`statuses` is each campaign's status, `members` where each number is. `unseen` is why v2 does
    not show them, where v1 did."""

    statuses: Mapping[str, str]
    members: Mapping[str, Membership]
    unseen: str = ""

    def is_usable(self, campaign: str) -> bool:
        return self.statuses.get(campaign) in USABLE_CAMPAIGNS


async def read_campaigns(client: Client) -> Campaigns:
    """`client` speaks v2. Raises Unauthorized where the account may not see them."""
    listed = await _get(client, "/tendlc/campaigns", {})
    statuses = {str(row["campaignId"]): str(row["status"]).upper() for row in _rows(listed)}
    members: dict[str, Membership] = {}
    offset = 0
    while True:
        params = {"limit": PAGE_SIZE, "offset": offset}
        rows = _rows(await _get(client, "/tendlc/phoneNumbers", params))
        for row in rows:
            campaign = str(row.get("campaignId") or "")
            members[str(row["phoneNumber"])] = Membership(
                campaign, str(row.get("status", "")).upper(), statuses.get(campaign, "unknown")
            )
        if len(rows) < PAGE_SIZE:
            return Campaigns(statuses, members)
        offset += PAGE_SIZE


async def read_older_campaigns(client: Client, unseen: str) -> Campaigns:
    """The same from v1, in XML (vendor interface description). It tells of no number how far it has
    come: what it lists counts as on the campaign."""
    statuses = await list_campaigns(client)
    listed = await asyncio.gather(*(numbers_on_campaign(client, each) for each in statuses))
    members = {
        number: Membership(campaign, REGISTERED_NUMBER, statuses[campaign])
        for campaign, numbers in zip(statuses, listed, strict=True)
        for number in numbers
    }
    return Campaigns(statuses, members, unseen)


async def read_verifications(client: Client, numbers: Collection[str]) -> dict[str, str]:
    """The status of each toll-free number. Raises Unauthorized where they cannot be seen."""
    ordered = sorted(numbers)
    found = await asyncio.gather(*(_verification(client, each) for each in ordered))
    return dict(zip(ordered, found, strict=True))


async def _verification(client: Client, number: str) -> str:
    try:
        answer = await _get(client, f"/phoneNumbers/{number}/tollFreeVerification", {})
    except Rejected as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return NO_VERIFICATION
        raise
    status = answer.get("status") if isinstance(answer, dict) else None
    if not isinstance(status, str):
        raise Unreadable(f"The answer about the verification of {number} says no status.")
    return status.upper()


async def _get(client: Client, path: str, params: Mapping[str, str | int]) -> Any:
    response = await client.exchange("GET", client.account_path + path, params=params)
    if response.status_code == HTTPStatus.FORBIDDEN:
        raise Unauthorized("the account or the credentials may not see it (HTTP 403)")
    return read_json(response, client)


def _rows(answer: Any) -> list[Mapping[str, Any]]:
    """Raises Unreadable for what is not a list of what was asked for."""
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and ("campaignId" in row or "phoneNumber" in row) for row in rows
    ):
        raise Unreadable("The answer is not a list of campaigns or of their numbers.")
    return rows
