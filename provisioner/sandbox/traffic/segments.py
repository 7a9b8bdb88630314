"""How many segments a text is sent as, which is what the vendor's rate counts.

A text of the GSM 7-bit alphabet has 160 places, any other is UCS-2 and has 70; one that needs more
is split, and each part then has a header and 153 or 67 places (vendor interface description, GSM
03.38). A character that takes two places is never split.
"""

from __future__ import annotations

from collections.abc import Iterable

_ONE_PLACE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_PLACES = frozenset("\f^{}\\[~]|€")

_GSM_WHOLE, _GSM_PART = 160, 153
_UCS2_WHOLE, _UCS2_PART = 70, 67


def count_segments(text: str) -> int:
    """At least 1: an empty text is one segment too.

    >>> count_segments("a" * 160), count_segments("a" * 161), count_segments("ő" * 71)
    (1, 2, 2)
    """
    if _ONE_PLACE.union(_TWO_PLACES).issuperset(text):
        places = [2 if each in _TWO_PLACES else 1 for each in text]
        return _pack(places, _GSM_WHOLE, _GSM_PART)
    return _pack([2 if ord(each) > 0xFFFF else 1 for each in text], _UCS2_WHOLE, _UCS2_PART)


def _pack(places: Iterable[int], whole: int, part: int) -> int:
    sizes = list(places)
    if sum(sizes) <= whole:
        return 1
    segments, left = 1, part
    for size in sizes:
        if size > left:
            segments, left = segments + 1, part
        left -= size
    return segments
