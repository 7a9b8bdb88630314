"""`python -m benchmarks.reading`: how long it takes to read and check large specs."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click

from benchmarks import page
from benchmarks.machine import machine
from benchmarks.specs import CALLBACK_PASSWORD, write_spec, write_template
from provisioner.cli.program import ALLOCATED_BETWEEN_COLLECTIONS
from provisioner.resources import resource_types
from provisioner.spec import load_spec

SIZES = (1000, 2000, 5000)
WRITERS: dict[str, Callable[[Path, int], Path]] = {
    "written out": lambda folder, size: write_spec(folder, size).path,
    "CSV and template": write_template,
}


def read(path: Path) -> tuple[int, float]:
    """How many resources there are, and the seconds of CPU that it took."""
    started = time.process_time()
    desired = load_spec([path], {"CALLBACK_PASSWORD": CALLBACK_PASSWORD}, resource_types())
    return len(desired.resources), time.process_time() - started


@click.command()
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True)
@page.into
def command(runs: int, into: Path | None) -> None:
    """Read sippeers, each with SMS, MMS, application and numbers, and check them."""
    gc.set_threshold(ALLOCATED_BETWEEN_COLLECTIONS)  # as the program has it
    lines = ["sippeers  resources  spec                 CPU"]
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for name, write in WRITERS.items():
                path = write(Path(folder), size)
                resources, seconds = zip(*(read(path) for _ in range(runs)), strict=True)
                lines.append(f"{size:>8}  {resources[0]:>9}  {name:<16}  {median(seconds):.2f} s")
    lines.append(f"median of {runs}; {machine()}")
    page.show("\n".join(lines), "reading", into)


if __name__ == "__main__":
    command()
