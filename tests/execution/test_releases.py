"""Numbers are given back once: whatever becomes of the answer, and whoever asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import pytest

from provisioner.account.intents import Made
from provisioner.account.reader import read_live
from provisioner.account.releases import releases_under_way
from provisioner.account.writer import Writer
from provisioner.errors import PlanRefused
from provisioner.execution.events import Event, Status, StepFinished, StepRetried
from provisioner.execution.executor import execute
from provisioner.execution.journal import Journal
from provisioner.execution.recovery import recover
from provisioner.model import Address, NumberOrder
from provisioner.planning import Plan
from provisioner.planning.releasing import Asked, plan_release
from provisioner.resources import resource_types
from tests.account.conftest import Account, Open
from tests.execution.conftest import FIRST, OCCASION, SECOND, THIRD

pytestmark = pytest.mark.anyio

TYPES = resource_types()
EAST = ("Raleigh", "East")
NONE: dict[NumberOrder, tuple[str, str]] = {}


def spec(numbers: str = "") -> str:
    return f"sites: {{Raleigh: {{sippeers: {{East: {{numbers: [{numbers}]}}}}}}}}"


def of_area_code(quantity: int) -> str:
    return spec(f"{{area_code: 910, quantity: {quantity}}}")


class Releasing:
    """One machine with its journal; each call is a command of its own."""

    def __init__(self, account: Account, path: Path) -> None:
        self.account = account
        self.path = path
        self.told: list[str] = []

    async def release(
        self, numbers: Collection[str], declared: str = spec(), *, until: str = ""
    ) -> tuple[Plan, list[Event]]:
        """Stops where an event's words say `until`, as if killed."""
        desired = self.account.load(declared)
        events: list[Event] = []
        with Journal(self.path, now=self.account.time) as journal:
            async with journal.run(OCCASION) as run, self.account.client() as client:
                made: Collection[Made] = await recover(run, client, TYPES, 30.0, self.told.append)
                live = await read_live(
                    desired, client, TYPES, numbers_of=[Address("sippeer", EAST)], made=made
                )
                under_way = await releases_under_way(client, made)
                places = dict.fromkeys(numbers, EAST)
                plan = plan_release(Asked(places, NONE, under_way), desired, live, TYPES)
                writer = Writer(client, TYPES, run)
                stream = execute(plan, live, writer, stop=asyncio.Event(), order_timeout=60.0)
                async for event in stream:
                    events.append(event)
                    if until and isinstance(event, StepRetried) and until in event.reason:
                        await stream.aclose()
                        break
        return plan, events


@pytest.fixture
def stocked(open_account: Open, tmp_path: Path) -> Releasing:
    account = open_account()
    return stock(account, tmp_path)


def stock(account: Account, folder: Path) -> Releasing:
    """East has three numbers."""
    east = account.sippeer(account.site())
    account.order(east, "before", quantity=3)
    account.time.advance(3600)
    account.log.clear()
    return Releasing(account, folder / "journal.sqlite3")


def on_east(account: Account) -> list[str]:
    return sorted(f"+1{each}" for each in account.contents()["numbers"])


def only_end(events: list[Event]) -> StepFinished:
    (end,) = [each for each in events if isinstance(each, StepFinished)]
    return end


async def test_numbers_are_released_and_followed_to_the_end(stocked: Releasing) -> None:
    _, events = await stocked.release([FIRST, SECOND])
    end = only_end(events)
    assert (end.status, end.numbers) == (Status.DONE, (FIRST, SECOND))
    assert on_east(stocked.account) == [THIRD]


@pytest.mark.parametrize("fault", ["drop-after", "drop-before", "status-after", "garbage"])
async def test_a_release_whose_answer_was_lost_is_looked_for(
    stocked: Releasing, fault: str
) -> None:
    more = {"status": 500} if fault == "status-after" else {}
    stocked.account.fail(fault, "POST", "/disconnects$", **more)
    _, events = await stocked.release([FIRST])
    assert only_end(events).status is Status.DONE
    assert on_east(stocked.account) == [SECOND, THIRD]
    carried_out = 2 if fault == "drop-before" else 1
    assert len(stocked.account.sent("POST /disconnects")) == carried_out


async def test_a_release_that_cannot_be_looked_for_is_not_taken_for_refused(
    open_account: Open, tmp_path: Path
) -> None:
    """Refused access is no answer to what was sent before: the next run has to find out."""
    stocked = stock(open_account(order_delay=100.0, list_lag=10.0), tmp_path)
    stocked.account.time.advance(3600)
    stocked.account.fail("drop-after", "POST", "/disconnects$")
    # The first look belongs to the plan.
    stocked.account.fail("unauthorized", "GET", "/disconnects", nth=None, first=2)
    _, events = await stocked.release([FIRST])
    end = only_end(events)
    assert (end.status, end.wrote) == (Status.FAILED, True)
    assert "could not be looked for" in end.error
    stocked.account.faults.clear()
    await stocked.release([FIRST])
    assert "cut off before it heard what became of: release" in stocked.told[0]
    assert len(stocked.account.sent("POST /disconnects")) == 1


