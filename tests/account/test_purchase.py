"""An order for a number block is placed exactly once."""

from __future__ import annotations

import pytest

from provisioner.account.intents import Unrecorded
from provisioner.account.purchase import buy_numbers
from provisioner.account.writer import Writer
from provisioner.errors import AccountError
from provisioner.execution.events import Event, Status, StepRetried, StepStarted
from provisioner.model import Address, Resource
from provisioner.planning import Action, Change, Verb
from provisioner.planning.numbers import block_order_key, customer_order_id
from provisioner.resources import resource_types
from tests.account.conftest import ACCOUNT, Account, Open, Run

pytestmark = pytest.mark.anyio

SPEC = "sites: {Raleigh: {sippeers: {East: {numbers: [{area_code: '910', quantity: 2}]}}}}"
BLOCK = "numbers Raleigh/East/area_code=910"


def key_of(peer: str) -> str:
    _, _, site, _, sippeer = peer.split("/")
    numbers = resource_types()["numbers"]
    block = Resource(Address("numbers", ("R", "E", "x")), {"area_code": "910"})
    return block_order_key(ACCOUNT, site, sippeer, block, numbers)


def retries(run: Run) -> list[str]:
    return [each.reason for each in run.events if isinstance(each, StepRetried)]


def posts(account: Account) -> int:
    return len(account.sent("POST", "/orders"))


@pytest.fixture
def peer(account: Account) -> str:
    made = account.sippeer(account.site())
    account.log.clear()
    return made


async def test_an_order_carries_all_that_the_service_would_guess_otherwise(
    account: Account, peer: str
) -> None:
    await account.apply(SPEC)
    sent = next(each for each in account.log if each.method == "POST").request.decode()
    _, _, site, _, sippeer = peer.split("/")
    for part in (
        f"<CustomerOrderId>{key_of(peer)}-1</CustomerOrderId>",
        "<Name>area code 910</Name>",
        "<BackOrderRequested>false</BackOrderRequested>",
        "<PartialAllowed>true</PartialAllowed>",
        "<AreaCode>910</AreaCode>",
        "<Quantity>2</Quantity>",
        f"<SiteId>{site}</SiteId>",
        f"<PeerId>{sippeer}</PeerId>",
    ):
        assert part in sent


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("drop-before", True),
        ("status-before", True),
        ("drop-after", False),
        ("status-after", False),
        ("truncate", False),
    ],
)
async def test_an_order_whose_answer_was_lost_is_looked_for_and_placed_once(
    account: Account, peer: str, kind: str, waits: bool
) -> None:
    account.fail(kind, "POST", "/orders")
    began = account.time.time
    run = await account.apply(SPEC)
    assert run.done
    assert posts(account) == (2 if waits else 1)
    assert (account.time.time - began > 30) is waits
    assert f"looking for {key_of(peer)}-1" in retries(run)[0]
    contents = account.contents()
    assert contents["orders"] == [f"{key_of(peer)}-1"]
    assert len(contents["numbers"]) == 2


async def test_an_answer_without_a_body_still_has_its_location(account: Account, peer: str) -> None:
    account.fail("garbage", "POST", "/orders")
    run = await account.apply(SPEC)
    assert run.done
    assert retries(run) == []
    assert posts(account) == 1


async def test_an_order_that_comes_late_to_the_list_is_adopted(open_account: Open) -> None:
    account = open_account(list_lag=20.0)
    account.sippeer(account.site())
    account.time.advance(60)
    account.fail("drop-after", "POST", "/orders")
    run = await account.apply(SPEC)
    assert run.done
    assert posts(account) == 1


async def test_an_order_that_is_lost_again_and_again_is_given_up_on(
    account: Account, peer: str
) -> None:
    account.fail("drop-before", "POST", "/orders", nth=None)
    run = await account.apply(SPEC)
    ended = run.finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "was sent 3 times" in ended.error
    assert "Run again later" in ended.error
    assert posts(account) == 3
    account.faults.clear()
    assert (await account.apply(SPEC)).done
    assert len(account.contents()["numbers"]) == 2


async def test_a_lost_order_that_cannot_be_looked_for_is_not_placed_again(
    account: Account, peer: str
) -> None:
    planned = await account.plan(SPEC)
    account.fail("drop-after", "POST", "/orders")
    account.fail("status-before", "GET", "/orders", nth=2, status=403)
    run = await account.carry_out(planned)
    ended = run.finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.FAILED, True)
    assert "may have been ordered" in ended.error
    assert posts(account) == 1
    run = await account.apply(SPEC)
    assert run.plan.summary.numbers_to_order == 0
    assert len(account.contents()["orders"]) == 1


