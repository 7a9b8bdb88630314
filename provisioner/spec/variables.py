"""Variables in values: `${NAME}` and `${NAME:-default}`; `$${` is a literal `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
REFERENCE = re.compile(
    rf"(?P<escaped>\$\$\{{)|\$\{{(?P<name>{NAME})(?::-(?P<default>(?:(?!\$\{{)[^}}])*))?\}}|\$\{{"
)
WHOLE = re.compile(rf"\$\{{(?P<name>{NAME})(?::-[^}}]*)?\}}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in. Nothing of it is right while there are faults.

    `has_literal_default` says that a default that is not empty stands in the file.
    """

    text: str
    variables: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    malformed: bool = False
    has_literal_default: bool = False


def fill(text: str, environ: Mapping[str, str]) -> Filled:
    """As in a shell, a default also stands in for a variable that is set to nothing."""
    if "${" not in text:
        return Filled(text)
    variables: list[str] = []
    unset: list[str] = []
    malformed = has_literal_default = False

    def value(match: re.Match[str]) -> str:
        nonlocal malformed, has_literal_default
        if match["escaped"]:
            return "${"
        name, default = match["name"], match["default"]
        if name is None:
            malformed = True
            return ""
        variables.append(name)
        if default is not None:
            has_literal_default |= bool(default)
            return environ.get(name) or default
        if name not in environ:
            unset.append(name)
        return environ.get(name, "")

    filled = REFERENCE.sub(value, text)
    return Filled(filled, tuple(variables), tuple(unset), malformed, has_literal_default)


def only_variable(text: str) -> str | None:
    """The variable's name where the text is one variable and nothing else."""
    match = WHOLE.fullmatch(text)
    return match["name"] if match else None
