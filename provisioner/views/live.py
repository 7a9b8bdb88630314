"""The live display of an apply on a terminal: finished lines, and below them what runs.

The only view that imports rich. The time is the console's own (`Console(get_time=...)`).
"""

from __future__ import annotations

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
    OrderProgress,
    Status,
    StepFinished,
    StepRetried,
    StepStarted,
)
from provisioner.model import Address
from provisioner.planning.plan import Plan, Verb
from provisioner.resource_type import Types
from provisioner.views.progress import activity, event_line, order_state
from provisioner.views.wording import count, duration, printable

RUNNING_LISTED = 8
REFRESHES_A_SECOND = 8
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
        note = f"{self.note} · " if self.note else ""
        text = f"{duration(now - self.since):>6}  {note}{self.words}"
        return Text(text, no_wrap=True, overflow="ellipsis")


class LiveDisplay:
    """A context manager. Finished lines stay on the screen, the rest goes at the end."""

    def __init__(self, console: Console, plan: Plan, types: Types) -> None:
        self._console = console
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
                self._running[key] = Running(activity(event, self._types), self.elapsed)
            case StepRetried():
                self._note(key, event.reason)
            case OrderProgress():
                self._note(key, order_state(event))
            case StepFinished():
                self._running.pop(key, None)
                self._finished += 1
                line = event_line(event, self.elapsed, self._types) or ""
                self._console.print(Text(line, STYLES[event.status]), soft_wrap=True)

    def _note(self, key: StepKey, note: str) -> None:
        if key in self._running:
            self._running[key].note = printable(note)

    def renderable(self) -> Group:
        """What is drawn below the finished lines, as of now."""
        waiting = self._steps - self._finished - len(self._running)
        head = Table.grid(padding=(0, 1))
        state = (
            f"{duration(self.elapsed)} · {self._finished} of {count(self._steps, 'step')} done"
            f" · {len(self._running)} running · {waiting} waiting"
        )
        head.add_row(self._spinner, Text(state, no_wrap=True, overflow="ellipsis"))
        listed = list(self._running.values())[:RUNNING_LISTED]
        lines = [each.line(self.elapsed) for each in listed]
        more = len(self._running) - len(listed)
        if more:
            lines.append(Text(f"        and {more} more"))
        return Group(head, *lines)
