"""How it is printed: what goes where, colour, width, encodings, and readers that leave early."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare, OpenTerminal

COLOUR = re.compile(r"\x1b\[[0-9;]+m")
CONTROL = re.compile(r"\x1b")
UNBROKEN = re.compile(
    r"https?://|/Messaging East|[0-9a-f-]{36}"  # names, ids and addresses, to be copied
    r"|^\S+:\d+:\d+: "  # positions, for programs that look for them
    r"|^(Plan|Applied): |^No changes\. "  # last lines, for people who grep
)
COMMAND = [sys.executable, "-m", "provisioner"]
FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(
    not FULL.exists(), reason="only some systems have a device that is always full"
)


@pytest.fixture
def spec(declare: Declare) -> Path:
    return declare()


@pytest.fixture
def missing_quantity(declare: Declare) -> None:
    path = declare()
    path.write_text(path.read_text().replace("quantity: 1", "quantity: 0"))


@pytest.mark.usefixtures("spec", "account")
def test_quiet_is_the_plan_and_the_report(cli: Cli) -> None:
    ran = cli("apply", "--yes", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert "Plan: 6 to create," in ran.out
    assert "Applied: 6 created," in ran.out


@pytest.mark.usefixtures("spec", "account")
def test_results_go_to_standard_output_and_progress_to_standard_error(cli: Cli) -> None:
    ran = cli("apply", "--yes", "-v")
    assert "Plan: 6 to create," in ran.out
    assert "Plan:" not in ran.err
    assert "Applied:" not in ran.err
    assert re.search(r"^ +[0-9.]+s  created site Raleigh", ran.err, re.MULTILINE)
    assert re.search(r"POST http\S+/sites -> 201 in \d+ ms", ran.err)
    assert "->" not in ran.out


@pytest.mark.usefixtures("spec", "account")
@pytest.mark.parametrize("trace", ["-v", "-vv"])
def test_json_is_all_that_is_on_standard_output(cli: Cli, trace: str) -> None:
    plan = cli("plan", "--json", trace)
    assert plan.document["complete"] is True
    assert "GET http" in plan.err
    assert [line["type"] for line in cli("apply", "--yes", "--json", trace).lines][-1] == "report"
    assert cli("show", "--json", trace).document["account"] == "9900778"


@pytest.mark.usefixtures("missing_quantity", "account")
def test_problems_in_words_are_no_result(cli: Cli) -> None:
    for command in (("validate",), ("plan",), ("apply", "--yes"), ("show",)):
        ran = cli(*command)
        assert (ran.code, ran.out) == (1, "")
        assert "out-of-range" in ran.err


@pytest.mark.usefixtures("spec", "account")
def test_there_is_no_colour_where_there_is_no_terminal(cli: Cli) -> None:
    for command in (("plan",), ("apply", "--yes"), ("show",)):
        assert CONTROL.search(cli(*command).everything) is None


@pytest.mark.usefixtures("spec", "account")
def test_a_terminal_gets_colour(terminal: OpenTerminal) -> None:
    planning = terminal("plan")
    assert planning.finish() == 0
    assert COLOUR.search(planning.shown)


@pytest.mark.usefixtures("spec", "account")
@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_wants_no_colour_gets_none(
    terminal: OpenTerminal, environ: dict[str, str]
) -> None:
    planning = terminal("plan", **environ)
    assert planning.finish() == 0
    assert CONTROL.search(planning.shown) is None


@pytest.mark.usefixtures("missing_quantity")
def test_problems_have_colour_on_a_terminal_only(terminal: OpenTerminal, cli: Cli) -> None:
    validating = terminal("validate")
    assert validating.finish() == 1
    assert COLOUR.search(validating.shown)
    assert CONTROL.search(cli("validate").err) is None


@pytest.mark.usefixtures("spec", "account")
def test_a_live_display_draws_what_is_going_on_and_leaves_the_lines(
    terminal: OpenTerminal,
) -> None:
    applying = terminal("apply", "--yes")
    assert applying.finish() == 0
    assert "of 7 steps done" in applying.shown
    assert "created site Raleigh" in applying.shown
    assert applying.shown.rindex("\x1b[?25h") > applying.shown.rindex("\x1b[?25l")


@pytest.mark.usefixtures("spec", "account")
def test_nothing_is_drawn_between_the_requests_that_are_traced(terminal: OpenTerminal) -> None:
    applying = terminal("apply", "--yes", "-v", NO_COLOR="1")
    assert applying.finish() == 0
    assert CONTROL.search(applying.shown) is None
    assert "/sites -> 201" in applying.shown
    assert "created site Raleigh" in applying.shown


@pytest.mark.usefixtures("spec", "account")
def test_a_dumb_terminal_gets_lines(terminal: OpenTerminal) -> None:
    applying = terminal("apply", "--yes", TERM="dumb")
    assert applying.finish() == 0
    assert CONTROL.search(applying.shown) is None
    assert "created site Raleigh" in applying.shown
    assert "steps done" not in applying.shown


@pytest.mark.usefixtures("spec", "account")
def test_nothing_is_wider_than_60_columns_but_what_cannot_be_broken(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ran = [cli("plan"), cli("apply", "--yes"), cli("show"), cli("plan")]
    wide = [line for each in ran for line in each.out.splitlines() if len(line) > 60]
    assert [line for line in wide if not UNBROKEN.search(line)] == []


def test_a_terminal_without_the_characters_shows_others(declare: Declare, account: Account) -> None:
    declare(lambda spec: spec["sites"]["Raleigh"].update(description="Zürich – 東京"))
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", **account.environ}
    for arguments in (["apply", "--yes"], ["plan", "--verbose"]):
        ran = subprocess.run([*COMMAND, *arguments], env=environ, capture_output=True, check=False)
        assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    (description,) = account.texts(account.site, "Description")
    assert description == "Zürich – 東京"


@pytest.mark.usefixtures("spec", "account")
@pytest.mark.parametrize(
    "command",
    ["plan", "plan --json", "show --json", "schema", "--help"],
)
def test_a_reader_that_leaves_early_is_no_error(command: str) -> None:
    told = read_first_line(command)
    assert "Traceback" not in told
    assert "Broken pipe" not in told
    assert "Exception ignored" not in told


def test_a_shell_can_complete_the_commands() -> None:
    command = Path(sys.executable).with_name("provisioner")
    asked = {"COMP_WORDS": "provisioner s", "COMP_CWORD": "1"}
    environ = {**os.environ, "_PROVISIONER_COMPLETE": "bash_complete", **asked}
    ran = subprocess.run([command], env=environ, capture_output=True, text=True, check=False)
    offered = [line.removeprefix("plain,") for line in ran.stdout.splitlines()]
    assert offered == ["show", "send", "schema", "sandbox"]
    assert ran.stderr == ""


def read_first_line(command: str) -> str:
    """Runs a command whose standard output is closed at once; what it tells on standard error."""
    with subprocess.Popen(
        [*COMMAND, *command.split()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode in {0, 1}
    return told


@pytest.mark.usefixtures("spec")
def test_an_apply_whose_reader_leaves_does_nothing_before_its_plan_was_shown(
    account: Account,
) -> None:
    assert "Traceback" not in read_first_line("apply --yes --json")
    assert account.writes == []


@pytest.mark.usefixtures("spec")
def test_an_apply_whose_reader_leaves_stops_as_after_ctrl_c(account: Account) -> None:
    """Its exit code cannot say that nothing was written."""
    with subprocess.Popen(
        [*COMMAND, "apply", "--yes", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while "step_started" not in process.stdout.readline():
            pass
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode in {0, 130}
    assert told == ""


def stopped_gently(ran: subprocess.CompletedProcess[str], account: Account) -> bool:
    """What was begun is finished and told on standard output; nothing was bought after it."""
    return (
        ran.returncode == 130
        and "\nCreated\n" in ran.stdout
        and "Interrupted: nothing more was started." in ran.stdout
        and not [each for each in account.writes if each.target.endswith("/orders")]
    )


@needs_full_device
@pytest.mark.usefixtures("spec")
def test_an_apply_whose_progress_finds_no_space_stops_as_after_ctrl_c(
    cli: Cli, account: Account
) -> None:
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*COMMAND, "apply", "--yes"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            check=False,
        )
    assert stopped_gently(ran, account)
    assert cli("apply", "--yes").code == 0
    assert len(account.texts("/applications", "ApplicationId")) == 1


@pytest.mark.usefixtures("spec")
def test_an_apply_whose_progress_nobody_reads_stops_as_after_ctrl_c(
    cli: Cli, account: Account
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as broken:
        ran = subprocess.run(
            [*COMMAND, "apply", "--yes"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=broken,
            text=True,
            check=False,
        )
    assert stopped_gently(ran, account)
    assert cli("apply", "--yes").code == 0
    assert len(account.texts("/applications", "ApplicationId")) == 1


@needs_full_device
@pytest.mark.usefixtures("spec")
@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", ["plan", "apply --yes"])
def test_results_that_find_no_space_are_a_problem(
    shared_account: Account, command: str, flags: list[str]
) -> None:
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*COMMAND, *command.split(), *flags],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr == "error: The system refused [system]\n    No space left on device.\n"
    assert shared_account.writes == []


@pytest.mark.usefixtures("spec", "account")
def test_a_report_that_nobody_reads_does_not_change_the_exit_code(cli: Cli) -> None:
    with subprocess.Popen(
        [*COMMAND, "apply", "--yes"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while not process.stdout.readline().startswith("Plan:"):
            pass
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == 0
    assert "Traceback" not in told
    assert "No changes." in cli("plan").out


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_standard_stream_is_no_traceback(
    declare: Declare, account: Account, tmp_path: Path, closed: str
) -> None:
    declare()
    command = f'exec "{sys.executable}" -m provisioner plan {closed}'
    ran = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **account.environ},
    )
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert ("Plan for account" in ran.stdout) is (closed != ">&-")