async def test_what_another_run_ordered_since_the_plan_is_not_ordered_again(
    account: Account, peer: str
) -> None:
    planned = await account.plan(SPEC)
    theirs = account.order(peer, f"{key_of(peer)}-1", quantity=2)
    run = await account.carry_out(planned)
    assert run.finished[BLOCK].id == theirs
    assert run.finished[BLOCK].status is Status.DONE
    assert len(run.finished[BLOCK].numbers) == 2
    assert retries(run) == [f"{key_of(peer)}-1 was ordered meanwhile; not ordering again"]
    assert len(account.contents()["orders"]) == 1


async def test_two_orders_under_one_id_are_told_loudly_and_both_count(account: Account) -> None:
    account.site()

    def order_at_the_same_moment(event: Event) -> None:
        if isinstance(event, StepStarted) and str(event.step.address) == BLOCK:
            account.order(f"/sites/13651/sippeers/{ids[0]}", f"{key}-1", quantity=2)

    ids = ["540341"]
    key = key_of(f"/sites/13651/sippeers/{ids[0]}")
    run = await account.apply(SPEC, on_event=order_at_the_same_moment)
    assert account.texts("/sites/13651/sippeers", "PeerId") == ids
    (told,) = retries(run)
    assert told.startswith(f"ATTENTION: 2 orders carry {key}-1")
    assert len(run.finished[BLOCK].numbers) == 4
    again = await account.plan(SPEC)
    assert again.plan.steps == ()


async def test_two_orders_after_a_lost_answer_are_told_loudly_as_well(
    account: Account, peer: str
) -> None:
    account.fail("drop-after", "POST", "/orders")

    def order_while_it_looks(event: Event) -> None:
        if isinstance(event, StepRetried) and "looking for" in event.reason:
            account.order(peer, f"{key_of(peer)}-1", quantity=2)

    run = await account.apply(SPEC, on_event=order_while_it_looks)
    lost, told = retries(run)
    assert "looking for" in lost
    assert told.startswith(f"ATTENTION: 2 orders carry {key_of(peer)}-1")
    assert len(run.finished[BLOCK].numbers) == 4
    assert (await account.plan(SPEC)).plan.steps == ()


async def test_a_failed_look_up_after_an_order_is_told_and_the_order_followed(
    account: Account, peer: str
) -> None:
    planned = await account.plan(SPEC)
    account.fail("status-before", "GET", "/orders.page", nth=2, status=403)
    run = await account.carry_out(planned)
    assert run.done
    (told,) = retries(run)
    assert "could not be looked up" in told
    assert posts(account) == 1


async def test_a_refused_order_changed_nothing(account: Account, peer: str) -> None:
    planned = await account.plan(SPEC)
    account.call("DELETE", peer)
    run = await account.carry_out(planned)
    ended = run.finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "error 5023" in ended.error


async def test_a_new_sippeer_needs_no_look_up_before_its_order(account: Account) -> None:
    account.site()
    account.log.clear()
    assert (await account.apply(SPEC)).done
    names = [each.partition("?")[0] for each in account.requests]
    assert names.index("POST /orders") < names.index("GET /orders")


async def test_a_sippeer_that_was_there_after_all_may_have_its_order_already(
    open_account: Open,
) -> None:
    account = open_account(list_lag=20.0)
    account.site()
    account.time.advance(60)
    assert (await account.apply(SPEC)).done
    hidden = await account.plan(SPEC)
    assert [str(each.address) for each in hidden.plan.steps] == ["sippeer Raleigh/East", BLOCK]
    run = await account.carry_out(hidden)
    assert run.done
    contents = account.contents()
    assert len(contents["orders"]) == 1
    assert len(contents["numbers"]) == 2


async def test_the_order_of_such_a_sippeer_may_come_to_the_list_later_still(
    open_account: Open,
) -> None:
    account = open_account(list_lag=20.0)
    site = account.site()
    account.time.advance(60)
    hidden = account.sippeer(site)
    account.time.advance(10)
    account.order(hidden, f"{key_of(hidden)}-1", quantity=2)
    run = await account.apply(SPEC)
    assert run.done
    assert len(account.contents()["orders"]) == 1


async def test_a_sippeer_found_after_a_lost_answer_may_be_somebody_elses(account: Account) -> None:
    site = account.site()
    theirs: list[str] = []

    def make_it_meanwhile(event: Event) -> None:
        if isinstance(event, StepRetried) and not theirs:
            peer = account.sippeer(site)
            theirs.append(account.order(peer, f"{key_of(peer)}-1", quantity=2))

    account.fail("drop-before", "POST", "/sippeers")
    run = await account.apply(SPEC, on_event=make_it_meanwhile)
    assert run.finished[BLOCK].id == theirs[0]
    assert len(account.contents()["orders"]) == 1


