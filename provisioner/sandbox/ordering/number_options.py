"""`/tnoptions`: settings of numbers, changed by an order; its only way onto a campaign leads here.

Messaging (`Sms`, `A2pSettings`) has an effect. What concerns voice is checked where the values are
few, and kept with the number.
"""

from __future__ import annotations

import json
import sqlite3

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.envelopes import list_error
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import sippeer_by_id
from provisioner.sandbox.calls.markup import child, element, elements, restore, word
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import campaigns, inventory
from provisioner.sandbox.numbers.number_settings import read_formats, speaks_sms
from provisioner.sandbox.ordering import changes, history
from provisioner.sandbox.ordering.changes import Outcome
from provisioner.sandbox.ordering.order_types import read_numbers
from provisioner.sandbox.ordering.orders import read_customer_order_id

_SAME, _DEFAULT = "unchanged", "systemDefault"
_SMS = ("on", "off", _SAME, _DEFAULT)
# What may be said for each of these, and the code for what may not.
_CHOICES = {
    "Sms": (_SMS, 5113),
    "CallingNameDisplay": (("on", "off", _SAME, _DEFAULT, "systemdefault"), 5079),
    "Protected": (("true", "false", _SAME, _DEFAULT), 5107),
}
_FORMATS = {"NumberFormat": 5081, "RPIDFormat": 5089}
_KEPT = ("CallForward", "RewriteUser", "FinalDestinationURI", "PortOutPasscode")
_ACTIONS = ("asSpecified", _DEFAULT, "off", "delete", _SAME)
_ADDS, _REMOVES = "asSpecified", (_DEFAULT, "off", "delete")


def create_order(call: Call, state: State) -> Answer:
    body = call.document("TnOptionOrder")
    customer_order_id = read_customer_order_id(body, 5052)
    groups = child(body, "TnOptionGroups")
    if groups is None or not len(groups):
        raise Refusal(1003, "TnOptionGroups")
    numbers = [number for group in groups for number in _check(group, call, state)]
    if len(set(numbers)) < len(numbers):
        raise Refusal(5072)
    row = changes.place(
        changes.OPTION,
        _nationalized(groups, call),
        numbers,
        call,
        state,
        customer_order_id=customer_order_id,
    )
    answer = element("TnOptionOrderResponse", _show(row, call))
    return document(answer, 201, call.url("tnoptions", row["id"]))


def get_order(call: Call, state: State) -> Answer:
    """The order itself is the root, without a wrapper."""
    return document(_show(changes.find(changes.OPTION, call, state), call))


def list_orders(call: Call, state: State) -> Answer:
    """`orderDetails=true` shows each order whole. The list is the root, as the vendor's SDK has it;
    its interface description has one more element around it."""
    rows = changes.find_all(changes.OPTION, call, state)
    if call.query.get("orderDetails", "").lower() == "true":
        listed = elements("TnOptionOrders", (_show(row, call) for row in rows))
        listed.insert(0, element("TotalCount", len(rows)))
    else:
        listed = changes.show_list("TnOptionOrders", "TnOptionOrderSummary", rows, state)
    return document(listed)


def get_history(call: Call, state: State) -> Answer:
    return document(history.show(changes.find(changes.OPTION, call, state)["id"], state))


def carry_out(change: str, when: float, state: State) -> None:
    row = changes.row_of(change, state)
    failed: dict[str, int] = {}
    warnings: dict[str, str] = {}
    own = inventory.in_service(changes.numbers_of(change, state), row["account"], state)
    for group in restore(row["document"]):
        for number in _numbers(group):
            code = _apply(group, own.get(number), when, state, warnings)
            if code is not None:
                failed[number] = code
    changes.finish(row, Outcome(failed, warnings), when, state)


def _check(group: Element, call: Call, state: State) -> tuple[str, ...]:
    """Refuses what is wrong whatever the numbers are; returns them."""
    for name, (choices, code) in _CHOICES.items():
        if word(group, name) not in ("", *choices):
            raise Refusal(code, word(group, name))
    read_formats(group, _FORMATS, (_SAME, _DEFAULT))
    settings = child(group, "A2pSettings")
    if settings is not None:
        _check_campaign(settings, call, state)
    return read_numbers(_numbers(group), call.notation)


