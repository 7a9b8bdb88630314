from collections.abc import Callable

import pytest

from provisioner.execution.events import Event, OrderProgress, Status, StepFinished
from provisioner.model import Address
from provisioner.planning.plan import Plan, Step, Verb
from provisioner.resource_type import Types
from provisioner.views.progress import event_line
from provisioner.views.wording import duration

Golden = Callable[[str, str], None]


def lines(events: list[Event], types: Types) -> str:
    """One event every 0.7 seconds."""
    found = (event_line(event, number * 0.7, types) for number, event in enumerate(events))
    return "".join(f"{line}\n" for line in found if line is not None)


@pytest.mark.parametrize("name", ["all_done", "half_done", "orders_unfinished"])
def test_a_run_is_told_line_by_line(
    name: str, types: Types, golden: Golden, request: pytest.FixtureRequest
) -> None:
    golden(f"views/progress_{name}.txt", lines(request.getfixturevalue(name), types))


def test_a_start_is_not_worth_a_line(all_done: list[Event], types: Types) -> None:
    assert event_line(all_done[0], 0.0, types) is None


def test_changes_and_deletes_are_told_in_words(
    everything: Plan, types: Types, golden: Golden
) -> None:
    events: list[Event] = [
        StepFinished(step, Status.DONE, "540341", wrote=True) for step in everything.steps
    ]
    golden("views/progress_everything.txt", lines(events, types))


def test_moves_and_orders_of_listed_numbers_are_told_in_words(listed: Plan, types: Types) -> None:
    (move,) = (step for step in listed.steps if step.verb is Verb.MOVE)
    (order,) = (step for step in listed.steps if step.verb is Verb.ORDER)
    events: list[Event] = [
        StepFinished(move, Status.DONE, "1", ("+19195551235",)),
        StepFinished(order, Status.SHORT, "2", ("+19195551236",), error="5005 gone"),
    ]
    assert lines(events, types).splitlines() == [
        "  0.0s  moved 1 number (+19195551235) to Raleigh/Messaging East: +19195551235",
        (
            "  0.7s  got only 1 of 2 numbers (+19195551236, +19195551237) for "
            "Raleigh/Messaging East: +19195551236 (5005 gone)"
        ),
    ]


def test_of_many_numbers_the_first_are_named(everything: Plan, types: Types) -> None:
    step = order_step(everything)
    numbers = tuple(f"+1910555{number:04}" for number in range(12))
    line = event_line(StepFinished(step, Status.DONE, "1", numbers=numbers), 0.0, types)
    assert line is not None
    assert line.endswith(": +19105550000, +19105550001, +19105550002 and 9 more")


def test_a_failure_without_words_still_says_what_failed(everything: Plan, types: Types) -> None:
    line = event_line(StepFinished(order_step(everything), Status.FAILED), 1.0, types)
    assert line == ("  1.0s  failed to order 3 numbers in area code 910 for Raleigh/Messaging East")


def test_an_order_that_is_open_without_an_id_is_told(everything: Plan, types: Types) -> None:
    line = event_line(StepFinished(order_step(everything), Status.OPEN), 1.0, types)
    assert line == "  1.0s  still open: 3 numbers in area code 910 for Raleigh/Messaging East"


def test_a_step_skipped_for_a_reason_of_its_own_says_it(everything: Plan, types: Types) -> None:
    event = StepFinished(order_step(everything), Status.SKIPPED, error="not asked for")
    line = event_line(event, 1.0, types)
    assert line is not None
    assert line.endswith("Raleigh/Messaging East: not asked for")


def test_a_word_of_the_service_cannot_start_a_line(everything: Plan, types: Types) -> None:
    event = OrderProgress(order_step(everything), "1\n2", "RE\x1b[2JCEIVED", 1, 3)
    line = event_line(event, 1.0, types)
    assert line == (
        r"  1.0s  order 1\n2 for Raleigh/Messaging East: 1 of 3 numbers, RE\x1b[2JCEIVED"
    )


def test_an_order_of_unknown_quantity_says_how_many_came(everything: Plan, types: Types) -> None:
    event = OrderProgress(order_step(everything), "1", "PROCESSING", 1, None)
    line = event_line(event, 1.0, types)
    assert line == "  1.0s  order 1 for Raleigh/Messaging East: 1 number, PROCESSING"


def order_step(plan: Plan) -> Step:
    block = Address("numbers", ("Raleigh", "Messaging East", "area_code=910"))
    return next(step for step in plan.steps if (step.verb, step.address) == (Verb.ORDER, block))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"),
        (2.14, "2.1s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (187, "3m07s"),
        (7500, "2h05m"),
    ],
)
def test_a_duration_is_as_short_as_it_is_clear(seconds: float, text: str) -> None:
    assert duration(seconds) == text
