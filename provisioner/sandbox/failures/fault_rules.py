"""Faults as text: `METHOD PATH KIND [SELECTOR=VALUE ...]`.

    POST /orders drop-after nth=1
    GET /sites status=503 probability=0.1 seed=7
    * /sites/** delay=2 from=3
    CALLBACK /message-delivered repeat=2

METHOD is one, `*` for all, or `CALLBACK` for what the account sends itself (see `callback_kinds`).
PATH is what comes after the account, without a query (or the whole path, of calls that name no
account); `*` stands for one part of it, `**` for any rest. A rule without selectors holds for every
request; of several, all must hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provisioner.sandbox.failures.fault_kinds import kinds_for
from provisioner.sandbox.failures.faults import CALLBACK, Fault

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", CALLBACK)
_ANY = "*"
_FORM = "METHOD PATH KIND [SELECTOR=VALUE ...]"
_ROOT = r"^(/api(/v[0-9.]+)?|/v[0-9.]+)?(/(accounts|users)/[^/?]+)?"
_END = r"(\?|$)"
_WILD = re.compile(r"(\*\*|\*)")
_WILDS = {"**": "[^?]*", "*": "[^/?]+"}


class RuleError(ValueError):
    """A rule that cannot be read; the message names the part and says what it may be."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a rule: how it is read, and what it may be. `read` raises ValueError."""

    field: str
    read: Callable[[str], Any]
    may_be: str


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(said: str) -> int:
        if not (said.isascii() and said.isdecimal() and len(said) < 19):
            raise ValueError(said)
        if not least <= int(said) <= most:
            raise ValueError(said)
        return int(said)

    return read


def _real(most: float) -> Callable[[str], float]:
    def read(said: str) -> float:
        value = float(said)
        if not (math.isfinite(value) and 0 <= value <= most):
            raise ValueError(said)
        return value

    return read


_MOST = 10**18
_COUNT = (_whole(1, _MOST), "a whole number from 1 on")
_SELECTORS: Mapping[str, _Value] = MappingProxyType(
    {
        "nth": _Value("nth", *_COUNT),
        "every": _Value("every", *_COUNT),
        "from": _Value("first", *_COUNT),
        "until": _Value("last", *_COUNT),
        "probability": _Value("probability", _real(1), "a number from 0 to 1"),
        "seed": _Value("seed", _whole(0, _MOST), "a whole number from 0 on"),
    }
)
_KIND_VALUES: Mapping[str, _Value] = MappingProxyType(
    {
        "status": _Value("status", _whole(200, 599), "an HTTP status from 200 to 599"),
        "seconds": _Value("seconds", _real(10**9), "a number of seconds"),
        "times": _Value("times", _whole(1, 1000), "a whole number from 1 to 1000"),
    }
)
_ALIASES = {"status": "status-before"}


def read_rule(text: str) -> Fault:
    """Raises RuleError."""
    parts = text.split()
    if len(parts) < 3:
        raise RuleError(f"a rule is {_FORM}, as in: POST /orders drop-after nth=1")
    method, path, kind, *selectors = parts
    fields: dict[str, Any] = {"nth": None, "rule": " ".join(parts)}
    fields |= {"method": _read_method(method), "path": _read_path(path)}
    return Fault(**fields | _read_kind(kind, method) | _read_selectors(selectors))


def _read_method(said: str) -> str | None:
    if said != _ANY and said.upper() not in _METHODS:
        raise RuleError(f"the method {said!r} must be one of {', '.join(_METHODS)}, or *")
    return None if said == _ANY else said.upper()


def _read_path(said: str) -> str:
    if not said.startswith("/"):
        raise RuleError(f"the path {said!r} must begin with /, as in /sites/*/sippeers")
    if "?" in said:
        raise RuleError(f"the path {said!r} must be without a query")
    parts = (_WILDS.get(part, re.escape(part)) for part in _WILD.split(said))
    return _ROOT + "".join(parts) + _END


def _read_kind(said: str, method: str) -> dict[str, Any]:
    word, equals, text = said.partition("=")
    kinds = kinds_for(method)
    aliases = {alias: name for alias, name in _ALIASES.items() if name in kinds}
    name = aliases.get(word, word)
    if name not in kinds:
        raise RuleError(f"there is no kind {word!r}; there are: {', '.join([*kinds, *aliases])}")
    kind = kinds[name]
    if kind.needs_the_past and method.upper() not in ("GET", _ANY):
        raise RuleError(f"{word} is for GET, not {method}")
    if not equals and not kind.needs_value:
        return {"kind": name}
    if not kind.value:
        raise RuleError(f"{word} takes no value")
    value = _KIND_VALUES[kind.value]
    return {"kind": name, value.field: _read_value(word, text, value)}


def _read_selectors(parts: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in parts:
        name, _, text = part.partition("=")
        if name not in _SELECTORS:
            raise RuleError(f"there is no selector {name!r}; there are: {', '.join(_SELECTORS)}")
        if _SELECTORS[name].field in fields:
            raise RuleError(f"{name} is there twice")
        fields[_SELECTORS[name].field] = _read_value(name, text, _SELECTORS[name])
    if "seed" in fields and "probability" not in fields:
        raise RuleError("seed goes with probability only")
    return fields


def _read_value(name: str, text: str, value: _Value) -> Any:
    try:
        return value.read(text)
    except ValueError:
        raise RuleError(f"{name} takes {value.may_be}, as in {name}=N; found {text!r}") from None
