"""What looks like personal data in a tag, which callbacks and logs repeat (vendor guide: none)."""

from __future__ import annotations

import re

_LOOKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")),
    (
        "a telephone number",
        re.compile(r"(?<!\d)(?:\+\d{7,15}|\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4})(?!\d)"),
    ),
    ("a social security number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
)
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def personal_data_in(tag: str) -> tuple[str, ...]:
    """Kinds of data, in words; none is no proof that there is none."""
    found = [kind for kind, pattern in _LOOKS if pattern.search(tag)]
    if any(_is_card(match[0]) for match in _CARD.finditer(tag)):
        found.append("a card number")
    return tuple(found)


def _is_card(text: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812), so that order numbers pass."""
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [sum(divmod(each * 2, 10)) for each in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0
