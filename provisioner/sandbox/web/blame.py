"""Which elements of a refused body the words of its refusal are about."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*)[^<>]*?(?:/>|>([^<]*))")
_KEY = re.compile(r'"(\w+)"\s*:')
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_MISSING = re.compile(r"missing: (.*)", re.DOTALL)


def find_named(body: str, words: str) -> list[str]:
    """Names of elements, or of what a JSON body has; none where the words quote a value of it, for
    that tells more, and none where they name an element that is not there."""
    found = _ELEMENT.findall(body)
    if any(text.strip() and f"'{text.strip()}'" in words for _, text in found):
        return []
    names = list(dict.fromkeys([name for name, _ in found] or _KEY.findall(body)))
    missing = _MISSING.search(words)
    said = missing[1] if missing else words
    tokens = _WORD.findall(said)
    exact = {token.lower() for token in tokens}
    literal = [name for name in names if name.lower() in exact]
    if literal or any(_HUMP.search(token) for token in tokens):
        return literal
    plain = f" {' '.join(tokens).lower().replace('sippeer', 'peer')} "
    return _in_plain_words(names, plain) or _by_what_they_name(names, plain)


def _in_plain_words(names: Iterable[str], plain: str) -> list[str]:
    """`TelephoneNumber` as "telephone number"."""
    return [name for name in names if " " in _apart(name) and f" {_apart(name)} " in plain]


def _by_what_they_name(names: Iterable[str], plain: str) -> list[str]:
    """`SipPeerId` as "sippeer". What comes first is meant: "no such sippeer on the site"."""
    kinds = {name: _apart(name).removesuffix(" id").removeprefix("sip ") for name in names}
    places = {
        plain.find(f" {kind} "): name
        for name, kind in kinds.items()
        if name.endswith("Id") and f" {kind} " in plain
    }
    return [places[min(places)]] if places else []


def _apart(name: str) -> str:
    return _HUMP.sub(" ", name).lower()