async def test_a_killed_release_is_found_and_not_sent_again(
    open_account: Open, tmp_path: Path
) -> None:
    stocked = stock(open_account(order_delay=100.0, list_lag=10.0), tmp_path)
    stocked.account.time.advance(3600)
    stocked.account.fail("drop-after", "POST", "/disconnects$")
    await stocked.release([FIRST], until="looking")
    plan, events = await stocked.release([FIRST])
    assert "cut off before it heard what became of: release" in stocked.told[0]
    (change,) = plan.changes
    assert "no second is placed" in change.reason
    assert only_end(events).status in (Status.DONE, Status.OPEN)
    assert len(stocked.account.sent("POST /disconnects")) == 1


async def test_what_somebody_is_releasing_is_waited_for(open_account: Open, tmp_path: Path) -> None:
    """Without a journal of it, and weeks of older orders in the list."""
    stocked = stock(open_account(order_delay=100.0), tmp_path)
    stocked.account.time.advance(3600)
    await stocked.release([FIRST])
    stocked.path.unlink()
    plan, _ = await stocked.release([FIRST, SECOND])
    assert sorted(change.address.path[-1] for change in plan.changes) == [
        f"{FIRST}, released",
        f"{SECOND}, released",
    ]
    assert len(stocked.account.sent("POST /disconnects")) == 2
    assert on_east(stocked.account) == [THIRD]


async def test_what_is_gone_by_then_is_not_sent_again(open_account: Open, tmp_path: Path) -> None:
    """No list shows the order, and the numbers themselves tell."""
    stocked = stock(open_account(list_lag=300.0), tmp_path)
    stocked.account.fail("drop-after", "POST", "/disconnects$")
    _, events = await stocked.release([FIRST])
    assert (only_end(events).status, only_end(events).id) == (Status.DONE, None)
    assert len(stocked.account.sent("POST /disconnects")) == 1


async def test_a_refused_number_is_told_with_its_reason(stocked: Releasing) -> None:
    """It was released by somebody else between the look and the order."""
    body = (
        "<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType><TelephoneNumberList>"
        "<TelephoneNumber>{}</TelephoneNumber></TelephoneNumberList>"
        "</DisconnectTelephoneNumberOrderType></DisconnectTelephoneNumberOrder>"
    )
    stocked.account.fail("status-before", "POST", "/tns", status=403, times=None)
    stocked.account.call("POST", "/disconnects", body.format(FIRST.removeprefix("+1")))
    stocked.account.time.advance(60)
    _, events = await stocked.release([FIRST, SECOND])
    end = only_end(events)
    assert (end.status, end.numbers) == (Status.SHORT, (SECOND,))
    assert f"PARTIAL with 1 of 2 numbers: {FIRST}: 5006" in end.error


async def test_what_a_block_would_lack_is_not_released(stocked: Releasing) -> None:
    with pytest.raises(PlanRefused) as refused:
        await stocked.release([FIRST, SECOND], of_area_code(2))
    (problem,) = refused.value.problems
    assert problem.code == "still-wanted"
    assert "declares 2, and would lack 1 more" in problem.detail
    assert "Lower its quantity to 1 first" in problem.detail
    assert problem.origin is not None
    assert not stocked.account.sent("POST /disconnects")
    await stocked.release([FIRST], of_area_code(2))
    assert on_east(stocked.account) == [SECOND, THIRD]


async def test_a_listed_number_is_not_released(stocked: Releasing) -> None:
    listing = spec(f"{{telephone_numbers: ['{FIRST}', '{SECOND}']}}")
    with pytest.raises(PlanRefused) as refused:
        await stocked.release([SECOND, THIRD], listing)
    (problem,) = refused.value.problems
    assert f"lists {SECOND}" in problem.detail
    assert problem.origin is not None


async def test_after_a_release_nothing_is_bought(stocked: Releasing) -> None:
    await stocked.release([FIRST, SECOND], of_area_code(1))
    stocked.account.time.advance(3600)
    assert not (await stocked.account.plan(of_area_code(1))).plan.has_changes


async def test_an_answer_that_never_comes_is_told(stocked: Releasing) -> None:
    """Nothing was carried out either: three tries, and each was looked for."""
    stocked.account.fail("drop-before", "POST", "/disconnects$", nth=None)
    _, events = await stocked.release([FIRST])
    end = only_end(events)
    assert (end.status, end.wrote) == (Status.FAILED, True)
    assert "was sent 3 times" in end.error
    assert on_east(stocked.account) == [FIRST, SECOND, THIRD]


async def test_an_order_that_the_account_does_not_know_any_more_is_passed_over(
    open_account: Open, tmp_path: Path
) -> None:
    stocked = stock(open_account(order_delay=100.0), tmp_path)
    stocked.account.time.advance(3600)
    stocked.account.call(
        "POST",
        "/disconnects",
        "<DisconnectTelephoneNumberOrder><DisconnectTelephoneNumberOrderType><TelephoneNumberList>"
        f"<TelephoneNumber>{THIRD.removeprefix('+1')}</TelephoneNumber></TelephoneNumberList>"
        "</DisconnectTelephoneNumberOrderType></DisconnectTelephoneNumberOrder>",
    )
    stocked.account.fail("status-before", "GET", "/disconnects/[^/?]+$", status=404)
    plan, _ = await stocked.release([FIRST])
    assert [change.reason for change in plan.changes] == [""]
