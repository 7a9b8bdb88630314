"""What changes the account is announced before each try, and what came of it recorded after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from provisioner.account.client import Client
from provisioner.account.intents import Intent, Outcome, Result
from provisioner.account.sending import Sending, sending
from provisioner.errors import AccountError, JournalError, LostAnswer, Rejected
from provisioner.model import Address
from tests.account.conftest import DROP, Answers, Say, Stage, in_turn, staged

pytestmark = pytest.mark.anyio

INTENT = Intent("POST", "create", Address("site", ("Raleigh",)), name="Raleigh")
WRITES: dict[str, Callable[[Sending], object]] = {
    "POST": lambda sent: sent.post("/accounts/9900778/sites", b"<Site/>"),
    "PUT": lambda sent: sent.put("/accounts/9900778/sites", b"<Site/>"),
    "PATCH": lambda sent: sent.patch("/accounts/9900778/sites", b"<Site/>"),
    "DELETE": lambda sent: sent.delete("/accounts/9900778/sites"),
}


class Notebook:
    """A record that also says how many requests had reached the server when it was written."""

    def __init__(self, stage: Stage, refuse_at: int | None = None) -> None:
        self.stage = stage
        self.refuse_at = refuse_at
        self.lines: list[tuple[object, ...]] = []

    async def announce(self, intent: Intent, again: int | None) -> int:
        assert intent == INTENT
        self.write("announced", again)
        return len(self.lines)

    def record(self, number: int, outcome: Outcome) -> Awaitable[object]:
        kept: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        try:
            self.write(outcome.result.value, number)
        except JournalError as error:
            kept.set_exception(error)
        else:
            kept.set_result(None)
        return kept

    def write(self, *line: object) -> None:
        if len(self.lines) == self.refuse_at:
            raise JournalError("full")
        self.lines.append((*line, len(self.stage.asked)))


async def carried_out(
    answers: Answers, method: str = "POST", refuse_at: int | None = None
) -> tuple[list[tuple[object, ...]], Exception | None]:
    async with staged(answers) as stage, stage.client() as client:
        notebook = Notebook(stage, refuse_at)
        raised = await _write(client, notebook, method)
    return notebook.lines, raised


async def _write(client: Client, notebook: Notebook, method: str) -> Exception | None:
    raised: Exception | None = None
    sent: Sending | None = None
    try:
        async with sending(client, notebook, INTENT) as sent:
            await WRITES[method](sent)  # type: ignore[misc]  # each gives an awaitable
    except (AccountError, JournalError) as error:
        raised = error
    assert sent is not None
    try:
        await sent.confirm()
    except JournalError as error:
        raised = error
    return raised


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_is_announced_before_it_leaves_and_recorded_after(method: str) -> None:
    lines, raised = await carried_out(in_turn(Say(200)), method)
    assert raised is None
    assert lines == [("announced", None, 0), ("done", 1, 1)]


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_is_announced_anew_before_each_try(method: str) -> None:
    """A refusal for its pace may hold it back for minutes, in which the lease can be lost."""
    lines, raised = await carried_out(in_turn(Say(429), Say(429), Say(200)), method)
    assert raised is None
    assert lines == [
        ("announced", None, 0),
        ("announced", 1, 1),
        ("announced", 2, 2),
        ("done", 3, 3),
    ]


async def test_reading_is_not_announced() -> None:
    async with staged(in_turn(Say(200, "<Site/>"))) as stage, stage.client() as client:
        notebook = Notebook(stage)
        async with sending(client, notebook, INTENT):
            await client.announcing(notebook.announce).get("/sites")  # type: ignore[arg-type]  # never called
    assert notebook.lines == [], "and of what was never sent there is nothing to record"


@pytest.mark.parametrize(
    ("answer", "error", "result"),
    [(Say(400), Rejected, Result.REFUSED), (DROP, LostAnswer, Result.UNKNOWN)],
    ids=["refused", "lost"],
)
async def test_what_came_of_it_is_recorded_where_it_failed(
    answer: Say, error: type[Exception], result: Result
) -> None:
    lines, raised = await carried_out(in_turn(answer))
    assert isinstance(raised, error)
    assert lines == [("announced", None, 0), (result.value, 1, 1)]


@pytest.mark.parametrize(
    ("refuse_at", "asked", "may_have_written"),
    [(0, 0, False), (1, 1, True), (2, 2, True)],
    ids=["the first try", "the second try", "the outcome"],
)
async def test_what_cannot_be_announced_is_not_sent(
    refuse_at: int, asked: int, may_have_written: bool
) -> None:
    async with staged(in_turn(Say(429), Say(200))) as stage, stage.client() as client:
        notebook = Notebook(stage, refuse_at)
        raised = await _write(client, notebook, "POST")
        assert len(stage.asked) == asked
    assert isinstance(raised, JournalError)
    assert raised.may_have_written is may_have_written


async def test_a_refusal_that_cannot_be_recorded_wrote_nothing() -> None:
    _, raised = await carried_out(in_turn(Say(400)), refuse_at=1)
    assert isinstance(raised, JournalError)
    assert raised.may_have_written is False


async def test_whatever_else_goes_wrong_leaves_the_intent_open() -> None:
    async with staged(in_turn(Say(200))) as stage, stage.client() as client:
        notebook = Notebook(stage)
        context = sending(client, notebook, INTENT)
        sent = await context.__aenter__()
        await sent.post("/sites", b"<Site/>")
        assert not await context.__aexit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert notebook.lines == [("announced", None, 0)]
