"""What holds for every plan, whatever the spec and whatever the account."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from provisioner.errors import PlanRefused
from provisioner.model import Address, DesiredState, LiveState, NumberOrder, Resource
from provisioner.planning import Action, Plan, Verb, make_plan
from provisioner.planning.claims import claim_everywhere
from provisioner.planning.numbers import customer_order_id
from provisioner.resource_type import Types

Load = Callable[[str], DesiredState]
Describe = Callable[[DesiredState, Mapping[str, Any]], LiveState]
CarryOut = Callable[[Plan, LiveState], LiveState]
See = Callable[[DesiredState, LiveState], LiveState]

EMPTY = LiveState("9900778", "https://dashboard.bandwidth.com", {}, {})
SIPPEER = Address("sippeer", ("S", "P"))
AREA_CODES = ("910", "919", "984")
RULES = {
    "looks-renamed",
    "no-default",
    "number-claimed-elsewhere",
    "numbers-on-location",
    "still-in-use",
}

slowly = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


blocks = st.lists(
    st.fixed_dictionaries(
        {"area_code": st.sampled_from(AREA_CODES), "quantity": st.integers(1, 5)}
    ),
    max_size=3,
    unique_by=lambda each: str(each["area_code"]),
)
LISTED = [f"+1910555999{n}" for n in range(4)]
KINDS = [
    {"npa_nxx": "910555"},
    {"state": "NC"},
    {"rate_center": "CARY", "state": "NC"},
    {"area_code": "919", "zip": "27511"},
    {"zip": "27511"},
    {"toll_free": "8**"},
    {"toll_free": "833"},
    {"area_code": "617", "local_vanity": "CARS"},
]


@st.composite
def blocks_of_all_kinds(draw: st.DrawFn) -> list[dict[str, Any]]:
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=4, unique_by=str))
    return [*draw(blocks), *({**kind, "quantity": draw(st.integers(1, 5))} for kind in kinds)]


@st.composite
def locations(draw: st.DrawFn) -> dict[str, Any]:
    body = draw(optional(description=st.sampled_from(["", "A", "B"]), default=st.booleans()))
    sms = draw(st.sampled_from(["off", "unsaid", "on", "with all"]))
    if sms == "off":
        return {**body, "sms": False, **draw(optional(mms=st.just(False)))}
    if sms != "unsaid":
        settings_of_sms = {"toll_free": st.booleans(), "short_code": st.booleans()}
        body["sms"] = draw(st.just(True) | st.fixed_dictionaries(settings_of_sms))
    if sms == "with all":
        body["mms"] = draw(st.booleans())
        body["application"] = draw(st.sampled_from(["Alerts", "Billing"]))
    return {**body, "numbers": draw(blocks_of_all_kinds())}


@st.composite
def specs(draw: st.DrawFn) -> str:
    """A spec, as JSON, which is YAML as well. At most one location of a site is its default."""
    url = st.sampled_from(["https://example.com/a", "https://example.com/b"])
    application = st.fixed_dictionaries({"callback_url": url})
    labels = st.sampled_from(["East", "North", "West"])
    site = st.fixed_dictionaries(
        {"sippeers": st.dictionaries(labels, locations(), min_size=1)},
        optional={"description": st.sampled_from(["", "A", "B"])},
    )
    sites: dict[str, Any] = draw(
        st.dictionaries(st.sampled_from(["Cary", "Durham"]), site, min_size=1)
    )
    for each in sites.values():
        defaults = [body for body in each["sippeers"].values() if body.get("default")]
        for extra in defaults[1:]:
            del extra["default"]
    places = [
        body for each in sites.values() for body in each["sippeers"].values() if "numbers" in body
    ]
    lists: dict[int, list[str]] = {}
    for number in LISTED:
        place = draw(st.none() | st.integers(0, len(places) - 1)) if places else None
        if place is not None:
            lists.setdefault(place, []).append(number)
    for place, numbers in lists.items():
        places[place]["numbers"].append({"telephone_numbers": numbers})
    spec = {
        "applications": {"Alerts": draw(application), "Billing": draw(application)},
        "sites": sites,
        "limits": {"new_numbers": 1000, "changes_percent": 100},
    }
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in spec.items())


@pytest.fixture(scope="session")
def plan_for(load: Load, types: Types, carry_out: CarryOut, see: See) -> Callable[..., Any]:
    """A spec against the account that another spec has made: desired, live, and the plan."""

    def plan(text: str, earlier: str) -> tuple[DesiredState, LiveState, Plan]:
        first, desired = load(earlier), load(text)
        try:
            made = carry_out(make_plan(first, EMPTY, types), EMPTY)
        except PlanRefused:
            made = EMPTY
        live = see(desired, made)
        try:
            return desired, live, make_plan(desired, live, types)
        except PlanRefused as refused:
            if {each.code for each in refused.problems} <= RULES:
                reject()
            raise

    return plan


PlanFor = Callable[[str, str], tuple[DesiredState, LiveState, Plan]]


@slowly
@given(spec=specs(), earlier=specs())
def test_planning_again_after_an_apply_finds_nothing_to_do(
    spec: str, earlier: str, plan_for: PlanFor, carry_out: CarryOut, see: See, types: Types
) -> None:
    """`carry_out` refuses, on the way, whatever the service would refuse."""
    desired, live, plan = plan_for(spec, earlier)
    again = make_plan(desired, see(desired, carry_out(plan, live)), types)
    assert not again.has_changes
    assert again.steps == ()


@slowly
@given(spec=specs(), earlier=specs())
def test_steps_come_after_what_they_wait_for(spec: str, earlier: str, plan_for: PlanFor) -> None:
    _, _, plan = plan_for(spec, earlier)
    done: set[Address] = set()
    for step in plan.steps:
        assert set(step.waits_for) <= done
        done.add(step.address)
    assert done == {each.address for each in plan.changes if each.action is not Action.NO_OP}


@slowly
@given(spec=specs(), earlier=specs())
def test_a_plan_depends_on_nothing_but_its_inputs(
    spec: str, earlier: str, plan_for: PlanFor, load: Load, types: Types
) -> None:
    _, live, plan = plan_for(spec, earlier)
    again = make_plan(load(spec), live, types)
    assert again == plan
    assert again.digest == plan.digest


def test_planning_writes_into_nothing_that_it_is_given(load: Load, see: See) -> None:
    """Whoever tries fails: the states of all tests here are read-only."""
    desired = load("sites: {Cary: {sippeers: {East: }}}")
    for state in (desired, see(desired, EMPTY)):
        mappings = [getattr(state, each.name) for each in fields(state)]
        assert not [each for each in mappings if isinstance(each, dict | list | set)]


@slowly
@given(spec=specs())
def test_what_a_create_shows_is_what_it_sends(spec: str, plan_for: PlanFor) -> None:
    _, _, plan = plan_for(spec, "")
    for change in plan.changes:
        if change.action is Action.CREATE:
            shown = {each.path: each.after for each in change.attributes}
            assert shown == dict(change.body.attributes)
            assert {each.before for each in change.attributes} <= {None}


# One location, with whatever numbers and orders.

NUMBERS = [f"+1{code}555000{n}" for code in AREA_CODES for n in range(4)]
ORDER_STATUSES = ["RECEIVED", "PROCESSING", "BACKORDERED", "COMPLETE", "PARTIAL", "FAILED", "NEW"]


@st.composite
def order_books(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Orders by block. What an order brought was brought by no other."""
    left = {
        code: draw(st.permutations([n for n in NUMBERS if code in n[:5]])) for code in AREA_CODES
    }
    book: dict[str, list[dict[str, Any]]] = {}
    for code in AREA_CODES:
        for generation in range(draw(st.integers(0, 3))):
            brought = [left[code].pop() for _ in range(draw(st.integers(0, len(left[code]))))]
            lost = draw(st.integers(0, len(brought)))
            book.setdefault(code, []).append(
                {
                    "n": generation + 1,
                    "status": draw(st.sampled_from(ORDER_STATUSES)),
                    "quantity": draw(st.none() | st.integers(0, 3).map(len(brought).__add__)),
                    "completed": draw(st.sampled_from([0, len(brought), len(brought) + 1])),
                    "numbers": brought[lost:],
                    "gone": brought[:lost],
                }
            )
    return book


