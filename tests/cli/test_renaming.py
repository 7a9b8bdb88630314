"""A name is changed in the spec, as a user would, on an account that has what was renamed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli, Declare

LOCATION = "Messaging East"


def rename(**more: Any) -> Callable[[dict[str, Any]], None]:
    def change(spec: dict[str, Any]) -> None:
        sippeers = spec["sites"]["Raleigh"]["sippeers"]
        sippeers["Messaging West"] = {**more, **sippeers.pop(LOCATION)}

    return change


@pytest.fixture
def made(cli: Cli, declare: Declare, account: Account) -> Account:
    declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    account.log.clear()
    return account


def test_a_renamed_location_is_refused_with_the_lines_that_settle_it(
    cli: Cli, declare: Declare, made: Account
) -> None:
    spec = declare(rename())
    refused = cli("apply", "--yes")
    assert (refused.code, refused.out) == (1, "")
    line = spec.read_text().split("Messaging West:")[0].count("\n") + 1
    assert f"{spec.name}:{line}:7: error: This may be a rename [looks-renamed]" in refused.err
    for way_out in (f"`renamed_from: {LOCATION!r}`", "`id: ", "`new: true`"):
        assert way_out in " ".join(refused.err.split())
    assert made.writes == []


def test_with_its_old_name_it_is_a_change_of_its_name(
    cli: Cli, declare: Declare, made: Account
) -> None:
    declare(rename(renamed_from=LOCATION))
    planned = cli("plan")
    assert "~ change sippeer Raleigh/Messaging West" in planned.out
    assert f"name  {LOCATION} → Messaging West" in planned.out
    assert "0 to create, 1 to change, 0 to delete" in planned.out
    assert cli("apply", "--yes", "--quiet").code == 0
    assert [entry.method for entry in made.writes] == ["PUT"]
    assert "No changes." in cli("plan").out


def test_what_is_new_after_all_is_made_and_buys(cli: Cli, declare: Declare, made: Account) -> None:
    declare(rename(new=True))
    assert cli("apply", "--yes", "--quiet").code == 0
    site = made.site
    assert made.texts(f"{site}/sippeers", "PeerName") == [LOCATION, "Messaging West"]
    assert "No changes." in cli("plan").out


@pytest.mark.usefixtures("made")
def test_the_lines_come_out_of_the_json_as_well(cli: Cli, declare: Declare) -> None:
    declare(rename())
    (problem,) = cli("plan", "--json").document["problems"]
    assert problem["code"] == "looks-renamed"
    assert Path(problem["file"]).name == "provisioner.yaml"
