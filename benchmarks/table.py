"""What was measured, as an aligned table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.machine import machine
from benchmarks.measurement import OURS, Row, Setting

HEAD = ("sippeers", "job", "calls", "by", "time", "CPU", "ours to it", "of all runs")
TO_THE_LEFT = ("job", "by")


def render_table(rows: Iterable[Row], setting: Setting) -> str:
    """Words to the left, figures to the right; `of all runs` is the lowest and highest ratio."""
    lines = [HEAD, *(cells for row in rows for cells in _lines(row))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    table = "\n".join(_aligned(line, widths) for line in lines)
    return f"{_told(setting)}\n\n{table}\n"


def document(rows: Iterable[Row], setting: Setting) -> dict[str, Any]:
    """Seconds of every run; the figures of the table are their medians."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **asdict(setting),
        "rows": [
            {**asdict(row), "ratios": {name: row.ratio_to(name) for name in row.timings}}
            for row in rows
        ],
    }


def _told(setting: Setting) -> str:
    runs = "1 run" if setting.runs == 1 else f"median of {setting.runs} runs"
    return (
        f"{setting.latency_ms:g} ms latency, {setting.parallelism} requests in flight, {runs}; "
        f"{machine()}"
    )


def _lines(row: Row) -> Iterator[tuple[str, ...]]:
    """What is the same for all that did one job stands in the first line of it."""
    for name, timings in row.timings.items():
        ratios = row.ratios_to(name)
        ours = name == OURS
        yield (
            *((str(row.sippeers), row.job, str(row.calls)) if ours else ("", "", "")),
            name,
            f"{median(each.elapsed for each in timings):.3f} s",
            f"{median(each.cpu for each in timings):.3f} s",
            "" if ours else _told_ratio(median(ratios)),
            "" if ours else f"{_told_ratio(min(ratios))} to {_told_ratio(max(ratios))}",
        )


def _told_ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (
        cell.ljust(width) if title in TO_THE_LEFT else cell.rjust(width)
        for title, cell, width in zip(HEAD, cells, widths, strict=True)
    )
    return "  ".join(aligned).rstrip()