def _check_campaign(settings: Element, call: Call, state: State) -> None:
    action = word(settings, "Action") or _ADDS
    campaign = word(settings, "CampaignId")
    if action not in _ACTIONS:
        raise Refusal(5138, action)
    if action != _ADDS:
        for name in ("CampaignId", "MessageClass"):
            if word(settings, name):
                raise Refusal(5134, name)
        return
    if not campaign and not word(settings, "MessageClass"):
        raise Refusal(1003, "CampaignId")
    if not campaign:
        return
    row = campaigns.find(campaign, call.account, state)
    if row is None:
        raise Refusal(12128, campaign)
    if row["status"] not in campaigns.USABLE:
        raise Refusal(12192, campaign)


def _apply(
    group: Element,
    row: sqlite3.Row | None,
    when: float,
    state: State,
    warnings: dict[str, str],
) -> int | None:
    """Changes one number; or the code for why not, and nothing is changed."""
    if row is None:
        return 5076
    peer = sippeer_by_id(row["peer"], state)
    said = word(group, "Sms")
    if said == "on" and peer["sms"] is None:
        return 5145
    sms = {"on": 1, "off": 0, _DEFAULT: None}.get(said, row["sms"])
    settings = child(group, "A2pSettings")
    adds = settings is not None and (word(settings, "Action") or _ADDS) == _ADDS
    if adds and (peer["sms"] is None or sms == 0):
        return 5132
    if said == "on" and speaks_sms(row, peer):
        warnings[row["number"]] = "SMS is on already"
    state.run(
        "UPDATE numbers SET sms = ?, options = ?, modified = ? WHERE number = ?",
        sms,
        json.dumps(_merge(json.loads(row["options"] or "{}"), group)),
        when,
        row["number"],
    )
    if settings is not None:
        _assign(settings, row, state)
    return None


def _merge(options: dict[str, str], group: Element) -> dict[str, str]:
    said = {name: word(group, name) for name in (*_FORMATS, *_KEPT, "Protected")}
    display = word(group, "CallingNameDisplay").lower()
    said["CallingNameDisplay"] = {"on": "true", "off": "false"}.get(display, display)
    changed = {name: value for name, value in said.items() if value not in ("", _SAME)}
    merged = options | changed
    return {name: value for name, value in merged.items() if value.lower() != _DEFAULT.lower()}


def _assign(settings: Element, row: sqlite3.Row, state: State) -> None:
    action = word(settings, "Action") or _ADDS
    if action in _REMOVES:
        campaigns.remove_number(row["account"], row["number"], state)
    elif action == _ADDS:
        campaigns.set_number(
            row["account"],
            row["number"],
            word(settings, "CampaignId"),
            state,
            message_class=word(settings, "MessageClass"),
        )


def _numbers(group: Element) -> list[str]:
    listed = child(group, "TelephoneNumbers")
    return [] if listed is None else [(each.text or "").strip() for each in listed]


def _nationalized(groups: Element, call: Call) -> Element:
    """The groups as they are kept: numbers are ten digits inside the sandbox."""
    for number in groups.iter("TelephoneNumber"):
        number.text = call.notation.require(number.text or "", 5070)
    return groups


def _show(row: sqlite3.Row, call: Call) -> Element:
    groups = restore(row["document"])
    for number in groups.iter("TelephoneNumber"):
        number.text = call.notation.write(number.text or "")
    outcome = changes.outcome_of(row)
    errors = [list_error(code, call.notation.write(n)) for n, code in outcome.failed.items()]
    warnings = [
        element(
            "Warning",
            element("TelephoneNumber", call.notation.write(number)),
            element("Description", words),
        )
        for number, words in outcome.warnings.items()
    ]
    return element(
        "TnOptionOrder",
        *changes.show_head(row),
        element("ProcessingStatus", row["status"]),
        groups,
        elements("ErrorList", errors),
        elements("Warnings", warnings) if warnings else None,
    )
