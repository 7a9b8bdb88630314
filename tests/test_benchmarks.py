"""The benchmark runs, compares like with like and counts right. Its seconds are not tested."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from lxml import etree

from provisioner.sandbox.calls.log import Entry
from tests.counting import functions_counted

if TYPE_CHECKING:
    from benchmarks.account import Account
    from benchmarks.recorded import Recorded

ROOT = Path(__file__).parent.parent

# For one sippeer. Provisioning: 2 lists; application, site, sippeer, SMS, MMS and the assignment;
# the order placed, looked up and followed. A plan: 3 lists; the site, for its address; SMS, MMS,
# assignment and numbers of the sippeer.
CALLS = {"provision": 11, "plan, no change": 8}

MOST_FUNCTIONS_OF_A_LOCATION = 9_000
"""Of a plan, with 20 numbers and its three calls. Some are those of libraries."""

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
        *("sippeers", "job", "calls", "by", "time", "CPU", "ours", "to", "it", "of", "all", "runs")
    ]
    for (job, calls), (ours, *others) in zip(CALLS.items(), (rows[:3], rows[3:]), strict=True):
        size, found, seconds = ours.partition(f"{job}  ")
        assert size.strip() == "1"
        assert found
        assert seconds.split()[:2] == [str(calls), "provisioner"]
        assert [each.split()[0] for each in others] == ["bare", "raw"]
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


def test_what_a_start_takes_is_told_of_each_command() -> None:
    done = run("--runs", "1", module="benchmarks.starting")
    assert done.returncode == 0, done.stderr
    _, *rows, machine = done.stdout.splitlines()
    commands = [row.partition("  ")[0] for row in rows]
    assert commands == ["--version", "validate examples/quickstart.yaml", "plan --help"]
    assert machine.startswith("median of 1; Python ")


def calls_to_plan_nothing(folder: Path, size: int) -> int:
    """How many functions, Python's own as well, are called by a plan without changes."""
    from benchmarks.growth import plan_nothing
    from benchmarks.specs import write_spec

    spec = write_spec(folder, size, quantity=20)
    with functions_counted() as count:
        grown = plan_nothing(spec)
    assert grown.calls == 5 + 3 * size
    return count.called


def test_a_plan_without_changes_grows_no_faster_than_its_spec(tmp_path: Path) -> None:
    calls_to_plan_nothing(tmp_path, 1)  # imports and first uses
    small, large = (calls_to_plan_nothing(tmp_path, size) for size in (20, 100))
    assert large / small < 5.2
    assert (large - small) / 80 < MOST_FUNCTIONS_OF_A_LOCATION


class Saying(httpx.AsyncBaseTransport):
    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        from benchmarks.call_cost import BODY

        return httpx.Response(200, content=BODY)


async def functions_of_a_call(ask: Callable[[], Awaitable[object]]) -> int:
    await ask()  # first uses
    with functions_counted() as count:
        await ask()
    return count.called


@pytest.mark.anyio
async def test_a_call_with_its_pace_and_xml_takes_no_more_functions_than_one_by_httpx() -> None:
    from benchmarks.call_cost import ACCOUNT, PASSWORD, PATH, USER
    from provisioner.account.client import Client
    from provisioner.account.connection import connection_from

    url = "http://127.0.0.1:1"
    environ = {"BW_API_URL": url, "BW_USERNAME": USER, "BW_PASSWORD": PASSWORD}
    async with (
        httpx.AsyncClient(auth=(USER, PASSWORD), transport=Saying()) as theirs,
        Client(connection_from(environ, ACCOUNT), transport=Saying()) as ours,
    ):
        bare = await functions_of_a_call(lambda: theirs.get(f"{url}/api{PATH}"))
        assert await functions_of_a_call(lambda: ours.get(PATH)) < 1.1 * bare


def test_what_a_limit_does_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks import limits
    from benchmarks.specs import write_spec

    monkeypatch.setattr(limits, "REST", 1.0)
    provisioned, planned = limits.try_out(write_spec(tmp_path, 10), 30.0, 16)
    assert (provisioned.job, planned.job) == ("provision", "plan, no change")
    assert provisioned.calls - provisioned.refused == 4 + 7 * 10
    assert planned.calls - planned.refused == 5 + 3 * 10
    assert 0 < provisioned.used < 1.1


def test_growth_is_drawn_to_the_size_of_the_largest() -> None:
    from benchmarks.picture import Panel, draw

    drawn = draw("A & B", [10, 100], [Panel("calls", [40.0, 400.0]), Panel("CPU", [0.1, 1.25])])
    etree.fromstring(drawn)
    assert "A &amp; B" in drawn
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 4
    assert ">400</text>" in drawn
    assert ">1.25</text>" in drawn


@pytest.mark.parametrize("sizes", ["0", "1001", "1,", "ten", ""])
def test_sizes_that_cannot_be_measured_are_refused(sizes: str) -> None:
    done = run("--sizes", sizes)
    assert done.returncode == 2
    assert "numbers from 1 to 1000 with commas between them" in done.stderr


