from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable

import pytest
from jinja2 import DictLoader, TemplateNotFound

from provisioner.account.intents import Intent, Outcome, Unrecorded
from provisioner.account.templates import environment
from provisioner.account.writer import Writer
from provisioner.execution.events import (
    Event,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.execution.executor import STOPPED, execute
from provisioner.model import Address
from provisioner.planning import Verb
from provisioner.resources import resource_types
from tests.account.conftest import ADDRESS, QUICKSTART, Account, Open, Run

pytestmark = pytest.mark.anyio

BLOCK = "numbers Raleigh/East/area_code=910"
ORDER = "sites: {Raleigh: {sippeers: {East: {numbers: [{area_code: '910', quantity: %d%s}]}}}}"
TWO_SITES = f"""
applications:
  Server: {{callback_url: 'https://example.com/in'}}
sites:
  Raleigh:
    address: {ADDRESS}
    sippeers:
      East:
        sms: true
        mms: true
        application: Server
        numbers: [{{area_code: '910', quantity: 1}}]
  Durham:
    address: {ADDRESS}
    sippeers: {{West: {{sms: true}}}}
"""


@pytest.fixture
def slow(open_account: Open) -> Account:
    """Orders take 100 seconds here."""
    account = open_account(order_delay=100.0)
    account.sippeer(account.site())
    return account


def started(run: Run) -> list[str]:
    return [str(each.step.address) for each in run.events if isinstance(each, StepStarted)]


class Unkept(Unrecorded):
    """What came of the first order is never kept."""

    def __init__(self) -> None:
        self.orders = 0

    async def announce(self, intent: Intent, again: int | None) -> int:
        self.orders += intent.address.type == "numbers"
        return self.orders if intent.address.type == "numbers" else 0

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:
        if number == 1:
            return asyncio.get_running_loop().create_future()
        return super().record(number, outcome)


# Everything goes well


async def test_an_order_whose_record_is_not_kept_yet_takes_no_slot(account: Account) -> None:
    blocks = "[{area_code: '910', quantity: 1}, {area_code: '919', quantity: 1}]"
    spec = f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{numbers: {blocks}}}}}}}}}"
    done: list[StepFinished] = []
    ordered = asyncio.Event()

    def note(event: Event) -> None:
        if isinstance(event, StepFinished):
            done.append(event)
            if event.step.address.type == "numbers":
                ordered.set()

    applying = asyncio.create_task(
        account.apply(spec, parallelism=1, intents=Unkept(), on_event=note)
    )
    async with asyncio.timeout(30):
        await ordered.wait()
    applying.cancel()
    await asyncio.gather(applying, return_exceptions=True)
    assert [each.step.address.type for each in done].count("numbers") == 1


async def test_the_quickstart_is_carried_out_in_the_order_of_the_guide(account: Account) -> None:
    run = await account.apply(QUICKSTART, parallelism=1)
    assert run.done
    changed = [each for each in account.requests if not each.startswith("GET")]
    assert [each.partition("?")[0].rpartition("/")[2] for each in changed] == [
        "applications",
        "sites",
        "sippeers",
        "sms",
        "mms",
        "applicationSettings",
        "orders",
    ]
    assert len(account.requests) == 12
    ended = run.finished["numbers Raleigh/Bandwidth Messaging 2 test2/area_code=910"]
    assert ended.numbers == ("+19103210910",)
    assert run.finished["site Raleigh"].id == "13651"
    assert run.finished["sms Raleigh/Bandwidth Messaging 2 test2"].id is None
    assert all(each.wrote for each in run.finished.values())


async def test_a_second_run_finds_nothing_to_do(account: Account) -> None:
    await account.apply(QUICKSTART)
    before = account.contents()
    account.log.clear()
    run = await account.apply(QUICKSTART)
    assert run.plan.steps == ()
    assert run.events == ()
    assert all(each.startswith("GET") for each in account.requests)
    assert account.contents() == before


async def test_events_are_well_formed(account: Account) -> None:
    run = await account.apply(TWO_SITES)
    seen: dict[Address, list[type[Event]]] = {}
    for event in run.events:
        seen.setdefault(event.step.address, []).append(type(event))
    assert set(seen) == {step.address for step in run.plan.steps}
    for kinds in seen.values():
        assert (kinds[0], kinds[-1]) == (StepStarted, StepFinished)
        assert Counter(kinds)[StepStarted] == Counter(kinds)[StepFinished] == 1
        assert set(kinds[1:-1]) <= {OrderProgress, StepRetried}
    assert all(event.step in run.plan.steps for event in run.events)


