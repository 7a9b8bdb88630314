"""An address that the account knows otherwise is shown, and taken where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

TYPO = "street_name: PENNSYLVANIO → PENNSYLVANIA"


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def misspelt(spec: dict[str, Any]) -> None:
    spec["sites"]["Raleigh"]["address"] |= {
        "street_name": "PENNSYLVANIO",
        "city": "WASHINGTUN",
    }


def test_the_recommended_address_is_shown_as_a_difference(
    account: Account, cli: Cli, declare: Declare
) -> None:
    declare(misspelt)
    ran = cli("apply", "--yes")
    assert ran.code == 3, "the application was made"
    told = " ".join(ran.out.split())
    assert f"address.{TYPO}; address.city: WASHINGTUN → WASHINGTON." in told
    assert "or run again with --accept-addresses" in told
    assert account.texts("/sites", "Name") == []


def test_it_is_taken_and_the_lines_for_the_spec_are_printed(
    account: Account, cli: Cli, declare: Declare
) -> None:
    declare(misspelt)
    ran = cli("apply", "--yes", "--accept-addresses")
    assert ran.code == 0
    title, site, line = ran.out[ran.out.index("Put into the spec") :].splitlines()[:3]
    assert (title, site) == ("Put into the spec, as the account has it", "  site Raleigh")
    better = yaml.safe_load(line)
    assert better == {"address": {"street_name": "PENNSYLVANIA", "city": "WASHINGTON"}}
    assert account.text(account.site, "StreetName") == "PENNSYLVANIA"
    declare(lambda spec: spec["sites"]["Raleigh"]["address"].update(better["address"]))
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_change_of_address_is_corrected_too(account: Account, cli: Cli, declare: Declare) -> None:
    declare()
    assert cli("apply", "--yes").code == 0

    def change(spec: dict[str, Any]) -> None:
        spec["sites"]["Raleigh"]["address"] |= {"city": "WASHINGTUN", "house_number": "1700"}

    declare(change)
    refused = cli("apply", "--yes")
    assert refused.code == 1
    assert "city: WASHINGTUN → WASHINGTON" in refused.out
    ran = cli("apply", "--yes", "--accept-addresses", "--json")
    assert ran.code == 0
    (step,) = ran.lines[-1]["steps"]
    (corrected,) = step["corrected"]
    assert (corrected["path"], corrected["after"]) == ("address.city", "WASHINGTON")
    assert account.text(account.site, "HouseNumber") == "1700"
