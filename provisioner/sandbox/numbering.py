"""How telephone numbers are written. Inside the sandbox they are ten digits, always."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEN_DIGITS = re.compile(r"[2-9]\d{2}[2-9]\d{6}", re.ASCII)
_AREA_CODE = re.compile(r"[2-9](?!11)\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notation:
    """One version's way on the wire: v1 writes ten digits (vendor interface description)."""

    prefix: str

    def write(self, number: str) -> str:
        return self.prefix + number

    def read(self, text: str) -> str | None:
        """The ten digits, or None where the text is not a number in this notation."""
        digits = text.strip().removeprefix(self.prefix)
        written = self.prefix + digits == text.strip()
        return digits if written and _TEN_DIGITS.fullmatch(digits) else None


NATIONAL = Notation(prefix="")


def is_area_code(text: str) -> bool:
    return _AREA_CODE.fullmatch(text) is not None
