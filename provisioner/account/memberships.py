"""Numbers on 10DLC campaigns: which are, and orders that put them there.

An order (`tnoptions`) is followed as number orders are. Putting a number on a campaign that it is
on already changes nothing, so a lost answer costs no money here; all the same it is looked first.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from provisioner.account.client import Client
from provisioner.account.creation import POST_TRIES
from provisioner.account.intents import Outcome, Result
from provisioner.account.orders import errors_told, seconds
from provisioner.account.paths import Ids, e164, id_from_location, wire_number
from provisioner.account.sending import Sending
from provisioner.account.settling import look_until_settled
from provisioner.account.writer import Tell, Writer
from provisioner.account.xml import Element, find, first, items, named, text_at, to_bytes
from provisioner.errors import AccountError, LostAnswer, Rejected, Unauthorized
from provisioner.model import NumberOrder
from provisioner.planning.plan import Change

PAGE_SIZE = 250
OPEN = ("RECEIVED", "PROCESSING")
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


async def assign_numbers(
    writer: Writer, change: Change, ids: Ids, numbers: Iterable[str], tell: Tell
) -> tuple[str, ...]:
    """The id of the order that puts the numbers on their campaign; none where there are none.

    One that is open already, for the same numbers, is taken for this one.
    """
    client, campaign = writer.client, str(change.body.attributes[change.address.type])
    numbers = tuple(sorted(numbers))
    if not numbers:
        return ()
    wanted = order_name(client.connection.account, campaign, numbers)
    told = tuple(wire_number(each, client.connection.version) for each in numbers)
    body = assignment_body(writer, change, wanted, told, ids)
    before = await find_assignments(client, wanted)
    still_open = tuple(order for order, status in before.items() if status in OPEN)
    if still_open:
        tell(f"{wanted} was sent already; waiting for it")
        return still_open
    async with writer.sending(change, ids, "POST", customer_order_id=wanted) as sending:
        call = partial(_place, sending, f"{client.account_path}/tnoptions", body)
        for _ in range(POST_TRIES):
            try:
                placed: tuple[str, ...] = (await writer.patiently(change.address, ids, call),)
            except LostAnswer as lost:
                tell(f"{lost}; looking for {wanted}")
                placed = await _look_for(writer, wanted, before)
            if placed:
                sending.outcome = Outcome(Result.DONE, placed)
                return placed
        raise LostAnswer(
            f"{wanted} was sent {POST_TRIES} times, and neither an answer nor the order itself "
            "ever came. Run again later."
        )


def assignment_body(
    writer: Writer, change: Change, wanted: str, numbers: tuple[str, ...], ids: Ids
) -> bytes:
    """`numbers` as they go on the wire."""
    campaign = change.body.attributes[change.address.type]
    return to_bytes(
        writer.render(
            change.address,
            {
                change.address.type: campaign,
                "customer_order_id": wanted,
                "telephone_numbers": numbers,
            },
            ids,
        )
    )


def order_name(account: str, campaign: str, numbers: Iterable[str]) -> str:
    """The CustomerOrderId of the order that puts just these numbers on a campaign."""
    canonical = json.dumps([account, campaign, *numbers], separators=(",", ":"))
    return "bwc-" + hashlib.sha256(canonical.encode()).hexdigest()[:20]


async def assignment_ids_under(client: Client, wanted: str) -> tuple[str, ...]:
    """The ids of the orders of one CustomerOrderId."""
    return tuple(await find_assignments(client, wanted))


async def find_assignments(client: Client, wanted: str) -> dict[str, str]:
    """The orders of one CustomerOrderId: id -> status. How the filter matches is not documented:
    the ids are compared here."""
    answer = await client.get(f"{client.account_path}/tnoptions", {"customerOrderId": wanted})
    root = named(answer.root, "TnOptionOrders", "TnOptionOrdersResponse")
    return {
        order_id: (text_at(row, "OrderStatus") or "RECEIVED").upper()
        for row in items(root, "TnOptionOrderSummary")
        if text_at(row, "CustomerOrderId") == wanted and (order_id := text_at(row, "OrderId"))
    }


async def read_assignment(client: Client, order_id: str) -> NumberOrder:
    """The order as it stands. What it did not change is listed with the reason, by number."""
    answer = await client.get(f"{client.account_path}/tnoptions/{order_id}")
    root = named(answer.root, "TnOptionOrder", "TnOptionOrderResponse")
    order = first(root, "TnOptionOrder")
    order = root if order is None else order
    errors = find(order, "ErrorList")
    failed = _numbers(errors)
    asked = _numbers(find(order, "TnOptionGroups")) | failed
    status = (text_at(order, "ProcessingStatus") or "RECEIVED").upper()
    done = asked - failed if status in ("COMPLETE", "PARTIAL") else set()
    return NumberOrder(
        id=order_id,
        customer_order_id=text_at(order, "CustomerOrderId") or "",
        status=status,
        quantity=len(asked),
        numbers=tuple(sorted(done)),
        completed=len(done),
        reason="" if errors is None else client.scrub(errors_told(errors)),
        ended_at=seconds(text_at(order, "LastModifiedDate")),
        asked=tuple(sorted(asked)),
    )


def _numbers(listed: Element | None) -> set[str]:
    found = [] if listed is None else items(listed, "TelephoneNumber")
    return {e164(each.text or "") for each in found}


async def _place(sending: Sending, path: str, body: bytes) -> str:
    answer = await sending.post(path, body)
    order = None if answer.root is None else first(answer.root, "TnOptionOrder")
    order_id = (None if order is None else text_at(order, "OrderId")) or id_from_location(
        answer.location
    )
    if order_id is None:
        raise LostAnswer("the answer to an assignment names no order")
    return order_id


async def _look_for(writer: Writer, wanted: str, before: Mapping[str, str]) -> tuple[str, ...]:
    async def look() -> tuple[str, ...] | None:
        found = await find_assignments(writer.client, wanted)
        return tuple(found.keys() - before.keys()) or None

    try:
        return await look_until_settled(look, writer.settle, writer.client.clock) or ()
    except AccountError as error:
        raise LostAnswer(
            f"{wanted} may have been sent, and could not be looked for: {error}"
        ) from None
