"""Telephone numbers as people write them and as messages need them."""

from __future__ import annotations

import re

from provisioner.digits import is_toll_free

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_SHORT_CODE = re.compile(r"\d{5,6}", re.ASCII)
_NATIONAL = re.compile(r"[2-9]\d{9}", re.ASCII)
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d{9}", re.ASCII)
_PUNCTUATION = re.compile(r"[\s().-]")


def read_number(text: str) -> str:
    """E.164, or a short code as it is. Ten digits are taken as a US number.

    Raises ValueError with the way out. Short codes of five and six digits are those of North
    America; names instead of numbers, which some countries have, are not supported.
    """
    said = text.strip()
    if _E164.fullmatch(said) or _SHORT_CODE.fullmatch(said):
        return said
    if _NATIONAL.fullmatch(said):
        return f"+1{said}"
    digits = _PUNCTUATION.sub("", said)
    for guess in (digits, f"+{digits}", f"+1{digits}"):
        if _NORTH_AMERICAN.fullmatch(guess):
            raise ValueError(f"{said!r} is not in E.164 format. Write {guess}.")
    raise ValueError(f"{said!r} is not a telephone number. Write it as in +19195551212 (E.164).")


def is_short_code(number: str) -> bool:
    return _SHORT_CODE.fullmatch(number) is not None


def is_local(number: str) -> bool:
    """A ten-digit number of North America that is not toll-free: carriers want a campaign for it
    where it is of the US."""
    return number.startswith("+1") and not is_toll_free(number)
