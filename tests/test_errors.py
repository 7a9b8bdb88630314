"""Errors are told to users: where, what, why and the way out, all at once."""

import pickle
import re
from collections.abc import Iterator

import pytest

import provisioner.errors
from provisioner.errors import (
    AccountError,
    Ambiguous,
    JournalError,
    LeaseHeld,
    LostAnswer,
    Origin,
    PlanRefused,
    Problem,
    ProblemsError,
    ProvisionerError,
    Rejected,
    SettingsError,
    Severity,
    SpecError,
    Unauthorized,
    Unreachable,
    Unreadable,
)

HERE = Origin("spec.yaml", 12, 3)
PROBLEM = Problem(
    Severity.ERROR, "unknown-key", "Unknown key", "`callback` is not known here.", HERE
)
WARNING = Problem(Severity.WARNING, "too-long", "Longer than documented", "Shorten it.")


def test_a_position_can_be_clicked() -> None:
    assert str(HERE) == "spec.yaml:12:3"


def test_positions_stand_in_the_order_of_the_file() -> None:
    positions = [Origin("a", 2, 1), Origin("a", 10, 1), Origin("a", 10, 2), Origin("b", 1, 1)]
    assert sorted({*positions}) == positions


def test_a_problem_says_where_what_and_why() -> None:
    assert str(PROBLEM) == ("spec.yaml:12:3: error: Unknown key: `callback` is not known here.")
    assert str(WARNING) == "warning: Longer than documented: Shorten it."


@pytest.mark.parametrize("error", [ProblemsError, SpecError, PlanRefused])
def test_all_problems_are_told_at_once(error: type[ProblemsError]) -> None:
    raised = error(iter([PROBLEM, WARNING]))
    assert raised.problems == (PROBLEM, WARNING)
    assert str(raised) == f"{PROBLEM}\n{WARNING}"


def test_a_refusal_carries_the_service_s_own_code() -> None:
    refused = Rejected("400 13522 At least one default.", status=400, code="13522")
    assert (refused.status, refused.api_code) == (400, "13522")
    assert str(refused) == "400 13522 At least one default."
    assert Rejected("403", status=403, code=None).api_code is None


@pytest.mark.parametrize(
    "error",
    [SettingsError, AccountError, Unreachable, LostAnswer, Unreadable, Unauthorized, Ambiguous],
)
def test_an_error_s_text_is_its_message(error: type[ProvisionerError]) -> None:
    assert str(error("The host does not answer.")) == "The host does not answer."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("Say which."), "settings"),
        (Unreachable("Say which."), "unreachable"),
        (LostAnswer("Say which."), "lost-answer"),
        (Unreadable("Say which."), "unreadable"),
        (Unauthorized("Say which."), "unauthorized"),
        (Ambiguous("Say which."), "ambiguous"),
        (Rejected("Say which.", status=400, code="13522"), "rejected"),
        (JournalError("Say which."), "journal"),
        (LeaseHeld("Say which."), "lease-held"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_error_is_told_as_a_problem_of_its_own_code(error: ProvisionerError, code: str) -> None:
    (problem,) = error.told
    assert (problem.code, problem.detail) == (code, "Say which.")
    assert (problem.severity, problem.origin) == (Severity.ERROR, None)


def test_several_problems_are_told_as_they_are() -> None:
    assert PlanRefused([PROBLEM, WARNING]).told == (PROBLEM, WARNING)


def test_no_two_errors_are_told_alike() -> None:
    raised = [
        each
        for each in vars(provisioner.errors).values()
        if isinstance(each, type) and issubclass(each, ProvisionerError)
    ]
    own = [each for each in raised if "code" in vars(each)]
    assert {each for each in raised if not each.__subclasses__()} - {SpecError, PlanRefused} <= set(
        own
    )
    for name in ("code", "summary"):
        assert len({getattr(each, name) for each in own}) == len(own)


def drawn(docstring: str) -> Iterator[tuple[int, str]]:
    """Depth and name of every class in the tree that the docstring draws."""
    for line in docstring.splitlines():
        if match := re.match(r"^((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)  ", line):
            yield len(match[1]) // 4, match[2]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    line: list[str] = []
    found: set[str] = set()
    for depth, name in drawn(provisioner.errors.__doc__ or ""):
        parent = line[depth - 1] if depth else "Exception"
        assert getattr(provisioner.errors, name).__base__.__name__ == parent
        line[depth:] = [name]
        found.add(name)
    assert found == {
        name
        for name, each in vars(provisioner.errors).items()
        if isinstance(each, type) and issubclass(each, Exception)
    }


def test_problems_can_be_handed_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(PROBLEM)) == PROBLEM  # noqa: S301 -- made in this line
