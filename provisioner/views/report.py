"""What came of a plan: events folded into a report, and the report as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from provisioner.execution.events import Event, Figures, Status, StepFinished
from provisioner.model import Address
from provisioner.planning.ordering import GIVING_BACK
from provisioner.planning.plan import Plan, Step, Verb
from provisioner.resource_type import Shape, Types
from provisioner.views.arrangement import arranged
from provisioner.views.corrections import correction_lines
from provisioner.views.layout import columns, listing, paragraphs, wrap
from provisioner.views.progress import (
    numbers_that_came,
    outcome,
    traffic,
    what_failed,
    what_is_open,
)
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import (
    count,
    deed,
    linked_type,
    noun,
    phrase,
    printable,
    seconds,
    some,
)

SKIPPED_LISTED = 20
FEWEST_ALIKE = 5
ALIKE_NAMED = 6


class Report:
    """The events of one run, folded. A step has ended when its StepFinished has been added."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.finished: list[StepFinished] = []

    @classmethod
    def of(cls, plan: Plan, events: Iterable[Event]) -> Report:
        report = cls(plan)
        for event in events:
            report.add(event)
        return report

    def add(self, event: Event) -> None:
        if isinstance(event, StepFinished):
            self.finished.append(event)

    def having(self, status: Status, *verbs: Verb) -> list[StepFinished]:
        """The finished steps of one status, and of these verbs if any are given."""
        return [
            event
            for event in self.finished
            if event.status is status and (not verbs or event.step.verb in verbs)
        ]

    @property
    def counts(self) -> Mapping[Status, int]:
        return {status: len(self.having(status)) for status in Status}

    @property
    def unfinished(self) -> tuple[Step, ...]:
        """Steps that never came to an end, because the run was cut off."""
        ended = {(event.step.verb, event.step.address) for event in self.finished}
        return tuple(step for step in self.plan.steps if (step.verb, step.address) not in ended)

    @property
    def complete(self) -> bool:
        return not self.unfinished and all(event.status is Status.DONE for event in self.finished)

    @property
    def wrote(self) -> bool:
        """Whether the account was changed, or may have been."""
        return any(event.wrote for event in self.finished)

    @property
    def ids(self) -> Mapping[Address, str]:
        """The server's ids that the run has seen; for a block that of its last order."""
        return {event.step.address: event.id for event in self.finished if event.id}

    @property
    def numbers(self) -> Mapping[Address, tuple[str, ...]]:
        """The numbers that came during the run, by block."""
        found: dict[Address, tuple[str, ...]] = {}
        for event in self.finished:
            if event.numbers:
                found[event.step.address] = found.get(event.step.address, ()) + event.numbers
        return found


def render_report(
    report: Report,
    types: Types,
    *,
    elapsed: float,
    width: int,
    figures: Figures | None = None,
    interrupted: bool = False,
    paint: Paint = plain,
) -> str:
    """The end of an apply. The last line is stable: `Applied: ...` or `Not complete: ...`."""
    done = Status.DONE
    short = [_short(event, types) for event in report.having(Status.SHORT)]
    still_open = [what_is_open(event, types) for event in report.having(Status.OPEN)]
    failed = [*_failures(report.having(Status.FAILED), types)]
    unfinished = [deed(step.change, step.verb, types) for step in report.unfinished]
    released = [event for event in report.finished if event.step.verb is Verb.RELEASE]
    came = [event for event in report.finished if event.step.verb is not Verb.RELEASE]
    better = correction_lines(report.finished)
    closing = closing_line(report, elapsed, figures)
    return paragraphs(
        (
            _section("Created", _listed(report.having(done, Verb.CREATE), types), paint),
            _section("Changed", _listed(report.having(done, Verb.UPDATE), types), paint),
            _section("Deleted", _listed(report.having(done, Verb.DELETE), types), paint),
            _section("Numbers", _number_lines(came, types, width), paint),
            _section("Released", _number_lines(released, types, width), paint),
            _section("Fewer than ordered", _sentences(short, width), paint),
            _section("Put into the spec, as the account has it", better, paint),
            _section("Still open", _sentences(still_open, width), paint),
            _section("Failed", _sentences(failed, width), paint),
            _section("Skipped", _skipped(report.having(Status.SKIPPED), types, width), paint),
            _section("Not finished", _sentences(unfinished, width), paint),
            [*_advice(report, interrupted, width), paint(Style.STRONG, closing)],
        )
    )


def closing_line(report: Report, elapsed: float, figures: Figures | None = None) -> str:
    done = Status.DONE
    counts = report.counts
    parts = [
        f"{len(report.having(done, Verb.CREATE))} created",
        f"{len(report.having(done, Verb.UPDATE))} changed",
        f"{len(report.having(done, Verb.DELETE))} deleted",
        f"{count(_numbers_by(report, Verb.ORDER), 'number')} ordered",
    ]
    closed = len(report.having(done, Verb.CLOSE))
    released = _numbers_by(report, Verb.RELEASE)
    assigned = _numbers_by(report, Verb.ASSIGN)
    moved, awaited = _numbers_by(report, Verb.MOVE), _numbers_by(report, Verb.AWAIT)
    rest = {
        f"{count(released, 'number')} released": released,
        f"{count(closed, 'back order')} closed": closed,
        f"{moved} moved": moved,
        f"{assigned} assigned": assigned,
        f"{awaited} more arrived": awaited,
        f"{count(counts[Status.SHORT], 'order')} short": counts[Status.SHORT],
        f"{count(counts[Status.OPEN], 'order')} open": counts[Status.OPEN],
        f"{counts[Status.FAILED]} failed": counts[Status.FAILED],
        f"{counts[Status.SKIPPED]} skipped": counts[Status.SKIPPED],
        f"{len(report.unfinished)} not finished": len(report.unfinished),
    }
    verbs = {step.verb for step in report.plan.steps}
    if verbs and verbs <= {Verb.RELEASE, Verb.CLOSE}:
        parts = []
    text = ", ".join([*parts, *(part for part, number in rest.items() if number)])
    took = seconds(elapsed) + (f" ({traffic(figures)})" if figures else "")
    if report.complete:
        return f"Applied: {text} in {took}."
    return f"Not complete: {text} in {took}. Run it again to continue."


