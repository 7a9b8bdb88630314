"""What the account has and the spec does not name: found, listed, and left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import LOCATION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Account, Cli, Declare


def declares(spec: Path, text: str) -> None:
    spec.write_text(f"version: 1\naccount: '9900778'\n{text}")


@pytest.fixture
def spec(cli: Cli, declare: Declare, account: Account) -> Path:
    """Of an account that has all of it; the tests then declare less."""
    path = declare()
    assert cli("apply", "--yes", "--quiet").code == 0
    account.log.clear()
    return path


def unmanaged(document: Any) -> list[tuple[str, str | None]]:
    return [(each["address"]["path"][-1], each["id"]) for each in document["unmanaged"]]


def test_all_that_the_spec_does_not_name_is_listed_with_its_id(
    cli: Cli, spec: Path, account: Account
) -> None:
    declares(spec, "sites: {Raleigh: {}}")
    planned = cli("plan", "--unmanaged")
    application = account.application.rpartition("/")[2]
    location = account.sippeer.rpartition("/")[2]
    assert f"    application Production Server (id {application}, not in the spec)" in planned.out
    assert f"    sippeer Raleigh/{LOCATION} (id {location}, not in the spec)" in planned.out
    assert "2 resources in the account are not in the spec; they stay as they are." in planned.out
    assert planned.out.rstrip().endswith(
        "No changes. The account has everything that the spec declares."
    )


def test_programs_get_the_same(cli: Cli, spec: Path, account: Account) -> None:
    declares(spec, "applications: {}")
    document = cli("plan", "--unmanaged", "--json").document
    assert unmanaged(document) == [
        ("Production Server", account.application.rpartition("/")[2]),
        (LOCATION, account.sippeer.rpartition("/")[2]),
        ("Raleigh", account.site.rpartition("/")[2]),
    ]
    assert document["summary"]["unmanaged"] == 3


def test_locations_of_a_site_that_the_spec_does_not_name_are_listed_with_it(
    cli: Cli, spec: Path, account: Account
) -> None:
    declares(spec, "sites: {Cary: {}}")
    location = account.sippeer.rpartition("/")[2]
    assert f"    sippeer Raleigh/{LOCATION} (id {location}, not in the spec)" in (
        cli("plan", "--unmanaged").out
    )
    assert LOCATION not in cli("plan", "--verbose").out


def test_without_the_option_only_what_is_read_anyway_is_known(
    cli: Cli, spec: Path, account: Account
) -> None:
    declares(spec, "sites: {}")
    assert unmanaged(cli("plan", "--json").document) == []
    assert len(account.log) == 0


@pytest.mark.usefixtures("spec")
def test_of_a_whole_spec_there_is_nothing_to_list_and_it_costs_no_call(
    cli: Cli, account: Account
) -> None:
    cli("plan")
    usual = len(account.log)
    account.log.clear()
    planned = cli("plan", "--unmanaged")
    assert "not in the spec" not in planned.out
    assert len(account.log) == usual


@pytest.mark.usefixtures("spec")
def test_a_revision_has_nothing_unmanaged(cli: Cli) -> None:
    refused = cli("plan", "--unmanaged", "--against", "HEAD")
    assert refused.code == 1
    assert "leave out --unmanaged" in refused.err
