from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from provisioner.messaging.delivery import Receipt, State, overall
from provisioner.messaging.following import MessageList, follow
from provisioner.messaging.sending import send_message
from tests.account.conftest import Open
from tests.messaging.conftest import ONE, OTHER, Postbox, open_postbox

pytestmark = pytest.mark.anyio


async def followed(
    postbox: Postbox, *recipients: str, patience: float = 60, stop: asyncio.Event | None = None
) -> Mapping[str, Receipt]:
    """What becomes of one message."""
    async with postbox.client() as client:
        began = postbox.time()
        accepted = await send_message(client, postbox.message(*recipients))
        known = await follow(
            {accepted.id: recipients},
            MessageList(client, [postbox.number], began),
            client.clock,
            patience=patience,
            stop=stop or asyncio.Event(),
        )
    return known[accepted.id]


async def test_a_message_is_followed_to_its_delivery(open_account: Open) -> None:
    postbox = await open_postbox(open_account(message_delay=8.0))
    began = postbox.time()
    assert (await followed(postbox, ONE))[ONE] == Receipt(ONE, State.DELIVERED, 0, "DELIVERED")
    assert 8 <= postbox.time() - began < 20


async def test_each_recipient_of_a_group_has_an_end_of_its_own(postbox: Postbox) -> None:
    last = await followed(postbox, ONE, "+522345678902")
    assert {number: receipt.state for number, receipt in last.items()} == {
        ONE: State.DELIVERED,
        "+522345678902": State.FAILED,
    }
    assert last["+522345678902"].error_code == 4432
    assert overall(last.values()) is State.FAILED


async def test_patience_has_an_end(open_account: Open) -> None:
    postbox = await open_postbox(open_account(message_delay=3600.0))
    began = postbox.time()
    assert (await followed(postbox, ONE, patience=20))[ONE].state is State.OPEN
    assert 20 <= postbox.time() - began < 40


async def test_a_stop_ends_it_with_what_is_known(open_account: Open) -> None:
    postbox = await open_postbox(open_account(message_delay=3600.0))
    stop = asyncio.Event()
    stop.set()
    began = postbox.time()
    known = await followed(postbox, ONE, OTHER, stop=stop)
    assert {each.state for each in known.values()} == {State.OPEN}
    assert postbox.time() == began


async def test_messages_of_more_senders_than_a_filter_takes_are_all_found(
    postbox: Postbox,
) -> None:
    others = [f"+1919555{n:04d}" for n in range(25)]
    async with postbox.client() as client:
        began = postbox.time()
        accepted = await send_message(client, postbox.message())
        postbox.time.advance(10)
        found = await MessageList(client, [*others, postbox.number], began).receipts_of(
            {accepted.id}
        )
    assert [each.state for each in found[accepted.id]] == [State.DELIVERED]
    searches = [entry for entry in postbox.account.log if "sourceTn" in entry.target]
    assert len(searches) == 3
