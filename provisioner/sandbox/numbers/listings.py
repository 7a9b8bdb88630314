"""The account's numbers by whatever lists filter them by: how many, and page by page, in order.

No more rows are touched than a page has, or few more, however many the account has: `totals` says
how many numbers match and in which area codes, `exchange_totals` in which exchanges a page lies.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from provisioner.sandbox.memory.state import State
from provisioner.sandbox.memory.totals import SECONDS_A_DAY
from provisioner.sandbox.numbers.number_filters import Filters

Owner = Literal["account", "site", "peer"]
_IN_SERVICE = ("Inservice",)

_AREA_CODE = 3  # digits
_LAST = "~"  # comes after all digits
# The plus keeps SQLite from beginning there where the index by change can begin later.
_IS_NEW = "(+modified > ? AND in_service > ?)"
# Up to so many numbers that changed in a period are looked for by their date; more of them are met
# soon enough on the way through all numbers.
_FEW = 5000


@dataclass(frozen=True, slots=True)
class Listing:
    """The numbers of these statuses that an account, a site or a sippeer has, filtered; a sippeer's
    not by dates, which no list asks for."""

    owner: Owner
    identity: str | int
    statuses: Sequence[str] = _IN_SERVICE
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class _Clause:
    """What comes after WHERE."""

    sql: str
    values: tuple[object, ...]

    def also(self, sql: str, *values: object) -> _Clause:
        return _Clause(f"{self.sql} AND {sql}", (*self.values, *values))

    def among(self, column: str, values: Iterable[str]) -> _Clause:
        # Placeholders and not a list in JSON: SQLite sees how few they are, and uses its index.
        listed = tuple(values)
        return self.also(f"{column} IN ({', '.join('?' * len(listed))})", *listed)


def count(listing: Listing, state: State) -> int:
    """How many of them lists show."""
    if _is_narrow(listing):
        clause = _bounded(_shown(listing, state), listing)
        return state.count(_select("count(*)", listing, clause), *clause.values)
    return sum(_by_area_code(listing, state).values()) - sum(_unlisted(listing, state).values())


def read(
    listing: Listing, state: State, *, most: int, start: str = "", skip: int = 0
) -> list[sqlite3.Row]:
    """The rows of `most` of them in order, from the number `start` on, or without the first `skip`.

    What is dated has no `skip`: it is known how many of an area code match, not of an exchange.
    """
    shown = _shown(listing, state)
    if _is_narrow(listing):
        clause = _bounded(shown, listing, start)
        return _read(_select("number", listing, clause), clause.values, most, skip, state)
    if listing.filters.is_dated and _are_few(listing, state):
        clause = _bounded(shown, listing, start)
        by_change = _select("number", listing, clause, "_by_change")
        return _read(by_change, clause.values, most, 0, state)
    found: list[sqlite3.Row] = []
    batch: list[str] = []
    first = 0
    for exchange, before, total in _exchanges(listing, state, start, skip):
        first = first if batch else before
        batch.append(exchange)
        if before + total - max(first, skip) >= most - len(found):
            found += _read_in(batch, listing, shown, start, most - len(found), skip - first, state)
            batch = []
        if len(found) == most:
            return found
    return found + _read_in(batch, listing, shown, start, most - len(found), skip - first, state)


def _is_narrow(listing: Listing) -> bool:
    """Whether all are in one exchange, which has 10 000 numbers at most."""
    return len(listing.filters.prefix) > _AREA_CODE


def _are_few(listing: Listing, state: State) -> bool:
    """Whether no more numbers changed in the period than can be sorted for each page."""
    in_period = replace(listing.filters, prefix="", places=None)
    return sum(_by_area_code(replace(listing, filters=in_period), state).values()) <= _FEW


def _exchanges(
    listing: Listing, state: State, start: str, skip: int
) -> Iterator[tuple[str, int, int]]:
    """Exchanges, how many numbers there are before each, and on it; those that begin before `start`
    or are skipped as a whole are left out. For what is dated, it is how many there are at most."""
    unlisted = _unlisted(listing, state)
    before = 0
    for area_code, matching in _by_area_code(listing, state).items():
        if area_code < start[:_AREA_CODE]:
            continue
        shown = matching - sum(
            total for exchange, total in unlisted.items() if exchange.startswith(area_code)
        )
        if before + shown <= skip:
            before += shown
            continue
        for exchange, total in _by_exchange(listing, area_code, state):
            shown = total - unlisted[exchange]
            if exchange >= start[: len(exchange)] and before + shown > skip:
                yield exchange, before, shown
            before += shown


def _by_area_code(listing: Listing, state: State) -> dict[str, int]:
    filters, clause = listing.filters, _counted(listing)
    if filters.prefix:
        clause = clause.also("area_code = ?", filters.prefix)
    if filters.start is not None:
        clause = clause.also("day >= ?", filters.start // SECONDS_A_DAY)
    if filters.end is not None:
        clause = clause.also("day < ?", filters.end // SECONDS_A_DAY)
    rows = state.rows(
        f"SELECT area_code, sum(total) AS total FROM totals WHERE {clause.sql} "  # noqa: S608 -- words of ours
        "GROUP BY area_code ORDER BY area_code",
        *clause.values,
    )
    return {row["area_code"]: row["total"] for row in rows if row["total"]}


def _by_exchange(listing: Listing, area_code: str, state: State) -> list[sqlite3.Row]:
    clause = _counted(listing).also("exchange BETWEEN ? AND ?", area_code, area_code + _LAST)
    return state.rows(
        f"SELECT exchange, sum(total) FROM exchange_totals WHERE {clause.sql} AND total "  # noqa: S608 -- words of ours
        "GROUP BY exchange ORDER BY exchange",
        *clause.values,
    )


def _unlisted(listing: Listing, state: State) -> Counter[str]:
    """By exchange, how many match that came so lately that lists do not show them yet."""
    if not state.settings.list_lag:
        return Counter()
    filters, listed = listing.filters, state.listed()
    since = listed if filters.start is None else max(filters.start, listed)
    lately = replace(listing, filters=filters.within(since, filters.end))
    clause = _bounded(_matching(lately), lately).also(_IS_NEW, listed, listed)
    owner = listing.owner
    if owner == "peer":
        # No index has its numbers by their last change; those of its site are not many more.
        clause = clause.also("site = (SELECT site FROM sippeers WHERE id = ?)", listing.identity)
        owner = "site"
    rows = state.rows(
        "SELECT substr(number, 1, 6) AS exchange, count(*) AS total "  # noqa: S608 -- words of ours
        f"FROM numbers INDEXED BY numbers_of_{owner}_by_change "
        f"WHERE {clause.sql} GROUP BY exchange",
        *clause.values,
    )
    return Counter({row["exchange"]: row["total"] for row in rows})


def _counted(listing: Listing) -> _Clause:
    """For either table of totals."""
    clause = _Clause("owner = ? AND identity = ?", (listing.owner, str(listing.identity)))
    return _at_places(clause.among("status", listing.statuses), listing.filters)


def _matching(listing: Listing) -> _Clause:
    """For `numbers`, whether lists show them yet or not, and wherever they begin."""
    filters = listing.filters
    clause = _Clause(f"{listing.owner} = ?", (listing.identity,))
    clause = _at_places(clause.among("status", listing.statuses), filters)
    if filters.start is not None:
        clause = clause.also("modified >= ?", filters.start)
    if filters.end is not None:
        clause = clause.also("modified < ?", filters.end)
    return clause


def _shown(listing: Listing, state: State) -> _Clause:
    clause = _matching(listing)
    if not state.settings.list_lag:
        return clause
    return clause.also(f"NOT coalesce({_IS_NEW}, 0)", *[state.listed()] * 2)


def _at_places(clause: _Clause, filters: Filters) -> _Clause:
    return clause if filters.places is None else clause.among("place", filters.places)


def _bounded(clause: _Clause, listing: Listing, start: str = "") -> _Clause:
    prefix = listing.filters.prefix
    return clause.also("number BETWEEN ? AND ?", max(prefix, start), prefix + _LAST)


def _select(what: str, listing: Listing, clause: _Clause, way: str = "") -> str:
    index = f"numbers_of_{listing.owner}{way}"
    return f"SELECT {what} FROM numbers INDEXED BY {index} WHERE {clause.sql}"  # noqa: S608 -- words of ours


def _read_in(
    exchanges: list[str],
    listing: Listing,
    clause: _Clause,
    start: str,
    most: int,
    skip: int,
    state: State,
) -> list[sqlite3.Row]:
    statement = (
        "SELECT number FROM json_each(?) AS exchange "  # noqa: S608 -- words of ours
        f"CROSS JOIN numbers INDEXED BY numbers_of_{listing.owner} "
        f"ON number >= max(exchange.value, ?) AND number < exchange.value || '{_LAST}' "
        f"WHERE {clause.sql}"
    )
    values = (json.dumps(exchanges), start, *clause.values)
    return _read(statement, values, most, max(skip, 0), state)


def _read(
    statement: str, values: Sequence[object], most: int, skip: int, state: State
) -> list[sqlite3.Row]:
    # Choosing in the index alone and then reading rows: the other way round reads all it skips.
    return state.rows(
        f"SELECT * FROM numbers WHERE number IN ({statement} ORDER BY number LIMIT ? OFFSET ?) "  # noqa: S608 -- words of ours
        "ORDER BY number",
        *values,
        most,
        skip,
    )
