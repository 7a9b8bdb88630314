"""Warnings, and how seriously a spec takes them."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner.errors import Problem, Severity
from provisioner.lint import WARNINGS, Level, judge
from provisioner.model import DesiredState

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

PACKAGE = Path(__file__).parents[2] / "provisioner"
LONG = "version: 1\nsites: {Raleigh-Durham: }\n"
CODE = "beyond-documented-length"


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin} {each.severity} {each.code}" for each in problems]


def peers(count: int) -> str:
    return "version: 1\nsites:\n  S:\n    sippeers:\n" + "".join(
        f"      P{n}:\n" for n in range(count)
    )


def sites(count: int) -> str:
    return "version: 1\nsites:\n" + "".join(f"  S{n}:\n" for n in range(count))


@pytest.mark.parametrize(
    ("level", "found"),
    [("warning", [f"spec.yaml:2:9 warning {CODE}"]), ("off", []), ("'off'", [])],
)
def test_a_warning_can_be_turned_off(load: Load, level: str, found: list[str]) -> None:
    assert told(load(f"{LONG}lint: {{{CODE}: {level}}}\n").warnings) == found


def test_a_warning_can_be_made_an_error(refuse: Refuse) -> None:
    assert told(refuse(f"{LONG}lint: {{{CODE}: error}}\n")) == [f"spec.yaml:2:9 error {CODE}"]


def test_the_levels_are_those_of_all_files(load: Load) -> None:
    state = load({"a.yaml": LONG, "b.yaml": f"version: 1\nlint: {{{CODE}: off}}\n"})
    assert state.warnings == ()
    assert state.levels == {CODE: Level.OFF}


@pytest.mark.parametrize(
    ("lint", "expected", "says"),
    [
        (f"{{{CODE[:-1]}: off}}", "spec.yaml:3:8 error unknown-key", f"did you mean `{CODE}`?"),
        (f"{{{CODE}: false}}", "spec.yaml:3:34 error not-allowed-value", "error, warning or off"),
        (f"{{{CODE}: of}}", "spec.yaml:3:34 error not-allowed-value", "Did you mean `off`?"),
        ("{unknown-key: off}", "spec.yaml:3:8 error unknown-key", "not a key of this place"),
        ("off", "spec.yaml:3:7 error wrong-type", "a mapping"),
    ],
)
def test_a_lint_that_means_nothing_is_refused(
    refuse: Refuse, lint: str, expected: str, says: str
) -> None:
    problems = [each for each in refuse(f"{LONG}lint: {lint}\n") if each.code != CODE]
    assert told(tuple(problems)) == [expected]
    assert says in problems[0].detail


def test_files_that_disagree_are_refused(refuse: Refuse) -> None:
    text = "version: 1\nlint: {%s: %s}\n"
    problems = refuse({"a.yaml": text % (CODE, "off"), "b.yaml": text % (CODE, "error")})
    assert told(problems) == ["b.yaml:2:34 error lint-mismatch"]
    assert "a.yaml:2:34" in problems[0].detail


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.com/x", True),
        ("http://a.EXAMPLE.org:80/x", True),
        ("https://yourSecureSite.com/x", True),
        ("https://callbacks.test/x", True),
        ("http://localhost:8080/x", True),
        ("https://notexample.com/x", False),
        ("https://example.com.acme.io/x", False),
        ("https://[x", False),
    ],
)
def test_placeholder_urls_are_told_where_that_is_asked_for(
    load: Load, url: str, is_one: bool
) -> None:
    text = f"version: 1\napplications:\n  A:\n    callback_url: '{url}'\n"
    assert load(text).warnings == ()
    found = told(load(f"{text}lint: {{placeholder-url: warning}}\n").warnings)
    assert found == (["spec.yaml:4:19 warning placeholder-url"] if is_one else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (peers(250), []),
        (peers(251), ["spec.yaml:255:7 warning too-many-sippeers"]),
        (sites(50), []),
        (sites(52), ["spec.yaml:53:3 warning too-many-sites"]),
    ],
)
def test_more_than_the_vendor_advises_is_told_once(load: Load, text: str, found: list[str]) -> None:
    assert told(load(text).warnings) == found


def test_errors_stay_errors() -> None:
    error = Problem(Severity.ERROR, CODE, "Summary", "Detail.")
    assert list(judge([error], {CODE: Level.OFF})) == [error]


def test_a_warning_without_a_place_in_the_list_is_told() -> None:
    unknown = Problem(Severity.WARNING, "brand-new", "Summary", "Detail.")
    assert list(judge([unknown], {})) == [unknown]


def warned_codes(tree: ast.Module) -> Iterator[str]:
    """The codes of what is or may be a warning: `warning(code, ...)`, `Problem(...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="warning"), args=[ast.Constant(value=str(code)), *_]):
                yield code
            case ast.Call(
                func=ast.Name(id="Problem"),
                args=[severity, ast.Constant(value=str(code)), *_],
            ) if "WARNING" in ast.unparse(severity):
                yield code


def test_every_warning_has_its_place_in_the_list() -> None:
    """But for those that are of no plan: of messages, of an export, of a seed of the sandbox."""
    paths = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "messaging"]
    made = {code for path in paths for code in warned_codes(ast.parse(path.read_text()))}
    assert (
        made - {"left-out", "other-account"} | {"too-many-sippeers", "too-many-sites"}
        == WARNINGS.keys()
    )
