"""How many numbers there are of every kind, kept up to date by the database itself.

Triggers count each number for its account, its site and its sippeer (identity 0: on none), in
`totals` by area code, place and day of its last change, in `exchange_totals` by its first six
digits. No statement that changes `numbers` has to think of it; only REPLACE would not be seen.
"""

from __future__ import annotations

SECONDS_A_DAY = 24 * 3600

_OWNERS = {
    "account": "{row}.account",
    "site": "coalesce({row}.site, 0)",
    "peer": "coalesce({row}.peer, 0)",
}
# What tells the totals of one owner from one another, and the columns that they are in.
_KINDS = {
    "totals": (
        "{row}.status",
        "substr({row}.number, 1, 3)",
        "coalesce({row}.place, '')",
        f"coalesce(CAST({{row}}.modified / {SECONDS_A_DAY} AS INTEGER), -1)",
    ),
    "exchange_totals": (
        "{row}.status",
        "substr({row}.number, 1, 6)",
        "coalesce({row}.place, '')",
    ),
}
TABLES = tuple(_KINDS)


def _columns(table: str, owner: str, row: str) -> str:
    return ", ".join(column.format(row=row) for column in (_OWNERS[owner], *_KINDS[table]))


def _count(table: str, row: str, step: int, *owners: str) -> str:
    values = ", ".join(f"('{owner}', {_columns(table, owner, row)}, {step})" for owner in owners)
    return (
        f"INSERT INTO {table} VALUES {values} "  # noqa: S608 -- words of ours
        "ON CONFLICT DO UPDATE SET total = total + excluded.total;"
    )


def _trigger(name: str, event: str, *statements: str) -> str:
    body = " ".join(statements)
    return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} BEGIN {body} END;"


def _triggers(table: str) -> dict[str, str]:
    added, gone = f"{table}_added", f"{table}_gone"
    made = {
        added: _trigger(added, "INSERT ON numbers", _count(table, "NEW", 1, *_OWNERS)),
        gone: _trigger(gone, "DELETE ON numbers", _count(table, "OLD", -1, *_OWNERS)),
    }
    # One for each owner: whose number it is changes more often than all of the others do.
    for owner in _OWNERS:
        name = f"{table}_of_{owner}_changed"
        old, new = (f"({_columns(table, owner, row)})" for row in ("OLD", "NEW"))
        changes = (_count(table, "OLD", -1, owner), _count(table, "NEW", 1, owner))
        made[name] = _trigger(name, f"UPDATE ON numbers WHEN {old} IS NOT {new}", *changes)
    return made


def _recount(table: str, owner: str) -> str:
    columns = _columns(table, owner, "numbers")
    groups = ", ".join(str(n + 2) for n in range(1 + len(_KINDS[table])))
    return (
        f"INSERT INTO {table} SELECT '{owner}', {columns}, count(*) FROM numbers "  # noqa: S608 -- words of ours
        f"GROUP BY {groups}"
    )


# SQL by the name of the trigger.
TRIGGERS = {name: sql for table in TABLES for name, sql in _triggers(table).items()}
# SQL that fills the empty tables.
RECOUNTS = tuple(_recount(table, owner) for table in TABLES for owner in _OWNERS)