def test_what_nobody_knows_how_to_compare_with_is_refused() -> None:
    done = run("--with", "newman,terraform")
    assert done.returncode == 2
    assert "newman and ansible with commas between them" in done.stderr


@pytest.fixture
def account() -> Iterator[Account]:
    from benchmarks.account import open_account

    with open_account(latency_ms=0.0) as opened:
        yield opened


def replay(account: Account, requests: Sequence[Recorded]) -> None:
    """As Newman and Ansible do it: names in double braces stand for what was found before."""
    known: dict[str, str] = {}

    def filled(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda name: known[name[1]], text)

    root = f"{account.url}/api/accounts/{account.id}"
    with httpx.Client(auth=(account.username, account.password), trust_env=False) as client:
        for each in requests:
            body = None if each.body is None else filled(each.body)
            answer = client.request(each.method, root + filled(each.path), content=body)
            answer.raise_for_status()
            for found in each.found:
                text = answer.headers[found.header] if found.header else answer.text
                known |= zip(found.names, re.findall(found.pattern, text), strict=False)


def test_a_list_of_requests_does_what_the_bare_loop_does(account: Account, tmp_path: Path) -> None:
    from benchmarks import bare
    from benchmarks.account import open_account
    from benchmarks.recorded import provisioning, reading
    from benchmarks.specs import write_spec
    from benchmarks.traffic import require_same

    spec = write_spec(tmp_path, 3)
    replay(account, provisioning(account, spec))
    replay(account, reading(account, spec))
    with open_account(latency_ms=0.0) as other:
        asyncio.run(bare.provision(bare.httpx_calls, other, spec, 4))
        asyncio.run(bare.read(bare.httpx_calls, other, 4))
        require_same(account.take_requests(), other.take_requests(), "bare loop")


@pytest.mark.parametrize("name", ["newman", "ansible"])
def test_a_tool_that_is_installed_does_what_the_program_does(name: str) -> None:
    if not (ROOT / ".venv" / name / "installed").exists():
        pytest.skip(f"`bash scripts/compared {name}` installs it")
    done = run("--sizes", "1", "--runs", "1", "--latency-ms", "0", "--with", name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(f" {name} ") == 2


def test_a_table_goes_where_its_page_has_a_place_for_it(tmp_path: Path) -> None:
    from benchmarks.page import NoPlace, put

    (page := tmp_path / "page.md").write_text("One\n<!-- a: begin -->\nold\n<!-- a: end -->\nTwo\n")
    put("new\n", "a", page)
    put("newer\n", "a", page)
    assert page.read_text() == "One\n<!-- a: begin -->\n```\nnewer\n```\n<!-- a: end -->\nTwo\n"
    with pytest.raises(NoPlace, match="b: begin"):
        put("new\n", "b", page)


def test_the_page_has_a_place_for_every_table() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for name in ("figures", "others", "limits", "call cost", "growth", "reading", "starting"):
        assert re.search(f"<!-- {name}: begin -->\n```\n[^`]*```\n<!-- {name}: end -->", page)


def test_figures_are_medians_and_a_ratio_is_of_one_run() -> None:
    from benchmarks.measurement import Row, Setting, Timing
    from benchmarks.table import document, render_table

    setting = Setting(runs=3, latency_ms=20.0, parallelism=4)
    seconds = {"provisioner": (1.0, 3.0, 8.0), "bare httpx loop": (2.0, 2.0, 2.0)}
    row = Row(
        20,
        "provision",
        184,
        {name: [Timing(each, each / 4) for each in seconds[name]] for name in seconds},
    )
    *_, ours, bare = render_table([row], setting).splitlines()
    assert ours.split() == ["20", "provision", "184", "provisioner", "3.000", "s", "0.750", "s"]
    assert bare.split() == [
        *("bare", "httpx", "loop", "2.000", "s", "0.500", "s", "1.50", "0.50", "to", "4.00")
    ]
    told = json.loads(json.dumps(document([row], setting)))
    assert {name: told[name] for name in ("runs", "latency_ms", "parallelism")} == {
        "runs": 3,
        "latency_ms": 20.0,
        "parallelism": 4,
    }
    assert [(each["sippeers"], each["ratios"]) for each in told["rows"]] == [
        (20, {"provisioner": 1.0, "bare httpx loop": 1.5})
    ]
    assert told["rows"][0]["timings"]["provisioner"][1] == {"elapsed": 3.0, "cpu": 0.75}


def test_requests_that_differ_in_ids_and_spacing_are_the_same() -> None:
    from benchmarks.traffic import require_same

    require_same([ORDER, ORDER], [ORDER_ELSEWHERE, ORDER_ELSEWHERE], "bare loop")


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
        require_same([ORDER, ORDER], other, "bare loop")
