"""A part of a plan: what a target needs comes along, and what needs something excluded does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Account, Cli

SPEC = """\
version: 1
account: "9900778"
applications:
  App: {callback_url: "https://example.com/app"}
  Other: {callback_url: "https://example.com/other"}
sites:
  Raleigh:
    address: {house_number: '1', street_name: MAIN, city: CARY, state_code: NC, zip: '27511'}
    sippeers:
      East: {default: true, sms: true, application: App, numbers: [{area_code: 910, quantity: 1}]}
      West: {sms: true, mms: true, application: Other}
"""


@pytest.fixture(autouse=True)
def spec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    Path("provisioner.yaml").write_text(SPEC)


def planned(cli: Cli, *arguments: str) -> dict[str, str]:
    ran = cli("plan", "--json", *arguments)
    assert ran.code == 0, ran.everything
    return {
        f"{change['address']['type']} {'/'.join(change['address']['path'])}": change["reason"]
        for change in ran.document["changes"]
    }


def test_what_a_target_needs_comes_along_and_is_said(account: Account, cli: Cli) -> None:
    found = planned(cli, "--target", "sms Raleigh/West")
    assert found.keys() == {
        "sms Raleigh/West",
        "sippeer Raleigh/West",
        "sippeer Raleigh/East",
        "site Raleigh",
    }
    assert found["sms Raleigh/West"] == ""
    assert "comes along, because sms Raleigh/West waits for it" in found["sippeer Raleigh/West"]
    told = cli("plan", "--target", "sms Raleigh/West").out
    assert "7 more changes are left out by --target or --exclude." in told
    assert "Plan: 4 to create, 0 to change, 0 to delete, 0 numbers to order." in told


@pytest.mark.parametrize("pattern", ["sippeer Raleigh/East", "Raleigh/East", "*/East"])
def test_a_target_is_all_that_is_part_of_it(account: Account, cli: Cli, pattern: str) -> None:
    assert planned(cli, "--target", pattern).keys() == {
        "application App",
        "messaging_application Raleigh/East",
        "numbers Raleigh/East/area_code=910",
        "sippeer Raleigh/East",
        "site Raleigh",
        "sms Raleigh/East",
    }


def test_what_needs_something_excluded_is_left_out_with_it(account: Account, cli: Cli) -> None:
    found = planned(cli, "--exclude", "application App")
    left = {"application App", "messaging_application Raleigh/East"}
    left.add("numbers Raleigh/East/area_code=910")
    assert not left & found.keys()
    assert len(found) == 8


def test_an_exclude_cuts_a_target(account: Account, cli: Cli) -> None:
    found = planned(cli, "--target", "Raleigh/West", "--exclude", "mms *")
    assert "mms Raleigh/West" not in found
    assert "messaging_application Raleigh/West" not in found, "it comes after MMS"
    assert "sms Raleigh/West" in found


def test_a_change_of_what_is_there_already_is_not_needed(account: Account, cli: Cli) -> None:
    assert cli("apply", "--yes").code == 0
    changed = SPEC.replace("/app", "/changed").replace("Raleigh:", "Raleigh:\n    description: New")
    spec = changed.replace("application: Other", "application: App")
    Path("provisioner.yaml").write_text(spec)
    everything = planned(cli)
    assert {"application App", "site Raleigh"} < everything.keys()
    assignment = "messaging_application Raleigh/West"
    assert planned(cli, "--target", assignment).keys() == {assignment}
    assert planned(cli, "--exclude", "application App").keys() == everything.keys() - {
        "application App"
    }


def test_a_new_default_comes_along_with_the_old_one(account: Account, cli: Cli) -> None:
    assert cli("apply", "--yes").code == 0
    handed_over = SPEC.replace("East: {default: true,", "East: {default: false,")
    spec = handed_over.replace("West: {", "West: {default: true, ")
    Path("provisioner.yaml").write_text(spec)
    found = planned(cli, "--target", "sippeer Raleigh/East", "--exclude", "numbers *")
    assert "because sippeer Raleigh/East waits for it" in found["sippeer Raleigh/West"]
    assert "sippeer Raleigh/East" not in planned(cli, "--exclude", "sippeer Raleigh/West")


def test_a_name_is_meant_literally_before_it_is_a_pattern(
    shared_account: Account, cli: Cli
) -> None:
    Path("provisioner.yaml").write_text(SPEC.replace("West:", '"West [old]":'))
    found = planned(cli, "--target", "sippeer Raleigh/West [old]")
    assert "sippeer Raleigh/West [old]" in found


def test_an_apply_does_just_that_and_the_rest_later(account: Account, cli: Cli) -> None:
    ran = cli("apply", "--yes", "--target", "applications/*", "--target", "application *")
    assert ran.code == 1
    assert "--target 'applications/*' fits nothing that the spec declares" in ran.err
    ran = cli("apply", "--yes", "--target", "application *")
    assert ran.code == 0
    assert "Applied: 2 created" in ran.out
    assert account.texts("/sites", "Name") == []
    assert cli("apply", "--yes").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0


def test_a_purchase_that_is_left_out_counts_for_no_limit(account: Account, cli: Cli) -> None:
    Path("provisioner.yaml").write_text(SPEC + "limits: {new_numbers: 0}\n")
    assert cli("plan").code == 1
    assert cli("plan", "--exclude", "numbers *").code == 0


def test_a_part_of_a_plan_prunes_nothing(account: Account, cli: Cli) -> None:
    Path("provisioner.yaml").write_text(SPEC + "prune: [sippeers]\n")
    for option in ("--target", "--exclude"):
        ran = cli("plan", option, "Raleigh/*")
        assert ran.code == 1
        assert "--target and --exclude go with no `prune:`" in ran.err
