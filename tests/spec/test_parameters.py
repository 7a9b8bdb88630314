"""Variables of the spec: what is declared, and which value counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.errors import Problem
from provisioner.model import Address, DesiredState, Secret
from provisioner.spec import Inputs

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

SITE = Address("site", ("S",))
SPEC = """\
version: 1
variables:
  place: {default: default}
sites:
  S: {description: "in ${var.place}"}
"""
FILES = {"spec.yaml": SPEC, "east.yaml": "place: file\n", "west.yaml": "place: later file\n"}


def description(state: DesiredState) -> object:
    return state.resources[SITE].attributes["description"]


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin or 'run'} {each.code}" for each in problems]


@pytest.mark.parametrize(
    ("files", "variables", "environ", "expected"),
    [
        ((), {}, {}, "in default"),
        ((), {}, {"BWP_VAR_place": "environment"}, "in environment"),
        (("east.yaml",), {}, {"BWP_VAR_place": "environment"}, "in file"),
        (("east.yaml", "west.yaml"), {}, {}, "in later file"),
        (("east.yaml",), {"place": "line"}, {"BWP_VAR_place": "environment"}, "in line"),
        ((), {"place": ""}, {}, "in "),
        ((), {"place": "${HOME}"}, {"HOME": "no"}, "in ${HOME}"),
    ],
)
def test_the_command_line_wins_then_files_then_the_environment_then_the_default(
    load: Load,
    files: tuple[str, ...],
    variables: dict[str, str],
    environ: dict[str, str],
    expected: str,
) -> None:
    inputs = Inputs(variables, tuple(map(Path, files)))
    state = load(FILES, paths=["spec.yaml"], inputs=inputs, **environ)
    assert description(state) == expected
    assert state.warnings == ()


def test_a_file_of_variables_is_part_of_the_digest(load: Load) -> None:
    without = load(FILES, paths=["spec.yaml"])
    with_file = load(FILES, paths=["spec.yaml"], inputs=Inputs({}, (Path("east.yaml"),)))
    assert with_file.digest != without.digest
    assert with_file.files == without.files == ("spec.yaml",)


def test_variables_have_types_and_stand_wherever_a_value_of_that_type_does(load: Load) -> None:
    state = load(
        "version: 1\nvariables:\n  count: {type: integer, default: 3}\n"
        "  on: {type: boolean, default: true}\n  code: {default: 0919}\n  acc: {default: 99}\n"
        "account: ${var.acc}\n"
        "sites:\n  S:\n    description: ${var.code}\n    sippeers:\n      P:\n"
        "        sms: ${var.on}\n        numbers:\n"
        "          - {area_code: 919, quantity: '${var.count}'}\n"
    )
    assert state.account == "99"
    assert description(state) == "0919"
    block = state.resources[Address("numbers", ("S", "P", "area_code=919"))]
    assert block.attributes["quantity"] == 3


def test_a_variable_of_one_file_stands_in_another(load: Load) -> None:
    texts = {
        "a.yaml": "version: 1\nsites: {S: {description: '${var.place}'}}\n",
        "b.yaml": "version: 1\nvariables:\n  place: {default: here}\n",
    }
    assert description(load(texts)) == "here"


def test_a_default_may_come_from_the_environment(load: Load) -> None:
    text = SPEC.replace("{default: default}", '{default: "${REGION:-east}"}')
    assert description(load(text)) == "in east"
    assert description(load(text, REGION="west")) == "in west"


def test_a_default_in_the_value_stands_in_for_an_empty_variable(load: Load) -> None:
    text = SPEC.replace("${var.place}", "${var.place:-nowhere}")
    assert description(load(text, inputs=Inputs({"place": ""}))) == "in nowhere"


APPLICATION = """\
version: 1
variables:
  password: {type: secret%s}
applications:
  App:
    callback_credentials: {user_id: someone, password: "${var.password}"}
