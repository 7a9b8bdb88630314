"""One location, examined: what its messages need, in the order in which they would fail."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from provisioner.account.client import Client
from provisioner.account.fetching import get_item
from provisioner.account.inventory import in_service_on
from provisioner.account.paths import fill
from provisioner.account.xml import Element, text_at
from provisioner.digits import is_toll_free
from provisioner.errors import Rejected, Unauthorized, Unreadable
from provisioner.messaging.findings import Finding, Level, some_of, unknown
from provisioner.messaging.registrations import VERIFIED, Campaigns, read_verifications
from provisioner.messaging.senders import application_of
from provisioner.messaging.telephone import is_local
from provisioner.model import Address
from provisioner.resource_type import Types

SMS_SETTINGS = "SipPeerSmsFeatureSettings"
CARRIES_CAMPAIGN = frozenset({"ON", "DEFAULTON"})


@dataclass(frozen=True, slots=True)
class Location:
    """`without` are the features that the spec wants off; `declared_application` is the id of the
    application that it gives the location, "" where it gives none; `applications` are names by
    id."""

    address: Address
    ids: Mapping[str, str]
    numbers: tuple[str, ...]
    without: Collection[str]
    declared_application: str
    applications: Mapping[str, str]

    @property
    def subject(self) -> str:
        return str(self.address)

    def finding(self, check: str, level: Level, told: str, way_out: str = "") -> Finding:
        return Finding(self.subject, check, level, told, way_out)


async def examine_location(
    location: Location,
    campaigns: Campaigns | str,
    client: Client,
    newer: Client,
    types: Types,
) -> list[Finding]:
    """`campaigns` may be the reason why they cannot be seen."""
    if "sms" in location.without:
        return [location.finding("SMS", Level.OK, "Off, as the spec declares.")]
    sms, mms, application = await asyncio.gather(
        get_item(client, fill(types["sms"].item, location.ids), types["sms"]),
        get_item(client, fill(types["mms"].item, location.ids), types["mms"]),
        application_of(client, location.ids, types),
    )
    found = [
        *_features(location, sms, mms),
        *_application(location, application),
    ]
    if not location.numbers:
        told = "It has no number to send from."
        way_out = "Declare `numbers:`, and apply."
        return [*found, location.finding("numbers", Level.WARNING, told, way_out)]
    return [
        *found,
        await _in_service(location, client),
        *_local(location, campaigns, sms),
        *await _toll_free(location, campaigns, newer),
    ]


def _features(location: Location, sms: Element | None, mms: Element | None) -> Iterator[Finding]:
    if sms is None:
        told = "SMS is off: no message leaves or arrives."
        yield location.finding("SMS", Level.ERROR, told, "Declare `sms: true`, and apply.")
        return
    settings = (("TollFree", "toll-free numbers"), ("ShortCode", "short codes"))
    closed = [words for name, words in settings if text_at(sms, f"{SMS_SETTINGS}/{name}") != "true"]
    if closed:
        told = f"On, but not for {' and '.join(closed)}."
        yield location.finding("SMS", Level.WARNING, told, "Declare `sms: true`, and apply.")
    else:
        yield location.finding("SMS", Level.OK, "On.")
    if mms is not None:
        yield location.finding("MMS", Level.OK, "On.")
    elif "mms" in location.without:
        yield location.finding("MMS", Level.OK, "Off, as the spec declares.")
    else:
        told = "MMS is off: media and group messages fail."
        yield location.finding("MMS", Level.WARNING, told, "Declare `mms: true`, and apply.")


def _application(location: Location, application: str) -> Iterator[Finding]:
    check = "application"
    named = location.applications.get(application, application)
    if not application:
        told = "None is assigned: messages are accepted and never heard of again."
        way_out = "Declare `application:`, and apply."
        yield location.finding(check, Level.ERROR, told, way_out)
    elif location.declared_application and application != location.declared_application:
        told = f"{named} is assigned, not the one that the spec declares."
        yield location.finding(check, Level.ERROR, told, "Apply the spec.")
    else:
        yield location.finding(check, Level.OK, f"Assigned: {named}.")


async def _in_service(location: Location, client: Client) -> Finding:
    check = "numbers"
    path = f"{client.account_path}/sites/{location.ids['site']}"
    try:
        in_service = await in_service_on(client, path)
    except (Unauthorized, Rejected, Unreadable) as error:
        return unknown(location.subject, check, error)
    missing = [each for each in location.numbers if each not in in_service]
    if missing:
        told = f"Not in service: {some_of(missing)}."
        way_out = "Wait a few minutes after an order; else ask the vendor's support."
        return location.finding(check, Level.ERROR, told, way_out)
    return location.finding(check, Level.OK, f"In service: {len(location.numbers)}.")


def _local(
    location: Location, campaigns: Campaigns | str, sms: Element | None
) -> Iterator[Finding]:
    numbers = [each for each in location.numbers if is_local(each)]
    check = "10DLC campaign"
    if not numbers:
        return
    if isinstance(campaigns, str):
        yield unknown(location.subject, check, campaigns)
        return
    by_default = campaigns.is_usable(_campaign_of(sms))
    outside = [each for each in numbers if each not in campaigns.members and not by_default]
    unready = {
        number: member
        for number in numbers
        if (member := campaigns.members.get(number)) is not None and not member.is_usable
    }
    if outside:
        told = f"On no campaign: {some_of(outside)}. Messages to US carriers fail with 4476."
        way_out = "Register a campaign with the vendor, declare `campaign:`, and apply."
        yield location.finding(check, Level.ERROR, told, way_out)
    for number, member in sorted(unready.items()):
        told = (
            f"{number} is {member.number_status} on campaign {member.campaign}, which is "
            f"{member.campaign_status}."
        )
        way_out = "Wait where it is processing; else look at the campaign in the dashboard."
        yield location.finding(check, Level.ERROR, told, way_out)
    if not outside and not unready:
        yield location.finding(check, Level.OK, f"On a registered campaign: {len(numbers)}.")


def _campaign_of(sms: Element | None) -> str:
    """The campaign that the location gives numbers without one of their own, "" for none."""
    if sms is None:
        return ""
    switch = (text_at(sms, f"{SMS_SETTINGS}/A2pLongCode") or "").upper()
    campaign = text_at(sms, f"{SMS_SETTINGS}/A2pCampaignId") or ""
    return campaign if switch in CARRIES_CAMPAIGN else ""


async def _toll_free(
    location: Location, campaigns: Campaigns | str, newer: Client
) -> list[Finding]:
    numbers = [each for each in location.numbers if is_toll_free(each)]
    check = "toll-free verification"
    if not numbers:
        return []
    unseen = campaigns if isinstance(campaigns, str) else campaigns.unseen
    if unseen:
        # Where v2 does not know campaigns, its 404 for a verification says nothing.
        return [unknown(location.subject, check, unseen)]
    try:
        statuses = await read_verifications(newer, numbers)
    except (Unauthorized, Rejected, Unreadable) as error:
        return [unknown(location.subject, check, error)]
    unverified = {number: status for number, status in statuses.items() if status != VERIFIED}
    if not unverified:
        return [location.finding(check, Level.OK, f"Verified: {len(numbers)}.")]
    told = (
        f"Not verified: {some_of(f'{number} ({each})' for number, each in unverified.items())}. "
        "Their messages fail with 4795."
    )
    way_out = "Submit the verification to the vendor, or wait where it is pending."
    return [location.finding(check, Level.ERROR, told, way_out)]
