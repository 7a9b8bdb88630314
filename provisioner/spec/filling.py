"""Texts with the values of their references filled in."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from provisioner.spec.nodes import Listing, Scalar, Unknown
from provisioner.spec.references import (
    SECRET_SOURCES,
    Malformed,
    Part,
    Reference,
    Source,
    Unfilled,
    parts_of,
)
from provisioner.spec.secret_sources import SecretSources
from provisioner.spec.wording import closest, key_quoted, listed

MALFORMED = (
    "A reference is written `${NAME}` or `${NAME:-default}`, with a name of letters, digits and"
    " `_`, or `${var.NAME}`, `${each.NAME}`, `${file:PATH}`, `${keyring:SERVICE/NAME}` or"
    " `${command:...}`. For a literal `${` write `$${`."
)
UNREAD = "(not read)"
"""Stands for a secret that nobody looked at. It passes for a password."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the spec with its value: a text, or for a list its `items`. `None` is no value
    and `Unknown` no list, which has been reported.

    `source` is that of the value, as in Filled, and `folder` the one that it is seen from.
    """

    value: str | None = field(repr=False)
    is_secret: bool
    items: Listing | Unknown | None = None
    source: str | None = None
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its references filled in. Nothing of it is right where there are faults.

    `is_covered` says that a part of it stands neither in the spec nor in its tables. `source` names
    where all of it comes from, if that is one place: `CALLBACK_PASSWORD`, or `file:callback.txt`,
    relative to the file of the text.
    """

    text: str = field(repr=False)
    is_covered: bool = False
    faults: tuple[Unfilled, ...] = ()
    source: str | None = None


@dataclass(slots=True)
class References:
    """What the references in values stand for."""

    environ: Mapping[str, str] = field(repr=False)
    secrets: SecretSources
    variables: Mapping[str, Variable] = field(default_factory=dict)
    leaves_secrets: bool = False

    def fill(self, node: Scalar, *, secret: bool = False) -> Filled:
        """`secret` says that the text is one: a secret goes into nothing else."""
        if "${" not in node.text:
            return Filled(node.text)
        if secret and self.leaves_secrets:
            return Filled(UNREAD, is_covered=True)
        try:
            parts = parts_of(node.text)
        except Malformed:
            return Filled("", faults=(Unfilled("bad-variable", MALFORMED),))
        texts: list[str] = []
        faults: list[Unfilled] = []
        is_covered, has_literal_default = False, False
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            is_covered |= self._is_outside(part)
            has_literal_default |= bool(part.default)
            try:
                if not secret:
                    self._refuse_secret(part)
                texts.append(self._value(part, node))
            except Unfilled as fault:
                faults.append(fault)
        source = self._source(parts[0], node) if len(parts) == 1 and not faults else None
        is_covered &= not has_literal_default
        return Filled("".join(texts), is_covered, tuple(faults), source)

    def _source(self, part: Part, node: Scalar) -> str | None:
        match part:
            case Reference(source=Source.ENVIRONMENT, argument=name):
                return name
            case Reference(source=Source.VARIABLE, argument=name):
                return _seen_from(Path(node.origin.file).parent, self.variables[name])
            case Reference(source=Source.ROW, argument=name):
                return f"{Source.ROW}.{name}"
            case Reference(source=source, argument=written):
                return f"{source}:{self._argument(written, node)}"
        return None

    def _refuse_secret(self, reference: Reference) -> None:
        is_secret = reference.source in SECRET_SOURCES
        if reference.source is Source.VARIABLE:
            variable = self.variables.get(reference.argument)
            is_secret = variable is not None and variable.is_secret
        if is_secret:
            detail = (
                f"{key_quoted(reference.written)} is a secret, and plans would show it here."
                " It can stand only where a secret belongs, such as in `password`."
            )
            raise Unfilled("misplaced-secret", detail)

    def _is_outside(self, reference: Reference) -> bool:
        match reference.source:
            case Source.ROW:
                return False
            case Source.VARIABLE:
                variable = self.variables.get(reference.argument)
                return variable is not None and variable.is_secret
            case _:
                return True

    def _value(self, reference: Reference, node: Scalar) -> str:
        name, default = reference.argument, reference.default
        match reference.source:
            case Source.ENVIRONMENT:
                value = self.environ.get(name)
                if value is None and default is None:
                    detail = f"`${{{name}}}` has no value. Run `export {name}=...` first."
                    raise Unfilled("unset-variable", detail)
            case Source.VARIABLE:
                value = self._variable(name)
            case Source.ROW:
                value = _of_row(reference, node)
            case _:
                argument = self._argument(name, node)
                folder = Path(node.origin.file).parent
                return self.secrets.value(reference.source, argument, folder)
        # As in a shell, a default also stands in for what is set to nothing.
        return value or default or ""

    def _argument(self, written: str, node: Scalar) -> str:
        filled = self.fill(replace(node, text=written))
        if filled.faults:
            raise filled.faults[0]
        return filled.text

    def _variable(self, name: str) -> str:
        if name not in self.variables:
            detail = f"`${{var.{name}}}` is not one of the `variables` of the spec. "
            raise Unfilled("unknown-variable", detail + way_out(name, self.variables))
        variable = self.variables[name]
        if variable.items is not None:
            detail = (
                f"`${{var.{name}}}` is a list, and this is a text. It can be a value of its own,"
                f" without anything beside it, where a list belongs: `for_each: ${{var.{name}}}`."
            )
            raise Unfilled("misplaced-list", detail)
        if variable.value is None:
            raise Unfilled("", "")
        return variable.value


def _seen_from(folder: Path, variable: Variable) -> str | None:
    """The source of the variable, which may be a file beside another one than that of the text."""
    scheme, colon, path = (variable.source or "").partition(":")
    if not colon or scheme != Source.FILE or folder == variable.folder:
        return variable.source
    return f"{scheme}:{os.path.relpath(variable.folder / path, folder)}"


def _of_row(reference: Reference, node: Scalar) -> str | None:
    name = reference.argument
    if node.row is None:
        detail = f"{key_quoted(reference.written)} has a value only below a `for_each`."
        raise Unfilled("unknown-column", detail)
    value = node.row.values.get(name)
    if value is None and reference.default is None:
        detail = f"{key_quoted(reference.written)} is not in this row. "
        raise Unfilled("unknown-column", detail + way_out(name, node.row.values))
    return value


def way_out(name: str, known: Collection[str]) -> str:
    """What to write instead of a name that is none of the known ones."""
    if meant := closest(name, known):
        return f"Did you mean {key_quoted(meant)}?"
    if not known:
        return "There are none."
    verb = "is" if len(known) == 1 else "are"
    return f"There {verb} {listed([key_quoted(each) for each in known], 'and')}."
