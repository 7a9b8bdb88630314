"""A plan is carried out: whatever is ready is started, and what fails stops what waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from provisioner.account.assignments import assign_numbers, read_assignment
from provisioner.account.back_orders import close_order
from provisioner.account.corrections import corrected, corrections_of, not_accepted
from provisioner.account.creation import create
from provisioner.account.moves import move_numbers, read_move
from provisioner.account.open_orders import OpenOrders
from provisioner.account.orders import follow_order, nobody_knows, read_order
from provisioner.account.purchase import buy_numbers
from provisioner.account.releases import read_release, release_numbers
from provisioner.account.updating import delete, update
from provisioner.account.writer import Writer
from provisioner.errors import AccountError, JournalError, Recommended
from provisioner.execution.events import (
    Event,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.execution.order_outcomes import outcome_of
from provisioner.execution.slots import Slots, ranks
from provisioner.model import Address, LiveState, NumberOrder
from provisioner.planning.plan import (
    AttributeChange,
    Plan,
    Step,
    Verb,
    named_to_assign,
    numbers_named,
)

log = logging.getLogger("provisioner.execution")

STOPPED = "the run was stopped before it was its turn"
PLACING = {Verb.ORDER: buy_numbers, Verb.MOVE: move_numbers, Verb.RELEASE: release_numbers}
"""What gives the ids of orders to follow."""
READING = {
    Verb.MOVE: read_move,
    Verb.RELEASE: read_release,
    Verb.ASSIGN: read_assignment,
}
"""How to look at orders that are not for new numbers, and in lists of their own."""


async def execute(
    plan: Plan,
    live: LiveState,
    writer: Writer,
    *,
    stop: asyncio.Event,
    parallelism: int = 16,
    order_timeout: float = 600.0,
) -> AsyncGenerator[Event]:
    """Carries out just the steps of the plan; every step gets one StepFinished.

    `live` is the state that the plan was made from. Once `stop` is set nothing new is started,
    and what is under way is finished; so it is once the writer's record of what is sent cannot be
    kept. `order_timeout` is in seconds from the moment that an order was placed. Whatever goes
    wrong in a step becomes its end, and an event.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    run = _Run(plan, live, writer, stop, order_timeout, events, Slots(parallelism))
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
    slots: Slots
    unrecorded: bool = False
    corrections: dict[Address, tuple[AttributeChange, ...]] = field(default_factory=dict)
    ids: dict[Address, str] = field(init=False)
    rank_of: dict[Address, int] = field(init=False)
    ends: dict[Address, asyncio.Future[StepFinished]] = field(init=False)
    open_orders: OpenOrders = field(init=False)

    def __post_init__(self) -> None:
        self.ids = dict(self.live.ids)
        self.rank_of = ranks(self.plan.steps)
        self.open_orders = OpenOrders(self.writer.client)
        loop = asyncio.get_running_loop()
        self.ends = {step.address: loop.create_future() for step in self.plan.steps}

    async def carry_out(self) -> None:
        async with asyncio.TaskGroup() as group:
            for step in self.plan.steps:
                group.create_task(self._step(step))

    async def _step(self, step: Step) -> None:
        earlier = [await self.ends[address] for address in step.waits_for]
        hindrance = next((each for each in earlier if each.status is not Status.DONE), None)
        if hindrance is None:
            finished = await self._tried(step)
        elif hindrance.status is Status.SKIPPED and hindrance.cause is None:
            finished = StepFinished(step, Status.SKIPPED, error=STOPPED)
        else:
            cause = hindrance.cause or hindrance.step.address
            finished = StepFinished(step, Status.SKIPPED, cause=cause)
        end = self.ends[step.address]
        if not end.done():
            end.set_result(finished)
        self.events.put_nowait(await self._confirmed(finished))

    async def _confirmed(self, finished: StepFinished) -> StepFinished:
        """It is told once the record of it is kept; what waits for the step does not wait for that,
        because whatever it sends is recorded after it."""
        try:
            await self.writer.confirm(finished.step.address)
        except JournalError as error:
            return self._failed(finished.step, error)
        return finished

    async def _tried(self, step: Step) -> StepFinished:
        try:
            if step.verb is Verb.AWAIT:
                return await self._await(step)
            if step.verb in PLACING or step.verb is Verb.ASSIGN:
                return await self._order(step)
            return await self._write(step)
        except Exception as error:
            log.debug("%s", step.address, exc_info=True)
            told = f"internal error ({type(error).__name__}); -vv shows where. Please report it"
            return StepFinished(step, Status.FAILED, error=told, wrote=True)

    @property
    def starts_nothing(self) -> bool:
        return self.stop.is_set() or self.unrecorded

    def _failed(self, step: Step, error: AccountError | JournalError) -> StepFinished:
        self.unrecorded = self.unrecorded or isinstance(error, JournalError)
        told = error.explained if isinstance(error, AccountError) else str(error)
        return StepFinished(step, Status.FAILED, error=told, wrote=error.may_have_written)

    def _tell(self, step: Step) -> Callable[[str], None]:
        return lambda reason: self.events.put_nowait(StepRetried(step, reason))

    async def _write(self, step: Step) -> StepFinished:
        async with self.slots.slot(self.rank_of[step.address]):
            if self.starts_nothing:
                return StepFinished(step, Status.SKIPPED, error=STOPPED)
            self.events.put_nowait(StepStarted(step))
            try:
                server_id = await self._written(step)
            except (AccountError, JournalError) as error:
                return self._failed(step, error)
        corrected_here = self.corrections.get(step.address, ())
        return StepFinished(step, Status.DONE, id=server_id, wrote=True, corrected=corrected_here)

    async def _written(self, step: Step) -> str | None:
        try:
            return await self._sent(step)
        except Recommended as refused:
            better = corrections_of(refused, step.change, self.writer.types[step.address.type])
            if not better:
                raise
            if not self.writer.accept_addresses:
                raise not_accepted(step.change, better) from None
            self._tell(step)("the account recommends another address, which is taken")
            self.corrections[step.address] = better
            return await self._sent(replace(step, change=corrected(step.change, better)))

    async def _sent(self, step: Step) -> str | None:
        if step.verb is Verb.CREATE:
            server_id = await create(self.writer, step.change, self.ids, self._tell(step))
            if server_id:
                self.ids[step.address] = server_id
        elif step.verb is Verb.UPDATE:
            await update(self.writer, step.change, self.ids)
        elif step.verb is Verb.CLOSE:
            return await close_order(self.writer, step.change, self.ids)
        else:
            await delete(self.writer, step.change, self.ids)
        return self.ids.get(step.address)

    async def _order(self, step: Step) -> StepFinished:
        async with self.slots.slot(self.rank_of[step.address]):
            if self.starts_nothing:
                return StepFinished(step, Status.SKIPPED, error=STOPPED)
            self.events.put_nowait(StepStarted(step))
            try:
                order_ids = await self._placed(step)
            except (AccountError, JournalError) as error:
                return self._failed(step, error)
        try:
            # Following may take long: the ids are on record before.
            await self.writer.confirm(step.address)
        except JournalError as error:
            return self._failed(step, error)
        if not order_ids:
            numbers = numbers_named(step.change)
            return StepFinished(step, Status.DONE, numbers=numbers, wrote=True)
        return await self._follow(step, order_ids, wrote=True)

    async def _placed(self, step: Step) -> tuple[str, ...]:
        """The ids of the step's orders: none for what turned out to have been done."""
        tell = self._tell(step)
        if step.verb is Verb.ASSIGN:
            numbers = self._to_assign(step)
            return await assign_numbers(self.writer, step.change, self.ids, numbers, tell)
        place = PLACING[step.verb]
        return await place(self.writer, step.change, self.ids, tell)

    def _to_assign(self, step: Step) -> set[str]:
        """The numbers that are there, or those that came by the orders that it waited for."""
        if known := named_to_assign(step.change):
            return set(known)
        came = {n for each in step.waits_for for n in self.ends[each].result().numbers}
        return {n for n in came if self.writer.types[step.address.type].takes(n)}

    async def _await(self, step: Step) -> StepFinished:
        self.events.put_nowait(StepStarted(step))
        open_orders = [order.id for order in self.live.orders[step.address] if order.is_awaited]
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
        status, told = outcome_of(orders)
        return StepFinished(
            step, status, id=",".join(order_ids), numbers=numbers, error=told, wrote=wrote
        )

    async def _end_of(self, step: Step, order_id: str, deadline: float) -> NumberOrder:
        seen: OrderProgress | None = None
        order = NumberOrder(order_id, "", "RECEIVED", None)
        is_listed = step.verb not in READING
        follow = follow_order(
            self.writer.client,
            order_id,
            deadline,
            self.stop,
            self.writer.settle,
            self._tell(step),
            READING.get(step.verb, read_order),
            self.open_orders.has if is_listed else nobody_knows,
        )
        with self.open_orders.following() if is_listed else nullcontext():
            async for order in follow:
                progress = OrderProgress(
                    step, order.id, order.status, order.brought, order.quantity
                )
                if progress != seen:
                    self.events.put_nowait(progress)
                    seen = progress
        return order
