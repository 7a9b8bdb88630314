"""`python -m benchmarks.reading`: how long it takes to read and check large specs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click

from benchmarks.specs import CALLBACK_PASSWORD, write_spec, write_template
from provisioner.resources import resource_types
from provisioner.spec import load_spec

SIZES = (1000, 5000)
WRITERS: dict[str, Callable[[Path, int], Path]] = {
    "written out": lambda folder, size: write_spec(folder, size).path,
    "CSV and template": write_template,
}


def seconds_to_read(path: Path) -> float:
    started = time.perf_counter()
    load_spec([path], {"CALLBACK_PASSWORD": CALLBACK_PASSWORD}, resource_types())
    return time.perf_counter() - started


@click.command()
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True)
def command(runs: int) -> None:
    """Read sippeers, each with SMS, MMS, application and numbers, and check them."""
    click.echo(f"sippeers  {'spec':<16}  median of {runs}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for name, write in WRITERS.items():
                path = write(Path(folder), size)
                seconds = median(seconds_to_read(path) for _ in range(runs))
                click.echo(f"{size:>8}  {name:<16}  {seconds:.2f} s")


if __name__ == "__main__":
    command()
