"""Commands that send no secret of the spec: they read none, and work where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

EAST = "Raleigh/Messaging East"
COMMANDS = [
    ("send", "--from", EAST, "--to", "+12345678902", "--text", "Hey", "--dry-run"),
    ("verify",),
    ("show",),
    ("graph",),
    ("unlock", "--yes", "provisioner.yaml"),
    ("release", "+19195550123", "--yes"),
    ("destroy", "--confirm", "9900778", "--release-numbers", "--confirm-numbers", "1"),
]
OUT_OF_REACH = ["${CALLBACK_PASSWORD}", "${file:no-such.txt}", "${command:touch ran}", "${var.own}"]


@pytest.fixture
def with_password(declare: Declare) -> Callable[[str], None]:
    def write(written: str) -> None:
        def change(spec: dict[str, Any]) -> None:
            spec["variables"] = {"own": {"type": "secret"}}
            credentials = spec["applications"]["Production Server"]["callback_credentials"]
            credentials["password"] = written

        declare(change)

    return write


@pytest.fixture
def applied(account: Account, cli: Cli, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    monkeypatch.delenv("CALLBACK_PASSWORD")


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("written", OUT_OF_REACH)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_a_command_that_sends_no_secret_needs_none(
    cli: Cli, with_password: Callable[[str], None], command: tuple[str, ...], written: str
) -> None:
    with_password(written)
    ran = cli(*command)
    assert "error" not in ran.err
    assert ran.code == (1 if command == ("verify",) else 0), ran.everything
    assert not Path("ran").exists()


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("written", OUT_OF_REACH)
def test_what_may_send_one_still_wants_it(
    cli: Cli, with_password: Callable[[str], None], account: Account, written: str
) -> None:
    with_password(written)
    account.log.clear()
    for command in (("plan",), ("apply", "--yes"), ("verify", "--probe")):
        ran = cli(*command)
        assert (ran.code, ran.out) == (1, "")
        assert "error" in ran.err
    assert [*account.log] == []
