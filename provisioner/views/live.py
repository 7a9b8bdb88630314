"""What is drawn on a terminal: that an account is read, and of an apply finished lines and below
them what runs.

The only view that imports rich. The time is the console's own (`Console(get_time=...)`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from provisioner.execution.events import (
    Event,
    Figures,
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.model import Address
from provisioner.planning.plan import Plan, Step, Verb
from provisioner.resource_type import Shape, Types
from provisioner.views.layout import wrap
from provisioner.views.progress import SHORTEST_TOLD, activity, event_line, order_state
from provisioner.views.wording import (
    count,
    duration,
    linked_type,
    noun,
    numbers_so_far,
    phrase,
    printable,
    whole_seconds,
)

RUNNING_LISTED = 8
WAITING_LISTED = 3
RATE_OVER = 5.0
"""Seconds over which calls a second are counted."""
FEWEST_TO_JUDGE_BY = 3
REFRESHES_A_SECOND = 8
UNDER_STATE = "  "
"""As wide as the spinner and the gap after it."""
KEPT_TOGETHER = "\u00a0"
"""A space at which no line is broken."""
STYLES = {
    Status.DONE: "green",
    Status.FAILED: "bold red",
    Status.OPEN: "yellow",
    Status.SHORT: "yellow",
    Status.SKIPPED: "dim",
}

StepKey = tuple[Verb, Address]


@dataclass(slots=True)
class Running:
    """A step that has started and not ended; `since` in seconds from the start of the run."""

    words: str
    since: float
    note: str = ""

    def line(self, now: float) -> Text:
        text = f"{duration(now - self.since):>6}  {self.words}"
        return Text(text, no_wrap=True, overflow="ellipsis")


class Pace:
    """What the calls came to, and how many a second of late."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures
        self._samples: deque[tuple[float, int]] = deque()

    def lines(self, now: float) -> Iterator[str]:
        figures = self._figures()
        if not figures.calls:
            return
        self._samples.append((now, figures.calls))
        while self._samples[0][0] < now - RATE_OVER:
            self._samples.popleft()
        since, calls = self._samples[0]
        rate = (figures.calls - calls) / (now - since) if now > since else 0.0
        parts = [count(figures.calls, "call"), f"{rate:.0f} a second"]
        if figures.refused:
            parts.append(f"{figures.refused} refused as too many")
        if figures.held_back >= SHORTEST_TOLD:
            parts.append(f"{duration(figures.held_back)} held back")
        yield " · ".join(parts)
        for kind, seconds_left in figures.holds.items():
            yield f"held back {duration(seconds_left)} more: too many of `{kind}` for the service"


@contextmanager
def reading_drawn(
    console: Console, started: float, figures: Callable[[], Figures]
) -> Iterator[None]:
    """Shows that the account is being read since then; nothing of it stays on the screen."""
    pace, spinner = Pace(figures), Spinner("dots")

    def renderable() -> Group:
        elapsed = console.get_time() - started
        head = Table.grid(padding=(0, 1))
        head.add_row(spinner, _line(f"{duration(elapsed)} · reading the account"))
        return Group(head, *(_line(f"  {each}", "dim") for each in pace.lines(elapsed)))

    with Live(
        console=console,
        get_renderable=renderable,
        refresh_per_second=REFRESHES_A_SECOND,
        transient=True,
        redirect_stdout=False,
    ):
        yield


