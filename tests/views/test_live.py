import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from rich.console import Console

from provisioner.execution.events import (
    Event,
    Figures,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.live import LiveDisplay, reading_drawn

Golden = Callable[[str, str], None]


@dataclass
class Screen:
    """A console on a made-up terminal with a clock that the test moves."""

    width: int
    now: float = 100.0
    output: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.console = Console(
            file=self.output,
            width=self.width,
            force_terminal=True,
            color_system=None,
            get_time=lambda: self.now,
        )

    def drawn(self, display: LiveDisplay) -> str:
        """What the live part shows now."""
        console = Console(file=io.StringIO(), width=self.width, get_time=lambda: self.now)
        with console.capture() as capture:
            console.print(display.renderable())
        return capture.get()


@pytest.fixture(params=[60, 80, 120])
def screen(request: pytest.FixtureRequest) -> Screen:
    return Screen(request.param)


@pytest.fixture
def display(screen: Screen, quickstart: Plan, types: Types) -> Iterator[LiveDisplay]:
    with LiveDisplay(screen.console, quickstart, types) as display:
        yield display


def test_it_shows_what_runs_what_is_done_and_what_waits(
    screen: Screen, quickstart: Plan, types: Types, all_done: list[Event], golden: Golden
) -> None:
    with LiveDisplay(screen.console, quickstart, types) as display:
        for event in all_done[:6]:
            screen.now += 0.7
            display.update(event)
        for step in quickstart.steps[2:4]:
            display.update(StepStarted(step))
        order = next(step for step in quickstart.steps if step.verb == "order")
        display.update(StepStarted(order))
        display.update(OrderProgress(order, "47955555", "RECEIVED", 0, 1))
        screen.now += 3.0
        golden(f"views/live_{screen.width}.txt", screen.drawn(display))


def test_no_line_is_wider_than_the_screen(
    screen: Screen, display: LiveDisplay, quickstart: Plan
) -> None:
    for step in quickstart.steps:
        display.update(StepStarted(step))
        display.update(StepRetried(step, "the service answered 503, trying again " * 5))
    lines = screen.drawn(display).splitlines()
    assert sum("trying again" in line for line in lines) == len(quickstart.steps)
    assert max(len(line) for line in lines) == screen.width


def test_time_goes_on_without_events(screen: Screen, display: LiveDisplay) -> None:
    assert "0.0s" in screen.drawn(display)
    screen.now += 75
    assert "1m15s" in screen.drawn(display)


def test_finished_lines_stay_and_the_rest_goes(
    screen: Screen, quickstart: Plan, types: Types, all_done: list[Event]
) -> None:
    with LiveDisplay(screen.console, quickstart, types) as display:
        for event in all_done:
            display.update(event)
    written = screen.output.getvalue()
    assert "created application Production Server (d775585a-ed5b-4a49-8b96-f68c0a993ebe)" in written
    assert ": +19105550101\n" in written
    last_drawing = written.rpartition("7 of 7 steps done · 0 running · 0 waiting")[2]
    assert "\x1b[2K" in last_drawing


def test_a_fleet_shows_the_first_that_run_and_counts_the_others(large: Plan, types: Types) -> None:
    screen = Screen(80)
    with LiveDisplay(screen.console, large, types) as display:
        for step in large.steps[:20]:
            display.update(StepStarted(step))
        lines = screen.drawn(display).splitlines()
    assert len(lines) == 10
    assert lines[-1].strip() == "and 12 more"


def test_markup_in_a_name_is_shown_as_it_is(screen: Screen, quickstart: Plan, types: Types) -> None:
    step = quickstart.steps[0]
    with LiveDisplay(screen.console, quickstart, types) as display:
        display.update(StepFinished(step, Status.FAILED, error="[bold]no[/bold]"))
    assert ": [bold]no[/bold]" in screen.output.getvalue()


def test_news_of_a_step_that_never_started_is_passed_over(
    screen: Screen, display: LiveDisplay, quickstart: Plan
) -> None:
    display.update(StepRetried(quickstart.steps[0], "again"))
    assert "again" not in screen.drawn(display)


def test_it_shows_the_pace_why_it_is_held_back_and_what_waits(
    screen: Screen, quickstart: Plan, types: Types, golden: Golden
) -> None:
    """A made-up service that refuses: 3 calls a second, and none to sites for a while."""

    def figures() -> Figures:
        elapsed = screen.now - 100.0
        return Figures(int(elapsed * 3), 2, 4.5, elapsed, {"sites write": 3.0})

    plan = waiting_for_parents(quickstart)
    with LiveDisplay(screen.console, plan, types, figures) as display:
        for step in plan.steps[:2]:
            display.update(StepStarted(step))
        for _ in range(20):
            screen.now += 0.5
            screen.drawn(display)
        golden(f"views/live_paced_{screen.width}.txt", screen.drawn(display))


def test_the_time_left_is_told_while_there_is_something_to_judge_by(
    screen: Screen, large: Plan, types: Types
) -> None:
    with LiveDisplay(screen.console, large, types) as display:
        for step in large.steps[:20]:
            display.update(StepStarted(step))
        screen.now += 10.0
        for step in large.steps[:2]:
            display.update(StepFinished(step, Status.DONE))
        assert display.time_left == 0.0
        display.update(StepFinished(large.steps[2], Status.DONE))
        assert display.time_left == pytest.approx(10.0 / 3 * (len(large.steps) - 3), abs=1)


def test_the_time_left_is_whole_on_a_narrow_screen(
    screen: Screen, large: Plan, types: Types
) -> None:
    with LiveDisplay(screen.console, large, types) as display:
        for step in large.steps[:20]:
            display.update(StepStarted(step))
        screen.now += 10.0
        for step in large.steps[:3]:
            display.update(StepFinished(step, Status.DONE))
        drawn = screen.drawn(display)
    state = " ".join(drawn.partition("\n 10.0s  ")[0].split())
    assert re.search(r" · 0 of \d+ numbers · about [\dhms]+ left", state)
    assert "…" not in state
    assert max(map(len, drawn.splitlines())) <= screen.width


def test_an_order_under_way_says_for_which_location_it_is(
    screen: Screen, quickstart: Plan, types: Types
) -> None:
    order = next(step for step in quickstart.steps if step.verb == "order")
    with LiveDisplay(screen.console, quickstart, types) as display:
        display.update(StepStarted(order))
        before = screen.drawn(display).splitlines()
        display.update(OrderProgress(order, "47955555", "RECEIVED", 0, 1))
        after = screen.drawn(display).splitlines()
    assert after[:-1] == before
    assert after[-1].split() == ["└", "0", "of", "1", "number,", "RECEIVED"]


def waiting_for_parents(plan: Plan) -> Plan:
    """As the planner has it: each step waits for what it is part of."""
    addresses = [step.address for step in plan.steps]
    steps = tuple(
        replace(
            step,
            waits_for=tuple(
                each
                for each in addresses
                if len(each.path) <= len(step.address.path)
                and each != step.address
                and each.path == step.address.path[: len(each.path)]
                and each.type in ("site", "sippeer")
            ),
        )
        for step in sorted(plan.steps, key=lambda step: step.address.type != "site")
    )
    return replace(plan, steps=steps)


def test_that_the_account_is_read_is_drawn_with_what_it_takes() -> None:
    screen = Screen(80)
    with reading_drawn(screen.console, screen.now, lambda: Figures(calls=41, refused=2)):
        screen.now += 3.0
    drawn = screen.output.getvalue()
    assert "3.0s · reading the account" in drawn
    assert "41 calls · 0 a second · 2 refused as too many" in drawn
