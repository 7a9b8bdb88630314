"""A plan is carried out: whatever is ready is started, and what fails stops what waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from provisioner.account.orders import follow_order
from provisioner.account.purchase import buy_numbers
from provisioner.account.writer import Writer
from provisioner.errors import AccountError, Ambiguous, LostAnswer, Unreachable, Unreadable
from provisioner.execution.events import (
    Event,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.model import Address, LiveState, NumberOrder
from provisioner.planning.plan import Plan, Step, Verb

STOPPED = "the run was stopped before it was its turn"


async def execute(
    plan: Plan,
    live: LiveState,
    writer: Writer,
    *,
    stop: asyncio.Event,
    parallelism: int = 16,
    order_timeout: float = 600.0,
) -> AsyncIterator[Event]:
    """Carries out just the steps of the plan; every step gets one StepFinished.

    `live` is the state that the plan was made from. Once `stop` is set nothing new is started,
    and what is under way is finished. `order_timeout` is in seconds from the moment that an
    order was placed. AccountErrors become events; anything else is raised.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    run = _Run(plan, live, writer, stop, order_timeout, events, asyncio.Semaphore(parallelism))
    task = asyncio.create_task(run.carry_out())
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(slots=True)
class _Run:
    plan: Plan
    live: LiveState
    writer: Writer
    stop: asyncio.Event
    order_timeout: float
    events: asyncio.Queue[Event | None]
    slots: asyncio.Semaphore
    ids: dict[Address, str] = field(init=False)
    ends: dict[Address, asyncio.Future[Address | None]] = field(init=False)
    """For each address with a step: None when it is done, else the step that is to blame."""

    def __post_init__(self) -> None:
        self.ids = dict(self.live.ids)
        loop = asyncio.get_running_loop()
        self.ends = {step.address: loop.create_future() for step in self.plan.steps}

    async def carry_out(self) -> None:
        async with asyncio.TaskGroup() as group:
            for step in self.plan.steps:
                group.create_task(self._step(step))

    async def _step(self, step: Step) -> None:
        blamed = [await self.ends[address] for address in step.waits_for]
        cause = next((each for each in blamed if each is not None), None)
        if cause is not None:
            self._finish(StepFinished(step, Status.SKIPPED, cause=cause), cause)
            return
        if step.verb is Verb.AWAIT:
            finished = await self._await(step)
        elif step.verb is Verb.ORDER:
            finished = await self._order(step)
        else:
            finished = await self._write(step)
        self._finish(finished, None if finished.status is Status.DONE else step.address)

    def _finish(self, finished: StepFinished, blame: Address | None) -> None:
        end = self.ends[finished.step.address]
        if not end.done():
            end.set_result(blame)
        self.events.put_nowait(finished)

    def _tell(self, step: Step) -> Callable[[str], None]:
        return lambda reason: self.events.put_nowait(StepRetried(step, reason))

    async def _write(self, step: Step) -> StepFinished:
        async with self.slots:
            if self.stop.is_set():
                return StepFinished(step, Status.SKIPPED, error=STOPPED)
            self.events.put_nowait(StepStarted(step))
            try:
                server_id = await self._written(step)
            except AccountError as error:
                return StepFinished(
                    step, Status.FAILED, error=str(error), wrote=_may_have_written(error)
                )
        return StepFinished(step, Status.DONE, id=server_id, wrote=True)

    async def _written(self, step: Step) -> str | None:
        if step.verb is Verb.CREATE:
            server_id = await self.writer.create(step.change, self.ids, self._tell(step))
            if server_id:
                self.ids[step.address] = server_id
        elif step.verb is Verb.UPDATE:
            await self.writer.update(step.change, self.ids)
        else:
            await self.writer.delete(step.change, self.ids)
        return self.ids.get(step.address)

    async def _order(self, step: Step) -> StepFinished:
        async with self.slots:
            if self.stop.is_set():
                return StepFinished(step, Status.SKIPPED, error=STOPPED)
            self.events.put_nowait(StepStarted(step))
            try:
                order_ids = await buy_numbers(self.writer, step.change, self.ids, self._tell(step))
            except AccountError as error:
                return StepFinished(
                    step, Status.FAILED, error=str(error), wrote=_may_have_written(error)
                )
        return await self._follow(step, order_ids, wrote=True)

    async def _await(self, step: Step) -> StepFinished:
        self.events.put_nowait(StepStarted(step))
        open_orders = [
            order.id
            for order in self.live.orders[step.address]
            if order.is_open and not order.is_back_order
        ]
        return await self._follow(step, tuple(open_orders), wrote=False)

    async def _follow(self, step: Step, order_ids: tuple[str, ...], *, wrote: bool) -> StepFinished:
        deadline = self.writer.client.clock.monotonic() + self.order_timeout
        try:
            orders = await asyncio.gather(
                *(self._end_of(step, order_id, deadline) for order_id in order_ids)
            )
        except AccountError as error:
            told = f"Order {', '.join(order_ids)} could not be followed: {error}"
            return StepFinished(step, Status.OPEN, id=order_ids[0], error=told, wrote=wrote)
        numbers = tuple(sorted(number for order in orders for number in order.numbers))
        status, told = _outcome(orders)
        return StepFinished(
            step, status, id=",".join(order_ids), numbers=numbers, error=told, wrote=wrote
        )

    async def _end_of(self, step: Step, order_id: str, deadline: float) -> NumberOrder:
        seen: OrderProgress | None = None
        order = NumberOrder(order_id, "", "RECEIVED", 0)
        async for order in follow_order(self.writer.client, order_id, deadline, self.stop):
            progress = OrderProgress(
                step, order.id, order.status, len(order.numbers), order.quantity
            )
            if progress != seen:
                self.events.put_nowait(progress)
                seen = progress
        return order


def _may_have_written(error: AccountError) -> bool:
    """Whether the account may be other than before. A refusal leaves it as it was."""
    return isinstance(error, LostAnswer | Ambiguous | Unreachable | Unreadable)


def _outcome(orders: list[NumberOrder]) -> tuple[Status, str]:
    """How the orders of a step ended together, and what to say of it."""
    still_open = [order for order in orders if order.is_open]
    if still_open:
        return Status.OPEN, "; ".join(_told_open(order) for order in still_open)
    short = [order for order in orders if len(order.numbers) < order.quantity]
    if short:
        return Status.SHORT, "; ".join(_told_short(order) for order in short)
    return Status.DONE, ""


def _told_open(order: NumberOrder) -> str:
    if order.is_back_order:
        return f"order {order.id} is on back order with {order.outstanding} numbers to come"
    return f"order {order.id} is still {order.status}; running again continues to wait for it"


def _told_short(order: NumberOrder) -> str:
    reason = f": {order.reason}" if order.reason else ""
    brought = f"{len(order.numbers)} of {order.quantity} numbers"
    return f"order {order.id} ended {order.status} with {brought}{reason}"
