"""Telephone numbers by name: ordered once, or moved where the account has them already."""

from __future__ import annotations

import pytest

from provisioner.errors import PlanRefused
from provisioner.execution.events import Status, StepRetried
from provisioner.planning import Verb
from tests.account.conftest import Account, Open
from tests.execution.conftest import FIRST, SECOND, THIRD, deeds, held, listed

pytestmark = pytest.mark.anyio


# Ordering


async def test_listed_numbers_are_ordered_by_name_and_then_there(
    account: Account, east: str
) -> None:
    run = await account.apply(listed(SECOND, FIRST))
    assert deeds(run) == [(Verb.ORDER, (FIRST, SECOND))]
    assert held(account, east) == [FIRST, SECOND]
    account.time.advance(3600)
    account.log.clear()
    again = await account.plan(listed(SECOND, FIRST))
    assert (again.plan.has_changes, again.plan.warnings) == (False, ())
    assert not account.sent("POST"), "what is on its location is not asked about"


async def test_a_number_that_is_added_is_ordered_alone(account: Account, east: str) -> None:
    assert (await account.apply(listed(FIRST, THIRD))).done
    account.time.advance(3600)
    run = await account.apply(listed(FIRST, SECOND, THIRD))
    assert deeds(run) == [(Verb.ORDER, (SECOND,))]


async def test_a_number_that_is_added_while_the_others_are_on_order_is_ordered_alone(
    open_account: Open,
) -> None:
    account = open_account(order_delay=100.0)
    east = account.sippeer(account.site())
    open_still = await account.apply(listed(FIRST, SECOND), order_timeout=1)
    assert set(open_still.statuses.values()) == {Status.OPEN}
    run = await account.plan(listed(FIRST, SECOND, THIRD))
    (change,) = [each for each in run.plan.changes if each.count]
    assert change.body.attributes["ordered_numbers"] == (THIRD,)
    assert (await account.carry_out(run, order_timeout=600)).done
    assert held(account, east) == [FIRST, SECOND, THIRD]


async def test_a_list_that_begins_with_another_number_buys_none_twice(
    account: Account, east: str
) -> None:
    assert (await account.apply(listed(SECOND, THIRD))).done
    run = await account.apply(listed(FIRST, SECOND, THIRD))
    assert deeds(run) == [(Verb.ORDER, (FIRST,))]
    assert held(account, east) == [FIRST, SECOND, THIRD]


async def test_what_cannot_be_had_is_told_by_number(account: Account, east: str) -> None:
    nobodys = "+19105551234"
    run = await account.apply(listed(FIRST, nobodys))
    (ended,) = run.finished.values()
    assert (ended.status, ended.numbers) == (Status.SHORT, (FIRST,))
    assert "5005" in ended.error
    account.time.advance(3600)
    again = await account.plan(listed(FIRST, nobodys))
    (change,) = [each for each in again.plan.changes if each.count]
    assert change.body.attributes["ordered_numbers"] == (nobodys,)
    assert "ended PARTIAL: 5005" in change.reason


async def test_a_number_that_was_released_is_ordered_again(account: Account, east: str) -> None:
    assert (await account.apply(listed(FIRST, SECOND))).done
    account.time.advance(3600)
    order = "DisconnectTelephoneNumberOrder"
    account.call(
        "POST",
        "/disconnects",
        f"<{order}><{order}Type><TelephoneNumberList><TelephoneNumber>{FIRST[2:]}"
        f"</TelephoneNumber></TelephoneNumberList></{order}Type></{order}>",
    )
    account.time.advance(3600)
    run = await account.apply(listed(FIRST, SECOND))
    assert deeds(run) == [(Verb.ORDER, (FIRST,))]
    assert held(account, east) == [FIRST, SECOND]


# Moving


async def test_numbers_on_another_location_are_moved_and_not_bought(
    account: Account, east: str, west: str
) -> None:
    run = await account.apply(listed(FIRST, SECOND))
    assert deeds(run) == [(Verb.MOVE, (FIRST, SECOND))]
    assert (held(account, east), held(account, west)) == ([FIRST, SECOND], [])
    assert len(account.sent("POST", "/orders")) == 1, "the one that brought them"
    account.time.advance(3600)
    assert not (await account.plan(listed(FIRST, SECOND))).plan.has_changes


async def test_some_are_moved_and_the_others_ordered(
    account: Account, east: str, west: str
) -> None:
    run = await account.apply(listed(FIRST, THIRD))
    assert sorted(deeds(run)) == [(Verb.MOVE, (FIRST,)), (Verb.ORDER, (THIRD,))]
    assert (held(account, east), held(account, west)) == ([FIRST, THIRD], [SECOND])


