"""Random calls over HTTP: whatever is asked in whatever order, the account stays in order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

CODES = ("910", "919")
OUT_OF_STOCK = "9103210911"
DAY = 24 * 3600
FEATURES = "/products/messaging/features"
SOME = st.integers(0, 99)


class Machine(RuleBasedStateMachine):
    """An account with three sippeers on two sites. What is expected of a call follows from what the
    account answers before it."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        account.log.clear()
        account.http.post("/_sandbox/reset")
        self.sites = [account.site("North"), account.site("South")]
        self.peers = [account.sippeer(site, "A") for site in self.sites]
        self.peers.append(account.sippeer(self.sites[0], "B", default=False))

    @invariant()
    def nothing_is_a_fault_of_the_sandbox(self) -> None:
        assert [entry for entry in self.account.log if entry.status >= 500] == []
        self.account.log.clear()

    def pick_peer(self, n: int) -> str:
        return self.peers[n % len(self.peers)]

    def numbers_on(self, peer: str) -> list[str]:
        found = self.account.get(f"{peer}/tns")
        return found.all("FullNumber") if found.body else []


class Locations(Machine):
    """Sites, sippeers, features and applications; one sippeer has numbers, one has MMS."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        account.sms(self.peers[0])
        account.numbers(self.peers[0], 2)
        account.sms(self.peers[1])
        account.mms(self.peers[1])
        self.applications = [account.application()]

    @rule()
    def create_site(self) -> None:
        if len(self.sites) < 4:
            self.sites.append(self.account.site())

    @precondition(lambda self: self.sites)
    @rule(n=SOME, name=st.sampled_from(["A", "B"]), default=st.booleans())
    def create_sippeer(self, n: int, name: str, default: bool) -> None:
        site = self.sites[n % len(self.sites)]
        names = self.account.get(f"{site}/sippeers").all("PeerName")
        inner = f"<PeerName>{name}</PeerName><IsDefaultPeer>{str(default).lower()}</IsDefaultPeer>"
        made = self.account.post(f"{site}/sippeers", f"<SipPeer>{inner}</SipPeer>")
        assert (made.status == 201) == (name not in names and (default or bool(names)))
        if made.status == 201:
            self.peers.append(f"{site}/sippeers/{made.id}")

    @precondition(lambda self: self.sites)
    @rule(n=SOME)
    def delete_site(self, n: int) -> None:
        site = self.sites[n % len(self.sites)]
        is_empty = not any(peer.startswith(f"{site}/") for peer in self.peers)
        assert (self.account.delete(site).status == 200) == is_empty
        if is_empty:
            self.sites.remove(site)

    @precondition(lambda self: self.peers)
    @rule(n=SOME)
    def delete_sippeer(self, n: int) -> None:
        peer = self.pick_peer(n)
        site = peer.partition("/sippeers")[0]
        others = len(self.account.get(f"{site}/sippeers").all("SipPeer")) > 1
        is_default = self.account.get(peer).text("IsDefaultPeer") == "true"
        in_use = self.numbers_on(peer) or self._has(peer, "sms") or self._has(peer, "mms")
        if self.account.delete(peer).status == 200:
            assert not in_use
            assert not (is_default and others)
            self.peers.remove(peer)

    @precondition(lambda self: self.peers)
    @rule(n=SOME, method=st.sampled_from(["POST", "PUT", "DELETE"]))
    def change_sms(self, n: int, method: str) -> None:
        peer = self.pick_peer(n)
        numbers, before, mms = self.numbers_on(peer), self._has(peer, "sms"), self._has(peer, "mms")
        changed = self._feature(peer, method, "sms")
        may = {"POST": not before, "PUT": before, "DELETE": before and not mms and not numbers}
        assert (changed.status < 300) == may[method]

    @precondition(lambda self: self.peers)
    @rule(n=SOME, method=st.sampled_from(["POST", "PUT", "DELETE"]))
    def change_mms(self, n: int, method: str) -> None:
        peer = self.pick_peer(n)
        before, sms = self._has(peer, "mms"), self._has(peer, "sms")
        changed = self._feature(peer, method, "mms")
        may = {"POST": sms and not before, "PUT": before, "DELETE": before}
        assert (changed.status < 300) == may[method]

    @rule()
    def create_application(self) -> None:
        if len(self.applications) < 3:
            self.applications.append(self.account.application())

    @precondition(lambda self: self.applications and self.peers)
    @rule(n=SOME, m=SOME, remove=st.booleans())
    def assign_application(self, n: int, m: int, remove: bool) -> None:
        peer = self.pick_peer(n)
        application = self.applications[m % len(self.applications)]
        answer = self.account.assign(peer, "REMOVE" if remove else application)
        assert (answer.status == 200) == (remove or self._has(peer, "sms"))

    @precondition(lambda self: self.applications)
    @rule(n=SOME)
    def delete_application(self, n: int) -> None:
        application = self.applications[n % len(self.applications)]
        path = f"/applications/{application}"
        in_use = self.account.get(f"{path}/associatedsippeers").all("PeerId")
        assert (self.account.delete(path).status == 200) == (not in_use)
        if not in_use:
            self.applications.remove(application)

    def _has(self, peer: str, feature: str) -> bool:
        return self.account.get(f"{peer}{FEATURES}/{feature}").status == 200

    def _feature(self, peer: str, method: str, feature: str) -> Reply:
        if method == "DELETE":
            return self.account.delete(f"{peer}{FEATURES}/{feature}")
        change = self.account.sms if feature == "sms" else self.account.mms
        return change(peer, method)


class Numbers(Machine):
    """Orders, releases, moves, stock and time."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.stock = Counter(dict.fromkeys(CODES, 4))
        for code in CODES:
            self._set_stock(code)
        # Of each open order the quantity, and whether a part of it will do.
        self.orders: dict[str, tuple[int, bool]] = {}

    @precondition(lambda self: self.peers)
    @rule(
        n=SOME,
        quantity=st.integers(0, 6),
        code=st.sampled_from(CODES),
        partial=st.booleans(),
        back_order=st.booleans(),
        wait=st.booleans(),
    )
    def order(
        self, n: int, quantity: int, code: str, partial: bool, back_order: bool, wait: bool
    ) -> None:
        flags = {"PartialAllowed": partial, "BackOrderRequested": back_order}
        more = "".join(f"<{name}>{str(flag).lower()}</{name}>" for name, flag in flags.items())
        made = self.account.order(self.pick_peer(n), quantity, code, more)
        assert (made.status == 201) == (quantity > 0)
        if quantity:
            self.orders[made.id] = (quantity, partial)
            self.account.clock.advance(wait)

    @precondition(lambda self: self.peers)
    @rule(n=SOME, chosen=st.sets(SOME, min_size=1, max_size=3))
    def order_by_name(self, n: int, chosen: set[int]) -> None:
        known = [*self._offered()[:4], *sorted(self._all_numbers())[:4], OUT_OF_STOCK]
        numbers = sorted({known[each % len(known)] for each in chosen})
        listed = "".join(f"<TelephoneNumber>{number}</TelephoneNumber>" for number in numbers)
        inner = f"<TelephoneNumberList>{listed}</TelephoneNumberList>"
        kind = f"<ExistingTelephoneNumberOrderType>{inner}</ExistingTelephoneNumberOrderType>"
        made = self.account.place(self.pick_peer(n), kind)
        if made.status == 201:
            self.orders[made.id] = (len(numbers), True)

    @rule(chosen=st.sets(SOME, min_size=1, max_size=4), wait=st.booleans())
    def release(self, chosen: set[int], wait: bool) -> None:
        known = [*sorted(self._all_numbers()), "2125550100"]
        released = self.account.release(*{known[each % len(known)] for each in chosen})
        assert released.status == 201
        self.account.clock.advance(wait)

    @precondition(lambda self: self.peers)
    @rule(n=SOME, m=SOME)
    def move_at_once(self, n: int, m: int) -> None:
        numbers, target = sorted(self._all_numbers()), self.pick_peer(n)
        if not numbers:
            return
        number = numbers[m % len(numbers)]
        inner = f"<FullNumber>{number}</FullNumber>"
        body = f"<SipPeerTelephoneNumbers>{inner}</SipPeerTelephoneNumbers>"
        site = target.partition("/sippeers")[0]
        on_site = number in self.account.get(f"{site}/inserviceNumbers").body.decode()
        moved = self.account.post(f"{target}/movetns", body)
        assert (moved.status == 200) == on_site
        assert not on_site or number in self.numbers_on(target)

    @precondition(lambda self: self.peers)
    @rule(n=SOME, chosen=st.sets(SOME, min_size=1, max_size=3))
    def move(self, n: int, chosen: set[int]) -> None:
        numbers = [*sorted(self._all_numbers()), "2125550100"]
        _, _, site, _, peer = self.pick_peer(n).split("/")
        listed = "".join(
            f"<TelephoneNumber>{number}</TelephoneNumber>"
            for number in {numbers[each % len(numbers)] for each in chosen}
        )
        where = f"<SiteId>{site}</SiteId><SipPeerId>{peer}</SipPeerId>"
        inner = f"{where}<TelephoneNumbers>{listed}</TelephoneNumbers>"
        moved = self.account.post("/moveTns", f"<MoveTnsOrder>{inner}</MoveTnsOrder>")
        assert moved.status == 201

    @rule(seconds=st.sampled_from([0.1, 0.2, 1, DAY, 30 * DAY]))
    def let_time_pass(self, seconds: float) -> None:
        self.account.clock.advance(seconds)

    @rule(code=st.sampled_from(CODES), more=st.integers(1, 3))
    def stock_up(self, code: str, more: int) -> None:
        self.stock[code] += more
        self._set_stock(code)

    @invariant()
    def every_number_is_in_one_place(self) -> None:
        found = Counter(number for peer in self.peers for number in self.numbers_on(peer))
        assert all(count == 1 for count in found.values())
        assert sorted(found) == sorted(self._all_numbers())

    @invariant()
    def no_order_yields_more_than_it_asked_for(self) -> None:
        for order, (quantity, partial) in [*self.orders.items()]:
            shown = self.account.get(f"/orders/{order}")
            got = shown.all("CompletedNumbers/TelephoneNumber/FullNumber")
            counted = shown.all("CompletedQuantity")
            assert len(got) == len(set(got)) == int((counted or ["0"])[0]) <= quantity
            status = shown.text("OrderStatus")
            assert (status == "COMPLETE") == (len(got) == quantity)
            assert not (status in ("FAILED", "RECEIVED") and got)
            assert partial or len(got) in (0, quantity)
            if status not in ("RECEIVED", "BACKORDERED"):
                del self.orders[order]

    @invariant()
    def all_of_the_stock_is_offered_or_taken(self) -> None:
        taken, offered = self.account.get("/api/tns").all("FullNumber"), self._offered()
        assert not set(taken) & set(offered)
        assert Counter(number[:3] for number in taken + offered) == self.stock

    def teardown(self) -> None:
        """Counts agree everywhere."""
        get = self.account.get
        total = str(len(self._all_numbers()))
        assert get("/inserviceNumbers/totals").text("Count") == total
        assert len(get("/api/tns?status=Inservice").all("FullNumber")) == int(total)
        listed = get("/sites?tnCounts=true")
        by_site = dict(zip(listed.all("Site/Id"), listed.all("TotalTnCount"), strict=True))
        for site in self.sites:
            peers = [peer for peer in self.peers if peer.startswith(f"{site}/")]
            counts = [get(f"{peer}/totaltns").all("SipPeerTelephoneNumbersCount") for peer in peers]
            numbers = [self.numbers_on(peer) for peer in peers]
            assert [count[-1] for count in counts] == [str(len(each)) for each in numbers]
            held = str(sum(len(each) for each in numbers))
            assert get(f"{site}/totaltns").text("SiteTNs/TotalCount") == held
            in_service = get(f"{site}/inserviceNumbers")
            assert (
                in_service.status == 204 if held == "0" else in_service.text("TotalCount") == held
            )
            assert by_site[site.rsplit("/", 1)[1]] == held

    def _set_stock(self, code: str) -> None:
        size = {"size": self.stock[code]}
        assert self.account.http.put(f"/_sandbox/stock/{code}", json=size).status_code == 204

    def _all_numbers(self) -> list[str]:
        found = self.account.get("/inserviceNumbers")
        return found.all("TelephoneNumber") if found.body else []

    def _offered(self) -> list[str]:
        return [n for code in CODES for n in self.account.search(f"areaCode={code}&quantity=5000")]


def _run(machine: type[Machine], account: Account, steps: int) -> None:
    class OfThisAccount(machine):  # type: ignore[misc, valid-type]  # it needs an account
        def __init__(self) -> None:
            super().__init__(account)

    run_state_machine_as_test(
        OfThisAccount,
        settings=settings(
            max_examples=20,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_locations_keep_to_the_rules_whatever_is_asked(open_account: Open) -> None:
    _run(Locations, open_account(), steps=50)


def test_numbers_stay_in_order_whatever_is_asked(open_account: Open) -> None:
    _run(Numbers, open_account(), steps=40)
