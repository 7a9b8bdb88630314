"""What a killed run never heard back from is found out before anything is planned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.account.intents import Intent, Made, Outcome
from provisioner.account.reader import read_live
from provisioner.account.writer import Writer
from provisioner.errors import JournalError, Rejected
from provisioner.execution.events import Event, Status, StepFinished, StepRetried
from provisioner.execution.executor import execute
from provisioner.execution.journal import Journal, Run
from provisioner.execution.recovery import recover
from provisioner.model import Address
from provisioner.planning import Plan, make_plan
from provisioner.planning.plan import Verb
from provisioner.resources import resource_types
from tests.account.conftest import ADDRESS, QUICKSTART, Account, Open
from tests.execution.conftest import OCCASION, creation

pytestmark = pytest.mark.anyio

NUMBERS = "numbers: [{area_code: '910', quantity: 1}]"
LAG = 20.0
TYPES = resource_types()
KINDS = {
    "application": "/applications$",
    "site": "/sites$",
    "sippeer": "/sippeers$",
    "sms": "/features/sms$",
    "mms": "/features/mms$",
    "numbers": "/orders$",
}
PATHS = {**KINDS, "campaign": "/tnoptions$"}
CAMPAIGN = (
    "applications: {Server: {callback_url: 'https://example.com/in'}}\n"
    f"sites: {{Raleigh: {{address: {ADDRESS}, sippeers: {{East: {{default: true, sms: true,"
    f" application: Server, campaign: C1, {NUMBERS}}}}}}}}}"
)


@dataclass
class Applied:
    plan: Plan
    events: list[Event] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def statuses(self) -> set[Status]:
        return {each.status for each in self.events if isinstance(each, StepFinished)}


@dataclass
class Machine:
    """One machine with its journal, beside an account."""

    account: Account
    path: Path

    def journal(self) -> Journal:
        return Journal(self.path, now=self.account.time)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Run]:
        with self.journal() as journal:
            async with journal.run(OCCASION) as run:
                yield run

    async def apply(self, spec: str | Path = QUICKSTART, **options: Any) -> Applied:
        async with self.run() as run:
            return await self.carry_out(run, spec, **options)

    async def carry_out(self, run: Run, spec: str | Path, settle: float = 30.0) -> Applied:
        desired = self.account.load(spec)
        told: list[str] = []
        async with self.account.client() as client:
            made = await recover(run, client, TYPES, settle, told.append)
            live = await read_live(desired, client, TYPES, settle=settle, made=made)
            applied = Applied(make_plan(desired, live, TYPES), told=told)
            recent = frozenset(server_id for each in made for server_id in each.ids)
            writer = Writer(client, TYPES, run, settle, recent)
            async for event in execute(applied.plan, live, writer, stop=asyncio.Event()):
                applied.events.append(event)
                if isinstance(event, StepFinished):
                    run.note(event)
        return applied

    async def apply_and_die(self, spec: str | Path, at: str, *, before_work: bool) -> None:
        """Killed when the answer to its first request of a kind should come."""
        self.account.fail("drop-before" if before_work else "drop-after", "POST", PATHS[at])

        async with self.run() as run:
            desired = self.account.load(spec)
            async with self.account.client() as client:
                live = await read_live(desired, client, TYPES)
                plan = make_plan(desired, live, TYPES)
                writer = Writer(client, TYPES, run)
                events = execute(plan, live, writer, stop=asyncio.Event())
                async for event in events:
                    if isinstance(event, StepRetried) and "looking" in event.reason:
                        await events.aclose()
                        return
        pytest.fail(f"it outlived {at}")


@pytest.fixture
def lagging(open_account: Open, tmp_path: Path) -> Machine:
    return Machine(open_account(list_lag=LAG), tmp_path / "journal.sqlite3")


@pytest.fixture
def prompt(open_account: Open, tmp_path: Path) -> Machine:
    return Machine(open_account(), tmp_path / "journal.sqlite3")


def as_declared(machine: Machine) -> None:
    contents = machine.account.contents()
    assert contents["applications"] == ["Production Server"]
    assert contents["sites"] == ["Raleigh"]
    assert contents["sippeers"] == ["Bandwidth Messaging 2 test2"]
    assert len(contents["numbers"]) == len(contents["orders"]) == 1


@pytest.mark.parametrize("before_work", [False, True], ids=["after the work", "before the work"])
@pytest.mark.parametrize("at", KINDS)
async def test_a_run_that_is_killed_at_a_post_is_made_up_for_by_the_next(
    lagging: Machine, at: str, before_work: bool
) -> None:
    """Although no list shows for 20 seconds what was made."""
    await lagging.apply_and_die(QUICKSTART, at, before_work=before_work)
    began = lagging.account.time.time
    again = await lagging.apply()
    assert again.statuses <= {Status.DONE}
    as_declared(lagging)
    waited = lagging.account.time.time - began
    direct = at in {"sms", "mms"} and not before_work
    assert bool(again.told) is not direct, "a feature is seen at once where it is"
    if again.told:
        (line,) = again.told
        assert line.startswith("Run 1 was cut off before it heard what became of: ")
        assert line.endswith("until the account's lists can be believed.")
    if before_work:
        assert waited >= 29, "not there is not believed before"


@pytest.mark.parametrize("before_work", [False, True], ids=["after the work", "before the work"])
async def test_numbers_are_put_on_their_campaign_once_where_a_run_was_killed_at_that(
    lagging: Machine, before_work: bool
) -> None:
    lagging.account.http.put("/_sandbox/campaigns/C1", json={}).raise_for_status()
    await lagging.apply_and_die(CAMPAIGN, "campaign", before_work=before_work)
    again = await lagging.apply(CAMPAIGN)
    assert again.statuses <= {Status.DONE}
    lagging.account.time.advance(3600)
    assert len(lagging.account.texts("/tnoptions", "OrderId")) == 1
    assert (await lagging.apply(CAMPAIGN)).plan.steps == ()


async def test_what_is_seen_at_once_is_not_waited_for(prompt: Machine) -> None:
    await prompt.apply_and_die(QUICKSTART, "site", before_work=False)
    prompt.account.time.slept.clear()
    again = await prompt.apply()
    assert again.told == []
    assert sum(prompt.account.time.slept) < 10
    as_declared(prompt)


async def test_what_was_sent_long_ago_is_not_looked_for(prompt: Machine) -> None:
    """The lists that are read for the plan tell all there is."""
    await prompt.apply_and_die(QUICKSTART, "site", before_work=True)
    prompt.account.time.advance(60)
    async with prompt.run() as run, prompt.account.client() as client:
        prompt.account.log.clear()
        assert await recover(run, client, TYPES, 30.0, pytest.fail) == ()
    assert prompt.account.requests == []
    async with prompt.run() as run:
        assert (await run.past(30.0)).unsure == ()


async def test_an_intent_from_the_future_is_waited_for_no_longer_than_any(
    prompt: Machine,
) -> None:
    prompt.account.time.advance(86400)
    await prompt.apply_and_die(QUICKSTART, "site", before_work=True)
    prompt.account.time.advance(-86400)
    began = prompt.account.time.time
    again = await prompt.apply()
    assert again.statuses == {Status.DONE}
    assert 29 < prompt.account.time.time - began < 60


async def test_a_second_run_at_once_finds_everything_although_no_list_shows_it(
    lagging: Machine,
) -> None:
    assert (await lagging.apply()).statuses == {Status.DONE}
    again = await lagging.apply()
    assert again.plan.steps == ()
    assert again.told == []
    as_declared(lagging)


@pytest.mark.parametrize("at", KINDS)
async def test_without_the_journal_all_converges_where_lists_do_not_lag(
    prompt: Machine, at: str
) -> None:
    await prompt.apply_and_die(QUICKSTART, at, before_work=False)
    prompt.path.unlink()
    assert (await prompt.apply()).statuses <= {Status.DONE}
    as_declared(prompt)


async def test_what_was_deleted_since_is_not_remembered(lagging: Machine) -> None:
    spec = "applications: {Server: {callback_url: 'https://example.com/in'}}"
    (application,) = [
        each.id for each in (await lagging.apply(spec)).events if isinstance(each, StepFinished)
    ]
    lagging.account.call("DELETE", f"/applications/{application}")
    again = await lagging.apply(spec)
    assert again.plan.summary.create == 1


async def test_a_parent_that_an_earlier_run_made_may_be_unknown_for_a_while(
    lagging: Machine,
) -> None:
    await lagging.apply("sites: {Raleigh: {address: " + ADDRESS + "}}")
    lagging.account.fail("status-before", "POST", "/sippeers$", nth=None, last=2, status=404)
    again = await lagging.apply(
        "sites: {Raleigh: {address: " + ADDRESS + ", sippeers: {East: {}}}}"
    )
    assert again.statuses == {Status.DONE}


async def test_an_order_that_the_account_does_not_know_yet_is_in_flight(
    lagging: Machine,
) -> None:
    peer = lagging.account.sippeer(lagging.account.site())
    lagging.account.time.advance(60)
    spec = f"sites: {{Raleigh: {{sippeers: {{East: {{{NUMBERS}}}}}}}}}"
    lagging.account.fail("status-before", "GET", "/orders/", nth=None, last=3, status=404)
    async with lagging.account.client() as client:
        desired = lagging.account.load(spec)
        live = await read_live(desired, client, TYPES)
        (block,) = live.order_keys
        _, _, site, _, sippeer = peer.split("/")
        order = lagging.account.order(peer, f"{live.order_keys[block]}-1")
        made = Made(
            "numbers", {"site": site, "sippeer": sippeer}, (order,), f"{live.order_keys[block]}-1"
        )
        live = await read_live(desired, client, TYPES, made=[made])
        (found,) = live.orders[block]
        assert (found.id, found.is_open, found.quantity) == (order, True, None)
        plan = make_plan(desired, live, TYPES)
        assert plan.summary.numbers_to_order == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_what_can_be_repeated_is_not_looked_for(prompt: Machine, method: str) -> None:
    async with prompt.run() as run:
        await run.announce(creation("Raleigh", method), None)
    async with prompt.run() as run, prompt.account.client() as client:
        assert await recover(run, client, TYPES, 30.0, pytest.fail) == ()
    assert prompt.account.requests == []


@pytest.mark.parametrize(
    "intent",
    [
        Intent("POST", "create", Address("unheard-of", ("X",)), name="X"),
        Intent("POST", "create", Address("sippeer", ("Gone", "East")), {"site": "99"}, "East"),
        Intent("POST", "create", Address("sms", ("G", "E")), {"site": "99", "sippeer": "9"}),
    ],
    ids=["a kind of another version", "below what is gone", "a feature below what is gone"],
)
async def test_what_cannot_be_there_is_waited_for_all_the_same(
    prompt: Machine, intent: Intent
) -> None:
    told: list[str] = []
    async with prompt.run() as run:
        await run.announce(intent, None)
    async with prompt.run() as run, prompt.account.client() as client:
        began = prompt.account.time.time
        assert await recover(run, client, TYPES, 30.0, told.append) == ()
        assert prompt.account.time.time - began >= 30
    assert len(told) == 1


async def test_many_that_are_unsure_are_told_in_one_line(prompt: Machine) -> None:
    told: list[str] = []
    async with prompt.run() as run:
        for number in range(5):
            await run.announce(creation(f"S{number}"), None)
    async with prompt.run() as run, prompt.account.client() as client:
        await recover(run, client, TYPES, 30.0, told.append)
    (line,) = told
    assert line == (
        "Run 1 was cut off before it heard what became of: create site S0, create site S1, create "
        "site S2 and 2 more. Waiting up to 30 s, until the account's lists can be believed."
    )


async def test_an_account_that_refuses_to_be_asked_stops_the_run(prompt: Machine) -> None:
    async with prompt.run() as run:
        await run.announce(creation("Raleigh"), None)
    prompt.account.fail("status-before", "GET", "/sites", nth=None, status=400)
    async with prompt.run() as run, prompt.account.client() as client:
        with pytest.raises(Rejected):
            await recover(run, client, TYPES, 30.0, pytest.fail)
        assert len((await run.past(30.0)).unsure) == 1


# Records that cannot be kept


class Failing:
    """A record that holds out for so many calls."""

    def __init__(self, run: Run, calls: int) -> None:
        self.run = run
        self.left = calls

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise JournalError("The journal cannot be used: disk full.")

    async def announce(self, intent: Intent, again: int | None) -> int:
        self._count()
        return await self.run.announce(intent, again)

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:
        try:
            self._count()
        except JournalError as error:
            lost: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            lost.set_exception(error)
            return lost
        return self.run.record(number, outcome)


@pytest.mark.parametrize("calls", range(14))
async def test_nothing_is_sent_that_cannot_be_recorded(prompt: Machine, calls: int) -> None:
    """Wherever the record fails: what was announced was sent at most, and a later run with a
    record that works brings all to its end."""
    desired = prompt.account.load(QUICKSTART)
    async with prompt.run() as run, prompt.account.client(parallelism=1) as client:
        live = await read_live(desired, client, TYPES)
        plan = make_plan(desired, live, TYPES)
        writer = Writer(client, TYPES, Failing(run, calls))
        events = execute(plan, live, writer, stop=asyncio.Event(), parallelism=1)
        ends = [each async for each in events if isinstance(each, StepFinished)]
    sent = [each for each in prompt.account.requests if not each.startswith("GET")]
    assert len(sent) == (calls + 1) // 2
    (failed,) = [each for each in ends if each.status is Status.FAILED]
    assert failed.wrote is bool(calls % 2)
    assert "disk full" in failed.error
    skipped = [each for each in ends if each.status is Status.SKIPPED]
    assert skipped or failed.step.verb is Verb.ORDER, "nothing waits for the order"
    prompt.account.log.clear()
    assert (await prompt.apply()).statuses <= {Status.DONE}
    as_declared(prompt)


async def test_what_was_done_and_could_not_be_recorded_is_told_with_its_id(
    prompt: Machine,
) -> None:
    desired = prompt.account.load(
        "applications: {Server: {callback_url: 'https://example.com/in'}}"
    )
    async with prompt.run() as run, prompt.account.client() as client:
        live = await read_live(desired, client, TYPES)
        plan = make_plan(desired, live, TYPES)
        writer = Writer(client, TYPES, Failing(run, 1))
        events = execute(plan, live, writer, stop=asyncio.Event())
        (end,) = [each async for each in events if isinstance(each, StepFinished)]
    (application,) = prompt.account.texts("/applications", "ApplicationId")
    assert end.error == (
        f"It was sent, and what came of it is not recorded. Its id is {application}. The journal "
        "cannot be used: disk full."
    )


async def test_a_refused_write_is_recorded_as_refused(prompt: Machine) -> None:
    prompt.account.fail("status-before", "POST", "/sites$", status=400)
    async with prompt.run() as run:
        applied = await prompt.carry_out(run, QUICKSTART)
        assert Status.FAILED in applied.statuses
    async with prompt.run() as run:
        assert (await run.past(30.0)).unsure == ()


async def test_an_answer_that_stays_lost_is_unsure(prompt: Machine) -> None:
    prompt.account.fail("drop-before", "POST", "/sites$", nth=None)
    await prompt.apply("sites: {Raleigh: {address: " + ADDRESS + "}}")
    async with prompt.run() as run:
        (unsure,) = (await run.past(30.0)).unsure
    assert (unsure.intent.address.type, unsure.intent.name) == ("site", "Raleigh")
