"""Campaigns for messages from local numbers (10DLC), to be looked up; nothing here registers one.

A test or the control API says which there are (`set_campaign`, `set_number`). v1 answers in XML
(vendor interface description), v2 in JSON (seen by the vendor's own command-line tool).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, data, document
from provisioner.sandbox.calls.markup import element, elements
from provisioner.sandbox.memory.state import State

# Statuses in which a campaign can be given numbers: v1 and v2 have their own word for it.
USABLE = ("ACTIVE", "REGISTERED")
REGISTERED_NUMBER = "SUCCESS"
_PAGE, _MOST = 25, 250
_MOST_PAGES = 999_999


def set_campaign(
    account: str, campaign: str, state: State, *, status: str, fields: Mapping[str, str]
) -> None:
    """Adds a campaign, or changes it. `fields` are elements of the v1 answer in their order:
    BrandId, Usecase, Description, ..."""
    state.run(
        "INSERT INTO campaigns (account, id, status, fields) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET status = excluded.status, fields = excluded.fields",
        account,
        campaign,
        status,
        json.dumps(dict(fields)),
    )


def remove_campaign(account: str, campaign: str, state: State) -> None:
    """Its numbers are on no campaign then."""
    state.run("DELETE FROM campaigns WHERE account = ? AND id = ?", account, campaign)
    state.run("DELETE FROM campaign_numbers WHERE account = ? AND campaign = ?", account, campaign)


def set_number(
    account: str,
    number: str,
    campaign: str,
    state: State,
    *,
    status: str = REGISTERED_NUMBER,
    message_class: str = "",
) -> None:
    """Puts a number (ten digits) on a campaign; `status` is SUCCESS, PROCESSING or FAILURE."""
    state.run(
        "INSERT OR REPLACE INTO campaign_numbers VALUES (?, ?, ?, ?, ?)",
        account,
        number,
        campaign,
        message_class,
        status,
    )


def remove_number(account: str, number: str, state: State) -> None:
    state.run("DELETE FROM campaign_numbers WHERE account = ? AND number = ?", account, number)


def find(campaign: str, account: str, state: State) -> sqlite3.Row | None:
    return state.row("SELECT * FROM campaigns WHERE account = ? AND id = ?", account, campaign)


def of_number(number: str, account: str, state: State) -> sqlite3.Row | None:
    """The row that says on which campaign a number is, and how far that has come."""
    return state.row(
        "SELECT * FROM campaign_numbers WHERE account = ? AND number = ?", account, number
    )


def list_xml(call: Call, state: State) -> Answer:
    """Pages are counted from 0."""
    _require_feature(call, state)
    size, page = _page(call)
    rows = state.rows(
        "SELECT * FROM campaigns WHERE account = ? ORDER BY sequence LIMIT ? OFFSET ?",
        call.account,
        size,
        page * size,
    )
    return document(element("CampaignsResponse", elements("Campaigns", map(_show, rows))))


def get_xml(call: Call, state: State) -> Answer:
    return document(element("CampaignResponse", _show(_find(call, state))))


def list_numbers_xml(call: Call, state: State) -> Answer:
    row = _find(call, state)
    size, page = _page(call)
    values = (call.account, row["id"])
    counted = "FROM campaign_numbers WHERE account = ? AND campaign = ?"
    rows = state.rows(
        f"SELECT number {counted} ORDER BY number LIMIT ? OFFSET ?",
        *values,
        size,
        page * size,
    )
    count = state.count(f"SELECT count(*) {counted}", *values)
    numbers = elements(
        "TelephoneNumbers",
        (element("TelephoneNumber", call.notation.write(each["number"])) for each in rows),
    )
    return document(element("CampaignTnsResponse", element("TotalCount", count), numbers))


def list_json(call: Call, state: State) -> Answer:
    _require_feature(call, state)
    rows = state.rows("SELECT * FROM campaigns WHERE account = ? ORDER BY sequence", call.account)
    return data({"data": [{"campaignId": row["id"], "status": row["status"]} for row in rows]})


def list_numbers_of_campaign_json(call: Call, state: State) -> Answer:
    """`phoneNumber` picks one."""
    row = _find(call, state)
    return _list_json(call, state, "AND campaign = ?", row["id"])


def list_numbers_json(call: Call, state: State) -> Answer:
    _require_feature(call, state)
    return _list_json(call, state, "")


def _list_json(call: Call, state: State, condition: str, *values: object) -> Answer:
    limit = call.number("limit", default=_MOST, most=_MOST)
    offset = call.number("offset", default=0, most=_MOST_PAGES, least=0)
    if "phoneNumber" in call.query:
        condition += " AND number = ?"
        values = (*values, call.notation.require(call.query["phoneNumber"], 1022))
    rows = state.rows(
        f"SELECT * FROM campaign_numbers WHERE account = ? {condition} "  # noqa: S608 -- conditions of ours
        "ORDER BY number LIMIT ? OFFSET ?",
        call.account,
        *values,
        limit,
        offset,
    )
    return data({"data": [_describe(row, call) for row in rows]})


def _describe(row: sqlite3.Row, call: Call) -> Mapping[str, str]:
    return {
        "phoneNumber": call.notation.write(row["number"]),
        "campaignId": row["campaign"],
        "status": row["status"],
    }


def _require_feature(call: Call, state: State) -> None:
    if not state.settings.campaign_management:
        raise Refusal(12055, call.account)


def _find(call: Call, state: State) -> sqlite3.Row:
    _require_feature(call, state)
    identity = call.parameters["campaign"]
    row = find(identity, call.account, state)
    if row is None:
        raise Refusal(12189, identity)
    return row


def _page(call: Call) -> tuple[int, int]:
    return (
        call.number("size", default=_PAGE, most=_MOST),
        call.number("page", default=0, most=_MOST_PAGES, least=0),
    )


def _show(row: sqlite3.Row) -> Element:
    fields: dict[str, str] = json.loads(row["fields"])
    head = (element("CampaignId", row["id"]), element("Status", row["status"]))
    return element("Campaign", *head, *(element(name, value) for name, value in fields.items()))