async def test_nothing_starts_before_what_it_waits_for_is_done(account: Account) -> None:
    run = await account.apply(TWO_SITES)
    ended: set[Address] = set()
    for event in run.events:
        if isinstance(event, StepStarted):
            assert set(event.step.waits_for) <= ended
        elif isinstance(event, StepFinished):
            ended.add(event.step.address)


@pytest.mark.parametrize("parallelism", [1, 2, 16])
async def test_no_more_steps_run_at_once_than_allowed(account: Account, parallelism: int) -> None:
    lines = [f"  App {n}: {{callback_url: 'https://example.com/{n}'}}" for n in range(20)]
    spec = "\n".join(["applications:", *lines])
    run = await account.apply(spec, parallelism=parallelism)
    assert run.done
    running, most = 0, 0
    for event in run.events:
        running += isinstance(event, StepStarted)
        running -= isinstance(event, StepFinished)
        most = max(most, running)
    assert most == parallelism


async def test_the_default_changes_hands_without_a_moment_of_none(account: Account) -> None:
    site = account.site()
    account.sippeer(site, "East")
    account.sippeer(site, "West", default=False)
    spec = "sites: {Raleigh: {sippeers: {East: {default: false}, West: {default: true}}}}"
    run = await account.apply(spec)
    assert run.done
    assert account.texts(f"{site}/sippeers", "IsDefaultPeer") == ["false", "true"]
    assert not (await account.plan(spec)).plan.has_changes


# Something fails


async def test_a_failed_step_stops_what_waits_for_it_and_nothing_else(account: Account) -> None:
    account.fail("status-before", "POST", "/sites/[0-9]+/sippeers/[0-9]+/.*/sms", status=400)
    run = await account.apply(TWO_SITES, parallelism=1)
    (failed,) = [a for a, each in run.finished.items() if each.status is Status.FAILED]
    assert failed.startswith("sms ")
    assert "HTTP 400" in run.finished[failed].error
    below = failed.removeprefix("sms ")
    for address, ended in run.finished.items():
        if ended.status is Status.SKIPPED:
            assert below in address
            assert str(ended.cause) == failed
            assert not ended.wrote
            assert address not in started(run)
    assert run.statuses["application Server"] is Status.DONE
    assert run.statuses["sippeer Raleigh/East"] is run.statuses["sippeer Durham/West"]
    assert (await account.apply(TWO_SITES)).done
    assert account.contents()["sites"] == account.texts("/sites", "Name")
    assert len(account.contents()["numbers"]) == 1


async def test_all_that_follows_names_the_step_that_is_to_blame(account: Account) -> None:
    planned = await account.plan(TWO_SITES)
    account.fail("status-before", "POST", "/sites$", status=400)
    run = await account.carry_out(planned, parallelism=1)
    (failed,) = [a for a, each in run.finished.items() if each.status is Status.FAILED]
    name = failed.removeprefix("site ")
    skipped = {a: e for a, e in run.finished.items() if e.status is Status.SKIPPED}
    assert {str(each.cause) for each in skipped.values()} == {failed}
    assert len(skipped) == sum(name in a for a in run.finished) - 1
    assert all(each.error == "" for each in skipped.values())


async def test_a_purchase_is_skipped_when_its_assignment_fails(account: Account) -> None:
    account.fail("status-before", "PUT", "/applicationSettings$", status=403)
    run = await account.apply(TWO_SITES)
    assert run.finished["messaging_application Raleigh/East"].status is Status.FAILED
    assert run.finished[BLOCK].status is Status.SKIPPED
    assert not account.sent("POST", "/orders")


@pytest.mark.parametrize(
    ("kind", "wrote"), [("drop-after", True), ("status-before", False)], ids=["lost", "refused"]
)
async def test_it_is_told_whether_the_account_may_have_been_changed(
    account: Account, kind: str, wrote: bool
) -> None:
    account.application()
    planned = await account.plan("applications: {Server: {callback_url: 'https://new.example'}}")
    account.fail(kind, "PATCH", "/applications/", nth=None, status=403)
    (ended,) = (await account.carry_out(planned)).finished.values()
    assert (ended.status, ended.wrote) == (Status.FAILED, wrote)


