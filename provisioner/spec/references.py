"""References in values, as they are written: `${NAME}`, `${var.NAME}`, `${file:PATH}` and so on.

`$${` is a literal `${`. What stands in place of a reference is never looked at for references
itself, so that data from a table or the environment are data and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
COLUMN = r"(?:[^${}:]|:(?!-))+"
NESTED = rf"\$\{{(?:each\.{COLUMN}|var\.{NAME})\}}"
REFERENCE = re.compile(
    r"(?P<escaped>\$\$\{)"
    rf"|\$\{{(?P<name>{NAME}|var\.{NAME}|each\.{COLUMN})"
    r"(?::-(?P<default>(?:(?!\$\{)[^}])*))?\}"
    rf"|\$\{{(?P<scheme>file|keyring|command):(?P<argument>(?:{NESTED}|(?!\$\{{)[^}}])+)\}}"
    r"|\$\{"
)
WHOLE_VARIABLE = re.compile(rf"\$\{{var\.(?P<name>{NAME})\}}")


class Source(StrEnum):
    """Where the value of a reference comes from."""

    ENVIRONMENT = "environment"
    VARIABLE = "var"
    ROW = "each"
    FILE = "file"
    KEYRING = "keyring"
    COMMAND = "command"


SECRET_SOURCES = frozenset({Source.FILE, Source.KEYRING, Source.COMMAND})
"""What comes from these is secret, whatever it is."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`argument` is the name, path or command; `written` all of it as it stands in the file."""

    source: Source
    argument: str
    default: str | None
    written: str


Part = str | Reference


class Malformed(ValueError):
    """A `${` that begins no reference."""


class Unfilled(Exception):
    """A reference that has no value. `code` and the message are those of a Problem.

    Where the code is "" the problem has been told already, at another place.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[Part, ...]:
    """The text, cut into literal text and references. Raises Malformed.

    >>> [str(part) for part in parts_of("a $${b}")]
    ['a ', '${', 'b}']
    """
    return tuple(_parts(text))


def refers_to_row(text: str) -> bool:
    """Whether `${each.NAME}` stands in it, inside another reference too."""
    return "${each." in text


def columns_in(text: str) -> Iterator[str]:
    """The names that it wants of a row. What is malformed wants nothing."""
    try:
        parts = parts_of(text)
    except Malformed:
        return
    for part in parts:
        if isinstance(part, Reference) and part.source is Source.ROW:
            yield part.argument
        elif isinstance(part, Reference) and part.source in SECRET_SOURCES:
            yield from columns_in(part.argument)


def list_variable(text: str) -> str | None:
    """The name of the variable that is all of the text: one whose list can stand in its place.

    >>> list_variable("${var.areas}"), list_variable("in ${var.areas}")
    ('areas', None)
    """
    match = WHOLE_VARIABLE.fullmatch(text)
    return match["name"] if match else None


def _parts(text: str) -> Iterator[Part]:
    end = 0
    for match in REFERENCE.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        end = match.end()
        yield _part(match)
    if end < len(text):
        yield text[end:]


def _part(match: re.Match[str]) -> Part:
    if match["escaped"]:
        return "${"
    if match["scheme"]:
        return Reference(Source(match["scheme"]), match["argument"], None, match[0])
    if not match["name"]:
        raise Malformed
    prefix, dot, name = match["name"].partition(".")
    if not dot:
        return Reference(Source.ENVIRONMENT, prefix, match["default"], match[0])
    return Reference(Source(prefix), name, match["default"], match[0])
