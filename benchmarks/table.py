"""What was measured, as an aligned table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.measurement import Row, Setting

HEAD = (
    *("sippeers", "job", "calls", "provisioner", "bare loop", "ratio", "of all runs"),
    *("raw sockets", "ratio to it"),
)


def render_table(rows: Iterable[Row], setting: Setting) -> str:
    """Words to the left, figures to the right; `of all runs` is the lowest and highest ratio."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    table = "\n".join(_aligned(line, widths) for line in lines)
    return f"{_told(setting)}\n\n{table}\n"


def document(rows: Iterable[Row], setting: Setting) -> dict[str, Any]:
    """Seconds and ratios of every run; the figures of the table are their medians."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **asdict(setting),
        "rows": [{**asdict(row), "ratios": row.ratios, "ratio": row.ratio} for row in rows],
    }


def _told(setting: Setting) -> str:
    runs = "1 run" if setting.runs == 1 else f"median of {setting.runs} runs"
    return (
        f"{setting.latency_ms:g} ms latency, {setting.parallelism} requests in flight, {runs}; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        str(row.sippeers),
        row.job,
        str(row.calls),
        f"{median(row.ours):.3f} s",
        f"{median(row.bare):.3f} s",
        f"{row.ratio:.2f}",
        f"{min(row.ratios):.2f} to {max(row.ratios):.2f}",
        f"{median(row.raw):.3f} s",
        f"{row.ratio_to_raw:.2f}",
    )


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (
        cell.ljust(width) if column == HEAD.index("job") else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(aligned)
