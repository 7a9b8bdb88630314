"""One call of the control API as its handlers see it, and what they may work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.sandbox.calls.log import Log
from provisioner.sandbox.calls.numbering import E164, NATIONAL
from provisioner.sandbox.failures.armed_faults import Faults
from provisioner.sandbox.memory.snapshots import Snapshot
from provisioner.sandbox.memory.state import State

_ENTRIES, _MOST_ENTRIES = 100, 1000
_MOST_BEFORE = 10**8

Export = Callable[[str, str], str]
"""Writes a spec of the account at this origin, with this id. It may take its time: it is called in
a thread of its own, while the account goes on serving."""


@dataclass(frozen=True, slots=True)
class Control:
    """What can be controlled. `seed` is what a reset goes back to; None is an empty account.
    `export` writes the account at an origin as a spec, where somebody knows how to."""

    state: State
    faults: Faults
    log: Log
    seed: Snapshot | None
    export: Export | None = None


class ControlError(Exception):
    def __init__(self, words: str, *, status: int = 400) -> None:
        self.status = status
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class ControlCall:
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, object]

    def take(self, *names: str) -> list[object]:
        """The values in the body by these names, None for one that is not there; others are
        refused."""
        unknown = [name for name in self.body if name not in names]
        if unknown:
            known = ", ".join(names) or "none"
            raise ControlError(f"there is no {unknown[0]!r} in this body; there are: {known}")
        return [self.body.get(name) for name in names]

    def account(self, control: Control) -> str:
        """That of the query, or the first."""
        served = [login.account for login in control.state.settings.logins]
        account = self.query.get("account", served[0])
        if account not in served:
            raise ControlError(f"there is no account {account!r}; there are: {', '.join(served)}")
        return account

    def number(self) -> str:
        """The telephone number in the path, in either notation; ten digits."""
        said = self.parameters["number"]
        number = NATIONAL.read(said) or E164.read(said)
        if number is None:
            raise ControlError(f"{said!r} is not a telephone number")
        return number

    def limit(self) -> int:
        """How many entries of a record are asked for."""
        return self._whole("limit", _ENTRIES, least=1, most=_MOST_ENTRIES)

    def offset(self) -> int:
        """How many entries come before them."""
        return self._whole("offset", 0, least=0, most=_MOST_BEFORE)

    def _whole(self, name: str, otherwise: int, *, least: int, most: int) -> int:
        said = self.query.get(name, str(otherwise))
        is_number = said.isascii() and said.isdecimal() and len(said) < 10
        if not is_number or not least <= int(said) <= most:
            raise ControlError(f"{name} must be a number from {least} to {most}")
        return int(said)


def text(value: object, name: str, otherwise: str | None = None) -> str:
    if value is None and otherwise is not None:
        return otherwise
    if not isinstance(value, str) or not value:
        raise ControlError(f"{name} must be a text")
    return value


@dataclass(frozen=True, slots=True)
class Row:
    """`handler` gives what is answered as JSON, or None for 204."""

    method: str
    path: str
    handler: Callable[[ControlCall, Control], object]
