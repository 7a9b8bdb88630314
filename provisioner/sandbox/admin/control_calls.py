"""What the control API does: a row each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from provisioner.sandbox.admin import callback_calls
from provisioner.sandbox.admin.control_call import Control, ControlCall, ControlError, Row, text
from provisioner.sandbox.admin.summary import summarize
from provisioner.sandbox.calls.log_view import show_entries
from provisioner.sandbox.failures.fault_rules import RuleError, read_rule
from provisioner.sandbox.memory import agenda
from provisioner.sandbox.memory.snapshots import (
    SnapshotError,
    empty,
    load_snapshot,
    take_snapshot,
)
from provisioner.sandbox.numbers import campaigns, stock, verifications
from provisioner.sandbox.settlement import ORDERS

_LONGEST_STEP = 10 * 365 * 24 * 3600
_MOST_AHEAD = 100 * 365 * 24 * 3600
_CAMPAIGN_STATUS = "ACTIVE"
_ELEMENT_NAME = re.compile("[A-Za-z][A-Za-z0-9]*")


def _show_summary(_: ControlCall, control: Control) -> object:
    rules = [*control.faults.in_force()]
    counts = {"faults": len(rules), "requests": len(control.log)}
    return {**summarize(control.state), **counts}


def _list_faults(_: ControlCall, control: Control) -> object:
    rules = control.faults.in_force()
    return {
        "faults": [
            {"rule": fault.rule or repr(fault), "matched": matched} for fault, matched in rules
        ]
    }


def _add_fault(call: ControlCall, control: Control) -> None:
    (rule,) = call.take("rule")
    try:
        control.faults.add(read_rule(text(rule, "rule")))
    except RuleError as error:
        raise ControlError(str(error)) from None


def _clear_faults(_: ControlCall, control: Control) -> None:
    control.faults.clear()


def _list_requests(call: ControlCall, control: Control) -> object:
    return {"requests": show_entries(control.log[-call.limit() :])}


def _clear_requests(_: ControlCall, control: Control) -> None:
    control.log.clear()


def _reset(_: ControlCall, control: Control) -> None:
    """Rules and log stay: they are not the account's."""
    empty(control.state)
    if control.seed is not None:
        load_snapshot(control.seed, control.state)


def _get_snapshot(_: ControlCall, control: Control) -> object:
    return take_snapshot(control.state)


def _put_snapshot(call: ControlCall, control: Control) -> None:
    try:
        load_snapshot(call.body, control.state)
    except SnapshotError as error:
        raise ControlError(str(error)) from None


def _set_stock(call: ControlCall, control: Control) -> None:
    (size,) = call.take("size")
    try:
        stock.change_size(call.parameters["code"], _whole(size, "size"), control.state)
    except ValueError as error:
        raise ControlError(str(error)) from None


def _show_clock(_: ControlCall, control: Control) -> object:
    return {"now": control.state.now(), "ahead": control.state.ahead()}


def _advance_clock(call: ControlCall, control: Control) -> object:
    (seconds,) = call.take("seconds")
    ahead = control.state.ahead()
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ControlError("seconds must be a number")
    if not 0 <= seconds <= _LONGEST_STEP or ahead + seconds > _MOST_AHEAD:
        raise ControlError(f"seconds must be from 0 to {_LONGEST_STEP}, and 100 years in all")
    control.state.advance(seconds)
    return _show_clock(call, control)


def _hold_orders(_: ControlCall, control: Control) -> None:
    agenda.hold(ORDERS, control.state)


def _release_orders(_: ControlCall, control: Control) -> None:
    agenda.release(control.state.now(), control.state)


def _set_campaign(call: ControlCall, control: Control) -> None:
    status, fields = call.take("status", "fields")
    campaigns.set_campaign(
        call.account(control),
        call.parameters["campaign"],
        control.state,
        status=text(status, "status", _CAMPAIGN_STATUS),
        fields=_elements(fields),
    )


def _remove_campaign(call: ControlCall, control: Control) -> None:
    campaigns.remove_campaign(call.account(control), call.parameters["campaign"], control.state)


def _set_campaign_number(call: ControlCall, control: Control) -> None:
    campaign, status, message_class = call.take("campaign", "status", "messageClass")
    account, identity = call.account(control), text(campaign, "campaign")
    if campaigns.find(identity, account, control.state) is None:
        raise ControlError(f"there is no campaign {identity!r} on account {account}", status=404)
    campaigns.set_number(
        account,
        call.number(),
        identity,
        control.state,
        status=text(status, "status", campaigns.REGISTERED_NUMBER),
        message_class=text(message_class, "messageClass", ""),
    )


def _remove_campaign_number(call: ControlCall, control: Control) -> None:
    campaigns.remove_number(call.account(control), call.number(), control.state)


def _set_verification(call: ControlCall, control: Control) -> None:
    (status,) = call.take("status")
    verifications.set_verification(
        call.account(control), call.number(), text(status, "status"), control.state
    )


def _elements(value: object) -> Mapping[str, str]:
    """Names of XML elements and their texts."""
    if value is None:
        return {}
    if isinstance(value, dict) and all(
        _ELEMENT_NAME.fullmatch(name) and isinstance(text, str) for name, text in value.items()
    ):
        return value
    raise ControlError('fields must be an object of texts, as in {"Usecase": "2FA"}')


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ControlError(f"{name} must be a whole number from 0 on")
    return value


ROWS = (
    Row("GET", "/", _show_summary),
    Row("GET", "/faults", _list_faults),
    Row("POST", "/faults", _add_fault),
    Row("DELETE", "/faults", _clear_faults),
    Row("GET", "/requests", _list_requests),
    Row("DELETE", "/requests", _clear_requests),
    Row("POST", "/reset", _reset),
    Row("GET", "/snapshot", _get_snapshot),
    Row("PUT", "/snapshot", _put_snapshot),
    Row("PUT", "/stock/{code}", _set_stock),
    Row("GET", "/clock", _show_clock),
    Row("POST", "/clock", _advance_clock),
    Row("POST", "/orders/hold", _hold_orders),
    Row("POST", "/orders/release", _release_orders),
    Row("PUT", "/campaigns/{campaign}", _set_campaign),
    Row("DELETE", "/campaigns/{campaign}", _remove_campaign),
    Row("PUT", "/campaignNumbers/{number}", _set_campaign_number),
    Row("DELETE", "/campaignNumbers/{number}", _remove_campaign_number),
    Row("PUT", "/tollFreeVerifications/{number}", _set_verification),
    *callback_calls.ROWS,
)
