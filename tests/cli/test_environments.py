"""One spec, several accounts and environments: what the command line gives to a spec."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, OpenAccount

SPEC = """\
version: 1
account: ${var.account}
variables:
  account: {description: Which account this is for}
  host: {default: test.acme.io}
applications:
  Alerts:
    callback_url: https://${var.host}/alerts
    callback_credentials: {user_id: callback-user, password: "${ALERTS_PASSWORD}"}
"""


@pytest.fixture(autouse=True)
def spec() -> Path:
    path = Path("provisioner.yaml")
    path.write_text(SPEC)
    return path


def callback_urls(ran: str) -> list[str]:
    changes = json.loads(ran)["changes"]
    return [
        each["after"]
        for change in changes
        for each in change["attributes"]
        if each["path"] == "callback_url"
    ]


def test_the_same_spec_goes_to_the_account_of_each_environment(
    cli: Cli, open_account: OpenAccount
) -> None:
    for name, account in (("east", "1111111"), ("west", "2222222")):
        opened = open_account(account=account)
        lines = [f"{key}={value}" for key, value in opened.environ.items()]
        secret = f"export ALERTS_PASSWORD='{name}-password' # of {name}"
        Path(f"{name}.env").write_text("\n".join([*lines, secret]) + "\n")
        Path(f"{name}.yaml").write_text(f"account: {account}\nhost: {name}.acme.io\n")
        given = ("--env-file", f"{name}.env", "--var-file", f"{name}.yaml")
        applied = cli("apply", "--yes", "--quiet", *given)
        assert applied.code == 0, applied.err
        assert f"Plan for account {account}" in applied.out
        assert f"https://{name}.acme.io/alerts" in applied.out
        assert opened.texts(opened.application, "InboundCallbackUrl") == [
            f"https://{name}.acme.io/alerts"
        ]
        assert cli("plan", "--detailed-exitcode", *given).code == 0
        assert cli("show", *given).code == 0
        assert f"{name}-password" not in applied.everything


def test_the_line_wins_over_the_file_and_the_environment(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERTS_PASSWORD", "long enough")
    monkeypatch.setenv("BWP_VAR_host", "environment.acme.io")
    Path("host.yaml").write_text("host: file.acme.io\n")
    given = ["plan", "--sandbox", "--json", "--var", "account=9900778"]
    assert callback_urls(cli(*given).out) == ["https://environment.acme.io/alerts"]
    given += ["--var-file", "host.yaml"]
    assert callback_urls(cli(*given).out) == ["https://file.acme.io/alerts"]
    given += ["--var", "host=first", "--var", "host=line.acme.io"]
    assert callback_urls(cli(*given).out) == ["https://line.acme.io/alerts"]


def test_a_variable_without_a_value_is_told_with_all_ways_to_give_one(cli: Cli) -> None:
    ran = cli("validate")
    assert ran.code == 1
    assert "provisioner.yaml:4:3: error: Variable not set [unset-variable]" in ran.err
    for way in ("--var account=...", "--var-file", "export BWP_VAR_account=..."):
        assert way in " ".join(ran.err.split())


@pytest.mark.parametrize("given", ["host", "=x", ""])
def test_a_var_that_is_not_name_and_value_is_a_usage_error(cli: Cli, given: str) -> None:
    ran = cli("validate", "--var", given)
    assert ran.code == 1
    assert "it is written NAME=VALUE" in ran.err


def test_an_account_of_a_forgotten_export_does_not_win(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BW_USERNAME", "someone")
    Path("east.env").write_text("BW_USERNAME=someone-else\n")
    ran = cli("plan", "--env-file", "east.env")
    assert ran.code == 1
    assert "do not agree on BW_USERNAME" in ran.err
    assert "someone" not in ran.err


@pytest.mark.parametrize("command", [("validate",), ("plan", "--sandbox")])
def test_a_command_of_the_spec_is_run_only_where_that_is_allowed(
    cli: Cli, spec: Path, command: tuple[str, ...]
) -> None:
    program = f"{sys.executable} -c 'print(11111 * 11111)'"
    spec.write_text(SPEC.replace("${ALERTS_PASSWORD}", f"${{command:{program}}}"))
    given = ("--var", "account=9900778")
    refused = cli(*command, *given)
    assert refused.code == 1
    assert "[command-not-allowed]" in refused.err
    allowed = cli(*command, *given, "--allow-commands")
    assert allowed.code == 0, allowed.err
    assert "123454321" not in allowed.everything + refused.everything


def test_a_broken_row_of_a_table_is_told_with_its_place(cli: Cli, spec: Path) -> None:
    Path("tenants.csv").write_text("name,code\nAcme,910\nBest,91\n")
    spec.write_text(
        "version: 1\nsites:\n  S:\n    sippeers:\n      ${each.name}:\n"
        "        for_each: tenants.csv\n        numbers:\n"
        "          - {area_code: '${each.code}', quantity: 1}\n"
    )
    ran = cli("validate")
    assert "provisioner.yaml:8:25: error: Wrong form [wrong-form]" in ran.err
    assert "Row: tenants.csv:3:1" in ran.err
    (problem,) = cli("validate", "--json").document["problems"]
    assert problem["row"] == {"file": "tenants.csv", "line": 3, "column": 1}
