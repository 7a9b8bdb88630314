"""`python -m benchmarks.limits`: what is made of a limit that the account has and does not tell."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import click

from benchmarks import ours, page
from benchmarks.account import open_account
from benchmarks.machine import machine
from benchmarks.specs import Spec, write_spec
from provisioner.sandbox.calls.log import Entry
from provisioner.sandbox.calls.pace import category

LATENCY_MS = 20.0
JOBS = {"provision": ours.provision, "plan, no change": ours.read}
REST = 3.0
"""Seconds after which the account has forgotten what was asked before."""


@dataclass(frozen=True, slots=True)
class Held:
    """`used` is the share of the limit that the busiest kind of call used, but for the calls that
    an account takes at once after a rest."""

    parallelism: int
    job: str
    seconds: float
    calls: int
    refused: int
    used: float


def try_out(spec: Spec, limit: float, parallelism: int) -> list[Held]:
    """Both jobs on a new account. Raises RuntimeError where a call was given up."""
    rows = []
    with open_account(LATENCY_MS, rate_limit=limit) as account:
        for job, do in JOBS.items():
            time.sleep(REST)
            account.take_requests()
            began = time.perf_counter()
            do(account, spec, parallelism)
            seconds = time.perf_counter() - began
            asked = account.take_requests()
            refused = sum(each.status == HTTPStatus.TOO_MANY_REQUESTS for each in asked)
            used = _used(asked, account.id, limit)
            rows.append(Held(parallelism, job, seconds, len(asked), refused, used))
    return rows


def _used(asked: Sequence[Entry], account: str, limit: float) -> float:
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for each in asked:
        if each.status != HTTPStatus.TOO_MANY_REQUESTS:
            path = each.target.partition("?")[0].replace(f"/api/accounts/{account}", "")
            taken[category(each.method, f"/accounts/{{account}}{path}")].append(each.started)
    busiest = max(taken.values(), key=len)
    return (len(busiest) - limit) / (limit * (max(busiest) - min(busiest)))


@click.command()
@click.option("--sippeers", type=click.IntRange(2, 1000), default=100, show_default=True)
@click.option(
    "--limit",
    type=click.FloatRange(1),
    default=20,
    show_default=True,
    help="Calls of a kind that the account takes in a second.",
)
@page.into
def command(sippeers: int, limit: float, into: Path | None) -> None:
    """Provision sippeers and plan again, 16 and 64 in flight, where calls are limited."""
    lines = ["in flight  job               time  calls  refused  of the limit used"]
    with tempfile.TemporaryDirectory() as folder:
        spec = write_spec(Path(folder), sippeers)
        for parallelism in (16, 64):
            lines += [
                f"{row.parallelism:>9}  {row.job:<15}  {row.seconds:>4.1f} s  {row.calls:>5}"
                f"  {row.refused / row.calls:>6.1%}  {row.used:>17.0%}"
                for row in try_out(spec, limit, parallelism)
            ]
    lines.append(f"{sippeers} sippeers, {limit:g} calls a second of each kind; {machine()}")
    page.show("\n".join(lines), "limits", into)


if __name__ == "__main__":
    command()
