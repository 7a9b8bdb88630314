"""`/inserviceNumbers`, of the account and of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.sandbox.numbers.exchanges import number_at, place_of

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open

DAY = 24 * 3600.0


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_numbers_are_paged_by_the_numbers_themselves(open_account: Open, version: str) -> None:
    account = open_account().speaking(version)
    assert account.get("/inserviceNumbers").status == 204
    numbers = sorted(account.numbers(account.sippeer(account.site()), 3))
    first = account.get("/inserviceNumbers?size=2")
    assert first.all("TelephoneNumbers/TelephoneNumber") == numbers[:2]
    assert (first.text("TelephoneNumbers/Count"), first.text("TotalCount")) == ("2", "3")
    following = numbers[2].replace("+", "%2B")
    assert f"page={following}&" in first.text("Links/next")
    second = account.get(f"/inserviceNumbers?page={following}&size=2")
    assert second.all("TelephoneNumbers/TelephoneNumber") == numbers[2:]
    assert second.all("Links/next") == []
    code = {"v1": "12512", "v2": "1022"}[version]
    assert account.get("/inserviceNumbers?page=2").code == (404, code)


@pytest.fixture
def two_states(open_account: Open) -> tuple[Account, str]:
    """Four numbers in North Carolina, and a day later three in Utah; with their site."""
    account = open_account()
    site = account.site()
    sippeer = account.sippeer(site)
    account.numbers(sippeer, 4, "919")
    account.clock.advance(DAY)
    account.numbers(sippeer, 3, "435")
    account.numbers(account.sippeer(account.site()), 1, "919")
    return account, site


EXCHANGE = number_at("919", 0)[:6]
RALEIGH = "state=NC&{}=RALEIGH"


@pytest.mark.parametrize(
    ("of_account", "of_site", "count"),
    [
        ("areacode=919", "areaCode=919", 4),
        ("areaCode=435", "areaCode=435", 3),
        (f"npanxx={EXCHANGE}", f"npaNxx={EXCHANGE}", 1),
        ("state=ut", "state=ut", 3),
        ("lata=426", "lata=426", 4),
        ("lata=1", "lata=1", 0),
        (RALEIGH.format("ratecenter"), RALEIGH.format("rateCenter"), 1),
        ("startdate=23-11-14&enddate=23-11-14", "startdate=23-11-14&enddate=23-11-14", 4),
        ("areacode=919&state=UT", "areaCode=919&state=UT", 0),
        ("", f"npaNxxx={number_at('919', 1)[:7]}", 1),
        ("", "city=RALEIGH&state=NC", 1),
        ("", "tier=0", 7),
        ("", "tier=1", 0),
    ],
)
def test_numbers_are_filtered(
    two_states: tuple[Account, str], of_account: str, of_site: str, count: int
) -> None:
    account, site = two_states
    own = account.get(f"{site}/inserviceNumbers?{of_site}")
    assert (own.status, own.text("TotalCount") if count else "") == (
        (200, str(count)) if count else (204, "")
    )
    if of_account:
        found = account.get(f"/inserviceNumbers?{of_account}")
        assert found.status == own.status
        # The other site's one number is the first that 919 sold after the four.
        both = int(found.text("TotalCount")) if found.body else 0
        assert count <= both <= count + 1


def test_a_filter_stays_in_the_links(two_states: tuple[Account, str]) -> None:
    account, site = two_states
    found = account.get(f"{site}/inserviceNumbers?areaCode=919&size=2")
    assert len(found.all("TelephoneNumbers/TelephoneNumber")) == 2
    assert "areaCode=919" in found.text("Links/next")
    assert f"{site}/inserviceNumbers?" in found.text("Links/next")


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("15510", "areacode=91"),
        ("15511", "npanxx=910"),
        ("12024", "state=N"),
        ("1014", "lata=x"),
        ("15508", "ratecenter=RALEIGH"),
        ("15514", "ratecenter=%3F&state=NC"),
        ("15508", "startdate=23-11-14"),
        ("15503", "startdate=x&enddate=23-11-14"),
    ],
)
def test_a_bad_filter_is_404(account: Account, code: str, query: str) -> None:
    assert account.get(f"/inserviceNumbers?{query}").code == (404, code)


@pytest.mark.parametrize(("code", "query"), [("15512", "npaNxxx=9102"), ("4016", "tier=9")])
def test_a_bad_filter_of_a_site_is_404(account: Account, site: str, code: str, query: str) -> None:
    assert account.get(f"{site}/inserviceNumbers?{query}").code == (404, code)


def test_membership_is_200_or_404_without_a_body(versioned: Account, sippeer: str) -> None:
    (number,) = versioned.numbers(sippeer, 1)
    inside = versioned.get(f"/inserviceNumbers/{number}")
    assert (inside.status, inside.body) == (200, b"")
    outside = versioned.get(f"/inserviceNumbers/{versioned.written('9193210919')}")
    assert (outside.status, outside.body) == (404, b"")


def test_each_place_filter_finds_just_what_is_there(open_account: Open) -> None:
    account = open_account()
    numbers = account.numbers(account.sippeer(account.site()), 40, "919")
    for city in ("RALEIGH", "CARY", "DURHAM", "CHAPEL HILL"):
        found = account.get(f"/api/tns?city={city}&state=NC")
        here = [n for n in numbers if (place := place_of(n)) and place.city == city]
        assert found.all("FullNumber") == here
        assert len(here) == 10
