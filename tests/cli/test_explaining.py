"""`plan --explain` says what apply then does, call by call."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import CALLBACK_PASSWORD

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

AtLocation = Callable[[Mapping[str, Any]], Callable[[dict[str, Any]], None]]
BLANK = re.compile(r"\{[^}]*\}")


def changed(spec: dict[str, Any]) -> None:
    """One of each: a whole update, a part of one, a feature switched off, an order."""
    spec["applications"]["Production Server"]["callback_url"] = "https://example.com/new"
    spec["sites"]["Raleigh"]["description"] = "It's $HOME `id` \\ & <new>"
    location = spec["sites"]["Raleigh"]["sippeers"]["Messaging East"]
    location["mms"] = False
    location["numbers"][0]["quantity"] = 2


def calls(text: str) -> list[str]:
    """Method and path of each call, with a dot for what is not known yet."""
    found = re.findall(r"^ *\d+\. (.+)$", text, re.MULTILINE)
    return [BLANK.sub(".", each) for each in found]


def without_ids(entry: str) -> str:
    entry = re.sub(r"/orders/[0-9a-f-]{36}", "/orders/.", entry)
    entry = re.sub(r"customerOrderId=[\w-]+", "customerOrderId=.", entry)
    return re.sub(r"/(sites|sippeers)/\d+", r"/\1/.", entry)


def sent(account: Account) -> set[str]:
    return {
        without_ids(f"{entry.method} {entry.target.removeprefix('/api')}")
        for entry in account.log
        if entry.method != "GET" or "/orders" in entry.target
    }


@pytest.mark.parametrize("change", [None, changed], ids=["a first plan", "changes"])
def test_what_is_explained_is_what_apply_sends(
    cli: Cli, declare: Declare, account: Account, change: Callable[[dict[str, Any]], None] | None
) -> None:
    declare()
    if change is not None:
        assert cli("apply", "--yes").code == 0
        declare(change)
    account.log.clear()
    explained = cli("plan", "--explain")
    assert (explained.code, explained.err, account.writes) == (0, "", [])
    told = {without_ids(each) for each in calls(explained.out)}
    told = {each for each in told if not each.startswith("GET") or "/orders" in each}
    account.log.clear()
    assert cli("apply", "--yes").code == 0
    # Which orders there are is asked by the plan as well, under numbers that it does not use.
    assert told <= sent(account)
    assert {each for each in sent(account) - told if not each.startswith("GET")} == set()
    assert CALLBACK_PASSWORD not in explained.out


def test_where_nothing_is_to_be_done_nothing_is_called(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("plan", "--explain", "--detailed-exitcode").code == 2
    cli("apply", "--yes")
    ran = cli("plan", "--explain", "--detailed-exitcode")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "No calls: there is nothing to do.")


def test_the_script_does_what_it_shows(cli: Cli, declare: Declare, account: Account) -> None:
    declare()
    cli("apply", "--yes")
    declare(changed)
    script = Path("calls.sh")
    script.write_text(cli("plan", "--as", "curl").out)
    assert CALLBACK_PASSWORD not in script.read_text()
    orders = account.texts("/orders?page=1&size=10", "orderId")
    ran = subprocess.run(
        ["/bin/sh", script], input=f"{orders[0]}\n", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert account.text(account.site, "Description") == "It's $HOME `id` \\ & <new>"
    assert account.text(account.application, "CallbackUrl") == "https://example.com/new"
    assert len(account.texts("/orders?page=1&size=10", "orderId")) == 2


def test_a_first_script_asks_for_the_ids_that_answers_bring(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    script = Path("calls.sh")
    script.write_text(cli("plan", "--as", "curl").out)
    subprocess.run(["/bin/sh", "-n", script], check=True)
    asked = re.findall(r"^printf %s '(.*)' >&2; read -r (\w+)$", script.read_text(), re.MULTILINE)
    assert ("id of site Raleigh: ", "SITE_RALEIGH_ID") in asked
    assert len({name for _, name in asked}) == len(asked) == 5
    for _, name in asked:
        assert f"${{{name}}}" in script.read_text()


def test_the_collection_keeps_ids_and_names_secrets(
    cli: Cli, declare: Declare, account: Account
) -> None:
    declare()
    collection = json.loads(cli("plan", "--as", "postman").out)
    assert collection["info"]["schema"].endswith("/v2.1.0/collection.json")
    variables = {each["key"] for each in collection["variable"]}
    text = json.dumps(collection["item"])
    assert set(re.findall(r"\{\{(\w+)\}\}", text)) <= variables
    assert "{{CALLBACK_PASSWORD}}" in text
    assert 'collectionVariables.set(\\"SITE_RALEIGH_ID\\"' in text
    assert CALLBACK_PASSWORD not in json.dumps(collection)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json",),
        ("--verbose",),
        ("--against", "HEAD"),
        ("--out", "x.json"),
        ("--html", "x.html"),
    ],
)
def test_it_shows_calls_and_nothing_else(
    cli: Cli, declare: Declare, untouched_account: Account, arguments: tuple[str, ...]
) -> None:
    declare()
    ran = cli("plan", "--explain", *arguments)
    assert ran.code == 1
    assert "--explain shows calls and nothing else" in ran.err
