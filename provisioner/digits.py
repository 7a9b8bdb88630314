"""What the digits of a telephone number tell, in E.164: `+19195551234`."""

from __future__ import annotations

TOLL_FREE_CODES = frozenset({"800", "833", "844", "855", "866", "877", "888"})
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
COUNTRY, AREA = "+1", slice(2, 5)
AFTER_AREA = slice(5, None)


def is_toll_free(number: str) -> bool:
    return number.startswith(COUNTRY) and number[AREA] in TOLL_FREE_CODES


def begins_with(number: str, digits: str) -> bool:
    return number.startswith(f"{COUNTRY}{digits}")


def has_toll_free_code(number: str, pattern: str) -> bool:
    """The pattern is a code, or fewer digits and `*`."""
    return is_toll_free(number) and begins_with(number, pattern.rstrip("*"))


def spells(number: str, word: str) -> bool:
    """Whether the word stands anywhere after the area code, as a telephone's keys spell it."""
    return word.translate(KEYPAD) in number[AFTER_AREA]


def spells_toll_free(number: str, word: str) -> bool:
    return is_toll_free(number) and spells(number, word)


def as_e164(text: str) -> str:
    """Of ten digits, with or without what stands before them."""
    digits = text.strip().removeprefix("+").removeprefix("1")
    return f"{COUNTRY}{digits}"
