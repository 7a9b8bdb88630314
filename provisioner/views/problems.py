"""What is wrong, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from provisioner.errors import Origin, Problem, Severity
from provisioner.views.documents import EVENTS_VERSION, Document, problem_document
from provisioner.views.layout import paragraphs, wrap
from provisioner.views.style import Paint, Style, plain
from provisioner.views.wording import count, printable, some

ROWS_SHOWN, ROWS_NAMED = 5, 10
SEVERITY_STYLES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING}


def render_problems(problems: Iterable[Problem], *, paint: Paint = plain, width: int = 80) -> str:
    """One block a problem; its first line is what editors and CI systems parse:
    `FILE:LINE:COLUMN: SEVERITY: SUMMARY [CODE]`."""
    return paragraphs(problem_blocks(problems, paint=paint, width=width))


def problem_blocks(problems: Iterable[Problem], *, paint: Paint, width: int) -> Iterator[list[str]]:
    """The lines of each. What is wrong with many rows of one template is shown for the first of
    them; of the others the places are told."""
    groups: dict[object, list[Problem]] = {}
    for index, problem in enumerate(problems):
        origin = problem.origin
        group = (origin.place, problem.code) if origin and origin.rows else index
        groups.setdefault(group, []).append(problem)
    for alike in groups.values():
        for problem in alike[:ROWS_SHOWN]:
            yield _problem_lines(problem, paint=paint, width=width)
        if others := [_rows(each) for each in alike[ROWS_SHOWN:]]:
            told = f"The same in {count(len(others), 'more row')}: {some(others, ROWS_NAMED)}."
            yield detail_lines(told, width=width)


def _problem_lines(problem: Problem, *, paint: Paint, width: int) -> list[str]:
    where = f"{printable(problem.origin.place)}: " if problem.origin else ""
    severity = paint(SEVERITY_STYLES[problem.severity], f"{problem.severity}:")
    head = f"{where}{severity} {problem.summary} {paint(Style.QUIET, f'[{problem.code}]')}"
    row = [f"Row: {_rows(problem)}"] if problem.origin and problem.origin.rows else []
    return [head, *detail_lines("\n".join([problem.detail, *row]), width=width)]


def _rows(problem: Problem) -> str:
    return " ".join(str(row) for row in problem.origin.rows) if problem.origin else ""


def detail_lines(detail: str, *, width: int) -> list[str]:
    """Wrapped, but for indented lines: those are YAML for the user to copy."""
    lines = []
    for line in detail.splitlines():
        if line.startswith(" "):
            lines.append(f"    {printable(line)}")
        else:
            lines += wrap(printable(line), width=width, first="    ", rest="    ")
    return lines


def placed(problems: Iterable[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    """The problems with a position each, as some readers demand: the first line of the first of
    the files where there is none. Those that even so have none are left out."""
    first = Origin(files[0], 1, 1) if files else None
    found = (replace(each, origin=each.origin or first) for each in problems)
    return tuple(each for each in found if each.origin)


def refusal_document(problems: Iterable[Problem]) -> Document:
    """The answer of other commands with `--json` where they could not do their work."""
    return {"complete": False, "problems": [problem_document(problem) for problem in problems]}


def refusal_event(problems: Iterable[Problem]) -> Document:
    """The same as a line of a stream, of which it may be the first."""
    return {
        "type": "problems",
        "format_version": EVENTS_VERSION,
        **refusal_document(problems),
    }


def problems_document(problems: Iterable[Problem]) -> Document:
    """The answer of `validate --json`: valid means without errors, warnings are allowed."""
    found = tuple(problems)
    return {
        "valid": all(problem.severity is not Severity.ERROR for problem in found),
        "problems": [problem_document(problem) for problem in found],
    }
