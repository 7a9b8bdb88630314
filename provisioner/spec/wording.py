"""How values from the files, and choices, are put into sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

LONGEST_QUOTE = 60
LONGEST_LIST = 12


def quoted(text: str) -> str:
    """The text in quotes, shortened, on one line and printable whatever it holds.

    >>> quoted("Raleigh")
    '"Raleigh"'
    """
    shortened = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."
    return f'"{printable(shortened)}"'


def printable(text: object) -> str:
    """All of it, on one line: for paths, which are there to be copied."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(text))


def key_quoted(text: str) -> str:
    """A key of the spec as it is named in sentences: `callback_url`."""
    return f"`{quoted(text)[1:-1]}`"


def listed(words: Sequence[str], conjunction: str) -> str:
    """`a, b or c`; what is beyond a dozen is only counted."""
    if len(words) > LONGEST_LIST:
        return f"{', '.join(words[:LONGEST_LIST])} {conjunction} {len(words) - LONGEST_LIST} more"
    *rest, last = words
    return f"{', '.join(rest)} {conjunction} {last}" if rest else last


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant: `callbackUrl` and `calback_url` mean `callback_url`."""
    folded = {_fold(choice): choice for choice in reversed(list(choices))}
    matches = get_close_matches(_fold(word[:200]), folded, n=1)
    return folded[matches[0]] if matches else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")
