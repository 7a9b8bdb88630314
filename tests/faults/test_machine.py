"""Edits, applies, faults, kills, shortages and other people's changes, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.faults.arena import ACCOUNT, Arena, Flow
from tests.faults.trials import DONE, FAULTS, KILLS, fail_once, kill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.conftest import OpenArena, Share

CODES = ("303", "910")
PLENTY = 1000
SETTLE = 60.0
ADDRESS = {
    "house_number": "1600",
    "street_name": "PENNSYLVANIA",
    "city": "WASHINGTON",
    "state_code": "DC",
    "zip": "20006",
}
LOCATIONS = st.sampled_from([(site, peer) for site in ("North", "South") for peer in ("A", "B")])
SOON = st.integers(1, 30)


class Converging(RuleBasedStateMachine):
    """What the spec declares, what others do to the account, and what a run may do to both."""

    def __init__(self, arena: Arena) -> None:
        super().__init__()
        self.arena = arena
        arena.begin()
        self.control("POST", "orders/release")
        self.control("PUT", "stock/303", {"size": PLENTY})
        self.control("PUT", "stock/910", {"size": PLENTY})
        self.declared: dict[tuple[str, str], dict[str, Any]] = {
            ("North", "A"): {"sms": True, "mms": False, "application": True, "910": 1}
        }
        self.flow = Flow("machine", arena.folder / "spec.yaml")
        self.pace = ("--order-timeout", "5")

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        self.arena.http.request(method, f"/_sandbox/{path}", json=body).raise_for_status()

    def write(self) -> None:
        sites: dict[str, Any] = {}
        for (site, peer), wanted in sorted(self.declared.items()):
            new = {"new": True, "address": ADDRESS, "sippeers": {}}  # no rename of another one
            sippeers = sites.setdefault(site, new)["sippeers"]
            numbers = [
                {"area_code": code, "quantity": wanted[code]} for code in CODES if wanted.get(code)
            ]
            location: dict[str, Any] = {"new": True, "default": not sippeers, "numbers": numbers}
            if wanted["sms"]:
                location |= {"sms": True}
                location |= {"mms": True} if wanted["mms"] else {}
                location |= {"application": "Server"} if wanted["application"] else {}
            sippeers[peer] = location
        spec = {
            "version": 1,
            "account": ACCOUNT,
            "applications": {n: {"callback_url": "https://example.com/in"} for n in ["Server"]},
            "sites": sites,
        }
        self.flow.spec.write_text(yaml.safe_dump(spec), encoding="utf-8")

    def require_no_excess(self, before: Mapping[tuple[str, str], int]) -> None:
        """No run makes a location hold more than is declared, or than it held before."""
        for held, count in self.arena.numbers_and_pending().items():
            assert count <= max(self.wanted(*held), before.get(held, 0)), held

    def wanted(self, name: str, code: str) -> int:
        """How many numbers of an area code the spec declares for a location."""
        site, _, peer = name.partition("/")
        quantity: int = self.declared.get((site, peer), {}).get(code, 0)
        return quantity

    @rule(place=LOCATIONS, sms=st.booleans(), mms=st.booleans(), application=st.booleans())
    def declare_location(
        self, place: tuple[str, str], sms: bool, mms: bool, application: bool
    ) -> None:
        numbers = {code: self.declared.get(place, {}).get(code, 0) for code in CODES}
        switches = {"sms": sms, "mms": mms, "application": application}
        self.declared[place] = {**numbers, **switches}

    @rule(place=LOCATIONS, code=st.sampled_from(CODES), quantity=st.integers(0, 3))
    def declare_numbers(self, place: tuple[str, str], code: str, quantity: int) -> None:
        self.declared.setdefault(place, {"sms": True, "mms": False, "application": True})
        self.declared[place][code] = quantity

    @precondition(lambda self: len(self.declared) > 1)
    @rule(place=LOCATIONS)
    def forget_location(self, place: tuple[str, str]) -> None:
        if len(self.declared) > 1:
            self.declared.pop(place, None)

    @rule()
    def apply(self) -> None:
        self.run_and_compare(lambda: self.arena.apply(self.flow, *self.pace))

    @rule(kind=st.sampled_from(sorted(FAULTS)), number=SOON)
    def apply_with_a_fault(self, kind: str, number: int) -> None:
        self.run_and_compare(lambda: fail_once(self.arena, self.flow, kind, number))

    @precondition(lambda self: self.arena.time.leapt == 0 or self.arena.settings.list_lag == 0)
    @rule(kind=st.sampled_from(sorted(KILLS)), number=SOON)
    def apply_and_be_killed(self, kind: str, number: int) -> None:
        """A process of its own has no part in our leaps: the next run would take what it recorded
        for older than any lag."""
        self.run_and_compare(lambda: kill(self.arena, self.flow, kind, number))

    def run_and_compare(self, run: Callable[[], int]) -> None:
        before = self.arena.numbers_and_pending()
        self.write()
        run()
        self.arena.faults.clear()
        self.require_no_excess(before)

    @rule(code=st.sampled_from(CODES), size=st.integers(0, 4))
    def run_short_of_numbers(self, code: str, size: int) -> None:
        self.control("PUT", f"stock/{code}", {"size": size})

    @rule(held=st.booleans())
    def hold_orders(self, held: bool) -> None:
        self.control("POST", f"orders/{'hold' if held else 'release'}")

    @rule(pick=st.integers(0, 20))
    def somebody_releases_a_number(self, pick: int) -> None:
        self.arena.release_any(pick)

    @rule(pick=st.integers(0, 20), code=st.sampled_from(CODES))
    def somebody_orders_a_number(self, pick: int, code: str) -> None:
        self.arena.order_any(pick, code)
        # What lists do not show yet could not be told from what the next run buys.
        self.arena.time.leap(SETTLE)

    @rule(pick=st.integers(0, 20))
    def somebody_takes_an_application_away(self, pick: int) -> None:
        self.arena.unassign_any(pick)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        twice = {n: count for n, count in self.arena.names().items() if count > 1}
        assert not twice

    @rule()
    def converge(self) -> None:
        for code in CODES:
            self.control("PUT", f"stock/{code}", {"size": PLENTY})
        self.control("POST", "orders/release")
        # What an order brought just now counts, whatever the account says.
        self.arena.time.leap(SETTLE)
        self.write()
        before = self.arena.numbers_and_pending()
        if self.arena.apply(self.flow) != DONE:
            assert self.arena.apply(self.flow) == DONE
        self.require_no_excess(before)
        self.arena.time.leap(SETTLE)  # a plan knows of lists alone
        assert self.arena.run("plan", self.flow, "--detailed-exitcode") == DONE
        held = self.arena.numbers_and_pending()
        for site, peer in self.declared:
            for code in CODES:
                name = f"{site}/{peer}"
                assert held.get((name, code), 0) >= self.wanted(name, code)

    def teardown(self) -> None:
        self.converge()


@pytest.mark.parametrize("lag", [0.0, 5.0], ids=["without-lag", "with-lag"])
def test_an_account_converges_to_the_spec_whatever_happened(
    open_arena: OpenArena, enter: Callable[[Arena], Arena], share: Share, lag: float
) -> None:
    arena = enter(open_arena(list_lag=lag))

    class Here(Converging):
        def __init__(self) -> None:
            super().__init__(arena)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=share.of(120),
            stateful_step_count=12,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
