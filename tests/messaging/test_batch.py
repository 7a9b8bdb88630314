"""Many messages, each once: whatever fails, stops or is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioner.errors import SettingsError
from provisioner.messaging.batch import AGAIN, MOST_LOST, Batch, Line
from provisioner.messaging.draft import Draft
from provisioner.messaging.message_file import content_key
from provisioner.messaging.outbox import line_keys, open_outbox
from provisioner.messaging.rate import Rate
from provisioner.messaging.results import Posted
from provisioner.messaging.sending import send_message
from tests.account.conftest import Open
from tests.messaging.conftest import Postbox, open_postbox

pytestmark = pytest.mark.anyio

TEN = [f"+1919555{n:04d}" for n in range(10)]


def lines_of(postbox: Postbox, recipients: Sequence[str]) -> list[Line]:
    drafts = [Draft(postbox.number, (each,), text="Hey") for each in recipients]
    keys = line_keys(content_key(draft) for draft in drafts)
    return [
        Line(key, postbox.message(each, text="Hey"))
        for key, each in zip(keys, recipients, strict=True)
    ]


async def run(
    postbox: Postbox,
    folder: Path,
    recipients: Sequence[str] = TEN,
    *,
    rate: float = 10.0,
    stop_after: int | None = None,
    **options: Any,
) -> Batch:
    stop = asyncio.Event()
    path = folder / "outbox.sqlite3"
    with open_outbox(path, mailbox="m", name="n") as outbox:
        async with postbox.client() as client:
            batch = Batch(
                lines_of(postbox, recipients),
                outbox,
                client,
                Rate(rate, client.clock),
                options.pop("settle", 30.0),
                stop,
                **options,
            )
            seen = 0
            async for _ in batch.send():
                seen += 1
                if seen == stop_after:
                    stop.set()
            return batch


def posted(batch: Batch) -> dict[Posted, int]:
    return dict(Counter(each.posted for each in batch.all_results()))


def received(postbox: Postbox) -> Counter[str]:
    return Counter(row["destinationTn"] for row in postbox.listed())


async def test_each_line_is_sent_once_and_a_second_run_sends_nothing(
    postbox: Postbox, tmp_path: Path
) -> None:
    first = await run(postbox, tmp_path)
    assert posted(first) == {Posted.ACCEPTED: 10}
    before = len(postbox.posted)
    second = await run(postbox, tmp_path)
    assert posted(second) == {Posted.ACCEPTED: 10}
    assert all(each.earlier for each in second.all_results())
    assert len(postbox.posted) == before == 10
    assert [each.ids for each in first.all_results()] == [each.ids for each in second.all_results()]


async def test_the_same_line_twice_is_sent_twice_and_new_lines_alone_are_sent_later(
    postbox: Postbox, tmp_path: Path
) -> None:
    await run(postbox, tmp_path, [TEN[0], TEN[0]])
    assert received(postbox) == {TEN[0]: 2}
    await run(postbox, tmp_path, [TEN[1], TEN[0], TEN[0], TEN[0]])
    assert received(postbox) == {TEN[0]: 3, TEN[1]: 1}


async def test_the_pace_counts_segments(postbox: Postbox, tmp_path: Path) -> None:
    began = postbox.time()
    await run(postbox, tmp_path, rate=2.0)
    assert 4.5 <= postbox.time() - began < 6.0


async def test_a_stop_finishes_what_is_under_way_and_the_next_run_goes_on(
    postbox: Postbox, tmp_path: Path
) -> None:
    stopped = posted(await run(postbox, tmp_path, stop_after=3))
    assert stopped[Posted.ACCEPTED] >= 3
    assert stopped[Posted.NOT_SENT] >= 1
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


@pytest.mark.parametrize("kind", ["drop-after", "truncate", "garbage"])
async def test_a_lost_answer_is_found_and_nothing_sent_twice(
    kind: str, postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail(kind, "POST", "/messages", nth=None, every=4)
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


async def test_what_was_lost_on_the_way_is_told_and_sent_by_the_next_run(
    postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("drop-before", "POST", "/messages", nth=5)
    first = await run(postbox, tmp_path)
    assert posted(first) == {Posted.ACCEPTED: 9, Posted.ABSENT: 1}
    (lost,) = [each for each in first.all_results() if each.posted is Posted.ABSENT]
    assert lost.reason == AGAIN
    assert sum(received(postbox).values()) == 9
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


async def test_an_empty_list_that_shows_none_of_ours_is_not_believed(
    postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("drop-before", "POST", "/messages")
    batch = await run(postbox, tmp_path, TEN[:1])
    assert posted(batch) == {Posted.UNKNOWN: 1}
    batch = await run(postbox, tmp_path, TEN[:1])
    assert posted(batch) == {Posted.UNKNOWN: 1}
    assert postbox.listed() == []
    # Once another one is accepted and listed, the list can be believed.
    batch = await run(postbox, tmp_path, TEN[:2])
    assert posted(batch) == {Posted.ACCEPTED: 1, Posted.ABSENT: 1}
    assert posted(await run(postbox, tmp_path, TEN[:2])) == {Posted.ACCEPTED: 2}
    assert received(postbox) == Counter(TEN[:2])


@pytest.mark.parametrize("status", [403, 404, 503])
async def test_without_a_list_of_messages_nothing_lost_is_sent_again(
    status: int, postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("drop-before", "POST", "/messages", nth=5)
    postbox.account.fail("status-before", "GET", "/messages", nth=None, first=1, status=status)
    for _ in range(2):
        assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 9, Posted.UNKNOWN: 1}
    postbox.account.faults.clear()
    assert sum(received(postbox).values()) == 9


async def test_without_its_outbox_nothing_more_is_sent(postbox: Postbox, tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    with open_outbox(path, mailbox="m", name="n"), closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entries WHEN (SELECT count(*) FROM entries) > 2 "
            "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(SettingsError, match=r"disk is full. Without it nothing is sent"):
        await run(postbox, tmp_path)
    assert sum(received(postbox).values()) <= 3


async def test_two_that_may_be_it_leave_it_unknown(postbox: Postbox, tmp_path: Path) -> None:
    with open_outbox(tmp_path / "outbox.sqlite3", mailbox="m", name="n") as outbox:
        outbox.intend(lines_of(postbox, TEN)[0].key, postbox.number, postbox.time())
    async with postbox.client() as client:
        ids = {
            (await send_message(client, postbox.message(TEN[0], text="Hey"))).id for _ in range(2)
        }
    batch = await run(postbox, tmp_path)
    (unknown,) = [each for each in batch.all_results() if each.posted is Posted.UNKNOWN]
    assert set(unknown.ids) == ids
    assert received(postbox)[TEN[0]] == 2


async def test_a_refused_line_stops_no_other_and_is_tried_by_the_next_run(
    postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("status-before", "POST", "/messages", nth=4, status=400)
    first = await run(postbox, tmp_path)
    assert posted(first) == {Posted.ACCEPTED: 9, Posted.REFUSED: 1}
    assert first.failure is None
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


async def test_a_service_that_keeps_failing_is_given_up(postbox: Postbox, tmp_path: Path) -> None:
    postbox.account.fail("status-before", "POST", "/messages", nth=None, first=3, status=500)
    batch = await run(postbox, tmp_path, parallelism=1)
    assert batch.failure is not None
    assert posted(batch) == {
        Posted.ACCEPTED: 2,
        Posted.UNKNOWN: MOST_LOST,
        Posted.NOT_SENT: 8 - MOST_LOST,
    }
    postbox.account.faults.clear()
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


async def test_wrong_credentials_end_the_run_and_nothing_counts_as_sent(
    postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("unauthorized", "POST", "/messages", nth=None, first=3)
    batch = await run(postbox, tmp_path, parallelism=1)
    assert "HTTP 401" in str(batch.failure)
    assert posted(batch) == {Posted.ACCEPTED: 2, Posted.NOT_SENT: 8}
    postbox.account.faults.clear()
    assert posted(await run(postbox, tmp_path)) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)


async def test_a_service_that_says_too_many_is_sent_to_more_slowly(
    postbox: Postbox, tmp_path: Path
) -> None:
    postbox.account.fail("rate-limit", "POST", "/messages", nth=None, last=3, seconds=1)
    batch = await run(postbox, tmp_path)
    assert posted(batch) == {Posted.ACCEPTED: 10}
    assert batch.rate.slowness > 1
    assert received(postbox) == Counter(TEN)


async def test_more_than_the_accounts_queue_holds_is_sent_in_the_end(
    open_account: Open, tmp_path: Path
) -> None:
    postbox = await open_postbox(open_account(segments_per_second=0.05))
    recipients = [f"+1919555{n:04d}" for n in range(60)]  # the queue holds 45
    batch = await run(postbox, tmp_path, recipients, rate=1.0)
    assert posted(batch) == {Posted.ACCEPTED: 60}
    assert received(postbox) == Counter(recipients)


@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "did-not-arrive"])
async def test_what_a_killed_run_left_is_settled_before_anything_is_sent(
    arrived: bool, postbox: Postbox, tmp_path: Path
) -> None:
    await run(postbox, tmp_path, TEN[:2])
    third = lines_of(postbox, TEN)[2]
    with open_outbox(tmp_path / "outbox.sqlite3", mailbox="m", name="n") as outbox:
        outbox.intend(third.key, postbox.number, postbox.time())
    if arrived:
        async with postbox.client() as client:
            await send_message(client, third.message)
    postbox.account.log.clear()
    batch = await run(postbox, tmp_path)
    assert postbox.account.log[0].method == "GET"
    assert posted(batch) == {Posted.ACCEPTED: 10}
    assert received(postbox) == Counter(TEN)
    assert len(postbox.posted) == (7 if arrived else 8)


def test_a_rate_recovers_slowly(postbox: Postbox) -> None:
    rate = Rate(1.0, postbox.time.clock)
    for _ in range(20):
        rate.refused()
    assert rate.slowness == 64
    for _ in range(200):
        rate.accepted()
    assert rate.slowness == 1
