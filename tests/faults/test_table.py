"""The table says what was found, for better or for worse."""

from __future__ import annotations

from tests.faults.table import BEGIN, END, PAGE, table
from tests.faults.trials import EVERYTHING, SCRIPT, Outcome

OUTCOMES = [
    Outcome("quickstart", "garbage", "GET /sites", 0, ""),
    Outcome("two sites", "garbage", "POST /sites", 3, "sites: 2 for 1"),
    Outcome("two sites", "killed after", "POST /sites", -9, ""),
    Outcome(SCRIPT, "garbage", "POST /sites", 0, "", twice=0),
    Outcome(SCRIPT, "killed after", "POST /sites", -9, "", twice=2),
    Outcome(SCRIPT, "killed after", "POST /orders", -9, "", twice=7),
]


def test_it_counts_trials_what_got_by_what_is_wrong_and_what_is_there_twice() -> None:
    assert table(OUTCOMES).splitlines()[2:] == [
        "| garbage | 2 | 1 | 1 | 0 of 1: 0 |",
        "| killed after | 1 | 0 | 0 | 2 of 2: 9 |",
    ]


def test_the_page_has_a_row_for_each_kind_and_nothing_wrong_in_it() -> None:
    written = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line.strip("| ").split(" | ") for line in written.splitlines()[3:]]
    assert [row[0] for row in rows] == [*EVERYTHING]
    assert {row[3] for row in rows} == {"0"}