async def test_an_internal_error_fails_its_step_and_stops_only_what_waits_for_it(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "provisioner.execution")
    planned = await account.plan(TWO_SITES)
    whole = environment()
    assert whole.loader is not None
    sources = {
        f"{name}.xml.j2": whole.loader.get_source(whole, f"{name}.xml.j2")[0]
        for name in resource_types()
        if name != "mms"
    }
    before = asyncio.all_tasks()
    async with account.client() as client:
        broken = whole.overlay(loader=DictLoader(sources))
        writer = Writer(client, resource_types(), Unrecorded(), jinja=broken)
        events = execute(planned.plan, planned.live, writer, stop=asyncio.Event())
        run = Run(planned.plan, planned.live, tuple([event async for event in events]))
    assert asyncio.all_tasks() == before
    failed = run.finished["mms Raleigh/East"]
    assert (failed.status, failed.wrote) == (Status.FAILED, True)
    assert failed.error.startswith("internal error (TemplateNotFound); -vv shows where.")
    waiting = {"messaging_application Raleigh/East", BLOCK}
    for address, ended in run.finished.items():
        if address in waiting:
            assert (ended.status, str(ended.cause)) == (Status.SKIPPED, "mms Raleigh/East")
        elif ended is not failed:
            assert ended.status is Status.DONE
    (logged,) = [each for each in caplog.records if each.exc_info]
    assert logged.getMessage() == "mms Raleigh/East"
    assert logged.exc_info is not None
    assert logged.exc_info[0] is TemplateNotFound
    assert (await account.apply(TWO_SITES)).done


# The run is stopped


async def test_a_stop_finishes_what_is_under_way_and_starts_nothing_new(account: Account) -> None:
    stop = asyncio.Event()

    def stop_at_once(event: Event) -> None:
        if isinstance(event, StepStarted):
            stop.set()

    run = await account.apply(TWO_SITES, stop=stop, on_event=stop_at_once, parallelism=2)
    done = {a for a, status in run.statuses.items() if status is Status.DONE}
    assert 0 < len(done) <= 3
    assert set(started(run)) == done
    for address, ended in run.finished.items():
        if address not in done:
            assert ended.status is Status.SKIPPED
            assert (ended.error, ended.cause) == (STOPPED, None), "nothing is to blame"
            assert not ended.wrote
    assert (await account.apply(TWO_SITES)).done
    contents = account.contents()
    assert (sorted(contents["sites"]), len(contents["numbers"])) == (["Durham", "Raleigh"], 1)


async def test_a_run_that_is_stopped_before_it_begins_does_nothing(account: Account) -> None:
    planned = await account.plan(TWO_SITES)
    account.log.clear()
    stop = asyncio.Event()
    stop.set()
    run = await account.carry_out(planned, stop=stop)
    assert len(run.finished) > 5
    for ended in run.finished.values():
        assert (ended.status, ended.error, ended.cause) == (Status.SKIPPED, STOPPED, None)
    assert account.requests == []


async def test_what_waits_for_a_failed_step_names_it_in_a_stopped_run_too(
    account: Account,
) -> None:
    stop = asyncio.Event()

    def stop_when_it_failed(event: Event) -> None:
        if isinstance(event, StepFinished) and event.status is Status.FAILED:
            stop.set()

    account.fail("status-before", "POST", "/sippeers/[0-9]+/.*/sms", nth=1, status=400)
    spec = (
        f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{sms: true, mms: true}}}}}}}}"
    )
    run = await account.apply(spec, stop=stop, on_event=stop_when_it_failed)
    assert run.statuses["sms Raleigh/East"] is Status.FAILED
    skipped = run.finished["mms Raleigh/East"]
    assert (skipped.status, str(skipped.cause)) == (Status.SKIPPED, "sms Raleigh/East")


async def test_a_stop_before_an_order_buys_nothing(account: Account) -> None:
    account.sippeer(account.site())
    planned = await account.plan(ORDER % (1, ""))
    stop = asyncio.Event()
    stop.set()
    ended = (await account.carry_out(planned, stop=stop)).finished[BLOCK]
    assert (ended.status, ended.error) == (Status.SKIPPED, STOPPED)
    assert not account.sent("POST", "/orders")


async def test_a_stop_while_an_order_is_polled_leaves_it_open(slow: Account) -> None:
    stop = asyncio.Event()

    def stop_at_progress(event: Event) -> None:
        if isinstance(event, OrderProgress):
            stop.set()

    run = await slow.apply(ORDER % (1, ""), stop=stop, on_event=stop_at_progress)
    ended = run.finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.OPEN, True)
    assert "still RECEIVED; running again continues" in ended.error


