"""Lines of a given width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

NARROWEST = 40
MOST_LISTED = 50


def wrap(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most `width`, but for words that are longer: those stay whole,
    because a URL or an id that is cut cannot be copied."""
    return textwrap.wrap(
        text,
        width=max(width, NARROWEST),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[str]], *, indent: str = "") -> list[str]:
    """Rows of cells, each column as wide as its widest cell, two spaces between."""
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    return [
        (
            indent + "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def listing(texts: Sequence[str], *, width: int, indent: str) -> list[str]:
    """Short texts side by side, as many as a screen can hold, and how many more there are."""
    lines = wrap("  ".join(texts[:MOST_LISTED]), width=width, first=indent, rest=indent)
    more = len(texts) - MOST_LISTED
    return [*lines, f"{indent}and {more} more"] if more > 0 else lines


def paragraphs(parts: Iterable[Sequence[str]]) -> str:
    """Blocks of lines with a blank line between them; empty blocks leave no gap."""
    return "\n\n".join("\n".join(lines) for lines in parts if lines)
