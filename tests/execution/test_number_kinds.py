"""Blocks of every kind on the sandbox: bought, found again, and converged to."""

from __future__ import annotations

import pytest

from provisioner.execution.events import Status
from provisioner.planning import Action
from tests.account.conftest import Account, Open, Run

pytestmark = pytest.mark.anyio

SPEC = "sites: {{Raleigh: {{sippeers: {{East: {{numbers: [{{{0}}}]}}}}}}}}"
KINDS = {
    "area_code": "area_code: 910",
    "npa_nxx": "npa_nxx: 919439",
    "npa_nxx-around": "npa_nxx: 919439, local_calling_area: true",
    "rate_center": "rate_center: Cary, state: nc",
    "rate_center-around": "rate_center: Cary, state: nc, local_calling_area: true",
    "city": "city: Chapel Hill, state: NC",
    "state": "state: VA",
    "zip": "zip: 80501",
    "lata": "lata: 722",
    "toll_free": "toll_free: 8**",
    "toll_free-one": "toll_free: 833",
    "toll_free_vanity": "toll_free_vanity: taxi",
    "local_vanity": "local_vanity: cars, area_code: 617",
    "combined": "area_code: 303, city: Boulder, state: CO",
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def account(open_account: Open) -> Account:
    """With every number in stock that there can be, words to spell among them."""
    return open_account(stock=7_910_000)


def release(account: Account, *numbers: str) -> None:
    listed = "".join(f"<TelephoneNumber>{each[-10:]}</TelephoneNumber>" for each in numbers)
    order = "DisconnectTelephoneNumberOrder"
    account.call(
        "POST",
        "/disconnects",
        f"<{order}><{order}Type><TelephoneNumberList>{listed}</TelephoneNumberList>"
        f"</{order}Type></{order}>",
    )
    account.time.advance(3600)


def numbers_on(account: Account, sippeer: str) -> list[str]:
    return account.texts(f"{sippeer}/tns", "FullNumber")


def ordered(run: Run) -> int:
    return run.plan.summary.numbers_to_order


# Every kind


@each_kind
async def test_a_block_is_bought_once_and_then_there(
    account: Account, east: str, kind: str
) -> None:
    spec = SPEC.format(f"{kind}, quantity: 2")
    assert (await account.apply(spec)).done
    assert len(numbers_on(account, east)) == 2
    account.time.advance(3600)
    again = await account.plan(spec)
    assert (again.plan.has_changes, again.plan.warnings) == (False, ())


@each_kind
async def test_a_number_that_was_released_is_replaced_by_one(
    account: Account, east: str, kind: str
) -> None:
    spec = SPEC.format(f"{kind}, quantity: 2")
    assert (await account.apply(spec)).done
    account.time.advance(3600)
    release(account, numbers_on(account, east)[0])
    run = await account.apply(spec)
    assert (ordered(run), run.done) == (1, True)
    (change,) = [each for each in run.plan.changes if each.action is Action.ORDER]
    assert change.reason == "replaces 1 number released since"
    assert str(change.body.attributes["customer_order_id"]).endswith("-2")
    assert len(numbers_on(account, east)) == 2


@each_kind
async def test_a_raised_quantity_orders_the_difference(
    account: Account, east: str, kind: str
) -> None:
    assert (await account.apply(SPEC.format(f"{kind}, quantity: 1"))).done
    run = await account.apply(SPEC.format(f"{kind}, quantity: 3"))
    assert (ordered(run), run.done) == (2, True)
    assert len(numbers_on(account, east)) == 3


async def test_all_kinds_together_are_bought_once(account: Account, east: str) -> None:
    """Many numbers are of several kinds; each counts for one block."""
    blocks = "}, {".join(
        f"{kind}, quantity: 2" for name, kind in KINDS.items() if "around" not in name
    )
    spec = SPEC.format(blocks)
    assert (await account.apply(spec)).done
    account.time.advance(3600)
    again = await account.plan(spec)
    assert (again.plan.has_changes, again.plan.warnings) == (False, ())
    for number in numbers_on(account, east)[::5]:
        release(account, number)
        run = await account.apply(spec)
        assert (ordered(run), run.done) == (1, True)
        account.time.advance(3600)


async def test_a_block_that_gives_up_a_number_is_looked_up_before_it_buys(
    account: Account, east: str
) -> None:
    """Without orders the exchange's block has the number; then it turns out whose it is."""
    assert (await account.apply(SPEC.format("area_code: 910, quantity: 1"))).done
    account.time.advance(3600)
    account.log.clear()
    both = SPEC.format("area_code: 910, quantity: 2}, {npa_nxx: 910321, quantity: 1")
    run = await account.plan(both)
    assert ordered(run) == 2
    looked_up = {
        each.address.path[-1] for each in run.plan.changes if each.address in run.live.orders
    }
    assert looked_up == {"area_code=910", "npa_nxx=910321"}
    assert (await account.carry_out(run)).done
    assert len(numbers_on(account, east)) == 3


# Stock, in part and on back order


async def test_without_stock_an_order_fails_and_the_next_run_tries_again(
    open_account: Open,
) -> None:
    account = open_account(stock_by_area_code={"910": 0})
    account.sippeer(account.site())
    spec = SPEC.format("area_code: 910, quantity: 2")
    run = await account.apply(spec)
    assert set(run.statuses.values()) == {Status.SHORT}
    again = await account.plan(spec)
    (change,) = [each for each in again.plan.changes if each.action is Action.ORDER]
    assert "ended FAILED: 5018" in change.reason
    assert str(change.body.attributes["customer_order_id"]).endswith("-2")


@pytest.mark.parametrize(("partial", "left"), [("true", 2), ("false", 3)])
async def test_a_partial_order_leaves_the_rest_to_the_next_run(
    open_account: Open, partial: str, left: int
) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    account.sippeer(account.site())
    spec = SPEC.format(f"area_code: 910, quantity: 3, partial_allowed: {partial}")
    assert set((await account.apply(spec)).statuses.values()) == {Status.SHORT}
    account.time.advance(3600)
    assert ordered(await account.plan(spec)) == left


BACK = "area_code: 910, quantity: %d, back_order: true"


async def test_a_back_order_counts_and_once_it_is_left_over_it_is_named(
    open_account: Open,
) -> None:
    account = open_account(stock_by_area_code={"910": 1})
    east = account.sippeer(account.site())
    run = await account.apply(SPEC.format(BACK % 3))
    assert set(run.statuses.values()) == {Status.OPEN}
    again = await account.plan(SPEC.format(BACK % 3))
    assert (again.plan.steps, again.plan.back_ordered, again.plan.warnings) == ((), 2, ())
    (order,) = [each.id for orders in again.live.orders.values() for each in orders]

    for spec in (BACK % 1, "area_code: 919, quantity: 1"):
        left = await account.plan(SPEC.format(spec))
        (warning,) = left.plan.warnings
        assert warning.code == "back-order-left"
        assert f"provisioner release --order {order}" in warning.detail

    account.call("PUT", f"/orders/{order}", "<Order><CloseOrder>true</CloseOrder></Order>")
    closed = await account.plan(SPEC.format(BACK % 3))
    assert (ordered(closed), closed.plan.warnings) == (2, ())
    assert len(numbers_on(account, east)) == 1


async def test_a_back_order_counts_although_the_orders_before_it_are_listed_no_more(
    open_account: Open,
) -> None:
    account = open_account(stock_by_area_code={"910": 0})
    east = account.sippeer(account.site())
    ((_, key),) = (await account.plan(SPEC.format(BACK % 2))).live.order_keys.items()
    account.order(east, f"{key}-9", 2, "<BackOrderRequested>true</BackOrderRequested>")
    account.time.advance(3600)
    again = await account.plan(SPEC.format(BACK % 2))
    assert (ordered(again), again.plan.back_ordered) == (0, 2)


async def test_a_back_order_for_another_files_location_is_none_of_our_business(
    open_account: Open,
) -> None:
    account = open_account(stock_by_area_code={"910": 0})
    site = account.site()
    account.sippeer(site)
    account.sippeer(site, "West", default=False)
    west = SPEC.format(BACK % 1).replace("East", "West")
    assert set((await account.apply(west)).statuses.values()) == {Status.OPEN}
    ours = await account.plan(SPEC.format("area_code: 919, quantity: 1"))
    assert ours.plan.warnings == ()


async def test_back_orders_that_are_not_shown_are_passed_over(account: Account, east: str) -> None:
    account.fail("status-before", "GET", "status=BACKORDERED", status=403)
    run = await account.plan(SPEC.format("area_code: 910, quantity: 1"))
    assert ordered(run) == 1