async def test_closing_the_events_early_leaves_no_task_behind(account: Account) -> None:
    planned = await account.plan(TWO_SITES)
    before = asyncio.all_tasks()
    async with account.client() as client:
        events = execute(
            planned.plan,
            planned.live,
            Writer(client, resource_types(), Unrecorded()),
            stop=asyncio.Event(),
        )
        assert isinstance(await anext(events), StepStarted)
        await events.aclose()
        assert asyncio.all_tasks() == before
        assert not account.sent("POST", "/orders"), "what is left of the plan is not carried out"
        known = len(account.requests)
        await client.get(f"{client.account_path}/applications")
    assert len(account.requests) == known + 1
    assert (await account.apply(TWO_SITES)).done
    assert len(account.contents()["applications"]) == 1


# Orders


async def test_an_order_that_takes_too_long_is_left_open_and_continued_by_the_next_run(
    slow: Account,
) -> None:
    began = slow.time.time
    run = await slow.apply(ORDER % (2, ""), order_timeout=20)
    first = run.finished[BLOCK]
    assert (first.status, first.wrote, first.numbers) == (Status.OPEN, True, ())
    assert "is still RECEIVED" in first.error
    assert slow.time.time - began <= 20
    again = await slow.plan(ORDER % (2, ""))
    (step,) = again.plan.steps
    assert step.verb is Verb.AWAIT
    assert again.plan.in_flight == 2
    waited = (await slow.carry_out(again, order_timeout=10)).finished[BLOCK]
    assert (waited.status, waited.wrote) == (Status.OPEN, False)
    waited = (await slow.carry_out(again)).finished[BLOCK]
    assert (waited.status, waited.wrote, waited.id) == (Status.DONE, False, first.id)
    assert len(waited.numbers) == 2
    assert len(slow.sent("POST", "/orders")) == 1
    assert (await slow.plan(ORDER % (2, ""))).plan.steps == ()


async def test_more_numbers_than_are_on_order_are_ordered_while_the_others_are_awaited(
    slow: Account,
) -> None:
    await slow.apply(ORDER % (2, ""), order_timeout=0)
    planned = await slow.plan(ORDER % (3, ""))
    assert [each.verb for each in planned.plan.steps] == [Verb.ORDER, Verb.AWAIT]
    run = await slow.carry_out(planned)
    ends = [each for each in run.events if isinstance(each, StepFinished)]
    assert sorted(len(each.numbers) for each in ends) == [1, 2]
    assert {each.status for each in ends} == {Status.DONE}
    assert len(slow.contents()["numbers"]) == 3


async def test_an_order_without_enough_stock_comes_short(open_account: Open) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    account.sippeer(account.site())
    ended = (await account.apply(ORDER % (3, ""))).finished[BLOCK]
    assert (ended.status, len(ended.numbers)) == (Status.SHORT, 1)
    assert "ended PARTIAL with 1 of 3 numbers: 5017" in ended.error


ONE_NUMBER = (
    "<CompletedNumbers><TelephoneNumber><FullNumber>9105550001</FullNumber></TelephoneNumber>"
    "</CompletedNumbers>"
)


@pytest.mark.parametrize(
    ("status", "quantity", "more", "ended", "told"),
    [
        ("COMPLETE", "2", ONE_NUMBER, Status.SHORT, "is COMPLETE but names 1 of 2 numbers"),
        (
            "COMPLETE",
            "2",
            "<CompletedQuantity>2</CompletedQuantity>",
            Status.SHORT,
            "is COMPLETE but names 0 of 2 numbers",
        ),
        ("COMPLETE", "", "", Status.SHORT, "is COMPLETE but names 0 numbers"),
        ("COMPLETE", "", ONE_NUMBER, Status.DONE, ""),
        ("PARTIAL", "", ONE_NUMBER, Status.SHORT, "ended PARTIAL with 1 numbers"),
        ("PARTIAL", "1", ONE_NUMBER, Status.SHORT, "ended PARTIAL with 1 of 1 numbers"),
        ("FAILED", "", "", Status.SHORT, "ended FAILED with 0 numbers"),
        ("RECEIVED", "", "", Status.OPEN, "is still RECEIVED; running again continues to wait"),
        ("BACKORDERED", "", ONE_NUMBER, Status.OPEN, "on back order; it brought 1 numbers so far"),
    ],
)
async def test_an_order_is_done_when_its_status_and_its_counts_say_so(
    account: Account, status: str, quantity: str, more: str, ended: Status, told: str
) -> None:
    account.sippeer(account.site())
    wanted = f"<Quantity>{quantity}</Quantity>" if quantity else ""
    body = (
        f"<OrderResponse><Order>{wanted}</Order><OrderStatus>{status}</OrderStatus>{more}"
        "</OrderResponse>"
    )
    account.fail("status-before", "GET", "/orders/", nth=None, status=200, body=body.encode())
    run = await account.apply(ORDER % (2, ""), order_timeout=10)
    assert run.finished[BLOCK].status is ended
    assert told in run.finished[BLOCK].error
    assert bool(told) is bool(run.finished[BLOCK].error)
    progress = [each for each in run.events if isinstance(each, OrderProgress)]
    assert [each.quantity for each in progress] == [int(quantity) if quantity else None]