def _numbers_by(report: Report, verb: Verb) -> int:
    return sum(len(event.numbers) for event in report.finished if event.step.verb is verb)


def _section(title: str, lines: Sequence[str], paint: Paint) -> list[str]:
    return [paint(Style.STRONG, title), *lines] if lines else []


def _listed(events: Iterable[StepFinished], types: Types) -> list[str]:
    """What has a name of its own with its id; of features and links how many, where many."""
    by_address = {event.step.address: event for event in events}
    named: list[tuple[str, str]] = []
    by_type: dict[str, list[StepFinished]] = {}
    for address in arranged(by_address, types):
        event = by_address[address]
        if types[address.type].shape is Shape.NAMED:
            named.append((noun(address, types), printable(event.id or "")))
        else:
            by_type.setdefault(address.type, []).append(event)
    return [
        *columns(named, indent="  "),
        *(f"  {_together(alike, types)}" for alike in by_type.values()),
    ]


def _together(alike: Sequence[StepFinished], types: Types) -> str:
    if len(alike) == 1:
        return outcome(alike[0], types)
    change, verb = alike[0].step.change, alike[0].step.verb
    words, resource_type = phrase(change, verb, types), types[change.address.type]
    linked = linked_type(resource_type) if resource_type.shape is Shape.LINK else ""
    return (
        f"{words.after} {linked or resource_type.title} {words.link} "
        f"{len(alike)} {resource_type.parent}s"
    )


def _number_lines(events: Iterable[StepFinished], types: Types, width: int) -> list[str]:
    lines: list[str] = []
    for event in sorted(events, key=lambda event: event.step.address):
        if not event.numbers:
            continue
        lines += wrap(numbers_that_came(event, types), width=width, first="  ", rest="    ")
        if event.id:
            lines.append(f"    order {printable(event.id)}")
        lines += listing(event.numbers, width=width, indent="    ")
    return lines


def _sentences(sentences: Iterable[str], width: int) -> list[str]:
    return [
        line
        for sentence in sentences
        for line in wrap(sentence, width=width, first="  ", rest="    ")
    ]


def _failures(events: Iterable[StepFinished], types: Types) -> Iterator[str]:
    """What failed in the same way is told once, from some number on."""
    by_way: dict[tuple[Verb, str, str], list[StepFinished]] = {}
    for event in events:
        way = (event.step.verb, event.step.address.type, event.error)
        by_way.setdefault(way, []).append(event)
    for first, *others in by_way.values():
        yield _failed(first, types)
        if len(others) < FEWEST_ALIKE:
            yield from (_failed(event, types) for event in others)
        else:
            places = [printable("/".join(event.step.address.path)) for event in others]
            yield f"the same {len(others)} times more: {some(places, ALIKE_NAMED)}"


def _failed(event: StepFinished, types: Types) -> str:
    """With the line that declares it."""
    origin = event.step.origin
    place = f"{printable(origin.place)}: " if origin else ""
    return f"{place}{what_failed(event, types)}"


def _short(event: StepFinished, types: Types) -> str:
    came = numbers_that_came(event, types)
    return f"{came}: {printable(event.error)}" if event.error else came


def _skipped(events: Sequence[StepFinished], types: Types, width: int) -> list[str]:
    """By cause, so that it is told once."""
    by_cause: dict[str, list[Address]] = {}
    for event in events:
        cause = noun(event.cause, types) if event.cause else ""
        because = f"because {cause} failed:" if cause else "because the run was stopped:"
        by_cause.setdefault(because, []).append(event.step.address)
    lines: list[str] = []
    for because, addresses in by_cause.items():
        lines += wrap(because, width=width, first="  ", rest="    ")
        for address in arranged(addresses, types)[:SKIPPED_LISTED]:
            lines += wrap(noun(address, types), width=width, first="    ", rest="      ")
        if len(addresses) > SKIPPED_LISTED:
            lines.append(f"    and {len(addresses) - SKIPPED_LISTED} more")
    return lines


def _advice(report: Report, interrupted: bool, width: int) -> list[str]:
    sentences = []
    if interrupted:
        sentences.append("Interrupted: nothing more was started.")
    if report.having(Status.OPEN):
        sentences.append("Running it again goes on waiting for open orders; it places no second.")
    if report.having(Status.SHORT):
        sentences.append("Running it again orders just the numbers that are missing.")
    gave = any(step.verb not in GIVING_BACK for step in report.plan.steps)
    if report.complete and report.wrote and gave:
        sentences.append("`provisioner show SPEC` prints ids and numbers again.")
    return [line for sentence in sentences for line in wrap(sentence, width=width)]