def told(order: dict[str, Any]) -> int:
    """How many numbers an order says it brought; COMPLETE without a word is taken at its word."""
    quantity: int = order["quantity"] or 0
    return quantity if is_silent(order) else order["completed"]


def is_silent(order: dict[str, Any]) -> bool:
    return order["status"] == "COMPLETE" and not named(order) and not order["completed"]


def named(order: Mapping[str, Any]) -> int:
    return len(order["numbers"]) + len(order["gone"])


@slowly
@given(
    wanted=blocks.filter(bool),
    numbers=st.lists(st.sampled_from(NUMBERS), unique=True),
    book=order_books(),
    shuffled=st.randoms(use_true_random=False),
)
def test_exactly_the_shortfall_is_ordered(
    wanted: list[dict[str, Any]],
    numbers: list[str],
    book: dict[str, list[dict[str, Any]]],
    shuffled: Any,
    load: Load,
    describe: Describe,
    types: Types,
) -> None:
    declared = {each["area_code"]: each["quantity"] for each in wanted}
    gone = {n for orders in book.values() for order in orders for n in order["gone"]}
    there = [n for n in numbers if n not in gone]
    orders = {f"area_code={code}": book[code] for code in declared if code in book}
    location = {"id": "2", "default": True, "numbers": there, "orders": orders}
    account = {"sites": {"Cary": {"id": "1", "sippeers": {"East": location}}}}

    def plan(asked: list[dict[str, Any]], listed: list[str]) -> Plan:
        spec = {"Cary": {"sippeers": {"East": {"numbers": asked}}}}
        desired = load(f"sites: {json.dumps(spec)}")
        live = describe(desired, account)
        return make_plan(
            desired, replace(live, numbers=dict.fromkeys(live.numbers, tuple(listed))), types
        )

    found = plan(wanted, there)
    ordered = {
        change.address.path[-1].removeprefix("area_code="): change.body.attributes["quantity"]
        for change in found.changes
        if change.action is Action.ORDER
    }
    for code, quantity in declared.items():
        own = book.get(code, [])
        have = {n for n in there if n.startswith(f"+1{code}")}
        have |= {n for order in own for n in order["numbers"]}
        unnamed = sum(max(0, told(o) - named(o)) for o in own)
        still_open = [o for o in own if o["status"] not in ("COMPLETE", "PARTIAL", "FAILED")]
        silent = [o for o in own if is_silent(o)]
        tells_no_quantity = any(o["quantity"] is None for o in (*still_open, *silent))
        coming = sum(
            max(0, o["quantity"] - max(o["completed"], named(o)))
            for o in still_open
            if o["quantity"] is not None
        )
        short = max(0, quantity - len(have) - unnamed - coming)
        short = 0 if tells_no_quantity else short
        assert ordered.get(code, 0) == short

    awaited = {step.address.path[-1] for step in found.steps if step.verb is Verb.AWAIT}
    assert awaited == {
        label
        for label, each in orders.items()
        if any(order["status"] in ("RECEIVED", "PROCESSING", "NEW") for order in each)
    }

    shuffled.shuffle(wanted)
    shuffled.shuffle(there)
    assert plan(wanted, there) == found


