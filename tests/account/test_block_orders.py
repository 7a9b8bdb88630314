"""Numbers that a block's orders brought: there, gone, or somewhere else."""

from __future__ import annotations

import pytest

from provisioner.account.block_orders import OwnOrders, own_orders
from provisioner.account.paths import wire_number
from provisioner.errors import Unreachable
from tests.account.conftest import DROP, Say, Stage, by_path, staged

pytestmark = pytest.mark.anyio

KEY = "bwp-00000000000000000000"
LISTED, LOST = "+19105550001", "+19105550002"
LONG_AGO = "2020-01-01T00:00:00Z"
JUST_NOW = "2023-11-14T22:13:15Z"  # five seconds before the clock of these tests


async def look(
    lost: Say,
    place: Say,
    *,
    ended: str = f"<OrderCompleteDate>{LONG_AGO}</OrderCompleteDate>",
    status: str = "COMPLETE",
    settle: float = 30,
    date: str = "",
) -> tuple[OwnOrders, Stage]:
    """One order that brought two numbers, of which the location lists one."""
    row = f"<CustomerOrderId>{KEY}-1</CustomerOrderId><orderId>a</orderId>"
    numbers = "".join(
        f"<TelephoneNumber><FullNumber>{wire_number(each, 'v1')}</FullNumber></TelephoneNumber>"
        for each in (LISTED, LOST)
    )
    rows = f"<OrderIdUserIdDate>{row}</OrderIdUserIdDate>"
    listed = Say(
        body=f"<ResponseSelectWrapper>{rows}</ResponseSelectWrapper>",
        headers={"Date": date} if date else {},
    )
    answers: dict[str, str | Say] = {
        f"GET /orders?page=1&size=300&customerOrderId={KEY}-1": listed,
        "GET /orders?": "<ResponseSelectWrapper/>",
        "GET /orders/a": (
            "<OrderResponse><Order><AreaCodeSearchAndOrderType><Quantity>2</Quantity>"
            f"</AreaCodeSearchAndOrderType></Order><OrderStatus>{status}</OrderStatus>{ended}"
            f"<CompletedNumbers>{numbers}</CompletedNumbers></OrderResponse>"
        ),
        "GET /api/tns/9105550002": lost,
        "GET /api/tns/9105550002/sippeers": place,
    }
    async with staged(by_path(answers)) as stage, stage.client() as client:
        return await own_orders(client, KEY, "2", [LISTED], settle), stage


def at(sippeer_id: str) -> Say:
    return Say(body=f"<SipPeer><Id>{sippeer_id}</Id></SipPeer>")


GONE = Say(404, "<ErrorResponse/>")
IN_SERVICE = Say(
    body="<TelephoneNumberResponse><Status>Inservice</Status></TelephoneNumberResponse>"
)


async def test_a_number_that_the_account_says_is_gone_counts_no_more() -> None:
    own, stage = await look(GONE, at("2"))
    (order,) = own.orders
    assert (order.numbers, order.gone) == ((LISTED,), (LOST,))
    assert order.brought == 2
    assert own.misplaced == {}
    assert sum("/tns/" in each for each in stage) == 1, "what is listed is not looked up"


@pytest.mark.parametrize("place", [at("2"), Say(), Say(403)], ids=["here", "unsaid", "refused"])
async def test_a_number_that_the_list_lacks_counts_until_the_account_says_that_it_is_gone(
    place: Say,
) -> None:
    own, _ = await look(IN_SERVICE, place)
    (order,) = own.orders
    assert (order.numbers, order.gone) == ((LISTED, LOST), ())
    assert own.misplaced == {}


async def test_a_number_on_another_location_counts_and_is_named_with_it() -> None:
    own, _ = await look(IN_SERVICE, at("99"))
    (order,) = own.orders
    assert order.numbers == (LISTED, LOST)
    assert own.misplaced == {LOST: "99"}


async def test_what_was_brought_within_the_settle_time_counts_whatever_the_account_says() -> None:
    now = f"<OrderCompleteDate>{JUST_NOW}</OrderCompleteDate>"
    own, stage = await look(GONE, at("99"), ended=now)
    assert own.orders[0].numbers == (LISTED, LOST)
    assert not any("/tns/" in each for each in stage)
    own, _ = await look(GONE, at("99"), ended=now, settle=4)
    assert own.orders[0].gone == (LOST,)


@pytest.mark.parametrize("status", ["COMPLETE", "RECEIVED"])
async def test_without_a_date_the_numbers_of_an_order_are_not_doubted(status: str) -> None:
    own, stage = await look(GONE, at("99"), ended="", status=status)
    assert own.orders[0].numbers == (LISTED, LOST)
    assert not any("/tns/" in each for each in stage)


@pytest.mark.parametrize(
    ("date", "counts"),
    [
        ("Tue, 14 Nov 2023 22:11:20 GMT", True),  # ours is two minutes ahead
        ("Tue, 14 Nov 2023 22:15:20 GMT", False),
        ("yesterday", False),
    ],
)
async def test_what_is_young_by_the_clock_of_the_service_counts_although_ours_is_ahead(
    date: str, counts: bool
) -> None:
    a_minute_ago_by_ours = "<OrderCompleteDate>2023-11-14T22:12:00Z</OrderCompleteDate>"
    own, _ = await look(GONE, at("99"), ended=a_minute_ago_by_ours, date=date)
    assert (LOST in own.orders[0].numbers) is counts


async def test_a_number_that_cannot_be_looked_up_is_not_taken_for_gone() -> None:
    with pytest.raises(Unreachable):
        await look(DROP, at("2"))
