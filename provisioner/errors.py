"""What can go wrong, and how it is told.

ProvisionerError            has a message for the user; everything below does
├── ProblemsError           one or more Problems, all found at once
│   ├── SpecError           the files: found offline
│   └── PlanRefused         the files against the account: carrying on would not be safe
├── SettingsError           credentials, addresses and options of this run
├── BadSavedPlan            a file that should be a saved plan, and is none to go by
├── JournalError            the record of what is sent: without it nothing is
│   └── LeaseHeld           another run may write to this account, and this one may not
└── AccountError            the account's API
    ├── Unreachable         no connection, or no answer to a request that may be repeated
    ├── LostAnswer          a POST left and no usable answer came: it may have been carried out
    ├── Unreadable          an answer that is not what this API gives
    ├── Unauthorized        401 or 403
    ├── Rejected            any other refusal, with the service's own code and words
    │   └── Recommended     an address, for which the service has a better one
    ├── Ambiguous           what was looked for is there more than once
    └── BadTemplate         a template of a body that cannot be filled in
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A position in a file. `line` and `column` count from 1.

    Where a template of the spec is filled in from rows, the position is that in the template, and
    `rows` that of the row; it is empty anywhere else.
    """

    file: str
    line: int
    column: int
    rows: tuple[Origin, ...] = ()

    @property
    def place(self) -> str:
        """The position alone, as editors read it."""
        return f"{self.file}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return self.place + "".join(f" (row {row})" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, told so that the reader can mend it.

    `code` is stable and short (`unknown-key`); `summary` is a constant phrase for that code;
    `detail` is a full sentence about this case, with the way out.
    """

    severity: Severity
    code: str
    summary: str
    detail: str
    origin: Origin | None = None

    def __str__(self) -> str:
        where = f"{self.origin}: " if self.origin else ""
        return f"{where}{self.severity}: {self.summary}: {self.detail}"


class ProvisionerError(Exception):
    """Anything that a user can cause or meet. `str()` is the message for them.

    `code` and `summary` are those of a Problem.
    """

    code = "error"
    summary = "It did not work"

    @property
    def told(self) -> tuple[Problem, ...]:
        return (Problem(Severity.ERROR, self.code, self.summary, str(self)),)


class ProblemsError(ProvisionerError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def told(self) -> tuple[Problem, ...]:
        return self.problems


class SpecError(ProblemsError):
    pass


class PlanRefused(ProblemsError):
    pass


class SettingsError(ProvisionerError):
    code = "settings"
    summary = "This run is not set up"


class BadSavedPlan(ProvisionerError):
    code = "bad-saved-plan"
    summary = "The saved plan cannot be used"


class JournalError(ProvisionerError):
    """`may_have_written` tells whether the account may be other than before."""

    code = "journal"
    summary = "The journal cannot be used"
    may_have_written = False


class LeaseHeld(JournalError):
    code = "lease-held"
    summary = "Another run has the lease"


class AccountError(ProvisionerError):
    """`may_have_written` tells whether the account may be other than before.

    `doing` says what was tried, such as "reading site Raleigh", and `origin` where that stands in
    the files; "" and None where nobody knows. `advice` is the next thing to do, a sentence.
    """

    may_have_written = False
    doing = ""
    origin: Origin | None = None
    advice = ""

    @property
    def explained(self) -> str:
        """The message, and what to do."""
        if not self.advice:
            return str(self)
        end = "" if str(self).endswith((".", "!", "?")) else "."
        return f"{self}{end} {self.advice}"

    @property
    def told(self) -> tuple[Problem, ...]:
        what = f"{self.doing[:1].upper()}{self.doing[1:]}: " if self.doing else ""
        detail = f"{what}{self.explained}"
        return (Problem(Severity.ERROR, self.code, self.summary, detail, self.origin),)


class Unreachable(AccountError):
    code = "unreachable"
    summary = "The account does not answer"
    may_have_written = True


class LostAnswer(AccountError):
    code = "lost-answer"
    summary = "An answer was lost"
    may_have_written = True


class Unreadable(AccountError):
    code = "unreadable"
    summary = "The answer makes no sense"
    may_have_written = True


class Unauthorized(AccountError):
    code = "unauthorized"
    summary = "Access is refused"


class Ambiguous(AccountError):
    code = "ambiguous"
    summary = "It is there more than once"
    may_have_written = True


class Rejected(AccountError):
    """The service refused.

    `api_code` is its own error code (text, such as "13524"), or None; `root` the name of the
    answer's root element in lower case, "" for an empty body, "#text" for one that is no XML.
    """

    code = "rejected"
    summary = "The account refused"

    def __init__(
        self, message: str, *, status: int, code: str | None, root: str = "", advice: str = ""
    ) -> None:
        self.status = status
        self.api_code = code
        self.root = root
        self.advice = advice
        super().__init__(message)


class BadTemplate(AccountError):
    """`origin` is the place in the template. Nothing of what it was filled in with is told."""

    code = "bad-template"
    summary = "Template that cannot be filled in"

    def __init__(self, message: str, origin: Origin) -> None:
        self.origin = origin
        self.detail = message
        super().__init__(f"{origin.file}:{origin.line}: {message}")

    @property
    def told(self) -> tuple[Problem, ...]:
        return (Problem(Severity.ERROR, self.code, self.summary, self.detail, self.origin),)


class Recommended(Rejected):
    """Error 12112. `recommended` has the texts of the better address by their elements' names."""

    code = "recommended"
    summary = "The account recommends another address"
    recommended: Mapping[str, str] = MappingProxyType({})
