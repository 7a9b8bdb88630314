"""The benchmark runs, compares like with like and counts right. Its seconds are not tested."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from provisioner.sandbox.log import Entry

ROOT = Path(__file__).parent.parent

# For one sippeer. Provisioning: 2 lists; application, site, sippeer, SMS and MMS; the assignment
# looked at and made; the order placed, looked up, read and followed. A plan: 2 lists; the site, for
# its address; SMS, MMS, assignment and numbers of the sippeer.
CALLS = {"provision": 11, "plan, no change": 8}

ORDER = Entry(
    "POST",
    "/api/accounts/9900778/orders",
    201,
    b"<?xml version='1.0' encoding='UTF-8'?>\n<Order>\n  <Name>a b</Name>\n"
    b"  <CustomerOrderId>bwp-c8b8f042db3032108f49-1</CustomerOrderId>\n"
    b"  <SiteId>13651</SiteId>\n</Order>",
    b"",
)
ORDER_ELSEWHERE = replace(
    ORDER,
    request=b"<Order><Name>a b</Name><CustomerOrderId>bwp-00000000000000083ec6-1</CustomerOrderId>"
    b"<SiteId>13700</SiteId></Order>",
)


@pytest.fixture(autouse=True)
def _benchmarks_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def test_the_listener_keeps_what_it_is_called_with() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.listener_speed", "--events", "20", "--connections", "2"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told, accepted, machine = done.stdout.splitlines()
    assert told.startswith("20 events from 2 callers, two requests each: ")
    assert accepted.startswith("accepted within ")
    assert machine.startswith("Python ")


def run(*arguments: str, module: str = "benchmarks") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        cwd=ROOT,
        env={**os.environ, "BW_ACCOUNT_ID": "5555555", "BW_CLIENT_ID": "not-for-the-benchmark"},
        capture_output=True,
        text=True,
    )


def test_the_table_has_a_row_for_each_job_with_its_calls() -> None:
    done = run("--sizes", "1", "--runs", "1", "--latency-ms", "0")
    assert done.returncode == 0, done.stderr
    told, empty, *table = done.stdout.splitlines()
    assert told.startswith("0 ms latency, 16 requests in flight, 1 run; Python ")
    assert empty == ""
    head, *rows = table
    assert head.split() == [
        *("sippeers", "job", "calls", "provisioner", "bare", "loop", "ratio", "of", "all", "runs"),
        *("raw", "sockets", "ratio", "to", "it"),
    ]
    for (job, calls), row in zip(CALLS.items(), rows, strict=True):
        size, found, seconds = row.partition(f"{job}  ")
        assert size.strip() == "1"
        assert found
        assert int(seconds.split()[0]) == calls
    assert len({len(line) for line in table}) == 1
    assert done.stderr == "sippeers: 1, run 1 of 1\n"


def test_the_sandbox_answers_all_that_its_speed_is_measured_by() -> None:
    asked = ("--numbers", "400", "--requests", "2", "--callers", "1")
    done = run(*asked, module="benchmarks.sandbox_speed")
    assert done.returncode == 0, done.stderr
    told, *rows, slowest = [line for line in done.stdout.splitlines() if line]
    assert told.startswith("400 numbers bought in ")
    assert sum(row.startswith(("GET ", "POST ")) for row in rows) > 60
    assert slowest.startswith("slowest but for long answers: ")


def test_what_a_call_costs_is_told_for_everything_that_can_make_one() -> None:
    done = run("--runs", "1", "--calls", "64", module="benchmarks.call_cost")
    assert done.returncode == 0, done.stderr
    head, *rows, machine = done.stdout.splitlines()
    assert head.startswith("microseconds of CPU a call ")
    assert [row[:28].strip() for row in rows] == [
        *("raw sockets", "httpx transports", "httpx, a client a line", "httpx, one client"),
        "provisioner's client",
    ]
    assert all(int(cost) > 0 for row in rows for cost in row[28:].split())
    assert machine.startswith("median of 1; Python ")


def calls_to_plan_nothing(folder: Path, size: int) -> int:
    """How many functions, Python's own as well, are called by a plan without changes."""
    from benchmarks.growth import plan_nothing
    from benchmarks.specs import write_spec

    spec = write_spec(folder, size, quantity=20)
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        grown = plan_nothing(spec)
    finally:
        sys.setprofile(None)
    assert grown.calls == 4 + 4 * size
    return calls


