"""What can be warned of, and how seriously a spec takes it.

The codes are stable: `lint:` in a spec names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provisioner.errors import Problem, Severity


class Level(StrEnum):
    """How seriously a warning is taken."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Warned:
    """`meaning` is the sentence for documentation and editors; `level` is where nothing is said."""

    meaning: str
    level: Level = Level.WARNING


WARNINGS: Mapping[str, Warned] = {
    "back-order-left": Warned("A back order would bring numbers that no block asks for."),
    "beyond-documented-length": Warned("A text is longer than older guides allow."),
    "empty-source": Warned("A `for_each` has no rows, so nothing comes of it."),
    "literal-secret": Warned("A secret stands in the file."),
    "looks-renamed": Warned("What would be created is like something under another name."),
    "may-be-refused": Warned("The account may refuse what is declared."),
    "misplaced-numbers": Warned("Numbers that a block ordered are on another location."),
    "more-than-declared": Warned("Numbers would be released that no block asks for."),
    "no-longer-declared": Warned("What a revision declared is in the spec no more, and stays."),
    "not-in-account": Warned("A number that is to be released is not in the account."),
    "number-nowhere": Warned("The account may have a listed number and does not say where."),
    "numbers-in-doubt": Warned("Nobody can tell whether numbers are of a block."),
    "order-ended": Warned("An order that is to be closed is at its end."),
    "placeholder-url": Warned("A URL leads to a host that stands in documentation.", Level.OFF),
    "prune-left": Warned("What is not declared stays, although the spec says `prune`."),
    "prune-paused": Warned("A `for_each` has no rows, so nothing is pruned."),
    "secret-not-compared": Warned("A secret may have changed, and the account does not tell."),
    "too-many-sippeers": Warned("More sippeers than the vendor advises for an account."),
    "too-many-sites": Warned("More sites than the vendor advises for an account."),
    "unused-rows": Warned("Rows of a file are left out by every `where`."),
    "unused-variable": Warned("The environment has a `BWP_VAR_` that the spec does not declare."),
}
UNLISTED = Warned("A warning that no `lint` can name.")


def judge(problems: Iterable[Problem], levels: Mapping[str, Level]) -> Iterator[Problem]:
    """The problems, warnings being errors, warnings or nothing as the levels of their codes say.

    Errors stay errors.
    """
    for problem in problems:
        if problem.severity is Severity.ERROR:
            yield problem
            continue
        level = levels.get(problem.code) or WARNINGS.get(problem.code, UNLISTED).level
        if level is not Level.OFF:
            yield replace(problem, severity=Severity(level.value))
