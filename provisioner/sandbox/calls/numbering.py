"""How telephone numbers are written. Inside the sandbox they are ten digits, always."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.sandbox.calls.errors import Refusal

_TEN_DIGITS = re.compile(r"[2-9]\d{2}[2-9]\d{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notation:
    """One version's way on the wire: v1 writes ten digits (vendor interface description), v2 E.164.

    `code` is how v2 refuses every number that is not E.164 (seen by the vendor's own command-line
    tool); v1 has a code for each call.
    """

    prefix: str
    code: int | None = None

    def write(self, number: str) -> str:
        return self.prefix + number

    def read(self, said: str) -> str | None:
        """The ten digits, or None where the text is not a number in this notation."""
        digits = said.strip().removeprefix(self.prefix)
        written = self.prefix + digits == said.strip()
        return digits if written and _TEN_DIGITS.fullmatch(digits) else None

    def require(self, said: str, code: int) -> str:
        """The ten digits; else refused with this code, or with the version's own."""
        number = self.read(said)
        if number is None:
            raise Refusal(self.code or code, said.strip(), number=said.strip())
        return number


NATIONAL = Notation(prefix="")
E164 = Notation(prefix="+1", code=1022)
