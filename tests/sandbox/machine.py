"""What both state machines share: an account, its ledger, and that they agree after every call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from lxml import etree

from tests.sandbox.ledger import AGING, ORDER_DELAY, RESERVED, Ledger, Order, Peer, Site

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply
    from tests.sandbox.rules import Refusals

SOME = st.integers(0, 99)
SPOKEN = st.sampled_from(["v1", "v2"])
FEATURES = "/products/messaging/features"
CODES = ("910", "919")
MOST = 7
# None of the account's, and in no stock.
FOREIGN = "2125550100"

T = TypeVar("T")


class Machine(RuleBasedStateMachine):
    """Rules call the account and tell the ledger. Both versions of the API are spoken, by the
    invariants by turns; so are the statuses that one of them counts."""

    def __init__(self, account: Account, ledger: Ledger) -> None:
        super().__init__()
        assert account.http.post("/_sandbox/reset").status_code == 204
        account.log.clear()
        self.account = account
        self.ledger = ledger
        self.spoken = cycle([account, account.speaking("v2")])
        self.statuses = cycle(["Inservice", "Aging", "Reserved"])
        self.unsettled: list[str] = []
        for code in CODES:
            self.set_stock(code, 4)

    def pick(self, n: int, among: Sequence[T]) -> T:
        return among[n % len(among)]

    def set_stock(self, code: str, size: int) -> None:
        answer = self.account.http.put(f"/_sandbox/stock/{code}", json={"size": size})
        assert answer.status_code == 204
        self.ledger.change_stock(code, size)

    def new_site(self, name: str) -> Site:
        made = Site(self.account.site(name), name, self.ledger.now)
        self.ledger.sites.append(made)
        return made

    def new_peer(
        self, site: Site, name: str, *, default: bool = True, path: str | None = None
    ) -> Peer:
        """Of this path, where it is there already."""
        path = path or self.account.sippeer(site.path, name, default=default)
        made = Peer(path, site, name, default, self.ledger.now)
        self.ledger.peers.append(made)
        if default:
            self.ledger.make_default(made)
        return made

    def new_order(self, answer: Reply, order: Order) -> None:
        assert answer.text("Order/id") == order.identity
        self.ledger.place(order)
        self.unsettled.append(order.identity)

    @rule(seconds=st.sampled_from([0.5, ORDER_DELAY, 5, AGING, RESERVED]))
    def let_time_pass(self, seconds: float) -> None:
        self.account.clock.advance(seconds)
        self.ledger.advance(seconds)

    @invariant()
    def it_agrees_with_the_ledger(self) -> None:
        self.ledger.settle()
        account = next(self.spoken)
        self.compare_locations(account)
        self.compare_numbers(account)
        self.compare_orders(account)
        self.compare_stock(account)
        assert [entry for entry in self.account.log if entry.status >= 500] == []
        self.account.log.clear()

    def compare_locations(self, account: Account) -> None:
        """Names, sippeers and counts of all sites, as their list has them."""
        ledger = self.ledger
        expected = []
        for site in ledger.sites:
            peers = ledger.peers_of(site)
            shown = [(peer.path, peer.name) for peer in peers if ledger.is_listed(peer.made)]
            row = (site.path, site.name, shown, len(ledger.listed(*peers)))
            if ledger.is_listed(site.made):
                expected.append(row)
        listed = etree.fromstring(account.get("/sites?summary=true&tnCounts=true").body)
        assert expected == [
            (
                path := f"/sites/{site.findtext('Id')}",
                site.findtext("Name"),
                [
                    (f"{path}/sippeers/{peer.findtext('PeerId')}", peer.findtext("PeerName"))
                    for peer in site.iterfind("SipPeers/SipPeer")
                ],
                int(site.findtext("TotalTnCount") or ""),
            )
            for site in listed.iterfind("Sites/Site")
        ]

    def compare_numbers(self, account: Account) -> None:
        """Every list, and every count beside it."""
        ledger, get = self.ledger, account.get
        for peer in ledger.peers:
            here = [account.written(number) for number in ledger.listed(peer)]
            assert get(f"{peer.path}/tns").all("FullNumber") == here
            counted = get(f"{peer.path}/totaltns").all("SipPeerTelephoneNumbersCount")
            assert counted[-1] == str(len(here))
        for site in ledger.sites:
            here = [account.written(each) for each in ledger.listed(*ledger.peers_of(site))]
            assert _in_service(get(f"{site.path}/inserviceNumbers")) == here
            assert get(f"{site.path}/totaltns").text("SiteTNs/TotalCount") == str(len(here))
        all_of_them = [account.written(number) for number in ledger.listed(*ledger.peers)]
        assert _in_service(get("/inserviceNumbers")) == all_of_them
        assert get("/inserviceNumbers/totals").text("Count") == str(len(all_of_them))
        statuses = {
            account.written(number): row.status
            for number, row in ledger.numbers.items()
            if ledger.is_listed(row.since)
        }
        found = get(f"{account.prefix}/tns")
        listed = [*zip(found.all("FullNumber"), found.all("Status"), strict=True)]
        assert listed == sorted(statuses.items())
        assert found.text("TelephoneNumberCount") == str(len(statuses))
        status = next(self.statuses)
        few = get(f"{account.prefix}/tns?status={status}&size=1")
        count = Counter(statuses.values())[status]
        assert few.text("TelephoneNumberCount") == str(count)

    def compare_orders(self, account: Account) -> None:
        """The list of all orders, and of those that were open all that there is."""
        listed = [each for each in self.ledger.orders.values() if self.ledger.is_listed(each.made)]
        found = account.get("/orders?page=1&size=1000")
        columns = (found.all(name) for name in ("orderId", "OrderStatus", "CountOfTNs"))
        rows = [(order.identity, order.status, str(len(order.got))) for order in listed]
        assert [*zip(*columns, strict=True)] == rows[::-1]
        assert found.text("TotalCount") == str(len(listed))
        assert account.get("/orders/totals").text("TotalCount") == str(len(listed))
        for identity in [*self.unsettled]:
            order = self.ledger.orders[identity]
            assert len(order.got) <= order.quantity
            self._compare_order(order, account)
            if not order.is_open:
                self.unsettled.remove(identity)

    def _compare_order(self, order: Order, account: Account) -> None:
        get, path = account.get, f"/orders/{order.identity}"
        got = sorted(account.written(number) for number in order.got)
        shown = get(path)
        missing = "PendingQuantity" if order.is_open else "FailedQuantity"
        assert shown.text("OrderStatus") == order.status
        assert shown.all("CompletedNumbers/TelephoneNumber/FullNumber") == got
        assert shown.text("CompletedQuantity") == str(len(got))
        assert shown.text(missing) == str(order.quantity - len(got))
        if order.names and not order.is_open:
            failed = {account.written(number) for number in order.names}.difference(got)
            assert shown.all("FailedNumbers/FullNumber") == sorted(failed)
        listed = get(f"{path}/tns")
        assert (listed.all("TelephoneNumber"), listed.text("Count")) == (got, str(len(got)))
        assert get(f"{path}/totals").text("Count") == str(len(got))
        by_code = Counter(number[:3] for number in order.got)
        assert sum(map(int, get(f"{path}/areaCodes").all("Count"))) == by_code.total()

    def compare_stock(self, account: Account) -> None:
        """All of it is offered, but for what is taken."""
        for code in CODES:
            free = sorted(account.written(number) for number in self.ledger.free(code))
            assert sorted(account.search(f"areaCode={code}&quantity=5000")) == free


def agree(answer: Reply, refusals: Refusals) -> bool:
    """Whether it was accepted, which must be so if and only if no rule speaks against it."""
    if refusals:
        assert answer.code in refusals
    else:
        assert answer.status < 300, answer.body
    return not refusals


def run(machine: type[Machine], open_account: Open, lag: float) -> None:
    """The calls are the same in each run where the environment has CI, as in `.ci/run`."""
    account = open_account(list_lag=lag, order_delay=ORDER_DELAY, aging=AGING)
    catalogue = {code: _read_catalogue(account, code) for code in CODES}

    class OfThisAccount(machine):  # type: ignore[misc, valid-type]  # it needs an account
        def __init__(self) -> None:
            super().__init__(account, Ledger(catalogue, account.clock.time, lag))

    run_state_machine_as_test(
        OfThisAccount,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def _read_catalogue(account: Account, code: str) -> list[str]:
    """The numbers of an area code in the order in which they come into stock."""
    found: list[str] = []
    for size in range(1, MOST + 1):
        account.http.put(f"/_sandbox/stock/{code}", json={"size": size})
        (new,) = {*account.search(f"areaCode={code}&quantity=5000")} - {*found}
        found.append(new)
    return found


def _in_service(found: Reply) -> list[str]:
    """The rows of a list of numbers, which counts itself twice; none at all is 204."""
    if found.status == 204:
        return []
    numbers = found.all("TelephoneNumber")
    assert {found.text("TotalCount"), found.text("Count")} == {str(len(numbers))}
    return numbers