async def test_nothing_is_bought_for_a_sippeer_that_has_numbers_which_the_plan_did_not_see(
    account: Account,
) -> None:
    site = account.site()
    planned = await account.plan(SPEC)
    account.order(account.sippeer(site), "by hand", quantity=2)
    account.time.advance(60)
    ended = (await account.carry_out(planned)).finished[BLOCK]
    assert (ended.status, ended.wrote) == (Status.FAILED, False)
    assert "with 2 numbers that may count" in ended.error
    again = await account.apply(SPEC)
    assert (again.plan.steps, account.contents()["orders"]) == ((), ["by hand"])


async def test_what_a_run_buys_for_one_block_does_not_keep_it_from_the_next(
    account: Account,
) -> None:
    """The location was made by this run, and the answer to that was lost."""
    account.site()
    account.fail("drop-after", "POST", "/sippeers")
    two = SPEC.replace("quantity: 2}", "quantity: 2}, {area_code: '303', quantity: 1}")
    assert (await account.apply(two, parallelism=1)).done
    assert len(account.contents()["numbers"]) == 3


ORDER_ANSWER = "<OrderResponse><Order>{}</Order><OrderStatus>{}</OrderStatus>{}</OrderResponse>"


def show_order(account: Account, status: str, quantity: str = "", more: str = "") -> None:
    """Has the account tell this of every order."""
    body = ORDER_ANSWER.format(quantity, status, more).encode()
    account.fail("status-before", "GET", "/orders/", nth=None, status=200, body=body)


async def test_an_open_order_that_does_not_say_for_how_many_it_is_covers_all_that_is_missing(
    account: Account, peer: str
) -> None:
    theirs = account.order(peer, f"{key_of(peer)}-1", quantity=1)
    account.log.clear()
    show_order(account, "RECEIVED")
    planned = await account.plan(SPEC.replace("quantity: 2", "quantity: 50"))
    assert [each.verb for each in planned.plan.steps] == [Verb.AWAIT]
    assert planned.plan.summary.numbers_to_order == 0
    run = await account.carry_out(planned, order_timeout=10)
    ended = run.finished[BLOCK]
    assert (ended.status, ended.id) == (Status.OPEN, theirs)
    assert posts(account) == 0


async def test_an_order_at_its_end_that_says_nothing_brought_nothing(
    account: Account, peer: str
) -> None:
    account.order(peer, f"{key_of(peer)}-1", quantity=1)
    show_order(account, "FAILED")
    (step,) = (await account.plan(SPEC)).plan.steps
    assert step.change.body.attributes["customer_order_id"] == f"{key_of(peer)}-2"
    assert step.change.body.attributes["quantity"] == 2


async def test_numbers_that_an_order_brought_and_nobody_names_are_not_bought_again(
    account: Account, peer: str
) -> None:
    account.order(peer, f"{key_of(peer)}-1", quantity=1)
    show_order(
        account, "COMPLETE", "<Quantity>2</Quantity>", "<CompletedQuantity>2</CompletedQuantity>"
    )
    planned = await account.plan(SPEC)
    assert planned.plan.steps == ()
    (step,) = (await account.plan(SPEC.replace("quantity: 2", "quantity: 5"))).plan.steps
    assert step.change.body.attributes["quantity"] == 3


async def test_numbers_that_are_on_another_location_by_now_are_named_and_not_bought_again(
    account: Account, peer: str
) -> None:
    other = account.sippeer("/sites/13651", "West", default=False)
    account.order(other, f"{key_of(peer)}-1", quantity=2)
    account.time.advance(3600)
    planned = await account.plan(SPEC)
    assert planned.plan.steps == ()
    (warning,) = planned.plan.warnings
    assert warning.code == "misplaced-numbers"
    for number in account.texts(f"{other}/tns", "FullNumber"):
        assert f"+1{number} (sippeer {other.rpartition('/')[2]})" in warning.detail
    assert warning.origin is not None


async def test_without_a_location_nothing_is_ordered(account: Account) -> None:
    block = Resource(Address("numbers", ("R", "E", "x")), {"area_code": "910", "quantity": 1})
    async with account.client() as client:
        change = Change(Action.ORDER, block.address, None, block)
        with pytest.raises(AccountError, match="no location"):
            await buy_numbers(Writer(client, resource_types(), Unrecorded()), change, {}, print)
    assert account.requests == []


async def test_the_next_generation_makes_up_for_what_an_order_did_not_bring(
    open_account: Open,
) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    peer = account.sippeer(account.site())
    run = await account.apply(SPEC)
    ended = run.finished[BLOCK]
    assert ended.status is Status.SHORT
    assert "ended PARTIAL with 1 of 2 numbers" in ended.error
    assert "5017" in ended.error
    again = await account.plan(SPEC)
    (step,) = again.plan.steps
    assert step.change.body.attributes["customer_order_id"] == customer_order_id(key_of(peer), 2)
    assert step.change.body.attributes["quantity"] == 1
    ended = (await account.carry_out(again)).finished[BLOCK]
    assert ended.status is Status.SHORT
    assert "ended FAILED with 0 of 1 numbers" in ended.error
