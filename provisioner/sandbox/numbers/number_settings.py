"""What can be set for one number, which both ways of setting it share."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.markup import word

_FORMATS = ("10digit", "11digit", "e164")


def speaks_sms(number: sqlite3.Row, peer: sqlite3.Row | None) -> bool:
    """A number can send messages when its location can, unless it was switched off by itself
    (assumption)."""
    return peer is not None and peer["sms"] is not None and number["sms"] != 0


def read_formats(body: Element, codes: Mapping[str, int], more: Sequence[str]) -> dict[str, str]:
    """The elements that `codes` names, where they are there; `more` are values that are formats
    too."""
    said = {name: word(body, name) for name in codes}
    for name, value in said.items():
        if value not in ("", *_FORMATS, *more):
            raise Refusal(codes[name], value)
    return {name: value for name, value in said.items() if value}