"""


def test_a_secret_variable_is_a_secret_and_shows_nowhere(load: Load) -> None:
    state = load(APPLICATION % "", BWP_VAR_password="hunter2-long")
    secret = state.resources[Address("application", ("App",))].attributes[
        "callback_credentials.password"
    ]
    assert isinstance(secret, Secret)
    assert (secret.name, secret.reveal()) == ("BWP_VAR_password", "hunter2-long")
    assert "hunter2" not in repr(state)
    assert state.warnings == ()


@pytest.mark.parametrize(
    ("default", "warnings"),
    [
        (", default: hunter2-long", ["spec.yaml:3:37 literal-secret"]),
        (", default: '${HUNTER}'", []),
        (", default: '${HUNTER:-hunter2-long}'", ["spec.yaml:3:37 literal-secret"]),
    ],
)
def test_a_secret_default_that_stands_in_the_file_is_warned_of(
    load: Load, default: str, warnings: list[str]
) -> None:
    state = load(APPLICATION % default, HUNTER="hunter2-long")
    assert told(state.warnings) == warnings
    assert "hunter2" not in repr(state)


def test_a_text_variable_in_a_secret_field_is_warned_of(load: Load) -> None:
    text = (APPLICATION % "").replace("type: secret", "default: hunter2-long")
    assert told(load(text).warnings) == ["spec.yaml:6:56 literal-secret"]


@pytest.mark.parametrize(
    ("text", "inputs", "environ", "expected", "says"),
    [
        (SPEC.replace("var.place", "var.palce"), Inputs(), {},
         "spec.yaml:5:20 unknown-variable", "Did you mean `place`?"),
        (SPEC.replace("{default: default}", ""), Inputs(), {},
         "spec.yaml:3:3 unset-variable", "`export BWP_VAR_place=...`"),
        (SPEC.replace("default: default", "type: integer, default: x"), Inputs(), {},
         "spec.yaml:3:35 wrong-type", 'a whole number, not "x"'),
        (SPEC.replace("default: default", "type: boolean"), Inputs({"place": "yes"}), {},
         "run wrong-type", "`--var place` has to be true or false."),
        (SPEC.replace("default: default", "type: integer"), Inputs(), {"BWP_VAR_place": "S3CRET"},
         "run wrong-type", "`BWP_VAR_place` has to be a whole number."),
        (SPEC.replace("default: default", "type: integer, default: '${TEXT}'"), Inputs(),
         {"TEXT": "S3CRET"}, "spec.yaml:3:35 wrong-type", '"${TEXT}"'),
        (SPEC, Inputs({"palce": "x"}), {}, "run unknown-variable", "Did you mean `place`?"),
        (SPEC.replace("type: secret", ""), Inputs({}, (Path("bad.yaml"),)), {},
         "bad.yaml:1:1 unknown-variable", "Did you mean `place`?"),
        (SPEC, Inputs({}, (Path("list.yaml"),)), {}, "list.yaml:1:1 wrong-type", "a mapping"),
        (SPEC, Inputs({}, (Path("deep.yaml"),)), {}, "deep.yaml:1:8 wrong-type", "one value"),
        (SPEC, Inputs({}, (Path("null.yaml"),)), {}, "null.yaml:1:8 wrong-type", "one value"),
        (SPEC, Inputs({}, (Path("nowhere.yaml"),)), {}, "run no-such-file", "nowhere.yaml"),
        (SPEC.replace("default: default", "default: [a]"), Inputs(), {},
         "spec.yaml:3:20 wrong-type", "one value, or its type `list`"),
        (SPEC.replace("default: default", "default: ~"), Inputs(), {},
         "spec.yaml:3:20 wrong-type", "one value"),
        (SPEC.replace("default: default", "default: '${NOPE}'"), Inputs(), {},
         "spec.yaml:3:20 unset-variable", "export NOPE"),
        (SPEC.replace("default: default", "default: '${file:x}'"), Inputs(), {},
         "spec.yaml:3:20 misplaced-secret", "`${file:x}`"),
        (SPEC.replace("default: default", "type: secret, default: x"), Inputs(), {},
         "spec.yaml:5:20 misplaced-secret", "`${var.place}`"),
        (SPEC.replace("default: default", "type: txet"), Inputs({"place": "x"}), {},
         "spec.yaml:3:17 not-allowed-value", "`text`"),
        (SPEC.replace("default: default", "defualt: x"), Inputs({"place": "x"}), {},
         "spec.yaml:3:11 unknown-key", "`default`"),
        (SPEC.replace("place: {", "a-b: {default: x}\n  place: {"), Inputs(), {},
         "spec.yaml:3:3 wrong-form", "letters, digits and `_`"),
        (SPEC.replace("  place: {default: default}", "  place: x"), Inputs({"place": "x"}), {},
         "spec.yaml:3:10 wrong-type", "a mapping"),
        (SPEC.replace("variables:\n  place: {default: default}", "variables: x"), Inputs(), {},
         "spec.yaml:2:12 wrong-type", "a mapping"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_variable_is_told(
    refuse: Refuse,
    text: str,
    inputs: Inputs,
    environ: dict[str, str],
    expected: str,
    says: str,
) -> None:
    texts = {
        "spec.yaml": text,
        "bad.yaml": "palce: x\n",
        "list.yaml": "- x\n",
        "deep.yaml": "place: {a: b}\n",
        "null.yaml": "place: ~\n",
    }
    problems = refuse(texts, paths=["spec.yaml"], inputs=inputs, **environ)
    assert expected in told(problems)
    (problem,) = [each for each in problems if f"{each.origin or 'run'} {each.code}" == expected]
    assert says in problem.detail
    assert "S3CRET" not in str(problems)


def test_a_variable_of_two_files_is_refused_with_both_places(refuse: Refuse) -> None:
    texts = {"a.yaml": SPEC, "b.yaml": SPEC.split("sites", maxsplit=1)[0]}
    (problem,) = refuse(texts)
    assert f"{problem.origin} {problem.code}" == "b.yaml:3:3 declared-twice"
    assert "a.yaml:3:3" in problem.detail


def test_a_misspelt_variable_of_the_environment_is_warned_of(load: Load) -> None:
    (warning,) = load(SPEC, BWP_VAR_palce="S3CRET").warnings
    assert (warning.code, warning.origin) == ("unused-variable", None)
    assert "`BWP_VAR_palce`" in warning.detail
    assert "Did you mean `place`?" in warning.detail
    assert "S3CRET" not in str(warning)