async def test_an_order_is_followed_through_a_time_without_answers(slow: Account) -> None:
    for nth in (2, 3, 4, 5):
        slow.fail("drop-before", "GET", "/orders/", nth=nth)
    slow.fail("garbage", "GET", "/orders/", nth=7)
    slow.fail("status-before", "GET", "/orders/", nth=8, status=404)
    run = await slow.apply(ORDER % (2, ""))
    assert run.done
    told = [each.reason for each in run.events if isinstance(each, StepRetried)]
    assert len(told) == 3
    assert "does not answer" in told[0]
    assert "is not XML" in told[1]
    assert "HTTP 404" in told[2]
    assert all(each.endswith("; asking again") for each in told)


async def test_an_order_that_nobody_shows_before_the_time_is_over_is_open(account: Account) -> None:
    account.sippeer(account.site())
    account.fail("garbage", "GET", "/orders/", nth=None)
    ended = (await account.apply(ORDER % (1, ""), order_timeout=60)).finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.OPEN, True)
    assert "is still RECEIVED; running again continues to wait for it" in ended.error
    account.faults.clear()
    assert (await account.apply(ORDER % (1, ""))).done
    assert len(account.contents()["orders"]) == 1


async def test_a_back_order_is_not_waited_for(open_account: Open) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    account.sippeer(account.site())
    began = account.time.time
    spec = ORDER % (3, ", back_order: true")
    ended = (await account.apply(spec)).finished[BLOCK]
    assert ended.status is Status.OPEN
    assert ended.error.endswith("is on back order; it brought 1 of 3 numbers so far")
    assert len(ended.numbers) == 1
    assert account.time.time - began < 1
    again = await account.plan(spec)
    assert again.plan.steps == ()
    assert again.plan.back_ordered == 2


async def test_progress_is_told_when_something_changed(slow: Account) -> None:
    run = await slow.apply(ORDER % (2, ""))
    progress = [each for each in run.events if isinstance(each, OrderProgress)]
    assert [(each.status, each.completed, each.quantity) for each in progress] == [
        ("RECEIVED", 0, 2),
        ("COMPLETE", 2, 2),
    ]
    assert len(slow.sent("GET", "/orders/")) > 5


async def test_an_order_that_cannot_be_followed_stays_open(account: Account) -> None:
    account.sippeer(account.site())
    account.fail("status-before", "GET", "/orders/", nth=2, status=403)
    ended = (await account.apply(ORDER % (1, ""))).finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.OPEN, True)
    assert "could not be followed" in ended.error
    account.time.advance(60)
    assert (await account.plan(ORDER % (1, ""))).plan.steps == ()


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [("hang-after", "POST", "/orders$"), ("hang", "GET", "/orders/")],
    ids=["before-the-answer", "while-polling"],
)
async def test_a_crash_around_an_order_buys_nothing_twice(
    account: Account, kind: str, method: str, path: str
) -> None:
    account.sippeer(account.site())
    planned = await account.plan(ORDER % (2, ""))
    account.fail(kind, method, path)
    crashing = asyncio.create_task(account.carry_out(planned))
    while not any(each.status == 0 for each in account.log):
        assert not crashing.done()
        await asyncio.sleep(0)
    crashing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await crashing
    assert len(account.contents()["orders"]) == 1
    again = await account.apply(ORDER % (2, ""))
    assert again.done
    contents = account.contents()
    assert (len(contents["orders"]), len(contents["numbers"])) == (1, 2)