def test_a_plan_without_changes_grows_no_faster_than_its_spec(tmp_path: Path) -> None:
    calls_to_plan_nothing(tmp_path, 1)  # imports and first uses
    small, large = (calls_to_plan_nothing(tmp_path, size) for size in (20, 100))
    assert large / small < 5.2


def test_growth_is_drawn_to_the_size_of_the_largest() -> None:
    from benchmarks.picture import Panel, draw

    drawn = draw("A & B", [10, 100], [Panel("calls", [40.0, 400.0]), Panel("CPU", [0.1, 1.25])])
    etree.fromstring(drawn)
    assert "A &amp; B" in drawn
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 4
    assert ">400</text>" in drawn
    assert ">1.25</text>" in drawn


@pytest.mark.parametrize("sizes", ["0", "501", "1,", "ten", ""])
def test_sizes_that_cannot_be_measured_are_refused(sizes: str) -> None:
    done = run("--sizes", sizes)
    assert done.returncode == 2
    assert "numbers from 1 to 500 with commas between them" in done.stderr


def test_figures_are_medians_and_a_ratio_is_of_one_run() -> None:
    from benchmarks.measurement import Row, Setting
    from benchmarks.table import document, render_table

    setting = Setting(runs=3, latency_ms=20.0, parallelism=4)
    row = Row(20, "provision", 184, ours=(1.0, 3.0, 8.0), bare=(2.0, 2.0, 2.0), raw=(0.5, 2.0, 4.0))
    assert render_table([row], setting).splitlines()[-1].split() == [
        *("20", "provision", "184", "3.000", "s", "2.000", "s", "1.50", "0.50", "to", "4.00"),
        *("2.000", "s", "2.00"),
    ]
    told = json.loads(json.dumps(document([row], setting)))
    assert {name: told[name] for name in ("runs", "latency_ms", "parallelism")} == {
        "runs": 3,
        "latency_ms": 20.0,
        "parallelism": 4,
    }
    assert told["rows"] == [
        {
            "sippeers": 20,
            "job": "provision",
            "calls": 184,
            "ours": [1.0, 3.0, 8.0],
            "bare": [2.0, 2.0, 2.0],
            "raw": [0.5, 2.0, 4.0],
            "ratios": [0.5, 1.5, 4.0],
            "ratio": 1.5,
        }
    ]


def test_requests_that_differ_in_ids_and_spacing_are_the_same() -> None:
    from benchmarks.traffic import require_same

    require_same([ORDER, ORDER], [ORDER_ELSEWHERE, ORDER_ELSEWHERE])


@pytest.mark.parametrize(
    "other",
    [
        [ORDER_ELSEWHERE],
        [ORDER_ELSEWHERE] * 3,
        [ORDER_ELSEWHERE, replace(ORDER, method="PUT")],
        [ORDER_ELSEWHERE, replace(ORDER, target="/api/accounts/9900778/sites")],
        [ORDER_ELSEWHERE, replace(ORDER, request=ORDER.request.replace(b"a b", b"ab"))],
    ],
    ids=["one-less", "one-more", "method", "target", "body"],
)
def test_a_bare_loop_that_does_something_else_is_refused(other: list[Entry]) -> None:
    from benchmarks.traffic import DifferentTraffic, require_same

    with pytest.raises(DifferentTraffic, match=r"only the (provisioner|bare loop), 1 times: P"):
        require_same([ORDER, ORDER], other)
