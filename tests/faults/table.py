"""The table of `docs/reliability.md`, from the outcomes of the full matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.trials import DONE, SCRIPT, Outcome

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = (
    "what happens to one request",
    "tried",
    "first run got by",
    "wrong after the second",
    "script: trials with something twice",
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: a row for each kind of fault, ours beside the script's."""
    ours = [each for each in outcomes if each.flow != SCRIPT]
    scripts = [each for each in outcomes if each.flow == SCRIPT]
    rows = [HEAD, tuple("---" for _ in HEAD)]
    for kind in dict.fromkeys(each.kind for each in ours):
        of_kind = [each for each in ours if each.kind == kind]
        beside = [each for each in scripts if each.kind == kind]
        by_itself = sum(each.first_code == DONE for each in of_kind)
        wrong = sum(bool(each.wrong) for each in of_kind)
        twice = sum(each.twice > 0 for each in beside)
        counted = f"{twice} of {len(beside)}: {sum(each.twice for each in beside)}"
        rows.append((kind, str(len(of_kind)), str(by_itself), str(wrong), counted))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")