@slowly
@given(
    numbers=st.lists(st.sampled_from(NUMBERS)),
    own=st.lists(st.sampled_from(NUMBERS), unique=True),
    codes=st.permutations(AREA_CODES),
)
def test_a_number_counts_for_one_block_and_first_for_the_one_that_bought_it(
    numbers: list[str], own: list[str], codes: list[str], types: Types
) -> None:
    """Own orders win over the kind: here the block for 910 has bought numbers of any area code."""
    asked = [
        Resource(
            Address("numbers", (*SIPPEER.path, f"area_code={code}")),
            {"area_code": code, "quantity": 2},
        )
        for code in codes
    ]
    buyer = Address("numbers", (*SIPPEER.path, "area_code=910"))
    order = NumberOrder("1", customer_order_id("bwp-0", 1), "COMPLETE", len(own), tuple(own))
    live = replace(EMPTY, numbers={SIPPEER: tuple(set(numbers))}, orders={buyer: (order,)})
    claimed = claim_everywhere(asked, live, types).numbers
    every = [number for each in claimed.values() for number in each]
    assert sorted(every) == sorted(set(numbers))
    assert set(own) & set(numbers) <= set(claimed[buyer])


def test_a_number_that_is_of_no_block_counts_for_none(types: Types) -> None:
    block = Resource(
        Address("numbers", (*SIPPEER.path, "area_code=910")), {"area_code": "910", "quantity": 2}
    )
    numbers = ("+19195550001", "+19105550002", "+29105550003")
    found = claim_everywhere([block], replace(EMPTY, numbers={SIPPEER: numbers}), types)
    assert found.numbers == {block.address: ("+19105550002",)}
    assert found.unclaimed == {SIPPEER: ("+19195550001", "+29105550003")}
