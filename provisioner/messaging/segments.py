"""How many segments a text is sent as: what rates, queues and invoices count.

A text of the GSM 7-bit alphabet has 160 places, any other is UCS-2 and has 70. One that needs more
is split; each part then has a header, and 153 or 67 places (vendor interface description, GSM
03.38).
"""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_WHOLE = {"GSM-7": 160, "UCS-2": 70}
_PART = {"GSM-7": 153, "UCS-2": 67}
_BEYOND_UCS2 = 0xFFFF


@dataclass(frozen=True, slots=True)
class Segments:
    """`places` is how many the text needs: characters of the extension table and those beyond
    the basic plane need two. `foreign` are the characters that made it UCS-2, in order."""

    count: int
    encoding: str
    places: int
    foreign: str = ""


MULTIMEDIA = Segments(1, "MMS", 0)
"""A message with media or to a group counts as one, whatever its text (vendor interface
description)."""


def count_segments(text: str) -> Segments:
    """At least one: an empty text is a segment too. No character is split between two.

    >>> count_segments("a" * 161).count, count_segments("ő" * 70).count
    (2, 1)
    """
    foreign = "".join(dict.fromkeys(each for each in text if not _is_gsm(each)))
    encoding = "UCS-2" if foreign else "GSM-7"
    sizes = [_ucs2_places(each) if foreign else _gsm_places(each) for each in text]
    places = sum(sizes)
    if places <= _WHOLE[encoding]:
        return Segments(1, encoding, places, foreign)
    return Segments(_parts(sizes, _PART[encoding]), encoding, places, foreign)


def _is_gsm(character: str) -> bool:
    return character in _BASIC or character in _EXTENSION


def _gsm_places(character: str) -> int:
    return 2 if character in _EXTENSION else 1


def _ucs2_places(character: str) -> int:
    return 2 if ord(character) > _BEYOND_UCS2 else 1


def _parts(sizes: list[int], part: int) -> int:
    parts, left = 1, part
    for size in sizes:
        if size > left:
            parts, left = parts + 1, part
        left -= size
    return parts
