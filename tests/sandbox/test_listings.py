"""Lists of numbers, counted and paged by totals, against a plain look at every number."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.memory.totals import RECOUNTS, TABLES
from provisioner.sandbox.numbers.exchanges import number_at, place_of
from provisioner.sandbox.numbers.geography import PLACES
from provisioner.sandbox.numbers.inventory import place_key
from provisioner.sandbox.numbers.listings import Listing, Owner, count, read
from provisioner.sandbox.numbers.number_filters import Filters
from provisioner.sandbox.settings import Settings

DAY = 24 * 3600.0
NOW = 1_700_000_000.0
TODAY = NOW // DAY * DAY
CODES = ("800", "910", "919", "435", "704")
SITES = {1: (11, 12), 2: (21,)}
ADD = (
    "INSERT INTO numbers (number, account, status, site, peer, modified, in_service, place) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@pytest.fixture(scope="module")
def listed() -> Iterator[State]:
    """15 000 numbers of two accounts. Most came three days ago, some came or left since; one
    exchange of 704 has hundreds, most others have a few."""
    chance = random.Random(7)  # noqa: S311 -- the same numbers each time
    state = State(Settings(now=lambda: NOW))
    for n, peers in SITES.items():
        state.run("INSERT INTO sites (id, account) VALUES (?, '9900778')", n)
        for peer in peers:
            state.run("INSERT INTO sippeers (id, site, name) VALUES (?, ?, ?)", peer, n, str(peer))
    numbers = [number_at(code, n) for code in CODES for n in range(2800)]
    numbers += [f"704238{line:04}" for line in range(1000)]
    state.run_many(ADD, (_row(number, chance) for number in sorted({*numbers})))
    yield state
    state.close()


def _row(number: str, chance: random.Random) -> tuple[object, ...]:
    changed = NOW - 3 * DAY if chance.random() < 0.9 else NOW - chance.random() * 5 * DAY
    (status,) = chance.choices(["Inservice", "Aging", "Reserved"], [95, 4, 1])
    account = "9900778" if chance.random() < 0.98 else "2"
    site = chance.choice([*SITES]) if (account, status) == ("9900778", "Inservice") else None
    peer = None if site is None else chance.choice(SITES[site])
    came = None if status == "Reserved" else changed - chance.choice([0, 0, 3600])
    return number, account, status, site, peer, changed, came, place_key(number)


OWNERS: list[tuple[Owner, str | int]] = [
    ("account", "9900778"),
    ("account", "2"),
    ("account", "3"),
    *(("site", n) for n in SITES),
    *(("peer", peer) for peers in SITES.values() for peer in peers),
]
STATUSES = [("Inservice",), ("Aging",), ("Reserved", "Aging"), ("Inservice", "Aging", "Reserved")]
EXCHANGE = number_at("919", 5)[:6]
PREFIXES = ["", "", "", "910", "919", "303", "704238", "7042381", EXCHANGE, number_at("435", 9)]
STATES = [
    frozenset(place.key for place in PLACES if place.state == name) for name in ("NC", "UT", "CO")
]
PLACED = [None, None, *STATES, frozenset({"NC/RALEIGH"}), frozenset[str]()]
LAGS = [0.0, 0.0, 3600.0, 2 * DAY, 3 * DAY + 1, 30 * DAY]


@pytest.mark.parametrize("seed", range(10))
def test_counts_and_pages_are_those_of_a_plain_look_at_all_numbers(
    listed: State, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- the same lists each time
    rows = listed.rows("SELECT * FROM numbers ORDER BY number")
    for _ in range(60):
        lag = chance.choice(LAGS)
        listed.settings = replace(listed.settings, list_lag=lag)
        listing = _draw(chance)
        found = [
            row["number"]
            for row in rows
            if row[listing.owner] == listing.identity
            and row["status"] in listing.statuses
            and _matches(row, listing.filters)
            and _is_listed(row, NOW - lag if lag else None)
        ]
        assert count(listing, listed) == len(found), (listing, lag)
        most = chance.choice([1, 7, 100, 6000])
        start = chance.choice(["", "9", number_at("919", 77), *found[:: len(found) // 3 + 1]])
        skip = 0 if listing.filters.is_dated else chance.randrange(len(found) + 5)
        _check_page(listing, listed, found, most=most, start=start)
        _check_page(listing, listed, found, most=most, skip=skip)


def _draw(chance: random.Random) -> Listing:
    owner, identity = chance.choice(OWNERS)
    filters = Filters(chance.choice(PREFIXES), chance.choice(PLACED))
    if owner != "peer" and chance.random() < 0.4:
        start, end = (
            chance.choice([None, *(TODAY + day * DAY for day in range(-6, 2))]) for _ in range(2)
        )
        filters = filters.within(start, end)
    return Listing(owner, identity, chance.choice(STATUSES), filters)


def _check_page(
    listing: Listing,
    state: State,
    found: list[str],
    *,
    most: int,
    start: str = "",
    skip: int = 0,
) -> None:
    rows = read(listing, state, most=most, start=start, skip=skip)
    page = [number for number in found if number >= start][skip : skip + most]
    assert [row["number"] for row in rows] == page, (listing, most, start, skip)


def _matches(row: sqlite3.Row, filters: Filters) -> bool:
    place = place_of(row["number"])
    return (
        row["number"].startswith(filters.prefix)
        and (filters.places is None or (place is not None and place.key in filters.places))
        and (filters.start is None or row["modified"] >= filters.start)
        and (filters.end is None or row["modified"] < filters.end)
    )


def _is_listed(row: sqlite3.Row, latest: float | None) -> bool:
    return latest is None or row["in_service"] is None or row["in_service"] <= latest


def test_the_account_of_these_tests_takes_every_way_there_is(listed: State) -> None:
    def dated(start: float) -> int:
        return count(Listing("site", 1, filters=Filters(start=start)), listed)

    listed.settings = replace(listed.settings, list_lag=0.0)
    assert dated(TODAY - 4 * DAY) > 5000
    assert 0 < dated(TODAY - DAY) < 5000
    assert count(Listing("account", "9900778", filters=Filters("704238")), listed) > 900


def test_totals_kept_one_by_one_are_those_counted_at_once() -> None:
    chance = random.Random(8)  # noqa: S311 -- the same changes each time
    state = State(Settings(now=lambda: NOW))
    numbers = [number_at(code, n) for code in CODES for n in range(60)]
    state.run_many(ADD, (_row(number, chance) for number in numbers))
    for number in numbers:
        _, account, status, site, peer, modified, *_ = _row(number, chance)
        column, value = chance.choice(
            [
                ("account", account),
                ("status", status),
                ("site", site),
                ("peer", peer),
                ("modified", modified),
            ]
        )
        state.run(f"UPDATE numbers SET {column} = ? WHERE number = ?", value, number)  # noqa: S608 -- columns of ours
    for number in numbers[::7]:
        state.run("DELETE FROM numbers WHERE number = ?", number)
    kept = _totals(state)
    for table in TABLES:
        state.run(f"DELETE FROM {table}")  # noqa: S608 -- a table of ours
    for statement in RECOUNTS:
        state.run(statement)
    assert kept == _totals(state)
    assert len(kept) > 100
    state.close()


def _totals(state: State) -> set[tuple[object, ...]]:
    return {
        (table, *row)
        for table in TABLES
        for row in state.rows(f"SELECT * FROM {table} WHERE total != 0")  # noqa: S608 -- a table of ours
    }
