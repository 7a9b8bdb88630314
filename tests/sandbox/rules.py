"""What the account refuses, predicted from the ledger alone.

A refusal is a status and a code. Where several apply, which of them is told is not documented;
where none does, the call must be accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.ledger import Ledger, Order, Peer, Site

Refusals = set[tuple[int, str]]


def _when(refused: bool, status: int, code: str) -> Refusals:
    return {(status, code)} if refused else set()


def against_sippeer(
    ledger: Ledger, site: Site, name: str, *, default: bool, old: Peer | None = None
) -> Refusals:
    others = [peer for peer in ledger.peers_of(site) if peer is not old]
    loses_default = not default and not any(peer.is_default for peer in others)
    named = any(peer.name == name for peer in others)
    return _when(loses_default, 400, "13522") | _when(named, 409, "13524")


def against_deleting_site(ledger: Ledger, site: Site) -> Refusals:
    return _when(bool(ledger.peers_of(site)), 400, "12031")


def against_deleting_sippeer(ledger: Ledger, peer: Peer) -> Refusals:
    awaited = any(order.is_open and order.peer is peer for order in ledger.orders.values())
    awaited |= any(
        change.target is peer and change.status == "RECEIVED" for change in ledger.changes.values()
    )
    has_others = len(ledger.peers_of(peer.site)) > 1
    return (
        _when(bool(ledger.in_service(peer)), 400, "13555")
        | _when(peer.is_default and has_others, 400, "13558")
        | _when(peer.sms is not None, 400, "13613")
        | _when(peer.mms, 400, "13622")
        | _when(awaited, 400, "13681")
    )


def against_sms(ledger: Ledger, peer: Peer, method: str) -> Refusals:
    if method == "POST":
        return _when(peer.sms is not None, 409, "1015")
    if peer.sms is None:
        return {(404, "1016")}
    talking = any(ledger.numbers[number].speaks for number in ledger.in_service(peer))
    gone = method == "DELETE"
    return _when(gone and peer.mms, 400, "13624") | _when(gone and talking, 400, "13673")


def against_mms(peer: Peer, method: str) -> Refusals:
    if method == "POST":
        without_sms = _when(peer.sms is None, 400, "13623")
        return _when(peer.mms, 409, "1015") | without_sms
    return _when(not peer.mms, 404, "1016")


def against_assigning(ledger: Ledger, peer: Peer, identity: str) -> Refusals:
    found = ledger.applications.get(identity)
    if found is None:
        return {(400, "13629")}
    mute = _when(peer.sms != "HTTP", 400, "13645")
    return mute | _when(not found.is_for_messaging, 400, "13648")


def against_deleting_application(ledger: Ledger, identity: str) -> Refusals:
    return _when(any(peer.application == identity for peer in ledger.peers), 409, "12107")


def against_talking(peer: Peer) -> Refusals:
    """Against switching on the messaging of one number."""
    return _when(peer.sms is None, 400, "13678")


def against_naming(ledger: Ledger, names: Iterable[str]) -> Refusals:
    """Against an order for these numbers."""
    received = [order for order in ledger.orders.values() if order.status == "RECEIVED"]
    claimed = {name for order in received for name in order.names}
    return _when(not claimed.isdisjoint(names), 400, "5218")


def against_closing(order: Order) -> Refusals:
    return _when(order.status != "BACKORDERED", 400, "5060")


def against_reserving(ledger: Ledger, number: str) -> Refusals:
    return _when(number not in ledger.free(number[:3]), 400, "5041")


def against_moving_now(ledger: Ledger, number: str, target: Peer) -> Refusals:
    row = ledger.numbers.get(number)
    if row is None:
        return {(400, "13520")}
    if row.peer is None:
        return {(400, "13518")}
    return _when(row.peer.site is not target.site, 400, "13521")
