"""How each action is told: one row for each, for all views of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.planning.plan import Action
from provisioner.views.style import Style


@dataclass(frozen=True, slots=True)
class Telling:
    """`symbol` and `word` stand before what is done; `state` is what becomes of it, `found` how a
    drift finds it now."""

    symbol: str
    word: str
    style: Style
    state: str
    found: str = ""


TELLINGS: Mapping[Action, Telling] = {
    Action.CREATE: Telling("+", "create", Style.CREATE, "new", "not there"),
    Action.UPDATE: Telling("~", "change", Style.UPDATE, "changed", "not as declared"),
    Action.DELETE: Telling("-", "delete", Style.DELETE, "deleted", "there, and should not be"),
    Action.ORDER: Telling("+", "order", Style.BUY, "changed", "too few"),
    Action.MOVE: Telling(">", "move", Style.UPDATE, "changed", "elsewhere"),
    Action.ASSIGN: Telling("~", "assign", Style.UPDATE, "changed", "not on its campaign"),
    Action.RELEASE: Telling("-", "release", Style.DELETE, "released"),
    Action.CLOSE: Telling("-", "close", Style.DELETE, "closed"),
    Action.NO_OP: Telling(" ", "unchanged", Style.QUIET, "unchanged"),
}
