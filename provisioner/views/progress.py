"""Events as lines, for where there is no terminal to draw on."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.execution.events import (
    Event,
    Figures,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.planning.plan import Verb, numbers_named, numbers_to_assign, numbers_to_order
from provisioner.resource_type import Shape, Types
from provisioner.views.wording import (
    count,
    deed,
    duration,
    kind_of_numbers,
    membership,
    noun,
    numbers_so_far,
    phrase,
    place,
    printable,
    seconds,
    some,
    thing,
)

NUMBERS_ON_A_LINE = 3
SHORTEST_TOLD = 0.05
"""Seconds; less is shown as 0.0."""


def event_line(event: Event, elapsed: float, types: Types) -> str | None:
    """One line, with the seconds since the start; None for what is not worth one (a start)."""
    sentence = event_sentence(event, types)
    return f"{duration(elapsed):>6}  {sentence}" if sentence else None


def event_sentence(event: Event, types: Types) -> str | None:
    match event:
        case StepStarted():
            return None
        case StepRetried(reason=reason):
            return f"{activity(event, types)}: {printable(reason)}"
        case OrderProgress(step):
            where = place(step.address, types)
            return f"order {printable(event.order_id)} for {where}: {order_state(event)}"
        case StepFinished():
            return outcome(event, types)


def traffic(figures: Figures) -> str:
    """ "41 calls, 3 refused as too many, 2.0 s held back, 0.6 s on the network".

    What did not happen is not told.
    """
    refused = [f"{figures.refused} refused as too many"] if figures.refused else []
    held = [f"{seconds(figures.held_back)} held back"] if figures.held_back >= SHORTEST_TOLD else []
    network = f"{seconds(figures.on_network)} on the network"
    return ", ".join([count(figures.calls, "call"), *refused, *held, network])


def heartbeat_line(
    elapsed: float, running: Sequence[str], finished: int, steps: int, figures: Figures
) -> str:
    """That it goes on, where nothing else would tell."""
    more = f" and {len(running) - 1} more" if len(running) > 1 else ""
    now = f": {running[0]}{more}" if running else ""
    return (
        f"{duration(elapsed):>6}  {finished} of {count(steps, 'step')} done, "
        f"{traffic(figures)}{now}"
    )


def reading_line(elapsed: float, figures: Figures) -> str:
    """That the account is still being read."""
    return f"{duration(elapsed):>6}  reading the account: {traffic(figures)}"


def read_line(elapsed: float, figures: Figures) -> str:
    """That the account was read, and what that took."""
    return f"{duration(elapsed):>6}  read the account: {traffic(figures)}"


def activity(event: StepStarted | StepRetried, types: Types) -> str:
    """What is going on: "creating site Raleigh"."""
    change, verb = event.step.change, event.step.verb
    return f"{phrase(change, verb, types).during} {thing(change, verb, types)}"


def order_state(event: OrderProgress) -> str:
    return f"{numbers_so_far(event.completed, event.quantity)}, {printable(event.status)}"


def outcome(event: StepFinished, types: Types) -> str:
    """How a step ended, in one sentence without a full stop."""
    step = event.step
    match event.status:
        case Status.DONE:
            return _done(event, types)
        case Status.SHORT:
            error = f" ({printable(event.error)})" if event.error else ""
            return f"got only {numbers_that_came(event, types)}{_listed(event)}{error}"
        case Status.OPEN:
            return f"still open: {what_is_open(event, types)}"
        case Status.FAILED:
            return f"failed to {what_failed(event, types)}"
        case Status.SKIPPED:
            return f"skipped {noun(step.address, types)}: {why_skipped(event, types)}"


def why_skipped(event: StepFinished, types: Types) -> str:
    if event.cause is None:
        return printable(event.error) or "the run was stopped"
    return f"waits for {noun(event.cause, types)}, which failed"


def what_failed(event: StepFinished, types: Types) -> str:
    return _with_error(deed(event.step.change, event.step.verb, types), event)


def what_is_open(event: StepFinished, types: Types) -> str:
    return _with_error(thing(event.step.change, event.step.verb, types), event)


def numbers_that_came(event: StepFinished, types: Types) -> str:
    """How many, and of how many: "2 of 3 numbers in area code 910 for Raleigh/East"."""
    step, came = event.step, len(event.numbers)
    asked = numbers_to_order(step.change) + len(numbers_named(step.change))
    asked += numbers_to_assign(step.change)
    asked = came if step.verb is Verb.AWAIT else asked
    link = phrase(step.change, step.verb, types).link
    amount = count(came, "number") if came == asked else f"{came} of {count(asked, 'number')}"
    if step.verb is Verb.ASSIGN:
        return f"{amount} on {membership(step.change)} at {place(step.address, types)}"
    kind = kind_of_numbers(step.change, step.verb, types)
    return f"{amount} {kind} {link} {place(step.address, types)}"


def _listed(event: StepFinished) -> str:
    return f": {some(event.numbers, NUMBERS_ON_A_LINE)}" if event.numbers else ""


def _done(event: StepFinished, types: Types) -> str:
    step = event.step
    done = phrase(step.change, step.verb, types).after
    if types[step.address.type].shape is Shape.BLOCKS and step.verb is not Verb.CLOSE:
        return f"{done} {numbers_that_came(event, types)}{_listed(event)}"
    server_id = f" ({printable(event.id)})" if event.id and step.verb is Verb.CREATE else ""
    return f"{done} {thing(step.change, step.verb, types)}{server_id}"


def _with_error(sentence: str, event: StepFinished) -> str:
    return f"{sentence}: {printable(event.error)}" if event.error else sentence
