"""A campaign from the spec to the account, as the commands tell of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare


@pytest.fixture
def on_campaign(account: Account, declare: Declare) -> Any:
    """`on_campaign(id)`: declares it for the quickstart's location. The account has C1 and C2."""
    for name in ("C1", "C2"):
        url = f"{account.server.url}/_sandbox/campaigns/{name}"
        httpx.put(url, content=json.dumps({})).raise_for_status()

    def write(campaign: str) -> None:
        def change(spec: dict[str, Any]) -> None:
            next(iter(spec["sites"]["Raleigh"]["sippeers"].values()))["campaign"] = campaign

        declare(change)

    return write


def test_a_campaign_is_told_in_every_form(cli: Cli, on_campaign: Any) -> None:
    on_campaign("C1")
    planned = cli("plan", "--markdown", "plan.md", "--html", "plan.html", "--junit", "plan.xml")
    place = "Raleigh/Messaging East"
    assert f"~ assign campaign C1 to 1 number at {place}" in planned.out
    assert "# once the numbers have come" in planned.out
    assert "0 to delete, 1 number to assign, 1 number to order." in planned.out
    document = cli("plan", "--json").document
    assert document["summary"]["numbers_to_assign"] == 1
    (change,) = [each for each in document["changes"] if each["action"] == "assign"]
    assert change["address"]["path"][-1] == "C1 for area_code=910"
    applied = cli("apply", "--yes")
    assert applied.code == 0
    assert f"1 number on campaign C1 at {place}" in applied.out
    assert "1 number ordered, 1 assigned in" in applied.out
    assert cli("plan", "--detailed-exitcode").code == 0
    assert re.search(r"campaign C1 +1 of 1 number$", cli("show").out, re.MULTILINE)


def test_numbers_that_are_not_on_their_campaign_yet_are_shown_as_missing(
    cli: Cli, on_campaign: Any, declare: Declare
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    on_campaign("C1")
    assert re.search(r"campaign C1 +0 of 1 number$", cli("show").out, re.MULTILINE)
    (shown,) = [
        each
        for each in cli("show", "--json").document["resources"]
        if each["address"]["type"] == "campaign"
    ]
    assert (shown["exists"], shown["quantity"], shown["numbers"]) == (False, 1, [])


def test_the_embedded_account_has_the_campaigns_of_the_spec(cli: Cli, declare: Declare) -> None:
    def change(spec: dict[str, Any]) -> None:
        (sippeer,) = spec["sites"]["Raleigh"]["sippeers"].values()
        sippeer["campaign"] = "CA3XKE1"
        sippeer["numbers"].append({"area_code": "919", "quantity": 1, "campaign": "CA3XKE2"})

    declare(change)
    assert cli("apply", "--yes", "--sandbox").code == 0
    verified = cli("verify", "--sandbox").everything
    assert "On no campaign" not in verified
    assert "campaign: CA3XKE1" not in cli("export", "--sandbox").out, "one is on another"
    assert "1 on CA3XKE1 and 1 on CA3XKE2" in cli("export", "--sandbox").out


def test_a_page_shows_numbers_that_are_moved_to_a_campaign(
    cli: Cli, declare: Declare, on_campaign: Any
) -> None:
    def two(blocks: dict[str, Any]) -> Any:
        def change(spec: dict[str, Any]) -> None:
            sms = {"sms": True, "campaign": "C1"}
            spec["sites"]["Raleigh"]["sippeers"] = {
                name: {"default": name == "East", "numbers": found, **sms}
                for name, found in blocks.items()
            }

        return change

    on_campaign("C1")
    declare(two({"East": [{"area_code": "910", "quantity": 1}], "West": []}))
    assert cli("apply", "--yes").code == 0
    (number,) = cli("show", "--json").document["resources"][2]["numbers"]
    declare(two({"East": [], "West": [{"telephone_numbers": [number]}]}))
    planned = cli("plan", "--html", "page.html", "--markdown", "page.md")
    assert planned.code == 0, planned.everything
    assert "1 number to move" in planned.out
    assert "&gt; 1 number" in Path("page.html").read_text()
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_drift_names_numbers_that_are_off_their_campaign(
    cli: Cli, on_campaign: Any, declare: Declare, account: Account
) -> None:
    declare()
    assert cli("apply", "--yes").code == 0
    on_campaign("C1")
    drift = cli("drift")
    assert drift.code == 2
    assert "not on its campaign" in drift.out


def test_a_number_on_another_campaign_is_refused_where_the_campaign_is_declared(
    cli: Cli, on_campaign: Any
) -> None:
    on_campaign("C1")
    assert cli("apply", "--yes").code == 0
    on_campaign("C2")
    refused = cli("apply", "--yes")
    assert refused.code == 1
    words = " ".join(refused.everything.split())
    assert "[on-another-campaign]" in words
    assert "should be on C2 and is on C1" in words
    assert "provisioner.yaml:" in words
