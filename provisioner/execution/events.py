"""What happens while a plan is carried out, as a stream of values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioner.model import Address
from provisioner.planning.plan import AttributeChange, Step


class Status(StrEnum):
    """How a step ended.

    OPEN: an order was placed and is not at its end; running again continues.
    SHORT: an order ended with fewer numbers than it asked for.
    SKIPPED: not tried, because of `cause`, or because the run was stopped.
    """

    DONE = "done"
    FAILED = "failed"
    OPEN = "open"
    SHORT = "short"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepStarted:
    step: Step


@dataclass(frozen=True, slots=True)
class StepRetried:
    """The step goes on after something went wrong; `reason` is one sentence for people."""

    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """An order was looked at. `completed` of `quantity` numbers are there; None: nobody says."""

    step: Step
    order_id: str
    status: str
    completed: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The end of a step, once for each step of the plan.

    `id` is the server's id (an order's for orders), `numbers` what an order brought (E.164),
    `error` why it failed, or what is open or lacking, `cause` the step that kept this one from
    being tried, `wrote` whether the account was changed or may have been. `corrected` is what was
    sent otherwise than declared, because the service recommends it.
    """

    step: Step
    status: Status
    id: str | None = None
    numbers: tuple[str, ...] = ()
    error: str = ""
    cause: Address | None = None
    wrote: bool = False
    corrected: tuple[AttributeChange, ...] = ()


Event = StepStarted | StepRetried | OrderProgress | StepFinished
