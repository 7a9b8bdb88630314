"""What happens while a plan is carried out, as a stream of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Figures:
    """What the calls of a run came to so far. Times are in seconds.

    `refused` are the calls that were too many for the service, `held_back` is how long calls waited
    for its pace, `on_network` how long any was on its way. `holds` are the kinds of call that the
    service takes no more of, and for how long.
    """

    calls: int = 0
    refused: int = 0
    held_back: float = 0.0
    on_network: float = 0.0
    holds: Mapping[str, float] = field(default_factory=dict)

    def since(self, earlier: Figures) -> Figures:
        return replace(
            self,
            calls=self.calls - earlier.calls,
            refused=self.refused - earlier.refused,
            held_back=self.held_back - earlier.held_back,
            on_network=self.on_network - earlier.on_network,
        )


Event = StepStarted | StepRetried | OrderProgress | StepFinished
