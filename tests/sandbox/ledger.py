"""What an account must say: kept a second time, without HTTP, XML or a database.

It is written after the vendor's documents and docs/sandbox.md. The sandbox is never asked: a ledger
hears only which ids it gave, and which numbers there are to be had. `rules` has what is refused.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

ORDER_DELAY, AGING, RESERVED = 2.0, 1000.0, 4 * 3600.0


@dataclass(eq=False)
class Site:
    """`path` is what comes after the account."""

    path: str
    name: str
    made: float


@dataclass(eq=False)
class Peer:
    """`sms` is the protocol that it is switched on with."""

    path: str
    site: Site
    name: str
    is_default: bool
    made: float
    sms: str | None = None
    mms: bool = False
    application: str | None = None


@dataclass(eq=False)
class Application:
    name: str
    made: float
    is_for_messaging: bool


@dataclass(eq=False)
class Number:
    """`since` is when it was put in service, `release` what took it out again. `speaks` is False
    where messaging was switched off for it alone."""

    status: str
    peer: Peer | None = None
    since: float = 0.0
    order: str = ""
    release: str = ""
    speaks: bool = True


@dataclass(eq=False)
class Order:
    """For a quantity from an area code, or for numbers by name; `tickets` are reservations."""

    identity: str
    peer: Peer
    made: float
    quantity: int
    code: str = ""
    names: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    partial: bool = True
    waits: bool = False
    status: str = "RECEIVED"
    got: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status in ("RECEIVED", "BACKORDERED")


@dataclass(eq=False)
class Change:
    """A release, or a move to a location."""

    numbers: tuple[str, ...]
    target: Peer | None = None
    status: str = "RECEIVED"


class Ledger:
    """`catalogue` has the numbers of each area code in the order in which they are sold; of these
    as many are in stock as `stock` says."""

    def __init__(self, catalogue: Mapping[str, Sequence[str]], now: float, lag: float) -> None:
        self.catalogue = catalogue
        self.now = now
        self.lag = lag
        self.stock = dict.fromkeys(catalogue, 0)
        self.sites: list[Site] = []
        self.peers: list[Peer] = []
        self.applications: dict[str, Application] = {}
        self.numbers: dict[str, Number] = {}
        self.orders: dict[str, Order] = {}
        self.changes: dict[str, Change] = {}
        self.tickets: dict[str, str] = {}
        self._agenda: list[tuple[float, int, Callable[[float], None]]] = []
        self._scheduled = 0

    def is_listed(self, made: float) -> bool:
        return made <= self.now - self.lag

    def peers_of(self, site: Site) -> list[Peer]:
        return [peer for peer in self.peers if peer.site is site]

    def in_service(self, *peers: Peer) -> list[str]:
        """All numbers on these locations, in the order in which lists have them."""
        rows = self.numbers.items()
        return sorted(number for number, row in rows if row.peer is not None and row.peer in peers)

    def listed(self, *peers: Peer) -> list[str]:
        """Those of them that lists show already."""
        found = self.in_service(*peers)
        return [number for number in found if self.is_listed(self.numbers[number].since)]

    def free(self, code: str) -> list[str]:
        """What can be bought of an area code."""
        stocked = self.catalogue.get(code, ())[: self.stock.get(code, 0)]
        return [number for number in stocked if number not in self.numbers]

    def make_default(self, peer: Peer) -> None:
        for each in self.peers_of(peer.site):
            each.is_default = each is peer

    def place(self, order: Order) -> None:
        self.orders[order.identity] = order
        self._schedule(ORDER_DELAY, lambda when: self._fill(order, when))

    def close(self, order: Order) -> None:
        order.status = "PARTIAL" if order.got else "FAILED"

    def release(self, identity: str, numbers: tuple[str, ...]) -> None:
        change = self.changes[identity] = Change(numbers)

        def carry_out(when: float) -> None:
            for number in self._finish(change):
                row = self.numbers[number]
                row.status, row.peer, row.release, row.speaks = "Aging", None, identity, True
            self._schedule(AGING, lambda end: self._end_aging(identity, end), since=when)

        self._schedule(ORDER_DELAY, carry_out)

    def move(self, identity: str, numbers: tuple[str, ...], target: Peer) -> None:
        change = self.changes[identity] = Change(numbers, target)

        def carry_out(_: float) -> None:
            for number in self._finish(change):
                self.numbers[number].peer = target

        self._schedule(ORDER_DELAY, carry_out)

    def reserve(self, ticket: str, number: str) -> None:
        self.tickets[ticket] = number
        self.numbers[number] = Number("Reserved")
        self._schedule(RESERVED, lambda when: self.cancel(ticket, when))

    def cancel(self, ticket: str, when: float | None = None) -> None:
        """The end of a reservation, unless an order was faster."""
        number = self.tickets.pop(ticket, None)
        if number is not None:
            del self.numbers[number]
            self._restock(self.now if when is None else when)

    def change_stock(self, code: str, size: int) -> None:
        self.stock[code] = size
        self._restock(self.now)

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def settle(self) -> None:
        """Lets everything happen that is due: by time, and by turn where times are equal."""
        while self._agenda and self._agenda[0][0] <= self.now:
            when, _, event = heapq.heappop(self._agenda)
            event(when)

    def _schedule(
        self, delay: float, event: Callable[[float], None], since: float | None = None
    ) -> None:
        self._scheduled += 1
        due = (self.now if since is None else since) + delay
        heapq.heappush(self._agenda, (due, self._scheduled, event))

    def _restock(self, when: float) -> None:
        self._schedule(0, self._fill_back_orders, since=when)

    def _fill_back_orders(self, when: float) -> None:
        for order in self.orders.values():
            if order.status == "BACKORDERED":
                self._fill(order, when)

    def _fill(self, order: Order, when: float) -> None:
        missing = order.quantity - len(order.got)
        if order.names:
            found = [name for name in order.names if self._can_have(name, order)]
        else:
            # What it had and lost is not given to it again.
            found = [each for each in self.free(order.code) if each not in order.got][:missing]
        if len(found) == missing or order.partial:
            for number in found:
                self.numbers[number] = Number("Inservice", order.peer, when, order.identity)
            used = [ticket for ticket, number in self.tickets.items() if number in found]
            for ticket in used:
                del self.tickets[ticket]
            order.got += found
        if len(order.got) == order.quantity:
            order.status = "COMPLETE"
        elif order.waits and not order.names:
            order.status = "BACKORDERED"
        else:
            order.status = "PARTIAL" if order.got else "FAILED"

    def _can_have(self, number: str, order: Order) -> bool:
        row = self.numbers.get(number)
        if row is None:
            return number in self.free(number[:3])
        held = (self.tickets.get(ticket) for ticket in order.tickets)
        return row.status == "Aging" or number in held

    def _finish(self, change: Change) -> list[str]:
        rows = {number: self.numbers.get(number) for number in change.numbers}
        own = [number for number, row in rows.items() if row and row.status == "Inservice"]
        full = len(own) == len(rows)
        change.status = "COMPLETE" if full else "PARTIAL" if own else "FAILED"
        return own

    def _end_aging(self, release: str, when: float) -> None:
        gone = [number for number, row in self.numbers.items() if row.release == release]
        for number in gone:
            del self.numbers[number]
        if gone:
            self._restock(when)
