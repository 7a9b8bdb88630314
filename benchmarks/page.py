"""Figures where they are told: docs/performance.md, between two comments with the table's name."""

from __future__ import annotations

from pathlib import Path

import click

into = click.option(
    "--into",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Write the table into this page as well.",
)


class NoPlace(Exception):
    """The page has no place for a table of this name."""


def put(table: str, name: str, page: Path) -> None:
    """Raises NoPlace."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found_too, after = rest.partition(end)
    if not found or not found_too:
        raise NoPlace(f"{page} has no `{begin.strip()}` with `{end}` after it")
    block = f"```\n{table.strip()}\n```\n"
    page.write_text(f"{before}{begin}{block}{end}{after}", encoding="utf-8")


def show(table: str, name: str, page: Path | None) -> None:
    """On standard output, and in the page where one is named."""
    click.echo(table, nl=not table.endswith("\n"))
    if page:
        put(table, name, page)
