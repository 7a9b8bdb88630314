from collections.abc import Callable
from dataclasses import replace

from provisioner.errors import Origin, Problem, Severity
from provisioner.views.documents import problem_document
from provisioner.views.problems import problems_document, refusal_document, render_problems
from provisioner.views.style import ansi

Golden = Callable[[str, str], None]

UNKNOWN_KEY = Problem(
    Severity.ERROR,
    "unknown-key",
    "Unknown key",
    "`calback_url` is not a key of an application. Did you mean `callback_url`?",
    Origin("examples/x.yaml", 4, 3),
)
TOO_MANY = Problem(
    Severity.ERROR,
    "too-many-numbers",
    "More numbers than the limit allows",
    "The plan would order 250 numbers, and no more than 100 are allowed. If this is meant, write "
    "into the spec:\nlimits:\n  new_numbers: 250",
)
LONG_NAME = Problem(
    Severity.WARNING, "long-name", "Long name", "It may not fit.", Origin("examples/x.yaml", 9, 1)
)
FROM_ROW = Problem(
    Severity.ERROR,
    "wrong-form",
    "Wrong form",
    '`area_code` "91" is not of the right form.',
    Origin("examples/x.yaml", 12, 24, (Origin("examples/tenants.csv", 57, 1),)),
)


def test_each_problem_is_a_block_that_begins_with_its_position(golden: Golden) -> None:
    golden("views/problems.txt", render_problems((UNKNOWN_KEY, TOO_MANY, LONG_NAME)) + "\n")


def test_a_problem_of_a_row_shows_the_place_in_the_template_and_the_row(golden: Golden) -> None:
    golden("views/problem_of_a_row.txt", render_problems((FROM_ROW,)) + "\n")
    problem = problem_document(FROM_ROW)
    assert (problem["file"], problem["line"], problem["column"]) == ("examples/x.yaml", 12, 24)
    assert problem["row"] == {"file": "examples/tenants.csv", "line": 57, "column": 1}


def test_what_is_wrong_with_many_rows_is_told_for_the_first_and_counted() -> None:
    def in_row(line: int) -> Problem:
        rows = (Origin("tenants.csv", line, 1),)
        return replace(FROM_ROW, origin=Origin("x.yaml", 12, 24, rows))

    text = render_problems((*map(in_row, range(2, 1234)), UNKNOWN_KEY), width=100)
    assert text.count("Wrong form") == 5
    assert "    Row: tenants.csv:6:1\n\n    The same in 1227 more rows: tenants.csv:7:1, " in text
    assert " and 1217 more." in text
    assert text.count("Unknown key") == 1
    (line,) = (
        line for line in render_problems(map(in_row, range(6))).splitlines() if "same" in line
    )
    assert line == "    The same in 1 more row: tenants.csv:5:1."


def test_what_is_wrong_at_one_place_of_a_file_is_told_each_time() -> None:
    assert render_problems([UNKNOWN_KEY] * 9).count("Unknown key") == 9


def test_problems_fill_the_width_that_is_there() -> None:
    assert len(render_problems((TOO_MANY,), width=120).splitlines()) < len(
        render_problems((TOO_MANY,), width=60).splitlines()
    )


def test_the_severity_is_coloured() -> None:
    assert "\x1b[1;31merror:\x1b[0m Unknown key" in render_problems((UNKNOWN_KEY,), paint=ansi)


def test_no_problems_are_no_text() -> None:
    assert render_problems(()) == ""


def test_a_spec_with_warnings_only_is_valid() -> None:
    assert problems_document((LONG_NAME,)) == {
        "valid": True,
        "problems": [
            {
                "severity": "warning",
                "code": "long-name",
                "summary": "Long name",
                "detail": "It may not fit.",
                "file": "examples/x.yaml",
                "line": 9,
                "column": 1,
            }
        ],
    }


def test_a_spec_with_an_error_is_not_valid() -> None:
    assert problems_document((LONG_NAME, UNKNOWN_KEY))["valid"] is False


def test_a_command_that_could_not_do_its_work_says_so_to_programs() -> None:
    document = refusal_document((UNKNOWN_KEY,))
    assert document == {
        "complete": False,
        "problems": problems_document((UNKNOWN_KEY,))["problems"],
    }
