"""Keeping what must not be shown out of whatever the service says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provisioner.model import Secret

ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
SHOWN = "(secret)"


class Redaction:
    """Every value that was sent and must not be shown; more come as tokens are fetched."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._values: dict[str, re.Pattern[str]] = {}
        for secret in secrets:
            self.hide(secret.reveal())

    def hide(self, value: str) -> None:
        if value:
            self._values[value] = re.compile(_spellings(value))

    def scrub(self, text: str) -> str:
        """The text without any of them, however the service escaped them."""
        # The longest first: one may be the beginning of another.
        for value in sorted(self._values, key=len, reverse=True):
            text = self._values[value].sub(SHOWN, text)
        return text


def _spellings(text: str) -> str:
    """A pattern for the text, and for what escaping it for XML, once or more often, makes of it."""
    return "".join(
        rf"(?:&(?:amp;)*(?:{ENTITIES[each]}|#0*{ord(each)}|#x0*(?i:{ord(each):x}));|{each})"
        if each in ENTITIES
        else re.escape(each)
        for each in text
    )
