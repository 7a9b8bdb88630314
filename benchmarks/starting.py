"""`python -m benchmarks.starting`: what it takes to start a command, beside importing libraries."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from benchmarks import page
from benchmarks.machine import machine
from benchmarks.processes import ROOT
from benchmarks.specs import CALLBACK_PASSWORD

SPEC = "examples/quickstart.yaml"
LIBRARIES = "httpx, lxml.etree, jinja2, yaml, jsonschema"


@dataclass(frozen=True, slots=True)
class Pair:
    """Arguments of the program, and the code that it is measured by."""

    arguments: Sequence[str]
    code: str


PAIRS = (
    Pair(["--version"], "import click"),
    Pair(["validate", SPEC], f"import {LIBRARIES}"),
    Pair(["plan", "--help"], f"import {LIBRARIES}"),
)


def cpu_of(*command: str) -> float:
    """Seconds. Compiled modules are kept, as they are where a program is installed."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("BW_")}
    environ["CALLBACK_PASSWORD"] = CALLBACK_PASSWORD
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _ours(pair: Pair) -> float:
    return cpu_of(str(Path(sys.executable).with_name("provisioner")), *pair.arguments)


def _theirs(pair: Pair) -> float:
    return cpu_of(sys.executable, "-c", pair.code)


@click.command()
@click.option("--runs", type=click.IntRange(1), default=15, show_default=True)
@page.into
def command(runs: int, into: Path | None) -> None:
    """Start each of them in turns."""
    lines = [f"{'provisioner':<34}     CPU  ratio  beside python -c"]
    for pair in PAIRS:
        _ours(pair), _theirs(pair)  # once, so that everything is compiled
        seconds = [(_ours(pair), _theirs(pair)) for _ in range(runs)]
        cpu = median(ours for ours, _ in seconds)
        ratio = median(ours / theirs for ours, theirs in seconds)
        told = " ".join(pair.arguments)
        lines.append(f"{told:<34}  {cpu * 1000:>3.0f} ms  {ratio:>5.2f}  {pair.code}")
    lines.append(f"median of {runs}; {machine()}")
    page.show("\n".join(lines), "starting", into)


if __name__ == "__main__":
    command()
