"""The plan as Markdown: a comment on a pull request, or a summary of a job.

What nobody may miss comes first, details are folded away, and it always fits: what would not is
cut, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provisioner.errors import Problem, Severity
from provisioner.planning.plan import Plan
from provisioner.resource_type import Types
from provisioner.views.entries import (
    Section,
    entries_of,
    in_sections,
    told_together,
    worth_telling,
)
from provisioner.views.markdown import fence_around, markdown_code
from provisioner.views.plan_text import entry_lines, notes
from provisioner.views.problems import render_problems
from provisioner.views.stakes import counts, counts_of_some, gone_for_good, purchases
from provisioner.views.wording import count

LIMIT = 65_000
"""Characters. GitHub takes 65,536 in a comment, and every other place takes more."""
CODE_WIDTH = 100
LISTED = 20
RESERVE = 1_000
"""Characters kept for what closes the document."""
MARKER = "<!-- provisioner -->"
"""A pipeline finds its comment by it, and updates that one instead of adding another."""
POINTER = (
    "**Cut here to fit: {missing} not shown.** The log of the job has the whole plan, and so "
    "has `provisioner plan`."
)


def render_markdown(plan: Plan, types: Types, *, tool_version: str, limit: int = LIMIT) -> str:
    """At most `limit` characters, of which a few thousand are needed for the top."""
    parts = [
        MARKER,
        f"### Plan for account {markdown_code(plan.account)}",
        f"**{counts(plan)}.**",
        *_purchases(plan, types),
        *_deletes(plan, types),
        *notes(plan),
    ]
    entries = told_together(entries_of(worth_telling(plan), types), types)
    details = [_section(section) for section in in_sections(entries, types)]
    if plan.warnings:
        lines = _problem_lines(plan.warnings)
        details.insert(0, _folded(f"Warnings: {len(plan.warnings)}", lines, "text"))
    origin, digest = markdown_code(plan.origin), plan.digest[:12]
    footer = f"<sub>{origin} · plan {digest} · provisioner {tool_version}</sub>"
    return _fitted(parts, details, footer, limit)


def render_problems_markdown(
    problems: Iterable[Problem], *, tool_version: str, limit: int = LIMIT
) -> str:
    """Where there is no plan: what is in the way of one."""
    problems = tuple(problems)
    number = sum(each.severity is Severity.ERROR for each in problems)
    parts = [MARKER, "### No plan", f"**{count(number, 'error')} to mend first.**"]
    footer = f"<sub>provisioner {tool_version}</sub>"
    lines = _problem_lines(problems)
    fence = fence_around(lines)
    return _fitted(parts, [_Block(f"{fence}text", lines, fence)], footer, limit)


def render_report_markdown(report: str, *, tool_version: str, limit: int = LIMIT) -> str:
    """What came of an apply, from its report as text."""
    lines = report.splitlines()
    fence = fence_around(lines)
    block = _Block(f"{fence}text", lines, fence)
    return _fitted(["### Apply"], [block], f"<sub>provisioner {tool_version}</sub>", limit)


def _purchases(plan: Plan, types: Types) -> Iterator[str]:
    bought = purchases(plan, types)
    if bought:
        number = plan.summary.numbers_to_order
        yield f"**Buys {count(number, 'number')}, billed from the day they are ordered:**"
        lines = [
            f"- {count(each.numbers, 'number')} {markdown_code(each.kind)}, "
            f"for {count(each.locations, 'location')}"
            for each in bought
        ]
        yield _list(lines)


def _deletes(plan: Plan, types: Types) -> Iterator[str]:
    gone = gone_for_good(plan, types)
    if gone:
        yield f"**Deletes {len(gone)} for good:**"
        yield _list([f"- {markdown_code(str(address))}" for address in gone])


def _list(lines: Sequence[str]) -> str:
    more = [f"- and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join((*lines[:LISTED], *more))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of code, and what stands before and after them."""

    opening: str
    lines: Sequence[str]
    closing: str

    def of(self, lines: Sequence[str]) -> str:
        return "\n".join((self.opening, *lines, self.closing))


def _folded(heading: str, lines: Sequence[str], language: str) -> _Block:
    fence = fence_around(lines)
    opening = f"<details><summary>{heading}</summary>\n\n{fence}{language}"
    return _Block(opening, lines, f"{fence}\n\n</details>")


def _section(section: Section) -> _Block:
    entries = tuple(section.entries)
    lines = [line[2:] for entry in entries for line in entry_lines(entry, CODE_WIDTH)]
    changed = counts_of_some(change for entry in entries for change in entry.changes)
    return _folded(f"{markdown_code(section.title)}: {changed}", lines, "diff")


def _problem_lines(problems: Iterable[Problem]) -> Sequence[str]:
    return render_problems(problems, width=CODE_WIDTH).splitlines()


def _fitted(parts: list[str], details: Sequence[_Block], footer: str, limit: int) -> str:
    """Details as long as they fit; the first that does not is cut between its lines."""
    room = limit - RESERVE - sum(size(part) + 2 for part in parts)
    for index, each in enumerate(details):
        whole = each.of(each.lines)
        if size(whole) + 2 <= room:
            parts.append(whole)
            room -= size(whole) + 2
            continue
        kept = _lines_that_fit(each, room)
        if kept:
            parts.append(each.of(kept))
        missing = sum(len(left.lines) for left in details[index:]) - len(kept)
        parts.append(POINTER.format(missing=count(missing, "line")))
        break
    return "\n\n".join((*parts, footer)) + "\n"


def _lines_that_fit(block: _Block, room: int) -> Sequence[str]:
    left = room - size(block.of(()))
    for number, line in enumerate(block.lines):
        left -= size(line) + 1
        if left < 0:
            return block.lines[:number]
    return block.lines


def size(text: str) -> int:
    """Characters as the strictest of those who count them does: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
