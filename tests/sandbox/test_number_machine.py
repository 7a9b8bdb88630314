"""Random orders, releases, moves and reservations: numbers are sold once, and counted right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.sandbox import rules
from tests.sandbox.ledger import Ledger, Order
from tests.sandbox.machine import CODES, FOREIGN, MOST, SOME, SPOKEN, Machine, agree, run

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

CHOSEN = st.lists(SOME, min_size=1, max_size=3)


class Numbers(Machine):
    """Three sippeers on two sites."""

    def __init__(self, account: Account, ledger: Ledger) -> None:
        super().__init__(account, ledger)
        north, south = self.new_site("North"), self.new_site("South")
        self.new_peer(north, "A")
        self.new_peer(south, "A")
        self.new_peer(south, "B", default=False)

    def some(self, chosen: list[int], *, own: bool) -> tuple[str, ...]:
        """A few numbers: the account's own first, or those on offer first; one is nobody's."""
        offered = [number for code in CODES for number in self.ledger.catalogue[code]]
        known = [*self.ledger.numbers, FOREIGN] if own else [*offered, FOREIGN]
        return tuple(dict.fromkeys(self.pick(each, known) for each in chosen))

    @rule(
        n=SOME,
        quantity=st.integers(0, 6),
        code=st.sampled_from(CODES),
        partial=st.booleans(),
        back_order=st.booleans(),
        spoken=SPOKEN,
    )
    def order(
        self, n: int, quantity: int, code: str, partial: bool, back_order: bool, spoken: str
    ) -> None:
        peer = self.pick(n, self.ledger.peers)
        flags = _flags(PartialAllowed=partial, BackOrderRequested=back_order)
        made = self.account.speaking(spoken).order(peer.path, quantity, code, flags)
        if agree(made, {(400, "5009")} if not quantity else set()):
            now = self.ledger.now
            order = Order(made.id, peer, now, quantity, code, partial=partial, waits=back_order)
            self.new_order(made, order)

    @rule(
        n=SOME,
        chosen=CHOSEN,
        partial=st.booleans(),
        back_order=st.booleans(),
        with_tickets=st.booleans(),
        spoken=SPOKEN,
    )
    def order_by_name(
        self,
        n: int,
        chosen: list[int],
        partial: bool,
        back_order: bool,
        with_tickets: bool,
        spoken: str,
    ) -> None:
        peer, names = self.pick(n, self.ledger.peers), self.some(chosen, own=False)
        account = self.account.speaking(spoken)
        tickets = tuple(self.ledger.tickets) if with_tickets else ()
        inner = f"<TelephoneNumberList>{_listed(account, names)}</TelephoneNumberList>"
        held = "".join(f"<ReservationId>{ticket}</ReservationId>" for ticket in tickets)
        inner += f"<ReservationIdList>{held}</ReservationIdList>" if held else ""
        kind = f"<ExistingTelephoneNumberOrderType>{inner}</ExistingTelephoneNumberOrderType>"
        flags = _flags(PartialAllowed=partial, BackOrderRequested=back_order)
        made = account.place(peer.path, kind + flags)
        if agree(made, rules.against_naming(self.ledger, names)):
            order = Order(
                *(made.id, peer, self.ledger.now, len(names)),
                names=names,
                tickets=tickets,
                partial=partial,
                waits=back_order,
            )
            self.new_order(made, order)

    @rule(chosen=CHOSEN, spoken=SPOKEN)
    def write_numbers_as_the_other_version_does(self, chosen: list[int], spoken: str) -> None:
        account = self.account.speaking(spoken)
        other = self.account.speaking("v1" if spoken == "v2" else "v2")
        numbers = [other.written(number) for number in self.some(chosen, own=True)]
        refused = {(400, "1022" if spoken == "v2" else "5070")}
        agree(account.call("POST", "/disconnects", _release(numbers)), refused)

    @precondition(lambda self: self.ledger.orders)
    @rule(n=SOME, spoken=SPOKEN)
    def close_order(self, n: int, spoken: str) -> None:
        order = self.pick(n, [*self.ledger.orders.values()])
        body = "<Order><CloseOrder>true</CloseOrder></Order>"
        closed = self.account.speaking(spoken).put(f"/orders/{order.identity}", body)
        if agree(closed, rules.against_closing(order)):
            self.ledger.close(order)

    @precondition(lambda self: self.ledger.orders)
    @rule(n=SOME)
    def rename_order(self, n: int) -> None:
        order = self.pick(n, [*self.ledger.orders])
        body = "<Order><Name>Renamed</Name><CustomerOrderId>mine</CustomerOrderId></Order>"
        assert self.account.put(f"/orders/{order}", body).status == 200
        found = self.account.get("/orders?page=1&size=1000&customerOrderId=mine").all("orderId")
        assert (order in found) == self.ledger.is_listed(self.ledger.orders[order].made)

    @rule(chosen=CHOSEN, spoken=SPOKEN)
    def release(self, chosen: list[int], spoken: str) -> None:
        account, numbers = self.account.speaking(spoken), self.some(chosen, own=True)
        written = [account.written(number) for number in numbers]
        released = account.post("/disconnects", _release(written))
        assert released.status == 201
        self.ledger.release(released.id, numbers)

    @rule(n=SOME, m=SOME)
    def move_at_once(self, n: int, m: int) -> None:
        """Which v1 alone has."""
        (number,) = self.some([m], own=True)
        target = self.pick(n, self.ledger.peers)
        inner = f"<FullNumber>{number}</FullNumber>"
        body = f"<SipPeerTelephoneNumbers>{inner}</SipPeerTelephoneNumbers>"
        path = f"{target.path}/movetns"
        assert self.account.speaking("v2").post(path, body).status == 404
        moved = self.account.post(path, body)
        if agree(moved, rules.against_moving_now(self.ledger, number, target)):
            self.ledger.numbers[number].peer = target

    @rule(n=SOME, chosen=CHOSEN, spoken=SPOKEN)
    def move(self, n: int, chosen: list[int], spoken: str) -> None:
        account, numbers = self.account.speaking(spoken), self.some(chosen, own=True)
        target = self.pick(n, self.ledger.peers)
        _, _, site, _, peer = target.path.split("/")
        where = f"<SiteId>{site}</SiteId><SipPeerId>{peer}</SipPeerId>"
        inner = f"{where}<TelephoneNumbers>{_listed(account, numbers)}</TelephoneNumbers>"
        moved = account.post("/moveTns", f"<MoveTnsOrder>{inner}</MoveTnsOrder>")
        assert moved.status == 201
        self.ledger.move(moved.id, numbers, target)

    @rule(n=SOME, spoken=SPOKEN)
    def reserve(self, n: int, spoken: str) -> None:
        account, (number,) = self.account.speaking(spoken), self.some([n], own=False)
        if number == FOREIGN:
            return
        inner = f"<ReservedTn>{account.written(number)}</ReservedTn>"
        made = account.post("/tnreservation", f"<Reservation>{inner}</Reservation>")
        if agree(made, rules.against_reserving(self.ledger, number)):
            self.ledger.reserve(made.id, number)

    @precondition(lambda self: self.ledger.tickets)
    @rule(n=SOME, spoken=SPOKEN)
    def cancel_reservation(self, n: int, spoken: str) -> None:
        ticket = self.pick(n, [*self.ledger.tickets])
        path, account = f"/tnreservation/{ticket}", self.account.speaking(spoken)
        number = account.written(self.ledger.tickets[ticket])
        assert account.get(path).text("ReservedTn") == number
        assert account.delete(path).text("ReservedTn") == number
        self.ledger.cancel(ticket)

    @rule(code=st.sampled_from(CODES), size=st.integers(0, MOST))
    def change_stock(self, code: str, size: int) -> None:
        self.set_stock(code, size)

    @rule(n=SOME, spoken=SPOKEN)
    def look_at_a_number(self, n: int, spoken: str) -> None:
        """Where it is, without any lag."""
        account, (number,) = self.account.speaking(spoken), self.some([n], own=True)
        row = self.ledger.numbers.get(number)
        path = f"{account.prefix}/tns/{account.written(number)}"
        shown = account.get(path)
        assert shown.status == (200 if row else 404)
        if row:
            assert shown.text("Status") == row.status
        if row and row.peer:
            assert row.peer.path.endswith(account.get(f"{path}/sippeers").text("Id"))
            assert row.peer.site.path.endswith(account.get(f"{path}/sites").text("Id"))


def _flags(**flags: bool) -> str:
    return "".join(f"<{name}>{str(flag).lower()}</{name}>" for name, flag in flags.items())


def _listed(account: Account, numbers: tuple[str, ...]) -> str:
    written = (account.written(number) for number in numbers)
    return "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in written)


def _release(written: list[str]) -> str:
    listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in written)
    kind = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
    inner = f"<DisconnectTelephoneNumberOrderType>{kind}</DisconnectTelephoneNumberOrderType>"
    return f"<DisconnectTelephoneNumberOrder>{inner}</DisconnectTelephoneNumberOrder>"


@pytest.mark.parametrize("lag", [0.0, 3.0])
def test_numbers_stay_in_order_whatever_is_asked(lag: float, open_account: Open) -> None:
    run(Numbers, open_account, lag)
