"""`templates:` of a spec: which files are meant, and which are slips."""

from collections.abc import Callable

from provisioner.errors import Problem
from provisioner.model import BodyTemplate, DesiredState

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

SPEC = "version: 1\ntemplates: bodies\n"
FILES = {"main.yaml": SPEC, "bodies/sms.xml.j2": "<A/>", "bodies/README.md": "# Ours"}


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin} {each.code}" for each in problems]


def test_templates_are_read_by_the_type_that_they_are_for(load: Load) -> None:
    state = load(FILES, paths=["main.yaml"])
    assert state.templates == {"sms": BodyTemplate("bodies/sms.xml.j2", "<A/>")}
    assert load("version: 1\n").templates == {}


def test_what_they_say_is_part_of_the_spec_s_digest(load: Load) -> None:
    first = load(FILES, paths=["main.yaml"])
    other = load({**FILES, "bodies/sms.xml.j2": "<A />"}, paths=["main.yaml"])
    assert first.digest != other.digest


def test_the_folder_is_relative_to_the_file_that_names_it_and_may_be_a_variable(load: Load) -> None:
    texts = {
        "main.yaml": "version: 1\ninclude: [deep/a.yaml]\n",
        "deep/a.yaml": "version: 1\nvariables: {d: {default: bodies}}\ntemplates: ${var.d}\n",
        "deep/bodies/mms.xml.j2": "<A/>",
    }
    state = load(texts, paths=["main.yaml"])
    assert state.templates == {"mms": BodyTemplate("deep/bodies/mms.xml.j2", "<A/>")}


def test_a_template_of_no_type_is_a_slip(refuse: Refuse) -> None:
    problems = refuse(
        {**FILES, "bodies/smss.xml.j2": "", "bodies/x.txt.j2": ""}, paths=["main.yaml"]
    )
    assert told(problems) == [
        "bodies/smss.xml.j2:1:1 unknown-template",
        "bodies/x.txt.j2:1:1 unknown-template",
    ]
    assert "Did you mean `sms.xml.j2`?" in problems[0].detail
    assert "There are `application.xml.j2`, " in problems[1].detail


def test_a_folder_that_is_not_there_or_has_none_is_refused_where_it_is_named(
    refuse: Refuse,
) -> None:
    assert told(refuse({"main.yaml": SPEC}, paths=["main.yaml"])) == ["main.yaml:2:12 no-such-file"]
    empty = {"main.yaml": SPEC, "bodies/README.md": ""}
    (problem,) = refuse(empty, paths=["main.yaml"])
    assert "Put `TYPE.xml.j2` into it" in problem.detail


def test_two_files_may_name_the_same_folder_only(load: Load, refuse: Refuse) -> None:
    texts = {**FILES, "other.yaml": SPEC}
    assert load(texts, paths=["main.yaml", "other.yaml"]).templates.keys() == {"sms"}
    texts["deep/other.yaml"] = SPEC
    problems = refuse(texts, paths=["main.yaml", "deep/other.yaml"])
    assert told(problems) == ["deep/other.yaml:2:12 templates-mismatch"]
