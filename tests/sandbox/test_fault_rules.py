"""Faults as text: what a rule covers, which requests it chooses, and what is said of a bad one."""

from __future__ import annotations

import re

import pytest

from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.failures.callback_kinds import CALLBACK_KINDS
from provisioner.sandbox.failures.fault_kinds import KINDS
from provisioner.sandbox.failures.fault_rules import RuleError, read_rule
from provisioner.sandbox.failures.faults import CALLBACK, Fault

ACCOUNT = "/api/accounts/9900778"


def _fires(rule: str, count: int) -> list[int]:
    """Which of so many requests fail."""
    faults = Faults()
    faults.add(read_rule(rule))
    return [n + 1 for n in range(count) if faults.match("GET", f"{ACCOUNT}/sites") is not None]


@pytest.mark.parametrize(
    ("path", "targets"),
    [
        ("/sites", ["/api/accounts/1/sites", "/api/v2/accounts/1/sites?x=1"]),
        ("/sites", ["/v1.0/accounts/1/sites", "/api/v1.0/accounts/1/sites"]),
        ("/sites/*", [f"{ACCOUNT}/sites/13651", f"{ACCOUNT}/sites/13651?a=b"]),
        ("/sites/*/sippeers", [f"{ACCOUNT}/sites/1/sippeers"]),
        ("/sites/**", [f"{ACCOUNT}/sites/1", f"{ACCOUNT}/sites/1/sippeers/2/tns?page=1"]),
        ("/**", ["/", f"{ACCOUNT}/sites", "/api/v1/oauth2/token"]),
        ("/messages", ["/api/v2/users/9900778/messages", "/v2/users/u-1/messages"]),
        ("/tns/*", ["/api/tns/9193210919", "/api/v2/tns/+19193210919"]),
        ("/oauth2/token", ["/api/v1/oauth2/token"]),
        ("/api/accounts/*/orders", [f"{ACCOUNT}/orders"]),
    ],
)  # fmt: skip
def test_a_path_covers_what_it_says(path: str, targets: list[str]) -> None:
    fault = read_rule(f"* {path} garbage")
    assert [target for target in targets if not fault.covers("GET", target)] == []


@pytest.mark.parametrize(
    ("rule", "target"),
    [
        ("GET /sites garbage", f"{ACCOUNT}/sites/1"),
        ("GET /sites garbage", f"{ACCOUNT}/sites/1/sites"),
        ("GET /sites garbage", f"{ACCOUNT}/orders?x=/sites"),
        ("GET /sites/* garbage", f"{ACCOUNT}/sites/1/sippeers"),
        ("GET /sites/* garbage", f"{ACCOUNT}/sites/"),
        ("GET /sites/** garbage", f"{ACCOUNT}/sites"),
        ("GET /a.b garbage", f"{ACCOUNT}/axb"),
        ("POST /sites garbage", f"{ACCOUNT}/sites"),
    ],
)
def test_a_rule_covers_nothing_else(rule: str, target: str) -> None:
    assert not read_rule(rule).covers("GET", target)


