"""Plans, events and states to render, built by hand: views are tested without the planner."""

from collections.abc import Callable, Mapping

import pytest

from provisioner.errors import Origin, Problem, Severity
from provisioner.execution.events import (
    Event,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.model import Address, Resource, Secret, Value
from provisioner.planning.numbers import BlockCount
from provisioner.planning.plan import Action, AttributeChange, Change, Plan, Step, Verb
from provisioner.resource_type import Types
from provisioner.resources import resource_types

ORIGIN = "https://dashboard.bandwidth.com"
PASSWORD = "hunter2-hunter2"

APPLICATION = Address("application", ("Production Server",))
SITE = Address("site", ("Raleigh",))
SIPPEER = Address("sippeer", ("Raleigh", "Messaging East"))
SMS = Address("sms", SIPPEER.path)
MMS = Address("mms", SIPPEER.path)
ASSIGNMENT = Address("messaging_application", SIPPEER.path)
BLOCK = Address("numbers", (*SIPPEER.path, "area_code=910"))

Attributes = Mapping[str, Value]


def create(address: Address, attributes: Attributes, reason: str = "") -> Change:
    changes = tuple(AttributeChange(path, None, value) for path, value in attributes.items())
    return Change(Action.CREATE, address, None, Resource(address, attributes), changes, reason)


def update(address: Address, changes: Mapping[str, tuple[Value | None, Value]]) -> Change:
    return Change(
        Action.UPDATE,
        address,
        Resource(address, {path: old for path, (old, _) in changes.items() if old is not None}),
        Resource(address, {path: new for path, (_, new) in changes.items()}),
        tuple(AttributeChange(path, old, new) for path, (old, new) in changes.items()),
    )


def delete(address: Address, attributes: Attributes) -> Change:
    return Change(Action.DELETE, address, Resource(address, attributes), None)


def unchanged(address: Address, attributes: Attributes, reason: str = "") -> Change:
    resource = Resource(address, attributes)
    return Change(Action.NO_OP, address, resource, resource, reason=reason)


def order(
    address: Address,
    declared: int,
    *,
    there: int = 0,
    in_flight: int = 0,
    reason: str = "",
    **options: Value,
) -> Change:
    values = {"area_code": address.path[-1].removeprefix("area_code="), **options}
    buy = declared - there - in_flight
    attributes = [AttributeChange("quantity", there, declared)]
    if in_flight:
        attributes.append(AttributeChange("in_flight", in_flight, in_flight + buy))
    return Change(
        Action.ORDER,
        address,
        Resource(address, {**values, "quantity": there}),
        Resource(address, {"name": "Numbers", **values, "quantity": buy}),
        tuple(attributes),
        reason,
        BlockCount(declared, there, in_flight),
    )


def make_plan(
    *changes: Change,
    unmanaged: tuple[Address, ...] = (),
    warnings: tuple[Problem, ...] = (),
    awaited: tuple[Address, ...] = (),
    in_flight: int = 0,
    unclaimed: tuple[str, ...] = (),
) -> Plan:
    ordered = tuple(sorted(changes, key=lambda change: change.address))
    steps = [
        Step(Verb(change.action.value), change)
        for change in ordered
        if change.action is not Action.NO_OP
    ]
    steps += [Step(Verb.AWAIT, change) for change in ordered if change.address in awaited]
    return Plan(
        ORIGIN,
        "9900778",
        ordered,
        tuple(steps),
        unmanaged,
        warnings,
        in_flight,
        "d1g357",
        unclaimed=unclaimed,
    )


def quickstart_changes() -> tuple[Change, ...]:
    return (
        create(
            APPLICATION,
            {
                "name": "Production Server",
                "callback_url": "https://yourSecureSite.com/callbacks",
                "callback_credentials.user_id": "Your-User-id",
                "callback_credentials.password": Secret("CALLBACK_PASSWORD", PASSWORD),
            },
        ),
        create(
            SITE,
            {
                "name": "Raleigh",
                "description": "Test Gateway",
                "customer_name": "BW",
                "address.house_number": "1600",
                "address.street_name": "PENNSYLVANIA",
                "address.street_suffix": "AVE",
                "address.post_directional": "NW",
                "address.city": "WASHINGTON",
                "address.state_code": "DC",
                "address.zip": "20006",
                "address.country": "US",
                "address.address_type": "Service",
            },
        ),
        create(
            SIPPEER,
            {"name": "Messaging East", "default": True},
            "default: true, because the first sippeer of a site has to be its default and none "
            "is declared to be",
        ),
        create(SMS, {"toll_free": True, "short_code": True}),
        create(MMS, {}),
        create(ASSIGNMENT, {"application": APPLICATION}),
        order(BLOCK, 1),
    )


def step_of(plan: Plan, address: Address, verb: Verb | None = None) -> Step:
    return next(
        step for step in plan.steps if step.address == address and verb in (None, step.verb)
    )


def warning(line: int) -> Problem:
    return Problem(
        Severity.WARNING,
        "long-name",
        "Longer than older guides allow",
        "`Bandwidth Messaging 2 test2` has 27 characters. The service takes up to 50, but older "
        "guides name a limit of 10.",
        Origin("examples/quickstart.yaml", line, 7),
    )


@pytest.fixture
def types() -> Types:
    return resource_types()


@pytest.fixture
def quickstart() -> Plan:
    return make_plan(*quickstart_changes(), warnings=(warning(21),))


@pytest.fixture
def nothing_to_do() -> Plan:
    return make_plan(unchanged(APPLICATION, {}), unchanged(SITE, {}), unchanged(SIPPEER, {}))


@pytest.fixture
def everything() -> Plan:
    """Each action on each shape, a live name that is hostile, long values, and values to quote."""
    durham = Address("site", ("Durham",))
    west = Address("sippeer", ("Durham", "West"))
    return make_plan(
        update(
            APPLICATION,
            {
                "callback_url": (
                    "https://old.example.com/callbacks/for/all/message/events/of/production",
                    "https://new.example.com/callbacks/for/all/message/events/of/production",
                ),
                "callback_credentials.user_id": ("old-user", "new-user"),
                "callback_credentials.password": (None, Secret("CALLBACK_PASSWORD", PASSWORD)),
            },
        ),
        unchanged(SITE, {}),
        update(
            durham,
            {
                "description": (None, " spaced "),
                "customer_name": ("one\ntwo\x1b[31m", "three"),
                "address.address_line2": ("Suite 200", ""),
            },
        ),
        update(west, {"default": (False, True)}),
        delete(Address("messaging_application", west.path), {"application": APPLICATION}),
        delete(Address("mms", west.path), {}),
        delete(Address("sms", west.path), {"toll_free": True, "short_code": True}),
        delete(Address("site", ("Empty",)), {"name": "Empty"}),
        update(SMS, {"toll_free": (False, True)}),
        unchanged(MMS, {}),
        update(ASSIGNMENT, {"application": (Address("application", ("Old",)), APPLICATION)}),
        order(
            BLOCK,
            5,
            there=1,
            in_flight=1,
            reason="order 47955555 ended PARTIAL: only 1 number was in stock",
            partial_allowed=False,
            back_order=False,
        ),
        unmanaged=(Address("site", ("Legacy",)), Address("application", ("Old",))),
        warnings=(warning(21), warning(34)),
        awaited=(BLOCK,),
        in_flight=1,
    )


LISTED = Address(
    "numbers", ("Raleigh", "Messaging East", "telephone_numbers=+19195551234 and 3 more")
)
MOVED = Address("numbers", (*LISTED.path[:-1], "+19195551235 from Raleigh/Old"))


@pytest.fixture
def listed() -> Plan:
    """Of four listed numbers one is there, one moves, and two are ordered; two are of no block."""
    numbers = tuple(f"+1919555123{n}" for n in range(4, 8))
    block = Resource(LISTED, {"telephone_numbers": numbers, "quantity": 2})
    body = Resource(LISTED, {**block.attributes, "ordered_numbers": numbers[2:]})
    moved = Resource(MOVED, {"telephone_numbers": numbers[1:2]})
    old, east = (Address("sippeer", ("Raleigh", name)) for name in ("Old", "Messaging East"))
    return make_plan(
        Change(
            Action.ORDER,
            LISTED,
            block,
            body,
            (AttributeChange("quantity", 1, 4),),
            count=BlockCount(4, 1, 0, 1),
        ),
        Change(
            Action.MOVE,
            MOVED,
            None,
            moved,
            (
                AttributeChange("telephone_numbers", None, numbers[1:2]),
                AttributeChange("sippeer", old, east),
            ),
            f"now on {old}",
        ),
        unclaimed=("+18335550001", "+18335550002"),
    )


@pytest.fixture
def large() -> Plan:
    """200 locations, all of them new."""
    site = Address("site", ("Fleet",))
    changes = [create(site, {"name": "Fleet"})]
    for number in range(200):
        path = ("Fleet", f"Location {number:03}")
        changes += [
            create(Address("sippeer", path), {"name": path[-1], "default": number == 0}),
            create(Address("sms", path), {"toll_free": True, "short_code": True}),
            create(Address("mms", path), {}),
            create(Address("messaging_application", path), {"application": APPLICATION}),
            order(Address("numbers", (*path, "area_code=910")), 2),
        ]
    return make_plan(*changes)


@pytest.fixture
def fleet() -> Plan:
    """More than 2,000 changes: 400 new locations, 198 with the same change, and single ones."""
    site, depot = Address("site", ("Fleet",)), Address("site", ("Depot",))
    changes = [
        unchanged(APPLICATION, {}),
        create(site, {"name": "Fleet"}),
        update(depot, {"description": ("Trucks", "Trucks and vans")}),
    ]
    for number in range(400):
        path = ("Fleet", f"Location {number:03}")
        changes += [
            create(Address("sippeer", path), {"name": path[-1], "default": number == 0}),
            create(Address("sms", path), {"toll_free": True, "short_code": True}),
            create(Address("mms", path), {}),
            create(Address("messaging_application", path), {"application": APPLICATION}),
            order(Address("numbers", (*path, "area_code=910")), 2 if number else 5),
        ]
    for number in range(200):
        path = ("Depot", f"Bay {number:03}")
        kept = number < 2
        changes += [
            unchanged(Address("sippeer", path), {}),
            unchanged(Address("sms", path), {})
            if kept
            else update(Address("sms", path), {"toll_free": (False, True)}),
        ]
    return make_plan(*changes)


@pytest.fixture
def empty() -> Plan:
    """Nothing declared, nothing there."""
    return Plan("http://127.0.0.1:8765", "1", (), ())


@pytest.fixture
def refused() -> tuple[Problem, ...]:
    """What is told instead of a plan: with and without a position, of several lines, hostile."""
    return (
        Problem(
            Severity.ERROR,
            "too-many-new-numbers",
            "More numbers than the limit allows",
            "This plan orders 250 numbers, and the limit is 100. If that is meant, put this "
            "into the spec:\n  limits: {new_numbers: 250}",
            Origin("examples/quickstart.yaml", 22, 13),
        ),
        Problem(
            Severity.ERROR,
            "several-of-one-name",
            "Two live resources of one name",
            "site <b>`Raleigh`</b> & Söhne]]>\x1b[31m @everyone is there twice: 461534, 461535.",
        ),
        warning(21),
    )


IDS = {
    APPLICATION: "d775585a-ed5b-4a49-8b96-f68c0a993ebe",
    SITE: "461534",
    SIPPEER: "540341",
    BLOCK: "47955555-1d91-4a91-b5a3-6d2c1d6f0c5e",
}


@pytest.fixture
def all_done(quickstart: Plan) -> list[Event]:
    events: list[Event] = []
    for address in (APPLICATION, SITE, SIPPEER, SMS, MMS, ASSIGNMENT, BLOCK):
        step = step_of(quickstart, address)
        events.append(StepStarted(step))
        if address == SITE:
            reason = "the service answered 503, trying again in 1.0 s"
            events.append(StepRetried(step, reason))
        if address == BLOCK:
            events.append(OrderProgress(step, IDS[BLOCK], "RECEIVED", 0, 1))
        numbers = ("+19105550101",) if address == BLOCK else ()
        events.append(
            StepFinished(step, Status.DONE, IDS.get(address), numbers=numbers, wrote=True)
        )
    return events


@pytest.fixture
def half_done(quickstart: Plan) -> list[Event]:
    """The site was refused: what is below it was not tried."""
    refused = "the service refused it (12053): 1600 PENNSYLVANIA AVE is not an address it can find"
    site = step_of(quickstart, SITE)
    events: list[Event] = [
        StepFinished(step_of(quickstart, APPLICATION), Status.DONE, IDS[APPLICATION], wrote=True),
        StepStarted(site),
        StepFinished(site, Status.FAILED, error=refused),
    ]
    skipped = (SIPPEER, SMS, MMS, ASSIGNMENT, BLOCK)
    return events + [
        StepFinished(step_of(quickstart, address), Status.SKIPPED, cause=SITE)
        for address in skipped
    ]


@pytest.fixture
def orders_unfinished(everything: Plan) -> list[Event]:
    """An order that came short, one that is open, and a run stopped before the rest."""
    return [
        StepFinished(
            step_of(everything, BLOCK, Verb.ORDER),
            Status.SHORT,
            IDS[BLOCK],
            numbers=("+19105550101", "+19105550102"),
            error="5018: not all numbers are available",
            wrote=True,
        ),
        StepFinished(
            step_of(everything, BLOCK, Verb.AWAIT),
            Status.OPEN,
            IDS[BLOCK],
            error="order 47955555 is still RECEIVED; running again continues to wait for it",
        ),
        StepFinished(step_of(everything, SMS), Status.SKIPPED),
    ]


ShowsNoSecret = Callable[[str], None]


@pytest.fixture
def shows_no_secret() -> ShowsNoSecret:
    def check(text: str) -> None:
        assert text
        assert PASSWORD not in text

    return check
