"""Ctrl-C and SIGTERM: nothing new is started, what is open is told, running again continues."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.sandbox.failures.faults import Fault
from tests.cli.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Clock, Declare, OpenAccount, OpenTerminal, Start

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture
def slow(open_account: OpenAccount, clock: Clock) -> Account:
    """An account whose orders take a minute, which does not pass by itself."""
    return open_account(order_delay=60.0, now=clock)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda each: each.name)
def test_an_interrupted_order_is_told_and_finished_by_the_next_run(
    start: Start,
    cli: Cli,
    declare: Declare,
    slow: Account,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    declare()
    applying = start("apply", "--yes", **slow.environ)
    applying.wait_for_told("RECEIVED")
    applying.send(number)
    ran = applying.finish()
    assert ran.code == 130
    assert "Stopping: what is under way is finished, nothing new is started." in ran.err
    assert "Still open\n  1 number in area code 910 for Raleigh/Messaging East: order " in ran.out
    assert "it places no second." in ran.out
    assert "Not complete: 6 created, " in ran.out
    assert "Traceback" not in ran.err
    for name, value in slow.environ.items():
        monkeypatch.setenv(name, value)
    pending = cli("plan", "--json").document["summary"]
    assert (pending["create"], pending["numbers_to_order"]) == (0, 0)
    clock.time += 60
    again = cli("apply", "--yes")
    assert again.code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    assert len(slow.texts("/orders?page=1&size=10", "orderId")) == 1
    (number_line,) = [line for line in cli("show").out.splitlines() if "+1910" in line]
    assert number_line.strip().startswith("+1910")


def test_a_signal_while_the_program_is_loaded(start: Start, tmp_path: Path) -> None:
    """The interpreter raises it wherever it is; here that is where the first library is read."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    ran = start("validate", PYTHONPATH=f"{tmp_path}:{ROOT}").finish()
    assert (ran.code, ran.out, ran.err) == (130, "", "Interrupted.\n")


def test_a_second_signal_leaves_at_once(start: Start, declare: Declare, slow: Account) -> None:
    declare()
    slow.faults.add(Fault("hang", method="GET", path=r"/orders/", nth=None))
    applying = start("apply", "--yes", **slow.environ)
    applying.wait_for_told("assigned application")
    applying.send(signal.SIGINT)
    applying.wait_for_told("Again to leave at once.")
    applying.send(signal.SIGINT)
    ran = applying.finish()
    assert ran.code == 130
    assert "Traceback" not in ran.err
    assert "Not complete" not in ran.out


def test_leaving_at_once_gives_the_cursor_back(
    terminal: OpenTerminal, declare: Declare, slow: Account
) -> None:
    declare()
    slow.faults.add(Fault("hang", method="GET", path=r"/orders/", nth=None))
    applying = terminal("apply", "--yes", **slow.environ)
    applying.wait_for("assigned application")
    applying.send(signal.SIGINT)
    applying.wait_for("nothing new is started.")
    assert re.search(r"(\n|\r|\x1b\[2K)Stopping: what is under way is finished", applying.shown)
    applying.send(signal.SIGINT)
    assert applying.finish() == 130
    assert applying.shown.rindex("\x1b[?25h") > applying.shown.rindex("\x1b[?25l")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda each: each.name)
def test_a_signal_while_the_account_is_read(
    start: Start, declare: Declare, slow: Account, number: signal.Signals
) -> None:
    declare()
    slow.faults.add(Fault("hang", path=r"/sites", nth=None))
    reading = start("plan", "-v", **slow.environ)
    reading.wait_for_told("/applications -> 200")
    reading.send(number)
    ran = reading.finish()
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.splitlines()[-1] == "Interrupted."
    assert "Traceback" not in ran.err


def test_a_job_in_the_background_can_be_ended(
    start: Start, declare: Declare, slow: Account
) -> None:
    """Shells that are not interactive start such jobs with SIGINT ignored."""
    declare()
    slow.faults.add(Fault("hang", path=r"/sites", nth=None))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        reading = start("plan", "-v", **slow.environ)
    finally:
        signal.signal(signal.SIGINT, before)
    reading.wait_for_told("/applications -> 200")
    reading.send(signal.SIGTERM)
    ran = reading.finish()
    assert (ran.code, ran.err.splitlines()[-1]) == (130, "Interrupted.")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda each: each.name)
def test_what_was_not_started_is_skipped(
    start: Start, declare: Declare, slow: Account, number: signal.Signals
) -> None:
    """The signal comes while the site is being created, so that its location waits."""
    declare()
    slow.faults.add(Fault("hang", method="POST", path=r"/sites$", nth=None))
    applying = start("apply", "--yes", "--timeout", "0.4", "--settle", "0", **slow.environ)
    applying.wait_for_told("created application")
    applying.send(number)
    ran = applying.finish()
    assert ran.code == 130
    assert "Interrupted: nothing more was started." in ran.out
    assert slow.texts("/sites", "Id") == []


def test_an_order_that_takes_too_long_exits_with_3(
    cli: Cli, declare: Declare, slow: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    for name, value in slow.environ.items():
        monkeypatch.setenv(name, value)
    ran = cli("apply", "--yes", "--order-timeout", "0.1")
    assert ran.code == 3
    told = " ".join(ran.out.split())
    assert "is still RECEIVED; running again continues to wait for it" in told
    assert "Running it again goes on waiting for open orders; it places no second." in told
    again = cli("apply", "--yes", "--order-timeout", "0.1")
    assert again.code == 3
    placed = [each for each in slow.writes if each.target.endswith("/orders")]
    assert len(placed) == 1
    as_json = cli("apply", "--yes", "--order-timeout", "0", "--json")
    assert as_json.code == 3
    assert as_json.lines[-1]["counts"]["open"] == 1
    shown = cli("show", "--json").document["resources"]
    assert [order["status"] for each in shown for order in each["orders"]] == ["RECEIVED"]


def test_an_awaited_order_that_brings_too_few_exits_with_3(
    start: Start,
    cli: Cli,
    declare: Declare,
    open_account: OpenAccount,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    at_location: Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]],
) -> None:
    """Nothing was written in this run, and yet the account is not as declared."""
    scarce = open_account(order_delay=60.0, now=clock, stock_by_area_code={"910": 1})
    for name, value in scarce.environ.items():
        monkeypatch.setenv(name, value)
    declare(at_location({"numbers": [{"area_code": "910", "quantity": 3}]}))
    assert cli("apply", "--yes", "--order-timeout", "0").code == 3
    scarce.log.clear()
    waiting = start("apply", "--yes")
    waiting.wait_for_told("0 of 3 numbers, RECEIVED")
    clock.time += 60
    ran = waiting.finish()
    assert ran.code == 3
    assert "ended PARTIAL with 1 of 3 numbers" in " ".join(ran.out.split())
    assert scarce.writes == []


def test_a_sandbox_ends_with_0_on_ctrl_c(start: Start) -> None:
    serving = start("sandbox", "--port", "0")
    assert serving.line().startswith("Sandbox ready at http://127.0.0.1:")
    serving.send(signal.SIGINT)
    ran = serving.finish()
    assert (ran.code, ran.err) == (0, "")
