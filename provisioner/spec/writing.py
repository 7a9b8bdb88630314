"""YAML as people would write it: the opposite of composition.py."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yaml.resolver import Resolver

Scalar = str | bool | int
Flow = Mapping[str, Scalar]
"""A mapping on one line."""
WIDTH = 100
INDENT = "  "
PLAIN = re.compile(r"[^\W\d_](?:[\w \-./:@+&%~()]*[\w\-./@+&%~()])?")
"""What begins with a letter and holds nothing that could mean something, in `{}` either."""
MISREAD = frozenset({"y", "n"})
"""What only some readers of YAML 1.1 take for a boolean."""
NAMED_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on lines of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what stands below it: a value, a mapping, or a list with a line for each."""

    key: str
    value: Scalar | Block | Sequence[Flow | Listing | Scalar]


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping on lines of its own."""

    entries: Sequence[Entry | Remark]


@dataclass(frozen=True, slots=True)
class Listing:
    """A mapping of one key, whose values stand on lines of their own."""

    key: str
    values: Sequence[Scalar]


def to_yaml(block: Block) -> str:
    """The text of a file, its large parts set apart by empty lines."""
    return "".join(f"{line}\n" for line in _lines(block.entries, 0))


def _lines(entries: Iterable[Entry | Remark], depth: int) -> Iterator[str]:
    is_first, after_large = True, False
    for entry in entries:
        is_large = depth < 2 and isinstance(entry, Entry) and isinstance(entry.value, Block)
        if not is_first and (is_large or after_large):
            yield ""
        is_first, after_large = False, is_large
        if isinstance(entry, Remark):
            yield from _comment(entry.text, INDENT * depth)
        else:
            yield from _entry_lines(entry, depth)


def _entry_lines(entry: Entry, depth: int) -> Iterator[str]:
    start = f"{INDENT * depth}{scalar_text(entry.key)}:"
    match entry.value:
        case Block(entries) if any(isinstance(each, Entry) for each in entries):
            yield start
            yield from _lines(entries, depth + 1)
        case Block(remarks):
            yield f"{start} {{}}"
            yield from _lines(remarks, depth + 1)
        case str() | bool() | int() as value:
            yield f"{start} {scalar_text(value)}"
        case listed:
            yield start
            for each in listed:
                yield from _item_lines(each, INDENT * (depth + 1))


def _item_lines(item: Flow | Listing | Scalar, indent: str) -> Iterator[str]:
    match item:
        case Listing(key, values):
            yield f"{indent}- {scalar_text(key)}:"
            yield from (f"{indent}{INDENT * 2}- {scalar_text(each)}" for each in values)
        case str() | bool() | int():
            yield f"{indent}- {scalar_text(item)}"
        case mapping:
            yield f"{indent}- {_flow(mapping)}"


def _flow(mapping: Flow) -> str:
    members = (f"{scalar_text(key)}: {scalar_text(each)}" for key, each in mapping.items())
    return f"{{{', '.join(members)}}}"


def _comment(text: str, indent: str) -> list[str]:
    """Whatever the text holds, it stays a comment."""
    start = f"{indent}# "
    printable = "".join(each if each.isprintable() else _escaped(each) for each in text)
    return textwrap.wrap(
        printable,
        WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )


def scalar_text(value: Scalar) -> str:
    """A value as it stands in a file: in quotes where any reader could take it for another.

    >>> scalar_text("Raleigh"), scalar_text("NO"), scalar_text("02134"), scalar_text(True)
    ('Raleigh', '"NO"', '"02134"', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if _is_plain(value) else f'"{"".join(map(_escaped, value))}"'


def _is_plain(text: str) -> bool:
    return (
        PLAIN.fullmatch(text) is not None
        and ": " not in text
        and text.lower() not in MISREAD
        and text.isprintable()
        and not any(
            pattern.match(text) for _, pattern in Resolver.yaml_implicit_resolvers.get(text[0], ())
        )
    )


def _escaped(character: str) -> str:
    if character in NAMED_ESCAPES:
        return NAMED_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