async def test_numbers_of_another_site_are_moved_to_a_location_that_is_made_for_them(
    account: Account, west: str
) -> None:
    spec = listed(FIRST).replace("Raleigh", "Cary")
    street = "address: {house_number: 1, street_name: X, city: Y, state_code: DC, zip: 20006}"
    run = await account.apply(spec.replace("{sippeers", f"{{{street}, sippeers"))
    assert run.done
    assert [verb for verb, _ in deeds(run)] == [Verb.CREATE, Verb.CREATE, Verb.MOVE]
    assert held(account, west) == [SECOND]


async def test_a_number_that_its_location_would_lack_stays(
    account: Account, east: str, west: str
) -> None:
    account.call("PUT", east, peer("East", default=False).replace("false", "true"))
    with pytest.raises(PlanRefused) as caught:
        await account.plan(listed(FIRST, west="{area_code: 910, quantity: 2}"))
    assert [each.code for each in caught.value.problems] == ["number-claimed-elsewhere"]
    run = await account.apply(listed(FIRST, west="{area_code: 910, quantity: 1}"))
    assert (Verb.MOVE, (FIRST,)) in deeds(run)


def peer(name: str, *, default: bool) -> str:
    flag = str(default).lower()
    return f"<SipPeer><PeerName>{name}</PeerName><IsDefaultPeer>{flag}</IsDefaultPeer></SipPeer>"


async def test_a_move_whose_answer_was_lost_is_looked_for_and_not_made_again(
    account: Account, east: str, west: str
) -> None:
    account.fail("drop-after", "POST", "/moveTns")
    run = await account.apply(listed(FIRST))
    assert deeds(run) == [(Verb.MOVE, (FIRST,))]
    assert any(isinstance(each, StepRetried) for each in run.events)
    assert len(account.sent("POST", "/moveTns")) == 1
    assert held(account, east) == [FIRST]


async def test_a_move_that_never_arrived_is_made_again(
    account: Account, east: str, west: str
) -> None:
    account.fail("drop-before", "POST", "/moveTns")
    run = await account.apply(listed(FIRST))
    assert deeds(run) == [(Verb.MOVE, (FIRST,))]
    assert len(account.sent("POST", "/moveTns")) == 2


async def test_a_move_without_any_answer_fails_and_says_so(
    account: Account, east: str, west: str
) -> None:
    account.fail("drop-before", "POST", "/moveTns", nth=None)
    run = await account.apply(listed(FIRST))
    (ended,) = run.finished.values()
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "without an answer" in ended.error
    assert held(account, west) == [FIRST, SECOND]


async def test_a_move_that_is_refused_is_told(account: Account, east: str, west: str) -> None:
    run = await account.plan(listed(FIRST))
    account.fail("status-before", "POST", "/moveTns", status=400, nth=None)
    done = await account.carry_out(run)
    (ended,) = done.finished.values()
    assert (ended.status, ended.wrote) == (Status.FAILED, False)


async def test_a_move_is_followed_to_its_end(open_account: Open) -> None:
    account = open_account(order_delay=10.0)
    east = account.sippeer(account.site())
    west = account.sippeer(east.partition("/sippeers")[0], "West", default=False)
    account.order(west, "others", quantity=2)
    account.time.advance(3600)
    run = await account.apply(listed(FIRST))
    assert run.done
    assert len(account.sent("GET", "/moveTns/")) > 1
    assert held(account, east) == [FIRST]


async def test_what_did_not_move_is_told_with_the_reason(
    account: Account, east: str, west: str
) -> None:
    planned = await account.plan(listed(FIRST, SECOND))
    order = "DisconnectTelephoneNumberOrder"
    account.call(
        "POST",
        "/disconnects",
        f"<{order}><{order}Type><TelephoneNumberList><TelephoneNumber>{FIRST[2:]}"
        f"</TelephoneNumber></TelephoneNumberList></{order}Type></{order}>",
    )
    account.time.advance(3600)
    run = await account.carry_out(planned)
    (ended,) = run.finished.values()
    assert (ended.status, ended.numbers) == (Status.SHORT, (SECOND,))
    assert "7518" in ended.error


async def test_where_the_credentials_do_not_open_numbers_nothing_is_bought_or_moved(
    account: Account, east: str
) -> None:
    account.fail("status-before", "POST", "/tns", status=403, nth=None)
    account.fail("status-before", "GET", "/tns/", status=403, nth=None)
    run = await account.plan(listed(FIRST))
    assert not run.plan.has_changes
    assert [each.code for each in run.plan.warnings] == ["number-nowhere"]
