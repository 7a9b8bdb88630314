"""`python -m benchmarks`: how long provisioning takes, beside a bare loop of the same requests."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from benchmarks import page
from benchmarks.measurement import (
    ALWAYS,
    ON_REQUEST,
    OURS,
    Setting,
    measure,
    only,
    warm_up,
)
from benchmarks.processes import ROOT
from benchmarks.specs import write_spec
from benchmarks.table import document, render_table
from benchmarks.traffic import DifferentTraffic

# The account's log holds the requests of one job of this size, and the area code its numbers:
# 10 000 and 1 000.
LARGEST = 1000


def _sizes(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isdecimal() and 1 <= int(part) <= LARGEST for part in parts):
        raise click.BadParameter(f"numbers from 1 to {LARGEST} with commas between them, please")
    return tuple(int(part) for part in parts)


def _others(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[str, ...]:
    names = tuple(filter(None, text.split(",")))
    if not set(names) <= ON_REQUEST.keys():
        raise click.BadParameter(f"{' and '.join(ON_REQUEST)} with commas between them, please")
    return names


@click.command()
@click.option(
    "--sizes",
    default="1,20,100,1000",
    show_default=True,
    callback=_sizes,
    help="How many sippeers.",
)
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--latency-ms",
    type=click.FloatRange(0),
    default=20,
    show_default=True,
    help="Time that the account adds to every answer.",
)
@click.option(
    "--parallelism",
    type=click.IntRange(1, 256),
    default=16,
    show_default=True,
    help="Most requests in flight at a time.",
)
@click.option(
    "--with",
    "beside",
    metavar="NAMES",
    default="",
    callback=_others,
    help="Compare with these as well, up to 100 sippeers, and install them: newman,ansible.",
)
@page.into
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the figures of every run.")
def command(
    sizes: tuple[int, ...],
    runs: int,
    latency_ms: float,
    parallelism: int,
    beside: tuple[str, ...],
    into: Path | None,
    as_json: bool,
) -> None:
    """Provision sippeers on the embedded account, and plan again, which finds nothing to do."""
    setting = Setting(runs, latency_ms, parallelism, beside)
    if beside and subprocess.run([ROOT / "scripts/compared", *beside], check=False).returncode:
        sys.exit(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            specs = [write_spec(Path(folder), size) for size in sizes]
            warm_up(write_spec(Path(folder), 1))
            rows = [row for spec in specs for row in measure(spec, setting, _tell)]
    except DifferentTraffic as difference:
        click.echo(str(difference), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(document(rows, setting), indent=2))
    else:
        page.show(render_table([only(row, ALWAYS) for row in rows], setting), "figures", into)
        if beside:
            compared = [only(row, (OURS, *beside)) for row in rows if {*beside} <= {*row.timings}]
            page.show(render_table(compared, setting), "others", into)


def _tell(progress: str) -> None:
    click.echo(progress, err=True)


if __name__ == "__main__":
    command()