class LiveDisplay:
    """A context manager. Finished lines stay on the screen, the rest goes at the end."""

    def __init__(
        self, console: Console, plan: Plan, types: Types, figures: Callable[[], Figures] = Figures
    ) -> None:
        self._console = console
        self._pace = Pace(figures)
        self._wanted = plan.summary.numbers_to_order + plan.in_flight
        self._numbers: dict[StepKey, int] = {}
        self._waiting = {(step.verb, step.address): step for step in plan.steps}
        self._types = types
        self._steps = len(plan.steps)
        self._finished = 0
        self._running: dict[StepKey, Running] = {}
        self._started = console.get_time()
        self._spinner = Spinner("dots")
        self._live = Live(
            console=console,
            get_renderable=self.renderable,
            refresh_per_second=REFRESHES_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=True,  # what else is said there stands above what is drawn
        )

    def __enter__(self) -> Self:
        self._started = self._console.get_time()
        self._live.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    @property
    def elapsed(self) -> float:
        return self._console.get_time() - self._started

    def update(self, event: Event) -> None:
        key = (event.step.verb, event.step.address)
        match event:
            case StepStarted():
                self._waiting.pop(key, None)
                self._running[key] = Running(activity(event, self._types), self.elapsed)
            case StepRetried():
                self._note(key, event.reason)
            case OrderProgress():
                self._note(key, order_state(event))
                self._numbers[key] = event.completed
            case StepFinished():
                self._running.pop(key, None)
                self._waiting.pop(key, None)
                self._finished += 1
                if event.step.verb in (Verb.ORDER, Verb.AWAIT):
                    self._numbers[key] = len(event.numbers)
                line = event_line(event, self.elapsed, self._types) or ""
                self._console.print(Text(line, STYLES[event.status]), soft_wrap=True)

    def _note(self, key: StepKey, note: str) -> None:
        if key in self._running:
            self._running[key].note = printable(note)

    def renderable(self) -> Group:
        """What is drawn below the finished lines, as of now."""
        head = Table.grid(padding=(0, 1))
        first, *rest = self._state()
        head.add_row(self._spinner, _line(first))
        lines = [_line(f"{UNDER_STATE}{each}") for each in rest]
        lines += [_line(f"{UNDER_STATE}{each}", "dim") for each in self._pace.lines(self.elapsed)]
        room = self._console.height - 2 - len(lines)
        shown = 0
        for (_, address), running in self._running.items():
            below = [each for each in (running.note, self._then(address)) if each]
            if shown == RUNNING_LISTED or room < 2 + len(below):
                break
            shown += 1
            room -= 1 + len(below)
            lines.append(running.line(self.elapsed))
            lines += [_line(f"        └ {each}", "dim") for each in below]
        if len(self._running) > shown:
            lines.append(_line(f"        and {len(self._running) - shown} more"))
        return Group(head, *lines)

    def _state(self) -> list[str]:
        """In as many lines as the width takes, so that nothing of it is cut off."""
        parts = [
            duration(self.elapsed),
            f"{self._finished} of {count(self._steps, 'step')} done",
            f"{len(self._running)} running",
            f"{len(self._waiting)} waiting",
        ]
        if self._wanted:
            parts.append(numbers_so_far(sum(self._numbers.values()), self._wanted))
        if left := self.time_left:
            parts.append(f"about {whole_seconds(left)} left")
        state = " · ".join(part.replace(" ", KEPT_TOGETHER) for part in parts)
        lines = wrap(state, width=self._console.width - len(UNDER_STATE))
        return [line.replace(KEPT_TOGETHER, " ") for line in lines]

    @property
    def time_left(self) -> float:
        """Seconds, by what the steps took so far; 0 where that says nothing.

        Orders take as long as they take: while nothing but orders runs, nobody knows.
        """
        only_orders = all(verb in (Verb.ORDER, Verb.AWAIT) for verb, _ in self._running)
        left = self._steps - self._finished
        if self._finished < FEWEST_TO_JUDGE_BY or not left or only_orders:
            return 0.0
        return max(1.0, float(round(self.elapsed / self._finished * left)))

    def _then(self, address: Address) -> str:
        """What waits for a step that runs."""
        waiting = [step for step in self._waiting.values() if address in step.waits_for]
        if not waiting:
            return ""
        first = [_short_deed(step, self._types) for step in waiting[:WAITING_LISTED]]
        more = f" and {len(waiting) - len(first)} more" if len(waiting) > len(first) else ""
        return f"then {', '.join(first)}{more}"


def _short_deed(step: Step, types: Types) -> str:
    """Without its place, where that is the place of what it waits for."""
    resource_type = types[step.address.type]
    before = phrase(step.change, step.verb, types).before
    match resource_type.shape:
        case Shape.NAMED:
            return f"{before} {noun(step.address, types)}"
        case Shape.FEATURE:
            return f"{before} {resource_type.title}"
        case Shape.LINK:
            return f"{before} {linked_type(resource_type)}"
        case Shape.BLOCKS | Shape.MEMBERSHIP:
            return f"{before} numbers"


def _line(text: str, style: str = "") -> Text:
    return Text(text, style, no_wrap=True, overflow="ellipsis")
