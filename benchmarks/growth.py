"""`python -m benchmarks.growth`: calls, CPU and memory of a plan without changes, by its size."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import click

from benchmarks import page
from benchmarks.machine import machine
from benchmarks.picture import Panel, draw
from benchmarks.settled import ACCOUNT, NUMBERS_EACH, Settled
from benchmarks.specs import CALLBACK_PASSWORD, Spec, write_spec
from provisioner.account.client import Client
from provisioner.account.connection import connection_from
from provisioner.account.reader import read_live
from provisioner.cli.program import ALLOCATED_BETWEEN_COLLECTIONS
from provisioner.model import DesiredState, LiveState
from provisioner.planning import make_plan
from provisioner.resources import resource_types
from provisioner.spec import load_spec
from provisioner.views.plan_text import render_plan
from provisioner.views.style import plain

SIZES = (100, 500, 1000, 5000)
LATENCY = 0.02
KILO = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


@dataclass(frozen=True, slots=True)
class Growth:
    """`reading` is the CPU of all calls, `thinking` that of the spec, the plan and its text, and
    `elapsed` the time of both where an answer takes LATENCY: all in seconds. `peak` is the most
    memory, in bytes."""

    sippeers: int
    resources: int
    calls: int
    thinking: float
    reading: float
    peak: int
    elapsed: float = 0.0


def plan_nothing(spec: Spec) -> Growth:
    """Raises RuntimeError where the plan finds something to do."""
    return _plan_nothing(spec, Settled(len(spec.sippeers)))


def time_of_plan(spec: Spec) -> float:
    """In seconds, where an answer takes LATENCY."""
    began = time.perf_counter()
    _plan_nothing(spec, Settled(len(spec.sippeers), LATENCY))
    return time.perf_counter() - began


def _plan_nothing(spec: Spec, account: Settled) -> Growth:
    types = resource_types()
    began = time.process_time()
    desired = load_spec([spec.path], {"CALLBACK_PASSWORD": CALLBACK_PASSWORD}, types)
    loaded = time.process_time()
    live, calls = asyncio.run(_read(desired, account))
    read = time.process_time()
    plan = make_plan(desired, live, types)
    if plan.has_changes:
        raise RuntimeError(f"{len(plan.steps)} steps where nothing is to be done")
    render_plan(plan, types, width=100, verbose=False, paint=plain)
    ended = time.process_time()
    return Growth(
        sippeers=len(spec.sippeers),
        resources=len(desired.resources),
        calls=calls,
        thinking=loaded - began + ended - read,
        reading=read - loaded - account.spent,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILO,
    )


async def _read(desired: DesiredState, account: Settled) -> tuple[LiveState, int]:
    environ = {"BW_API_URL": "http://localhost", "BW_USERNAME": "u", "BW_PASSWORD": "benchmark"}
    connection = connection_from(environ, ACCOUNT)
    async with Client(connection, transport=account) as client:
        live = await read_live(desired, client, resource_types())
        return live, client.traffic.calls


def _in_a_process_of_its_own(spec: Spec) -> Growth:
    """What another size needed is not in its memory."""
    context = multiprocessing.get_context("spawn")
    often = (ALLOCATED_BETWEEN_COLLECTIONS,)  # as the program has it
    with ProcessPoolExecutor(1, context, initializer=gc.set_threshold, initargs=often) as pool:
        measured = pool.submit(plan_nothing, spec).result()
        return replace(measured, elapsed=pool.submit(time_of_plan, spec).result())


@click.command()
@click.option("--picture", type=click.Path(path_type=Path), help="Draw it into this file, as SVG.")
@page.into
def command(picture: Path | None, into: Path | None) -> None:
    """Plan sippeers with SMS, MMS, the application and 20 numbers each, all as declared."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            _in_a_process_of_its_own(write_spec(Path(folder), size, NUMBERS_EACH)) for size in SIZES
        ]
    lines = ["sippeers  resources  calls     time  CPU of spec and plan  CPU of reading    peak"]
    lines += [
        f"{row.sippeers:>8}  {row.resources:>9}  {row.calls:>5}  {row.elapsed:>5.2f} s"
        f"  {row.thinking:>18.2f} s  {row.reading:>12.2f} s  {row.peak / 1e6:>3.0f} MB"
        for row in rows
    ]
    lines.append(machine())
    page.show("\n".join(lines), "growth", into)
    if picture:
        sizes = [row.sippeers for row in rows]
        panels = (
            Panel("calls", [float(row.calls) for row in rows]),
            Panel("time at 20 ms an answer, seconds", [row.elapsed for row in rows]),
            Panel("CPU, seconds", [row.thinking + row.reading for row in rows]),
            Panel("most memory, MB", [row.peak / 1e6 for row in rows]),
        )
        picture.write_text(draw("A plan without changes, by sippeers", sizes, panels), "utf-8")


if __name__ == "__main__":
    command()
