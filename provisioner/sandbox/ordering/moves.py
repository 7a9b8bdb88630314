"""Moving numbers between locations: at once within a site (`movetns`), or as an order."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.envelopes import list_error
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document
from provisioner.sandbox.calls.lookups import default_of, sippeer_of, sippeer_on_site, site_by_id
from provisioner.sandbox.calls.markup import BLANK, child, element, elements, repeat, word
from provisioner.sandbox.memory.state import State, numeric_id
from provisioner.sandbox.numbers import inventory
from provisioner.sandbox.ordering import changes, history
from provisioner.sandbox.ordering.order_types import MOST_NUMBERS
from provisioner.sandbox.ordering.orders import read_customer_order_id

_NOT_ACTIVE = 7518


def move_now(call: Call, state: State) -> Answer:
    """All of the numbers or none; those on another site are refused (assumption: the code for it
    exists, the documents tell of no case)."""
    peer = sippeer_of(call, state)
    said = [(each.text or "").strip() for each in call.document("SipPeerTelephoneNumbers")]
    if not said:
        raise Refusal(13505)
    if len(said) > MOST_NUMBERS:
        raise Refusal(5095)
    numbers: dict[str, None] = {}
    for each in said:
        number = call.notation.require(each, 13512)
        if number in numbers:
            raise Refusal(13511, each)
        numbers[number] = None
    rows = inventory.in_service(numbers, call.account, state)
    for number in numbers:
        if number not in rows:
            raise Refusal(_missing(number, call, state), call.notation.write(number))
        if rows[number]["site"] != peer["site"]:
            raise Refusal(13521, call.notation.write(number))
    _move(list(numbers), peer["site"], peer["id"], state.now(), state)
    written = map(call.notation.write, numbers)
    shown = repeat("SipPeerTelephoneNumbers", element("FullNumber", BLANK), written)
    return document(element("SipPeerTelephoneNumberMoveResponse", shown))


def create_move(call: Call, state: State) -> Answer:
    body = call.document("MoveTnsOrder")
    customer_order_id = read_customer_order_id(body, 7318)
    site, peer = _destination(body, call, state)
    source = word(body, "SourceAccountId")
    if source and source != call.account:
        raise Refusal(7325, source)
    numbers = _read_numbers(body, call)
    row = changes.place(
        changes.MOVE,
        element("MoveTnsOrder"),
        numbers,
        call,
        state,
        customer_order_id=customer_order_id,
        site=site,
        peer=peer,
    )
    answer = element("MoveTnsOrderResponse", _show(row, call, state))
    return document(answer, 201, call.url("moveTns", row["id"]))


def get_move(call: Call, state: State) -> Answer:
    return document(_show(changes.find(changes.MOVE, call, state), call, state))


def list_moves(call: Call, state: State) -> Answer:
    rows = changes.find_all(changes.MOVE, call, state)
    return document(changes.show_list("MoveTnsOrders", "MoveTnsOrderSummary", rows, state))


def get_history(call: Call, state: State) -> Answer:
    return document(history.show(changes.find(changes.MOVE, call, state)["id"], state))


def carry_out(change: str, when: float, state: State) -> None:
    row = changes.row_of(change, state)
    asked = changes.numbers_of(change, state)
    own = inventory.in_service(asked, row["account"], state)
    _move(list(own), row["site"], row["peer"], when, state)
    failed = {number: _NOT_ACTIVE for number in asked if number not in own}
    changes.finish(row, changes.Outcome(failed), when, state)


def _move(numbers: list[str], site: int, peer: int, when: float, state: State) -> None:
    state.run(
        "UPDATE numbers SET site = ?, peer = ?, modified = ? "
        "WHERE number IN (SELECT value FROM json_each(?))",
        site,
        peer,
        when,
        json.dumps(numbers),
    )


def _missing(number: str, call: Call, state: State) -> int:
    return 13520 if inventory.find(number, call.account, state) is None else 13518


def _destination(body: Element, call: Call, state: State) -> tuple[int, int]:
    site = site_by_id(word(body, "SiteId"), call, state)
    if site is None:
        raise Refusal(7309)
    peer_id = word(body, "SipPeerId")
    if not peer_id:
        default = default_of(site["id"], state)
        if default is None:
            raise Refusal(7310)
        return site["id"], default["id"]
    peer = sippeer_on_site(peer_id, site["id"], state)
    if peer is None:
        elsewhere = state.row("SELECT 1 FROM sippeers WHERE id = ?", numeric_id(peer_id))
        raise Refusal(7312 if elsewhere is None else 7311)
    return site["id"], peer["id"]


def _read_numbers(body: Element, call: Call) -> list[str]:
    listed = child(body, "TelephoneNumbers")
    said = [] if listed is None else [(each.text or "").strip() for each in listed]
    if not said:
        raise Refusal(7316)
    if len(said) > MOST_NUMBERS:
        raise Refusal(7314, MOST_NUMBERS)
    numbers = [call.notation.require(each, 7339) for each in said]
    if len(set(numbers)) < len(numbers):
        raise Refusal(7360)
    return numbers


def _show(row: sqlite3.Row, call: Call, state: State) -> Element:
    numbers = changes.numbers_of(row["id"], state)
    by_code: dict[int, list[str]] = defaultdict(list)
    for number, code in changes.outcome_of(row).failed.items():
        by_code[code].append(number)
    errors = [_show_error(code, each, call) for code, each in by_code.items()]
    return element(
        "MoveTnsOrder",
        *changes.show_head(row),
        element("SiteId", row["site"]),
        element("SipPeerId", row["peer"]),
        _list(numbers, call),
        element("ProcessingStatus", row["status"]),
        elements("Errors", errors) if errors else None,
    )


def _show_error(code: int, numbers: list[str], call: Call) -> Element:
    error = list_error(code)
    error.append(_list(numbers, call))
    return error


def _list(numbers: list[str], call: Call) -> Element:
    written = map(call.notation.write, numbers)
    return repeat("TelephoneNumbers", element("TelephoneNumber", BLANK), written)
