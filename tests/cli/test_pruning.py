"""Prune: what is not in the spec goes, where the spec says so and nothing is in the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.failures.faults import Fault

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli

ADDRESS = (
    "address: {house_number: '1', street_name: MAIN, city: CARY, state_code: NC, zip: '27511'}"
)
BEFORE = f"""\
version: 1
account: "9900778"
applications:
  New: {{callback_url: "https://example.com/new"}}
  Old: {{callback_url: "https://example.com/old"}}
sites:
  Raleigh:
    {ADDRESS}
    sippeers:
      East: {{default: true, sms: true, mms: true, application: Old}}
      West: {{sms: true, mms: true, application: Old}}
      South: {{}}
  Cary:
    {ADDRESS}
  Durham:
    {ADDRESS}
    sippeers:
      North: {{}}
"""
AFTER = f"""\
version: 1
account: "9900778"
limits: {{changes_percent: 100}}
applications:
  New: {{callback_url: "https://example.com/new"}}
sites:
  Raleigh:
    {ADDRESS}
    sippeers:
      East: {{default: true, sms: true, mms: true, application: New}}
"""
NEWEST = 'Newest: {callback_url: "https://example.com/newest"}'
PRUNE = "prune: [sippeers, applications, sites]\n"


@pytest.fixture(autouse=True)
def wide_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def full(account: Account, cli: Cli) -> Account:
    declare(BEFORE)
    assert cli("apply", "--yes").code == 0
    account.log.clear()
    return account


def declare(text: str) -> None:
    Path("provisioner.yaml").write_text(text)


def test_without_prune_what_is_left_out_stays(full: Account, cli: Cli) -> None:
    declare(AFTER)
    assert cli("apply", "--yes").code == 0
    assert sorted(full.texts("/sites", "Name")) == ["Cary", "Durham", "Raleigh"]
    assert sorted(full.texts("/applications", "AppName")) == ["New", "Old"]


def test_what_is_not_declared_goes_and_the_next_plan_is_empty(full: Account, cli: Cli) -> None:
    declare(AFTER + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert (
        "Deletes for good: application Old, site Cary, sippeer Raleigh/South, sippeer Raleigh/West."
        in ran.out
    )
    assert "site Durham would be pruned, but it has 1 sippeer." in ran.out
    assert sorted(full.texts("/sites", "Name")) == ["Durham", "Raleigh"]
    assert full.texts("/applications", "AppName") == ["New"]
    assert cli("plan", "--detailed-exitcode").code == 0


def test_numbers_are_in_the_way_and_the_ways_out_are_named(full: Account, cli: Cli) -> None:
    declare(BEFORE.replace("South: {}", "South: {numbers: [{area_code: 910, quantity: 2}]}"))
    assert cli("apply", "--yes").code == 0
    full.log.clear()
    declare(AFTER + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "sippeer Raleigh/South cannot be deleted while it has 2 numbers: +1910" in ran.err
    assert "Give the numbers back with `provisioner release`" in " ".join(ran.err.split())
    assert [each for each in full.writes if each.target != "/api/tns"] == []
    numbers = [each for each in ran.err.replace(",", " ").split() if each.startswith("+1910")]
    assert cli("release", *numbers, "--yes").code == 0
    assert cli("apply", "--yes").code == 0


def test_numbers_that_another_location_lists_leave_first(full: Account, cli: Cli) -> None:
    listed = "numbers: [{telephone_numbers: ['+19103210910']}]"
    declare(BEFORE.replace("South: {}", f"South: {{{listed}}}"))
    assert cli("apply", "--yes").code == 0
    declare(AFTER.replace("application: New}", f"application: New, {listed}}}") + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 0, ran.everything
    assert "1 moved" in ran.out
    assert cli("plan", "--detailed-exitcode").code == 0


def test_what_is_made_in_its_place_comes_before_it_goes(full: Account, cli: Cli) -> None:
    """Where that fails, it stays."""
    replaced = AFTER.replace('New: {callback_url: "https://example.com/new"}', NEWEST)
    declare(replaced.replace("application: New", "application: Newest") + PRUNE)
    full.faults.add(Fault("status-before", "POST", "/applications$", status=400, nth=None))
    ran = cli("apply", "--yes")
    assert ran.code == 3
    assert "because application Newest failed:" in ran.out
    assert sorted(full.texts("/applications", "AppName")) == ["New", "Old"]
    full.faults.clear()
    assert cli("apply", "--yes").code == 0
    assert full.texts("/applications", "AppName") == ["Newest"]


def test_a_default_that_goes_needs_another(full: Account, cli: Cli) -> None:
    declare(AFTER.replace("East: {default: true, ", "West: {") + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "sippeer Raleigh/East is the default of site Raleigh and would go (error 13558)" in (
        ran.err
    )
    assert "Declare `default: true` on another, such as West." in ran.err
    declare(AFTER.replace("East:", "West:") + PRUNE)
    assert cli("apply", "--yes").code == 0
    assert full.texts(full_site(full, "Raleigh") + "/sippeers", "PeerName") == ["West"]


def full_site(account: Account, name: str) -> str:
    names, ids = account.texts("/sites", "Name"), account.texts("/sites", "Id")
    return f"/sites/{dict(zip(names, ids, strict=True))[name]}"


def test_an_application_that_somebody_uses_stays(full: Account, cli: Cli) -> None:
    """Its user is on a site that is not declared."""
    durham = BEFORE.replace("North: {}", "North: {sms: true, application: Old}")
    declare(durham)
    assert cli("apply", "--yes").code == 0
    declare(AFTER + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert "application Old would be pruned, but it is used by Durham/North." in ran.out
    assert sorted(full.texts("/applications", "AppName")) == ["New", "Old"]


def test_a_voice_application_is_none_of_ours(full: Account, cli: Cli) -> None:
    voice = (
        "<Application><ServiceType>Voice-V2</ServiceType><AppName>Voice</AppName>"
        "<CallInitiatedCallbackUrl>https://example.com</CallInitiatedCallbackUrl></Application>"
    )
    full.call("POST", "/applications", voice)
    declare(AFTER + PRUNE)
    assert cli("apply", "--yes").code == 0
    assert sorted(full.texts("/applications", "AppName")) == ["New", "Voice"]


def test_without_rows_nothing_is_pruned(full: Account, cli: Cli) -> None:
    declare(AFTER + "  ${each.value}: {for_each: []}\n" + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 0
    assert "Nothing is pruned" in ran.out
    assert sorted(full.texts("/sites", "Name")) == ["Cary", "Durham", "Raleigh"]


# Limits


def test_more_deletes_than_the_limit_are_refused_with_the_line_that_allows_them(
    full: Account, cli: Cli
) -> None:
    declare(AFTER.replace("limits: {", "limits: {deletes: 3, ") + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "This plan deletes 4 for good" in ran.err
    assert "put this into the spec: `limits: {deletes: 4}`" in " ".join(ran.err.split())
    declare(AFTER.replace("limits: {", "limits: {deletes: 4, ") + PRUNE)
    assert cli("apply", "--yes").code == 0


def test_too_large_a_share_is_refused_until_somebody_says_why(full: Account, cli: Cli) -> None:
    declare(AFTER.replace("limits: {changes_percent: 100}\n", "") + PRUNE)
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "live resources (" in ran.err
    assert "the limit is 50 %" in ran.err
    ran = cli("apply", "--yes", "--override-limits", "Cary is sold")
    assert ran.code == 0
    run = cli("history", "3")
    assert "override limits of the spec" in run.out
    assert "Cary is sold" in run.out


def test_two_files_have_to_agree_on_what_is_pruned(untouched_account: Account, cli: Cli) -> None:
    declare(AFTER + PRUNE)
    Path("more.yaml").write_text("version: 1\nprune: [sippeers]\n")
    ran = cli("validate", "provisioner.yaml", "more.yaml")
    assert ran.code == 1
    assert "Two different lists of what is pruned" in ran.err
    Path("more.yaml").write_text("version: 1\nprune: [sippeers, numbers]\n")
    assert "numbers" in cli("validate", "more.yaml").err