@pytest.mark.parametrize(
    ("selectors", "chosen"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("nth=2", [2]),
        ("every=3", [3, 6]),
        ("from=5", [5, 6]),
        ("until=2", [1, 2]),
        ("from=2 until=3", [2, 3]),
        ("every=2 from=3", [4, 6]),
        ("nth=2 from=3", []),
        ("probability=0", []),
        ("probability=1", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_selectors_choose_requests_by_their_number(selectors: str, chosen: list[int]) -> None:
    assert _fires(f"GET /sites status=503 {selectors}", 6) == chosen


def test_a_probability_is_the_same_every_time_and_another_with_another_seed() -> None:
    rule = "GET /sites status=503 probability=0.1"
    first = _fires(f"{rule} seed=7", 1000)
    assert 60 < len(first) < 140
    assert _fires(f"{rule} seed=7", 1000) == first
    assert _fires(f"{rule} seed=8", 1000) != first
    assert _fires(f"{rule} seed=0", 1000) == _fires(rule, 1000)


def test_the_first_rule_that_fires_decides_and_may_let_a_request_pass() -> None:
    faults = Faults()
    for rule in ("GET /sites pass nth=2", "GET /** status=503"):
        faults.add(read_rule(rule))
    kinds = [faults.match("GET", f"{ACCOUNT}/sites") for _ in range(3)]
    assert [each and each.kind for each in kinds] == ["status-before", "pass", "status-before"]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("post /a drop-after", Fault("drop-after", "POST", nth=None)),
        ("* /a status", Fault("status-before", nth=None)),
        ("* /a status=404", Fault("status-before", status=404, nth=None)),
        ("* /a status-after=503", Fault("status-after", status=503, nth=None)),
        ("* /a delay=0.5", Fault("delay", seconds=0.5, nth=None)),
        ("* /a rate-limit=30 nth=1", Fault("rate-limit", seconds=30)),
        ("GET /a stale", Fault("stale", "GET", nth=None)),
        ("* /a stale=5", Fault("stale", seconds=5, nth=None)),
    ],
)
def test_a_rule_is_a_fault(rule: str, fault: Fault) -> None:
    read = read_rule(rule)
    names = ("kind", "method", "nth", "status", "seconds")
    assert [getattr(read, name) for name in names] == [getattr(fault, name) for name in names]
    assert read.rule == rule


@pytest.mark.parametrize("kind", CALLBACK_KINDS)
def test_every_kind_for_callbacks_is_written_as_it_is_named(kind: str) -> None:
    value = "=1" if CALLBACK_KINDS[kind].needs_value else ""
    assert read_rule(f"callback /* {kind}{value}") == Fault(
        kind,
        method=CALLBACK,
        path=read_rule("GET /* pass").path,
        nth=None,
        rule=f"callback /* {kind}{value}",
        seconds=1.0 if value else None,
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("CALLBACK /orders drop-after", "no kind 'drop-after'; there are: pass, repeat, delay"),
        ("CALLBACK /orders status=503", "no kind 'status'"),
        ("CALLBACK /orders repeat=0", "repeat takes a whole number from 1 to 1000"),
        ("POST /orders repeat=1", "no kind 'repeat'"),
        ("* /orders lose", "no kind 'lose'"),
    ],
)
def test_requests_and_callbacks_fail_in_ways_of_their_own(rule: str, words: str) -> None:
    with pytest.raises(RuleError, match=re.escape(words)):
        read_rule(rule)
    with pytest.raises(ValueError, match="unknown kind of fault 'lose'"):
        Faults().add(Fault("lose", method="POST"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_named(kind: str) -> None:
    assert read_rule(f"* /** {kind}{'=1' if KINDS[kind].needs_value else ''}").kind == kind


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "a rule is METHOD PATH KIND"),
        ("GET /sites", "a rule is METHOD PATH KIND"),
        ("FETCH /sites hang", "'FETCH' must be one of GET"),
        ("GET sites hang", "'sites' must begin with /"),
        ("GET /sites?page=1 hang", "without a query"),
        ("GET /sites explode", "no kind 'explode'; there are: pass, drop-before"),
        ("GET /sites hang=3", "hang takes no value"),
        ("GET /sites delay", "delay takes a number of seconds, as in delay=N"),
        ("GET /sites delay=nan", "'nan'"),
        ("GET /sites delay=-1", "'-1'"),
        ("GET /sites status=99", "status takes an HTTP status from 200 to 599"),
        ("GET /sites status=", "found ''"),
        ("POST /sites stale", "stale is for GET, not POST"),
        ("GET /sites hang often", "no selector 'often'; there are: nth, every"),
        ("GET /sites hang nth=0", "nth takes a whole number from 1 on"),
        ("GET /sites hang nth=x", "found 'x'"),
        ("GET /sites hang nth=1 nth=2", "nth is there twice"),
        ("GET /sites hang probability=1.5", "a number from 0 to 1"),
        ("GET /sites hang seed=1", "seed goes with probability"),
    ],
)
def test_a_bad_rule_is_refused_by_its_part(rule: str, words: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_rule(rule)
    assert words in str(refused.value)
